package main

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// serveEpoll is the raw epoll ceiling: one thread, no goroutine per
// connection, no scheduler between the kernel and the answer, and as little
// parsing as the other ceiling (see layout.go). Handlers that may block have no
// place in it; it shows what a goroutine per connection costs.
func serveEpoll(o options) error {
	poll, err := newEpollLoop(o)
	if err != nil {
		return err
	}
	events := make([]unix.EpollEvent, 256)
	for {
		n, err := unix.EpollWait(poll.epfd, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for i := range max(n, 0) {
			poll.handle(int(events[i].Fd), events[i].Events)
		}
	}
}

type epollLoop struct {
	epfd     int
	listener int
	socket   *os.File // keeps the descriptor in listener open
	large    largeFile
	file     int // descriptor of the large file, shared: sendfile has its own offset
	conns    map[int]*epollConn
	out      []byte
}

func newEpollLoop(o options) (*epollLoop, error) {
	tcp, err := net.Listen("tcp", o.addr)
	if err != nil {
		return nil, err
	}
	f, err := tcp.(*net.TCPListener).File() // a duplicate of the listening socket
	if err != nil {
		return nil, err
	}
	tcp.Close()
	l := &epollLoop{listener: int(f.Fd()), socket: f, large: newLargeFile(o.file), conns: map[int]*epollConn{}}
	if l.file, err = unix.Open(o.file, unix.O_RDONLY, 0); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	if err := unix.SetNonblock(l.listener, true); err != nil {
		return nil, err
	}
	if l.epfd, err = unix.EpollCreate1(0); err != nil {
		return nil, err
	}
	return l, l.watch(l.listener, unix.EPOLL_CTL_ADD, unix.EPOLLIN)
}

func (l *epollLoop) watch(fd, op int, events uint32) error {
	return unix.EpollCtl(l.epfd, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

func (l *epollLoop) handle(fd int, events uint32) {
	if fd == l.listener {
		l.accept()
		return
	}
	c := l.conns[fd]
	if c == nil {
		return
	}
	open := c.flush() && c.respond()
	if open && events&^unix.EPOLLOUT != 0 && !c.blocked() {
		open = c.readable()
	}
	if !open {
		unix.Close(fd)
		delete(l.conns, fd)
		return
	}
	c.rearm()
}

func (l *epollLoop) accept() {
	for {
		fd, _, err := unix.Accept4(l.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		l.conns[fd] = &epollConn{loop: l, fd: fd, in: make([]byte, 4096)}
		if l.watch(fd, unix.EPOLL_CTL_ADD, unix.EPOLLIN) != nil {
			unix.Close(fd)
			delete(l.conns, fd)
		}
	}
}

type epollConn struct {
	loop     *epollLoop
	fd       int
	in       []byte
	have     int // octets in in: not yet answered
	known    bool
	layout   layout
	pending  []byte // did not fit the socket
	offset   int64  // of the large file, while fileLeft
	fileLeft bool
	waiting  bool // registered for EPOLLOUT
}

// blocked reports whether an answer waits for room in the socket.
func (c *epollConn) blocked() bool { return len(c.pending) > 0 || c.fileLeft }

// rearm asks for writability only while an answer waits for it.
func (c *epollConn) rearm() {
	if c.blocked() == c.waiting {
		return
	}
	c.waiting = c.blocked()
	events := uint32(unix.EPOLLIN)
	if c.waiting {
		events = unix.EPOLLOUT
	}
	c.loop.watch(c.fd, unix.EPOLL_CTL_MOD, events)
}

// readable reads once and answers what is complete; false ends the connection.
func (c *epollConn) readable() bool {
	if c.have == len(c.in) {
		c.in = append(c.in, make([]byte, 64<<10)...)
	}
	n, err := unix.Read(c.fd, c.in[c.have:])
	if err != nil {
		return err == unix.EAGAIN || err == unix.EINTR
	}
	if n == 0 {
		return false
	}
	c.have += n
	if !c.known {
		if c.layout, c.known = learn(c.in[:c.have], c.loop.large.size); !c.known {
			return true
		}
	}
	return c.respond()
}

// respond answers every complete request in the buffer; large files one at a
// time, because the next answer must not overtake one that waits for room.
func (c *epollConn) respond() bool {
	open := true
	for open && c.known && c.have >= c.layout.size && !c.blocked() {
		n := c.have / c.layout.size
		switch a := &c.layout.answer; {
		case a.file:
			n = 1
			open = c.write(a.head)
			c.fileLeft, c.offset = true, 0
			open = open && c.sendFile()
		case a.echo && c.layout.size >= writevFrom:
			n = 1
			open = c.writev(c.in)
		default:
			open = c.write(c.gather(n)) && !a.closes
		}
		c.have = copy(c.in, c.in[n*c.layout.size:c.have])
	}
	return open
}

// gather puts n small answers one after the other.
func (c *epollConn) gather(n int) []byte {
	out := c.loop.out[:0]
	for i := range n {
		out = append(out, c.layout.answer.head...)
		for _, s := range c.layout.body {
			out = append(out, c.in[i*c.layout.size+s.from:i*c.layout.size+s.to]...)
		}
	}
	c.loop.out = out
	return out
}
