package browser

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Check 1: a request of curl appears within a second, with curl's own counts.
func TestCurlAppears(t *testing.T) {
	p := open(t)
	began := time.Now()
	out, err := exec.Command("curl", "-s", "-o", "/dev/null", "-w", "%{size_request} %{size_header} %{size_download}",
		"http://"+p.server.Addr+"/raw", "-H", "X-Check: one").Output()
	if err != nil {
		t.Skip("curl:", err)
	}
	p.Until(`state.conns.size === 1 && [...state.conns.values()][0].reqs.get(1)?.x`)
	t.Logf("the row came after %v", time.Since(began))
	var request, head, body int
	fmt.Sscan(string(out), &request, &head, &body)
	if in := Eval[int](p.Tab, `[...state.conns.values()][0].reqs.get(1).x.in`); in != request {
		t.Errorf("the page counts %d octets in, curl sent %d", in, request)
	}
	if got := Eval[int](p.Tab, `[...state.conns.values()][0].reqs.get(1).x.out`); got != head+body {
		t.Errorf("the page counts %d octets out, curl received %d", got, head+body)
	}
	p.Clean()
}

// Check 2: a selected part is the same octets in text, hex and table.
func TestSelection(t *testing.T) {
	p := open(t)
	p.exchange("GET / HTTP/1.1\r\nHost: " + p.server.Addr + "\r\nConnection: close\r\n\r\n")
	p.show(1, 1)
	p.Do(`setMode("both"); $("table").open = true`)
	p.Until(`document.querySelector("#rows tr")`)
	p.Do(`[...document.querySelectorAll("#grid .cell")].find((e) => e.textContent === "` + p.server.Addr + `").click()`)
	spaced := strings.TrimSpace(strings.Join(strings.SplitAfter(hex.EncodeToString([]byte(p.server.Addr)), ""), ""))
	for name, script := range map[string]string{
		"text":  `[...document.querySelectorAll("#grid .cell.sel")].map((e) => e.textContent).join("")`,
		"pane":  `$("sel-text").textContent`,
		"table": `document.querySelector("#rows tr.sel td:nth-child(4)").textContent`,
	} {
		if got := Eval[string](p.Tab, script); got != p.server.Addr {
			t.Errorf("%s: %q is selected, not %q", name, got, p.server.Addr)
		}
	}
	for name, script := range map[string]string{
		"hex":      `[...document.querySelectorAll("#grid .hex .sel")].map((e) => e.textContent).join("").replaceAll(" ", "")`,
		"pane hex": `$("sel-hex").textContent.replaceAll(" ", "")`,
	} {
		if got := Eval[string](p.Tab, script); got != spaced {
			t.Errorf("%s: %q is selected, not %q", name, got, spaced)
		}
	}
	p.Clean()
}

// lengths sums the octets of the cells of a direction.
const lengths = `[...document.querySelectorAll("#grid .block.%s .cell")].reduce((n, e) => n + Number(e.dataset.len), 0)`

// Check 3: the parts of an exchange are all of its octets.
func TestPartsTile(t *testing.T) {
	p := open(t)
	p.exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n")
	p.exchange("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nand what follows")
	for conn := 1; conn <= 2; conn++ {
		p.show(conn, 1)
		for _, side := range []string{"in", "out"} {
			p.Until(`state.detail.over`)
			got, want := Eval[int](p.Tab, fmt.Sprintf(lengths, side)), Eval[int](p.Tab, "state.detail."+side+".total")
			for collapsed := 0; got != want && collapsed < 9; collapsed++ { // long bodies are not drawn whole at first
				p.Do(`[...document.querySelectorAll("#grid .note button")].filter((b) => b.textContent.startsWith("Show")).forEach((b) => b.click())`)
				got = Eval[int](p.Tab, fmt.Sprintf(lengths, side))
			}
			if got != want || want == 0 {
				t.Errorf("connection %d, %s: the parts have %d octets, the exchange %d", conn, side, got, want)
			}
		}
	}
	p.Clean()
}

