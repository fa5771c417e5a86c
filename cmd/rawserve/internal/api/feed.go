package api

import (
	"context"
	"errors"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

// event is one thing that a subscriber is told.
type event struct {
	// name is that of the change: "created", "replaced" or "deleted". With gap,
	// changes are missing before this event: list the messages again. An event
	// without a name only tells the place.
	name string

	message messages.Message // after the change; of a deleted one its ID
	at      messages.Place   // who has been told this goes on after it
	placed  bool             // at is known; it is not while messages are listed
}

// gap names the event for changes that are no longer known.
const gap = "gap"

// feed is what one subscriber is told: every change of a store after a place, in
// order, each once. It does not know how that is sent, and it costs the store
// nothing while nobody asks for more.
type feed struct {
	store messages.Store
	phase phase
	at    messages.Place // everything up to here has been told
	after int64          // while messages are listed: the ID of the last one
	size  portion
}

// phase is what a feed tells next. Only its methods change it.
type phase int

const (
	follows phase = iota // the changes after at
	begins               // where it begins, which is now
	recalls              // that too, and then everything there is
	lists                // the messages there were at that moment
	misses               // that changes are missing
)

// newFeed returns the feed that a request asks for. The field Last-Event-ID wins: a
// browser that has lost its connection sends it to the address it was given first,
// with the same query. One that is no place belongs to some other feed.
func newFeed(store messages.Store, r *httpwire.Request) (*feed, error) {
	if r.Header.Has("Last-Event-ID") {
		at, err := messages.ParsePlace(r.Header.Get("Last-Event-ID"))
		if err != nil {
			return &feed{store: store, phase: misses}, nil
		}
		return &feed{store: store, at: at}, nil
	}
	since := r.QueryValues("since")
	if len(since) == 0 {
		return &feed{store: store, phase: begins}, nil
	}
	at, err := messages.ParsePlace(since[0])
	switch {
	case err != nil || len(since) > 1:
		p := httpwire.Fail(400, `the query parameter since is the id of an event, such as "17-5", or 0 for everything there is`)
		p.Extra = map[string]any{"parameter": "since"}
		return nil, p
	case at == messages.Place{}:
		return &feed{store: store, phase: recalls}, nil
	}
	return &feed{store: store, at: at}, nil
}

// waits reports whether next may have to wait for a change.
func (f *feed) waits() bool { return f.phase == follows }

// next returns what the subscriber is to be told next, at least one event. If
// there is nothing yet, it waits, until ctx is done. After an error of the store, or
// that of ctx, it may be called again, and nothing has been left out.
func (f *feed) next(ctx context.Context) ([]event, error) {
	switch f.phase {
	case begins:
		return f.jump("", follows)
	case recalls:
		return f.jump("", lists)
	case lists:
		return f.list()
	case misses:
		return f.jump(gap, follows)
	}
	return f.follow(ctx)
}

// jump goes on after the latest change there has been, and tells the place, except
// if the messages up to there are to be listed: who is cut off meanwhile has to
// begin again.
func (f *feed) jump(name string, next phase) ([]event, error) {
	latest, err := f.store.Latest(background)
	if err != nil {
		return nil, err
	}
	f.at, f.phase = latest, next
	if next == lists {
		return f.list()
	}
	return []event{{name: name, at: latest, placed: true}}, nil
}

// list tells the messages that have not changed since the feed began, as if they
// were created now. Those that have are told later, with the change. When there are
// no more, it tells the place to go on after.
func (f *feed) list() ([]event, error) {
	for {
		found, err := f.store.List(background, f.after, f.size.next())
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			f.phase = follows
			return []event{{at: f.at, placed: true}}, nil
		}
		f.after = found[len(found)-1].ID
		f.size.took(found)
		if told := f.listed(found); len(told) > 0 {
			return told, nil
		}
	}
}

// listed returns the events for the messages that have not changed since the feed
// began.
func (f *feed) listed(found []messages.Message) (told []event) {
	for _, m := range found {
		created := messages.Change{Kind: messages.Created, Message: m}
		if created.Place().Compare(f.at) <= 0 {
			told = append(told, event{name: created.Kind.String(), message: m})
		}
	}
	return told
}

// follow waits for changes and tells them.
func (f *feed) follow(ctx context.Context) ([]event, error) {
	changes, err := f.store.Changes(ctx, f.at, f.size.next())
	switch {
	case errors.Is(err, messages.ErrCompacted):
		f.phase = misses
		return f.next(ctx)
	case err != nil:
		return nil, err
	}
	told := make([]event, len(changes))
	changed := make([]messages.Message, len(changes))
	for i, c := range changes {
		told[i] = event{c.Kind.String(), c.Message, c.Place(), true}
		changed[i] = c.Message
	}
	f.at = told[len(told)-1].at
	f.size.took(changed)
	return told, nil
}
