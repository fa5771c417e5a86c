package live

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/xray"
)

// The types below are those members of HTTP Archive 1.2 that one exchange has.
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started    string      `json:"startedDateTime"`
		Time       float64     `json:"time"`
		Request    harRequest  `json:"request"`
		Response   harResponse `json:"response"`
		Cache      struct{}    `json:"cache"`
		Timings    harTimings  `json:"timings"`
		Connection string      `json:"connection"`
	}
	harRequest struct {
		Method   string    `json:"method"`
		URL      string    `json:"url"`
		Version  string    `json:"httpVersion"`
		Cookies  []harPair `json:"cookies"`
		Headers  []harPair `json:"headers"`
		Query    []harPair `json:"queryString"`
		Post     *harPost  `json:"postData,omitempty"`
		HeadSize int       `json:"headersSize"`
		BodySize int64     `json:"bodySize"`
	}
	harResponse struct {
		Status   int        `json:"status"`
		Text     string     `json:"statusText"`
		Version  string     `json:"httpVersion"`
		Cookies  []harPair  `json:"cookies"`
		Headers  []harPair  `json:"headers"`
		Content  harContent `json:"content"`
		Redirect string     `json:"redirectURL"`
		HeadSize int        `json:"headersSize"`
		BodySize int64      `json:"bodySize"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harPost struct {
		Type    string `json:"mimeType"`
		Text    string `json:"text"`
		Comment string `json:"comment,omitempty"`
	}
	harContent struct {
		Size     int64  `json:"size"`
		Type     string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

// har writes an exchange as an HTTP Archive, or returns nil if the request is none
// that has a head. Cookies have no place of their own there: they are secrets, and
// stand masked among the fields.
func (v *exchangeView) har(address string) []byte {
	if len(v.In.Messages) == 0 || v.In.Messages[0].Head == 0 {
		return nil
	}
	entry := harEntry{
		Started: v.When, Request: v.In.harRequest(address), Response: v.Out.harResponse(), Timings: v.harTimings(),
		Connection: strconv.FormatUint(v.Conn, 10),
	}
	entry.Time = entry.Timings.Send + entry.Timings.Wait + entry.Timings.Receive
	log := harLog{Version: "1.2", Creator: harCreator{"rawserve x-ray", version()}, Entries: []harEntry{entry}}
	if len(v.In.Masked)+len(v.Out.Masked) > 0 {
		log.Comment = "Secrets are dots."
	}
	return ascii(harFile{log})
}

// version names the build of the command.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// harRequest describes a request.
func (s *side) harRequest(address string) harRequest {
	m := &s.Messages[0]
	r := harRequest{
		Method: m.Method, URL: harURL(m, address), Version: spanText(m, xray.KindVersion), Cookies: []harPair{}, Headers: harFields(m),
		Query: []harPair{}, HeadSize: m.Head, BodySize: s.Total - int64(m.Head),
	}
	_, query, _ := strings.Cut(spanText(m, xray.KindTarget), "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			r.Query = append(r.Query, harPair{name, value})
		}
	}
	if m.Body > 0 {
		content := harContentOf(m)
		r.Post = &harPost{Type: content.Type, Text: content.Text, Comment: content.Comment}
		if content.Encoding != "" {
			r.Post.Comment = strings.TrimSpace("The text is base64. " + content.Comment)
		}
	}
	return r
}

// harResponse describes the final response. One that never came has the status 0.
func (s *side) harResponse() harResponse {
	r := harResponse{Cookies: []harPair{}, Headers: []harPair{}, HeadSize: -1, BodySize: -1}
	for i := range s.Messages {
		m := &s.Messages[i]
		if m.Status < 200 && m.Status != 101 || m.Head == 0 {
			continue
		}
		r = harResponse{
			Status: m.Status, Text: spanText(m, xray.KindReason), Version: spanText(m, xray.KindVersion), Cookies: []harPair{},
			Headers: harFields(m), Content: harContentOf(m), HeadSize: m.Head, BodySize: s.Total - int64(m.Offset+m.Head),
		}
		for _, f := range r.Headers {
			if strings.EqualFold(f.Name, "location") {
				r.Redirect = f.Value
			}
		}
		return r
	}
	return r
}

// harURL returns where a request goes, as a URI. What browsers leave as it is,
// though no URI can hold it, is percent-encoded.
func harURL(m *xray.Message, address string) string {
	host, target := m.Host, spanText(m, xray.KindTarget)
	if host == "" {
		host = address
	}
	switch m.Form {
	case "absolute-form":
		_, rest, _ := strings.Cut(target, "//")
		end := strings.IndexAny(rest+"/", "/?")
		target = rest[min(end, len(rest)):]
	case "authority-form":
		target = ""
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		octet := target[i]
		triplet := octet != '%' || i+2 < len(target) && digit(target[i+1]) >= 0 && digit(target[i+2]) >= 0
		if triplet && octet > ' ' && octet < 0x7f && !strings.ContainsRune("\"<>[]{}|\\^`#", rune(octet)) {
			b.WriteByte(octet)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", octet)
	}
	u := url.URL{Scheme: "http", Host: host}
	return u.String() + b.String()
}

