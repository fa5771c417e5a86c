package httpwire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// certificate makes a certificate for localhost, and what a client needs to
// accept it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
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
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// secureHandler answers large, or in part, or says whether there is TLS.
func secureHandler(w *Response, r *Request) error {
	switch r.Target {
	case "/cut":
		return failsLate(w, r)
	case "/large":
		r.Context()
		w.SetContentLength(1 << 20)
		_, err := w.Write(make([]byte, 1<<20))
		return err
	}
	_, err := fmt.Fprintf(w, "%s %v", r.Host, r.Conn().TLS() != nil)
	return err
}

// TestTLS: the same server inside TLS. There, and only there, https targets are
// ours; a response that is cut ends without a close_notify.
func TestTLS(t *testing.T) {
	serverConfig, clientConfig := certificate(t)
	h := listen(t, &Server{Handler: secureHandler}, func(l net.Listener) net.Listener {
		return tls.NewListener(l, serverConfig)
	})
	t.Run("whole", func(t *testing.T) {
		c := h.client(tls.Client(h.dialTCP(), clientConfig))
		c.send(get("/") + get("/large") + get("https://other/"))
		c.closeWrite()
		c.expect("200 length 6 a true")
		c.expect("200 length 1048576 *")
		c.expect("200 length 10 other true")
		c.expectClosed(ReasonClientClosed)
	})
	t.Run("cut", func(t *testing.T) {
		c := h.client(tls.Client(h.dialTCP(), clientConfig))
		c.send("GET /cut HTTP/1.0\r\n\r\n")
		c.expectReset()
		c.expectReason(ReasonHandlerFailed)
	})
	t.Run("plain_client", func(t *testing.T) {
		c := h.dial()
		c.send(get("/"))
		c.expectReason(ReasonHandshake)
	})
	t.Run("no_octet", func(t *testing.T) {
		c := h.dial()
		c.closeWrite()
		c.expectReason(ReasonClientClosed)
	})
}

// TestTLSOnAPlainPort: a client that tries TLS is told so, and https targets are
// refused.
func TestTLSOnAPlainPort(t *testing.T) {
	h := listen(t, &Server{Handler: hello})
	c := h.dial()
	c.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 500)) // how a ClientHello begins
	a := c.expect("400 *", "Connection: close")
	checkContains(t, "detail", a.body, "TLS handshake")
	c.expectClosed(ReasonRefused)

	c = h.dial()
	c.send(get("https://a/"))
	c.expect("421 *", "Connection: close")
	c.expectClosed(ReasonRefused)
}

// TestTLSHeadTimeout: the handshake does not use up the time for a head, nor
// leave it without an end.
func TestTLSHeadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serverConfig, clientConfig := certificate(t)
		h := newHost(t, &Server{Handler: hello})
		l := newQueueListener()
		h.serve(l)
		server, conn := h.pipes()
		l.queue <- tls.Server(server, serverConfig)
		start := time.Now()
		nc := tls.Client(conn, clientConfig)
		if err := nc.Handshake(); err != nil {
			t.Fatal(err)
		}
		c := h.client(nc)
		c.expectClosed(ReasonHeadTimeout)
		check(t, "closed after", time.Since(start), 10*time.Second)
	})
}

// TestTLSShutdownBeforeHandshake: a shutdown that begins while OnConnection runs
// does not wait for the handshake of a silent client.
func TestTLSShutdownBeforeHandshake(t *testing.T) {
	serverConfig, _ := certificate(t)
	begun, goOn := make(chan bool), make(chan bool)
	s := &Server{HeadTimeout: time.Hour, Handler: hello, OnConnection: func(*Conn) error {
		begun <- true
		<-goOn
		return nil
	}}
	h := listen(t, s, func(l net.Listener) net.Listener { return tls.NewListener(l, serverConfig) })
	c := h.dial()
	<-begun
	stopped := make(chan error)
	go func() { stopped <- s.Shutdown(t.Context()) }()
	for !s.isDraining() {
		runtime.Gosched()
	}
	close(goOn)
	checkError(t, "Shutdown", <-stopped, nil)
	c.expectReason(ReasonShutdown)
}
