package conformance

import "bytes"

// Sent is what a case sends on one connection, for callers that want to look at
// the octets without a server.
type Sent struct {
	Octets     []byte      // all that is sent; the caller's own
	Reads      []int       // offsets in Octets at which a write ends, in order
	Objections []Objection // where a strict parser must refuse them
	Facts      bool        // the case has "=" lines: what a parser must have understood
}

// Objection is a "!" line: the octet at which the request must be refused.
type Objection struct {
	Offset int    // in Sent.Octets
	Rule   string // requirement the refusal must name: "rfc9112-5.1-01"
	Status int    // of the refusal; zero means any
}

// Sent returns what the case sends on each of its connections, in the order of
// their first use. The host, as host:port, is the value of ${host}; roles have
// their default paths. If octets depend on an answer of the server, Sent stops
// before them. For a case that runs curl it is
// one empty Sent.
func (c *Case) Sent(host string) []*Sent {
	env := &environment{host: host, roles: DefaultRoles()}
	now := &Sent{Facts: c.facts != nil}
	all := map[string]*Sent{"A": now}
	order := []*Sent{now}
	for i := range c.script {
		s := &c.script[i]
		if s.action != nil && s.action.name == "on" {
			if all[s.action.conn] == nil {
				all[s.action.conn] = &Sent{Facts: c.facts != nil}
				order = append(order, all[s.action.conn])
			}
			now = all[s.action.conn]
		}
		for j, line := range s.send {
			if line.missing(env) != "" {
				return order
			}
			c.object(now, s.lines[j], line, env)
			now.Octets = append(now.Octets, line.expand(env)...)
		}
		if s.send != nil {
			now.Reads = append(now.Reads, len(now.Octets))
		}
	}
	return order
}

// bodyRefused reports whether there is nothing that a strict parser refuses before
// the end of the first head: what is wrong is the body, or what follows it.
func (c *Case) bodyRefused(host string) bool {
	first := c.Sent(host)[0]
	valid := first.Octets
	if len(first.Objections) > 0 {
		valid = valid[:first.Objections[0].Offset]
	}
	return bytes.Contains(valid, []byte("\r\n\r\n"))
}

// object adds the objections to a line that is about to be sent.
func (c *Case) object(to *Sent, number int, line template, env *environment) {
	for _, o := range c.objections {
		if o.target == number {
			offset := len(to.Octets) + line.offset(env, o.column)
			to.Objections = append(to.Objections, Objection{offset, o.rule, o.status})
		}
	}
}
