package httpwire

import (
	"io"
	"net"
	"os"
	"time"
)

// ReadFrom writes everything that r delivers. If the length has been declared, r
// is a file, or an *io.LimitedReader of one, and the connection is plain, the
// octets go from the file to the network without passing through here.
func (w *Response) ReadFrom(r io.Reader) (n int64, err error) {
	if err := w.writable(0); err != nil {
		return 0, err
	}
	if file := fileBehind(r); file != nil && w.header.length >= 0 && !bodiless(w.status) && w.exchange.request.Method != "HEAD" {
		if tcp, ok := w.exchange.conn.nc.(*net.TCPConn); ok {
			return w.sendFile(tcp, r)
		}
	}
	scratch := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(scratch)
	return io.CopyBuffer(writerOnly{w}, readerOnly{r}, scratch[:])
}

// writerOnly and readerOnly hide the methods with which io.Copy would come back.
type (
	writerOnly struct{ io.Writer }
	readerOnly struct{ io.Reader }
)

// fileBehind returns the file that r reads from, if it is one.
func fileBehind(r io.Reader) *os.File {
	if limited, ok := r.(*io.LimitedReader); ok {
		r = limited.R
	}
	file, _ := r.(*os.File)
	return file
}

// sendFile sends the head and what is buffered, then the file. A deadline that
// passes while the client still takes octets fast enough is no error.
func (w *Response) sendFile(tcp *net.TCPConn, r io.Reader) (sent int64, err error) {
	c := w.exchange.conn
	if err := w.Flush(); err != nil {
		return 0, err
	}
	rest := &io.LimitedReader{R: r, N: w.header.length - w.written}
	if limited, ok := r.(*io.LimitedReader); ok {
		rest = &io.LimitedReader{R: limited.R, N: min(limited.N, rest.N)}
		defer func() { limited.N -= sent }()
	}
	for {
		start := time.Now()
		wanted := c.writePace.deadline(start, c.writeTimeout)
		if err := c.writeTimer.arm(wanted, c.nc.SetWriteDeadline); err != nil {
			return sent, err
		}
		n, err := tcp.ReadFrom(rest)
		sent += n
		w.written += n
		c.octetsOut += n
		c.traceSendfile(n)
		if err == nil {
			return sent, nil
		}
		c.writePace.add(int(n), time.Since(start))
		expired, early := c.writeTimer.fired(err, wanted)
		switch {
		case expired && n == 0:
			c.writeError = errTimeout
			return sent, errTimeout
		case !expired && !early:
			c.writeError = err
			return sent, err
		}
	}
}
