package httpwire

import (
	"io"
	"io/fs"
	"math"
	"syscall"

	"rawserve/httpwire/syntax"
)

// ReadFrom writes everything that r delivers, but of a file no more than has been
// declared: it may be growing. If more than 64 KiB of a file are to be sent, their
// length has been declared, and the connection is plain, the octets go from the
// file to the network without passing through here; fewer are copied, since in one
// write with the head they cost less. An *io.LimitedReader of a file is a file.
func (w *Response) ReadFrom(r io.Reader) (n int64, err error) {
	a := w.enter()
	if a == nil {
		return 0, ErrDone
	}
	defer w.leave()
	if err := a.takes(0); err != nil {
		return 0, err
	}
	if a.header.length >= 0 && !syntax.NoContent(a.method, a.status) && isFile(r) {
		file := &io.LimitedReader{R: r, N: math.MaxInt64}
		if limited, ok := r.(*io.LimitedReader); ok {
			*file = *limited
			defer func() { limited.N -= n }()
		}
		if n, sent, err := a.sendFile(file); sent || err != nil {
			return n, err
		}
		r = file
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

// copiedAtMost is how many octets of a file are copied: the first of them in one
// write with the head, which costs less than a system call of their own.
const copiedAtMost = copyBuffer

// sendFile limits the file to what is left of the declared length. If it is worth
// it, it sends the head and then the file past our memory.
func (a *answer) sendFile(file *io.LimitedReader) (n int64, sent bool, err error) {
	left := a.header.length - a.written
	if a.out.canSendFile() && min(file.N, left) > copiedAtMost {
		if err := a.flush(); err != nil {
			return 0, false, err
		}
		if a.framing.Kind == syntax.ContentLength && !a.noContent { // a hook may have changed that, and the length
			file.N = min(file.N, a.framing.Length-a.written)
			n, err = a.out.sendFile(file)
			a.written += n
			return n, true, err
		}
	}
	if a.header.length >= 0 {
		file.N = min(file.N, a.header.length-a.written)
	}
	return 0, false, nil
}
