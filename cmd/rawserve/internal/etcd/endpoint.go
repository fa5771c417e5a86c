package etcd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Bounds of an endpoint.
const (
	maxConns    = 64               // connections, and so calls at a time; more wait
	maxIdleTime = 30 * time.Second // an older connection is not used again
)

// endpoint is one host and port of etcd: the connections to it that are kept open,
// and whether it answers.
type endpoint struct {
	address string
	dial    dialFunc
	places  chan struct{} // one for each call in progress

	mu      sync.Mutex
	idle    []*conn // the one used last is last
	failure error   // of the last call; nil if it succeeded
}

// call sends a request and hands the answer to use, which reads all of it. It
// returns how often the request may have reached etcd.
func (e *endpoint) call(ctx context.Context, path, token string, body []byte, use func(*answer) error) (sent int, err error) {
	select {
	case e.places <- struct{}{}:
		defer func() { <-e.places }()
	case <-ctx.Done():
		return 0, fmt.Errorf("all %d connections are in use", maxConns)
	}
	for {
		c, err := e.take(ctx)
		if err != nil {
			return sent, err
		}
		sent++
		err = e.exchange(ctx, c, path, token, body, use)
		if err != nil && c.reused && c.arrived() == 0 && ctx.Err() == nil {
			continue // it was closed while nobody used it
		}
		return sent, err
	}
}

// exchange makes a call on a connection, which is kept if it can be used again.
func (e *endpoint) exchange(ctx context.Context, c *conn, path, token string, body []byte, use func(*answer) error) error {
	stop := interrupt(ctx, c)
	a, err := c.exchange(e.address, path, token, body)
	if err == nil {
		err = use(a)
	}
	if stop() && a != nil && a.ended && a.keep && len(c.window) == 0 {
		e.put(c)
	} else {
		c.Close()
	}
	return err
}

// exchange sends a request and reads the head of the answer.
func (c *conn) exchange(host, path, token string, body []byte) (*answer, error) {
	c.consumed = 0
	if err := c.send(host, path, token, body); err != nil {
		return nil, err
	}
	return c.receive()
}

// interrupt makes what is done with a connection fail when ctx is done. stop ends
// that, and reports whether the connection is still good.
func interrupt(ctx context.Context, c *conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
}

// take returns a connection that is open, or a new one.
func (e *endpoint) take(ctx context.Context) (*conn, error) {
	e.mu.Lock()
	for len(e.idle) > 0 {
		c := e.idle[len(e.idle)-1]
		e.idle = e.idle[:len(e.idle)-1]
		if time.Since(c.used) < maxIdleTime {
			e.mu.Unlock()
			c.reused = true
			return c, nil
		}
		c.Close()
	}
	e.mu.Unlock()
	return e.open(ctx)
}

// open returns a new connection.
func (e *endpoint) open(ctx context.Context) (*conn, error) {
	nc, err := e.dial(ctx, e.address)
	var refused *net.OpError
	switch {
	case err == nil:
		return newConn(nc), nil
	case ctx.Err() != nil:
		return nil, errors.New("no connection in time")
	case errors.As(err, &refused):
		return nil, refused.Err // the address is said already
	}
	return nil, err
}

// put keeps a connection for the next call.
func (e *endpoint) put(c *conn) {
	c.used = time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = append(e.idle, c) // at most maxConns: each had a place
}

// set remembers how a call ended, and reports whether that is a change. The
// connections of an endpoint that fails are closed: it may be another one soon.
func (e *endpoint) set(failure error) (changed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	changed = (failure == nil) != (e.failure == nil)
	e.failure = failure
	if failure != nil {
		e.closeIdle()
	}
	return changed
}

// fails reports whether the last call failed.
func (e *endpoint) fails() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failure != nil
}

func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closeIdle()
}

func (e *endpoint) closeIdle() {
	for _, c := range e.idle {
		c.Close()
	}
	e.idle = nil
}

// dialFunc opens a connection.
type dialFunc func(ctx context.Context, address string) (net.Conn, error)

// dialer returns how the connections of c are opened.
func (c *Client) dialer() dialFunc {
	var plain net.Dialer
	if !c.Config.Secure {
		return func(ctx context.Context, address string) (net.Conn, error) {
			return plain.DialContext(ctx, "tcp", address)
		}
	}
	settings := c.TLS
	if settings == nil {
		settings = new(tls.Config)
	}
	secure := tls.Dialer{NetDialer: &plain, Config: settings}
	return func(ctx context.Context, address string) (net.Conn, error) {
		return secure.DialContext(ctx, "tcp", address)
	}
}
