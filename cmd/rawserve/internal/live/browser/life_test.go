package browser

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Check 8: every way a connection can go on or end has its own words.
func TestCloseReasons(t *testing.T) {
	p := open(t, "-idle-timeout", "700ms")
	const host = "Host: a\r\n"
	p.exchange("GET / HTTP/1.1\r\n" + host + "\r\n") // ends by the idle timeout
	p.exchange("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n")
	p.exchange("GET / HTTP/1.0\r\n\r\n")
	p.exchange("GET /stream/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
	p.exchange("G@T / HTTP/1.1\r\n\r\n")
	c := p.dial()
	io.WriteString(c, "GET / HTTP/1.1\r\n"+host+"\r\n")
	bufio.NewReader(c).ReadString('\n')
	c.Close()
	reasons := []string{"idle timeout", "client asked for close", "HTTP/1.0 without keep-alive", "the close delimits the response", "request refused", "client closed"}
	for i, reason := range reasons {
		p.Until(fmt.Sprintf(`state.conns.get(%d)?.why === %q || (%d === 6 && state.conns.get(6)?.why === "connection broken")`, i+1, reason, i+1))
		if text := p.Text(fmt.Sprintf("#conns .conn:nth-last-child(%d) .why", i+1)); !strings.Contains(text, "closed: ") {
			t.Errorf("the row of connection %d says %q", i+1, text)
		}
	}
	p.show(1, 1)
	p.Until(`document.querySelector(".timeline .end")`)
	if text := p.Text(".timeline .end"); !strings.Contains(text, "KEPT OPEN") {
		t.Errorf("the exchange that was kept open says %q", text)
	}
	p.show(2, 1)
	if text := p.Text(".timeline .end"); !strings.Contains(text, "CLOSED: client asked for close") {
		t.Errorf("the exchange that closed says %q", text)
	}
	slow := p.dial()
	io.WriteString(slow, "GET /slow/900 HTTP/1.1\r\n"+host+"\r\n")
	p.Until(`state.conns.get(7)?.state === "active"`)
	p.server.cmd.Process.Signal(os.Interrupt)
	io.ReadAll(slow)
	p.Until(`state.conns.get(7)?.reqs.get(1)?.x?.reason === "server shutting down"`)
}

// Check 10: a burst leaves the page answerable, and nothing goes missing
// without being said.
func TestBurst(t *testing.T) {
	const exchanges = 2000
	p := open(t)
	p.Do(`window.seen = 0; window.missed = 0; const before = apply;
		apply = (e) => { if (e.k === "exchange") seen++; if (e.k === "gap") missed += e.n; return before(e); };
		window.worst = 0; window.last = performance.now();
		window.beat = setInterval(() => { const now = performance.now(); worst = Math.max(worst, now - last - 20); last = now; }, 20);`)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for range exchanges / 4 {
				if response, err := client.Get("http://" + p.server.Addr + "/"); err == nil {
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
			}
		})
	}
	over := make(chan struct{})
	go func() { clients.Wait(); close(over) }()
	var presses []time.Duration
	for running := true; running || len(presses) < 3; {
		began := time.Now()
		p.Run(chromedp.SendKeys("#filter", "c", chromedp.ByQuery))
		presses = append(presses, time.Since(began))
		select {
		case <-over:
			running = false
		default:
		}
	}
	p.Do(`$("filter").value = ""`)
	p.Until(fmt.Sprintf(`state.exchanges === %d && state.queue.length === 0 && (seen + missed >= %d || document.querySelector(".gap"))`, exchanges, exchanges))
	slices.Sort(presses)
	t.Logf("%d key presses during the burst took %v in the median, %v at most; the page was busy for %.0f ms at most; %d seen, %d missed and said so",
		len(presses), presses[len(presses)/2], presses[len(presses)-1], Eval[float64](p.Tab, "worst"), Eval[int](p.Tab, "seen"), Eval[int](p.Tab, "missed"))
	if !Eval[bool](p.Tab, fmt.Sprintf(`seen === %d || document.querySelector(".gap") !== null`, exchanges)) {
		t.Error("exchanges were missed and nothing says so")
	}
	if rows := Eval[int](p.Tab, `document.querySelectorAll(".conn").length`); rows > 120 {
		t.Errorf("there are %d rows", rows)
	}
	p.Clean()
}

