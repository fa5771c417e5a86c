package browser

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"rawserve/cmd/rawserve/internal/live/browser"
)

// A person with a keyboard adds, edits and deletes; the focus is never lost, and a
// screen reader is told.
func TestByKeyboard(t *testing.T) {
	p := open(t)
	p.Until(`!document.querySelector("#empty").hidden`)
	p.focus("#text")
	p.press("one")
	p.send()
	p.wantList("one")
	p.wantFocus("#text")
	p.Until(`document.querySelector("#live").textContent.includes("Message 1 added.")`)
	p.press("two <b>&amp;</b>")
	p.press(kb.Tab)
	p.wantFocus("#new button")
	p.press(kb.Enter)
	p.wantList("two <b>&amp;</b>", "one")

	p.focus(`[aria-label="Edit message 1"]`)
	p.press(kb.Enter)
	p.wantFocus(".editor textarea")
	p.press(" more")
	p.send()
	p.wantList("two <b>&amp;</b>", "one more")
	p.wantFocus(`[aria-label="Edit message 1"]`)
	p.press(kb.Enter)
	p.wantFocus(".editor textarea")
	p.press(kb.Escape)
	p.wantFocus(`[aria-label="Edit message 1"]`)

	p.focus(`[aria-label="Delete message 2"]`)
	p.press(kb.Enter)
	p.wantFocus(`.really`)
	p.press(kb.Tab + kb.Enter) // keep it
	p.wantFocus(`[aria-label="Delete message 2"]`)
	p.press(kb.Enter)
	p.wantFocus(`.really`)
	p.press(kb.Enter)
	p.wantList("one more")
	p.wantFocus(`[aria-label="Edit message 1"]`)
	p.Until(`document.querySelector("#live").textContent.includes("Message 2 deleted.")`)
	if got := p.ask("GET", "/messages", ""); got != `[{"id":1,"text":"one more"}]`+"\n" {
		t.Errorf("the server has %s", got)
	}
	p.Clean()
}

// What others do shows up by itself.
func TestFollows(t *testing.T) {
	p := open(t)
	p.ask("POST", "/messages", `{"text":"a"}`)
	p.ask("POST", "/messages", `{"text":"b"}`)
	p.wantList("b", "a")
	p.ask("PATCH", "/messages/1", `{"text":"A"}`)
	p.wantList("b", "A")
	p.ask("DELETE", "/messages/2", "")
	p.wantList("A")
	p.Until(`document.querySelector("#count").textContent === "(1)"`)
	p.Clean()
}

// Two edit the same message: nothing that was typed is lost, whichever way it ends.
func TestConflict(t *testing.T) {
	for _, c := range []struct{ button, want string }{
		{".mine", "mine"}, {".theirs", "theirs"},
	} {
		t.Run(c.button, func(t *testing.T) {
			p := open(t)
			p.ask("POST", "/messages", `{"text":"first"}`)
			p.wantList("first")
			p.focus(".edit")
			p.press(kb.Enter)
			p.wantFocus(".editor textarea")
			p.Run(chromedp.SetValue(".editor textarea", "mine", chromedp.ByQuery))
			p.ask("PUT", "/messages/1", `{"text":"theirs"}`)
			p.Until(`document.querySelector(".what").textContent.startsWith("Somebody else is changing")`)
			p.send()
			p.wantFocus(".conflict")
			p.Until(`document.querySelector("blockquote").textContent === "theirs" && document.querySelector(".editor textarea").value === "mine"`)
			p.Shot("conflict" + c.button)
			p.focus(".conflict " + c.button)
			p.press(kb.Enter)
			if c.button == ".theirs" {
				p.wantFocus(".editor textarea")
				p.send()
			}
			p.wantList(c.want)
			p.wantFocus(".edit")
			if got := p.ask("GET", "/messages/1", ""); !strings.Contains(got, c.want) {
				t.Errorf("the server has %s", got)
			}
			p.Clean()
		})
	}
}

// A message that is deleted while somebody edits it can be added again.
func TestDeletedMeanwhile(t *testing.T) {
	p := open(t)
	p.ask("POST", "/messages", `{"text":"first"}`)
	p.wantList("first")
	p.focus(".edit")
	p.press(kb.Enter)
	p.wantFocus(".editor textarea")
	p.press(" and mine")
	p.ask("DELETE", "/messages/1", "")
	p.Until(`document.querySelector(".again").checkVisibility()`)
	p.focus(".again")
	p.press(kb.Enter)
	p.wantList("first and mine")
	p.wantFocus(`[aria-label="Edit message 2"]`)
	p.Clean()
}

