package syntax

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The grammar of RFC 9110, RFC 9112 and RFC 3986 as regular expressions: slow,
// and as close to the ABNF as they can be written. Fuzzing compares the parser
// with it. Regular expressions work on characters, so each octet becomes the
// character of the same number first.
type abnf struct{ *regexp.Regexp }

func octets(expression string) abnf { return abnf{regexp.MustCompile(expression)} }

// latin1 returns the string whose characters have the numbers of the octets.
func latin1(in string) string {
	characters := make([]rune, len(in))
	for i := range len(in) {
		characters[i] = rune(in[i])
	}
	return string(characters)
}

// match reports whether the expression matches octets.
func (a abnf) match(in string) bool { return a.MatchString(latin1(in)) }

// groups returns the octets that each group of the expression matches, from 1
// on and "" where it takes no part, or nil if the expression does not match.
func (a abnf) groups(in string) (groups []string) {
	for _, characters := range a.FindStringSubmatch(latin1(in)) {
		var octets []byte
		for _, character := range characters {
			octets = append(octets, byte(character))
		}
		groups = append(groups, string(octets))
	}
	return groups
}

const (
	tcharABNF  = `[!#$%&'*+\-.^_` + "`" + `|~0-9A-Za-z]`
	tokenABNF  = tcharABNF + `+`
	owsABNF    = `[ \t]*`
	vcharABNF  = `[\x21-\x7e\x80-\xff]` // field-vchar = VCHAR / obs-text
	valueABNF  = `(?:` + vcharABNF + `(?:[ \t\x21-\x7e\x80-\xff]*` + vcharABNF + `)?)?`
	fieldABNF  = `(` + tokenABNF + `):` + owsABNF + `(` + valueABNF + `)` + owsABNF
	quotedABNF = `"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`

	pctABNF   = `%[0-9A-Fa-f]{2}`
	pcharABNF = `(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|` + pctABNF + `)`
	pathABNF  = `((?:/(?:` + pcharABNF + `|[\[\]|])*)+)`                          // laxer: as browsers send it
	queryABNF = `(?:\?([A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]|{}^\\` + "`" + `]*))?` // laxer too

	regNameABNF  = `(?:[A-Za-z0-9\-._~!$&'()*+,;=]|` + pctABNF + `)+` // stricter: not empty
	decOctetABNF = `(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]|[0-9])`
	ipv4ABNF     = `(?:` + decOctetABNF + `\.` + decOctetABNF + `\.` + decOctetABNF + `\.` + decOctetABNF + `)`
	h16ABNF      = `[0-9A-Fa-f]{1,4}`
	ls32ABNF     = `(?:` + h16ABNF + `:` + h16ABNF + `|` + ipv4ABNF + `)`
	h16cABNF     = `(?:` + h16ABNF + `:)`
	ipv6ABNF     = `(?:` +
		h16cABNF + `{6}` + ls32ABNF +
		`|::` + h16cABNF + `{5}` + ls32ABNF +
		`|(?:` + h16ABNF + `)?::` + h16cABNF + `{4}` + ls32ABNF +
		`|(?:` + h16cABNF + `{0,1}` + h16ABNF + `)?::` + h16cABNF + `{3}` + ls32ABNF +
		`|(?:` + h16cABNF + `{0,2}` + h16ABNF + `)?::` + h16cABNF + `{2}` + ls32ABNF +
		`|(?:` + h16cABNF + `{0,3}` + h16ABNF + `)?::` + h16cABNF + ls32ABNF +
		`|(?:` + h16cABNF + `{0,4}` + h16ABNF + `)?::` + ls32ABNF +
		`|(?:` + h16cABNF + `{0,5}` + h16ABNF + `)?::` + h16ABNF +
		`|(?:` + h16cABNF + `{0,6}` + h16ABNF + `)?::)`
	ipvFutureABNF = `[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+`
	uriHostABNF   = `(?:\[(?:` + ipv6ABNF + `|` + ipvFutureABNF + `)\]|` + regNameABNF + `)`
)

