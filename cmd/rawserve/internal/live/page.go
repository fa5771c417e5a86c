package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"

	"rawserve/httpwire"
)

// Page is the live page and what it asks for. It is served by a server of its
// own, which is not recorded: each event would cause others.
type Page struct {
	Recorder *Recorder
	Public   net.Addr // of the server that is recorded; the composer writes to no other
	Names    []string // that mean this page in Host, in addition to localhost and the name it listens on

	name     string // the name it listens on
	anyIP    bool   // every IP address in Host means this page
	composer composer
	example  func() *exchangeView // see prepareExample
}

// CheckAddress says what is wrong with an address for the live page. One that
// others can reach is refused unless anybody may see what is recorded.
func CheckAddress(address string, anybody bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-xray is %q; it takes host:port, such as localhost:3001", address)
	}
	ip, err := netip.ParseAddr(host)
	if loopback := host == "localhost" || err == nil && ip.IsLoopback(); !loopback && !anybody {
		return fmt.Errorf("-xray is %q: others could read every request there (use localhost, or say -xray-any)", address)
	}
	return nil
}

// CheckName says what is wrong with a name that is to mean the live page in Host.
func CheckName(name string) error {
	host, port, err := net.SplitHostPort(name)
	switch {
	case err == nil && port != "":
		return fmt.Errorf("-xray-host has %q; it takes names without a port, such as %s: any port will do", name, host)
	case name == "" || strings.ContainsAny(name, "/:*@[] \t"):
		return fmt.Errorf("-xray-host has %q; it takes names of hosts, such as box.example, with commas between them", name)
	}
	return nil
}

// Server returns the server for the live page on a TCP listener, whose address
// was given as asked.
func (p *Page) Server(listener net.Listener, asked string) *httpwire.Server {
	host, _, _ := net.SplitHostPort(asked)
	p.name, p.anyIP = host, !listener.Addr().(*net.TCPAddr).IP.IsLoopback()
	p.example = sync.OnceValue(prepareExample)
	go p.example()
	return &httpwire.Server{Handler: p.serve, MaxConns: 64, MaxBody: 4 * composeAtMost}
}

// serve answers the requests of the page.
func (p *Page) serve(w *httpwire.Response, r *httpwire.Request) error {
	protect(w)
	if !p.ours(r.Host) {
		return &httpwire.Problem{Status: 421, Detail: wrongHost}
	}
	if r.Method == "POST" {
		if err := p.sameOrigin(r); err != nil {
			return err
		}
		return p.post(w, r)
	}
	if r.Method != "GET" && r.Method != "HEAD" {
		return &httpwire.Problem{Status: 405, Fields: []string{"Allow", "GET, HEAD, POST"}}
	}
	switch r.RawPath {
	case "/":
		return answer(w, "text/html; charset=utf-8", pageFile("index.html"))
	case "/app.css":
		return answer(w, "text/css; charset=utf-8", pageFile("app.css"))
	case "/app.js":
		return answer(w, "text/javascript; charset=utf-8", pageScript())
	}
	return p.tell(w, r)
}

// wrongHost says what to do about a name that may be somebody else's.
const wrongHost = "The x-ray page does not know this host: the name could be one that another page has pointed at this machine. " +
	"Ask for http://localhost:PORT/ or http://127.0.0.1:PORT/, with any port: that works through ssh -L and docker -p, too. " +
	"To use another name, start the server with -xray-host NAME."

// tell answers what only the page asks for. Each viewer takes one of a few places,
// so another page must not get any.
func (p *Page) tell(w *httpwire.Response, r *httpwire.Request) error {
	if foreign(r, "none") {
		return notThePage()
	}
	switch r.RawPath {
	case "/events":
		return p.events(w, r)
	case "/exchange":
		return p.exchange(w, r)
	case "/steps":
		return p.steps(w, r)
	case "/presets":
		return answerJSON(w, 200, presets())
	case "/export":
		return p.export(w, r)
	}
	return &httpwire.Problem{Status: 404}
}

// post answers what changes something.
func (p *Page) post(w *httpwire.Response, r *httpwire.Request) error {
	switch r.RawPath {
	case "/compose":
		return p.compose(w, r)
	case "/replay":
		return p.replay(w, r)
	case "/carried":
		return p.carried(w, r)
	}
	return &httpwire.Problem{Status: 404}
}

// policy lets the page load its own style and script, talk to its own server,
// and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// protect sets the fields that keep other pages out.
func protect(w *httpwire.Response) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// ours reports whether a Host means this page. A name that somebody else has
// pointed at this machine does not (DNS rebinding). The port says nothing:
// through a tunnel it is that of the tunnel.
func (p *Page) ours(authority string) bool {
	host := withoutPort(authority)
	for _, name := range append([]string{"localhost", p.name}, p.Names...) {
		if host != "" && strings.EqualFold(host, name) {
			return true
		}
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (p.anyIP || ip.IsLoopback())
}

// withoutPort returns the host of host:port, which may be in brackets.
func withoutPort(authority string) string {
	colon := strings.LastIndexByte(authority, ':')
	if colon < 0 || colon < strings.LastIndexByte(authority, ']') {
		return authority
	}
	return authority[:colon]
}

// sameOrigin refuses what another page asks for. A browser says where a POST
// comes from; what is no browser is no page either. The media type is one that a
// page can only send to another origin after asking, and nobody answers that.
func (p *Page) sameOrigin(r *httpwire.Request) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch {
	case foreign(r, "same-origin"):
		return notThePage()
	case strings.TrimSpace(strings.ToLower(kind)) != "application/json":
		return &httpwire.Problem{Status: 415, Detail: "This takes application/json."}
	}
	return nil
}

// foreign reports whether a browser says that another page asks. What may be allowed
// in addition is "none": somebody has typed the address.
func foreign(r *httpwire.Request, allowed string) bool {
	origin, hasOrigin := r.Header.Get("Origin"), r.Header.Has("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	return hasOrigin && origin != "http://"+r.Host || site != "" && site != "same-origin" && site != allowed
}

// notThePage is the answer to other pages.
func notThePage() error {
	return &httpwire.Problem{Status: 403, Detail: "Only the x-ray page itself may ask for this."}
}

// answer answers with a text that nobody else has written.
func answer(w *httpwire.Response, kind string, text []byte) error {
	w.Header().Set("Content-Type", kind)
	_, err := w.Write(text)
	return err
}

// answerJSON answers with JSON.
func answerJSON(w *httpwire.Response, status int, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.SetStatus(status)
	return answer(w, "application/json", data)
}

// ask reads the JSON of a request.
func ask(r *httpwire.Request, into any) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if json.Unmarshal(data, into) != nil {
		return &httpwire.Problem{Status: 400, Detail: "The body is not the JSON that this takes."}
	}
	return nil
}
