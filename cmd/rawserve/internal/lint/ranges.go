package lint

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire/syntax"
)

// byteRange is what Content-Range says of a part in octets. complete is -1 if it
// does not say how long the whole is.
type byteRange struct{ first, last, complete int64 }

var rangeResp = regexp.MustCompile(`^(?i:bytes) (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)$`)

// parseRange reads a Content-Range with a range-resp.
func parseRange(value string) (r byteRange, ok bool) {
	parts := rangeResp.FindStringSubmatch(value)
	if parts == nil {
		return r, false
	}
	r.first, _ = strconv.ParseInt(parts[1], 10, 64)
	r.last, _ = strconv.ParseInt(parts[2], 10, 64)
	r.complete, _ = strconv.ParseInt(parts[3], 10, 64)
	if parts[3] == "*" {
		r.complete = -1
	}
	return r, true
}

// valid reports whether the range lies within the whole.
func (r byteRange) valid() bool {
	return r.first <= r.last && (r.complete < 0 || r.last < r.complete)
}

// ranges checks 206, 416 and Content-Range. RFC 9110, Sections 14.4 and 15.3.7.
func (c *check) ranges() {
	described := c.header.first("content-range")
	if described != nil {
		if r, ok := parseRange(described.value); ok && !r.valid() {
			c.report(invalidContentRange, described.valueAt)
		}
	}
	switch c.Status {
	case 206:
		c.partialUnasked()
		c.partial(described)
	case 416:
		c.unsatisfied(described)
	}
}

// unsatisfied checks 416 to a request for octets.
func (c *check) unsatisfied(described *field) {
	ofBytes := c.asked == nil || strings.HasPrefix(strings.ToLower(c.asked.header.value("range")), "bytes=")
	if ofBytes && (described == nil || !strings.Contains(described.value, "*/")) {
		c.report(noUnsatisfiedRange, c.codeAt)
	}
}

// partialUnasked checks that the request asks for a part.
func (c *check) partialUnasked() {
	if c.asked == nil || c.asked.Head == 0 {
		return
	}
	switch {
	case c.asked.Method != "GET":
		c.report(partialToMethod, c.codeAt)
	case !c.asked.header.has("range"):
		c.report(partialUnasked, c.codeAt)
	case c.otherVersion():
		c.report(partialOfOther, c.codeAt)
	case c.asked.header.has("if-range"):
		c.knownMetadata()
	}
}

// knownMetadata checks that a part does not describe again what the client has.
// Content-Type is left alone: RFC 9110, Section 8.3 wants it. Section 15.3.7.
func (c *check) knownMetadata() {
	for _, name := range [...]string{"content-encoding", "content-language", "last-modified"} {
		if f := c.header.first(name); f != nil && (name != "last-modified" || c.header.has("etag")) {
			c.report(metadataInPart, f.at)
		}
	}
}

// otherVersion reports whether If-Range names another version than that of the
// response. Weak entity tags are never equal. RFC 9110, Section 13.1.5.
func (c *check) otherVersion() bool {
	condition := c.asked.header.value("if-range")
	etag, modified := c.header.value("etag"), c.header.value("last-modified")
	switch _, isDate := moment(condition); {
	case condition == "":
		return false
	case isDate:
		return modified != "" && modified != condition
	case strings.HasPrefix(condition, "W/"):
		return true
	}
	return etag != "" && etag != condition
}

// partial checks how 206 describes its content.
func (c *check) partial(described *field) {
	switch several := c.several(); {
	case several && described != nil:
		c.report(rangeOfMultipart, described.at)
		fallthrough
	case several:
		c.parts(c.header.first("content-type"))
	case described == nil:
		c.report(noContentRange, c.codeAt)
	default:
		c.single(described)
	}
}

// single checks that the content is the range, if all of it is there.
func (c *check) single(described *field) {
	r, ok := parseRange(described.value)
	whole := c.Verdict.Outcome == xray.Accept && c.Framing.Value != "none"
	if ok && r.valid() && whole && c.Body != r.last-r.first+1 {
		c.report(rangeLength, described.valueAt)
	}
}

// several reports whether the content is more than one part.
func (c *check) several() bool {
	contentType := c.header.value("content-type")
	return syntax.EqualFold(contentType[:min(len(contentType), len(multipart))], multipart)
}

const multipart = "multipart/byteranges"

var boundaryParam = regexp.MustCompile(`(?i);[ \t]*boundary=(?:"([^"]*)"|([^ \t;]+))`)

// parts checks the parts of multipart/byteranges. RFC 9110, Section 14.6.
func (c *check) parts(contentType *field) {
	if c.asked != nil && c.asked.header.has("range") && strings.Count(c.asked.header.value("range"), ",") == 0 {
		c.report(multipartForOne, contentType.valueAt)
	}
	boundary := boundaryParam.FindStringSubmatch(contentType.value)
	if boundary == nil {
		c.report(noBoundary, contentType.valueAt)
		return
	}
	content, whole := c.content()
	if !whole || len(content) == 0 {
		return
	}
	delimiter := []byte("--" + boundary[1] + boundary[2])
	var order []int
	for part, rest := cutPart(content, delimiter); part != nil; part, rest = cutPart(rest, delimiter) {
		if bytes.HasPrefix(part, []byte("\n")) || bytes.HasSuffix(part, []byte("\n")) &&
			!bytes.HasSuffix(part, []byte("\r\n")) {
			c.report(bareLineFeed, c.Offset+c.Head)
			return
		}
		value := partRange(part)
		if value == "" {
			c.report(noRangeInPart, c.Offset+c.Head)
			return
		}
		if r, ok := parseRange(value); ok && c.asked != nil {
			order = append(order, c.specOf(r))
		}
	}
	c.ordered(order)
}

// cutPart returns what stands between the first two delimiters of a multipart body,
// nil if there are not two, and the rest from the second one on.
func cutPart(body, delimiter []byte) (part, rest []byte) {
	start := bytes.Index(body, delimiter)
	if start < 0 {
		return nil, nil
	}
	body = body[start+len(delimiter):]
	end := bytes.Index(body, append([]byte("\n"), delimiter...))
	if bytes.HasPrefix(body, []byte("--")) || end < 0 {
		return nil, nil
	}
	return body[:end+1], body[end+1:]
}

// partRange returns the value of Content-Range in the header area of a part.
func partRange(part []byte) string {
	head, _, _ := bytes.Cut(part, []byte("\r\n\r\n"))
	for line := range bytes.Lines(head) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if syntax.EqualFold(name, "content-range") {
			return strings.TrimSpace(string(value))
		}
	}
	return ""
}

// specOf returns which of the ranges that were asked for a part is, -1 if it is
// none of them exactly: then it was joined with others.
func (c *check) specOf(r byteRange) int {
	_, set, _ := strings.Cut(c.asked.header.value("range"), "=")
	i := 0
	for spec := range syntax.List(set) {
		first, last, _ := strings.Cut(spec, "-")
		exact := first == strconv.FormatInt(r.first, 10) && (last == "" || last == strconv.FormatInt(r.last, 10))
		suffix := first == "" && r.last == r.complete-1 && last == strconv.FormatInt(r.complete-r.first, 10)
		if exact || suffix {
			return i
		}
		i++
	}
	return -1
}

// ordered checks that the parts come as they were asked for.
func (c *check) ordered(order []int) {
	last := -1
	for _, index := range order {
		if index >= 0 && index < last {
			c.report(partsOutOfOrder, c.Offset+c.Head)
			return
		}
		last = max(last, index)
	}
}
