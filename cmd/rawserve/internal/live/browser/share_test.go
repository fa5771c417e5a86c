package browser

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hostile is a request that would act in a page, or change the direction of text.
const hostile = "GET /a?b=</script><script>alert(1)</script> HTTP/1.1\r\nHost: a\r\nCookie: s3cr3t-t0ken\r\n" +
	"X-Markup: </script><img src=x onerror=alert(1)>\r\nX-Direction: \xe2\x80\xae\x85\xff\r\nConnection: close\r\n\r\n"

// Until something is captured, the page shows an example, and says so.
func TestExampleFirst(t *testing.T) {
	p := open(t)
	p.Until(`state.detail && state.detail.c === 0 && document.querySelector("#grid .cell")`)
	if about := p.Text("#about"); !strings.Contains(about, "An example") {
		t.Errorf("it says of itself %q", about)
	}
	if reads := Eval[int](p.Tab, `document.querySelectorAll('#grid [data-block="read"]').length`); reads != 3 {
		t.Errorf("the example has %d reads", reads)
	}
	if counts := p.Text("#counts"); !strings.Contains(counts, "0 exchanges") {
		t.Errorf("the counters say %q", counts)
	}
	p.Click("#replay")
	p.Until(`state.detail.c === 1 && state.detail.over`)
	if about := Eval[bool](p.Tab, `$("about").hidden`); !about {
		t.Error("what was captured is said to be an example")
	}
	p.Clean()
}

// The address names the exchange that is shown.
func TestAddress(t *testing.T) {
	p := open(t)
	for _, target := range []string{"/1", "/2", "/3"} {
		p.exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	p.show(2, 1)
	address := Eval[string](p.Tab, "location.href")
	p.visit()
	p.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
	p.Until(`state.detail && state.detail.c === 2`)
	if title := p.Text("#ex-title"); title != "GET /2" {
		t.Errorf("%s shows %q", address, title)
	}
	if here := p.Text("#here"); !strings.Contains(here, "c2") {
		t.Errorf("above the list it says %q", here)
	}
	p.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(p.server.Page+"/#run=another&c=2&r=1"))
	p.Until(`$("notice").textContent.includes("another run")`)
	p.Clean()
}

// A link holds an exchange, and opens at another server.
func TestLink(t *testing.T) {
	p := open(t)
	p.exchange(hostile)
	p.show(1, 1)
	p.Until(`state.detail.over`)
	const shown = `$("grid").textContent`
	want := Eval[string](p.Tab, shown)
	p.Click("#share summary")
	p.Click("#link")
	p.Until(`state.copied`)
	_, fragment, _ := strings.Cut(Eval[string](p.Tab, "state.copied"), "#")
	t.Logf("the link has %d characters", len(fragment))
	p.Clean()

	other := open(t)
	other.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(other.server.Page+"/#"+fragment))
	other.Until(`state.detail && state.detail.carried`)
	if got := Eval[string](other.Tab, shown); got != want {
		t.Errorf("the link opens as\n%q, not as\n%q", got, want)
	}
	if about := other.Text("#about"); !strings.Contains(about, "From a link") {
		t.Errorf("it says of itself %q", about)
	}
	if !Eval[bool](other.Tab, `$("replay").disabled && document.querySelector("#share a[data-as=har]").href === ""`) {
		t.Error("what came with a link can be sent")
	}
	other.Do(`$("steps").open = true`)
	other.Until(`$("same").textContent.startsWith("✓")`)
	for _, broken := range []string{fragment[:len(fragment)/2], "x=", "x=%00", "x=" + strings.Repeat("A", 70000), "x=q1YqSVSyUlAqSk1U0lFQqgUA"} {
		other.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(other.server.Page+"/#"+broken))
		other.Until(`!$("notice").hidden && state.detail && state.detail.c === 0`)
		if notice := other.Text("#notice"); !strings.HasPrefix(notice, "The link holds") && !strings.HasPrefix(notice, "The link is longer") && !strings.HasPrefix(notice, "The body is not") {
			t.Errorf("%.40s is answered %q", broken, notice)
		}
	}
}

