package conformance

import (
	"bytes"
	"strconv"
	"strings"
)

// requestMethods returns the methods of the requests in what was sent, so that
// the answer to HEAD is known to have no content. It reads like a lenient
// server, and stops where requests stop making sense.
func requestMethods(sent []byte) []string {
	var methods []string
	for {
		sent = bytes.TrimLeft(sent, "\r\n")
		method, _, found := bytes.Cut(sent, []byte(" "))
		if !found || !isToken(string(method)) {
			return methods
		}
		methods = append(methods, string(method))
		head, rest, found := bytes.Cut(sent, []byte("\r\n\r\n"))
		if !found {
			return methods
		}
		sent = skipBody(string(head), rest)
	}
}

// skipBody returns what follows the body of a request.
func skipBody(head string, rest []byte) []byte {
	chunked, length := false, 0
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		switch strings.ToLower(name) {
		case "transfer-encoding":
			chunked = true
		case "content-length":
			length, _ = strconv.Atoi(value)
		}
	}
	if !chunked {
		return rest[min(max(length, 0), len(rest)):]
	}
	for {
		line, next, err := cutLine(rest)
		digits, _, _ := strings.Cut(line, ";")
		n, sizeErr := strconv.ParseUint(digits, 16, 31)
		if err != nil || next == nil || sizeErr != nil {
			return nil
		}
		if n == 0 {
			_, next, _ = parseFields(next)
			return next
		}
		rest = next[min(int(n)+2, len(next)):]
	}
}
