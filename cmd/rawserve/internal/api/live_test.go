package api

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/httpwire/websocket"
	"rawserve/httpwire/websocket/sockettest"
	"rawserve/router"
)

// dialLive connects a client to /messages/live, in memory.
func dialLive(t *testing.T, store messages.Store, query string) *sockettest.Peer {
	t.Helper()
	rt := router.New()
	RegisterLive(rt, store, new(websocket.Endpoint))
	ours, theirs := net.Pipe()
	s := &httpwire.Server{Handler: rt.Serve}
	go s.ServeConn(theirs)
	t.Cleanup(func() { ours.Close() })
	p := sockettest.New(t, ours)
	p.Switch("/messages/live"+query, "")
	return p
}

// at returns the place of the latest change, as a member.
func at(t *testing.T, s messages.Store) string {
	t.Helper()
	latest, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return `"at":"` + latest.String() + `"`
}

func TestLive(t *testing.T) {
	store := new(messages.Memory)
	p := dialLive(t, store, "")
	p.Expect(`text {"event":"at","at":"0"}`)
	m, _ := store.Create(t.Context(), `a"</script>`)
	p.Expect(`text {"event":"created",` + at(t, store) + `,"message":{"id":1,"text":"a\"</script>"}}`)
	store.Replace(t.Context(), m.ID, "b", messages.Any)
	p.Expect(`text {"event":"replaced",` + at(t, store) + `,"message":{"id":1,"text":"b"}}`)
	store.Delete(t.Context(), m.ID, messages.Any)
	p.Expect(`text {"event":"deleted",` + at(t, store) + `,"message":{"id":1}}`)
}

func TestLiveResumes(t *testing.T) {
	store := new(messages.Memory)
	store.Create(t.Context(), "one")
	_, since, _ := strings.Cut(strings.Trim(at(t, store), `"`), `:"`)
	store.Create(t.Context(), "two")
	p := dialLive(t, store, "?since="+since)
	p.Expect(`text {"event":"created",` + at(t, store) + `,"message":{"id":2,"text":"two"}}`)
	p.Expect(`text {"event":"at",` + at(t, store) + `}`)

	_, since, _ = strings.Cut(strings.Trim(at(t, store), `"`), `:"`)
	p = dialLive(t, store, "?since="+since)
	p.Expect(`text {"event":"at",` + at(t, store) + `}`)

	p = dialLive(t, store, "?since=0")
	p.Expect(`text {"event":"created","message":{"id":1,"text":"one"}}`)
	p.Expect(`text {"event":"created","message":{"id":2,"text":"two"}}`)
	p.Expect(`text {"event":"at",` + at(t, store) + `}`)

	p = dialLive(t, store, "?since=17-5")
	p.Expect(`text {"event":"gap",` + at(t, store) + `}`)
	p.Expect(`text {"event":"at",` + at(t, store) + `}`)
}

// A text makes a message, as a POST does, and is refused as a POST is.
func TestLiveCreates(t *testing.T) {
	for _, c := range []struct{ name, send, want string }{
		{"text", `{"text":"hi"}`, `{"event":"accepted","message":{"id":1,"text":"hi"}}`},
		{"ref", `{"text":"hi","ref":"\"7"}`, `{"event":"accepted","ref":"\"7","message":{"id":1,"text":"hi"}}`},
		{"empty", `{"text":"","ref":"7"}`, `{"event":"refused","ref":"7","problem":{"detail":"the text is empty","field":"text","status":422}}`},
		{"no_text", `{}`, `{"event":"refused","problem":{"detail":"the member text is missing","field":"text","status":400}}`},
		{"long_ref", `{"text":"hi","ref":"` + strings.Repeat("x", maxRef+1) + `"}`,
			`{"event":"refused","problem":{"detail":"the member ref is too long","field":"ref","status":400}}`},
		{"no_json", `hi`, `{"event":"refused","problem":{"detail":"at octet 0 of the body: invalid character 'h' looking for beginning of value","offset":0,"status":400}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := new(messages.Memory)
			p := dialLive(t, store, "")
			p.Expect(`text {"event":"at","at":"0"}`)
			p.Send(sockettest.Text(c.send))
			answers := p.Next()
			if strings.Contains(c.want, "accepted") { // the answer and the event come in any order
				answers += p.Next()
			}
			if !strings.Contains(answers, c.want) {
				t.Errorf("got %q, want %q", answers, c.want)
			}
		})
	}
}

func TestLiveRefuses(t *testing.T) {
	p := dialLive(t, new(messages.Memory), "")
	p.Expect(`text {"event":"at","at":"0"}`)
	p.Send(sockettest.Masked(websocket.Binary, true, `{"text":"hi"}`))
	p.Expect(`close 1003 send JSON as text, such as {"text":"hi"}`)

	p = dialLive(t, new(messages.Memory), "")
	p.Expect(`text {"event":"at","at":"0"}`)
	p.Send(sockettest.Text(strings.Repeat("x", maxFrame+1))[:10])
	p.Expect("close 1009 message larger than is read here (RFC 6455, Section 7.4.1)")
}

// A client that does not read is cut off, and holds up nobody.
func TestLiveSlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(messages.Memory)
		slow, quick := dialLive(t, store, ""), dialLive(t, store, "")
		quick.Expect(`text {"event":"at","at":"0"}`)
		store.Create(t.Context(), "hi")
		quick.Expect(`text {"event":"created",` + at(t, store) + `,"message":{"id":1,"text":"hi"}}`)
		time.Sleep(2 * websocket.DefaultWriteTimeout)
		slow.ExpectEnd()
		quick.Conn.Close()
	})
}

// panicking is a store that panics when it is followed.
type panicking struct{ messages.Memory }

func (*panicking) Changes(context.Context, messages.Place, int) ([]messages.Change, error) {
	panic("ouch")
}

// A panic ends its connection, and not the process.
func TestLivePanics(t *testing.T) {
	p := dialLive(t, new(panicking), "")
	p.Expect(`text {"event":"at","at":"0"}`)
	p.Expect("close 1011 ")
}
