package browser

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"rawserve/cmd/rawserve/internal/live/browser"
)

// openChat opens another window on the chat of the same server.
func (p *tab) openChat(name string) *tab {
	p.t.Helper()
	q := &tab{t: p.t, server: p.server, Tab: browser.NewTab(p.t)}
	q.Expected = append(q.Expected, "WebSocket connection to") // while the server is away
	q.Visit("http://"+p.server.Addr+"/chat", 800, 700)
	q.Until(live)
	q.Run(chromedp.SetValue("#name", name, chromedp.ByQuery))
	return q
}

// say says something, as a person does.
func (p *tab) say(text string) {
	p.t.Helper()
	p.focus("#text")
	p.press(text)
	p.press("\r")
}

// wantSaid waits until these are the last lines of the chat, the newest last.
func (p *tab) wantSaid(lines ...string) {
	p.t.Helper()
	p.Until(fmt.Sprintf(`JSON.stringify([...document.querySelectorAll("#list > li")].map((e) => e.querySelector(".name").textContent + " " + e.querySelector(".body").textContent)) === JSON.stringify(%s)`,
		jsonOf(lines)))
}

func jsonOf(lines []string) string {
	s := "["
	for i, line := range lines {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf("%q", line)
	}
	return s + "]"
}

// Two windows talk. The server is killed and comes back: what was said meanwhile is
// kept in the window, and is there once.
func TestChat(t *testing.T) {
	file := filepath.Join(t.TempDir(), "messages")
	p := open(t, "-data", file)
	ada, bob := p.openChat("Ada"), p.openChat("Bob")
	ada.say("hello")
	bob.wantSaid("Ada hello")
	bob.say("<b>hi</b>")
	ada.wantSaid("Ada hello", "Bob <b>hi</b>")

	addr := p.server.Addr
	p.server.Kill()
	ada.Until(`document.querySelector("#state").dataset.state === "lost"`)
	ada.say("are you there?")
	ada.say("are you there?") // twice is twice
	p.start("-addr", addr, "-data", file)
	said := []string{"Ada hello", "Bob <b>hi</b>", "Ada are you there?", "Ada are you there?"}
	ada.wantSaid(said...)
	bob.wantSaid(said...)
	bob.say("yes")
	ada.wantSaid(append(said, "Bob yes")...)

	p.ask("PUT", "/messages/5", `{"text":"Bob: yes, I am"}`)
	p.ask("DELETE", "/messages/4", "")
	ada.wantSaid("Ada hello", "Bob <b>hi</b>", "Ada are you there?", "Bob yes, I am")
	ada.Clean()
	bob.Clean()
}

// A server that keeps nothing is started again: the chat begins again, and what was
// said while it was away is said.
func TestChatBeginsAgain(t *testing.T) {
	p := open(t)
	ada := p.openChat("Ada")
	ada.say("before")
	ada.wantSaid("Ada before")
	addr := p.server.Addr
	p.server.Kill()
	ada.Until(`document.querySelector("#state").dataset.state === "lost"`)
	ada.say("meanwhile")
	p.start("-addr", addr)
	ada.wantSaid("Ada meanwhile")
	ada.Clean()
}

// What was never sent is not there, though somebody else has said the same.
func TestChatSaidByAnother(t *testing.T) {
	file := filepath.Join(t.TempDir(), "messages")
	p := open(t, "-data", file)
	ada := p.openChat("Ada")
	ada.say("hello")
	ada.wantSaid("Ada hello")
	addr := p.server.Addr
	p.server.Kill()
	ada.Until(`document.querySelector("#state").dataset.state === "lost"`)
	ada.say("hello")
	p.start("-data", file) // at another address
	p.ask("POST", "/messages", `{"text":"Ada: hello"}`)
	p.server.Kill()
	p.start("-addr", addr, "-data", file)
	ada.wantSaid("Ada hello", "Ada hello", "Ada hello")
	ada.Clean()
}

// What the server refuses is given back.
func TestChatRefused(t *testing.T) {
	p := open(t)
	ada := p.openChat("Ada")
	ada.Run(chromedp.Evaluate(`document.querySelector("#text").value = "x".repeat(17000); document.querySelector("#say").requestSubmit()`, nil))
	ada.Until(`document.querySelector("#problem").textContent.includes("octets") && document.querySelector("#text").value.length === 17000`)
	ada.Clean()
}

// Light and dark, narrow and wide: nothing is cut off, too small or too faint.
func TestChatLooks(t *testing.T) {
	p := open(t)
	ada := p.openChat("Ada")
	for i := range 12 {
		ada.say(fmt.Sprintf("line %d of several, long enough to be wrapped where the window is narrow", i+1))
	}
	ada.Until(`document.querySelectorAll("#list > li").length === 12`)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 768, 1440} {
			ada.Run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.EmulateViewport(width, 900))
			name := fmt.Sprintf("chat-%s-%d", scheme, width)
			ada.Shot(name)
			for _, bad := range append(browser.Eval[[]string](ada.Tab, browser.Clipped), browser.Eval[[]string](ada.Tab, browser.Faint)...) {
				t.Errorf("%s: %s", name, bad)
			}
		}
	}
	ada.Clean()
}
