package live

import (
	"encoding/base64"
	"strings"
	"time"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
)

// An exchange can come with a link: the fragment holds what another server has
// recorded. Whoever has made the link may have made it up, so the octets are all that
// is believed. They are dissected here, and secrets in them are masked; what the other
// server is said to have decided is shown as text that nothing obeys.

const (
	carriedDecisions = 256     // at most
	carriedTotal     = 1 << 40 // octets of a direction, at most
	carriedTime      = 1 << 53 // microseconds, at most: what a script can count
)

// carried answers with the exchange that a link holds, as the page shows it.
func (p *Page) carried(w *httpwire.Response, r *httpwire.Request) error {
	var v exchangeView
	if err := ask(r, &v); err != nil {
		return err
	}
	if why := v.unpack(); why != "" {
		return &httpwire.Problem{Status: 422, Detail: "The link holds no exchange: " + why + "."}
	}
	return answerJSON(w, 200, v.portable(p.host()))
}

// unpack makes an exchange of what a link holds, or says what is wrong with it.
func (v *exchangeView) unpack() (why string) {
	fresh := exchangeView{
		Conn: v.Conn, Number: v.Number, First: v.Number, Last: v.Number, When: v.When, Began: v.Began, Ended: v.Ended,
		Over: v.Over, Closed: inert(v.Closed), Carried: true, Decisions: []decisionAt{}, Blocks: v.Blocks,
	}
	if _, err := time.Parse(time.RFC3339Nano, v.When); err != nil {
		return "its time is none"
	}
	if why := fresh.In.unpack(&v.In) + fresh.Out.unpack(&v.Out); why != "" {
		return why
	}
	if len(v.Blocks) > burstPieces || len(v.Decisions) > carriedDecisions {
		return "it has too many parts"
	}
	for i := range v.Blocks {
		if !v.Blocks[i].possible(&fresh) {
			return "its reads and writes are impossible"
		}
	}
	for _, d := range v.Decisions {
		fresh.Decisions = append(fresh.Decisions, decisionAt{At: d.At, Name: inert(d.Name), Value: inert(d.Value)})
	}
	if x := v.Exchange; x != nil {
		fresh.Exchange = &ExchangeInfo{Method: inert(x.Method), Target: inert(x.Target), Status: x.Status, In: x.In, Out: x.Out,
			BodyIn: inert(x.BodyIn), BodyOut: inert(x.BodyOut), FramedBy: inert(x.FramedBy), Declared: x.Declared,
			Reason: inert(x.Reason), Duration: x.Duration}
	}
	fresh.refused()
	fresh.explain()
	*v = fresh
	return ""
}

// refused says of an exchange from a link which rule its request breaks, as this
// server sees it.
func (v *exchangeView) refused() {
	messages := v.dissectRequest(nil, false)
	if v.Exchange == nil || len(messages) == 0 || messages[0].Verdict.Broken == nil {
		return
	}
	broken := messages[0].Verdict.Broken
	v.Exchange.Rule, v.Exchange.Refusal = broken.Name, broken.Sentence
}

// unpack makes a direction of what a link holds, or says what is wrong with it.
func (s *side) unpack(from *side) (why string) {
	raw, err := base64.StdEncoding.DecodeString(from.Octets)
	switch {
	case err != nil:
		return "its octets are none"
	case len(raw) > capturePerExchange:
		return "it has more octets than are ever kept"
	case from.Total < int64(len(raw)) || from.Total > carriedTotal:
		return "it counts its octets wrongly"
	}
	*s = side{Total: from.Total, Kept: len(raw), Messages: []xray.Message{}, raw: raw, shown: raw}
	return ""
}

// possible reports whether a read or write from a link can have been one.
func (b *block) possible(v *exchangeView) bool {
	total := v.Out.Total
	if b.Kind == pieceRead {
		total = v.In.Total
	}
	known := b.Kind == pieceRead || b.Kind == pieceWrite || b.Kind == pieceSendfile
	before := b.Before < 0 || b.After < 0 || b.Before > carriedTotal || b.After > carriedTotal
	return known && !before && 0 <= b.From && b.From <= b.To && b.To <= total && b.Index >= 0 &&
		0 <= b.Length && b.Length <= carriedTotal && -carriedTime < b.At && b.At < carriedTime
}

// inert returns text that does nothing wherever it is shown, and is not long.
func inert(text string) string {
	return xray.Visible(clip([]byte(strings.ToValidUTF8(text, "?"))))
}
