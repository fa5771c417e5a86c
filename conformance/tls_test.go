package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"rawserve/httpwire"
)

// TestTLS shows what the corpus, which speaks to a plain port, cannot: connections
// persist over TLS, the server sends a closure alert before it closes, and a client
// that does not send one disturbs nobody. RFC 9112, Sections 9.7 and 9.8.
func TestTLS(t *testing.T) {
	addr := serveTLS(t)
	const get = "GET / HTTP/1.1\r\nHost: localhost\r\n"
	t.Run("persists_and_sends_closure_alert", func(t *testing.T) {
		c := dialTLS(t, addr)
		io.WriteString(c, get+"\r\n"+get+"Connection: close\r\n\r\n")
		in, err := io.ReadAll(c) // an end without an alert is io.ErrUnexpectedEOF
		if err != nil {
			t.Errorf("the connection ended with %v after %d octets", err, len(in))
		}
		for range 2 {
			r, err := parseResponse(in, true, "GET")
			if err != nil || r.status != 200 || r.content != "hello" {
				t.Fatalf("got %+v, %v", r, err)
			}
			in = in[r.size:]
		}
	})
	t.Run("client_sends_no_closure_alert", func(t *testing.T) {
		silent := dialTLS(t, addr)
		io.WriteString(silent, get+"\r\n")
		silent.NetConn().Close()
		c := dialTLS(t, addr)
		io.WriteString(c, get+"Connection: close\r\n\r\n")
		in, err := io.ReadAll(c)
		if r, bad := parseResponse(in, true, "GET"); err != nil || bad != nil || r.status != 200 {
			t.Errorf("the next client got %q, %v, %v", in, bad, err)
		}
	})
}

// serveTLS starts a server that speaks TLS and returns its address.
func serveTLS(t *testing.T) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}})
	if err != nil {
		t.Fatal(err)
	}
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		_, err := w.WriteString("hello")
		return err
	}}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// selfSigned returns a certificate that no client has a reason to trust.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// dialTLS opens a connection that ends with the test.
func dialTLS(t *testing.T, addr string) *tls.Conn {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(5 * time.Second))
	t.Cleanup(func() { c.Close() })
	return c
}