// A saved exchange is the page without a server: nothing in it acts, nothing leaves.
func TestSavedHTML(t *testing.T) {
	p := open(t)
	p.exchange(hostile)
	p.show(1, 1)
	want := Eval[string](p.Tab, `$("grid").textContent`)
	name := filepath.Join(t.TempDir(), "saved.html")
	response, err := http.Get(p.server.Page + "/export?c=1&r=1&as=html")
	if err != nil {
		t.Fatal(err)
	}
	document, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if err := os.WriteFile(name, document, 0o644); err != nil {
		t.Fatal(err)
	}
	p.Clean()
	p = &tab{t: t, server: p.server, Tab: NewTab(t)}
	p.Visit("file://"+name, 1440, 900)
	p.Until(`state.detail && document.querySelector("#grid .cell")`)
	if got := Eval[string](p.Tab, `$("grid").textContent`); got != want || strings.Contains(string(document), "s3cr3t") {
		t.Errorf("it was saved as\n%q, not as\n%q", got, want)
	}
	if counts := p.Text("#counts"); counts != "recorded at "+p.server.Addr {
		t.Errorf("at the top it says %q", counts)
	}
	p.Do(`$("steps").open = true; setView("go"); setMode("both")`)
	p.Until(`$("same").textContent.startsWith("✓")`)
	if visible := Eval[bool](p.Tab, `$("pause").checkVisibility() || document.querySelector(".list").checkVisibility() || $("replay").checkVisibility()`); visible {
		t.Error("there are controls that need a server")
	}
	for _, address := range p.Requests() {
		if !strings.HasPrefix(address, "file://") && address != "about:blank" {
			t.Errorf("the document asked for %s", address)
		}
	}
	p.Shot("saved")
	p.Clean()
}

// Two exchanges stand side by side, and signs say where they differ.
func TestCompare(t *testing.T) {
	p := open(t)
	p.exchange("GET /status/201 HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nConnection: close\r\n\r\n")
	p.exchange("GET /status/202 HTTP/1.1\r\nHost: a\r\nX-Two: 2\r\nConnection: close\r\n\r\n")
	p.show(1, 1)
	p.Click("#comparing")
	p.Until(`$("compare").open && document.querySelector(".compared")`)
	p.Do(`$("other").value = "2/1"; $("other").dispatchEvent(new Event("change"))`)
	p.Until(`document.querySelector(".compared thead").textContent.includes("c2")`)
	rows := Eval[string](p.Tab, `[...document.querySelectorAll(".compared .pair")].map((row) => row.dataset.sign + row.textContent).join("\n")`)
	for _, want := range []string{"≠differsGET·/status/201", "=equalHost:·a", "−only hereX-One:·1", "+only thereX-Two:·2", "=equalConnection:·close", "≠differsstatus 201status 202"} {
		if !strings.Contains(strings.ReplaceAll(rows, "≠≠", "≠"), want) && !strings.Contains(strings.NewReplacer("−−", "−", "++", "+", "≠≠", "≠").Replace(rows), want) {
			t.Errorf("there is no %q in\n%s", want, rows)
		}
	}
	if marks := Eval[string](p.Tab, `[...document.querySelectorAll(".compared tbody:nth-of-type(2) mark")].map((m) => m.textContent).join()`); marks != "1,2" {
		t.Errorf("what differs in the request is marked as %q", marks)
	}
	p.Run(chromedp.KeyEvent(kb.Escape))
	p.Until(`!$("compare").open`)
	p.Clean()
}

