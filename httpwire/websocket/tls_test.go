package websocket

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/websocket/frame"
	"rawserve/httpwire/websocket/sockettest"
)

// dialTLS connects a client in memory, inside TLS.
func dialTLS(t *testing.T, serve func(*Conn)) *sockettest.Peer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	client, server := net.Pipe()
	s := &httpwire.Server{Handler: new(Endpoint).Handler(serve)}
	go s.ServeConn(tls.Server(server, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}))
	t.Cleanup(func() { client.Close() })
	p := sockettest.New(t, tls.Client(client, &tls.Config{InsecureSkipVerify: true})) // whose certificate it is does not matter
	p.Switch("/", "")
	return p
}

func TestTLS(t *testing.T) {
	p := dialTLS(t, echo)
	p.Send(text("hi"))
	p.Expect("text hi")
	p.Send(closes(1000, ""))
	p.Expect("close 1000 ")
}

// Close ends in time inside TLS, too, where an alert is sent at the end.
func TestCloseEndsInsideTLS(t *testing.T) {
	for _, c := range []struct {
		name string
		peer func(p *sockettest.Peer)
	}{
		{"never_answered", func(p *sockettest.Peer) { p.Expect("close 1000 ") }},
		{"not_even_read", func(*sockettest.Peer) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				closed := make(chan time.Duration, 1)
				p := dialTLS(t, func(conn *Conn) {
					start := time.Now()
					conn.Close(frame.Normal, "")
					closed <- time.Since(start)
				})
				c.peer(p)
				if took := <-closed; took > CloseTimeout {
					t.Errorf("Close took %v", took)
				}
			})
		})
	}
}
