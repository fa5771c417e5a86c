package etcd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"rawserve/httpwire/syntax"
)

// answer is a response whose body is read as it is framed.
type answer struct {
	conn    *conn
	status  int
	framing syntax.Framing
	chunks  syntax.ChunkDecoder
	rest    int64 // octets still to come, with Content-Length
	keep    bool  // the connection can be used again once the answer has ended
	ended   bool
}

// Read reads content of the body. Every error but io.EOF is a *fault.
func (a *answer) Read(p []byte) (int, error) {
	for {
		data, err := a.next(len(p))
		if err != nil {
			return 0, err
		}
		if len(data) > 0 {
			return copy(p, data), nil
		}
		if a.ended {
			return 0, io.EOF
		}
		if err := a.conn.fill(); err != nil && !a.endsWith(err) {
			return 0, err
		}
	}
}

// next consumes at most n octets of content that have arrived, and what frames
// them.
func (a *answer) next(n int) ([]byte, error) {
	window := a.conn.window
	switch a.framing.Kind {
	case syntax.Chunked:
		return a.nextOfChunks(n)
	case syntax.ContentLength:
		window = window[:min(int64(len(window)), a.rest, int64(n))]
		a.rest -= int64(len(window))
		a.ended = a.rest == 0
	case syntax.CloseDelimited:
		window = window[:min(len(window), n)]
	default:
		window = nil
	}
	a.conn.consume(len(window))
	return window, nil
}

// nextOfChunks is next for the chunked transfer coding.
func (a *answer) nextOfChunks(n int) ([]byte, error) {
	for !a.ended {
		window := a.conn.window
		if a.chunks.Pending() > 0 {
			window = window[:min(len(window), n)]
		}
		consumed, data, done, err := a.chunks.Next(window)
		if err != nil {
			return nil, a.brokenChunk(err)
		}
		a.conn.consume(consumed)
		a.ended = done
		if len(data) > 0 || consumed == 0 {
			return data, nil
		}
	}
	return nil, nil
}

// brokenChunk places an error of the decoder, which counts from the first octet of
// the body, in the answer.
func (a *answer) brokenChunk(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return &fault{a.conn.consumed - a.chunks.Offset() + e.Offset, e.Rule}
	}
	return err
}

// endsWith reports whether the end of the connection is the end of the answer.
func (a *answer) endsWith(err error) bool {
	a.ended = a.framing.Kind == syntax.CloseDelimited && errors.Is(err, errClosed)
	return a.ended
}

// content returns the whole content, of at most maxBody octets.
func (a *answer) content() ([]byte, error) {
	if a.framing.Kind == syntax.ContentLength && a.framing.Length > maxBody {
		return nil, a.tooLarge()
	}
	content, err := io.ReadAll(io.LimitReader(a, maxBody+1))
	if len(content) > maxBody {
		return nil, a.tooLarge()
	}
	return content, err
}

func (a *answer) tooLarge() error {
	return &fault{a.conn.consumed, fmt.Errorf("its body has more than the %d octets allowed", maxBody)}
}

// decode reads the content into out, or returns the refusal that it is.
func (a *answer) decode(out any) error {
	content, err := a.content()
	if err != nil {
		return err
	}
	if a.status == 200 {
		return unmarshal(content, out)
	}
	var refused struct {
		Error string `json:"error"`
		Code  int    `json:"code"`
	}
	if unmarshal(content, &refused) != nil || refused.Error == "" {
		return &fault{statusCodeOctet, fmt.Errorf("it has the status code %d; is this the client URL of an etcd?", a.status)}
	}
	return &Refusal{refused.Code, refused.Error}
}

// statusCodeOctet is where the status code stands in an answer.
const statusCodeOctet = int64(len("HTTP/1.1 "))

// unmarshal reads JSON. Its error names the octet of the JSON: where chunks lie in
// between, that is not the octet of the answer.
func unmarshal(content []byte, out any) error {
	err := json.Unmarshal(content, out)
	var syntaxError *json.SyntaxError
	var typeError *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntaxError):
		return fmt.Errorf("octet %d of the JSON in its answer: %v", syntaxError.Offset, err)
	case errors.As(err, &typeError):
		return fmt.Errorf("octet %d of the JSON in its answer: %v", typeError.Offset, err)
	}
	return fmt.Errorf("the JSON in its answer: %v", err)
}
