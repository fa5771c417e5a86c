package etcdstore

import (
	"errors"
	"fmt"
	"testing"

	"rawserve/cmd/rawserve/internal/etcd/etcdtest"
	"rawserve/cmd/rawserve/internal/messages"
)

// The answer to a change gets lost: the change happens once, and what is said about
// it is true, whatever others did before and after.
func TestLostAnswers(t *testing.T) {
	etcd := etcdtest.Start(t, 1)[0]
	p := newProxy(t, etcd.Address)
	var ours, other *Store
	var m messages.Message // what others change too
	for _, c := range []struct {
		name          string
		before, after func()
		change        func() (messages.Message, error)
		want          error
		text          string // of our message at the end; empty if there is none
	}{
		{"create", nil, nil, func() (messages.Message, error) { return ours.Create(t.Context(), "new") }, nil, "new"},
		{"create_after_another_creation", func() { create(t, other, "x") }, nil,
			func() (messages.Message, error) { return ours.Create(t.Context(), "new") }, nil, "new"},
		{"create_before_another_creation", nil, func() { create(t, other, "x") },
			func() (messages.Message, error) { return ours.Create(t.Context(), "new") }, nil, "new"},
		{"create_then_replaced", nil, func() { replace(t, other, m.ID+1, "theirs"); create(t, other, "x") },
			func() (messages.Message, error) { return ours.Create(t.Context(), "new") }, nil, "theirs"},
		{"create_then_deleted", nil, func() { other.Delete(t.Context(), m.ID+1, messages.Any); create(t, other, "x") },
			func() (messages.Message, error) { return ours.Create(t.Context(), "new") }, messages.ErrUnavailable, ""},
		{"replace", nil, nil,
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, nil, "new"},
		{"replace_any", nil, nil,
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", messages.Any) }, nil, "new"},
		{"replace_before_another_message", nil, func() { create(t, other, "x") },
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, nil, "new"},
		{"replace_then_replaced", nil, func() { replace(t, other, m.ID, "a"); replace(t, other, m.ID, "new") },
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, nil, "new"},
		{"replace_after_the_same_by_another", func() { replace(t, other, m.ID, "new") }, nil,
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, messages.ErrConflict, "new"},
		{"replace_after_two_by_another", func() { replace(t, other, m.ID, "a"); replace(t, other, m.ID, "b") }, nil,
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, messages.ErrConflict, "b"},
		{"replace_any_after_another", func() { replace(t, other, m.ID, "new") }, nil,
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", messages.Any) }, nil, "new"},
		{"replace_then_deleted", nil, func() { other.Delete(t.Context(), m.ID, messages.Any) },
			func() (messages.Message, error) { return ours.Replace(t.Context(), m.ID, "new", m.Revision) }, messages.ErrUnavailable, ""},
		{"delete", nil, nil,
			func() (messages.Message, error) { return m, ours.Delete(t.Context(), m.ID, m.Revision) }, nil, ""},
		{"delete_after_a_replacement", func() { replace(t, other, m.ID, "theirs") }, nil,
			func() (messages.Message, error) { return m, ours.Delete(t.Context(), m.ID, m.Revision) }, messages.ErrConflict, "theirs"},
		{"delete_after_a_deletion", func() { other.Delete(t.Context(), m.ID, messages.Any) }, nil,
			func() (messages.Message, error) { return m, ours.Delete(t.Context(), m.ID, m.Revision) }, messages.ErrUnavailable, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			other = open(t, etcd.Address)
			ours = openAt(t, fmt.Sprintf("etcd://%s,%s%s", p.address, etcd.Address, prefixOf(other)))
			m = create(t, ours, "old")
			p.loseNext(c.before, c.after)
			got, err := c.change()
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, %v, want %v", got, err, c.want)
			}
			if err == nil {
				checkOnce(t, ours, got, c.text)
			}
		})
	}
}

// checkOnce checks that a change was told once, and what the message is now.
func checkOnce(t *testing.T, s *Store, changed messages.Message, text string) {
	t.Helper()
	latest, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for place := (messages.Place{}); place != latest; {
		changes, err := s.Changes(t.Context(), place, 1)
		if err != nil {
			t.Fatal(err)
		}
		if place = changes[0].Place(); changes[0].Message == changed {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the change %v was told %d times", changed, told)
	}
	if m, err := s.Get(t.Context(), changed.ID); (err == nil) != (text != "") || m.Text != text {
		t.Errorf("it is %v, %v now, want %q", m, err, text)
	}
}
