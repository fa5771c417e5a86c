package lint

import (
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire/syntax"
)

// statusLine checks what the parser accepts of a status-line. RFC 9112, Section 4.
func (c *check) statusLine() {
	for i := range c.Spans {
		if s := &c.Spans[i]; s.Kind == xray.KindLineEnd && s.Part == "status-line" && s.Offset == c.codeAt+len("200") {
			c.report(noSpaceAfterStatus, s.Offset)
		}
	}
	if c.Status < 100 || c.Status > 599 {
		c.report(invalidStatus, c.codeAt)
	}
}

// interim checks that HTTP/1.0 clients get no interim response.
func (c *check) interim() {
	if c.Status/100 == 1 && c.Status != 101 && c.asked != nil && c.asked.Head > 0 && c.asked.minor == 0 {
		c.report(interimTo10, c.codeAt)
	}
}

// framing checks Transfer-Encoding and Content-Length against the status code, the
// request and each other. RFC 9112, Section 6; RFC 9110, Section 8.6.
func (c *check) framing() {
	coding, length := c.header.first("transfer-encoding"), c.header.first("content-length")
	without := c.tunnels() || c.Status/100 == 1 || c.Status == 204
	codingOfNothing, lengthOfNothing := codingWithoutContent, lengthWithoutContent
	if c.tunnels() {
		codingOfNothing, lengthOfNothing = codingOfTunnel, lengthOfTunnel
	}
	if coding != nil {
		switch {
		case without:
			c.report(codingOfNothing, coding.at)
		case c.asked != nil && c.asked.Head > 0 && c.asked.minor == 0:
			c.report(codingTo10, coding.at)
		}
		c.codings(coding)
	}
	switch {
	case length != nil && without:
		c.report(lengthOfNothing, length.at)
	case length != nil && coding != nil:
		c.report(bothLengths, length.at)
	}
	c.untilClose()
}

// codings checks the transfer codings.
func (c *check) codings(first *field) {
	if c.minor == 0 {
		c.report(codingIn10, first.at)
	}
	chunked := 0
	for coding := range c.header.members("transfer-encoding") {
		if syntax.EqualFold(coding, "chunked") {
			chunked++
		}
	}
	if chunked > 1 {
		c.report(chunkedTwice, first.valueAt)
	}
}

// untilClose checks a response that ends with the connection. Whoever reads
// HTTP/1.1 reads chunks, so there is a better way. RFC 9112, Section 6.3, rule 8.
func (c *check) untilClose() {
	if c.Framing == nil || c.Framing.Value != "until close" || c.minor == 0 {
		return
	}
	if !c.header.has("transfer-encoding") && c.asked != nil && c.asked.minor > 0 {
		c.report(endUnknown, c.codeAt)
	}
	if !c.saysClose() {
		c.report(closesUnsaid, c.codeAt)
	}
}

// tunnels reports whether the response makes the connection a tunnel.
func (c *check) tunnels() bool { return c.asksFor("CONNECT") && c.Status/100 == 2 }

// asksFor reports whether the request is known to have one of the methods.
func (c *check) asksFor(methods ...string) bool {
	for _, method := range methods {
		if c.asked != nil && c.asked.Method == method {
			return true
		}
	}
	return false
}

// extraOctets returns the rule that octets after the response break, which are no
// response.
func (c *check) extraOctets() *rule {
	switch {
	case c.asksFor("HEAD"):
		return contentAfterHEAD
	case c.Status/100 == 1:
		return contentAfter1xx
	case c.Status == 204:
		return contentAfter204
	case c.Status == 304:
		return contentAfter304
	}
	return moreThanLength
}

// content205 checks that 205 has no content.
func (c *check) content205() {
	if c.Status == 205 && c.Body > 0 {
		c.report(contentIn205, c.Offset+c.Head)
	}
}

// chunkExtensions checks the white space in chunk-size lines.
func (c *check) chunkExtensions() {
	for i := range c.Spans {
		if s := &c.Spans[i]; s.Kind == xray.KindChunkExt {
			if at := strayWhitespace(c.text(s)); at >= 0 {
				c.report(badWhitespace, s.Offset+at)
				return
			}
		}
	}
}

// strayWhitespace returns where white space stands outside quoted strings, -1 if
// there is none.
func strayWhitespace(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case quoted && text[i] == '\\':
			i++
		case !quoted && (text[i] == ' ' || text[i] == '\t'):
			return i
		}
	}
	return -1
}

// trailerSection checks trailer fields. RFC 9110, Sections 6.5.1 and 6.6.2.
func (c *check) trailerSection() {
	for i := range c.trailers {
		f := &c.trailers[i]
		if syntax.ForbiddenInTrailer(f.name) {
			c.report(forbiddenTrailer, f.at)
		} else if !c.header.lists("trailer", f.name) {
			c.report(unannouncedTrailer, f.at)
		}
	}
}

// secretFields are those of a request that no answer to TRACE should repeat.
var secretFields = [...]string{"authorization", "proxy-authorization", "cookie"}

// traced checks what an answer to TRACE repeats.
func (c *check) traced() {
	if !c.asksFor("TRACE") || c.Status != 200 {
		return
	}
	content, _ := c.content()
	for _, name := range secretFields {
		if value := c.asked.header.value(name); value != "" && strings.Contains(string(content), value) {
			c.report(secretsReflected, c.Offset+c.Head)
			return
		}
	}
}