// Check 11: the page finds a restarted server by itself and says so.
func TestRestart(t *testing.T) {
	p := open(t)
	addr, page := p.server.Addr, strings.TrimPrefix(p.server.Page, "http://")
	p.exchange("GET /status/201 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	p.Until(`document.querySelectorAll(".req").length === 1`)
	p.server.Kill()
	p.Until(`!$("notice").hidden`)
	server, err := Start(Command, "-addr", addr, "-xray", page)
	if err != nil {
		t.Fatal(err)
	}
	p.server = server
	p.Until(`[...document.querySelectorAll(".gap")].some((e) => e.textContent.includes("restarted"))`)
	p.exchange("GET /status/202 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	p.Until(`document.querySelector(".req .status")?.textContent === "202"`)
	if rows := Eval[int](p.Tab, `document.querySelectorAll(".req").length`); rows != 1 {
		t.Errorf("there are %d rows for one exchange", rows)
	}
}

// Check 12: a page that is paused does not move, and catches up.
func TestPause(t *testing.T) {
	p := open(t)
	p.Click("#pause")
	for range 3 {
		p.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	p.Until(`$("counts").textContent.includes("waiting")`)
	if rows := Eval[int](p.Tab, `document.querySelectorAll(".req").length`); rows != 0 {
		t.Errorf("%d rows came to a page that was paused", rows)
	}
	p.Click("#pause")
	p.Until(`document.querySelectorAll(".req").length === 3`)
	p.Clean()
}

// Check 13: a preset that smuggles is refused and explained, and its copy is a
// conformance case that passes.
func TestSmugglingPreset(t *testing.T) {
	p := open(t)
	p.Click(`[data-preset="smuggle-cl-te"]`)
	p.Until(`state.detail && state.detail.closed && $("outcome")?.textContent.includes("Refused with 400")`)
	if why := p.Text("#why"); !strings.Contains(why, "smuggling") {
		t.Errorf("the explanation is %q", why)
	}
	if row := p.Text(".conn .why"); !strings.Contains(row, "closed: request refused") {
		t.Errorf("the row says %q", row)
	}
	p.Click("#share summary")
	p.Click("#fixture")
	p.Until(`state.copied`)
	name := filepath.Join(t.TempDir(), "copied.wire")
	if err := os.WriteFile(name, []byte(Eval[string](p.Tab, "state.copied")), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(Command, "conform", "-addr", p.server.Addr, name).CombinedOutput(); err != nil {
		t.Errorf("the copy does not pass: %v\n%s", err, out)
	}
	p.Shot("smuggling")
	p.Clean()
}

// Check 14: everything can be done with the keyboard alone.
func TestKeyboard(t *testing.T) {
	p := open(t)
	p.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	p.Until(`state.detail && state.detail.c === 1 && state.detail.over && document.querySelector("#grid .cell")`)
	p.Run(chromedp.Focus(".skip", chromedp.ByQuery))
	tabs := 0
	for ; tabs < 60 && !Eval[bool](p.Tab, `document.activeElement.matches("#grid .cell")`); tabs++ {
		p.Run(chromedp.KeyEvent(kb.Tab))
	}
	if tabs == 60 {
		t.Fatal("the octets cannot be reached with the tab key")
	}
	p.Run(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if text := p.Text("#sel-text"); text != "a" {
		t.Errorf("down, right, right leads to %q, not to the value of Host", text)
	}
	if rule := p.Text("#sel"); !strings.Contains(rule, "RFC 9110") {
		t.Errorf("the value is described as %q", rule)
	}
	p.Run(chromedp.KeyEvent("k"))
	if kind := p.Text("#sel .kind"); !strings.Contains(kind, "Colon") {
		t.Errorf("k leads to %q", kind)
	}
	p.Run(chromedp.KeyEvent("f"))
	p.Until(`(state.copied || "").includes("@id")`)
	p.Run(chromedp.KeyEvent("b"))
	p.Run(chromedp.KeyEvent("v"))
	if got := Eval[string](p.Tab, `state.mode + " " + state.view`); got != "bytes go" {
		t.Errorf("b and v lead to %q", got)
	}
	p.focused("after b and v")
	p.Run(chromedp.KeyEvent("?"))
	p.Until(`$("helper").open`)
	p.focused("in the help")
	p.Run(chromedp.KeyEvent(kb.Escape))
	p.Until(`!$("helper").open`)
	p.focused("after the help")
	p.Run(chromedp.KeyEvent("/"))
	if !Eval[bool](p.Tab, `document.activeElement === $("filter")`) {
		t.Error("/ does not lead to the filter")
	}
	p.Clean()
}

// focused fails if nothing has the focus.
func (p *tab) focused(where string) {
	p.t.Helper()
	if Eval[bool](p.Tab, `document.activeElement === document.body || document.activeElement === null`) {
		p.t.Errorf("the focus is lost %s", where)
	}
}

// The counters and the list say the same, also about what happens while the page
// does not listen.
func TestCountsAgree(t *testing.T) {
	p := open(t)
	c := p.dial()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	p.Until(`$("counts").textContent.includes("1 open · 1 idle · 1 exchange")`)
	p.Do(`source.close()`)
	time.Sleep(300 * time.Millisecond)
	c.Close()
	p.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	p.Do(`connect()`)
	p.Until(`$("counts").textContent.includes("0 open · 0 idle · 2 exchanges") && state.conns.get(1).state === "closed"`)
	p.visit()
	p.Until(`$("counts").textContent.includes("0 open · 0 idle · 2 exchanges")`)
	p.Do(`$("clear").click()`)
	p.Until(`!$("nobody").hidden && $("none").textContent.includes("2 exchanges so far")`)
	p.Do(`reconcile([])`)
	p.Clean()
}
