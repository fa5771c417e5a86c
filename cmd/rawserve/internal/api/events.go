package api

import (
	"context"
	"errors"
	"time"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

const (
	heartbeat = 15 * time.Second // silence that a follower never sees more of

	// storePause is how long a feed waits before it asks a store again that cannot
	// be reached. Followers stay meanwhile.
	storePause = time.Second

	// eventsAtOnce is how many octets gather before they are sent. The buffers of the
	// response stay as large as they have grown, for as long as the feed is followed.
	eventsAtOnce = 4 << 10

	// reconnect says, in milliseconds, how long a browser waits before it comes back.
	reconnect = "2000"
)

// events sends the changes of the messages as they happen, as text/event-stream,
// which is defined by the HTML standard.
//
// A client that closes its sending half looks like one that has left: the feed ends
// for both, in good order, when it would have to wait. One that is slow is waited for as long as the write
// timeout says; the changes it misses meanwhile are kept for all alike, and if there
// are too many it gets a gap.
func (a *api) events(w *httpwire.Response, r *httpwire.Request) error {
	f, err := newFeed(a.store, r)
	if err != nil {
		return err
	}
	if r.Method == "HEAD" {
		return writeEventHead(w)
	}
	ctx, leave, err := a.followers.join(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	s := &eventStream{feed: f, w: w}
	return s.run(ctx)
}

// writeEventHead sets status and fields of a feed. Proxies like nginx hold back what
// they pass on unless X-Accel-Buffering says no.
func writeEventHead(w *httpwire.Response) error {
	return w.WriteHead(200,
		"Content-Type", "text/event-stream",
		"X-Content-Type-Options", "nosniff",
		"Cache-Control", "no-store",
		"X-Accel-Buffering", "no",
	)
}

// eventStream sends a feed to one client.
type eventStream struct {
	feed     *feed
	w        *httpwire.Response
	gathered int       // octets written and not sent
	sent     time.Time // when something was sent last
}

// run sends events until ctx is done, which is the orderly end of the feed; if the
// client is the cause, and not the server, it gets what there is without waiting. What
// it gets first is known before the head is sent, so that a store that fails is
// answered with a status of its own.
func (s *eventStream) run(ctx context.Context) error {
	var first []event
	if !s.feed.waits() {
		var err error
		if first, err = s.feed.next(ctx); err != nil {
			return err
		}
	}
	if err := writeEventHead(s.w); err != nil {
		return err
	}
	err := s.send("retry: "+reconnect+"\n\n", first)
	for err == nil && !s.isOver(ctx) {
		err = s.step(ctx)
	}
	return err
}

// isOver reports whether the feed ends now.
func (s *eventStream) isOver(ctx context.Context) bool {
	return ctx.Err() != nil && (s.feed.waits() || context.Cause(ctx) == errEnded)
}

// step sends what comes next: events, or a sign of life.
func (s *eventStream) step(ctx context.Context) error {
	wait, cancel := context.WithDeadline(ctx, s.sent.Add(heartbeat))
	defer cancel()
	events, err := s.feed.next(wait)
	switch {
	case err == nil:
		return s.send("", events)
	case ctx.Err() != nil && s.feed.waits():
		return nil
	case ctx.Err() != nil:
		return err
	case wait.Err() != nil:
		return s.send(": still here\n\n", nil)
	case errors.Is(err, messages.ErrUnavailable):
		pause(wait, storePause)
		return nil
	}
	return err
}

// pause waits for as long as d, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// send sends text and events.
func (s *eventStream) send(text string, events []event) error {
	e := newEncoder(s)
	e.octets(text)
	for _, event := range events {
		e.event(event)
	}
	if e.err != nil {
		return e.err
	}
	return s.flush()
}

// Write writes to the response, and sends what has gathered if it is enough.
func (s *eventStream) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if s.gathered += n; err == nil && s.gathered >= eventsAtOnce {
		err = s.flush()
	}
	return n, err
}

// flush sends what has gathered.
func (s *eventStream) flush() error {
	err := s.w.Flush()
	s.gathered, s.sent = 0, time.Now()
	return err
}

// event writes an event as text/event-stream. JSON has no line ends, so the data
// is one line. A browser tells nobody of an event without data, but keeps its id.
func (e *encoder) event(v event) {
	if v.placed {
		e.octets("id: ")
		e.octets(v.at.String())
		e.octets("\n")
	}
	switch v.name {
	case "":
		e.octets("\n")
		return
	case gap:
		e.octets("event: gap\ndata: ")
		e.octets(`{"detail":"changes are missing here: list the messages again"}`)
	case messages.Deleted.String():
		e.octets("event: deleted\ndata: ")
		e.octets(`{"id":`)
		e.id(v.message)
		e.octets("}")
	default:
		e.octets("event: ")
		e.octets(v.name)
		e.octets("\ndata: ")
		e.message(v.message)
	}
	e.octets("\n\n")
}