// Check 4: markup and octets beyond ASCII are text and nothing else.
func TestMarkupIsText(t *testing.T) {
	p := open(t)
	const markup = "<img src=x onerror=alert(1)>"
	p.exchange("GET /raw?<script>alert(2)</script> HTTP/1.1\r\n\r\n")
	p.exchange("GET /raw HTTP/1.1\r\nHost: a\r\nX-Markup: " + markup + "\r\nX-Octets: \xff\xfe\r\nConnection: close\r\n\r\n")
	p.exchange("G\x00T " + markup + "\r\n\r\n")
	for conn := 1; conn <= 3; conn++ {
		p.show(conn, 1)
	}
	p.show(2, 1)
	if !Eval[bool](p.Tab, `[...document.querySelectorAll("#grid .cell")].some((e) => e.textContent === "`+markup+`")`) {
		t.Error("the markup is not there as text")
	}
	if !Eval[bool](p.Tab, `[...document.querySelectorAll("#grid .cell")].some((e) => e.textContent === "\\xff\\xfe")`) {
		t.Error("the octets beyond ASCII are not there")
	}
	if n := Eval[int](p.Tab, `document.querySelectorAll("img, script:not([src]), iframe").length`); n != 0 {
		t.Errorf("%d elements came out of captured octets", n)
	}
	p.Clean()
}

// Check 5: two pipelined requests in one read are one block and two exchanges.
func TestPipelined(t *testing.T) {
	p := open(t)
	p.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /status/404 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	p.show(1, 2)
	p.show(1, 1)
	if n := Eval[int](p.Tab, `document.querySelectorAll('#grid [data-block="read"]').length`); n != 1 {
		t.Errorf("there are %d blocks for one read", n)
	}
	if text := p.Text("#grid .boundary"); !strings.Contains(text, "Request 2 begins here") {
		t.Errorf("the boundary says %q", text)
	}
	p.Until(`state.detail.over`)
	p.Click("#grid .boundary button")
	p.Until(`state.detail.r === 2`)
	if title := p.Text("#ex-title"); title != "GET /status/404" {
		t.Errorf("the second exchange is %q", title)
	}
	p.Clean()
}

// Requests that follow each other on a connection are exchanges of their own.
func TestKeptOpen(t *testing.T) {
	p := open(t)
	c := p.dial()
	for number := 1; number <= 3; number++ {
		fmt.Fprintf(c, "GET /status/20%d HTTP/1.1\r\nHost: a\r\n\r\n", number-1)
		if n, err := c.Read(make([]byte, 4096)); n == 0 {
			t.Fatal(err)
		}
	}
	for number := 3; number >= 1; number-- {
		p.show(1, number)
		p.Until(`state.detail.over`)
		if title := p.Text("#ex-title"); title != fmt.Sprintf("GET /status/20%d", number-1) {
			t.Errorf("request %d is %q", number, title)
		}
		if text := p.Text("#outcome"); text != "✓ Accepted" {
			t.Errorf("request %d is judged %q", number, text)
		}
	}
	p.Clean()
}

