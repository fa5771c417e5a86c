package xray

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:generate go test -run TestRecordOpinions -record .

// recorded is what other servers answered to a conformance case for each rule.
// go generate writes it, by asking them.
//
//go:embed opinions.json
var recorded []byte

// Opinion is what one server answered.
type Opinion struct {
	Server string `json:"server"` // with its version: "nginx 1.22.1"
	Answer string `json:"answer"` // "400, closed"; "200, open"; "nothing, open"
}

// Recording is what was recorded, and when.
type Recording struct {
	Date    string                 `json:"date"`    // of the run: "2026-11-21"
	Servers []string               `json:"servers"` // asked, with their versions
	Rules   map[string]RuleOpinion `json:"rules"`   // by name of the rule
}

// RuleOpinion is what was sent for a rule, and what came back.
type RuleOpinion struct {
	Case     string    `json:"case"` // id of the conformance case
	Opinions []Opinion `json:"opinions"`
}

// Recorded returns the recording that is built in.
func Recorded() Recording { return recording() }

// recording parses the embedded file once.
var recording = sync.OnceValue(func() (r Recording) {
	if err := json.Unmarshal(recorded, &r); err != nil {
		return Recording{}
	}
	return r
})

// Opinions returns what other servers answered to octets that break a rule of
// the catalog, given by its name.
func Opinions(rule string) []Opinion { return recording().Rules[rule].Opinions }
