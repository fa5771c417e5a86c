package httpwire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"rawserve/httpwire/syntax"
)

// failsWith returns a handler that makes half a response and then fails.
func failsWith(err error) Handler {
	return func(w *Response, r *Request) error {
		w.WriteHead(200, "Content-Type", "image/png", "ETag", `"x"`, "Expires", "Fri, 01 Jan 2100 00:00:00 GMT",
			"Content-Language", "cy", "Content-Location", "/x", "X-Request-Id", "7")
		w.WriteString("half an ima")
		return err
	}
}

// TestHandlerErrors: what a handler returns becomes the answer, as long as
// nothing has been sent.
func TestHandlerErrors(t *testing.T) {
	refusal := syntax.BadHost.At(7)
	const unknown = `500 {"status":500,"title":"Internal Server Error"}`
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"9457_3_unknown_error", errors.New("secret"), unknown},
		{"9457_3_problem", Fail(404, "no %s here", "cat"), `404 {"status":404,"title":"Not Found","detail":"no cat here"}`},
		{"9457_3_wrapped", fmt.Errorf("secret: %w", Fail(409, "")), `409 {"status":409,"title":"Conflict"}`},
		{"9457_3.2_extra", &Problem{Status: 422, Detail: `"<&>"`, Extra: map[string]any{"field": "text", "at": 3}},
			`422 {"status":422,"title":"Unprocessable Content","detail":"\"<&>\"","at":3,"field":"text"}`},
		{"9457_3.2_extra_that_is_no_json", &Problem{Status: 400, Extra: map[string]any{"f": nothing}},
			`400 {"status":400,"title":"Bad Request","f":null}`},
		{"9457_3_refusal", refusal,
			fmt.Sprintf(`400 {"status":400,"title":"Bad Request","detail":"%v; %s","offset":7,"rule":"%s"}`,
				refusal, refusal.Rule.Hint, refusal.Rule.ID)},
		{"9457_3_problem_around_a_refusal", &Problem{Status: 422, Err: refusal},
			`422 {"status":422,"title":"Unprocessable Content"}`},
		{"9457_3_status_without_a_reason_of_its_own", Fail(418, "no coffee"),
			`418 {"status":418,"title":"Client Error","detail":"no coffee"}`},
		{"9457_3_no_status", &Problem{Detail: "x"}, unknown},
		{"9457_3_status_without_content", Fail(204, "x"), unknown},
		{"9457_3_interim_status", Fail(101, "x"), unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			c := dial(t, &Server{Handler: failsWith(test.err), ErrorLog: logTo(&log)})
			c.send(get("/") + get("/"))
			c.closeWrite()
			a := c.expect("*", problemFields, "X-Request-Id: 7", "!ETag", "!Expires", "!Content-Language", "!Content-Location")
			check(t, "answer", fmt.Sprint(a.status, " ", strings.TrimSuffix(a.body, "\n")), test.want)
			if test.err == refusal {
				check(t, "Connection", a.get("Connection"), "close")
				c.expectClosed(ReasonRefused)
			} else {
				check(t, "second answer", c.expect("*", "!Connection").body, a.body)
				c.expectClosed(ReasonClientClosed)
			}
			<-c.served
			check(t, "told to the log", strings.Contains(log.String(), "exchange failed"), a.status == 500)
		})
	}
}

// notFound answers that there is nothing.
func notFound(w *Response, r *Request) error { return Fail(404, "") }

// TestHandlerErrorToHEAD: the answer to HEAD has the length of that to GET.
func TestHandlerErrorToHEAD(t *testing.T) {
	c := dial(t, &Server{Handler: notFound})
	c.send(request("HEAD", "/") + get("/"))
	head := c.expectTo("HEAD", "404 none")
	c.expect("404 length " + head.get("Content-Length") + " *")
}

// panicsLate panics when a part of the response has left.
func panicsLate(w *Response, r *Request) error {
	w.WriteString("begun")
	w.Flush()
	panic("late")
}

// TestHandlerFailsLate: after the head of a response an error or a panic cuts
// the connection, so that the client can see the response is not whole.
func TestHandlerFailsLate(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler Handler
	}{{"error", failsLate}, {"panic", panicsLate}} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			c := dial(t, &Server{Handler: test.handler, ErrorLog: logTo(&log)})
			c.send(get("/") + get("/"))
			c.closeWrite()
			c.expectCut()
			info := c.expectReason(ReasonHandlerFailed)
			check(t, "requests", info.Requests, 1)
			<-c.served
			checkContains(t, "log", log.String(), "late")
		})
	}
}

// panicsAtPanic panics where the target says so.
func panicsAtPanic(w *Response, r *Request) error {
	w.WriteString("not to be seen")
	if r.Target == "/panic" {
		panic("oh dear")
	}
	return nil
}

// TestPanic: a panic ends its exchange with 500 and keeps the connection. The
// client is not told why; the log is, and where.
func TestPanic(t *testing.T) {
	var log strings.Builder
	c := dial(t, &Server{Handler: panicsAtPanic, ErrorLog: logTo(&log)})
	c.send(get("/panic") + get("/") + post("/panic", "x") + get("/"))
	c.closeWrite()
	for range 2 {
		a := c.expect("500 length *", problemFields, "!Connection")
		check(t, "content", a.body, "{\"status\":500,\"title\":\"Internal Server Error\"}\n")
		c.expect("200 length 14 not to be seen")
	}
	c.expectClosed(ReasonClientClosed)
	<-c.served
	checkContains(t, "log", log.String(), "oh dear")
	checkContains(t, "log", log.String(), "handler_test.go")
}
