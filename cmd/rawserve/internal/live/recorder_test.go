package live

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
)

// recordedServer is a server that is recorded, with a viewer.
type recordedServer struct {
	t        *testing.T
	recorder *Recorder
	address  string
	viewer   *viewer
	events   []event
	began    chan struct{} // a request has reached the handler
}

// startRecorded starts a server whose handler echoes bodies, sends /n many octets,
// and for /head the head.
func startRecorded(t *testing.T) *recordedServer {
	t.Helper()
	r := NewRecorder(false)
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		var n int
		if _, err := fmt.Sscanf(r.RawPath, "/%d", &n); err == nil {
			_, err := w.Write(bytes.Repeat([]byte("x"), n))
			return err
		}
		if r.RawPath == "/head" {
			_, err := fmt.Fprintf(w, "%q", r.RawHead())
			return err
		}
		_, err := io.Copy(w, r.Body)
		return err
	}}
	began := make(chan struct{}, 1)
	server.OnRequest = func(*httpwire.Request) {
		select {
		case began <- struct{}{}:
		default:
		}
	}
	r.Attach(server)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return &recordedServer{t: t, recorder: r, address: l.Addr().String(), began: began}
}

// watch adds the viewer.
func (s *recordedServer) watch() { s.viewer = s.recorder.watch(0) }

// dial opens a connection.
func (s *recordedServer) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	s.t.Cleanup(func() { c.Close() })
	return c
}

// ask sends requests, the last of which must close, and waits for the end.
func (s *recordedServer) ask(writes ...string) {
	s.t.Helper()
	c := s.dial()
	for _, octets := range writes {
		io.WriteString(c, octets)
	}
	io.Copy(io.Discard, c)
}

// until reads events until one fits.
func (s *recordedServer) until(fits func(e event) bool) event {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		events, _ := s.recorder.next(s.viewer, 1)
		for _, e := range events {
			s.events = append(s.events, e)
			if fits(e) {
				return e
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-s.viewer.wake:
		case <-deadline:
			s.t.Fatalf("it did not come; the events were %+v", s.events)
		}
	}
}

// closed waits for the end of a connection.
func (s *recordedServer) closed(conn uint64) {
	s.t.Helper()
	s.until(func(e event) bool { return e.Kind == "close" && e.Conn == conn })
}

// view returns an exchange.
func (s *recordedServer) view(conn uint64, number int) *exchangeView {
	s.t.Helper()
	b := s.recorder.snapshot(conn, number)
	if b == nil {
		s.t.Fatalf("connection %d, request %d was not captured", conn, number)
	}
	return s.recorder.view(b, number)
}

func TestRecordPipelined(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	first, second := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	s.ask(first + second)
	s.closed(1)
	for number, request := range map[int]string{1: first, 2: second} {
		v := s.view(1, number)
		if octets, _ := base64.StdEncoding.DecodeString(v.In.Octets); string(octets) != request {
			t.Errorf("request %d is %q, want %q", number, octets, request)
		}
		if len(v.In.Messages) != 1 || v.In.Messages[0].Verdict.Outcome != xray.Accept || v.In.Messages[0].Length != len(request) {
			t.Errorf("request %d is dissected as %+v", number, v.In.Messages)
		}
		if len(v.Out.Messages) != 1 || v.Out.Messages[0].Status != 200 {
			t.Errorf("answer %d is dissected as %+v", number, v.Out.Messages)
		}
		if len(v.Blocks) != 2 {
			t.Errorf("request %d has the blocks %+v", number, v.Blocks)
		}
	}
	if v := s.view(1, 1); v.Blocks[0].After != int64(len(second)) {
		t.Errorf("the first block is %+v", v.Blocks[0])
	}
	if v := s.view(1, 2); v.Blocks[0].Before != int64(len(first)) || v.Closed != "client asked for close" {
		t.Errorf("the second exchange is %+v", v)
	}
}

