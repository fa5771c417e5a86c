package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"rawserve/cmd/rawserve/internal/messages/logstore"
)

// measureReplay writes a log of messages and reads it again and again.
func measureReplay(s settings, messages int) error {
	dir, err := os.MkdirTemp(s.memory, "stores")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "log")
	if err := fill(path, messages, s.text); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	each := func(octets int64) int64 { return octets / int64(messages) }
	fmt.Printf("%d messages with texts of %d octets: a file of %d octets a message\n", messages, len(s.text), each(info.Size()))
	for range s.rounds {
		before := heap()
		begun := time.Now()
		store, err := logstore.Open(path, logstore.Options{MaxMessages: -1, MaxOctets: -1})
		if err != nil {
			return err
		}
		took := time.Since(begun)
		fmt.Printf("read in %.2f s, %d octets of memory a message\n", took.Seconds(), each(heap()-before))
		if err := store.Close(); err != nil {
			return err
		}
	}
	return nil
}

// heap returns how much memory is in use.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// fill writes messages, each in a record of its own.
func fill(path string, messages int, text string) error {
	store, err := logstore.Open(path, logstore.Options{MaxMessages: -1, MaxOctets: -1})
	if err != nil {
		return err
	}
	const writers = 64
	failed := make(chan error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for range (messages + w) / writers {
				if _, err := store.Create(context.Background(), text); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return store.Close()
	}
}
