package etcd

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Time limits.
const (
	CallTimeout    = 2500 * time.Millisecond // of a call, at all endpoints together
	attemptTimeout = time.Second             // of a call at one endpoint, or its share of CallTimeout if that is more
	retryPause     = 50 * time.Millisecond   // after all endpoints have failed; twice as long each time
)

// Client makes calls to an etcd. Its methods may be called from many goroutines at
// the same time. Its fields must not be changed once it is in use.
type Client struct {
	Config Config

	// TLS is used where Config.Secure says so. Nil means the system's roots.
	TLS *tls.Config

	// Report is told when an endpoint begins to fail, and when it answers again: a
	// sentence for each change, not for each call. Nil means that nobody is told.
	Report func(sentence string)

	dial dialFunc // of tests; nil means the network

	setUp     sync.Once
	endpoints []*endpoint
	first     atomic.Int64 // index of the endpoint to ask first
	watched   atomic.Int64 // index of the endpoint to watch next
	cluster   atomic.Pointer[string]
	auth      auth
}

// start makes the endpoints.
func (c *Client) start() {
	c.setUp.Do(func() {
		dial := c.dial
		if dial == nil {
			dial = c.dialer()
		}
		for _, address := range c.Config.Endpoints {
			c.endpoints = append(c.endpoints, &endpoint{address: address, dial: dial, places: make(chan struct{}, maxConns)})
		}
	})
}

// Close closes the connections that nobody uses.
func (c *Client) Close() {
	c.start()
	for _, e := range c.endpoints {
		e.close()
	}
}

// Range reads keys.
func (c *Client) Range(ctx context.Context, request RangeRequest) (*RangeResponse, error) {
	response := new(RangeResponse)
	_, err := c.call(ctx, "/v3/kv/range", request, func(a *answer) error {
		*response = RangeResponse{}
		if err := a.decode(response); err != nil {
			return err
		}
		return c.checkHeader(response.Header)
	})
	return response, err
}

// Txn carries out a transaction. It may be sent several times, so it must not be able
// to change anything twice: if Then changes keys, one of the comparisons has to be
// with the revision of one of them. Once the first one has succeeded, the comparison is false for good,
// because no key gets an old revision again. The answer says if that may have
// happened (Doubt).
func (c *Client) Txn(ctx context.Context, request TxnRequest) (*TxnResponse, error) {
	response := new(TxnResponse)
	sent, err := c.call(ctx, "/v3/kv/txn", request, func(a *answer) error {
		*response = TxnResponse{}
		if err := a.decode(response); err != nil {
			return err
		}
		if err := c.checkHeader(response.Header); err != nil {
			return err
		}
		return response.check(request)
	})
	response.Doubt = sent > 1
	return response, err
}

// call asks the endpoints in turn until one answers, and returns how often etcd may
// have received the request. An error is an *EndpointError with a Refusal that every
// endpoint would answer with, an *UnavailableError, or that of ctx.
func (c *Client) call(ctx context.Context, path string, request any, use func(*answer) error) (sent int, err error) {
	c.start()
	body, err := json.Marshal(request)
	if err != nil {
		return 0, err
	}
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	causes := make([]error, len(c.endpoints))
	first, rest := int(c.first.Load()), retryPause
	for try := 0; ctx.Err() == nil; try++ {
		i := (first + try) % len(c.endpoints)
		e := c.endpoints[i]
		n, err := c.attempt(ctx, e, path, body, use)
		sent += n
		if err == nil {
			return sent, nil
		}
		var refusal *Refusal
		if errors.As(err, &refusal) && refusal.final() {
			return sent, &EndpointError{e.address, err}
		}
		if causes[i] == nil || ctx.Err() == nil { // else it had no time to fail in its own way
			causes[i] = &EndpointError{e.address, err}
		}
		c.first.CompareAndSwap(int64(i), int64((i+1)%len(c.endpoints)))
		if (try+1)%len(c.endpoints) == 0 {
			pause(ctx, rest)
			rest *= 2
		}
	}
	if errors.Is(caller.Err(), context.Canceled) {
		return sent, caller.Err()
	}
	return sent, unavailable(causes)
}

// unavailable returns the causes that there are, as one error.
func unavailable(causes []error) error {
	var e UnavailableError
	for _, cause := range causes {
		if cause != nil {
			e.Causes = append(e.Causes, cause)
		}
	}
	return &e
}

// attempt makes a call at one endpoint, with a token that is good, and remembers
// whether the endpoint answers.
func (c *Client) attempt(ctx context.Context, e *endpoint, path string, body []byte, use func(*answer) error) (sent int, err error) {
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, max(attemptTimeout, CallTimeout/time.Duration(len(c.endpoints))))
	defer cancel()
	sent, err = c.authenticated(ctx, e, func(token string) (int, error) {
		return e.call(ctx, path, token, body, use)
	})
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal) && refusal.final():
		c.note(e, nil) // it answers
	case err == nil || caller.Err() == nil || len(c.endpoints) == 1:
		c.note(e, err)
	}
	return sent, err
}

// note remembers whether an endpoint answers. Each change is reported.
func (c *Client) note(e *endpoint, failure error) {
	if !e.set(failure) || c.Report == nil {
		return
	}
	if failure != nil {
		c.Report((&EndpointError{e.address, failure}).Error())
	} else {
		c.Report("etcd at " + e.address + ": answers again")
	}
}

// Probe asks the endpoints that fail whether they answer again.
func (c *Client) Probe(ctx context.Context) {
	c.start()
	body, _ := json.Marshal(RangeRequest{Key: []byte(c.Config.Prefix)}) // nothing in it can fail
	for _, e := range c.endpoints {
		if e.fails() && ctx.Err() == nil {
			c.attempt(ctx, e, "/v3/kv/range", body, func(a *answer) error { return a.decode(new(RangeResponse)) })
		}
	}
}

// checkHeader returns an error if an answer does not come from the etcd that the
// others came from: endpoints of two clusters would not keep one set of messages.
func (c *Client) checkHeader(h Header) error {
	if h.Revision <= 0 {
		return errNoEtcd
	}
	c.cluster.CompareAndSwap(nil, &h.Cluster)
	if known := *c.cluster.Load(); known != h.Cluster {
		return fmt.Errorf("it belongs to the cluster %.20q, the others to %.20q", h.Cluster, known)
	}
	return nil
}

// pause waits, but not longer than ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
