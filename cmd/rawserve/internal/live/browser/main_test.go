package browser

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(RunTests(m)) }

// tab is a tab with the x-ray page of a server of its own.
type tab struct {
	*Tab
	t      *testing.T
	server *Server
}

// open starts a server and opens its page.
func open(t *testing.T, flags ...string) *tab {
	t.Helper()
	server, err := Start(Command, flags...)
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
	p.Tab = NewTab(p.t)
	p.Visit(p.server.Page, 1440, 900)
	p.Until(`document.querySelector("#featured button") && state.start`)
}

// show opens an exchange and waits until it is drawn.
func (p *tab) show(conn, number int) {
	p.t.Helper()
	row := fmt.Sprintf(`.req[data-c="%d"][data-r="%d"]`, conn, number)
	p.Until(fmt.Sprintf(`document.querySelector('%s')`, row))
	p.Do(fmt.Sprintf(`document.querySelector('%s').click()`, row))
	p.Until(fmt.Sprintf(`state.detail && state.detail.c === %d && state.detail.r === %d && document.querySelector("#grid .cell")`, conn, number))
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
