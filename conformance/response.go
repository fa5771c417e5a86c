package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// response is one response as received. It is read by rules of its own,
// independent of any server's code, and strictly: what the grammar does not
// allow is an error.
type response struct {
	line     string // status line, without CR LF
	version  string // "1.1"
	status   int
	reason   string
	fields   []receivedField
	content  string // de-framed
	framed   string // as it stood on the wire
	trailers []receivedField
	size     int // octets on the wire
}

// receivedField is one field line.
type receivedField struct{ name, value string }

// maxResponseHead bounds the head of a response, in octets.
const maxResponseHead = 256 << 10

var errCutOff = errors.New("the connection ended inside a response")

// parseResponse reads the response at the beginning of in, which answers a
// request of the given method. It returns nil and no error when octets are
// missing; ended says that none will come. RFC 9112, Section 6.3.
func parseResponse(in []byte, ended bool, method string) (*response, error) {
	r, rest, err := parseHead(in)
	if err == nil && r != nil {
		var done bool
		done, err = r.body(rest, ended, method)
		if done {
			return r, nil
		}
	}
	if err == nil && ended && len(in) > 0 {
		err = fmt.Errorf("%w, after %d octets of it", errCutOff, len(in))
	}
	return nil, err
}

// parseHead reads a status line and field lines through the empty line. rest
// is what follows. A nil response means that octets are missing.
func parseHead(in []byte) (r *response, rest []byte, err error) {
	line, rest, err := cutLine(in)
	if err != nil || rest == nil {
		return nil, nil, headMissing(in, err)
	}
	r = &response{line: line}
	if err := r.statusLine(line); err != nil {
		return nil, nil, err
	}
	r.fields, rest, err = parseFields(rest)
	if err != nil || rest == nil {
		return nil, nil, headMissing(in, err)
	}
	r.size = len(in) - len(rest)
	return r, rest, nil
}

// headMissing returns the error for a head that is not complete: what is wrong
// with the lines so far, or that they cannot be the beginning of a head.
func headMissing(in []byte, err error) error {
	if err != nil {
		return err
	}
	if n := min(len(in), len("HTTP/")); string(in[:n]) != "HTTP/"[:n] {
		return fmt.Errorf("not a status line: %s", excerpt(string(in)))
	}
	if len(in) > maxResponseHead {
		return fmt.Errorf("the head of the response is longer than %d octets", maxResponseHead)
	}
	return nil
}

// cutLine cuts one line from its CR LF. rest is nil when the end of the line
// is missing.
func cutLine(in []byte) (line string, rest []byte, err error) {
	n := bytes.IndexByte(in, '\n')
	if n < 0 {
		return "", nil, nil
	}
	if n == 0 || in[n-1] != '\r' {
		return "", nil, fmt.Errorf("a line of the response ends in a bare LF: %s", excerpt(string(in[:n+1])))
	}
	line = string(in[:n-1])
	if strings.IndexByte(line, '\r') >= 0 {
		return "", nil, fmt.Errorf("a bare CR in the response: %s", excerpt(line))
	}
	return line, in[n+1:], nil
}

// statusLine reads the status line. RFC 9112, Section 4.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
func (r *response) statusLine(line string) error {
	version, rest, _ := strings.Cut(line, " ")
	code, reason, spaced := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	valid := len(version) == 8 && strings.HasPrefix(version, "HTTP/") && version[6] == '.' &&
		isDigit(version[5]) && isDigit(version[7])
	if !valid || err != nil || len(code) != 3 || status < 100 || !spaced {
		return fmt.Errorf("not a status line: %s", excerpt(line))
	}
	r.version, r.status, r.reason = version[5:], status, reason
	return nil
}

// isDigit reports whether an octet is a decimal digit.
func isDigit(octet byte) bool { return octet >= '0' && octet <= '9' }

