package static

import (
	"crypto/rand"
	"os"

	"rawserve/httpwire"
)

// byteranges is content of the type multipart/byteranges: several spans of a file,
// each with a head that says which one it is.
//
//	CR LF --boundary CR LF
//	Content-Type: text/plain CR LF
//	Content-Range: bytes 0-1/26 CR LF
//	CR LF
//	octets
//	CR LF --boundary-- CR LF
//
// The first line may be empty (RFC 2046, Section 5.1.1), and is, as nginx sends
// it: zsync reads the parts only so. RFC 9110, Section 14.6.
type byteranges struct {
	boundary  string
	mediaType string // of the file
	size      int64  // of the file
	spans     []span
}

// newByteranges chooses a boundary of 130 random bits: no file has it by accident,
// and nobody can write a file that has it.
func newByteranges(spans []span, mediaType string, size int64) byteranges {
	return byteranges{rand.Text(), mediaType, size, spans}
}

// contentType returns the type of the whole.
func (m byteranges) contentType() string { return "multipart/byteranges; boundary=" + m.boundary }

// head returns what precedes the octets of a span.
func (m byteranges) head(s span) string {
	return "\r\n--" + m.boundary + "\r\nContent-Type: " + m.mediaType +
		"\r\nContent-Range: " + s.contentRange(m.size) + "\r\n\r\n"
}

// tail returns what follows the octets of the last span.
func (m byteranges) tail() string { return "\r\n--" + m.boundary + "--\r\n" }

// length returns how many octets the content has.
func (m byteranges) length() int64 {
	n := int64(len(m.tail()))
	for _, s := range m.spans {
		n += int64(len(m.head(s))) + s.length()
	}
	return n
}

// sendFrom writes the content.
func (m byteranges) sendFrom(f *os.File, w *httpwire.Response) error {
	for _, s := range m.spans {
		if _, err := w.WriteString(m.head(s)); err != nil {
			return err
		}
		if err := s.sendFrom(f, w); err != nil {
			return err
		}
	}
	_, err := w.WriteString(m.tail())
	return err
}
