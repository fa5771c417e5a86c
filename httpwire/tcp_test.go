package httpwire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// listen serves on a port of the loopback interface and returns its address. At
// the end of the test the server is shut down.
func listen(t *testing.T, s *Server, wrap ...func(net.Listener) net.Listener) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	for _, w := range wrap {
		l = w(l)
	}
	result := make(chan error, 1)
	go func() { result <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-result; err != ErrServerClosed {
			t.Errorf("Serve: %v", err)
		}
	})
	return address
}

// dialTCP connects; a minute is more than any test takes.
func dialTCP(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(time.Minute))
	return nc.(*net.TCPConn)
}

// converse sends octets, ends the client's half and returns the answers.
func converse(t *testing.T, address, octets string, methods ...string) []*reply {
	t.Helper()
	nc := dialTCP(t, address)
	go func() {
		io.WriteString(nc, octets)
		nc.CloseWrite()
	}()
	got, err := io.ReadAll(nc)
	if err != nil {
		t.Fatalf("behind %.100q: %v", octets, err)
	}
	answers, err := readAnswers(string(got), methods...)
	if err != nil {
		t.Fatalf("%v in %.200q", err, got)
	}
	return answers
}

// TestTCPPipelining: a burst in one segment, and octet by octet.
func TestTCPPipelining(t *testing.T) {
	address := listen(t, &Server{Handler: hello})
	burst := get("/1") + post("/2", "hello") + get("/3")
	want := "[200 length 4 1 /1 200 length 4 2 /2 200 length 4 3 /3]"
	if got := fmt.Sprint(converse(t, address, burst)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	nc := dialTCP(t, address)
	nc.SetNoDelay(true)
	for i := range len(burst) {
		nc.Write([]byte{burst[i]})
	}
	nc.CloseWrite()
	got, _ := io.ReadAll(nc)
	if answers, err := readAnswers(string(got)); err != nil || fmt.Sprint(answers) != want {
		t.Errorf("octet by octet: got %s, %v", answers, err)
	}
}

// TestTCPHalfClose: a whole request is answered, a part of one is refused.
func TestTCPHalfClose(t *testing.T) {
	address := listen(t, &Server{Handler: echo})
	for octets, want := range map[string][]int{
		"":                              nil,
		get("/"):                        {200},
		get("/") + "GET / HTTP/1.1\r\n": {200, 400},
		post("/", "hello")[:50]:         {400},
		chunkedPost("/", "5\r\nhell"):   {400},
	} {
		if got := statuses(converse(t, address, octets)); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", octets, got, want)
		}
	}
}

