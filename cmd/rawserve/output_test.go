package main

import (
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
