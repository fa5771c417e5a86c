package live

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"rawserve/httpwire"
)

const (
	heartbeat       = 5 * time.Second // silence that a viewer never sees more of
	statsPause      = time.Second     // between two counts
	eventsPerWrite  = 512
	batchFrom       = 16               // more events at once are one message, a list: a browser takes longest for messages
	viewerTimeout   = 30 * time.Second // a viewer that takes nothing for so long is let go
	reconnectMillis = "1000"
)

// hello is the first event of every stream.
type hello struct {
	Kind      string   `json:"k"`
	Start     string   `json:"start"` // another one means another run of the server
	Address   string   `json:"address"`
	Secrets   bool     `json:"secrets"`
	Open      int64    `json:"open"`
	Exchanges int64    `json:"exchanges"`
	Live      []uint64 `json:"live"`    // the open connections: the others in a list are closed
	Resumed   bool     `json:"resumed"` // nothing is repeated that the viewer has had
}

// openOnes says which connections are open, where events that said so were missed.
type openOnes struct {
	Kind string   `json:"k"`
	Live []uint64 `json:"live"`
}

// stats counts.
type stats struct {
	Kind      string `json:"k"`
	Open      int64  `json:"open"`
	Exchanges int64  `json:"exchanges"`
}

// events sends what happens as it happens, as text/event-stream. The id of an
// event is the start of the server and the event's number; a viewer that comes
// back with one goes on after it.
func (p *Page) events(w *httpwire.Response, r *httpwire.Request) error {
	if r.Method == "HEAD" {
		w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.Query("last")
	}
	start, number, _ := strings.Cut(last, "-")
	after, err := strconv.ParseUint(number, 10, 64)
	resumed := err == nil && start == p.Recorder.start
	if !resumed {
		after = 0
	}
	v := p.Recorder.watch(after)
	if v == nil {
		return &httpwire.Problem{Status: 503, Detail: "There are too many viewers already."}
	}
	defer p.Recorder.leave(v)
	w.Header().Set("Content-Type", "text/event-stream")
	w.SetWriteTimeout(viewerTimeout)
	s := &feed{page: p, viewer: v, w: w}
	s.hello(resumed)
	return s.run(r.Context().Done())
}

// feed is the events on their way to one viewer.
type feed struct {
	page   *Page
	viewer *viewer
	w      *httpwire.Response
	out    []byte
	told   stats
	quiet  time.Time // since when nothing was sent
}

// hello appends what a viewer must know first.
func (s *feed) hello(resumed bool) {
	r := s.page.Recorder
	s.out = append(s.out, "retry: "+reconnectMillis+"\n\n"...)
	s.data(hello{"hello", r.start, s.page.Public.String(), r.secrets, r.open.Load(), r.exchanges(), r.connections(), resumed})
}

// data appends an event that has no number.
func (s *feed) data(value any) {
	text, _ := json.Marshal(value)
	s.out = append(s.out, "data: "...)
	s.out = append(s.out, text...)
	s.out = append(s.out, "\n\n"...)
}

// run sends events until the viewer has gone.
func (s *feed) run(gone <-chan struct{}) error {
	tick := time.NewTicker(statsPause)
	defer tick.Stop()
	for {
		more := s.collect()
		if err := s.send(); err != nil {
			return nil // the viewer has gone, or does not read
		}
		if more {
			continue
		}
		select {
		case <-s.viewer.wake:
		case <-tick.C:
			s.count()
		case <-gone:
			return nil
		}
	}
}

// collect appends the next events, with the counts that belong to them, and reports
// whether there may be more.
func (s *feed) collect() bool {
	r := s.page.Recorder
	events, lost := r.next(s.viewer, eventsPerWrite)
	if lost > 0 {
		s.data(event{Kind: "gap", At: r.now().Microseconds(), Octets: int64(lost), Value: "events were missed"})
		s.data(openOnes{"live", r.connections()})
	}
	if len(events) > batchFrom {
		s.id(events[len(events)-1].Seq)
		s.data(events)
		s.count()
		return len(events) == eventsPerWrite
	}
	for i := range events {
		s.id(events[i].Seq)
		s.data(&events[i])
	}
	if len(events) > 0 {
		s.count()
	}
	return false
}

// id appends the identifier of what follows.
func (s *feed) id(number uint64) {
	s.out = append(s.out, "id: "+s.page.Recorder.start+"-"...)
	s.out = strconv.AppendUint(s.out, number, 10)
	s.out = append(s.out, '\n')
}

// count appends the counts if they have changed, or a sign of life.
func (s *feed) count() {
	r := s.page.Recorder
	now := stats{"stats", r.open.Load(), r.exchanges()}
	switch {
	case now != s.told:
		s.told = now
		s.data(now)
	case time.Since(s.quiet) >= heartbeat:
		s.out = append(s.out, ": still here\n\n"...)
	}
}

// send sends what has been appended.
func (s *feed) send() error {
	if len(s.out) == 0 {
		return nil
	}
	s.quiet = time.Now()
	_, err := s.w.Write(s.out)
	s.out = s.out[:0]
	if err != nil {
		return err
	}
	return s.w.Flush()
}
