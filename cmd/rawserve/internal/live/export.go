package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"rawserve/httpwire"
)

// portable is one exchange with everything that the page would ask the server for.
type portable struct {
	Address  string               `json:"address"` // of the server that was recorded
	Exchange *exchangeView        `json:"exchange"`
	Steps    map[string]stepsView `json:"steps"` // by split
}

// portable returns an exchange that needs no server any more.
func (v *exchangeView) portable(address string) portable {
	p := portable{Address: address, Exchange: v, Steps: map[string]stepsView{}}
	for _, split := range splits {
		p.Steps[split] = v.steps(split)
	}
	return p
}

// export answers with an exchange as a file to keep.
func (p *Page) export(w *httpwire.Response, r *httpwire.Request) error {
	v, err := p.asked(r)
	if err != nil {
		return err
	}
	var text []byte
	kind, form := "", r.Query("as")
	switch form {
	case "html":
		kind, text = "text/html; charset=utf-8", v.html(p.host())
	case "wire":
		kind, text = "text/plain; charset=utf-8", []byte(v.Fixture)
	case "har":
		kind, text = "application/json", v.har(p.host())
	default:
		return &httpwire.Problem{Status: 400, Detail: "This takes as, which is html, wire or har."}
	}
	if len(text) == 0 {
		return &httpwire.Problem{Status: 409, Detail: "This exchange cannot be written as " + form + ": " + v.whyNot(form) + "."}
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="xray-c%d-%d.%s"`, v.Conn, v.Number, form))
	return answer(w, kind, text)
}

// whyNot says why an exchange cannot be written in a form.
func (v *exchangeView) whyNot(form string) string {
	if form == "har" {
		return "HAR describes requests that were understood, and this one was not"
	}
	return "not all octets of the request were captured"
}

// html writes an exchange as one document that needs nothing else: the page itself,
// with the exchange in it. It may load nothing, and runs no script but its own.
func (v *exchangeView) html(address string) []byte {
	style, code := pageFile("app.css"), pageScript()
	policy := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'", digest(code), digest(style))
	carried := ascii(v.portable(address))
	return []byte(strings.NewReplacer(
		`<meta charset="utf-8">`, `<meta charset="utf-8">`+"\n"+`<meta http-equiv="Content-Security-Policy" content="`+policy+`">`,
		`<link rel="stylesheet" href="app.css">`, "<style>"+string(style)+"</style>",
		`<script src="app.js" defer></script>`, "",
		"</body>", `<script type="application/json" id="carried">`+string(carried)+"</script>\n<script>"+string(code)+"</script>\n</body>",
	).Replace(string(pageFile("index.html"))))
}

// digest is how a policy names what may run.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// ascii writes JSON in which every octet is printable ASCII: nothing in it acts, in
// markup or on a terminal, and nothing reverses the direction of the text around it.
func ascii(value any) []byte {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		panic(err) // the types have no member that could fail
	}
	var b bytes.Buffer
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch high, low := utf16.EncodeRune(r); {
		case r < 0x7f:
			b.WriteRune(r)
		case high != utf8.RuneError:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}
