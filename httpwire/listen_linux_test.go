package httpwire

import (
	"net"
	"syscall"
	"testing"
)

func listenAsNet(address string) (net.Listener, error) { return net.Listen("tcp", address) }

// TestListen: connections inherit the probes that package net would have set.
func TestListen(t *testing.T) {
	for _, test := range []struct {
		name   string
		listen func(string) (net.Listener, error)
	}{{"ours", Listen}, {"net", listenAsNet}} {
		t.Run(test.name, func(t *testing.T) {
			l, err := test.listen("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			client, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			nc, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			checkOption(t, nc, "SO_KEEPALIVE", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
			checkOption(t, nc, "TCP_KEEPIDLE", syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15)
			checkOption(t, nc, "TCP_KEEPINTVL", syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15)
			checkOption(t, nc, "TCP_KEEPCNT", syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9)
			checkOption(t, nc, "TCP_NODELAY", syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		})
	}
}

// checkOption checks an option of a socket.
func checkOption(t *testing.T, nc net.Conn, name string, level, option, want int) {
	t.Helper()
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		got, err := syscall.GetsockoptInt(int(fd), level, option)
		checkError(t, name, err, nil)
		check(t, name, got, want)
	})
}

// TestListenFails: an address that there is not is an error.
func TestListenFails(t *testing.T) {
	if _, err := Listen("127.0.0.1:99999"); err == nil {
		t.Error("listened on a port that there is not")
	}
}
