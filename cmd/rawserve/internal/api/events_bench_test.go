package api

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
)

// benchmarkFollowers is how many follow the feed in BenchmarkFeed.
const benchmarkFollowers = 1000

// BenchmarkFeed tells a change to 1,000 followers over TCP. It reports what a
// follower costs while nothing happens: octets of heap and stacks, and goroutines,
// the client's socket included.
func BenchmarkFeed(b *testing.B) {
	store := new(messages.Memory)
	store.Create(b.Context(), "x")
	addr := listenForBenchmark(b, store)
	before, goroutines := memoryInUse(), runtime.NumGoroutine()
	followers := make([]net.Conn, benchmarkFollowers)
	for i := range followers {
		followers[i] = followOverTCP(b, addr)
	}
	octets, goroutines := memoryInUse()-before, runtime.NumGoroutine()-goroutines
	var told sync.WaitGroup
	for _, c := range followers {
		told.Go(func() { readEvents(b, c, b.N) })
	}
	b.ResetTimer()
	for range b.N {
		store.Replace(b.Context(), 1, "hello", messages.Any)
	}
	told.Wait()
	b.ReportMetric(float64(octets)/benchmarkFollowers, "B/follower")
	b.ReportMetric(float64(goroutines)/benchmarkFollowers, "goroutines/follower")
	b.ReportMetric(float64(b.N*benchmarkFollowers)/b.Elapsed().Seconds(), "events/s")
}

// listenForBenchmark serves a store on a free port.
func listenForBenchmark(b *testing.B, store messages.Store) string {
	rt, followers := router.New(), new(Followers)
	Register(rt, store, followers)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &httpwire.Server{Handler: rt.Serve}
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	b.Cleanup(func() {
		server.Close()
		<-served
	})
	return l.Addr().String()
}

// followOverTCP follows the feed, and returns when it has begun.
func followOverTCP(b *testing.B, addr string) net.Conn {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	io.WriteString(c, "GET /messages/events HTTP/1.1\r\nHost: a\r\n\r\n")
	var got []byte
	for room := make([]byte, 512); !strings.Contains(string(got), "\nid: "); {
		n, err := c.Read(room)
		if got = append(got, room[:n]...); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// readEvents reads so many changes.
func readEvents(b *testing.B, c net.Conn, n int) {
	lines := bufio.NewReader(c)
	for n > 0 {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			b.Error(err)
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("event: replaced")):
			n--
		case bytes.HasPrefix(line, []byte("event: gap")):
			b.Error("fell too far back: choose a smaller -benchtime")
			return
		}
	}
}