// On a phone, what was tapped and what it is are in view together.
func TestSheet(t *testing.T) {
	p := open(t)
	for _, width := range []int64{390, 768, 1024} {
		p.Run(chromedp.EmulateViewport(width, 800), chromedp.Reload())
		p.Until(`state.detail && document.querySelector("#grid .cell")`)
		if y := Eval[float64](p.Tab, "scrollY"); y != 0 {
			t.Errorf("at %d the page loads scrolled by %.0f", width, y)
		}
		if Eval[bool](p.Tab, `$("selected").checkVisibility()`) {
			t.Errorf("at %d the sheet is open before anything was chosen", width)
		}
		for _, cell := range []string{`#grid .block.out .cell[data-kind="body"]`, `#grid .cell[data-kind="target"]`} {
			p.Click(cell)
			p.Until(`$("selected").checkVisibility()`)
			together := fmt.Sprintf(`(() => { const a = document.querySelector(%q).getBoundingClientRect(), b = $("selected").getBoundingClientRect(), kind = $("sel").firstChild.getBoundingClientRect();
				return a.top >= 0 && a.bottom <= b.top && b.bottom <= innerHeight + 1 && kind.bottom <= innerHeight && b.left >= 0 && b.right <= innerWidth; })()`, cell)
			p.Until(together)
		}
		p.Shot(fmt.Sprintf("sheet-%d", width))
		p.Run(chromedp.KeyEvent(kb.Escape))
		p.Until(`!$("selected").checkVisibility()`)
		p.Run(chromedp.KeyEvent(kb.Enter))
		p.Until(`$("selected").checkVisibility()`)
		p.Click("#sheet-close")
		p.Until(`!$("selected").checkVisibility()`)
		p.focused("after the sheet is closed")
	}
	p.Clean()
}

