package live

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"rawserve/httpwire"
)

// files holds the live page: one document, one style sheet, one script.
//
//go:embed page
var files embed.FS

// Page is the live page and what it asks for. It is served by a server of its
// own, which is not recorded: each event would cause others.
type Page struct {
	Recorder *Recorder
	Public   net.Addr // of the server that is recorded; the composer writes to no other

	names    map[string]bool // values of Host that mean this page
	anyIP    bool            // so does every IP address
	port     string
	composer composer
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

// Server returns the server for the live page on a TCP listener, whose address
// was given as asked.
func (p *Page) Server(listener net.Listener, asked string) *httpwire.Server {
	host, _, _ := net.SplitHostPort(asked)
	local := listener.Addr().(*net.TCPAddr)
	p.port = fmt.Sprint(local.Port)
	p.anyIP = !local.IP.IsLoopback()
	p.names = map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true, strings.ToLower(host): host != ""}
	return &httpwire.Server{Handler: p.serve, MaxConns: 64, MaxBody: 4 * composeAtMost}
}

// serve answers the requests of the page.
func (p *Page) serve(w *httpwire.Response, r *httpwire.Request) error {
	protect(w)
	if !p.ours(r.Host) {
		return &httpwire.Problem{Status: 421, Detail: "The x-ray page is served under its own address only."}
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
		return file(w, "index.html", "text/html; charset=utf-8")
	case "/app.css":
		return file(w, "app.css", "text/css; charset=utf-8")
	case "/app.js":
		return file(w, "app.js", "text/javascript; charset=utf-8")
	case "/events":
		return p.events(w, r)
	case "/exchange":
		return p.exchange(w, r)
	case "/steps":
		return p.steps(w, r)
	case "/presets":
		return answerJSON(w, 200, presets())
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
// pointed at this machine does not (DNS rebinding).
func (p *Page) ours(authority string) bool {
	host, port, found := cutPort(authority)
	if !found {
		port = "80"
	}
	if port != p.port {
		return false
	}
	if p.names[strings.ToLower(host)] {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return p.anyIP && err == nil
}

// cutPort cuts host:port, where the host may be in brackets.
func cutPort(authority string) (host, port string, found bool) {
	colon := strings.LastIndexByte(authority, ':')
	if colon < 0 || colon < strings.LastIndexByte(authority, ']') {
		return authority, "", false
	}
	return authority[:colon], authority[colon+1:], true
}

// sameOrigin refuses what another page asks for. A browser says where a POST
// comes from; what is no browser is no page either. The media type is one that a
// page can only send to another origin after asking, and nobody answers that.
func (p *Page) sameOrigin(r *httpwire.Request) error {
	origin, hasOrigin := r.Header.Get("Origin"), r.Header.Has("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch {
	case hasOrigin && origin != "http://"+r.Host, site != "" && site != "same-origin":
		return &httpwire.Problem{Status: 403, Detail: "Only the x-ray page itself may ask for this."}
	case strings.TrimSpace(strings.ToLower(kind)) != "application/json":
		return &httpwire.Problem{Status: 415, Detail: "This takes application/json."}
	}
	return nil
}

// file answers with one of the embedded files.
func file(w *httpwire.Response, name, kind string) error {
	data, err := files.ReadFile("page/" + name)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	_, err = w.Write(data)
	return err
}

// answerJSON answers with JSON.
func answerJSON(w *httpwire.Response, status int, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.SetStatus(status)
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(data)
	return err
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
