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

// splits are the ways in which a request can be delivered to the parser: as it
// came, octet by octet, and as one read.
var splits = []string{"reads", "each", "whole"}

// steppedOneByOne is how many octets are given to the parser one by one. The
// others come at once: by then there is nothing left to learn.
const steppedOneByOne = 4096

// steps answers with what each read leads to.
func (p *Page) steps(w *httpwire.Response, r *httpwire.Request) error {
	v, err := p.asked(r)
	if err != nil {
		return err
	}
	return answerJSON(w, 200, v.steps(r.Query("split")))
}

// steps returns what each read of the request leads to, if it is delivered in one
// of the splits.
func (v *exchangeView) steps(split string) stepsView {
	s := stepsView{Split: split, Octets: v.In.Kept, Steps: []xray.Step{}}
	var cuts []int
	switch split {
	case "each":
		for i := 1; i < min(v.In.Kept, steppedOneByOne); i++ {
			cuts = append(cuts, i)
		}
	case "reads":
		cuts = v.cuts()
	default:
		s.Split = "whole"
	}
	if messages := v.dissectRequest(cuts, true); len(messages) > 0 {
		s.Steps, s.Verdict = messages[0].Steps, messages[0].Verdict
	}
	return s
}
