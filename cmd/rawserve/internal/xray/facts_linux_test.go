package xray

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

// checkNoDelay asks the kernel about a socket of net/http, and Node about its
// default.
func checkNoDelay(t *testing.T) {
	value := -1
	s := httptest.NewUnstartedServer(http.HandlerFunc(goDump))
	s.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state != http.StateNew {
			return
		}
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err == nil {
			raw.Control(func(fd uintptr) {
				value, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP,
					syscall.TCP_NODELAY)
			})
		}
	}
	s.Start()
	askPeer(t, s.Listener.Addr().String(), []byte(simple), quiet)
	s.Close()
	if value == 0 || value == -1 {
		t.Errorf("TCP_NODELAY is %d", value)
	}
	a := askPeer(t, nodeHandler(t, `s.end("noDelay is "+server.noDelay)`), []byte(simple), quiet)
	if !strings.Contains(string(a.octets), "noDelay is true") {
		t.Errorf("%q", a.octets)
	}
}
