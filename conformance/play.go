package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// The waits of the events. Those of 2 s are upper bounds, which only a case that
// fails takes; the short ones are waited in full.
const (
	closeTime   = 2 * time.Second       // "* closed": how long the server may take
	quietTime   = 50 * time.Millisecond // "* open": how long nothing may happen first
	followTime  = 2 * time.Second       // "* open": how long the follow-up answer may take
	splitTime   = 10 * time.Millisecond // "* split": the gap between two writes
	resetTime   = 20 * time.Millisecond // "* not reset": how long after the close a reset may come
	sendingTime = 2 * time.Second       // how long the server may not read
)

// player plays one case against one server.
type player struct {
	c       *Case
	env     *environment
	addr    string
	log     *transcript
	files   *files
	streams map[string]*stream
	s       *stream // the connection in use
	warned  *mismatch
	soft    *mismatch // of the alternative being looked at
	late    bool      // the time was over before the next response was there
	came    []string  // status lines and events of the alternative being looked at
	strict  bool      // only the first alternative of a block will do
	closes  bool      // the server is known to close after each response
}

// play plays the script. It returns what did not match, or nil.
func (p *player) play(ctx context.Context) *mismatch {
	p.streams = map[string]*stream{}
	defer func() {
		for _, s := range p.streams {
			s.close()
		}
	}()
	over := false
	for i := range p.c.script {
		s := &p.c.script[i]
		on := s.action != nil && s.action.name == "on"
		if over && !on {
			continue
		}
		if p.s == nil && !on && s.curl == nil {
			if m := p.on(ctx, s.line, ""); m != nil {
				return m
			}
		}
		var m *mismatch
		if over, m = p.step(ctx, s); m != nil {
			return m
		}
	}
	return nil
}

// on makes a connection the one in use, and opens it the first time.
func (p *player) on(ctx context.Context, line int, name string) *mismatch {
	if name == "A" {
		name = ""
	}
	if p.streams[name] == nil {
		s, err := dial(ctx, p.addr, name, p.log)
		if err != nil {
			return differ(line, "a connection", visible(err.Error())).orLost(true)
		}
		p.streams[name] = s
	}
	p.s = p.streams[name]
	return nil
}

// step plays one step. over means that the server has chosen the alternative of
// closing, so the remaining steps on this connection are left out.
func (p *player) step(ctx context.Context, s *step) (over bool, m *mismatch) {
	switch {
	case s.curl != nil:
		m = p.curl(ctx, s.curl)
		p.warned = cmp.Or(p.warned, p.soft)
		return false, m
	case s.send != nil:
		return false, p.send(s)
	case s.await != nil:
		return p.await(ctx, s)
	}
	return false, p.act(ctx, s)
}

// send writes the octets of a step.
func (p *player) send(s *step) *mismatch {
	var b strings.Builder
	for _, t := range s.send {
		if name := t.missing(p.env); name != "" {
			return nothingCaptured(s.line, name)
		}
		b.WriteString(t.expand(p.env))
	}
	p.s.send(b.String(), time.Now().Add(sendingTime))
	return nil
}

// act carries out the action of a step on the connection.
func (p *player) act(ctx context.Context, s *step) *mismatch {
	if s.action.name == "on" {
		return p.on(ctx, s.line, s.action.conn)
	}
	p.log.event(p.s.name, s.action.name)
	switch s.action.name {
	case "split":
		sleep(ctx, splitTime)
	case "pause":
		sleep(ctx, s.action.wait)
	case "half-close":
		p.s.halfClose()
	case "reset":
		p.s.reset()
	}
	return nil
}

// sleep waits for a time, or until the context ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// await checks the alternatives of a block in order, and takes the first that
// is seen. If none is, the one that came furthest says why; of several, one that
// breaks the weaker requirement, since to meet that one would have been enough. It is
// lost if any is: that one may be the one the server has chosen.
func (p *player) await(ctx context.Context, s *step) (over bool, m *mismatch) {
	at, finals, captures := p.s.at, p.s.finals, p.env.captures
	furthest, lost := -1, false
	permitted := s.await
	if p.strict {
		permitted = permitted[:1]
	}
	for _, a := range permitted {
		p.s.at, p.s.finals, p.env.captures = at, finals, maps.Clone(captures)
		p.came, p.soft = nil, nil
		done, problem := p.alternative(ctx, a)
		if problem == nil {
			p.warned = cmp.Or(p.warned, p.soft)
			if a.warn {
				p.warned = differ(a.wants[0].line, s.await[0].describe(p.env), p.seen()+", which is permitted, but few expect it")
				p.warned.permitted = true
			}
			last := a.wants[len(a.wants)-1].event
			return len(s.await) > 1 && last != nil && last.name == "closed", nil
		}
		lost = lost || problem.lost
		done *= 2
		if done/2 < len(a.wants) && problem.line != a.wants[done/2].line {
			done++ // the status line was as wanted
		}
		if done > furthest || done == furthest && p.c.level(problem) < p.c.level(m) {
			furthest, m = done, problem
		}
	}
	return false, m.orLost(lost)
}

