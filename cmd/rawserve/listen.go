package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"rawserve/httpwire"
)

// listen listens on host:port, or on unix:/path.
func listen(address string) ([]net.Listener, error) {
	if path, isUnix := strings.CutPrefix(address, "unix:"); isUnix {
		l, err := listenUnix(path)
		return []net.Listener{l}, err
	}
	if _, port, err := net.SplitHostPort(address); err != nil || !isPort(port) {
		return nil, fmt.Errorf("-addr is %q; it takes host:port, :port, or unix:/path", address)
	}
	listeners, err := listenTCP(address)
	return listeners, whyNot(err, address)
}

// listenTCP listens on host:port. The name localhost means both addresses that it
// has, with one port: some clients try only one of them, and not all the same.
func listenTCP(address string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	hosts := []string{host}
	if strings.EqualFold(host, "localhost") {
		hosts = []string{"127.0.0.1", "::1"}
	}
	return listenAll(hosts, port)
}

// portTries is how often another free port is tried when the one that was free at
// one address is taken at the other.
const portTries = 10

// listenAll listens on one port of all hosts that this machine has. Port 0 takes one
// that is free.
func listenAll(hosts []string, port string) (listeners []net.Listener, err error) {
	for range portTries {
		listeners, err = listenOnce(hosts, port)
		if port != "0" || !inUse(err) {
			break
		}
	}
	return listeners, err
}

// listenOnce is listenAll with one try.
func listenOnce(hosts []string, port string) (listeners []net.Listener, err error) {
	var missing error // the hosts that this machine has not
	for _, host := range hosts {
		l, err := httpwire.Listen(net.JoinHostPort(host, port))
		switch {
		case err == nil:
			listeners = append(listeners, l)
			_, port, _ = net.SplitHostPort(l.Addr().String())
		case len(hosts) > 1 && notHere(err):
			missing = err
		default:
			closeAll(listeners)
			return nil, err
		}
	}
	if len(listeners) == 0 {
		return nil, missing
	}
	return listeners, nil
}

// notHere reports whether err means that this machine does not have an address.
func notHere(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// isPort reports whether a port is a number that TCP has, or a name of one.
func isPort(port string) bool {
	_, err := net.LookupPort("tcp", port)
	return err == nil
}

// whyNot says in one sentence why an address cannot be listened on.
func whyNot(err error, address string) error {
	_, port, _ := net.SplitHostPort(address)
	switch {
	case err == nil:
		return nil
	case inUse(err):
		return fmt.Errorf("port %s is already in use (choose another with -addr or PORT)", port)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("port %s needs privileges this process does not have (choose one above 1023 with -addr or PORT)", port)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// listenUnix listens on a Unix socket. A socket that a killed process has left
// is taken over; one that somebody answers on is not, and nothing else
// that has the name: connecting to a file is refused just as to such a socket.
func listenUnix(path string) (net.Listener, error) {
	if path == "" { // the system would choose a name that nobody knows
		return nil, errors.New("-addr is \"unix:\"; it takes unix:/path")
	}
	l, err := net.Listen("unix", path)
	if err == nil || !inUse(err) {
		return l, err
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("%s is there already and is no socket (choose another with -addr)", path)
	}
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return nil, fmt.Errorf("socket %s is already in use (choose another with -addr)", path)
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%s is there already and cannot be connected to (choose another with -addr)", path)
	}
	if err := os.Remove(path); err != nil {
		return nil, err
	}
	return net.Listen("unix", path)
}

// inUse reports whether err says that the address is taken.
func inUse(err error) bool {
	const windowsAddressInUse = syscall.Errno(10048) // WSAEADDRINUSE, which package syscall does not name everywhere
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsAddressInUse)
}

// urlOf returns what to type to reach a listener.
func urlOf(l net.Listener, address string) string {
	tcp, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return address
	}
	host, _, _ := net.SplitHostPort(address)
	if host == "" || tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}
