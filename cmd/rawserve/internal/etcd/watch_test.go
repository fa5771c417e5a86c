package etcd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

const (
	streamHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" // 47 octets
	taken      = `{"result":{"header":{"cluster_id":"1","revision":"7"},"created":true}}` + "\n"
)

// chunk returns octets as a chunk.
func chunk(octets string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(octets), octets) }

// event returns a message of a stream with one event.
func event(revision int, more string) string {
	return fmt.Sprintf(`{"result":{"header":{"cluster_id":"1","revision":"9"},"events":[{"kv":{"key":"YQ==","mod_revision":"%d"}}]%s}}`+"\n", revision, more)
}

// watch watches until the stream breaks, and returns the revisions it was told of.
func watch(ctx context.Context, c *Client) (revisions []int64, began int, err error) {
	request := WatchRequest{Key: []byte("a"), RangeEnd: []byte("b"), StartRevision: 5}
	err = c.Watch(ctx, request, func(string) { began++ }, func(events []Event) {
		for _, e := range events {
			revisions = append(revisions, e.KeyValue.ModRevision)
		}
	})
	return revisions, began, err
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := chunk(taken) + chunk(event(5, `,"fragment":true`)) + chunk(event(5, "")) + chunk(event(6, ""))
		split := ""
		for i := range len(taken) {
			split += chunk(taken[i : i+1])
		}
		for _, octets := range []string{whole, split + whole[len(chunk(taken)):]} {
			f := script(closes(streamHead + octets + "0\r\n\r\n"))
			revisions, began, err := watch(t.Context(), client(t, f))
			if fmt.Sprint(revisions) != "[5 5 6]" || began != 1 || err == nil || err.Error() != "etcd at e0:1: it ended the watch" {
				t.Errorf("got %v, began %d times, %v", revisions, began, err)
			}
			if want := `/v3/watch {"create_request":{"key":"YQ==","range_end":"Yg==","start_revision":"5","fragment":true}}`; f.asked[0] != want {
				t.Errorf("asked %s", f.asked[0])
			}
		}
	})
}

// A stream that breaks says where; what came before stays told.
func TestBadStreams(t *testing.T) {
	begun := streamHead + chunk(taken) + chunk(event(5, ""))
	for _, c := range []struct {
		name string
		step step
		want string
	}{
		{"closes_at_once", closes(""), "octet 0 of its answer: the connection was closed"},
		{"hangs", hangs(""), "octet 0 of its answer: nothing more came in time"},
		{"hangs_after_the_head", hangs(streamHead), "octet 47 of its answer: nothing more came in time"},
		{"redirects", says("HTTP/1.1 301 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "octet 9 of its answer: it has the status code 301"},
		{"closes_between_chunks", closes(begun), fmt.Sprintf("octet %d of its answer: the connection was closed", len(begun))},
		{"closes_in_mid_chunk", closes(begun + "ff\r\n{"), fmt.Sprintf("octet %d of its answer: the connection was closed", len(begun)+5)},
		{"bad_chunk", closes(begun + "x\r\n"), fmt.Sprintf("octet %d of its answer: chunk size is not", len(begun))},
		{"bad_json", closes(begun + chunk("{]\n")), "octet 2 of the JSON in its answer"},
		{"no_message", closes(begun + chunk("{}\n")), "has no revision"},
		{"endless_message", closes(begun + strings.Repeat(chunk(strings.Repeat(" ", 1<<20)), 9)), "more than the 8388608 octets allowed"},
		{"no_leader", closes(begun + chunk(`{"error":{"grpc_code":14,"message":"etcdserver: no leader"}}`+"\n")), "etcdserver: no leader"},
		{"cancelled", closes(begun + chunk(`{"result":{"header":{"revision":"7"},"canceled":true,"cancel_reason":"no leader"}}`+"\n")), `it ended the watch: "no leader"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				revisions, began, err := watch(t.Context(), client(t, script(c.step)))
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "e0:1") {
					t.Errorf("got %v, want %q in it", err, c.want)
				}
				if began != len(revisions) {
					t.Errorf("began %d times, told of %v", began, revisions)
				}
			})
		})
	}
}

func TestWatchOfCompacted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, err := watch(t.Context(), client(t, script(closes(streamHead+chunk(taken)+
			chunk(`{"result":{"header":{"cluster_id":"1"},"canceled":true,"compact_revision":"17"}}`+"\n")))))
		var compacted *CompactedError
		if !errors.As(err, &compacted) || compacted.Revision != 17 {
			t.Errorf("got %v", err)
		}
	})
}

// A stream waits for as long as it is wanted, and not longer.
func TestWatchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := client(t, script(func(c net.Conn) bool {
			says(streamHead + chunk(taken))(c)
			synctest.Wait() // the client waits by now
			cancel()
			return true
		}))
		if _, began, err := watch(ctx, c); began != 1 || !errors.Is(ctx.Err(), context.Canceled) || err == nil {
			t.Errorf("began %d times, %v", began, err)
		}
	})
}

func TestWatchElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := script(closes("")), script(closes(""))
		c := client(t, a, b)
		for range 4 {
			watch(t.Context(), c)
			c.WatchElsewhere()
		}
		if len(a.asked) != 2 || len(b.asked) != 2 {
			t.Errorf("asked %d and %d times, want 2 and 2", len(a.asked), len(b.asked))
		}
	})
}