var (
	originABNF    = octets(`^` + pathABNF + queryABNF + `$`)
	absoluteABNF  = octets(`^([A-Za-z][A-Za-z0-9+\-.]*)://(` + uriHostABNF + `(?::[0-9]*)?)` + pathABNF + `?` + queryABNF + `$`)
	authorityABNF = octets(`^` + uriHostABNF + `:([0-9]+)$`)
	hostABNF      = octets(`^(?:` + uriHostABNF + `(?::[0-9]*)?)?$`)

	requestLineABNF = octets(`^(?:\r\n)?(` + tcharABNF + `{1,32}) ([^ ]+) HTTP/1\.([0-9])\r\n`)
	fieldLineABNF   = octets(`^` + fieldABNF + `\r\n`)
	chunkSizeABNF   = octets(`^([0-9A-Fa-f]+)` +
		`(?:` + owsABNF + `;` + owsABNF + tokenABNF + `(?:` + owsABNF + `=` + owsABNF + `(?:` + tokenABNF + `|` + quotedABNF + `))?)*\r\n`)
)

// spoken is a head as the oracle reads it.
type spoken struct {
	octets                                 int
	method, target                         string
	form                                   Form
	scheme, authority, path, query, hostIs string
	minor                                  int
	fields                                 []string // name, value, name, value
	framing                                string   // as Framing.String has it
}

// values returns the values of all fields with the name.
func (s *spoken) values(name string) (values []string) {
	for i := 0; i < len(s.fields); i += 2 {
		if strings.EqualFold(s.fields[i], name) { // names are ASCII here
			values = append(values, s.fields[i+1])
		}
	}
	return values
}

// members returns the members of the list over all fields with the name.
func (s *spoken) members(name string) (members []string) {
	for _, member := range strings.Split(strings.Join(s.values(name), ","), ",") {
		members = append(members, strings.Trim(member, " \t"))
	}
	return members
}

// oracleHead reads a head the slow way. It returns nil unless in begins with a
// whole head that must be accepted, on a connection without TLS.
func oracleHead(in string) *spoken {
	line := requestLineABNF.groups(in)
	if line == nil {
		return nil
	}
	s := &spoken{method: line[1], target: line[2], minor: int(line[3][0] - '0')}
	if !s.oracleFields(in, len(line[0])) || !s.oracleTarget() || !s.oracleHost() || !s.oracleFraming() || !s.oracleExpect() {
		return nil
	}
	return s
}

// oracleFields reads the field lines from an offset on, and the empty line after
// them.
func (s *spoken) oracleFields(in string, offset int) bool {
	s.octets = offset
	for {
		field := fieldLineABNF.groups(in[s.octets:])
		if field == nil {
			break
		}
		s.octets += len(field[0])
		s.fields = append(s.fields, field[1], field[2])
	}
	ends := strings.HasPrefix(in[s.octets:], "\r\n")
	s.octets += len("\r\n")
	return ends
}

func (s *spoken) oracleTarget() bool {
	if s.method == "CONNECT" {
		s.form, s.authority = AuthorityForm, s.target
		groups := authorityABNF.groups(s.target)
		if groups == nil {
			return false
		}
		port, err := strconv.ParseUint(groups[1], 10, 16)
		return err == nil && port > 0
	}
	if s.target == "*" {
		s.form = AsteriskForm
		return s.method == "OPTIONS"
	}
	if groups := originABNF.groups(s.target); groups != nil {
		s.form, s.path, s.query = OriginForm, groups[1], groups[2]
		return true
	}
	groups := absoluteABNF.groups(s.target)
	if groups == nil {
		return false
	}
	s.form, s.scheme, s.authority, s.path, s.query = AbsoluteForm, groups[1], groups[2], groups[3], groups[4]
	return strings.ToLower(s.scheme) == "http"
}

func (s *spoken) oracleHost() bool {
	hosts := s.values("host")
	if len(hosts) == 0 {
		return s.minor == 0
	}
	s.hostIs = hosts[0]
	return len(hosts) == 1 && hostABNF.match(hosts[0])
}

func (s *spoken) oracleFraming() bool {
	codings, lengths := s.values("transfer-encoding"), s.values("content-length")
	switch {
	case len(codings) > 0:
		s.framing = "chunked"
		members := s.members("transfer-encoding")
		return s.minor > 0 && len(lengths) == 0 && len(members) == 1 && octets(`^(?i)[c]hunked$`).match(members[0])
	case len(lengths) > 0:
		n, err := strconv.ParseInt(lengths[0], 10, 64)
		s.framing = "length " + strconv.FormatInt(n, 10)
		return len(lengths) == 1 && octets(`^[0-9]+$`).match(lengths[0]) && err == nil
	}
	s.framing = "none"
	return true
}

