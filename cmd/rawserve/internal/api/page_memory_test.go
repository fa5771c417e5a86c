package api

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
)

// idleClients do not read what they asked for; each makes the server hold at most
// heldAtMost octets, the buffers of its connection and its stack included.
const (
	idleClients = 150
	heldAtMost  = 64 << 10
)

// A client that asks for the largest answer there is and does not read costs
// heldAtMost, whatever the texts are: control characters take six times their
// length as JSON. The texts are deleted meanwhile, so those that an answer keeps
// alive count too.
func TestMemoryOfClientsThatDoNotRead(t *testing.T) {
	for _, request := range []string{
		"GET /messages?limit=1000 HTTP/1.1\r\n", "GET /messages/1 HTTP/1.1\r\n",
		"GET /messages HTTP/1.1\r\nAccept: application/x-ndjson\r\n", "GET /messages/events?since=0 HTTP/1.1\r\n",
	} {
		t.Run(request, func(t *testing.T) {
			store := new(messages.Memory)
			rt := router.New()
			Register(rt, store, new(Followers))
			server := &httpwire.Server{Handler: rt.Serve, WriteTimeout: -1}
			before := memoryInUse()
			for range 64 {
				if _, err := store.Create(t.Context(), strings.Repeat("\x01", messages.MaxText)); err != nil {
					t.Fatal(err)
				}
			}
			for range idleClients {
				askWithoutReading(t, server, request)
			}
			for id := range int64(64) {
				if err := store.Delete(t.Context(), id+1, messages.Any); err != nil {
					t.Fatal(err)
				}
			}
			held := (memoryInUse() - before) / idleClients
			t.Logf("%d octets a client", held)
			if held > heldAtMost {
				t.Errorf("the server holds %d octets for each client, want at most %d", held, heldAtMost)
			}
			runtime.KeepAlive(store)
		})
	}
}

// askWithoutReading sends a request and reads one octet of the answer: then the
// server is in the middle of a write, since a pipe has no buffer.
func askWithoutReading(t *testing.T, server *httpwire.Server, request string) {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.ServeConn(theirs)
	}()
	t.Cleanup(func() {
		ours.Close()
		<-served
	})
	if _, err := io.WriteString(ours, request+"Host: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
}

// memoryInUse returns the octets of the heap and the stacks that are in use.
func memoryInUse() int64 {
	runtime.GC()
	runtime.GC() // what a sync.Pool holds goes with the second one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
