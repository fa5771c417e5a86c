package browser

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// clipped lists the controls that stand outside the window or are too small.
const clipped = `(() => {
	const bad = [];
	if (document.documentElement.scrollWidth > innerWidth + 1) bad.push("the page is " + document.documentElement.scrollWidth + " wide");
	for (const e of document.querySelectorAll("button, select, input:not([type=radio]), summary, textarea")) {
		const r = e.getBoundingClientRect();
		if (!r.width || !e.checkVisibility()) continue;
		if (r.left < -1 || r.right > innerWidth + 1) bad.push((e.id || e.textContent) + " from " + r.left + " to " + r.right);
		if (r.height < 24 || r.width < 24) bad.push((e.id || e.textContent) + " is " + r.width + " by " + r.height);
	}
	return bad;
})()`

// faint lists text whose contrast is below AA.
const faint = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const over = (colors) => { canvas.clearRect(0, 0, 1, 1); for (const c of colors) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); } return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const bad = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !e.checkVisibility() || e.closest(".sr, .skip, script, option, :disabled") || !e.getBoundingClientRect().width) continue;
		const layers = [];
		for (let a = e; a; a = a.parentElement) layers.unshift(getComputedStyle(a).backgroundColor);
		const style = getComputedStyle(e), back = over(["white", ...layers]), ink = over(["white", ...layers, style.color]);
		const [a, b] = [light(back), light(ink)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
		const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.add((e.id || e.className || e.dataset.kind || e.tagName) + " " + ratio.toFixed(2) + " " + n.textContent.trim().slice(0, 20));
	}
	return [...bad];
})()`

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
		p.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "forced-colors", Value: look.forced}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}), chromedp.EmulateViewport(look.width, 900, chromedp.EmulateScale(float64(look.scale))))
		for conn := 1; conn <= 2; conn++ {
			p.show(conn, 1)
			for _, view := range []string{"go", "framing", "wire"} {
				p.do(fmt.Sprintf("setView(%q)", view))
				p.check(look.name+" "+view, clipped)
				if look.forced == "none" {
					p.check(look.name+" "+view, faint)
				}
			}
		}
		p.shot(look.name)
		p.dialogs(look.name, look.forced == "none")
	}
	p.clean()
}

// dialogs checks the two dialogs.
func (p *tab) dialogs(name string, contrast bool) {
	p.t.Helper()
	for _, dialog := range []string{"composer", "helper"} {
		p.do(fmt.Sprintf(`$("notice").hidden = true; $(%q).showModal()`, dialog))
		p.check(name+" "+dialog, strings.Replace(clipped, `"button, select`, fmt.Sprintf(`"#%s button, #%s select`, dialog, dialog), 1))
		if contrast {
			p.check(name+" "+dialog, strings.Replace(faint, "createTreeWalker(document.body", fmt.Sprintf("createTreeWalker($(%q)", dialog), 1))
		}
		p.do(fmt.Sprintf(`$(%q).close()`, dialog))
	}
}

// check fails for everything that a script finds.
func (p *tab) check(where, script string) {
	p.t.Helper()
	for _, bad := range eval[[]string](p, script) {
		p.t.Errorf("%s: %s", where, bad)
	}
}

// Check 16: the page asks nobody but its own server.
func TestOffline(t *testing.T) {
	p := open(t)
	p.click(`[data-preset="hello"]`)
	p.until(`state.detail && state.detail.c === 1 && state.detail.over`)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, address := range p.requests {
		if !strings.HasPrefix(address, p.server.Page+"/") && address != "about:blank" {
			t.Errorf("the page asked for %s", address)
		}
	}
	if len(p.requests) < 5 {
		t.Errorf("only %d requests were seen", len(p.requests))
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
			p.until(fmt.Sprintf(`state.detail && state.detail.c === 1 && state.detail.in.total >= %d`, len(part)))
		}
		io.WriteString(c, "\r\n")
		p.until(`state.detail && state.detail.c === 1 && state.detail.over`)
		if got := eval[string](p, value); got != want {
			t.Errorf("with the flag %v the value is %q", shown, got)
		}
		if text := p.text("body"); strings.Contains(text, "s3cr3t") != shown {
			t.Errorf("with the flag %v the page says %q", shown, text)
		}
		if fixture := eval[string](p, "state.detail.fixture + state.detail.printf"); strings.Contains(fixture, "s3cr") != shown {
			t.Errorf("with the flag %v the copy is %q", shown, fixture)
		}
		p.clean()
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
		p.until(`state.detail.over`)
		for _, mode := range []string{"both", "bytes", "text"} {
			p.do(fmt.Sprintf("setMode(%q)", mode))
			if cells := eval[int](p, `document.querySelectorAll("#grid .cell").length`); cells == 0 || cells > 1500 {
				t.Errorf("connection %d has %d cells", conn, cells)
			}
		}
		if longest := eval[int](p, `Math.max(...[...document.querySelectorAll("#grid .cell")].map((e) => e.textContent.length))`); longest > 2000 {
			t.Errorf("connection %d has a cell of %d characters", conn, longest)
		}
	}
	p.show(3, 1)
	if text := p.text("#grid"); !strings.Contains(text, "not captured") {
		t.Error("a body of 3 MB is not said to be cut")
	}
	p.clean()
}

// Offset 0 is an offset, wherever the page names one.
func TestRefusedAtTheFirstOctet(t *testing.T) {
	p := open(t)
	p.exchange("@ / HTTP/1.1\r\nHost: a\r\n\r\n")
	p.show(1, 1)
	p.until(`state.detail.over`)
	p.do(`$("steps").open = true`)
	p.until(`$("same").textContent.includes("octet 0")`)
	for where, selector := range map[string]string{"the caret": ".caret", "the verdict": "#verdict"} {
		if text := p.text(selector); !strings.Contains(text, "octet 0") {
			t.Errorf("%s says %q", where, text)
		}
	}
	if text := p.text("body"); strings.Contains(text, "undefined") {
		t.Errorf("the page says %q", text)
	}
	p.clean()
}
