// Package browser checks the page of the messages in a real Chromium.
package browser

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"rawserve/cmd/rawserve/internal/live/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.RunTests(m)) }

// tab is a tab with the page of a server of its own.
type tab struct {
	*browser.Tab
	t      *testing.T
	server *browser.Server
}

// live is true when the page has listed the messages and follows the feed.
const live = `document.querySelector("#state").dataset.state === "live"`

// open starts a server and opens its page.
func open(t *testing.T, flags ...string) *tab {
	t.Helper()
	p := &tab{t: t}
	p.start(flags...)
	t.Cleanup(func() { p.server.Stop() })
	p.Tab = browser.NewTab(t)
	p.Expected = append(p.Expected, "status of 4") // answers that the page has to explain
	p.Visit("http://"+p.server.Addr+"/", 1000, 800)
	p.Until(live)
	return p
}

// start starts a server.
func (p *tab) start(flags ...string) {
	p.t.Helper()
	server, err := browser.StartPlain(browser.Command, flags...)
	if err != nil {
		p.t.Fatal(err)
	}
	p.server = server
}

// press types keys into what has the focus.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.Run(chromedp.KeyEvent(keys))
}

// send types Ctrl+Enter.
func (p *tab) send() {
	p.t.Helper()
	p.Run(chromedp.KeyEvent("\r", chromedp.KeyModifiers(2)))
}

// focus gives an element the focus, as a person does with the keyboard.
func (p *tab) focus(selector string) {
	p.t.Helper()
	p.Run(chromedp.Focus(selector, chromedp.ByQuery))
}

// wantFocus waits until an element has the focus.
func (p *tab) wantFocus(selector string) {
	p.t.Helper()
	p.Until(fmt.Sprintf(`document.activeElement.matches(%q)`, selector))
}

// wantList waits until the messages on the page are these, the newest first.
func (p *tab) wantList(texts ...string) {
	p.t.Helper()
	want := fmt.Sprintf("%q", strings.Join(texts, "|"))
	p.Until(`[...document.querySelectorAll("#list > li > .body")].map((e) => e.textContent).join("|") === ` + want)
}

// ask sends a request as another client would.
func (p *tab) ask(method, path, body string) string {
	p.t.Helper()
	request, err := http.NewRequest(method, "http://"+p.server.Addr+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	if response.StatusCode > 299 {
		p.t.Fatalf("%s %s: %s %s", method, path, response.Status, answer)
	}
	return string(answer)
}
