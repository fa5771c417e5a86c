package httpwire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// received is a response taken apart by a reader that forgives nothing.
type received struct {
	status  int
	reason  string
	lines   []string            // field lines in order, as sent: "Name: value"
	fields  map[string][]string // values, by the name in lower case
	framing string              // "none", "length 5", "chunked" or "close"
	body    string
	trailer []string // field lines
}

// String shows an answer in a few words: "200 length 5 hello".
func (a *received) String() string {
	text := fmt.Sprint(a.status, " ", a.framing)
	if a.body != "" {
		text += " " + a.body
	}
	return text
}

// get returns the only value of a field, or "".
func (a *received) get(name string) string { return strings.Join(a.fields[strings.ToLower(name)], "|") }

// check reports whether the answer has a field, "Name: value" or "Name: *", or
// lacks one, "!Name".
func (a *received) check(field string) error {
	if name, absent := strings.CutPrefix(field, "!"); absent {
		if a.fields[strings.ToLower(name)] != nil {
			return fmt.Errorf("unwanted field %s", name)
		}
		return nil
	}
	name, value, _ := strings.Cut(field, ": ")
	matching := func(got string) bool { return matches(got, value) }
	if !slices.ContainsFunc(a.fields[strings.ToLower(name)], matching) {
		return fmt.Errorf("no field %s", field)
	}
	return nil
}

// names returns the names of the fields, in order.
func (a *received) names() string {
	names := make([]string, len(a.lines))
	for i, line := range a.lines {
		names[i], _, _ = strings.Cut(line, ":")
	}
	return strings.Join(names, " ")
}

// statuses returns the status codes of answers.
func statuses(answers []*received) (codes []int) {
	for _, a := range answers {
		codes = append(codes, a.status)
	}
	return codes
}

// readAnswers takes a whole stream of responses apart. The methods are those of
// the requests; GET after the last one. Interim responses use none.
func readAnswers(stream string, methods ...string) (answers []*received, err error) {
	r := bufio.NewReader(strings.NewReader(stream))
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return answers, nil
		}
		method := "GET"
		if len(methods) > 0 {
			method = methods[0]
		}
		a, err := readAnswer(r, method)
		if err != nil {
			return answers, fmt.Errorf("response %d: %w", len(answers)+1, err)
		}
		if answers = append(answers, a); a.status >= 200 && len(methods) > 0 {
			methods = methods[1:]
		}
	}
}

// The lines of a response. Octets above 0x7f are no runes, so classes of what may
// stand in a line are written as what may not.
const (
	tchars  = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
	visible = `[^\x00-\x20\x7f]`
	text    = `[^\x00-\x08\x0a-\x1f\x7f]*`
	value   = visible + `(?:` + text + visible + `)?` // neither begins nor ends with a space
)

var (
	statusLineForm = regexp.MustCompile(`^HTTP/1\.1 ([1-5][0-9][0-9]) (` + text + `)\r\n$`)
	fieldLineForm  = regexp.MustCompile(`^(` + tchars + `): ((?:` + value + `)?)\r\n$`)
	chunkLineForm  = regexp.MustCompile(`^([0-9a-f]+)\r\n$`)
)

// readAnswer reads one response and checks everything that a server owes.
func readAnswer(r *bufio.Reader, method string) (a *received, err error) {
	line, err := r.ReadString('\n')
	m := statusLineForm.FindStringSubmatch(line)
	if m == nil {
		return nil, fmt.Errorf("status line %.80q, %v", line, err)
	}
	a = &received{reason: m[2]}
	a.status, _ = strconv.Atoi(m[1])
	if a.lines, a.fields, err = readFields(r); err != nil {
		return nil, err
	}
	if err := a.checkHead(method); err != nil {
		return nil, fmt.Errorf("%w in %d %q", err, a.status, a.lines)
	}
	if err := a.readBody(r, method); err != nil {
		return nil, fmt.Errorf("%w in the body of %d %q", err, a.status, a.lines)
	}
	return a, nil
}

// readFields reads field lines and the empty line after them.
func readFields(r *bufio.Reader) (lines []string, fields map[string][]string, err error) {
	fields = map[string][]string{}
	for {
		line, err := r.ReadString('\n')
		if line == "\r\n" {
			return lines, fields, nil
		}
		m := fieldLineForm.FindStringSubmatch(line)
		if m == nil {
			return nil, nil, fmt.Errorf("field line %.80q, %v", line, err)
		}
		name := strings.ToLower(m[1])
		lines = append(lines, strings.TrimSuffix(line, "\r\n"))
		fields[name] = append(fields[name], m[2])
	}
}

// checkHead checks the fields that frame a response. RFC 9110, Section 8.6 and
// Section 6.6.1; RFC 9112, Section 6.1.
func (a *received) checkHead(method string) error {
	length, coding := a.fields["content-length"], a.fields["transfer-encoding"]
	tunnel := method == "CONNECT" && a.status < 300
	switch {
	case a.status >= 200 && len(a.fields["date"]) != 1:
		return errors.New("not exactly one Date")
	case len(length)+len(coding) > 1:
		return errors.New("more than one length")
	case (a.status < 200 || a.status == 204 || tunnel) && len(length)+len(coding) > 0:
		return errors.New("a length where there is no body")
	case len(coding) == 1 && coding[0] != "chunked":
		return errors.New("unknown transfer coding")
	case len(a.fields["connection"]) > 1:
		return errors.New("repeated Connection")
	case len(a.fields["content-type"]) > 1:
		return errors.New("repeated Content-Type")
	}
	return nil
}

// readBody reads the body as RFC 9112, Section 6.3 says.
func (a *received) readBody(r *bufio.Reader, method string) error {
	length := a.fields["content-length"]
	bodiless := a.status < 200 || a.status == 204 || a.status == 304
	switch {
	case method == "HEAD" || bodiless || method == "CONNECT" && a.status < 300:
		a.framing = "none"
		return nil
	case len(a.fields["transfer-encoding"]) > 0:
		a.framing = "chunked"
		return a.readChunks(r)
	case len(length) > 0:
		a.framing = "length " + length[0]
		n, err := strconv.ParseInt(length[0], 10, 32)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(io.LimitReader(r, n))
		a.body = string(body)
		if int64(len(body)) < n {
			return fmt.Errorf("%d octets of %d: %w", len(body), n, errors.Join(err, io.ErrUnexpectedEOF))
		}
		return nil
	default:
		a.framing = "close"
		body, err := io.ReadAll(r)
		a.body = string(body)
		return err
	}
}

// readChunks reads a chunked body and its trailer section.
func (a *received) readChunks(r *bufio.Reader) error {
	var body bytes.Buffer
	for {
		line, err := r.ReadString('\n')
		m := chunkLineForm.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("chunk-size line %.80q, %v", line, err)
		}
		size, err := strconv.ParseInt(m[1], 16, 32)
		if err != nil {
			return err
		}
		if size == 0 {
			a.body = body.String()
			a.trailer, _, err = readFields(r)
			return err
		}
		if _, err := io.CopyN(&body, r, size); err != nil {
			return fmt.Errorf("chunk cut short: %w", err)
		}
		if end, _ := r.Peek(2); string(end) != "\r\n" {
			return fmt.Errorf("chunk followed by %q", end)
		}
		r.Discard(2)
	}
}
