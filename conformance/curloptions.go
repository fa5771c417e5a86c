package conformance

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// curlValue says what an option of curl takes. A case may come from a stranger, so
// no option that is known here lets curl read or write a file of the user's, or ask
// another server.
type curlValue int

const (
	noValue  curlValue = iota
	anyValue           // octets that curl does not take for the name of a file
	dataValue
	fileValue
	sinkValue
	formatValue
	dateValue
	operandValue
	nextValue // none: --next, after which no earlier option counts any more
)

// curlOptions lists the options that a case may use. All others are refused: curl
// has more than 250 of them, and gets new ones with each version.
var curlOptions = map[string]curlValue{
	"-0": noValue, "--http1.0": noValue, "--http0.9": noValue, "--http1.1": noValue, "--http2": noValue,
	"--http2-prior-knowledge": noValue,

	"-i": noValue, "--include": noValue, "-I": noValue, "--head": noValue, "-s": noValue, "--silent": noValue,
	"-S": noValue, "--show-error": noValue, "-v": noValue, "--verbose": noValue, "-N": noValue, "--no-buffer": noValue,
	"-f": noValue, "--fail": noValue, "--fail-with-body": noValue,

	"-G": noValue, "--get": noValue, "-g": noValue, "--globoff": noValue, "-L": noValue, "--location": noValue,
	"--compressed": noValue, "--raw": noValue, "--tr-encoding": noValue, "--path-as-is": noValue,
	"--haproxy-protocol": noValue, "--ignore-content-length": noValue, "--no-keepalive": noValue,

	"-A": anyValue, "--user-agent": anyValue, "-e": anyValue, "--referer": anyValue, "-X": anyValue,
	"--request": anyValue, "--request-target": anyValue, "-r": anyValue, "--range": anyValue, "-C": anyValue,
	"--continue-at": anyValue, "--data-raw": anyValue, "-m": anyValue, "--max-time": anyValue,
	"--connect-timeout": anyValue, "--expect100-timeout": anyValue, "--max-redirs": anyValue, "--limit-rate": anyValue,

	"-d": dataValue, "--data": dataValue, "--data-ascii": dataValue, "--data-binary": dataValue, "--json": dataValue,
	"-H": dataValue, "--header": dataValue,

	"-T": fileValue, "--upload-file": fileValue,
	"-o": sinkValue, "--output": sinkValue, "-D": sinkValue, "--dump-header": sinkValue,
	"-w": formatValue, "--write-out": formatValue,
	"-z": dateValue, "--time-cond": dateValue,
	"--url": operandValue, "--next": nextValue,
}

// curlArgument compiles the option, with its value, or the URL at the beginning of
// words. It returns how many words that are.
func (k *compiler) curlArgument(l Line, run *curlRun, words []word) (taken int, err *Error) {
	t, err := k.word(l, words[0])
	if err != nil {
		return 0, err
	}
	run.words = append(run.words, t)
	if !strings.HasPrefix(words[0].text, "-") {
		run.asks++
		return 1, operandValue.check(l, words[0], t)
	}
	name, at, kind, err := run.option(l, words[0], t)
	switch {
	case err != nil || kind == noValue:
		return 1, err
	case kind == nextValue:
		run.next = append(run.next, len(run.words))
		return 1, nil
	case kind == operandValue:
		run.asks++
	}
	value := word{words[0].text[at:], words[0].column + at}
	taken = 1
	if value.text == "" {
		if len(words) == 1 {
			return 0, problem(l.Column+words[0].column, "%s without its value", name)
		}
		value, taken = words[1], 2
	}
	if t, err = k.word(l, value); err != nil {
		return 0, err
	}
	if taken == 2 {
		run.words = append(run.words, t)
	}
	return taken, kind.check(l, value, t)
}

