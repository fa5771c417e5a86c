package browser

import (
	"context"
	"fmt"
	"io"
	"net"
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

// What all tests share: the command, and one browser with a tab for each.
var (
	command string
	browser context.Context
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain builds the server and starts the browser. Without a browser there is
// nothing to test, except where one must be.
func testMain(m *testing.M) int {
	if Chromium() == "" {
		if os.Getenv("RAWSERVE_CI") != "" {
			fmt.Println("chromium is missing; it must be installed for RAWSERVE_CI")
			return 1
		}
		fmt.Println("SKIP: chromium is not installed")
		return 0
	}
	dir, err := os.MkdirTemp("", "xray-browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	if command, err = Build(dir); err != nil {
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
const patience = 15 * time.Second

// tab is a tab with the page of a server of its own.
type tab struct {
	t      *testing.T
	ctx    context.Context
	server *Server

	mu       sync.Mutex
	requests []string // addresses the page has asked for
	problems []string // errors, violations of the policy, dialogs
}

// open starts a server and opens its page.
func open(t *testing.T, flags ...string) *tab {
	t.Helper()
	server, err := Start(command, flags...)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{t: t, server: server}
	t.Cleanup(func() { p.server.Stop() })
	p.visit()
	return p
}

// visit opens the page in a new tab and waits until it is ready.
func (p *tab) visit() {
	p.t.Helper()
	p.open(p.server.Page)
	p.until(`document.querySelector("#featured button") && state.start`)
}

// open opens an address in a new tab, which reports what it does.
func (p *tab) open(address string) {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	p.t.Cleanup(cancel)
	p.mu.Lock()
	p.ctx, p.requests, p.problems = ctx, nil, nil
	p.mu.Unlock()
	chromedp.ListenTarget(ctx, p.listen)
	if err := chromedp.Run(ctx); err != nil { // opens the tab
		p.t.Fatal(err)
	}
	p.run(network.Enable(), log.Enable(), runtime.Enable(), cdpage.BringToFront(), chromedp.EmulateViewport(1440, 900), chromedp.Navigate(address))
}

// listen keeps what the browser reports.
func (p *tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "net::ERR_") {
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

// do evaluates a script for its effects.
func (p *tab) do(script string) {
	p.t.Helper()
	p.run(chromedp.Evaluate("(() => {"+script+"})()", nil))
}

// until waits until an expression is true.
func (p *tab) until(script string) {
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
			p.shot("failed-" + strings.ReplaceAll(p.t.Name(), "/", "-"))
			p.t.Fatalf("this did not become true: %s (%v)\ncounts: %s", script, err, p.text("#counts"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// text returns the text of an element, or "".
func (p *tab) text(selector string) (text string) {
	chromedp.Run(p.ctx, chromedp.Evaluate(fmt.Sprintf("(document.querySelector(%q) || {}).textContent || ''", selector), &text))
	return text
}

// click clicks on an element, and tries again if the page replaces it meanwhile.
func (p *tab) click(selector string) {
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

// show opens an exchange and waits until it is drawn.
func (p *tab) show(conn, number int) {
	p.t.Helper()
	row := fmt.Sprintf(`.req[data-c="%d"][data-r="%d"]`, conn, number)
	p.until(fmt.Sprintf(`document.querySelector('%s')`, row))
	p.do(fmt.Sprintf(`document.querySelector('%s').click()`, row))
	p.until(fmt.Sprintf(`state.detail && state.detail.c === %d && state.detail.r === %d && document.querySelector("#grid .cell")`, conn, number))
}

// shot writes a screenshot to the artefacts.
func (p *tab) shot(name string) {
	var png []byte
	if err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot(&png)); err != nil {
		return
	}
	dir := filepath.Join(Root(), ".artefacts", "xray")
	if os.MkdirAll(dir, 0o755) == nil {
		os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
}

// dial connects to the public server.
func (p *tab) dial() net.Conn {
	p.t.Helper()
	c, err := net.Dial("tcp", p.server.Addr)
	if err != nil {
		p.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	p.t.Cleanup(func() { c.Close() })
	return c
}

// exchange sends octets in one write and returns what comes back until the
// server closes; the octets must make it close.
func (p *tab) exchange(octets string) string {
	p.t.Helper()
	c := p.dial()
	io.WriteString(c, octets)
	answer, _ := io.ReadAll(c)
	return string(answer)
}