// Check 6: a request that dribbles is as many reads, and the same verdict.
func TestDribble(t *testing.T) {
	p := open(t)
	const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	c := p.dial()
	for i, octet := range []byte(request) {
		c.Write([]byte{octet})
		if i == 5 {
			p.Until(`state.detail && state.detail.c === 1 && document.querySelectorAll('#grid [data-block="read"]').length >= 3`)
			if text := p.Text("#outcome"); !strings.Contains(text, "More is needed") {
				t.Errorf("in the middle of the head the verdict is %q", text)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Until(`state.detail.c === 1 && $("outcome")?.textContent === "✓ Accepted"`)
	if n := Eval[int](p.Tab, `document.querySelectorAll('#grid [data-block="read"]').length`); n < len(request)/2 { // a busy machine may read two octets at once
		t.Errorf("there are %d reads of %d octets", n, len(request))
	}
	p.Do(`$("steps").open = true`)
	p.Until(`$("same").textContent.startsWith("✓")`)
	p.Do(`$("at").value = 3; $("at").dispatchEvent(new Event("input"))`)
	if step := p.Text("#step"); !strings.Contains(step, "need more") {
		t.Errorf("after three octets the parser says %q", step)
	}
	p.Do(`$("at").value = $("at").max; $("at").dispatchEvent(new Event("input"))`)
	if step := p.Text("#step"); !strings.Contains(step, fmt.Sprintf("%d consumed", len(request))) {
		t.Errorf("after the last octet the parser says %q", step)
	}
	p.Clean()
}

// Check 7: a request that is refused is red, with its rule and a caret.
func TestRefused(t *testing.T) {
	p := open(t)
	request := "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"
	at := strings.Index(request, " : ")
	p.exchange(request)
	p.show(1, 1)
	p.Until(`document.querySelector("#grid .caret")`)
	if rule := p.Text(".req.refused .rule"); !strings.Contains(rule, "colon") {
		t.Errorf("the row says %q", rule)
	}
	if got := Eval[int](p.Tab, `Number(document.querySelector(".caret").dataset.at)`); got != at {
		t.Errorf("the caret is at %d, not %d", got, at)
	}
	const column = `(() => { const c = document.querySelector(".caret"), r = document.createRange(), i = c.textContent.indexOf("^");
		const node = [...c.childNodes].find((n) => n.textContent.includes("^")); r.setStart(node, node.textContent.indexOf("^")); r.setEnd(node, node.textContent.indexOf("^") + 1);
		const e = document.querySelector('#grid .cell[data-kind="error"]').getBoundingClientRect(); return Math.abs(r.getBoundingClientRect().left - e.left); })()`
	if off := Eval[float64](p.Tab, column); off > 8 {
		t.Errorf("the caret is %.0f pixels away from its octet", off)
	}
	if answer := p.Text(".block.out"); !strings.Contains(answer, "400") {
		t.Errorf("the answer shown is %q", answer)
	}
	p.Shot("refused")
	p.Clean()
}

// Check 9: what is struck out is what explain counts.
func TestHiddenCount(t *testing.T) {
	p := open(t)
	request := "POST /echo HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nX-a:  b \r\n\r\n3;q=1\r\nabc\r\n0\r\n\r\n"
	p.exchange(request)
	p.show(1, 1)
	p.Do(`setView("go")`)
	explain := exec.Command(Command, "explain", "-hidden", "-json", "-")
	explain.Stdin = strings.NewReader(request)
	out, err := explain.Output()
	want := hiddenIn(out)
	if want.Octets == 0 {
		t.Fatalf("explain says %s (%v)", out, err)
	}
	const struck = `[...document.querySelectorAll("#grid .block.in .cell")].filter((e) => e.dataset.%s !== "kept").reduce((n, e) => n + Number(e.dataset.len), 0)`
	for stack, n := range map[string]int{"go": want.Go, "node": want.Node} {
		if got := Eval[int](p.Tab, fmt.Sprintf(struck, stack)); got != n {
			t.Errorf("%s: %d octets are struck out, explain counts %d", stack, got, n)
		}
	}
	if style := Eval[string](p.Tab, `getComputedStyle(document.querySelector('#grid .cell[data-go="dropped"]')).textDecorationLine`); style != "line-through" {
		t.Errorf("what is dropped is drawn with %q", style)
	}
	p.Shot("view-nethttp")
	p.Clean()
}

// hidden is what explain counts.
type hidden struct{ Octets, Go, Node int }

// hiddenIn finds the counts in the lines of explain.
func hiddenIn(out []byte) (found hidden) {
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var message struct{ Hidden *hidden }
		if err := decoder.Decode(&message); err == io.EOF || err != nil {
			return found
		}
		if message.Hidden != nil {
			found = *message.Hidden
		}
	}
}
