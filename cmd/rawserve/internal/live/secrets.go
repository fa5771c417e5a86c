package live

import (
	"bytes"
	"slices"
	"strings"
)

// What nobody should see over a shoulder, or in a fixture that was copied from the
// page, is dots before anything is derived from it. The masks look at octets, not
// at what the parser makes of them: a request that is refused has its secrets
// too, where no parser finds them. Where it is not clear how far one reaches,
// more is masked rather than less.

// secretWords are what names hold that stand before a secret: of fields, of
// parameters of a target, of members of JSON. Names are compared in lower case
// and by their letters and digits alone, so that a blank or a control character
// in the middle of one changes nothing.
var secretWords = [...][]byte{
	[]byte("authorization"), []byte("authenticationinfo"), []byte("cookie"), []byte("token"), []byte("apikey"),
	[]byte("secret"), []byte("password"), []byte("passwd"), []byte("credential"), []byte("sessionid"), []byte("signature"),
}

// secretParameters are names of parameters that are secret as a whole word only.
var secretParameters = [...]string{"key", "sig", "pwd", "pass", "auth", "code", "jwt", "sid", "session"}

// longestName is how many octets of a line can be the name of a field.
const longestName = 128

// extent is where octets lie: from the first offset, up to the second.
type extent [2]int

// masker masks the secrets in octets.
type masker struct {
	in     []byte
	out    []byte   // nil until something is masked
	hidden []extent // what is masked, in any order
	first  bool     // the start-line has not come yet
	body   bool     // after the empty line that ends a head
	secret bool     // the line before this one ends in a secret
}

// mask returns octets in which secrets are dots, as many as there were octets,
// and where they are. Control characters stay as they are: they are what a
// request may be refused for, and lines keep their ends. The octets must begin
// with a line; how they were split into reads makes no difference.
func mask(octets []byte) (masked []byte, hidden []extent) {
	m := &masker{in: octets, first: true}
	for start := 0; start < len(octets); {
		end, next := m.lineAt(start)
		m.line(start, end)
		start = next
	}
	return m.masked()
}

// masked returns the octets with their secrets masked, and where those are.
func (m *masker) masked() (masked []byte, hidden []extent) {
	if m.out == nil {
		return m.in, nil
	}
	return m.out, merged(m.hidden)
}

// merged returns extents in order, those joined that touch.
func merged(extents []extent) (joined []extent) {
	slices.SortFunc(extents, func(a, b extent) int { return a[0] - b[0] })
	for _, e := range extents {
		if n := len(joined); n > 0 && e[0] <= joined[n-1][1] {
			joined[n-1][1] = max(joined[n-1][1], e[1])
			continue
		}
		joined = append(joined, e)
	}
	return joined
}

// lineAt returns where the line that begins at start ends, and where the next one
// begins. In a head only CR LF ends a line: what follows a bare CR or LF
// can still belong to a secret.
func (m *masker) lineAt(start int) (end, next int) {
	rest := m.in[start:]
	n, length := bytes.Index(rest, []byte("\r\n")), 2
	if m.body {
		n, length = bytes.IndexAny(rest, "\r\n"), 1
	}
	if n < 0 {
		return len(m.in), len(m.in)
	}
	return start + n, start + n + length
}

// line masks what is secret in one line.
func (m *masker) line(start, end int) {
	line := m.in[start:end]
	if len(line) == 0 {
		m.body = m.body || !m.first
		return
	}
	if m.body && isRequestLine(line) {
		m.first, m.body, m.secret = true, false, false // a request that was smuggled, or that is repeated
	}
	folded := line[0] == ' ' || line[0] == '\t'
	if m.secret && (folded || !m.body && bytes.IndexByte(line, ':') < 0) {
		m.hide(start+len(line)-len(bytes.TrimLeft(line, " \t")), end)
		return
	}
	from := len(line)
	m.secret = false
	for at := 0; at < len(line); {
		n := bytes.IndexAny(line[at:], "\r\n")
		if n < 0 {
			n = len(line) - at
		}
		if value, found := m.secretValue(line[at:at+n], m.first && at == 0); found {
			from, m.secret = at+value, true
			break
		}
		at += n + 1
	}
	m.userinfo(start, start+from)
	m.parameters(start, start+from, end)
	m.hide(start+from, end)
	m.first = false
}

