package router

import (
	"fmt"
	"strings"
)

// maxParams bounds the parameters of one pattern, so that a match keeps their
// values in an array on the stack.
const maxParams = 16

// kind says what a segment of a pattern matches.
type kind uint8

const (
	static kind = iota // its own text, compared with the decoded segment
	param              // ":name": any one segment that is not empty
	rest               // "*name": everything that is left, at the end only
)

// segment is what a pattern has between two slashes.
type segment struct {
	kind kind
	text string // the text to match, or the name of the parameter
}

// patternError says why a pattern is refused, and at which octet.
type patternError struct {
	offset int
	reason string
}

// parsePattern splits a pattern into its segments:
//
//	pattern = 1*( "/" segment )
//	segment = [ text ] / ":" name / "*" name
//	name    = 1*( ALPHA / DIGIT / "_" )
//
// A name occurs once, and "*" only in the last segment. "/a" has one segment,
// "/a/" two: the second is empty.
func parsePattern(pattern string) ([]segment, *patternError) {
	if !strings.HasPrefix(pattern, "/") {
		return nil, notAPath(pattern)
	}
	// The end of the pattern is one past its last octet: a slash there begins
	// an empty segment.
	var segments []segment
	names := map[string]bool{}
	for offset := 1; offset <= len(pattern); {
		text, _, more := strings.Cut(pattern[offset:], "/")
		s, err := parseSegment(text, more)
		if err == nil && s.kind != static {
			err = claim(names, s.text)
		}
		if err != nil {
			err.offset += offset
			return nil, err
		}
		segments = append(segments, s)
		offset += len(text) + 1
	}
	return segments, nil
}

// notAPath explains a pattern without its leading slash. One that begins with a
// method, as in net/http, is told where the method goes.
func notAPath(pattern string) *patternError {
	if method, path, ok := strings.Cut(pattern, " "); ok && strings.HasPrefix(path, "/") {
		return &patternError{0, fmt.Sprintf("the method is an argument of its own: Handle(%q, %q, ...)", method, path)}
	}
	return &patternError{0, "a pattern begins with a slash"}
}

// claim records the name of a parameter, which a pattern may use once.
func claim(names map[string]bool, name string) *patternError {
	if names[name] {
		return &patternError{0, fmt.Sprintf("the parameter %q occurs twice", name)}
	}
	if len(names) == maxParams {
		return &patternError{0, fmt.Sprintf("more than %d parameters", maxParams)}
	}
	names[name] = true
	return nil
}

// parseSegment reads one segment; more says that others follow it. The offset
// of an error counts from the start of the segment.
func parseSegment(text string, more bool) (segment, *patternError) {
	switch {
	case strings.HasPrefix(text, ":"):
		return named(param, text)
	case strings.HasPrefix(text, "*") && more:
		return segment{}, &patternError{0, "a wildcard takes all that is left, so it can only be at the end"}
	case strings.HasPrefix(text, "*"):
		return named(rest, text)
	default:
		return segment{static, text}, checkText(text)
	}
}

// named reads the name after the colon or asterisk that begins a segment.
func named(k kind, text string) (segment, *patternError) {
	name := text[1:]
	if name == "" {
		return segment{}, &patternError{0, fmt.Sprintf("the parameter needs a name, such as %s%s", text, [...]string{param: "id", rest: "rest"}[k])}
	}
	if n := strings.IndexFunc(name, notInName); n >= 0 {
		return segment{}, &patternError{1 + n, "a parameter fills its whole segment, and its name has letters, digits and underscores only"}
	}
	return segment{k, name}, nil
}

// notInName reports whether a character is none of those a name is made of.
func notInName(c rune) bool {
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !letter && c != '_' && (c < '0' || c > '9')
}

// checkText refuses text that looks like a parameter in the syntax of another
// router, or that no decoded segment of a path can match. The route would never
// be reached, and nobody would notice until production.
func checkText(text string) *patternError {
	n := strings.IndexAny(text, "{}:*?#%")
	if n < 0 {
		return nil
	}
	// Each message says what to write instead.
	switch text[n] {
	case '{', '}':
		return &patternError{n, fmt.Sprintf("braces are not used here: write %q", unbraced(text))}
	case ':', '*':
		return &patternError{n, "a parameter fills its whole segment: put a slash before it"}
	case '%':
		return &patternError{n, "patterns are compared with decoded segments: write the character itself, such as a space for %20"}
	default:
		return &patternError{n, "a pattern is a path, without query or fragment"}
	}
}

// unbraced turns the parameter of another syntax into ours: "{id}" into ":id",
// and "{path...}" into "*path".
func unbraced(text string) string {
	name := strings.Trim(text, "{}")
	if name, ok := strings.CutSuffix(name, "..."); ok {
		return "*" + name
	}
	if strings.IndexFunc(name, notInName) >= 0 || name == "" {
		name = "name"
	}
	return ":" + name
}
