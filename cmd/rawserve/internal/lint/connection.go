package lint

import (
	"slices"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
)

// unasked reports a response for which there is no request. A server that is
// tired of waiting may send 408 in its place. RFC 9110, Section 15.5.9.
func (c *check) unasked() {
	switch {
	case c.before != nil && c.before.asked != nil && c.before.asked.saysClose():
		c.report(requestAfterClose, c.Offset)
	case c.Status != 408:
		c.report(unaskedResponse, c.Offset)
	}
}

// connection checks what the response says of the connection, and what becomes of
// it. RFC 9112, Section 9; RFC 9110, Section 7.6.1.
func (c *check) connection() {
	c.openAfterFault()
	c.afterLast()
	if f := c.header.first("keep-alive"); f != nil && !c.header.lists("connection", "keep-alive") {
		c.report(unlistedKeepAlive, f.at)
	}
	for f := range c.header.all("connection") {
		for member := range f.members() {
			if slices.Contains(meantForAll, strings.ToLower(member.text)) {
				c.report(optionForAll, member.at)
			}
		}
	}
	if c.owesClose() && !c.saysClose() {
		c.report(closeUnanswered, c.codeAt)
	}
}

// owesClose reports whether the response answers a "close" and has to say it as well.
// One whose content ends with the connection is reported by untilClose.
func (c *check) owesClose() bool {
	http := c.final() && c.minor > 0 && c.Status != 101 && !c.tunnels()
	return http && c.Framing.Value != "until close" && c.asked != nil && c.asked.saysClose()
}

// meantForAll are fields that are no business of the connection.
var meantForAll = strings.Fields(`accept-ranges age allow cache-control content-encoding content-language
	content-location content-range content-type date etag expires last-modified location retry-after server set-cookie
	vary www-authenticate`)

// afterLast checks that nothing follows the last response.
func (c *check) afterLast() {
	at, found := c.unread()
	switch {
	case !found || !c.final():
	case !strings.HasPrefix(string(c.octets[at:min(len(c.octets), at+len("HTTP/"))]), "HTTP/"):
		c.report(c.extraOctets(), at)
	case c.saysClose():
		c.report(responseAfterClose, at)
	}
}

// openAfterFault checks that no response follows that to a request whose length is
// in doubt. RFC 9112, Section 6.1.
func (c *check) openAfterFault() {
	if c.before == nil || c.before.asked == nil {
		return
	}
	switch c.before.asked.fault() {
	case "BothLengths":
		c.report(openAfterFaultyLength, c.Offset)
	case "TransferEncodingIn10":
		c.report(openAfterCodingIn10, c.Offset)
	}
}

// fault returns the name of the rule for which a request is refused here, "" if
// it is not.
func (m *message) fault() string {
	if m.Verdict.Outcome != xray.Reject || m.Verdict.Broken == nil {
		return ""
	}
	return m.Verdict.Broken.Name
}

// mustBeRefused has the requests that no server may take, by the rule that they
// break.
var mustBeRefused = map[string]*rule{
	"SpaceBeforeColon": spaceBeforeColonTaken,
	"NoHost":           badHostTaken,
	"SecondHost":       badHostTaken,
	"BadHost":          badHostTaken,
	"ChunkedNotFinal":  codingNotFinalTaken,
	"BadLength":        badLengthTaken,
	"BadConnectTarget": badPortTaken,
}

// refusedRequest checks that requests are refused that have to be. Any error will
// do: another can come first.
func (c *check) refusedRequest() {
	if c.asked == nil || c.Status/100 != 2 && c.Status/100 != 3 {
		return
	}
	if r := mustBeRefused[c.asked.fault()]; r != nil {
		c.report(r, c.codeAt)
	}
}

// switching checks Upgrade, and 101. RFC 9110, Section 7.8.
func (c *check) switching() {
	upgrade := c.header.first("upgrade")
	if upgrade != nil && !c.header.lists("connection", "upgrade") {
		c.report(unlistedUpgrade, upgrade.at)
	}
	if upgrade == nil && c.Status == 426 {
		c.report(upgradeToNothing, c.codeAt)
	}
	if c.Status != 101 {
		return
	}
	if upgrade == nil {
		c.report(switchedToNothing, c.codeAt)
	}
	if c.asked == nil || c.asked.Head == 0 {
		return
	}
	switch {
	case c.asked.minor == 0:
		c.report(switchedIn10, c.codeAt)
	case c.asked.header.lists("expect", "100-continue") && c.asked.Framing.Value != "none" && !c.continued:
		c.report(switchedBeforeContinue, c.codeAt)
	}
	c.offered()
}

// offered checks that the request offers each protocol that is switched to.
func (c *check) offered() {
	for f := range c.header.all("upgrade") {
		for protocol := range f.members() {
			if !c.asked.header.lists("upgrade", protocol.text) {
				c.report(switchedUnasked, protocol.at)
			}
		}
	}
	if !c.header.has("upgrade") && !c.asked.header.has("upgrade") {
		c.report(switchedUnasked, c.codeAt)
	}
}
