// Command stores compares stores of messages: how many are created in a second, and
// how long the slowest take.
//
//	go run . -dir /path/on/the/disk             the log, one sync for each write, no disk, SQLite
//	go run . -url NAME=http://localhost:3000    and a rawserve that runs, whatever its store
//	go run . -replay 1000000                    how long it takes to read a log, and how large it is
//
// Every target gets its turn in every round, each round begins with another one, and
// the figures are medians over the rounds.
//
//	main.go     flags, rounds, the table
//	targets.go  what is compared
//	replay.go   reading a log
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

type settings struct {
	dir, memory string
	rounds      int
	slice       time.Duration
	clients     []int
	text        string
	urls        []string
}

func main() {
	var s settings
	clients := flag.String("clients", "1,8,64", "how many create messages at the same time")
	flag.StringVar(&s.dir, "dir", os.TempDir(), "a folder on the disk to measure")
	flag.StringVar(&s.memory, "memory", "/dev/shm", "a folder in memory, where a sync costs nothing")
	flag.IntVar(&s.rounds, "rounds", 7, "how often each target gets its turn")
	flag.DurationVar(&s.slice, "slice", time.Second, "how long a turn is")
	octets := flag.Int("text", 100, "the length of a text, in octets")
	replay := flag.Int("replay", 0, "read a log of so many messages instead")
	flag.Func("url", "NAME=URL of a rawserve to measure, may be repeated", func(value string) error {
		s.urls = append(s.urls, value)
		return nil
	})
	flag.Parse()
	s.text = strings.Repeat("x", *octets)
	for number := range strings.SplitSeq(*clients, ",") {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			fail(fmt.Errorf("-clients is %q; it takes numbers, such as 1,8,64", *clients))
		}
		s.clients = append(s.clients, n)
	}
	if *replay > 0 {
		fail(measureReplay(s, *replay))
		return
	}
	fail(s.compare())
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "stores:", err)
		os.Exit(1)
	}
}

// turn is what one target did in one round.
type turn struct {
	perSecond float64
	p99       time.Duration
}

// compare measures all targets and prints a table.
func (s settings) compare() error {
	targets, err := s.targets()
	if err != nil {
		return err
	}
	turns := make([][][]turn, len(s.clients)) // by number of clients and target
	for i, clients := range s.clients {
		turns[i] = make([][]turn, len(targets))
		for round := -1; round < s.rounds; round++ { // the first one warms up
			for j := range targets {
				at := (j + round + 1) % len(targets)
				done, err := s.turn(targets[at], clients)
				if err != nil {
					return fmt.Errorf("%s: %w", targets[at].name, err)
				}
				if round >= 0 {
					turns[i][at] = append(turns[i][at], done)
				}
			}
		}
	}
	for _, target := range targets {
		if err := target.close(); err != nil {
			return fmt.Errorf("%s: %w", target.name, err)
		}
	}
	s.print(targets, turns)
	return nil
}

// turn lets clients create messages for a while.
func (s settings) turn(target target, clients int) (turn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.slice)
	defer cancel()
	took := make([][]time.Duration, clients)
	failed := make([]error, clients)
	var all sync.WaitGroup
	begun := time.Now()
	for c := range clients {
		all.Go(func() {
			for ctx.Err() == nil {
				start := time.Now()
				if failed[c] = target.create(s.text); failed[c] != nil {
					return
				}
				took[c] = append(took[c], time.Since(start))
			}
		})
	}
	all.Wait()
	lasted := time.Since(begun)
	sorted := slices.Concat(took...)
	slices.Sort(sorted)
	for _, err := range failed {
		if err != nil {
			return turn{}, err
		}
	}
	return turn{float64(len(sorted)) / lasted.Seconds(), sorted[len(sorted)*99/100]}, nil
}

// print prints the medians, and how far the rounds lie apart.
func (s settings) print(targets []target, turns [][][]turn) {
	fmt.Printf("Creates per second and 99th percentile; texts of %d octets; medians of %d turns of %v, with the quartiles.\n\n|", len(s.text), s.rounds, s.slice)
	for _, clients := range s.clients {
		fmt.Printf(" | %d at a time | p99", clients)
	}
	fmt.Println(" |\n|---" + strings.Repeat("|--:|--:", len(s.clients)) + "|")
	for j, target := range targets {
		fmt.Printf("| %s", target.name)
		for i := range s.clients {
			rates, slowest := make([]float64, 0, s.rounds), make([]time.Duration, 0, s.rounds)
			for _, turn := range turns[i][j] {
				rates, slowest = append(rates, turn.perSecond), append(slowest, turn.p99)
			}
			slices.Sort(rates)
			slices.Sort(slowest)
			n := len(rates)
			fmt.Printf(" | %.0f (%.0f–%.0f) | %.2f ms", rates[n/2], rates[n/4], rates[n*3/4], slowest[n/2].Seconds()*1000)
		}
		fmt.Println(" |")
	}
}