// isRequestLine reports whether a line ends as a request-line does.
func isRequestLine(line []byte) bool {
	n := len(line) - len(" HTTP/1.1")
	return n > 0 && bytes.HasPrefix(line[n:], []byte(" HTTP/"))
}

// secretValue returns where the value of a secret field begins in a line.
func (m *masker) secretValue(line []byte, first bool) (from int, found bool) {
	name := line[:min(len(line), longestName)]
	colon := bytes.IndexByte(name, ':')
	switch {
	case colon >= 0:
		name = name[:colon]
	case m.body:
		return len(line), false
	}
	if m.body && bytes.IndexByte(name, '"') >= 0 {
		return len(line), false // JSON: see parameters
	}
	if first || colon < 0 { // only the first word: the rest is a target, or a value
		start := len(name) - len(bytes.TrimLeft(name, " \t"))
		if blank := bytes.IndexAny(name[start:], " \t"); blank >= 0 {
			name = name[:start+blank]
		}
	}
	end := wordEnd(name)
	if end < 0 {
		return len(line), false
	}
	for end < len(line) && isNameOctet(line[end]) {
		end++
	}
	value := bytes.TrimLeft(line[end:], " \t")
	value = bytes.TrimLeft(bytes.TrimPrefix(value, []byte(":")), " \t")
	return len(line) - len(value), true
}

// wordEnd returns the offset after the first secret word in a name, or -1.
func wordEnd(name []byte) int {
	letters, offsets := make([]byte, 0, longestName), make([]int, 0, longestName)
	for i, octet := range name {
		switch {
		case 'A' <= octet && octet <= 'Z':
			octet += 'a' - 'A'
		case 'a' <= octet && octet <= 'z', '0' <= octet && octet <= '9':
		default:
			continue
		}
		letters, offsets = append(letters, octet), append(offsets, i)
	}
	end := -1
	for _, word := range secretWords {
		if at := bytes.Index(letters, word); at >= 0 && (end < 0 || offsets[at+len(word)-1] < end) {
			end = offsets[at+len(word)-1] + 1
		}
	}
	return end
}

// isNameOctet reports whether an octet can continue a field name.
func isNameOctet(octet byte) bool {
	return octet == '-' || octet == '_' || '0' <= octet && octet <= '9' || 'A' <= octet && octet <= 'Z' || 'a' <= octet && octet <= 'z'
}

// parameters masks the values of secret parameters: name=value, and "name":"value"
// in a body. Whatever value reaches the end of the line may go on in the next.
func (m *masker) parameters(start, to, end int) {
	if m.first {
		if version := bytes.LastIndex(m.in[start:to], []byte(" HTTP/")); version >= 0 {
			to, end = start+version, -1
		}
	}
	name := start
	for at := start; at < to; at++ {
		value := at + 1
		switch octet := m.in[at]; {
		case octet == '=', octet == ':' && at > start && m.in[at-1] == '"':
		case octet == '%' && at+3 <= to && bytes.EqualFold(m.in[at:at+3], []byte("%3d")):
			value = at + 3
		case strings.IndexByte("&;?, \t\r\n{<'(", octet) >= 0:
			name = at + 1
			continue
		default:
			continue
		}
		if m.secretParameter(m.in[name:at], name > start && strings.IndexByte("?&", m.in[name-1]) >= 0) {
			over := m.valueEnd(value, to)
			m.hide(value, over)
			m.secret = m.secret || over == end && !m.body
			at = over - 1
		}
		name = max(value, at+1)
	}
}

// secretParameter reports whether the value of a parameter is secret.
func (m *masker) secretParameter(name []byte, whole bool) bool {
	plain := unescape(name[max(0, len(name)-longestName):])
	if wordEnd(plain) >= 0 {
		return true
	}
	for _, secret := range secretParameters {
		if whole && strings.EqualFold(string(plain), secret) {
			return true
		}
	}
	return false
}

// valueEnd returns where the value of a parameter ends. In a head nothing but an
// ampersand or the end of the line is sure to end it.
func (m *masker) valueEnd(value, to int) int {
	ends := "&"
	if m.body {
		ends = "& \"<,}"
		for value < to && (m.in[value] == ' ' || m.in[value] == '"') {
			value++
		}
	}
	if n := bytes.IndexAny(m.in[value:to], ends); n >= 0 {
		return value + n
	}
	return to
}

