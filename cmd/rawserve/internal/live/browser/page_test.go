package browser

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Check 15: light, dark, forced colours, narrow and enlarged.
func TestLooks(t *testing.T) {
	p := open(t)
	p.exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nX: y \r\n\r\n3;q=1\r\nabc\r\n0\r\nT: u\r\n\r\n")
	p.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nrest")
	looks := []struct {
		name           string
		scheme, forced string
		width, scale   int64
	}{
		{"light-1440", "light", "none", 1440, 1}, {"dark-1440", "dark", "none", 1440, 1},
		{"light-1100", "light", "none", 1100, 1}, {"light-768", "light", "none", 768, 1},
		{"light-320", "light", "none", 320, 1}, {"dark-320", "dark", "none", 320, 1},
		{"zoom-200", "light", "none", 640, 2}, {"forced", "dark", "active", 1440, 1}, {"forced-320", "light", "active", 320, 1},
	}
	for _, look := range looks {
		p.Run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "forced-colors", Value: look.forced}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}), chromedp.EmulateViewport(look.width, 900, chromedp.EmulateScale(float64(look.scale))))
		for conn := 1; conn <= 2; conn++ {
			p.show(conn, 1)
			for _, view := range []string{"go", "framing", "wire"} {
				p.Do(fmt.Sprintf("setView(%q)", view))
				p.check(look.name+" "+view, Clipped)
				if look.forced == "none" {
					p.check(look.name+" "+view, Faint)
				}
			}
		}
		p.Shot(look.name)
		p.dialogs(look.name, look.forced == "none")
	}
	p.Clean()
}

// dialogs checks the two dialogs.
func (p *tab) dialogs(name string, contrast bool) {
	p.t.Helper()
	for _, dialog := range []string{"composer", "helper"} {
		p.Do(fmt.Sprintf(`$("notice").hidden = true; $(%q).showModal()`, dialog))
		p.check(name+" "+dialog, strings.Replace(Clipped, `"button, select`, fmt.Sprintf(`"#%s button, #%s select`, dialog, dialog), 1))
		if contrast {
			p.check(name+" "+dialog, strings.Replace(Faint, "createTreeWalker(document.body", fmt.Sprintf("createTreeWalker($(%q)", dialog), 1))
		}
		p.Do(fmt.Sprintf(`$(%q).close()`, dialog))
	}
}

// check fails for everything that a script finds.
func (p *tab) check(where, script string) {
	p.t.Helper()
	for _, bad := range Eval[[]string](p.Tab, script) {
		p.t.Errorf("%s: %s", where, bad)
	}
}

// Check 16: the page asks nobody but its own server.
func TestOffline(t *testing.T) {
	p := open(t)
	p.Click(`[data-preset="hello"]`)
	p.Until(`state.detail && state.detail.c === 1 && state.detail.over`)
	requests := p.Requests()
	for _, address := range requests {
		if !strings.HasPrefix(address, p.server.Page+"/") && address != "about:blank" {
			t.Errorf("the page asked for %s", address)
		}
	}
	if len(requests) < 5 {
		t.Errorf("only %d requests were seen", len(requests))
	}
}

// Check 17: secrets are dots of the same number, unless a flag says otherwise.
func TestSecrets(t *testing.T) {
	const secret = "Bearer s3cr3t-t0ken"
	const value = `[...document.querySelectorAll("#grid .block.in .cell")].filter((e) => e.dataset.kind === "field value").slice(1).map((e) => e.textContent).join("")`
	for _, shown := range []bool{false, true} {
		var flags []string
		want := strings.Repeat("•", len(secret))
		if shown {
			flags, want = []string{"-xray-secrets"}, secret
		}
		p := open(t, flags...)
		c := p.dial()
		for _, part := range []string{"GET /raw HTTP/1.1\r\nHost: a\r\nAuthoriz", "ation: Bearer s3cr", "3t-t0ken\r\n"} {
			io.WriteString(c, part)
			p.Until(fmt.Sprintf(`state.detail && state.detail.c === 1 && state.detail.in.total >= %d`, len(part)))
		}
		io.WriteString(c, "\r\n")
		p.Until(`state.detail && state.detail.c === 1 && state.detail.over`)
		if got := Eval[string](p.Tab, value); got != want {
			t.Errorf("with the flag %v the value is %q", shown, got)
		}
		if text := p.Text("body"); strings.Contains(text, "s3cr3t") != shown {
			t.Errorf("with the flag %v the page says %q", shown, text)
		}
		if fixture := Eval[string](p.Tab, "state.detail.fixture + state.detail.printf"); strings.Contains(fixture, "s3cr") != shown {
			t.Errorf("with the flag %v the copy is %q", shown, fixture)
		}
		p.Clean()
	}
}

// Check 18: under another name the page is not served.
func TestWrongHost(t *testing.T) {
	p := open(t)
	page := &tab{t: t, server: &Server{Addr: strings.TrimPrefix(p.server.Page, "http://")}}
	answer := page.exchange("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.1 421 ") || strings.Contains(answer, "<html") {
		t.Errorf("the answer is %q", answer)
	}
}

// What is large, endless or no text at all neither hangs the page nor makes it
// grow without bound.
func TestBadInput(t *testing.T) {
	p := open(t)
	p.exchange("GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 60<<10) + "\r\n\r\n")
	p.exchange(strings.Repeat("\x00\xff<b>", 5000))
	p.exchange("PUT /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
		strings.Repeat("3e8\r\n"+strings.Repeat("d", 1000)+"\r\n", 3000) + "0\r\n\r\n")
	p.exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + strings.Repeat("1\r\nd\r\n", 9000) + "0\r\n\r\n")
	for conn := 1; conn <= 4; conn++ {
		p.show(conn, 1)
		p.Until(`state.detail.over`)
		for _, mode := range []string{"both", "bytes", "text"} {
			p.Do(fmt.Sprintf("setMode(%q)", mode))
			if cells := Eval[int](p.Tab, `document.querySelectorAll("#grid .cell").length`); cells == 0 || cells > 1500 {
				t.Errorf("connection %d has %d cells", conn, cells)
			}
		}
		if longest := Eval[int](p.Tab, `Math.max(...[...document.querySelectorAll("#grid .cell")].map((e) => e.textContent.length))`); longest > 2000 {
			t.Errorf("connection %d has a cell of %d characters", conn, longest)
		}
	}
	p.show(3, 1)
	if text := p.Text("#grid"); !strings.Contains(text, "not captured") {
		t.Error("a body of 3 MB is not said to be cut")
	}
	p.Clean()
}

// Offset 0 is an offset, wherever the page names one.
func TestRefusedAtTheFirstOctet(t *testing.T) {
	p := open(t)
	p.exchange("@ / HTTP/1.1\r\nHost: a\r\n\r\n")
	p.show(1, 1)
	p.Until(`state.detail.over`)
	p.Do(`$("steps").open = true`)
	p.Until(`$("same").textContent.includes("octet 0")`)
	for where, selector := range map[string]string{"the caret": ".caret", "the verdict": "#verdict"} {
		if text := p.Text(selector); !strings.Contains(text, "octet 0") {
			t.Errorf("%s says %q", where, text)
		}
	}
	if text := p.Text("body"); strings.Contains(text, "undefined") {
		t.Errorf("the page says %q", text)
	}
	p.Clean()
}
