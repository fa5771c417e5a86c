package main

import (
	"fmt"
	"slices"
	"strings"
)

// scenario is one kind of load. The ones with a script are driven by wrk; the
// others by this program, because wrk cannot hold idle or slow connections.
type scenario struct {
	name   string
	title  string // for the report
	path   string
	script string // name in bench/scenarios/load.lua
	conns  int
	run    func(*bench, scenario) error // nil: interleaved rounds of wrk or hey
}

// plaintextConns is also a level of the scaling scenario, which takes it from there:
// one load, one figure.
const plaintextConns = 64

var scenarios = []scenario{
	{name: "plaintext", title: "plaintext, keep-alive", path: "/", script: "get", conns: plaintextConns},
	{name: "pipeline", title: "plaintext, pipelined 16 deep", path: "/", script: "pipeline", conns: 64},
	{name: "json", title: "JSON", path: "/json", script: "get", conns: 64},
	{name: "param", title: "path parameter", path: "/users/4711", script: "get", conns: 64},
	{name: "browser", title: "browser-sized head", path: "/", script: "browser", conns: 64},
	{name: "echo1k", title: "echo of 1 KiB", path: "/echo", script: "echo1k", conns: 64},
	{name: "echo64k", title: "echo of 64 KiB", path: "/echo", script: "echo64k", conns: 64},
	{name: "chunked64k", title: "chunked echo of 64 KiB", path: "/echo", script: "chunked64k", conns: 64},
	{name: "file", title: "1 MiB from a file", path: "/static/large.txt", script: "get", conns: 16},
	{name: "close", title: "connection per request", path: "/", script: "close", conns: 64},
	{name: "hey", title: "plaintext, load from hey", path: "/", conns: 64},
	{name: "slow", title: "1,000 slow connections next to 64 busy ones", path: "/", script: "get", conns: 64, run: (*bench).slow},
	{name: "idle", title: "idle connections", path: "/", run: (*bench).idle},
	{name: "scale", title: "plaintext by number of connections", path: "/", script: "get", run: (*bench).scale},
	{name: "routes", title: "path parameter, 1 and 1,000 further routes", path: "/users/4711", script: "get", conns: 64, run: (*bench).routes},
}

func scenarioNames() []string {
	var list []string
	for _, s := range scenarios {
		list = append(list, s.name)
	}
	return list
}

func chooseScenarios(wanted string) ([]scenario, error) {
	if wanted == "all" {
		return scenarios, nil
	}
	var list []scenario
	for name := range strings.SplitSeq(wanted, ",") {
		i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no scenario %q; there are %s", name, strings.Join(scenarioNames(), ","))
		}
		list = append(list, scenarios[i])
	}
	return list, nil
}
