package etcd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// WatchRequest asks for the changes of the keys from Key to before RangeEnd, from a
// revision on.
type WatchRequest struct {
	Key           []byte `json:"key"`
	RangeEnd      []byte `json:"range_end"`
	StartRevision int64  `json:"start_revision,string"`

	// Fragment lets etcd send many changes in several messages, each of which is
	// within its bounds and ours.
	Fragment bool `json:"fragment"`
}

// watchMessage is one message of a stream.
type watchMessage struct {
	Result struct {
		Header          Header  `json:"header"`
		Created         bool    `json:"created"`
		Canceled        bool    `json:"canceled"`
		CancelReason    string  `json:"cancel_reason"`
		CompactRevision int64   `json:"compact_revision,string"`
		Events          []Event `json:"events"`
	} `json:"result"`
	Error *struct {
		Code    int    `json:"grpc_code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Watch tells of changes as they happen, at one endpoint, until ctx is done or the
// stream breaks; the next call watches at another endpoint then. began is called
// once when etcd has taken the request; told is called with events in the order of
// their revisions: those of one revision may come in several calls. It returns a
// *CompactedError if the changes from the revision on are not all known any more.
func (c *Client) Watch(ctx context.Context, request WatchRequest, began func(endpoint string), told func([]Event)) error {
	c.start()
	request.Fragment = true
	body, err := json.Marshal(struct {
		Create WatchRequest `json:"create_request"`
	}{request})
	if err != nil {
		return err
	}
	i := c.watched.Load()
	e := c.endpoints[i]
	_, err = c.authenticated(ctx, e, func(token string) (int, error) {
		return 1, c.stream(ctx, e, token, body, func() { began(e.address) }, told)
	})
	var compacted *CompactedError
	if ctx.Err() != nil || errors.As(err, &compacted) {
		return err
	}
	return &EndpointError{e.address, err}
}

// WatchElsewhere makes the next call of Watch use another endpoint.
func (c *Client) WatchElsewhere() {
	c.start()
	c.watched.Store((c.watched.Load() + 1) % int64(len(c.endpoints)))
}

// stream watches at an endpoint. It has a connection of its own. Until etcd has
// taken the request, it has the time of a call at one endpoint; then it waits for
// as long as ctx lets it.
func (c *Client) stream(ctx context.Context, e *endpoint, token string, body []byte, began func(), told func([]Event)) error {
	opening, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	connection, err := e.open(opening)
	if err != nil {
		return err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(attemptTimeout))
	defer interrupt(ctx, connection)()
	a, err := connection.exchange(e.address, "/v3/watch", token, body)
	if err != nil {
		return err
	}
	if a.status != 200 {
		return a.decode(nil)
	}
	lines := bufio.NewReaderSize(a, windowSize)
	for {
		line, err := readLine(lines)
		if err != nil {
			return err
		}
		var m watchMessage
		if err := unmarshal(line, &m); err != nil {
			return err
		}
		if err := m.failure(); err != nil {
			return err
		}
		if err := c.checkHeader(m.Result.Header); err != nil {
			return err
		}
		if m.Result.Created {
			connection.SetDeadline(time.Time{})
			if ctx.Err() != nil { // and the interruption came before this
				return ctx.Err()
			}
			began()
		}
		if len(m.Result.Events) > 0 {
			told(m.Result.Events)
		}
	}
}

// failure returns how a stream ends with this message, or nil.
func (m *watchMessage) failure() error {
	switch {
	case m.Error != nil:
		return &Refusal{m.Error.Code, m.Error.Message}
	case m.Result.CompactRevision > 0:
		return &CompactedError{m.Result.CompactRevision}
	case m.Result.Canceled:
		return fmt.Errorf("it ended the watch: %q", m.Result.CancelReason)
	}
	return nil
}

// readLine returns the next line, of at most maxBody octets.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxBody:
			return nil, fmt.Errorf("a message of its watch has more than the %d octets allowed", maxBody)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return nil, errors.New("it ended the watch")
		}
		return line, err
	}
}
