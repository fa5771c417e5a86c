package syntax

import "bytes"

// maxMethod is the length of the longest method that is read, in octets. The
// longest registered one, UPDATEREDIRECTREF, has 17.
const maxMethod = 32

// requestLine parses a request-line, already cut from its line ending, which
// begins at offset at of the message.
//
//	request-line = method SP request-target SP HTTP-version
//
// Stricter than the RFC: exactly one space separates the parts.
// RFC 9112, Section 3.
func (h *Head) requestLine(line []byte, at int) *Error {
	method, err := method(line, at)
	if err != nil {
		return err
	}
	target := line[method+1:]
	if n := bytes.IndexByte(target, ' '); n >= 0 {
		target = target[:n]
	}
	h.Method = spanOf(at, at+method)
	h.Target = spanOf(at+method+1, at+method+1+len(target))
	if len(target) == 0 {
		return BadRequestLine.At(int(h.Target.Start))
	}
	err = h.requestTarget(target, string(line[:method]) == "CONNECT")
	if int(h.Target.End) == at+len(line) {
		if err == nil || err.Rule == UnknownTargetForm {
			return BadRequestLine.At(at + len(line)) // HTTP/0.9 had no version here
		}
		return err
	}
	if err = earlier(err, h.version(line, at)); err != nil {
		return err
	}
	return h.formFitsMethod(line[:method])
}

// method returns the length of the method that the line begins with; a space
// follows it.
//
//	method = token
//
// RFC 9110, Section 9.1.
func method(line []byte, at int) (int, *Error) {
	n := run(line, tchar)
	switch {
	case n > maxMethod:
		return 0, MethodTooLong.At(at + maxMethod)
	case n == len(line):
		return 0, BadRequestLine.At(at + n)
	case n == 0 || line[n] != ' ':
		return 0, BadMethod.At(at + n)
	}
	return n, nil
}

// version parses what follows the target.
func (h *Head) version(line []byte, at int) (err *Error) {
	version := spanOf(int(h.Target.End)+1, at+len(line))
	if h.Minor, err = httpVersion(line[int(version.Start)-at:], int(version.Start)); err == nil {
		h.Version = version
	}
	return err
}

// httpVersion parses what follows the second space and returns the minor
// version.
//
//	HTTP-version = HTTP-name "/" DIGIT "." DIGIT
//	HTTP-name    = %s"HTTP"
//
// Every HTTP/1.x is served as HTTP/1.1. RFC 9112, Section 2.3.
func httpVersion(version []byte, at int) (minor int, err *Error) {
	if string(version) == "HTTP/1.1" {
		return 1, nil // as nearly always
	}
	const form = "HTTP/d.d"
	for i, octet := range version {
		switch {
		case i == len(form):
			return 0, BadRequestLine.At(at + i)
		case form[i] == 'd' && is(octet, digit), form[i] == octet && octet != 'd':
		case octet == ' ':
			return 0, BadRequestLine.At(at + i)
		default:
			return 0, BadVersion.At(at + i)
		}
	}
	if len(version) < len(form) {
		return 0, BadVersion.At(at + len(version))
	}
	switch major := version[5]; major {
	case '1':
		return int(version[7] - '0'), nil
	case '0':
		return 0, BadVersion.At(at + 5)
	default:
		return 0, UnsupportedVersion.At(at + 5)
	}
}

// formFitsMethod checks the two forms of target that belong to one method each.
// RFC 9110, Section 7.1.
func (h *Head) formFitsMethod(method []byte) *Error {
	switch {
	case h.Form == AsteriskForm && string(method) != "OPTIONS":
		return MisplacedAsterisk.At(int(h.Target.Start))
	case h.Form == AuthorityForm && string(method) != "CONNECT":
		return MisplacedAuthority.At(int(h.Target.Start))
	}
	return nil
}
