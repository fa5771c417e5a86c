package browser

import (
	"context"
	"fmt"
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
)

// What the tests of a page share: the command, and one browser with a tab for each.
// RunTests sets them.
var (
	Command string
	browser context.Context
)

// RunTests builds the server, starts the browser and runs the tests. Without a
// browser there is nothing to test, except where one must be.
func RunTests(m *testing.M) int {
	if Chromium() == "" {
		if os.Getenv("RAWSERVE_CI") != "" {
			fmt.Println("chromium is missing; it must be installed for RAWSERVE_CI")
			return 1
		}
		fmt.Println("SKIP: chromium is not installed")
		return 0
	}
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	if Command, err = Build(dir); err != nil {
		fmt.Println(err)
		return 1
	}
	ctx, cancel := Open(filepath.Join(dir, "profile"))
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

// Tab is a tab of the browser that a test uses.
type Tab struct {
	Expected []string // what may stand in errors that the browser reports

	t        *testing.T
	ctx      context.Context
	mu       sync.Mutex
	requests []string // addresses the page has asked for
	problems []string // errors, violations of the policy, dialogs
}

// NewTab opens a tab, which is closed at the end of the test.
func NewTab(t *testing.T) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p := &Tab{t: t, ctx: ctx, Expected: []string{"net::ERR_"}}
	chromedp.ListenTarget(ctx, p.listen)
	if err := chromedp.Run(ctx); err != nil { // opens the tab
		t.Fatal(err)
	}
	return p
}

// Visit opens a page in a window of a size.
func (p *Tab) Visit(url string, width, height int64) {
	p.t.Helper()
	p.Run(network.Enable(), log.Enable(), runtime.Enable(), cdpage.BringToFront(), chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
}

// listen keeps what the browser reports.
func (p *Tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !p.expects(e.Entry.Text) {
			p.problems = append(p.problems, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, e.ExceptionDetails.Error())
	case *cdpage.EventJavascriptDialogOpening:
		p.problems = append(p.problems, "dialog: "+e.Message)
	}
}

func (p *Tab) expects(text string) bool {
	for _, part := range p.Expected {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// Requests returns the addresses that the page has asked for.
func (p *Tab) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Clean fails if the browser has reported a problem.
func (p *Tab) Clean() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, problem := range p.problems {
		p.t.Errorf("the browser reports: %s", problem)
	}
}

// Run carries out actions within the patience.
func (p *Tab) Run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// Eval returns the value of an expression in the page.
func Eval[T any](p *Tab, script string) (value T) {
	p.t.Helper()
	p.Run(chromedp.Evaluate(script, &value))
	return value
}

// Do evaluates a script for its effects.
func (p *Tab) Do(script string) {
	p.t.Helper()
	p.Run(chromedp.Evaluate("(() => {"+script+"})()", nil))
}

// Until waits until an expression is true.
func (p *Tab) Until(script string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		var met bool
		err := chromedp.Run(ctx, chromedp.Evaluate("Boolean("+script+")", &met))
		switch {
		case met:
			return
		case ctx.Err() != nil:
			p.Shot("failed")
			p.t.Fatalf("this did not become true: %s (%v)", script, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Text returns the text of an element, or "".
func (p *Tab) Text(selector string) (text string) {
	chromedp.Run(p.ctx, chromedp.Evaluate(fmt.Sprintf("(document.querySelector(%q) || {}).textContent || ''", selector), &text))
	return text
}

// Click clicks on an element, and tries again if the page replaces it meanwhile.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		err := chromedp.Run(ctx, chromedp.ScrollIntoView(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery))
		switch {
		case err == nil:
			return
		case ctx.Err() != nil || !strings.Contains(err.Error(), "Could not find node"):
			p.t.Fatal(err)
		}
	}
}

// Shot writes a screenshot to the artefacts, in a directory with the name of the
// test.
func (p *Tab) Shot(name string) {
	var png []byte
	if err := chromedp.Run(p.ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
		return
	}
	dir := filepath.Join(Root(), ".artefacts", "browser", p.t.Name())
	if os.MkdirAll(dir, 0o755) == nil {
		os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
}
