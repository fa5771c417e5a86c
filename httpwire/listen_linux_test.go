package httpwire

import (
	"net"
	"syscall"
	"testing"
)

// TestListen: connections inherit the probes that package net would have set.
func TestListen(t *testing.T) {
	for _, listen := range []func(string) (net.Listener, error){
		Listen,
		func(address string) (net.Listener, error) { return net.Listen("tcp", address) },
	} {
		l, err := listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		dialTCP(t, l.Addr().String())
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		rawConn(nc).Control(func(fd uintptr) {
			for name, want := range map[int]int{syscall.TCP_KEEPIDLE: 15, syscall.TCP_KEEPINTVL: 15, syscall.TCP_KEEPCNT: 9, syscall.TCP_NODELAY: 1} {
				if got, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, name); got != want || err != nil {
					t.Errorf("option %d is %d, %v; want %d", name, got, err, want)
				}
			}
			if on, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); on != 1 || err != nil {
				t.Errorf("no probes: %d, %v", on, err)
			}
		})
	}
	if _, err := Listen("127.0.0.1:99999"); err == nil {
		t.Error("listened on a port that there is not")
	}
}
