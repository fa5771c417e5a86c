// Package browser checks the page of the messages in a real Chromium.
package browser

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	driver "rawserve/cmd/rawserve/internal/live/browser"
)

// What all tests share: the command, and one browser with a tab for each.
var (
	command string
	browser context.Context
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain builds the server and starts the browser. Without a browser there is
// nothing to test, except where one must be.
func testMain(m *testing.M) int {
	if driver.Chromium() == "" {
		if os.Getenv("RAWSERVE_CI") != "" {
			fmt.Println("chromium is missing; it must be installed for RAWSERVE_CI")
			return 1
		}
		fmt.Println("SKIP: chromium is not installed")
		return 0
	}
	dir, err := os.MkdirTemp("", "web-browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	if command, err = driver.Build(dir); err != nil {
		fmt.Println(err)
		return 1
	}
	ctx, cancel := driver.Open(filepath.Join(dir, "profile"))
	defer cancel()
	if err := chromedp.Run(ctx); err != nil {
		fmt.Println("chromium does not start:", err)
		return 1
	}
	browser = ctx
	return m.Run()
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// tab is a tab with the page of a server of its own.
type tab struct {
	t      *testing.T
	ctx    context.Context
	server *driver.Server

	mu       sync.Mutex
	problems []string // errors and violations of the policy
}

// open starts a server and opens its page.
func open(t *testing.T, flags ...string) *tab {
	t.Helper()
	p := &tab{t: t}
	p.start(flags...)
	t.Cleanup(func() { p.server.Stop() })
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p.ctx = ctx
	chromedp.ListenTarget(ctx, p.listen)
	if err := chromedp.Run(ctx); err != nil { // opens the tab
		t.Fatal(err)
	}
	p.run(network.Enable(), log.Enable(), runtime.Enable(), cdpage.BringToFront(), chromedp.EmulateViewport(1000, 800), chromedp.Navigate("http://"+p.server.Addr+"/"))
	p.until(live)
	return p
}

// live is true when the page has listed the messages and follows the feed.
const live = `document.querySelector("#state").dataset.state === "live"`

// start starts a server.
func (p *tab) start(flags ...string) {
	p.t.Helper()
	server, err := driver.StartPlain(command, flags...)
	if err != nil {
		p.t.Fatal(err)
	}
	p.server = server
}

// listen keeps what the browser reports, but for a server that is not there.
func (p *tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		expected := strings.Contains(e.Entry.Text, "net::ERR_") || strings.Contains(e.Entry.Text, "status of 4")
		if e.Entry.Level == log.LevelError && !expected {
			p.problems = append(p.problems, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, e.ExceptionDetails.Error())
	case *cdpage.EventJavascriptDialogOpening:
		p.problems = append(p.problems, "dialog: "+e.Message)
	}
}

// clean fails if the browser has reported a problem.
func (p *tab) clean() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, problem := range p.problems {
		p.t.Errorf("the browser reports: %s", problem)
	}
}

// run carries out actions within the patience.
func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval returns the value of an expression in the page.
func eval[T any](p *tab, script string) (value T) {
	p.t.Helper()
	p.run(chromedp.Evaluate(script, &value))
	return value
}

// until waits until an expression is true.
func (p *tab) until(script string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Poll("Boolean("+script+")", nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(0))); err != nil {
		p.shot("failed-" + p.t.Name())
		p.t.Fatalf("this did not become true: %s (%v)", script, err)
	}
}

// press types keys into what has the focus.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys))
}

// send types Ctrl+Enter.
func (p *tab) send() {
	p.t.Helper()
	p.run(chromedp.KeyEvent("\r", chromedp.KeyModifiers(2)))
}

// focus gives an element the focus, as a person does with the keyboard.
func (p *tab) focus(selector string) {
	p.t.Helper()
	p.run(chromedp.Focus(selector, chromedp.ByQuery))
}

// wantFocus fails unless an element has the focus.
func (p *tab) wantFocus(selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.activeElement.matches(%q)`, selector))
}

// wantList waits until the messages on the page are these, the newest first.
func (p *tab) wantList(texts ...string) {
	p.t.Helper()
	want := fmt.Sprintf("%q", strings.Join(texts, "|"))
	p.until(`[...document.querySelectorAll("#list > li > .body")].map((e) => e.textContent).join("|") === ` + want)
}

// shot writes a screenshot to the artefacts.
func (p *tab) shot(name string) {
	var png []byte
	if err := chromedp.Run(p.ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
		return
	}
	dir := filepath.Join(driver.Root(), ".artefacts", "web")
	if os.MkdirAll(dir, 0o755) == nil {
		os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
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
