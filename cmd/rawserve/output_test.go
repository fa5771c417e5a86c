package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Lines arrive whole and in order, from as many goroutines as there are.
func TestOutputKeepsLinesWhole(t *testing.T) {
	var written strings.Builder
	o := &output{to: &written}
	var all sync.WaitGroup
	for from := range 8 {
		all.Go(func() {
			for i := range 500 {
				fmt.Fprintf(o, "%d:%d\n", from, i)
			}
		})
	}
	all.Wait()
	o.flush()
	next := [8]int{}
	for line := range strings.Lines(written.String()) {
		var from, i int
		if _, err := fmt.Sscanf(line, "%d:%d\n", &from, &i); err != nil || i != next[from] {
			t.Fatalf("got %q (%v), want number %d of it", line, err, next[from])
		}
		next[from]++
	}
	if want := [8]int{500, 500, 500, 500, 500, 500, 500, 500}; next != want {
		t.Errorf("got %v lines, want %v", next, want)
	}
}

// A reader that stops reading stops nobody else. What it has missed is counted,
// and nothing is lost of what fits.
func TestOutputThatNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		var notes strings.Builder
		o := &output{to: writer, note: &notes}
		line := strings.Repeat("x", 1023) + "\n"
		for range 3000 {
			if n, err := io.WriteString(o, line); n != len(line) || err != nil {
				t.Fatal(n, err)
			}
			synctest.Wait() // the first line is with the writer by then
		}
		start := time.Now()
		o.flush()
		if took := time.Since(start); took != outputGrace {
			t.Errorf("the end waited %v, want %v", took, outputGrace)
		}
		received := make(chan []byte)
		go func() {
			octets, _ := io.ReadAll(reader)
			received <- octets
		}()
		o.flush()
		writer.Close()
		if got, want := len(<-received), outputAtMost+len(line); got != want {
			t.Errorf("got %d octets, want %d", got, want)
		}
		if want := "rawserve: lines lost of a log that nobody reads: 1975\n"; notes.String() != want {
			t.Errorf("got note %q, want %q", notes.String(), want)
		}
	})
}

// Where there is no other place to complain, the log itself says what it lacks.
func TestOutputComplainsInItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		o := &output{to: writer}
		io.WriteString(o, "first\n")
		synctest.Wait()
		o.Write(make([]byte, outputAtMost))
		io.WriteString(o, "lost\n")
		received := make(chan []byte)
		go func() {
			octets, _ := io.ReadAll(reader)
			received <- octets
		}()
		o.flush()
		writer.Close()
		want := "first\n" + string(make([]byte, outputAtMost)) + "rawserve: lines lost of a log that nobody reads: 1\n"
		if got := string(<-received); got != want {
			t.Errorf("got %d octets, want %d", len(got), len(want))
		}
	})
}

// fullDisk takes so many octets, and no more until there is room again.
type fullDisk struct {
	strings.Builder
	room int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	d.Builder.Write(p[:n])
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

// What cannot be written is lost, but not in silence, and the half of a line spoils no
// other one.
func TestOutputThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &fullDisk{room: len("first\nsec")}
		var notes strings.Builder
		o := &output{to: disk, note: &notes}
		say := func(line string) {
			io.WriteString(o, line+"\n")
			synctest.Wait() // it has been tried
		}
		say("first")
		say("second")
		say("third")
		disk.room = 1000
		say("fourth")
		disk.room = 0
		say("fifth")
		o.flush()
		if got, want := disk.String(), "first\nsec\nfourth\n"; got != want {
			t.Errorf("got the log %q, want %q", got, want)
		}
		const cannot = "rawserve: the log cannot be written, and its lines are lost until it can: no space left\n"
		want := cannot + "rawserve: lines lost of a log that could not be written: 2\n" +
			cannot + "rawserve: lines lost of a log that could not be written: 1\n"
		if got := notes.String(); got != want {
			t.Errorf("got notes\n%swant\n%s", got, want)
		}
	})
}

// Where there is no other place to complain, a log that cannot be written ends nothing.
func TestOutputThatFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := new(fullDisk)
		o := &output{to: disk}
		io.WriteString(o, "first\n")
		synctest.Wait()
		disk.room = 1000
		io.WriteString(o, "second\n")
		o.flush()
		if got, want := disk.String(), "second\nrawserve: lines lost of a log that could not be written: 2\n"; got != want {
			t.Errorf("got the log %q, want %q", got, want)
		}
	})
}
