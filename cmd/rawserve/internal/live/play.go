package live

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"rawserve/httpwire"
)

const (
	dialTimeout    = 2 * time.Second
	answerPatience = 20 * time.Second // how long the composer listens after its last octet
)

// composer writes octets to the public server, and to nothing else, on one
// connection at a time.
type composer struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// composed is the answer to a composition that has begun.
type composed struct {
	Remote string `json:"remote"` // address under which the server knows the connection
	Octets int    `json:"octets"`
	Writes int    `json:"writes"`
}

// compose sends what somebody has written.
func (p *Page) compose(w *httpwire.Response, r *httpwire.Request) error {
	var wanted struct{ Text string }
	if err := ask(r, &wanted); err != nil {
		return err
	}
	acts, err := composition(wanted.Text, p.host())
	if err != nil {
		return &httpwire.Problem{Status: 422, Detail: err.Error()}
	}
	return p.send(w, acts)
}

// replay sends a request again, as it came: octet by octet the same, and cut
// where its reads ended.
func (p *Page) replay(w *httpwire.Response, r *httpwire.Request) error {
	var wanted struct {
		Conn   uint64 `json:"c"`
		Number int    `json:"r"`
	}
	if err := ask(r, &wanted); err != nil {
		return err
	}
	v, err := p.find(wanted.Conn, wanted.Number)
	if err != nil {
		return err
	}
	if v.In.Kept == 0 || int64(v.In.Kept) != v.In.Total || v.In.Kept > composeAtMost {
		return &httpwire.Problem{Status: 409, Detail: "Not all octets of this request were captured."}
	}
	var acts []act
	from := 0
	for _, cut := range append(v.cuts(), v.In.Kept) {
		if from > 0 {
			acts = append(acts, act{pause: splitPause})
		}
		acts = append(acts, act{octets: v.In.raw[from:cut]})
		from = cut
		if len(acts) > 2*int(pausesAtMost/splitPause) {
			acts = append(acts, act{octets: v.In.raw[cut:]})
			break
		}
	}
	return p.send(w, acts)
}

// host returns what the public server is called.
func (p *Page) host() string {
	if tcp, ok := p.Public.(*net.TCPAddr); ok {
		return reachable(tcp)
	}
	return "localhost"
}

// reachable returns an address at which a listener can be reached from here.
func reachable(a *net.TCPAddr) string {
	if !a.IP.IsUnspecified() {
		return a.String()
	}
	ip := "127.0.0.1"
	if a.IP.To4() == nil && len(a.IP) == net.IPv6len && a.IP.IsUnspecified() {
		ip = "localhost"
	}
	_, port, _ := net.SplitHostPort(a.String())
	return net.JoinHostPort(ip, port)
}

// dial connects to the public server.
func (p *Page) dial() (net.Conn, error) {
	if p.Public.Network() == "unix" {
		return net.DialTimeout("unix", p.Public.String(), dialTimeout)
	}
	return net.DialTimeout("tcp", p.host(), dialTimeout)
}

// send begins to carry out what was composed, in place of what was still going
// on, and answers at once.
func (p *Page) send(w *httpwire.Response, acts []act) error {
	c := &p.composer
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
		<-c.done
	}
	conn, err := p.dial()
	if err != nil {
		return &httpwire.Problem{Status: 502, Detail: "The server does not accept a connection: " + err.Error()}
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.done = cancel, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		defer cancel()
		play(ctx, conn, acts)
	}(c.done)
	sent := composed{Remote: addressOf(conn.LocalAddr())}
	for _, a := range acts {
		sent.Octets += len(a.octets)
		if len(a.octets) > 0 {
			sent.Writes++
		}
	}
	return answerJSON(w, 202, sent)
}

// play does one thing after the other, then listens for a while. It ends when
// the server closes, and at once when the context ends.
func play(ctx context.Context, conn net.Conn, acts []act) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	conn.SetDeadline(time.Now().Add(pausesAtMost + answerPatience))
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		io.Copy(io.Discard, conn)
	}()
	defer func() { <-closed }()
	defer conn.Close()
	for _, a := range acts {
		switch half, ok := conn.(interface{ CloseWrite() error }); {
		case a.halfClose && ok:
			half.CloseWrite()
		case a.pause > 0:
			if !rest(ctx, closed, a.pause) {
				return
			}
		default:
			if _, err := conn.Write(a.octets); err != nil {
				return
			}
		}
	}
	rest(ctx, closed, answerPatience)
}

// rest waits, and reports whether there is a reason to go on.
func rest(ctx context.Context, closed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-closed:
	case <-ctx.Done():
	}
	return false
}