func (s *spoken) oracleExpect() bool {
	for _, member := range s.members("expect") {
		if s.minor > 0 && member != "" && strings.ToLower(member) != "100-continue" {
			return false
		}
	}
	return true
}

var statusLineABNF = octets(`^HTTP/1\.([0-9]) ([0-9]{3})(?: ([\t \x21-\x7e\x80-\xff]*))?\r\n`)

// answered is the head of a response as the oracle reads it.
type answered struct {
	spoken
	status           int
	reason           string
	persistent, both bool
}

// oracleResponse reads the head of a response to a request with the method the slow
// way. It returns nil unless in begins with a whole one that must be accepted.
func oracleResponse(in, method string) *answered {
	line := statusLineABNF.groups(in)
	if line == nil {
		return nil
	}
	a := &answered{spoken: spoken{minor: int(line[1][0] - '0')}, reason: line[3]}
	a.status, _ = strconv.Atoi(line[2])
	if !a.oracleFields(in, len(line[0])) {
		return nil
	}
	codings, lengths := a.values("transfer-encoding"), a.values("content-length")
	a.both = len(codings) > 0 && len(lengths) > 0
	var numbers []int64
	for _, length := range lengths {
		if !octets(`^[ \t,]*[0-9]+(?:[ \t]*,[ \t]*[0-9]+|[ \t]*,)*[ \t]*$`).match(length) {
			return nil
		}
		for _, digits := range regexp.MustCompile(`[0-9]+`).FindAllString(length, -1) {
			n, err := strconv.ParseInt(digits, 10, 64)
			numbers = append(numbers, n)
			if err != nil || n != numbers[0] {
				return nil
			}
		}
	}
	final := octets(`(?i)(?:^|,)[ \t]*[c]hunked[ \t]*(?:,[ \t]*)*$`).match(strings.Join(codings, ","))
	switch {
	case method == "HEAD", a.status >= 100 && a.status < 200, a.status == 204, a.status == 304,
		method == "CONNECT" && a.status >= 200 && a.status < 300:
		a.framing = "none"
	case final:
		a.framing = "chunked"
	case len(codings) > 0 || len(lengths) == 0:
		a.framing = "close"
	default:
		a.framing = "length " + strconv.FormatInt(numbers[0], 10)
	}
	option := func(name string) bool {
		return slices.ContainsFunc(a.members("connection"), func(m string) bool { return latin1Fold(m) == name })
	}
	a.persistent = a.framing != "close" && !option("close") &&
		(a.minor > 0 || option("keep-alive") && len(codings) == 0)
	return a
}

// latin1Fold returns octets with ASCII letters in lower case.
func latin1Fold(in string) string {
	folded := []byte(in)
	for i, octet := range folded {
		if octet >= 'A' && octet <= 'Z' {
			folded[i] += 'a' - 'A'
		}
	}
	return string(folded)
}

// oracleChunked reads a chunked body the slow way. It returns false unless in
// begins with a whole one that must be accepted.
func oracleChunked(in string) (got decoded, ok bool) {
	for {
		line := chunkSizeABNF.groups(in[got.accepted:])
		if line == nil {
			return got, false
		}
		got.accepted += len(line[0])
		size, err := strconv.ParseInt(line[1], 16, 64)
		if err != nil {
			return got, false
		}
		if size == 0 {
			break
		}
		rest := in[got.accepted:]
		if size > int64(len(rest)) || !strings.HasPrefix(rest[size:], "\r\n") {
			return got, false
		}
		got.data += rest[:size]
		got.accepted += int(size) + len("\r\n")
	}
	for {
		field := fieldLineABNF.groups(in[got.accepted:])
		if field == nil {
			break
		}
		got.accepted += len(field[0])
		if !ForbiddenInTrailer(field[1]) {
			got.trailer += "[" + field[1] + ": " + field[2] + "]"
		}
	}
	ok = strings.HasPrefix(in[got.accepted:], "\r\n")
	got.accepted += len("\r\n")
	return got, ok
}
