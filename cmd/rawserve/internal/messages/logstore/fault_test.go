package logstore

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"rawserve/cmd/rawserve/internal/messages"
)

// Every operation of the disk fails in turn: once, for good, half done, and half
// done without a word. Whatever comes then, a restart or a power failure: each change
// that was acknowledged is there, and no other one in part.
func TestDiskFaults(t *testing.T) {
	for _, kind := range []struct {
		name string
		fault
		lasts int
	}{
		{"once", fault{}, 1},
		{"twice", fault{}, 2},
		{"for_good", fault{}, 1 << 20},
		{"half", fault{half: true}, 1},
		{"half_for_good", fault{half: true}, 1 << 20},
		{"half_and_quiet", fault{half: true, quiet: true}, 1},
	} {
		t.Run(kind.name, func(t *testing.T) {
			hit := true
			for n := 1; hit; n++ {
				f := kind.fault
				f.at, f.until = n, n+kind.lasts-1
				synctest.Test(t, func(t *testing.T) {
					d := newDisk(f)
					known := useStore(t, d)
					restarted := d.restarted()
					want := known.check(t, fmt.Sprintf("fault at %d, restarted", n), restarted)
					for _, after := range restarted.afterPowerFailure() {
						s := reopen(t, fmt.Sprintf("fault at %d, restarted, power failed", n), after)
						compare(t, fmt.Sprintf("fault at %d, restarted, power failed", n), s, want)
						s.Close()
					}
					for i, after := range d.afterPowerFailure() {
						known.check(t, fmt.Sprintf("fault at %d, power failed (%d)", n, i), after)
					}
					hit = d.done >= n
				})
				if n > 500 {
					t.Fatal("the faults never end")
				}
			}
		})
	}
}

// known is what a client knows of a store.
type known struct {
	kept    map[int64]messages.Message // acknowledged; those that were deleted have no text
	unsure  map[int64]string           // texts that were neither acknowledged nor refused; "" for a deletion
	highest int64                      // revision
}

// useStore makes changes until the disk lets it no more, with compactions in
// between. It checks what the store answers, and returns what it knows at the end.
func useStore(t *testing.T, d *disk) *known {
	k := &known{kept: make(map[int64]messages.Message), unsure: make(map[int64]string)}
	s, err := open("log", d, Options{compactAtLeast: 1500, historyChanges: 8})
	if err != nil {
		if !errors.Is(err, errDisk) && !strings.Contains(err.Error(), "short write") {
			t.Errorf("opening a new log: %v", err)
		}
		return k
	}
	defer func() {
		s.lock = noLock{}
		s.Close()
	}()
	for i := range 60 {
		text := strings.Repeat(fmt.Sprint(i, " "), 20)
		switch last := int64(len(k.kept)); {
		case i%4 == 0:
			m, err := s.Create(t.Context(), text)
			k.note(t, last+1, text, m, err)
		case i%12 == 11:
			err := s.Delete(t.Context(), last, messages.Any)
			k.note(t, last, "", messages.Message{ID: last}, err)
		default:
			id := max(1, last-int64(i%3)*2)
			m, err := s.Replace(t.Context(), id, text, messages.Any)
			k.note(t, id, text, m, err)
		}
		compare(t, fmt.Sprintf("after change %d", i), s, k.kept)
		synctest.Wait() // a compaction has ended
	}
	return k
}

type noLock struct{}

func (noLock) Close() error { return nil }

// note notes what was answered to a change.
func (k *known) note(t *testing.T, id int64, text string, m messages.Message, err error) {
	switch {
	case err == nil:
		m.Text = text
		k.kept[id] = m
		k.highest = max(k.highest, m.Revision)
	case errors.Is(err, messages.ErrReadOnly):
		if len(k.unsure) == 0 { // it was this change that failed
			k.unsure[id] = text
		}
	case errors.Is(err, messages.ErrFull), errors.Is(err, messages.ErrNotFound) && k.kept[id].Text == "":
	default:
		t.Errorf("message %d: %v", id, err)
	}
}

