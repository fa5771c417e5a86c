package demo

import (
	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// required has the fields that an answer with a status must have by RFC 9110,
// Section 15, or without which it would be of no use.
var required = map[int][]string{
	206: {"Content-Range", "bytes 0-15/16"}, // of "Partial Content" and its newline
	301: {"Location", "/"},
	302: {"Location", "/"},
	303: {"Location", "/"},
	307: {"Location", "/"},
	308: {"Location", "/"},
	401: {"WWW-Authenticate", `Basic realm="rawserve"`},
	405: {"Allow", ""}, // no method would help
	407: {"Proxy-Authenticate", `Basic realm="rawserve"`},
	416: {"Content-Range", "bytes */0"},
	426: {"Upgrade", "websocket"},
}

// status answers with the status code that the path names. The content is its
// reason phrase, so that something can be seen without curl -v.
func status(w *httpwire.Response, r *httpwire.Request) error {
	code, err := number(r, "code", 200, 599)
	if err != nil {
		return err
	}
	switch code {
	case 204, 205, 304: // have no content
		return w.WriteHead(int(code))
	}
	return sendText(w, int(code), syntax.StatusText(int(code))+"\n", required[int(code)]...)
}