// parseFields reads field lines through the empty line. rest is nil when
// octets are missing. RFC 9112, Section 5.
func parseFields(in []byte) (fields []receivedField, rest []byte, err error) {
	for {
		line, rest, err := cutLine(in)
		if err != nil || rest == nil {
			return nil, nil, err
		}
		if line == "" {
			return fields, rest, nil
		}
		name, value, colon := strings.Cut(line, ":")
		if !colon || !isToken(name) {
			return nil, nil, fmt.Errorf("not a field line: %s", excerpt(line))
		}
		value = strings.Trim(value, " \t")
		if i := strings.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }); i >= 0 {
			return nil, nil, fmt.Errorf("a control character in a field line: %s", excerpt(line))
		}
		fields = append(fields, receivedField{name, value})
		in = rest
	}
}

// values returns the values of all fields of one name.
func (r *response) values(name string) []string {
	var values []string
	for _, f := range r.fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.value)
		}
	}
	return values
}

// interim reports whether another response to the same request follows.
func (r *response) interim() bool { return r.status < 200 && r.status != 101 }

// body reads the content after the head, and reports whether it is complete.
// The order is that of RFC 9112, Section 6.3.
func (r *response) body(rest []byte, ended bool, method string) (done bool, err error) {
	codings, lengths := r.values("Transfer-Encoding"), r.values("Content-Length")
	switch {
	case method == "HEAD" || r.status < 200 || r.status == 204 || r.status == 304:
		return true, nil
	case method == "CONNECT" && r.status < 300:
		return true, nil
	case len(codings) > 0 && len(lengths) > 0:
		return false, errors.New("the response has both Content-Length and Transfer-Encoding")
	case len(codings) > 1:
		return false, errors.New("the response has Transfer-Encoding twice")
	case len(codings) == 1 && strings.EqualFold(codings[0], "chunked"):
		return r.chunked(rest)
	case len(lengths) > 0:
		return r.counted(rest, lengths)
	}
	if ended {
		r.take(rest, len(rest), string(rest))
	}
	return ended, nil
}

// take records a body that takes n octets of rest.
func (r *response) take(rest []byte, n int, content string) {
	r.framed, r.content = string(rest[:n]), content
	r.size += n
}

// counted reads content that has a Content-Length.
func (r *response) counted(rest []byte, lengths []string) (done bool, err error) {
	n, err := strconv.ParseUint(lengths[0], 10, 62)
	if err != nil || len(lengths) > 1 {
		return false, fmt.Errorf("the response has no valid Content-Length: %s", excerpt(strings.Join(lengths, ", ")))
	}
	if uint64(len(rest)) < n {
		return false, nil
	}
	r.take(rest, int(n), string(rest[:n]))
	return true, nil
}

// chunked reads content in the chunked transfer coding. RFC 9112, Section 7.1.
func (r *response) chunked(body []byte) (done bool, err error) {
	var content strings.Builder
	rest := body
	for {
		line, next, err := cutLine(rest)
		if err != nil || next == nil {
			return false, err
		}
		digits, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.TrimRight(digits, " \t"), 16, 31)
		if err != nil || !isHex(digits[0]) {
			return false, fmt.Errorf("not a chunk-size line: %s", excerpt(line))
		}
		if n == 0 {
			rest = next
			break
		}
		if len(next) < int(n)+2 {
			return false, nil
		}
		if string(next[n:n+2]) != "\r\n" {
			return false, fmt.Errorf("a chunk of %d octets is not followed by CR LF, but by %s", n, excerpt(string(next[n:n+2])))
		}
		content.Write(next[:n])
		rest = next[n+2:]
	}
	r.trailers, rest, err = parseFields(rest)
	if err != nil || rest == nil {
		return false, err
	}
	r.take(body, len(body)-len(rest), content.String())
	return true, nil
}

// isHex reports whether an octet is a hexadecimal digit.
func isHex(octet byte) bool {
	return isDigit(octet) || octet >= 'a' && octet <= 'f' || octet >= 'A' && octet <= 'F'
}