func TestRecordRefusal(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	s.ask("GET / HTTP/1.1\r\nHost : a\r\n\r\nrest")
	e := s.until(func(e event) bool { return e.Kind == "exchange" })
	if e.Number != 1 || e.Exchange.Rule != "SpaceBeforeColon" {
		t.Errorf("the event is %+v %+v", e, e.Exchange)
	}
	s.closed(1)
	v := s.view(1, 1)
	if m := v.In.Messages[0]; m.Verdict.Outcome != xray.Reject || m.Verdict.At != 20 || m.Length != int(v.In.Total) {
		t.Errorf("the request is dissected as %+v of %d octets", m.Verdict, v.In.Total)
	}
	for _, e := range s.events {
		if e.Number > 1 {
			t.Errorf("there was one request, but an event is %+v", e)
		}
	}
}

func TestRecordLateViewer(t *testing.T) {
	s := startRecorded(t)
	c := s.dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh")
	<-s.began
	s.watch()
	io.WriteString(c, "i")
	answer := make([]byte, 4096)
	if n, err := c.Read(answer); err != nil || !strings.HasSuffix(string(answer[:n]), "hi") {
		t.Fatalf("%q, %v", answer[:n], err)
	}
	io.WriteString(c, "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	io.Copy(io.Discard, c)
	s.closed(1)
	if v := s.view(1, 2); v.In.Messages[0].Target != "/3" || v.First != 2 {
		t.Errorf("the second request is %+v", v)
	}
	if s.recorder.snapshot(1, 1) != nil {
		t.Error("a request that had begun before anybody watched was captured")
	}
}

// Requests that come one after the other on a connection are told apart.
func TestRecordKeptOpen(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	c := s.dial()
	for _, target := range []string{"/1", "/2", "/3"} {
		io.WriteString(c, "GET "+target+" HTTP/1.1\r\nHost: a\r\n\r\n")
		if n, err := c.Read(make([]byte, 4096)); n == 0 {
			t.Fatal(err)
		}
	}
	c.Close()
	s.closed(1)
	for number := 1; number <= 3; number++ {
		v := s.view(1, number)
		if want := fmt.Sprint("/", number); len(v.In.Messages) != 1 || v.In.Messages[0].Target != want || v.Exchange.Target != want || v.First != number {
			t.Errorf("request %d is %+v", number, v)
		}
	}
	if s.recorder.snapshot(1, 4) != nil || s.recorder.snapshot(1, 0) != nil {
		t.Error("there are requests that were not sent")
	}
}

func TestRecordBounds(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	body := strings.Repeat("b", 3*capturePerExchange)
	s.ask(fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body))
	s.closed(1)
	v := s.view(1, 1)
	if v.In.Kept != capturePerExchange || v.Out.Kept != capturePerExchange {
		t.Errorf("%d and %d octets are kept, not %d", v.In.Kept, v.Out.Kept, capturePerExchange)
	}
	if v.In.Total != v.Exchange.In || v.Out.Total != v.Exchange.Out || v.In.Total < int64(len(body)) {
		t.Errorf("%d and %d octets are counted, the server says %d and %d", v.In.Total, v.Out.Total, v.Exchange.In, v.Exchange.Out)
	}
	if v.Fixture != "" {
		t.Error("a request of which a part is missing can be copied")
	}
	for range 2*ringOctets/capturePerExchange + 1 {
		s.ask("GET /70000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	if s.recorder.store.cost > ringOctets {
		t.Errorf("the store costs %d octets, more than %d", s.recorder.store.cost, ringOctets)
	}
	if len(s.recorder.log.events) > logEvents {
		t.Errorf("the log has %d events", len(s.recorder.log.events))
	}
	if s.recorder.store.find(1, 1) != nil {
		t.Error("the oldest exchange is still there")
	}
}

// The bound holds for bursts in progress, evicted or not, and for reads that wait
// for their request.
func TestEverythingIsBounded(t *testing.T) {
	r := NewRecorder(false)
	r.watch(0)
	read := bytes.Repeat([]byte("x"), capturePerExchange)
	var conns []*httpwire.Conn
	var tracks []*track
	var bursts []*burst
	for i := range 1000 {
		c, burst := new(httpwire.Conn), &burst{conn: uint64(i), first: 1, room: [2]int{capturePerExchange, capturePerExchange}}
		capturing, waiting := &track{id: uint64(i), burst: burst}, &track{}
		r.tracks.Store(c, waiting)
		r.mu.Lock()
		r.store.add(burst)
		r.mu.Unlock()
		r.read(c, read)
		r.take(capturing, pieceRead, read[:10], 10)
		conns, tracks, bursts = append(conns, c), append(tracks, waiting), append(bursts, burst)
	}
	held := 0
	for i, b := range bursts {
		r.take(&track{id: uint64(i), burst: b}, pieceRead, read, int64(len(read)))
		r.take(&track{id: uint64(i), burst: b}, pieceWrite, read, int64(len(read)))
	}
	for i, b := range bursts {
		for _, p := range b.pieces {
			held += len(p.octets)
		}
		held += cap(tracks[i].opens)
		if want := int64(len(read) + 10); b.in != want {
			t.Fatalf("burst %d counts %d octets, not %d", i, b.in, want)
		}
	}
	if held > ringOctets || r.store.cost > ringOctets || held < ringOctets/2 {
		t.Errorf("%d octets are held and %d accounted for, of %d", held, r.store.cost, ringOctets)
	}
	for _, c := range conns {
		r.closed(c, "")
	}
	if r.store.aside != 0 {
		t.Errorf("%d octets are kept aside for connections that are closed", r.store.aside)
	}
}

// A connection that is idle keeps nothing of what it has read.
func TestIdleConnectionsKeepNothing(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	c := s.dial()
	io.WriteString(c, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
	s.until(func(e event) bool { return e.Kind == "exchange" }) // it was idle before, too
	s.until(func(e event) bool { return e.Kind == "state" && e.Value == "idle" })
	s.recorder.tracks.Range(func(_, value any) bool {
		if kept := cap(value.(*track).opens); kept > 0 {
			t.Errorf("an idle connection keeps %d octets", kept)
		}
		return true
	})
}

// Who has been told of a connection learns that it has closed, whoever looks then.
func TestCloseWhileNobodyWatches(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	c := s.dial()
	io.WriteString(c, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
	s.until(func(e event) bool { return e.Kind == "state" && e.Value == "idle" })
	if open := s.recorder.connections(); len(open) != 1 || open[0] != 1 {
		t.Errorf("the open connections are %v", open)
	}
	s.recorder.leave(s.viewer)
	c.Close()
	for s.recorder.open.Load() > 0 {
		runtime.Gosched()
	}
	s.viewer = s.recorder.watch(s.viewer.next - 1)
	s.closed(1)
	if open := s.recorder.connections(); len(open) != 0 {
		t.Errorf("the open connections are %v", open)
	}
}

func TestNobodyWatches(t *testing.T) {
	s := startRecorded(t)
	for range 10 {
		s.ask("GET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	if n := s.recorder.log.last; n != 0 {
		t.Errorf("nobody watches, and there are %d events", n)
	}
	if n := s.recorder.exchanges(); n != 10 {
		t.Errorf("%d exchanges were counted", n)
	}
}

// A viewer that stops reading makes the recorder stop, and is told what it has
// missed when it comes back.
func TestStalledViewer(t *testing.T) {
	s := startRecorded(t)
	s.watch()
	for s.recorder.demand.Load() > 0 {
		s.ask(strings.Repeat("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", 500) + "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	for range 5 {
		s.ask("GET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	gap := s.until(func(e event) bool { return e.Kind == "gap" })
	if gap.Octets < 5 || s.recorder.demand.Load() == 0 {
		t.Errorf("the gap is %+v, recording is %v", gap, s.recorder.recording)
	}
}

func TestLogLosesTheOldest(t *testing.T) {
	var l eventLog
	for range logEvents + 10 {
		l.append(event{})
	}
	events, lost := l.since(1, 5)
	if lost != 10 || len(events) != 5 || events[0].Seq != 11 {
		t.Errorf("%d are lost and %d come, from %d on", lost, len(events), events[0].Seq)
	}
	if events, lost = l.since(l.last+1, 5); lost != 0 || len(events) != 0 {
		t.Errorf("%d are lost and %d come, where there is nothing new", lost, len(events))
	}
}
