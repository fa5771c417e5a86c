package live

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/xray"
)

// carriedSide returns a direction with octets, as a link would hold it.
func carriedSide(octets string) side {
	return side{Octets: base64.StdEncoding.EncodeToString([]byte(octets)), Total: int64(len(octets)), Kept: len(octets),
		Messages: []xray.Message{}, raw: []byte(octets), shown: []byte(octets)}
}

// open asks the page to open what a link holds.
func (s *liveServer) open(link string) (status int, opened portable, text string) {
	s.t.Helper()
	status, _, text = s.fetch("POST", "/carried", link, "Content-Type", "application/json")
	json.Unmarshal([]byte(text), &opened)
	return status, opened, text
}

// An exchange that goes out with a link comes back as it was.
func TestCarriedRoundTrip(t *testing.T) {
	s := startLive(t)
	s.watch()
	for i, request := range []string{
		"POST / HTTP/1.1\r\nHost: a\r\nCookie: abc.def\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n", hostile,
		"G@T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\nrest",
	} {
		_, _, before := s.fetch("GET", fmt.Sprintf("/exchange?c=%d&r=1", s.record(i+1, request)), "")
		status, opened, text := s.open(before)
		if status != 200 {
			t.Fatalf("%q is answered %d %s", request, status, text)
		}
		if !opened.Exchange.Carried || len(opened.Steps) != len(splits) || len(opened.Steps["whole"].Steps) == 0 {
			t.Errorf("what is opened is %+v", opened)
		}
		opened.Exchange.Carried = false
		if after, _ := json.Marshal(opened.Exchange); string(after) != before {
			t.Errorf("%q went out as\n%s\nand came back as\n%s", request, before, after)
		}
	}
}

// What a stranger has put into a link is text, or it is refused.
func TestCarriedIsNotBelieved(t *testing.T) {
	s := startLive(t)
	base := func() exchangeView {
		return exchangeView{Number: 1, When: "2026-01-02T03:04:05Z", In: carriedSide("GET / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\n\r\n"), Out: carriedSide("HTTP/1.1 204 No Content\r\n\r\n"),
			Blocks: []block{{Kind: pieceRead, Length: 43, To: 43}}, Exchange: &ExchangeInfo{Method: "GET", Status: 204}}
	}
	lie := base()
	lie.Closed, lie.Fixture, lie.Printf, lie.Broken = "\u202eevil", "evil", "evil", "evil"
	lie.Code = &snippet{Text: "evil"}
	lie.Says = map[string][]string{"evil": {"evil"}}
	lie.Opinions = []xray.Opinion{{Server: "evil"}}
	lie.In.Messages = []xray.Message{{Type: "evil"}}
	lie.Secrets = true
	lie.Exchange.Target, lie.Exchange.Refusal, lie.Exchange.Reason = strings.Repeat("\x1b", 1000), "evil", "\u202e"
	lie.Decisions = []decisionAt{{Name: "\x1b[31m", Value: "\u202e"}}
	link, _ := json.Marshal(lie)
	status, _, text := s.open(string(link))
	if status != 200 || strings.Contains(text, "evil") && !strings.Contains(text, `\\x80\\xaeevil`) || strings.ContainsAny(text, "\u202e\x1b") || shows(text) {
		t.Errorf("a lie is answered %d %s", status, text)
	}
	if strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("secret"))) || strings.Contains(text, "Cookie: secret") || !strings.Contains(text, "Cookie: ......") {
		t.Errorf("a secret is shown in %s", text)
	}
	for name, spoil := range map[string]func(v *exchangeView){
		"time":        func(v *exchangeView) { v.When = "yesterday" },
		"octets":      func(v *exchangeView) { v.In.Octets = "*" },
		"too many":    func(v *exchangeView) { v.In = carriedSide(strings.Repeat("x", capturePerExchange+1)) },
		"count":       func(v *exchangeView) { v.In.Total = 1 },
		"count more":  func(v *exchangeView) { v.Out.Total = 1 << 60 },
		"kind":        func(v *exchangeView) { v.Blocks[0].Kind = "<b>" },
		"backwards":   func(v *exchangeView) { v.Blocks[0].From = 60 },
		"negative":    func(v *exchangeView) { v.Blocks[0].From = -1 },
		"beyond":      func(v *exchangeView) { v.Blocks[0].To = 1 << 40 },
		"before":      func(v *exchangeView) { v.Blocks[0].Before = -1 },
		"long ago":    func(v *exchangeView) { v.Blocks[0].At = -1 << 60 },
		"many blocks": func(v *exchangeView) { v.Blocks = make([]block, burstPieces+1) },
		"decisions":   func(v *exchangeView) { v.Decisions = make([]decisionAt, carriedDecisions+1) },
	} {
		v := base()
		spoil(&v)
		link, _ := json.Marshal(v)
		if status, _, text := s.open(string(link)); status != 422 && status != 413 {
			t.Errorf("%s: %d %.200s", name, status, text)
		}
	}
	for _, link := range []string{"", "{}", "null", "[]", `{"in":{"octets":5}}`} {
		if status, _, text := s.open(link); status != 422 && status != 400 {
			t.Errorf("%q is answered %d %.200s", link, status, text)
		}
	}
}

// The example is a real exchange: it is dissected, stepped through and exported as
// any other.
func TestExample(t *testing.T) {
	s := startLive(t)
	_, _, text := s.fetch("GET", "/exchange?c=0&r=1", "")
	var v exchangeView
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if v.Exchange == nil || v.Exchange.Status != 200 || v.Closed != "client asked for close" || !v.Over || v.In.Messages[0].Verdict.Outcome != xray.Accept {
		t.Errorf("the example is %s", text)
	}
	reads := 0
	for _, b := range v.Blocks {
		if b.Kind == pieceRead {
			reads++
		}
	}
	if reads != 3 || len(v.In.Masked) != 1 {
		t.Errorf("the example has %d reads and the secrets %v", reads, v.In.Masked)
	}
	if says := v.Says["9112 §7.1.1"]; len(says) == 0 || !strings.Contains(says[0], "MUST") {
		t.Errorf("the sentences are %q", v.Says)
	}
	for _, form := range []string{"html", "har", "wire"} {
		if status, _ := s.exported(0, form); status != 200 {
			t.Errorf("the example as %s is answered %d", form, status)
		}
	}
	if len(s.recorder.log.events) != 0 || s.recorder.exchanges() != 0 {
		t.Error("the example counts as an exchange of the server")
	}
}

// A refusal comes with the sentence of the RFC.
func TestRefusalIsCited(t *testing.T) {
	v := &exchangeView{In: carriedSide("GET / HTTP/1.1\r\nHost : a\r\n\r\n")}
	v.explain()
	if !strings.Contains(v.Broken, "MUST reject, with a response status code of 400") {
		t.Errorf("the sentence is %q", v.Broken)
	}
	if c := v.Code; c == nil || c.File != "httpwire/syntax/field.go" || c.Line < 10 || !strings.HasPrefix(c.Text, "// badFieldName ") || !strings.HasSuffix(c.Text, "\n}") {
		t.Errorf("it is decided in %+v", v.Code)
	}
}
