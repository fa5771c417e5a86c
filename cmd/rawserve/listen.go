package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"rawserve/httpwire"
)

// unixPrefix begins an address that is the path of a Unix socket.
const unixPrefix = "unix:"

// checkAddress says what is wrong with the value of -addr, before anything is tried.
func checkAddress(address string) error {
	if path, isUnix := strings.CutPrefix(address, unixPrefix); isUnix {
		if path == "" { // the system would choose a name that nobody knows
			return errors.New("-addr is \"unix:\"; it takes unix:/path")
		}
		return nil
	}
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		return fmt.Errorf("-addr is %q; it takes host:port or :port, such as localhost:%[1]s or :%[1]s", address)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return fmt.Errorf("-addr is %q; it takes host:port, :port, or unix:/path", address)
	}
	return checkPort("-addr", address)
}

// checkPort says what is wrong with the port of host:port.
func checkPort(flag, address string) error {
	_, port, _ := net.SplitHostPort(address)
	if _, err := net.LookupPort("tcp", port); err != nil || port == "" {
		return fmt.Errorf("%s is %q; %q is no port, which is a number from 0 to 65535", flag, address, port)
	}
	return nil
}

// listen listens on an address that checkAddress has accepted: on host:port, or on
// unix:/path with a mode, 0 for what the umask leaves.
func listen(address string, mode fs.FileMode) ([]net.Listener, error) {
	if path, isUnix := strings.CutPrefix(address, unixPrefix); isUnix {
		l, err := listenUnix(path, mode)
		return []net.Listener{l}, err
	}
	listeners, err := listenTCP(address)
	return listeners, whyNot(err, address, "-addr or PORT")
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

// whyNot says in one sentence why an address cannot be listened on, and where another
// one is chosen.
func whyNot(err error, address, where string) error {
	_, port, _ := net.SplitHostPort(address)
	switch {
	case err == nil:
		return nil
	case inUse(err):
		return fmt.Errorf("port %s is already in use (choose another with %s)", port, where)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("port %s needs privileges this process does not have (choose one above 1023 with %s)", port, where)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// listenUnix listens on a Unix socket with a mode: who may write to it may connect.
// With mode 0 it has what the umask leaves, usually 0755, which is for the user of this
// process alone.
func listenUnix(path string, mode fs.FileMode) (net.Listener, error) {
	l, err := bindUnix(path)
	if err != nil || mode == 0 {
		return l, err
	}
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, fmt.Errorf("-socket-mode: %w", err)
	}
	return l, nil
}

// bindUnix listens on a Unix socket. A socket that a killed process has left
// is taken over; one that somebody answers on is not, and nothing else
// that has the name: connecting to a file is refused just as to such a socket.
func bindUnix(path string) (net.Listener, error) {
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