// alternative checks one list of things to be seen. done is how many were.
func (p *player) alternative(ctx context.Context, a alternative) (done int, m *mismatch) {
	for i, w := range a.wants {
		switch {
		case w.response != nil:
			m = p.response(ctx, w.response)
		case w.raw != nil:
			m = p.raw(ctx, w)
		default:
			m = p.see(ctx, w)
		}
		if m != nil {
			return i, m
		}
		if w.event != nil {
			p.came = append(p.came, w.event.name)
		}
	}
	return len(a.wants), nil
}

// describe shows what an alternative asks for: status lines and events.
func (a *alternative) describe(env *environment) string {
	var wants []string
	for _, w := range a.wants {
		switch {
		case w.response != nil:
			wants = append(wants, w.response.status.describe(env))
		case w.event != nil:
			wants = append(wants, w.event.name)
		}
	}
	return strings.Join(wants, ", then ")
}

// seen shows what came in an alternative that was seen.
func (p *player) seen() string { return strings.Join(p.came, ", then ") }

// response waits for the next response and compares it.
func (p *player) response(ctx context.Context, w *responseWant) *mismatch {
	got, err := p.next(ctx)
	if got == nil && p.cutOff(w, err) {
		p.came = append(p.came, "a response that was cut off")
		return nil
	}
	if got == nil {
		return p.noResponse(w, err)
	}
	p.came = append(p.came, clip(got.line, 120))
	return p.unlessSoft(w.match(p.env, got))
}

// unlessSoft returns a difference that ends the case. A soft one is a warning, if
// nothing worse follows; a strict run forgives none.
func (p *player) unlessSoft(m, soft *mismatch) *mismatch {
	if m != nil || soft == nil || p.strict {
		return cmp.Or(m, soft)
	}
	p.soft = cmp.Or(p.soft, soft)
	return nil
}

// noResponse returns the mismatch of a response that did not come. To close is a
// refusal, too; and after a response the server may close at any time.
func (p *player) noResponse(w *responseWant, err error) *mismatch {
	m := differ(w.line, w.status.describe(p.env), p.instead(err)).orLost(p.lost(err))
	in, _, end := p.s.state()
	if err != nil || end == nil || p.late || len(in) > p.s.at {
		return m
	}
	m.refused = w.status.refusal()
	if p.s.finals > 0 {
		m.rule = persistence
		if p.closes {
			m.skip = features["keep-alive"]
		}
	}
	return m
}

// cutOff reports whether the server broke its response off where a refusal was
// wanted, because a body turned out to be invalid after the response had begun. It
// cannot say so in another way (RFC 9112, Section 8).
func (p *player) cutOff(w *responseWant, err error) bool {
	if p.strict || !errors.Is(err, errCutOff) || w.status.refusal() == nil {
		return false
	}
	in, _, _ := p.s.state()
	r, _, _ := parseHead(in[p.s.at:])
	if r == nil || r.status >= 300 || !p.c.bodyRefused(p.env.host) {
		return false
	}
	p.s.at = len(in)
	return true
}

// next waits for the next response on the connection in use and moves past it.
func (p *player) next(ctx context.Context) (got *response, err error) {
	s := p.s
	method := ""
	if methods := requestMethods(s.out); s.finals < len(methods) {
		method = methods[s.finals]
	}
	p.late = false
	if !s.wait(ctx, func(in []byte, end error) bool {
		got, err = parseResponse(in[s.at:], end != nil, method)
		return got != nil || err != nil
	}) {
		p.late = ctx.Err() != nil
	}
	if got != nil {
		s.at += got.size
		if !got.interim() {
			s.finals++
			s.lastFinal = got.status
		}
	}
	return got, err
}

// instead says what was there instead of a response.
func (p *player) instead(err error) string {
	in, _, end := p.s.state()
	switch {
	case err != nil:
		return err.Error()
	case end != nil && !p.late:
		return "connection " + describeEnd(end)
	case len(in) > p.s.at:
		return fmt.Sprintf("only a part of one in time: %s", excerpt(string(in[p.s.at:])))
	}
	return nothingInTime
}