// compare compares all that a store has with what there should be.
func compare(t *testing.T, when string, s *Store, want map[int64]messages.Message) {
	t.Helper()
	all, err := s.List(t.Context(), 0, 1000)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	got := make(map[int64]messages.Message)
	for _, m := range all {
		got[m.ID] = m
	}
	for id, m := range want {
		if m.Text != "" && got[id] != m || m.Text == "" && got[id].ID != 0 {
			t.Fatalf("%s: message %d: got %.40v, want %.40v", when, id, got[id], m)
		}
		delete(got, id)
	}
	if len(got) > 0 {
		t.Fatalf("%s: there are also %.100v", when, got)
	}
}

// reopen opens a log that must be one.
func reopen(t *testing.T, when string, d *disk) *Store {
	t.Helper()
	s, err := open("log", d, Options{})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	s.lock = noLock{}
	return s
}

// check opens a log, compares what is there with what is known, and makes another
// change. It returns what is there then.
func (k *known) check(t *testing.T, when string, d *disk) map[int64]messages.Message {
	t.Helper()
	s := reopen(t, when, d)
	defer s.Close()
	want := maps.Clone(k.kept)
	for id, text := range k.unsure {
		if m, _ := s.Get(t.Context(), id); m.Text == text { // it is there, whole
			want[id] = m
		}
	}
	compare(t, when, s, want)
	m, err := s.Create(t.Context(), "next")
	if err != nil || m.Revision <= k.highest || k.kept[m.ID].ID != 0 {
		t.Errorf("%s: Create: got %v, %v after revision %d", when, m, err, k.highest)
	}
	want[m.ID] = m
	return want
}

// Opening a log whose last write was cut short can fail, and does no harm.
func TestOpeningFaults(t *testing.T) {
	octets, contents := smallLog(t)
	cut := octets[:len(octets)-5]
	whole := 1 + bytes.LastIndexByte(cut, '\n')
	for n := 1; ; n++ {
		d := diskOf("log", cut)
		d.fault = fault{at: n, until: n}
		s, err := open("log", d, Options{})
		if err == nil {
			s.lock = noLock{}
			s.Close()
		} else if !errors.Is(err, errDisk) {
			t.Errorf("fault at %d: %v", n, err)
		}
		for _, after := range append(d.afterPowerFailure(), d.restarted()) {
			s := reopen(t, fmt.Sprintf("fault at %d", n), after)
			if got := contentOf(t, s); !got.equal(contents[whole]) {
				t.Errorf("fault at %d: got %v, want %v", n, got, contents[whole])
			}
			s.Close()
		}
		if d.done < n {
			break
		}
	}
}

// Of changes that are written at once, all are kept or none, even if the disk has
// taken some of them whole.
func TestBatchIsRefusedWhole(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults int // the write fails, then the cut
		want   error
	}{
		{"write_fails", 1, messages.ErrFull},
		{"write_and_cut_fail", 2, messages.ErrReadOnly},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDisk(fault{})
				s, err := open("log", d, Options{})
				if err != nil {
					t.Fatal(err)
				}
				s.lock = noLock{}
				defer s.Close()
				d.gate = make(chan struct{})
				var alone, short, long error
				create := func(text string, result *error) {
					_, *result = s.Create(t.Context(), text)
				}
				go create("alone", &alone) // its write waits at the gate
				synctest.Wait()
				go create("short", &short)
				synctest.Wait()
				go create(strings.Repeat("long", 100), &long)
				synctest.Wait()
				d.fault = fault{at: d.done + 3, until: d.done + 2 + c.faults, half: true} // after a write and a sync
				close(d.gate)
				synctest.Wait()
				if alone != nil || !errors.Is(short, c.want) || !errors.Is(long, c.want) {
					t.Errorf("got %v, %v, %v, want nil, and twice %v", alone, short, long, c.want)
				}
				m, _ := s.List(t.Context(), 0, 10)
				if len(m) != 1 || m[0].Text != "alone" {
					t.Errorf("got %v, want one message", m)
				}
				again, err := s.Create(t.Context(), "again")
				if c.want == messages.ErrFull && (err != nil || again.ID != 2) || c.want != messages.ErrFull && !errors.Is(err, c.want) {
					t.Errorf("Create when there is room again: got %v, %v", again, err)
				}
			})
		})
	}
}