// spanText returns the octets of the first span of a kind in a message.
func spanText(m *xray.Message, kind xray.Kind) string {
	for i := range m.Spans {
		if m.Spans[i].Kind == kind {
			return latin1(m.Spans[i].Octets)
		}
	}
	return ""
}

// harFields returns the field lines of a head.
func harFields(m *xray.Message) []harPair {
	fields := []harPair{}
	for i := range m.Spans {
		switch s := &m.Spans[i]; s.Kind {
		case xray.KindFieldName:
			fields = append(fields, harPair{Name: latin1(s.Octets)})
		case xray.KindFieldValue:
			fields[len(fields)-1].Value = latin1(s.Octets)
		}
	}
	return fields
}

// harContentOf returns the body of a message, its framing taken away.
func harContentOf(m *xray.Message) harContent {
	var body []byte
	c := harContent{Size: m.Body, Type: "application/octet-stream"}
	for _, f := range harFields(m) {
		if strings.EqualFold(f.Name, "content-type") {
			c.Type = f.Value
		}
	}
	for i := range m.Spans {
		if s := &m.Spans[i]; s.Kind == xray.KindBody || s.Kind == xray.KindChunkData {
			body = append(body, s.Octets...)
		}
	}
	switch {
	case int64(len(body)) != m.Body:
		c.Comment = "Not all of the content is here."
	case m.Verdict.Outcome != xray.Accept:
		c.Comment = "The content is not whole."
	}
	c.Text = string(body)
	if !plain(body) {
		c.Text, c.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	return c
}

// plain reports whether octets are text in which no character acts.
func plain(octets []byte) bool {
	unseen := func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' }
	return utf8.Valid(octets) && strings.IndexFunc(string(octets), unseen) < 0
}

// latin1 reads octets as ISO 8859-1, which has a character for each.
func latin1(octets []byte) string {
	runes := make([]rune, len(octets))
	for i, octet := range octets {
		runes[i] = rune(octet)
	}
	return string(runes)
}

// harTimings divides the time of an exchange, in milliseconds: from the first read
// to the last, to the first write, to the last.
func (v *exchangeView) harTimings() (t harTimings) {
	var first, last [2]int64
	var seen [2]bool
	for i := range v.Blocks {
		direction := outbound
		if v.Blocks[i].Kind == pieceRead {
			direction = inbound
		}
		if !seen[direction] {
			first[direction], seen[direction] = v.Blocks[i].At, true
		}
		last[direction] = v.Blocks[i].At
	}
	millis := func(from, to int64) float64 { return float64(max(0, to-from)) / 1000 }
	if seen[inbound] {
		t.Send = millis(first[inbound], last[inbound])
	}
	if seen[inbound] && seen[outbound] {
		t.Wait = millis(last[inbound], first[outbound])
	}
	if seen[outbound] {
		t.Receive = millis(first[outbound], last[outbound])
	}
	return t
}