// lost reports whether there is no response because nothing more came in time, or
// the connection was reset. An error means that what came is not one. What came later,
// while this was found out, does not count.
func (p *player) lost(err error) bool {
	_, _, end := p.s.state()
	return err == nil && (end == nil || p.late) || wasReset(end)
}

// nothingInTime is what there was instead of a response when nothing came.
const nothingInTime = "nothing in time"

// raw waits for octets that are no longer HTTP and compares them.
func (p *player) raw(ctx context.Context, w want) *mismatch {
	var text strings.Builder
	for _, t := range w.raw {
		text.WriteString(t.expand(p.env))
	}
	s, size := p.s, text.Len()
	s.wait(ctx, func(in []byte, end error) bool { return len(in)-s.at >= size })
	in, _, _ := s.state()
	got := string(in[s.at:min(len(in), s.at+size)])
	s.at += len(got)
	return matchOctets(w.line, "octets", w.raw, got, p.env)
}

// see waits for an event of the connection in use.
func (p *player) see(ctx context.Context, w want) *mismatch {
	switch w.event.name {
	case "closed":
		return p.closed(w)
	case "quiet":
		return p.quiet(ctx, w.line, w.event.wait)
	case "not reset":
		return p.notReset(w.line)
	}
	return p.open(ctx, w.line)
}

// closed waits until the server closes, by FIN or reset, and sends nothing
// more before.
func (p *player) closed(w want) *mismatch {
	limit := w.event.wait
	if limit == 0 {
		limit = closeTime
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s := p.s
	s.wait(ctx, func(in []byte, end error) bool { return end != nil || len(in) > s.at })
	in, _, end := s.state()
	if len(in) > s.at {
		return differ(w.line, "the connection closed", "more octets: "+excerpt(string(in[s.at:])))
	}
	if end == nil {
		return differ(w.line, "the connection closed", fmt.Sprintf("still open after %s", limit)).orLost(true)
	}
	return nil
}

// quiet checks that for a time nothing arrives and the connection stays open.
func (p *player) quiet(ctx context.Context, line int, d time.Duration) *mismatch {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	defer cancel()
	s := p.s
	s.wait(ctx, func(in []byte, end error) bool { return end != nil || len(in) > s.at })
	in, _, end := s.state()
	if len(in) > s.at {
		return differ(line, "nothing more", excerpt(string(in[s.at:])))
	}
	if end != nil {
		return differ(line, "the connection open", describeEnd(end)).orLost(wasReset(end))
	}
	return nil
}

// notReset waits until the connection ends, and checks that it was not reset:
// a reset can destroy a response that the client has not read yet. A reset
// that comes after the close shows when one more octet is sent.
func (p *player) notReset(line int) *mismatch {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	p.s.wait(ctx, func(in []byte, end error) bool { return end != nil })
	_, _, end := p.s.state()
	err := p.s.sendErr
	if end == io.EOF && err == nil && !p.s.shut {
		sleep(ctx, resetTime)
		p.s.conn.SetWriteDeadline(time.Now().Add(sendingTime))
		_, err = io.WriteString(p.s.conn, "\n")
	}
	if wasReset(end) || wasReset(err) {
		return differ(line, "no reset", "the connection was reset").orLost(true)
	}
	return nil
}

// open checks that the connection stays open: first that nothing happens for a
// short time, then that one more request is answered, which it is not when the
// server has lost count of where the last request ended.
func (p *player) open(ctx context.Context, line int) *mismatch {
	if m := p.quiet(ctx, line, quietTime); m != nil {
		if in, _, end := p.s.state(); end != nil && len(in) == p.s.at {
			m.rule = persistence
			if p.closes && !slices.Contains(p.c.Rules, persistence) {
				return nil // which has been said once
			}
		}
		m.want = "the connection open and quiet"
		return m
	}
	if p.s.shut || p.s.lastFinal == 101 {
		return nil // nothing can be asked any more
	}
	path, known := p.env.roles["ok"]
	if !known {
		path = "/"
	}
	p.s.send("GET "+path+" HTTP/1.1\r\nHost: "+p.env.host+"\r\n\r\n", time.Now().Add(sendingTime))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), followTime)
	defer cancel()
	got, err := p.next(ctx)
	if got == nil {
		return differ(line, "an answer to one more request", p.instead(err)).orLost(p.lost(err))
	}
	if got.status >= 400 && (known || got.status == 400) {
		return differ(line, "one more request answered as usual", clip(got.line, 120))
	}
	return nil
}