// TestTCPLinger: a refusal can be read although the client is still sending 10 MB
// and looks at the answer only when it has sent them. RFC 9112, Section 9.6.
func TestTCPLinger(t *testing.T) {
	const size = 10 << 20
	s := &Server{Handler: func(w *Response, r *Request) error {
		if r.Target == "/unread" {
			return Fail(401, "who are you")
		}
		return echo(w, r)
	}}
	address := listen(t, s)
	for _, test := range []struct {
		head string
		want int
	}{
		{fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", size), 413},
		{fmt.Sprintf("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", size), 401},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
		{"POST /echo HTTP/1.1\r\nHost : a\r\n\r\n", 400},
	} {
		nc := dialTCP(t, address)
		if _, err := io.WriteString(nc, test.head); err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Write(make([]byte, size)); err != nil {
			t.Errorf("%.20q: sending: %v", test.head, err)
		}
		a, err := readAnswer(bufio.NewReader(nc), "POST")
		if err != nil || a.status != test.want || !a.closes() {
			t.Errorf("%.20q: got %v, %v; want %d", test.head, a, err, test.want)
		}
		nc.Close()
	}
}

// TestTCPReset: a client that vanishes in the middle of anything.
func TestTCPReset(t *testing.T) {
	ended := make(chan CloseReason, 1)
	begun := make(chan string, 2)
	s := &Server{
		OnClose: func(_ *Conn, info CloseInfo) { ended <- info.Reason },
		Trace: &Trace{State: func(_ *Conn, state ConnState) {
			if state == StateActive {
				begun <- state.String()
			}
		}},
		Handler: func(w *Response, r *Request) error {
			if begun <- "handler"; r.Target == "/wait" {
				<-r.Context().Done()
			}
			return echo(w, r)
		}}
	address := listen(t, s)
	for _, test := range []struct {
		octets string
		until  string
		want   []CloseReason
	}{
		{"GET / HTTP/1.1\r\nHo", "active", []CloseReason{ReasonClientReset}},
		{post("/", "hello")[:50], "handler", []CloseReason{ReasonRefused}},
		{get("/wait"), "handler", []CloseReason{ReasonClientReset, ReasonWriteFailed}},
	} {
		nc := dialTCP(t, address)
		io.WriteString(nc, test.octets)
		for <-begun != test.until {
		}
		nc.SetLinger(0)
		nc.Close()
		if got := <-ended; !slices.Contains(test.want, got) {
			t.Errorf("%q: got %q, want %q", test.octets, got, test.want)
		}
	}
}

// TestTCPContext: the context ends when the client goes away, not because octets
// of the next request arrive; those are answered afterwards.
func TestTCPContext(t *testing.T) {
	reached, proceed := make(chan context.Context), make(chan struct{})
	s := &Server{Handler: func(w *Response, r *Request) error {
		if r.Target == "/wait" {
			reached <- r.Context()
			<-proceed
		}
		return hello(w, r)
	}}
	address := listen(t, s)
	t.Run("octets_behind", func(t *testing.T) {
		nc := dialTCP(t, address)
		io.WriteString(nc, get("/1")+get("/wait")+get("/3")[:9])
		ctx := <-reached
		r := bufio.NewReader(nc)
		if a, err := readAnswer(r, "GET"); err != nil || a.body != "1 /1" { // leaves before the handler waits
			t.Errorf("got %v, %v", a, err)
		}
		io.WriteString(nc, get("/3")[9:]+get("/4"))
		if ctx.Err() != nil {
			t.Error("cancelled")
		}
		proceed <- struct{}{}
		for _, want := range []string{"2 /wait", "3 /3", "4 /4"} {
			if a, err := readAnswer(r, "GET"); err != nil || a.body != want {
				t.Fatalf("got %v, %v; want %s", a, err, want)
			}
		}
	})
	t.Run("gone", func(t *testing.T) {
		nc := dialTCP(t, address)
		io.WriteString(nc, get("/wait")+"more")
		ctx := <-reached
		nc.SetLinger(0)
		nc.Close()
		<-ctx.Done()
		proceed <- struct{}{}
	})
	t.Run("half_closed", func(t *testing.T) {
		nc := dialTCP(t, address)
		io.WriteString(nc, get("/wait"))
		ctx := <-reached
		nc.CloseWrite()
		<-ctx.Done()
		proceed <- struct{}{}
		if a, err := readAnswer(bufio.NewReader(nc), "GET"); err != nil || a.body != "1 /wait" {
			t.Errorf("got %v, %v", a, err)
		}
	})
}

// TestTCPLateBody: the rest of an unread body is followed by a request, on a
// connection whose handler has asked for the context.
func TestTCPLateBody(t *testing.T) {
	address := listen(t, &Server{Handler: func(w *Response, r *Request) error { r.Context(); return hello(w, r) }})
	nc := dialTCP(t, address)
	r := bufio.NewReader(nc)
	for i := range 50 {
		request := post("/late", strings.Repeat("x", 9000))
		io.WriteString(nc, request[:100])
		if a, err := readAnswer(r, "POST"); err != nil || a.body != fmt.Sprint(2*i+1, " /late") {
			t.Fatalf("got %v, %v", a, err)
		}
		io.WriteString(nc, request[100:])
		io.WriteString(nc, get("/next"))
		if a, err := readAnswer(r, "GET"); err != nil || a.body != fmt.Sprint(2*i+2, " /next") {
			t.Fatalf("got %v, %v", a, err)
		}
	}
}

// TestTCPUpgrade: octets that came with the request are the first ones the new
// owner reads.
func TestTCPUpgrade(t *testing.T) {
	address := listen(t, &Server{Handler: func(w *Response, r *Request) error {
		r.Context()
		nc, err := w.Upgrade("chat/1")
		if err != nil {
			return err
		}
		defer nc.Close()
		_, err = io.Copy(nc, nc)
		return err
	}})
	nc := dialTCP(t, address)
	io.WriteString(nc, upgradeHead+"hello")
	r := bufio.NewReader(nc)
	if a, err := readAnswer(r, "GET"); err != nil || a.status != 101 {
		t.Fatalf("got %v, %v", a, err)
	}
	io.WriteString(nc, " world")
	nc.CloseWrite()
	if got, err := io.ReadAll(r); err != nil || string(got) != "hello world" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestTCPSendfile: a file arrives whole at a reader that takes it in small pieces.
func TestTCPSendfile(t *testing.T) {
	const size = 2 << 20
	content := make([]byte, size)
	rand.Read(content)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var sent, rest int64
	ended := make(chan struct{}, 1)
	s := &Server{
		OnClose: func(*Conn, CloseInfo) { ended <- struct{}{} },
		Trace:   &Trace{Sendfile: func(_ *Conn, n int64) { sent += n }},
		Handler: func(w *Response, r *Request) error {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			var source io.Reader = file
			switch r.Target {
			case "/declared":
				w.SetContentLength(size)
			case "/part", "/small": // of which more is there than is declared
				length := int64(200_000)
				if r.Target == "/small" {
					length = 5000
				}
				file.Seek(1000, io.SeekStart)
				w.SetContentLength(length)
				limited := &io.LimitedReader{R: file, N: length + 1000}
				defer func() { rest = limited.N }()
				source = limited
			case "/hook":
				w.SetContentLength(size)
				w.BeforeHead(func(w *Response) { w.SetStatus(304) })
			case "/hook_shortens":
				w.SetContentLength(size)
				w.BeforeHead(func(w *Response) { w.SetContentLength(100) })
			case "/hook_lengthens":
				w.SetContentLength(100_000)
				w.BeforeHead(func(w *Response) { w.SetContentLength(size) })
			case "/hook_writes":
				w.SetContentLength(size)
				w.BeforeHead(func(w *Response) { w.WriteString("0123456789") })
			case "/short":
				w.SetContentLength(size + 1)
			}
			_, err = io.Copy(w, source)
			return err
		}}
	address := listen(t, s)
	for _, test := range []struct {
		target, method string
		want           []byte
		sendfile       bool
	}{
		{"/declared", "GET", content, true},
		{"/part", "GET", content[1000:201_000], true},
		{"/small", "GET", content[1000:6000], false},
		{"/chunked", "GET", content, false},
		{"/declared", "HEAD", nil, false},
		{"/hook", "GET", nil, false},
		{"/hook_shortens", "GET", content[:100], true},
		{"/hook_lengthens", "GET", content, true},
		{"/hook_writes", "GET", append([]byte("0123456789"), content[:size-10]...), true},
	} {
		sent = 0
		nc := dialTCP(t, address)
		nc.SetReadBuffer(64 << 10)
		io.WriteString(nc, test.method+" "+test.target+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		var got bytes.Buffer
		for piece := make([]byte, 3001); ; {
			n, err := nc.Read(piece)
			got.Write(piece[:n])
			if err != nil {
				break
			}
		}
		nc.Close()
		<-ended
		answers, err := readAnswers(got.String(), test.method)
		if err != nil || len(answers) != 1 || answers[0].body != string(test.want) {
			t.Errorf("%s %s: %d octets in %d answers, %v", test.method, test.target, got.Len(), len(answers), err)
		}
		if test.sendfile != (sent > 0) || sent > int64(len(test.want)) {
			t.Errorf("%s %s: %d octets by sendfile", test.method, test.target, sent)
		}
		if (test.target == "/part" || test.target == "/small") && rest != 1000 {
			t.Errorf("%d octets left in the reader, want 1000", rest)
		}
	}
	nc := dialTCP(t, address)
	io.WriteString(nc, get("/short")+get("/declared"))
	if got, err := io.ReadAll(nc); err == nil || len(got) > size+1000 {
		t.Errorf("a file shorter than declared: got %d octets, %v; want a reset", len(got), err)
	}
}

// TestTCPLargeFields: fields of 10,000 octets arrive whole, both ways.
func TestTCPLargeFields(t *testing.T) {
	value := strings.Repeat("0123456789", 1000)
	address := listen(t, &Server{Handler: func(w *Response, r *Request) error {
		return w.Header().Set("X", r.Header.Get("X")+"."+r.Header.Get("Y"))
	}})
	a := converse(t, address, "GET /"+value+" HTTP/1.1\r\nHost: a\r\nX: "+value+"\r\nY: "+value+"\r\n\r\n")[0]
	if got := a.get("X"); got != value+"."+value {
		t.Errorf("got %d octets", len(got))
	}
}

// TestTCPSlowClients: many connections, each of which sends one octet at a time,
// keep nobody waiting.
func TestTCPSlowClients(t *testing.T) {
	address := listen(t, &Server{Handler: hello})
	for range 50 {
		io.WriteString(dialTCP(t, address), "G")
	}
	if got := fmt.Sprint(converse(t, address, get("/"))); got != "[200 length 3 1 /]" {
		t.Errorf("got %s", got)
	}
}

// TestTCPReasonOfCut: a response that is cut reaches the client as an error, even
// where the close would have been its end.
func TestTCPReasonOfCut(t *testing.T) {
	address := listen(t, &Server{Handler: func(w *Response, r *Request) error {
		w.WriteString("begun")
		w.Flush()
		return fmt.Errorf("late")
	}})
	nc := dialTCP(t, address)
	io.WriteString(nc, "GET / HTTP/1.0\r\n\r\n")
	if got, err := io.ReadAll(nc); err == nil {
		t.Errorf("got %q and an orderly end", got)
	}
}

// certificate makes a certificate for the loopback interface.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// TestTLS: the same server inside TLS. There, and only there, https targets are
// ours; a response that is cut ends without a close_notify.
func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	ended := make(chan CloseReason, 1)
	s := &Server{
		OnClose: func(_ *Conn, info CloseInfo) { ended <- info.Reason },
		Handler: func(w *Response, r *Request) error {
			if r.Target == "/cut" {
				w.WriteString("begun")
				w.Flush()
				return fmt.Errorf("late")
			}
			if r.Target == "/large" {
				r.Context()
				w.SetContentLength(1 << 20)
				w.Write(make([]byte, 1<<20))
				return nil
			}
			_, err := fmt.Fprintf(w, "%s %v", r.Host, r.Conn().TLS() != nil)
			return err
		}}
	address := listen(t, s, func(l net.Listener) net.Listener {
		return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	})
	client := func() *tls.Conn {
		return tls.Client(dialTCP(t, address), &tls.Config{RootCAs: pool, ServerName: "localhost"})
	}
	nc := client()
	io.WriteString(nc, get("/")+get("/large")+get("https://other/"))
	nc.CloseWrite()
	got, err := io.ReadAll(nc)
	answers, err2 := readAnswers(string(got))
	if err != nil || err2 != nil || len(answers) != 3 || answers[0].body != "a true" || len(answers[1].body) != 1<<20 || answers[2].body != "other true" {
		t.Errorf("got %.300v, %v, %v", answers, err, err2)
	}
	if reason := <-ended; reason != ReasonClientClosed {
		t.Errorf("got reason %q", reason)
	}
	nc = client()
	io.WriteString(nc, "GET /cut HTTP/1.0\r\n\r\n")
	if got, err := io.ReadAll(nc); err == nil {
		t.Errorf("got %q and an orderly end", got)
	}
	<-ended
	plain := dialTCP(t, address)
	io.WriteString(plain, get("/"))
	io.ReadAll(plain)
	if reason := <-ended; reason != ReasonHandshake {
		t.Errorf("got reason %q", reason)
	}
}

// TestTLSOnAPlainPort: a client that tries TLS is told so, and https targets are
// refused.
func TestTLSOnAPlainPort(t *testing.T) {
	address := listen(t, &Server{Handler: hello})
	nc := dialTCP(t, address)
	io.WriteString(nc, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"+strings.Repeat("x", 500)) // how a ClientHello begins
	got, _ := io.ReadAll(nc)
	if !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || !strings.Contains(string(got), "TLS handshake") {
		t.Errorf("got %q", got)
	}
	if got := statuses(converse(t, address, get("https://a/"))); !slices.Equal(got, []int{421}) {
		t.Errorf("got %v", got)
	}
}

// TestTCPShutdownBehindAnAnswer: a request that arrives while the last answer is
// still on its way is not answered, but must not cost that answer either: octets
// left unread at the close make the system send a reset.
func TestTCPShutdownBehindAnAnswer(t *testing.T) {
	const size = 8 << 20 // more than the sockets hold
	begun := make(chan struct{})
	s := &Server{Handler: func(w *Response, r *Request) error {
		w.SetContentLength(size)
		w.Flush()    // the head says that the connection stays open
		close(begun) // a second request would panic
		_, err := w.Write(make([]byte, size))
		return err
	}}
	nc := dialTCP(t, listen(t, s))
	io.WriteString(nc, get("/1"))
	<-begun
	io.WriteString(nc, get("/2"))
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(t.Context()) }()
	octets, err := io.ReadAll(nc)
	if err != nil || len(octets) < size || strings.Count(string(octets), "HTTP/1.1 ") != 1 {
		t.Errorf("got %d octets, %v; want one whole answer", len(octets), err)
	}
	nc.Close()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestTCPTraceSocket: what package net sets is told once, and how a close that
// waited has ended.
func TestTCPTraceSocket(t *testing.T) {
	decisions := make(chan string, 100)
	s := &Server{Handler: hello, Trace: &Trace{Decision: func(_ *Conn, decision Decision, value string) {
		if decision == DecisionSocket || decision == DecisionLinger {
			decisions <- string(decision) + ": " + value
		}
	}}}
	converse(t, listen(t, s), get("/1")+get("/2")+"BAD\r\n", "GET", "GET", "GET")
	if got := <-decisions; !strings.Contains(got, "TCP_NODELAY") {
		t.Errorf("got %q", got)
	}
	if got, want := <-decisions, "lingering close: our half closed, 0 octets discarded, then the client has closed as well"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
