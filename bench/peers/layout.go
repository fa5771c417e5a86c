package main

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// The ceilings parse nothing. They look at the first request of a connection
// once, to learn what every later one looks like: a load generator sends the
// same octets again and again. From then on the only work is to count octets:
// a request is complete when layout.size octets have come. So a ceiling
// answers pipelined requests, and echoes bodies, chunked ones included, at the
// cost of its system calls alone. It is no HTTP server: a connection that
// sends two different requests gets nonsense.

// span is a piece of the body: octets from..to of the request.
type span struct{ from, to int }

// layout is what a ceiling knows of a connection's requests.
type layout struct {
	size   int    // octets of one request, head and body
	body   []span // where the body lies in it, chunk by chunk
	answer answer
}

// answer is what goes back for each request.
type answer struct {
	head   []byte // and the body, unless echo or file is set
	echo   bool   // the body of the request follows
	file   bool   // the large file follows
	closes bool   // the connection ends after it
}

// learn reads the layout from the first request of a connection; ok is false
// until that request is there as a whole.
func learn(octets []byte, fileSize int) (l layout, ok bool) {
	head := bytes.Index(octets, []byte("\r\n\r\n")) + len("\r\n\r\n")
	if head < len("\r\n\r\n") {
		return l, false
	}
	text := string(octets[:head])
	if !l.measure(text, octets) {
		return l, false
	}
	l.answer = answerTo(text, l.bodySize(), fileSize)
	return l, true
}

// measure finds the body of the first request and where the request ends.
func (l *layout) measure(head string, octets []byte) bool {
	if strings.Contains(head, "Transfer-Encoding: chunked\r\n") {
		return l.measureChunks(octets, len(head))
	}
	l.size = len(head)
	_, rest, found := strings.Cut(head, "Content-Length: ")
	if !found {
		return true
	}
	digits, _, _ := strings.Cut(rest, "\r\n")
	n, _ := strconv.Atoi(digits)
	l.size += n
	l.body = []span{{len(head), l.size}}
	return len(octets) >= l.size
}

// measureChunks walks the chunks once and remembers where their data lies.
func (l *layout) measureChunks(octets []byte, at int) bool {
	for {
		end := bytes.Index(octets[at:], []byte("\r\n"))
		if end < 0 {
			return false
		}
		n, err := strconv.ParseInt(string(octets[at:at+end]), 16, 32)
		if err != nil {
			return false
		}
		from := at + end + len("\r\n")
		at = from + int(n) + len("\r\n")
		if at > len(octets) {
			return false
		}
		if n == 0 {
			l.size = at
			return true
		}
		l.body = append(l.body, span{from, from + int(n)})
	}
}

func (l *layout) bodySize() int {
	n := 0
	for _, s := range l.body {
		n += s.to - s.from
	}
	return n
}

// started is the Date of every answer that a ceiling sends: it is not updated.
var started = time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")

// These two are made once. A load with a connection for each request would
// otherwise make one of them for every request.
var (
	cannedGreeting = canned("text/plain", greeting, "")
	cannedFarewell = canned("text/plain", greeting, "Connection: close\r\n")
)

// answerTo chooses the answer by the beginning of the head.
func answerTo(head string, bodySize, fileSize int) answer {
	switch {
	case strings.HasPrefix(head, "GET / "):
		if strings.Contains(head, "Connection: close\r\n") {
			return answer{head: cannedFarewell, closes: true}
		}
		return answer{head: cannedGreeting}
	case strings.HasPrefix(head, "GET /json "):
		return answer{head: canned("application/json", `{"message":"Hello, World!"}`, "")}
	case strings.HasPrefix(head, "GET /users/"):
		id, _, _ := strings.Cut(head[len("GET /users/"):], " ")
		return answer{head: canned("text/plain", id, "")}
	case strings.HasPrefix(head, "GET /large "), strings.HasPrefix(head, "GET /static/"):
		return answer{head: cannedHead("text/plain", fileSize, ""), file: true}
	}
	return answer{head: cannedHead("text/plain", bodySize, ""), echo: true}
}

func canned(contentType, body, fields string) []byte {
	return append(cannedHead(contentType, len(body), fields), body...)
}

func cannedHead(contentType string, size int, fields string) []byte {
	return []byte("HTTP/1.1 200 OK\r\nDate: " + started + "\r\nContent-Type: " + contentType +
		"\r\nContent-Length: " + strconv.Itoa(size) + "\r\n" + fields + "\r\n")
}
