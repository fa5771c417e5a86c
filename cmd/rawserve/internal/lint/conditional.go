package lint

import (
	"strings"
)

// preconditions checks that conditions of the request are obeyed. The response
// shows which version the resource has, in its validators. RFC 9110, Section 13.1.
func (c *check) preconditions() {
	if !c.asksFor("GET", "HEAD") || c.Status != 200 && c.Status != 206 {
		return
	}
	asked := c.asked.header
	etag, modified := c.header.value("etag"), c.header.value("last-modified")
	_, dated := moment(modified)
	switch {
	case etag != "" && asked.has("if-match") && !c.matches("if-match", etag):
		c.report(matchIgnored, c.codeAt)
	case dated && !asked.has("if-match") && later(modified, asked.value("if-unmodified-since")):
		c.report(unmodifiedSinceIgnored, c.codeAt)
	}
	_, since := moment(asked.value("if-modified-since"))
	switch {
	case etag != "" && c.matches("if-none-match", etag):
		c.report(noneMatchIgnored, c.codeAt)
	case dated && since && !asked.has("if-none-match") && !later(modified, asked.value("if-modified-since")):
		c.report(modifiedSinceIgnored, c.codeAt)
	}
}

// matches reports whether a condition of the request lists an entity tag.
// If-None-Match compares weakly, If-Match strongly. RFC 9110, Section 8.8.3.2.
func (c *check) matches(condition, etag string) bool {
	weakly := condition == "if-none-match"
	for tag := range c.asked.header.members(condition) {
		switch {
		case tag == "*":
			return true
		case weakly && strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/"):
			return true
		case tag == etag && !strings.HasPrefix(etag, "W/"):
			return true
		}
	}
	return false
}

// notModified checks 304 by itself. RFC 9110, Section 15.4.5.
func (c *check) notModified() {
	if c.Status != 304 {
		return
	}
	if c.asked != nil && c.asked.Head > 0 {
		switch {
		case !c.asksFor("GET", "HEAD"):
			c.report(notModifiedToMethod, c.codeAt)
		case !c.asked.header.has("if-none-match") && !c.asked.header.has("if-modified-since"):
			c.report(notModifiedUnasked, c.codeAt)
		}
	}
	for _, name := range [...]string{"content-type", "content-encoding", "content-language", "content-range"} {
		if f := c.header.first(name); f != nil {
			c.report(metadataIn304, f.at)
		}
	}
}

// ignored checks that conditions are passed over that have to be: dates that are
// none, or that stand next to entity tags, and all of methods that select nothing.
// RFC 9110, Sections 13.1.3, 13.1.4 and 13.2.1.
func (c *check) ignored() {
	if c.asked == nil || c.asked.Head == 0 {
		return
	}
	asked := c.asked.header
	since, tags := asked.first("if-modified-since"), asked.has("if-none-match")
	unmodified := asked.first("if-unmodified-since")
	etag := c.header.value("etag")
	switch {
	case c.Status == 412 && c.asksFor("CONNECT", "OPTIONS", "TRACE"):
		c.report(conditionOfOther, c.codeAt)
	case c.Status == 412 && unmodified != nil && dateForm(unmodified.value) == fieldSyntax && c.conditions() == 1:
		c.report(badUnmodifiedSinceTaken, c.codeAt)
	case c.Status == 304 && since != nil && tags && etag != "" && !c.matches("if-none-match", etag):
		c.report(modifiedSinceTaken, c.codeAt)
	case c.Status == 304 && since != nil && !tags && dateForm(since.value) == fieldSyntax:
		c.report(badModifiedSinceTaken, c.codeAt)
	}
}

// conditions returns how many conditions the request has.
func (c *check) conditions() (n int) {
	for _, f := range c.asked.header {
		if strings.HasPrefix(f.name, "if-") || f.name == "if" {
			n++
		}
	}
	return n
}

// representation is what is kept of a 200 to GET or HEAD.
type representation struct {
	method         string
	etag, encoding string
	length         string          // the number of octets of content, "" if not known
	fields         map[string]bool // those of keptIn304 that it had
}

// keptIn304 are the fields that 304 has if the 200 to the same request has them.
// Date is checked in any case.
var keptIn304 = [...]string{"content-location", "etag", "vary", "cache-control", "expires"}

// maxRemembered is how many representations are kept.
const maxRemembered = 1000

// request returns what makes two requests the same but for their method and their
// conditions, "" if it is not known.
func (c *check) request() string {
	if c.asked == nil || c.asked.Head == 0 || !c.asksFor("GET", "HEAD") || c.asked.header.has("range") {
		return ""
	}
	var key strings.Builder
	key.WriteString(c.asked.Target)
	for _, f := range c.asked.header {
		if !strings.HasPrefix(f.name, "if-") {
			key.WriteString("\n" + f.name + ":" + f.value)
		}
	}
	return key.String()
}

// remember keeps what the response says of the resource.
func (c *check) remember() {
	key := c.request()
	if _, again := c.seen[key]; key == "" || c.Status != 200 || !again && len(c.seen) >= maxRemembered {
		return
	}
	r := representation{method: c.asked.Method, etag: c.header.value("etag"),
		encoding: c.header.value("content-encoding"), length: c.length(),
		fields: map[string]bool{}}
	for _, name := range keptIn304 {
		r.fields[name] = c.header.has(name)
	}
	c.seen[key] = r
}

// length returns the value of Content-Length if it says how long the content is.
func (c *check) length() string {
	if c.header.has("transfer-encoding") {
		return ""
	}
	length := c.header.value("content-length")
	if digits := strings.TrimLeft(length, "0"); digits != "" {
		return digits
	}
	return length
}

// sameAsBefore compares the response with a 200 to the same request before it.
func (c *check) sameAsBefore() {
	key := c.request()
	before, known := c.seen[key]
	if key == "" || !known {
		return
	}
	etag, length := c.header.value("etag"), c.length()
	same := etag != "" && etag == before.etag && !strings.HasPrefix(etag,
		"W/") && before.encoding == c.header.value("content-encoding")
	differs := same && length != "" && before.length != "" && length != before.length
	switch {
	case differs && c.Status == 304:
		c.report(otherLength304, c.header.first("content-length").valueAt)
	case differs && c.Status == 200 && c.asked.Method != before.method:
		c.report(otherLength, c.header.first("content-length").valueAt)
	}
	if c.Status != 304 {
		return
	}
	for _, name := range keptIn304 {
		if before.fields[name] && !c.header.has(name) {
			c.report(lostIn304, c.codeAt)
			return
		}
	}
}