// unescape decodes the percent-encoding of a name.
func unescape(name []byte) []byte {
	if bytes.IndexByte(name, '%') < 0 {
		return name
	}
	var plain []byte
	for i := 0; i < len(name); i++ {
		high, low := -1, -1
		if name[i] == '%' && i+2 < len(name) {
			high, low = digit(name[i+1]), digit(name[i+2])
		}
		if high < 0 || low < 0 {
			plain = append(plain, name[i])
			continue
		}
		plain = append(plain, byte(high<<4|low))
		i += 2
	}
	return plain
}

// digit returns the value of a hexadecimal digit, or -1.
func digit(octet byte) int {
	value := strings.IndexByte("0123456789abcdefABCDEF", octet)
	if value > 15 {
		value -= 6
	}
	return value
}

// userinfo masks what stands before the at sign of an authority: after "//", in
// Host, and in a target that is no path. In a line that holds one target, not
// even a blank is sure to end an authority.
func (m *masker) userinfo(start, to int) {
	line := m.in[start:to]
	last := bytes.LastIndexByte(line, '@')
	if last < 0 {
		return
	}
	target, ends := m.targetOf(line), "/?#"
	switch {
	case target < 0:
		ends += " \t\"'<>"
	case !bytes.Contains(line, []byte("//")):
		if query := bytes.IndexByte(line, '?'); query >= 0 {
			last = bytes.LastIndexByte(line[:query], '@')
		}
		if target < last && line[target] != '/' {
			m.hide(start+target, start+last)
		}
		return
	}
	for at := 0; at < last; {
		n := bytes.Index(line[at:last], []byte("//"))
		if n < 0 {
			return
		}
		at += n + 2
		authority := line[at:]
		if n := bytes.IndexAny(authority, ends); n >= 0 {
			authority = authority[:n]
		}
		colon, sign := bytes.LastIndexByte(authority, ':'), bytes.LastIndexByte(authority, '@')
		switch {
		case sign >= 0:
			m.hide(start+at, start+at+sign)
		case target >= 0 && colon >= 0 && len(bytes.Trim(authority[colon+1:], "0123456789")) > 0:
			m.hide(start+at, start+last) // a password with a slash in it
			return
		}
	}
}

// targetFields are fields whose value is one address.
var targetFields = [...]string{"host", "referer", "location", "content-location"}

// targetOf returns where the one address begins that a line holds, or -1.
func (m *masker) targetOf(line []byte) int {
	if m.first {
		return bytes.IndexAny(line, " \t") + 1
	}
	name, value, found := bytes.Cut(line, []byte(":"))
	for _, field := range targetFields {
		if found && strings.EqualFold(string(bytes.TrimSpace(name)), field) {
			return len(line) - len(bytes.TrimLeft(value, " \t"))
		}
	}
	return -1
}

// hide overwrites octets with dots.
func (m *masker) hide(from, to int) {
	if from >= to {
		return
	}
	if m.out == nil {
		m.out = bytes.Clone(m.in)
	}
	dots(m.out[from:to])
	m.hidden = append(m.hidden, extent{from, to})
}

// dots overwrites octets, but no control characters.
func dots(octets []byte) {
	for i, octet := range octets {
		if octet >= ' ' && octet != 0x7f || octet == '\t' {
			octets[i] = '.'
		}
	}
}

// repeatedLength is how many octets of a secret make it recognised elsewhere.
const repeatedLength = 8

// repeated returns octets in which dots stand for what was masked in others: an
// answer may repeat the secrets of its request, in any form. Words of less
// than repeatedLength octets are not looked for.
func repeated(octets, raw, masked []byte) (shown []byte, hidden []extent) {
	words := map[[repeatedLength]byte]bool{}
	for i := 0; i < len(raw); {
		from := i
		for i < len(raw) && raw[i] != masked[i] && isWordOctet(raw[i]) {
			i++
		}
		if i-from >= repeatedLength {
			words[[repeatedLength]byte(raw[from:])] = true
		}
		i = max(i, from+1)
	}
	m := &masker{in: octets}
	for i := 0; len(words) > 0 && i+repeatedLength <= len(octets); i++ {
		if !words[[repeatedLength]byte(octets[i:])] {
			continue
		}
		from := i
		for i < len(octets) && isWordOctet(octets[i]) {
			i++
		}
		m.hide(from, i)
	}
	return m.masked()
}

// isWordOctet reports whether an octet stays as it is in any notation.
func isWordOctet(octet byte) bool { return isNameOctet(octet) }
