package live

import (
	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
)

// stepsView is what the parser says while the request arrives in pieces.
type stepsView struct {
	Split   string       `json:"split"`
	Octets  int          `json:"octets"`
	Steps   []xray.Step  `json:"steps"`
	Verdict xray.Verdict `json:"verdict"`
}

// steppedOneByOne is how many octets are given to the parser one by one. The
// others come at once: by then there is nothing left to learn.
const steppedOneByOne = 4096

// steps answers with what each read leads to, if the request comes as one read,
// octet by octet, or as it came.
func (p *Page) steps(w *httpwire.Response, r *httpwire.Request) error {
	conn, number, err := asked(r)
	if err != nil {
		return err
	}
	b := p.Recorder.snapshot(conn, number)
	if b == nil {
		return &httpwire.Problem{Status: 404, Detail: "This exchange was not captured, or is no longer kept."}
	}
	v := p.Recorder.view(b, number)
	answered := stepsView{Split: r.Query("split"), Octets: v.In.Kept, Steps: []xray.Step{}}
	var cuts []int
	switch answered.Split {
	case "each":
		for i := 1; i < min(v.In.Kept, steppedOneByOne); i++ {
			cuts = append(cuts, i)
		}
	case "reads":
		cuts = v.cuts(b)
	default:
		answered.Split = "whole"
	}
	ended := b.closed != "" && v.In.Total == int64(v.In.Kept)
	if messages := xray.Dissect(v.In.raw, xray.Options{Type: "request", Cuts: cuts, Steps: true, Ended: ended, Shown: v.In.shown}); len(messages) > 0 {
		answered.Steps, answered.Verdict = messages[0].Steps, messages[0].Verdict
	}
	return answerJSON(w, 200, answered)
}
