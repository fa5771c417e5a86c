package conformance_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"

	"rawserve/conformance"
)

// hello starts a server that answers every request with a greeting. A server in
// any language would do: all that is needed is its address.
func hello() (addr string, stop func()) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello")
	}))
	return s.Listener.Addr().String(), s.Close
}

// Judge a server by three of the built-in cases. One of them needs the role echo,
// a path that answers with the body it was sent. Probe finds that this server has
// none.
func ExampleRunner() {
	addr, stop := hello()
	defer stop()

	files, err := conformance.Corpus()
	if err != nil {
		log.Fatal(err)
	}
	cases := conformance.Select(files, regexp.MustCompile("^(host-missing|pipeline-two|te-chunked)$").MatchString)

	ctx := context.Background()
	server := &conformance.Server{Name: "mine", Addr: addr}
	if err := server.Probe(ctx); err != nil {
		log.Fatal(err) // nobody answers at this address
	}
	var runner conformance.Runner
	report := runner.Run(ctx, server, cases)
	for _, r := range report.Results {
		fmt.Printf("%s %s: %s\n", r.Verdict, r.Case.ID, r.Case.Title)
	}
	fmt.Println("failed:", report.Count(conformance.Fail))

	// Output:
	// PASS host-missing: An HTTP/1.1 request without Host
	// SKIP te-chunked: A chunked body is decoded, and the connection stays open
	// PASS pipeline-two: Two requests in one write: two answers
	// failed: 0
}

// Write a case of one's own and judge a server by it. The reason of a failure names
// the line of the case that the answer does not match.
func ExampleParse() {
	addr, stop := hello()
	defer stop()

	file, err := conformance.Parse("greeting.wire", []byte(`@id     greeting
@title  The front page says goodbye
@rule   rfc9110-9.1-01 MUST

> GET ${ok} HTTP/1.1
> Host: ${host}
>
< HTTP/1.1 200 OK
< Content-Length: *
<
{ goodbye
* open
`))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	server := &conformance.Server{Addr: addr}
	if err := server.Probe(ctx); err != nil {
		log.Fatal(err)
	}
	var runner conformance.Runner
	for _, r := range runner.Run(ctx, server, file.Cases).Results {
		fmt.Println(r.Verdict, r.Case.ID)
		fmt.Println(r.Reason)
	}

	// Output:
	// FAIL greeting
	// line 11: want content "goodbye", got "hello"
}