// option reads a word of options: --name, or letters, the last of which may
// have its value in the same word, where at is. Curl must read the word in the same
// way whatever the values of substitutions are, so these have no place in a name
// and do not begin such a value.
func (run *curlRun) option(l Line, w word, t template) (name string, at int, kind curlValue, err *Error) {
	literal := t.leading()
	if strings.HasPrefix(literal, "--") {
		kind, known := curlOptions[w.text]
		if !known {
			return "", 0, 0, unknownOption(l, w, w.text)
		}
		run.verbose = run.verbose || w.text == "--verbose"
		return w.text, len(w.text), kind, nil
	}
	for i := 1; i < len(literal); i++ {
		name = "-" + literal[i:i+1]
		kind, known := curlOptions[name]
		if !known {
			return "", 0, 0, unknownOption(l, w, name)
		}
		run.verbose = run.verbose || name == "-v"
		if kind != noValue && (i+1 < len(literal) || literal == w.text) {
			return name, i + 1, kind, nil
		}
	}
	if literal != w.text || name == "" {
		return "", 0, 0, unknownOption(l, w, w.text)
	}
	return name, len(w.text), noValue, nil
}

// unknownOption says which options there are.
func unknownOption(l Line, w word, name string) *Error {
	return problem(l.Column+w.column, "a case may not use the option %s of curl: allowed are %s", name,
		strings.Join(slices.Sorted(maps.Keys(curlOptions)), " "))
}

// curlDate is a date as -z takes it. Other text is the name of a file to curl.
var curlDate = regexp.MustCompile(`^[A-Za-z0-9 ,:+-]+$`)

// check refuses a value of the wrong kind, and says which are right.
func (kind curlValue) check(l Line, w word, t template) *Error {
	literal := t.leading()
	whole := literal == w.text // no substitutions
	fits, allowed := true, ""
	switch kind {
	case dataValue:
		fits, allowed = t.isData(), "a value that begins with @ names a file, and a case may only send files of testdata: "+
			"write @${file name}, and no capture first"
	case fileValue:
		fits, allowed = len(t) == 1 && t[0].name == "file", "a case may only send files of testdata: write ${file name}"
	case sinkValue:
		fits, allowed = w.text == "/dev/null" || w.text == "-", "a case writes no files: only /dev/null and - are allowed here"
	case formatValue:
		fits = whole && !strings.HasPrefix(literal, "@") && !strings.Contains(strings.ToLower(literal), "%output")
		allowed = "a format is written out here: no @ at its beginning, no %output and no substitution are allowed"
	case dateValue:
		fits, allowed = curlDate.MatchString(w.text), "only a date is allowed here, such as 'Fri, 31 Dec 2049 23:59:59 GMT'"
	case operandValue:
		fits, allowed = t.isURL(), "curl asks only the server under test: a URL is ${url}, followed by nothing or a path"
	}
	if !fits {
		return problem(l.Column+w.column, "%s", allowed)
	}
	return nil
}

// leading returns the octets before the first substitution.
func (t template) leading() string {
	var b strings.Builder
	for _, p := range t {
		if p.name != "" {
			break
		}
		b.WriteString(p.octets)
	}
	return b.String()
}

// isData reports whether curl reads no file but one of testdata for a value, on any
// server: an "@" at its beginning stands before ${file name}, and what its
// first octet will be is known.
func (t template) isData() bool {
	if len(t) == 0 {
		return true
	}
	if t.leading() == "@" {
		return len(t) == 2 && t[1].name == "file"
	}
	switch first := t[0]; first.name {
	case "", "repeat":
		return first.octets[0] != '@' && (first.name == "" || first.count > 0)
	case "url", "file":
		return true
	}
	return false
}

// isURL reports whether t is a URL of the server under test: nothing that follows
// ${url} can become a part of its host or port.
func (t template) isURL() bool {
	if len(t) == 0 || t[0].name != "url" {
		return false
	}
	if len(t) == 1 {
		return true
	}
	switch next := t[1]; {
	case next.name == "" || next.name == "repeat" && next.count > 0:
		return strings.IndexByte("/?#", next.octets[0]) >= 0
	case slices.Contains(roles, next.name):
		return true
	default:
		return !builtIn(next.name) // a captured path; --connect-to guards it
	}
}
