package lint

import (
	"slices"

	"rawserve/cmd/rawserve/internal/xray"
)

// needs says which field a response with a status code has to have.
var needs = []struct {
	status int
	method string // only in answer to it
	field  string
	rule   *rule
}{
	{201, "POST", "location", noLocationOfCreated},
	{301, "", "location", noLocation301},
	{302, "", "location", noLocation302},
	{307, "", "location", noLocation307},
	{308, "", "location", noLocation308},
	{401, "", "www-authenticate", noChallenge},
	{405, "", "allow", noAllow},
	{407, "", "proxy-authenticate", noProxyChallenge},
}

// needed checks for the fields that a status code needs. RFC 9110, Section 15.
func (c *check) needed() {
	for _, n := range needs {
		missing := !c.header.has(n.field) || slices.Contains(challengeFields[:], n.field) && c.header.empty(n.field)
		if c.Status == n.status && missing && (n.method == "" || c.asksFor(n.method)) {
			c.report(n.rule, c.codeAt)
		}
	}
}

// described checks that content is described. A part that If-Range has asked for is
// not described again (RFC 9110, Section 15.3.7). RFC 9110, Section 8.3.
func (c *check) described() {
	known := c.Status == 206 && (c.asked == nil || c.asked.header.has("if-range"))
	if c.Body > 0 && !known && !c.header.has("content-type") {
		c.report(noContentType, c.Offset+c.Head)
	}
}

// explained checks that choices and errors are explained. Whether there would be
// content is not known of an answer to HEAD, or where the request is not known.
// RFC 9110, Sections 15.4.1, 15.5 and 15.6.
func (c *check) explained() {
	if c.asked == nil || c.asked.Method == "" || c.asksFor("HEAD") || c.Body > 0 || c.Verdict.Outcome != xray.Accept {
		return
	}
	switch {
	case c.Status == 300:
		c.report(noChoices, c.codeAt)
	case c.Status/100 == 4:
		c.report(clientErrorUnexplained, c.codeAt)
	case c.Status/100 == 5:
		c.report(serverErrorUnexplained, c.codeAt)
	}
}
