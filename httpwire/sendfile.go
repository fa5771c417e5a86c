package httpwire

import (
	"io"
	"io/fs"
	"math"
	"net"
	"syscall"
	"time"

	"rawserve/httpwire/syntax"
)

// ReadFrom writes everything that r delivers, but of a file no more than has been
// declared: it may be growing. If more than 64 KiB of a file are to be sent, their
// length has been declared, and the connection is plain, the octets go from the
// file to the network without passing through here; fewer are copied, since in one
// write with the head they cost less. An *io.LimitedReader of a file is a file.
func (handle *Response) ReadFrom(r io.Reader) (n int64, err error) {
	if !handle.use.enter() {
		return 0, ErrDone
	}
	defer handle.use.leave()
	w := handle.response
	if err := w.writable(0); err != nil {
		return 0, err
	}
	if w.header.length >= 0 && !w.exchange.bodyMayDiffer() && isFile(r) {
		file := &io.LimitedReader{R: r, N: math.MaxInt64}
		if limited, ok := r.(*io.LimitedReader); ok {
			*file = *limited
			defer func() { limited.N -= n }()
		}
		if tcp, ok := w.exchange.conn.nc.(*net.TCPConn); ok && min(file.N, w.header.length-w.written) > copyBuffer {
			if err := handle.Flush(); err != nil {
				return 0, err
			}
			if w.framing.Kind == syntax.ContentLength && !w.bodiless {
				file.N = min(file.N, w.framing.Length-w.written) // what a hook may have changed
				return w.sendFile(tcp, file)
			}
		}
		if w.header.length >= 0 {
			file.N = min(file.N, w.header.length-w.written)
		}
		r = file
	}
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	return io.CopyBuffer(writerOnly{handle}, readerOnly{r}, scratch[:])
}

// writerOnly and readerOnly hide the methods with which io.Copy would come back.
type (
	writerOnly struct{ io.Writer }
	readerOnly struct{ io.Reader }
)

// isFile reports whether r is a file, or limits one. It asks for what the net
// package asks for, since io.Copy wraps an *os.File before it gets here.
func isFile(r io.Reader) bool {
	if limited, ok := r.(*io.LimitedReader); ok {
		r = limited.R
	}
	_, ok := r.(interface {
		fs.File
		io.Seeker
		syscall.Conn
	})
	return ok
}

// sendFile sends a file behind a head that has left. A deadline that passes while
// the client still takes octets fast enough is no error.
func (w *response) sendFile(tcp *net.TCPConn, file *io.LimitedReader) (sent int64, err error) {
	c := w.exchange.conn
	var wanted instant
	for progress := true; ; {
		start, before := c.now(), file.N
		if progress {
			wanted = c.writePace.deadline(start, c.writeTimeout)
		}
		if err := c.armWrite(wanted); err != nil {
			return sent, err
		}
		n, err := tcp.ReadFrom(file)
		sent += n
		w.written += n
		c.sentFile(n, c.since(start))
		if err == nil {
			return sent, nil
		}
		progress = n > 0
		if c.writeError = c.writeFailed(err, progress, wanted); c.writeError == nil && before-file.N != n {
			c.writeError = errTimeout // octets have left the file, but not this machine: there is no going on
		}
		if c.writeError != nil {
			return sent, c.writeError
		}
	}
}

// sentFile accounts for n octets of a file that have been written.
func (c *Conn) sentFile(n int64, waited time.Duration) {
	c.traceSendfile(n)
	c.writePace.add(n, waited)
	c.octetsOut += n
}
