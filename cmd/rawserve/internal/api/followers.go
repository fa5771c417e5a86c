package api

import (
	"context"
	"errors"
	"sync"
)

// maxFollowers is how many clients may follow the feed at the same time. It leaves
// connections for everybody else: see Server.MaxConns.
const maxFollowers = 4096

// Followers are the clients that follow the feed. None of them would ever finish,
// so a server that shuts down has to let them go with End. The zero value is ready
// to use.
type Followers struct {
	mu      sync.Mutex
	present map[*follower]struct{}
	ended   bool
}

// follower is one of them.
type follower struct{ cancel context.CancelCauseFunc }

// errEnded is why the context of a follower is done when the feed has ended.
var errEnded = errors.New("api: the feed has ended")

// End ends the feed for all who follow it, in good order, and lets nobody in any
// more.
func (f *Followers) End() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for one := range f.present {
		one.cancel(errEnded)
	}
}

// join returns a context that is done with ctx and at the end of the feed, and what
// to call when the follower leaves.
func (f *Followers) join(ctx context.Context) (_ context.Context, leave func(), _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.ended:
		return nil, nil, unavailable("the server is shutting down", nil)
	case len(f.present) >= maxFollowers:
		return nil, nil, unavailable("too many clients follow the feed already", nil)
	case f.present == nil:
		f.present = make(map[*follower]struct{})
	}
	ctx, cancel := context.WithCancelCause(ctx)
	one := &follower{cancel}
	f.present[one] = struct{}{}
	return ctx, func() { f.leave(one) }, nil
}

func (f *Followers) leave(one *follower) {
	one.cancel(nil)
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.present, one)
}
