package etcdstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
	"rawserve/cmd/rawserve/internal/messages"
)

// An etcd whose quota is used up can be read, and lets go of messages.
func TestFullEtcd(t *testing.T) {
	node := etcdtest.Start(t, 1, "--quota-backend-bytes", "2000000")[0]
	s := open(t, node.Address)
	texts := make([]string, 8)
	for i := range texts {
		texts[i] = strings.Repeat("x", messages.MaxText)
	}
	kept := create(t, s, "kept")
	for made := 0; ; made++ {
		if _, err := s.CreateAll(t.Context(), texts); err != nil {
			if !errors.Is(err, messages.ErrFull) || made == 0 {
				t.Fatalf("after %d times 8 texts: %v", made, err)
			}
			break
		}
	}
	if m, err := s.Get(t.Context(), kept.ID); err != nil || m != kept {
		t.Errorf("Get: got %v, %v", m, err)
	}
	if err := s.Health(t.Context()); err != nil {
		t.Errorf("Health: %v", err)
	}
	if _, err := s.Replace(t.Context(), kept.ID, "more", messages.Any); !errors.Is(err, messages.ErrFull) {
		t.Errorf("Replace: got %v", err)
	}
	if err := s.Delete(t.Context(), kept.ID, kept.Revision); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

// With a user the store works, also after etcd has forgotten the token; with a wrong
// password it does not begin.
func TestUser(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	post(t, node.Address, "/v3/auth/user/add", `{"name":"root","password":"p@ss/word"}`)
	post(t, node.Address, "/v3/auth/role/add", `{"name":"root"}`)
	post(t, node.Address, "/v3/auth/user/grant", `{"user":"root","role":"root"}`)
	post(t, node.Address, "/v3/auth/user/add", `{"name":"guest","password":"secret"}`)
	post(t, node.Address, "/v3/auth/enable", `{}`)

	s := openAt(t, "etcd://root:p%40ss%2Fword@"+node.Address)
	m := create(t, s, "hi")
	if latest, err := s.Latest(t.Context()); err != nil || latest.Revision != m.Revision {
		t.Errorf("Latest: got %v, %v", latest, err)
	}
	node.Kill() // tokens are forgotten
	node.Start(t)
	for s.Health(t.Context()) != nil {
	}
	create(t, s, "again")

	for _, c := range []struct{ userinfo, want string }{
		{"root:secret@", "authentication failed"},
		{"guest:secret@", "permission denied"},
		{"", "user name is empty"},
	} {
		config, err := etcd.ParseURL(fmt.Sprintf("etcd://%s%s", c.userinfo, node.Address))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(&etcd.Client{Config: config}, func(string) {})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want %q in it", c.userinfo, err, c.want)
		}
	}
}

// What somebody else puts under the prefix is never taken for a message.
func TestForeignKeys(t *testing.T) {
	node := etcdtest.Start(t, 1)[0]
	s := open(t, node.Address)
	for _, c := range []struct{ key, value, want string }{
		{"/messages/x", "hi", "is not one of a message"},
		{"/messages/1", "hi", "is not one of a message"},
		{"/messages/0000000000000000001", "\xff", "not valid UTF-8"},
	} {
		key := []byte(prefixOf(s) + c.key)
		if _, err := s.client.Txn(t.Context(), etcd.TxnRequest{Then: []etcd.Op{put(key, []byte(c.value))}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.List(t.Context(), 0, 10); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", c.key, err, c.want)
		}
		if _, err := s.client.Txn(t.Context(), etcd.TxnRequest{Then: []etcd.Op{remove(key)}}); err != nil {
			t.Fatal(err)
		}
	}
	if m := create(t, s, "hi"); m.ID != 1 {
		t.Errorf("got %v", m)
	}
}