// However long the lists are, each is one tab stop, and arrow keys move in it.
func TestTabStops(t *testing.T) {
	p := open(t)
	for range 60 {
		p.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	p.Until(`document.querySelectorAll(".req").length === 60 && state.detail.over`)
	const stops = `[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")].filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility() && !e.closest("dialog") &&
		!(e.type === "radio" && !e.checked) && e.compareDocumentPosition($("grid")) & Node.DOCUMENT_POSITION_FOLLOWING).length`
	if n := Eval[int](p.Tab, stops); n > 20 {
		t.Errorf("there are %d tab stops before the octets", n)
	}
	p.Run(chromedp.Focus(`.req[tabindex="0"]`, chromedp.ByQuery), chromedp.KeyEvent(kb.Home))
	for range 3 {
		p.Run(chromedp.KeyEvent(kb.ArrowDown))
	}
	if at := Eval[int](p.Tab, `[...document.querySelectorAll(".req")].indexOf(document.activeElement)`); at != 3 {
		t.Errorf("three times down leads to row %d", at)
	}
	p.Run(chromedp.KeyEvent(kb.Enter))
	p.Until(`state.detail.c === 57`)
	if here := p.Text("#here"); !strings.Contains(here, "c57") {
		t.Errorf("above the list it says %q", here)
	}
	p.Clean()
}

// What is masked looks like no octet, in no view, and neither does its copy.
func TestMaskedIsSeen(t *testing.T) {
	p := open(t)
	p.exchange("GET /?token=ab.cd&x=1 HTTP/1.1\r\nHost: a\r\nCookie: e.f\r\nConnection: close\r\n\r\n")
	p.show(1, 1)
	for mode, want := range map[string]string{"text": "•••••,•••", "bytes": "•• •• •• •• •• ,•• •• ••"} {
		p.Do(fmt.Sprintf("setMode(%q)", mode))
		if got := Eval[string](p.Tab, `[...document.querySelectorAll("#grid .masked")].map((e) => e.textContent).join()`); got != want {
			t.Errorf("in the mode %s it is %q", mode, got)
		}
	}
	if label := Eval[string](p.Tab, `document.querySelector('#grid .cell:has(> .masked)[data-kind="field value"]').getAttribute("aria-label")`); label != "field value: masked, 3 octets" {
		t.Errorf("a screen reader says %q", label)
	}
	p.Run(chromedp.KeyEvent("f"))
	p.Until(`(state.copied || "").includes("# octets 12 to 16 are dots here")`)
	p.Clean()
}

// Reads that show nothing are one block.
func TestLargeBody(t *testing.T) {
	p := open(t)
	c := p.dial()
	fmt.Fprintf(c, "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n")
	for range 20 {
		io.WriteString(c, strings.Repeat("d", 50000))
	}
	io.ReadAll(c)
	p.show(1, 1)
	p.Until(`state.detail.over`)
	const empty = `[...document.querySelectorAll("#grid .block.in")].filter((e) => !e.querySelector(".cell"))`
	if n := Eval[int](p.Tab, empty+".length"); n != 1 {
		t.Errorf("there are %d blocks without an octet", n)
	}
	if text := Eval[string](p.Tab, empty+"[0].textContent"); !strings.Contains(text, "not captured") || !strings.Contains(text, "reads") {
		t.Errorf("it says %q", text)
	}
	p.Do(`document.querySelector("#grid .block.in .note button").click()`)
	p.Until(`document.querySelectorAll("#grid .block.in .cell").length > 0 && $("grid").textContent.length > 4000`)
	p.Clean()
}

// One read is one delivery, also if it brings head and body; after the last one
// nothing is looked for.
func TestStepper(t *testing.T) {
	p := open(t)
	p.exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	p.show(1, 1)
	p.Until(`state.detail.over`)
	p.Do(`$("steps").open = true`)
	p.Until(`$("same").textContent.startsWith("✓")`)
	if out := p.Text("#at-out"); !strings.HasSuffix(out, "in 1 of 1 delivery") {
		t.Errorf("the slider says %q", out)
	}
	step := Eval[string](p.Tab, `[...$("step").children].map((e) => e.textContent).join("|")`)
	if !strings.Contains(step, "looked for request-line|") || !strings.Contains(step, "looked for chunk size|") || !strings.HasSuffix(step, "looks for next|nothing: the request is complete") {
		t.Errorf("the step says %q", step)
	}
	p.Do(`document.querySelector("input[name=split][value=each]").click()`)
	p.Until(`deliveries.length > 50`)
	p.Do(`$("at").value = 20; $("at").dispatchEvent(new Event("input"))`)
	if step := p.Text("#step"); !strings.Contains(step, "need more") || strings.Contains(step, "complete") {
		t.Errorf("after 20 octets the step says %q", step)
	}
	p.Clean()
}

// The sentence of the RFC stands next to what it decides, and the times of the
// timeline have one unit.
func TestSentences(t *testing.T) {
	p := open(t)
	p.exchange("GET / HTTP/1.1\r\nHost : a\r\n\r\n")
	p.show(1, 1)
	for _, where := range []string{"#verdict blockquote", "#sel blockquote"} {
		p.Until(fmt.Sprintf(`document.querySelector(%q)`, where))
		if text := p.Text(where); !strings.Contains(text, "A server MUST reject, with a response status code of 400") {
			t.Errorf("%s says %q", where, text)
		}
	}
	p.Do(`document.querySelector('#sel a[href="#source"]').click()`)
	p.Until(`$("source").open`)
	if source := p.Text("#source"); !strings.HasPrefix(source, "httpwire/syntax/field.go:") || !strings.Contains(source, "func badFieldName(") {
		t.Errorf("it is decided in %q", source)
	}
	p.Do(`select(state.detail.in.parts[1].key, false)`)
	if text := p.Text("#sel .said"); !strings.Contains(text, "RFC 9112, Section 3 requires (4 sentences)") {
		t.Errorf("of a space it says %q", text)
	}
	if times := Eval[string](p.Tab, `[...document.querySelectorAll("#timeline span")].map((e) => e.textContent.replace(/[\d.,]+/, (n) => n.split(".")[1]?.length || 0)).filter((x, i, all) => all.indexOf(x) === i).join()`); strings.Contains(times, ",") {
		t.Errorf("the times are written in several ways: %s", times)
	}
	p.Clean()
}
