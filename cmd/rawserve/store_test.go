package main

import (
	"strings"
	"testing"
)

func TestStoreFromEnvironment(t *testing.T) {
	for _, c := range []struct{ args, env, want, err string }{
		{"", "", "", ""},
		{"", "etcd://root:secret@a:1", "etcd://root@a:1/rawserve", ""},
		{"-store etcd://b:2", "etcd://a:1", "etcd://b:2/rawserve", ""},
		{"", "etcd://root:secret@a", "", "RAWSERVE_STORE: its endpoint"},
		{"-data x", "etcd://a:1", "", "-data and RAWSERVE_STORE both say"},
	} {
		s, err := parseFlags(strings.Fields(c.args), func(name string) string {
			return map[string]string{"RAWSERVE_STORE": c.env}[name]
		})
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q with %q: got %v", c.args, c.env, err)
			}
		case err != nil:
			t.Errorf("%q with %q: %v", c.args, c.env, err)
		case c.want == "" && s.store != nil || c.want != "" && (s.store == nil || s.store.String() != c.want):
			t.Errorf("%q with %q: got %v", c.args, c.env, s.store)
		}
	}
}
