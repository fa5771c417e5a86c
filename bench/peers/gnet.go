package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/evanphx/wildcat"
	"github.com/panjf2000/gnet/v2"
	"go.uber.org/zap"
)

// serveGnet runs gnet, an event loop on epoll, with the parser of its HTTP
// example. A handler that blocks blocks every connection. The example keeps a
// parser and a buffer for each connection; with one loop one of each is enough.
func serveGnet(o options) error {
	s := &gnetServer{parser: wildcat.NewHTTPParser()}
	return gnet.Run(s, "tcp://"+o.addr,
		gnet.WithMulticore(false),
		gnet.WithReusePort(true),        // accept in the same loop instead of a second one
		gnet.WithReadBufferCap(128<<10), // one for all connections; 64 KiB and a head fit
		gnet.WithTCPNoDelay(gnet.TCPNoDelay),
		gnet.WithLogger(zap.NewNop().Sugar()))
}

type gnetServer struct {
	gnet.BuiltinEventEngine
	parser *wildcat.HTTPParser
	out    []byte // the answers to one burst
	date   []byte // as of second
	second int64
}

// OnTraffic answers every complete request that has come, in one write.
func (s *gnetServer) OnTraffic(c gnet.Conn) gnet.Action {
	s.tick()
	in, _ := c.Peek(-1) // all there is
	used, action := s.burst(in)
	if used > 0 { // zero would discard everything
		c.Discard(used)
	}
	if len(s.out) > 0 {
		c.Write(s.out) // ends the connection itself when it fails
	}
	return action
}

// burst collects the answers to the complete requests in octets and returns
// how many octets those take.
func (s *gnetServer) burst(octets []byte) (used int, action gnet.Action) {
	s.out = s.out[:0]
	for used < len(octets) {
		r, err := s.parse(octets[used:])
		if err != nil {
			return used, gnet.Close
		}
		if r.size == 0 {
			break // the rest has not come yet
		}
		s.respond(r)
		used += r.size
		if r.closes {
			return used, gnet.Close
		}
	}
	return used, gnet.None
}

// tick renews the Date once per second.
func (s *gnetServer) tick() {
	now := time.Now()
	if now.Unix() != s.second {
		s.second = now.Unix()
		s.date = now.UTC().AppendFormat(s.date[:0], http.TimeFormat)
	}
}

// gnetRequest is what the answer depends on. It aliases the octets parsed.
type gnetRequest struct {
	get, post  bool
	path, body []byte
	size       int // octets of the request, head and body
	closes     bool
}

// parse reads the request at the beginning of octets; its size is zero while
// the request is incomplete. A chunked body is taken for further requests.
func (s *gnetServer) parse(octets []byte) (r gnetRequest, err error) {
	p := s.parser
	clear(p.Headers) // the parser leaves those of the request before
	head, err := p.Parse(octets)
	if errors.Is(err, wildcat.ErrMissingData) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	length, closes, err := s.fields()
	size := head + length
	if err != nil || size > len(octets) {
		return r, err
	}
	return gnetRequest{p.Get(), p.Post(), p.Path, octets[head:size], size, closes}, nil
}

var (
	contentLength = []byte("Content-Length")
	connection    = []byte("Connection")
	closeOption   = []byte("close")
)

// fields looks for the two fields that matter in one pass; the parser's own
// FindHeader makes two for each name.
func (s *gnetServer) fields() (length int, closes bool, err error) {
	for _, f := range s.parser.Headers {
		switch {
		case bytes.EqualFold(f.Name, contentLength):
			n, err := strconv.ParseUint(string(f.Value), 10, 31)
			if err != nil {
				return 0, false, err
			}
			length = int(n)
		case bytes.EqualFold(f.Name, connection):
			closes = bytes.EqualFold(f.Value, closeOption)
		}
	}
	return length, closes, nil
}

// respond appends the answer to a request.
func (s *gnetServer) respond(r gnetRequest) {
	id, user := bytes.CutPrefix(r.path, []byte("/users/"))
	switch path := string(r.path); {
	case path == "/" && r.get:
		s.answer("200 OK", "text/plain", []byte(greeting), r.closes)
	case path == "/json" && r.get:
		text, _ := json.Marshal(message{greeting}) // cannot fail
		s.answer("200 OK", "application/json", text, r.closes)
	case user && r.get:
		s.answer("200 OK", "text/plain", id, r.closes)
	case path == "/echo" && r.post:
		s.answer("200 OK", "text/plain", r.body, r.closes)
	default:
		s.answer("404 Not Found", "text/plain", nil, r.closes)
	}
}

func (s *gnetServer) answer(status, contentType string, body []byte, closes bool) {
	s.out = append(append(s.out, "HTTP/1.1 "...), status...)
	s.out = append(append(s.out, "\r\nDate: "...), s.date...)
	s.out = append(append(s.out, "\r\nContent-Type: "...), contentType...)
	s.out = strconv.AppendInt(append(s.out, "\r\nContent-Length: "...), int64(len(body)), 10)
	if closes {
		s.out = append(s.out, "\r\nConnection: close"...)
	}
	s.out = append(append(s.out, "\r\n\r\n"...), body...)
}