// A text that is refused stays where it was typed.
func TestRefused(t *testing.T) {
	p := open(t)
	p.Run(chromedp.SetValue("#text", strings.Repeat("x", 17000), chromedp.ByQuery))
	p.focus("#text")
	p.send()
	p.Until(`document.querySelector("#problem").textContent.includes("more than the 16384 allowed")`)
	p.wantFocus("#text")
	if n := browser.Eval[int](p.Tab, `document.querySelector("#text").value.length`); n != 17000 {
		t.Errorf("%d characters are left", n)
	}
	p.Clean()
}

// The server stops and starts again, with nothing in its memory: the page finds out
// by itself what there is now.
func TestRestart(t *testing.T) {
	p := open(t)
	for i := range 3 {
		p.ask("POST", "/messages", fmt.Sprintf(`{"text":"before %d"}`, i+1))
	}
	p.wantList("before 3", "before 2", "before 1")
	addr := p.server.Addr
	p.server.Stop()
	p.Until(`document.querySelector("#state").dataset.state === "lost"`)
	p.focus("#text")
	p.press("typed while it was away")
	p.send()
	p.Until(`document.querySelector("#problem").textContent.includes("does not answer")`)
	p.start("-addr", addr)
	p.ask("POST", "/messages", `{"text":"after"}`)
	p.Until(live)
	p.wantList("after")
	p.send()
	p.wantList("typed while it was away", "after")
	p.Clean()
}

// A server that keeps its messages in a file is killed and started again: the page
// goes on where it was, nothing is lost and nothing there twice.
func TestRestartWithFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "messages")
	p := open(t, "-data", file)
	p.ask("POST", "/messages", `{"text":"before"}`)
	p.ask("POST", "/messages", `{"text":"deleted"}`)
	p.ask("DELETE", "/messages/2", "")
	p.wantList("before")
	p.Run(chromedp.Evaluate(`let gaps = 0; source.addEventListener("gap", () => gaps++); let created = 0; source.addEventListener("created", () => created++)`, nil))
	addr := p.server.Addr
	p.server.Kill()
	p.Until(`document.querySelector("#state").dataset.state === "lost"`)
	p.start("-addr", addr, "-data", file)
	p.ask("POST", "/messages", `{"text":"after"}`)
	p.wantList("after", "before")
	p.Until(live)
	if gaps, created := browser.Eval[int](p.Tab, "gaps"), browser.Eval[int](p.Tab, "created"); gaps != 0 || created != 1 {
		t.Errorf("the page heard of %d gaps and %d new messages, want 0 and 1", gaps, created)
	}
	p.Clean()
}

// Of very many messages the newest are shown, and the others counted.
func TestMany(t *testing.T) {
	p := open(t)
	for i := range 1010 {
		p.ask("POST", "/messages", fmt.Sprintf(`{"text":"%d"}`, i+1))
	}
	p.Until(`document.querySelectorAll("#list > li").length === 1000 && document.querySelector("#older").textContent === "10 older messages are not shown."`)
	p.Run(chromedp.Reload())
	p.Until(live + ` && document.querySelectorAll("#list > li").length === 1000 && document.querySelector("#older").textContent === "10 older messages are not shown."`)
	p.ask("PATCH", "/messages/1", `{"text":"old"}`)
	p.ask("DELETE", "/messages/2", "")
	p.Until(`document.querySelector("#older").textContent === "9 older messages are not shown." && document.querySelector("#count").textContent === "(1009)"`)
	p.Clean()
}

// Light and dark, narrow and wide: nothing is cut off, too small or too faint.
func TestLooks(t *testing.T) {
	p := open(t)
	p.ask("POST", "/messages", `{"text":"A message of some length, as people write them: with a sentence or two, and a link such as https://example.org/a/very/long/path/that/has/no/place/to/break/at/all/and/goes/on."}`)
	p.ask("POST", "/messages", `{"text":"Two\nlines"}`)
	p.ask("POST", "/messages", `{"text":"שלום, or: hello"}`)
	p.wantList("שלום, or: hello", "Two\nlines", "A message of some length, as people write them: with a sentence or two, and a link such as https://example.org/a/very/long/path/that/has/no/place/to/break/at/all/and/goes/on.")
	p.focus(`[aria-label="Edit message 2"]`)
	p.press(kb.Enter)
	p.wantFocus(".editor textarea")
	p.ask("PUT", "/messages/2", `{"text":"Three\nlines\nnow"}`)
	p.send()
	p.wantFocus(".conflict")
	p.focus(`[aria-label="Delete message 1"]`)
	p.press(kb.Enter)
	p.wantFocus(".really")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 768, 1440} {
			p.Run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.EmulateViewport(width, 900))
			name := fmt.Sprintf("%s-%d", scheme, width)
			p.Shot(name)
			for _, bad := range append(browser.Eval[[]string](p.Tab, browser.Clipped), browser.Eval[[]string](p.Tab, browser.Faint)...) {
				t.Errorf("%s: %s", name, bad)
			}
		}
	}
	p.Clean()
}
