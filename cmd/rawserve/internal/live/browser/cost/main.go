// Command cost measures what recording costs: throughput and processor time per
// request of a server without the x-ray page, with it and nobody looking, with a
// viewer that reads, and with one that has stopped reading. The four take turns,
// so that whatever else the machine does falls on all of them; what is reported
// are ratios to the first.
//
//	go run ./cost [-rounds 8] [-for 2s]
//
// It needs wrk, and Linux for the processor time.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawserve/cmd/rawserve/internal/live/browser"
)

// subject is one of the four servers.
type subject struct {
	name   string
	server *browser.Server
	rates  []float64 // requests per second, one for each round
	costs  []float64 // processor time per request, in ticks
}

func main() {
	rounds := flag.Int("rounds", 8, "how often each is measured")
	duration := flag.Duration("for", 2*time.Second, "how long each time")
	flag.Parse()
	if err := run(*rounds, *duration); err != nil {
		log.Fatal(err)
	}
}

// run measures and reports.
func run(rounds int, duration time.Duration) error {
	dir, err := os.MkdirTemp("", "cost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command, err := browser.Build(dir)
	if err != nil {
		return err
	}
	var subjects []*subject
	for _, name := range []string{"off", "on, nobody looks", "on, a viewer reads", "on, a viewer stalls"} {
		server, err := start(command, name)
		if err != nil {
			return err
		}
		defer server.Stop()
		subjects = append(subjects, &subject{name: name, server: server})
	}
	for range rounds {
		for _, s := range subjects {
			if err := s.measure(duration); err != nil {
				return err
			}
		}
	}
	report(subjects)
	return nil
}

// start starts a server and what looks at it.
func start(command, name string) (*browser.Server, error) {
	if name == "off" {
		return browser.StartPlain(command)
	}
	server, err := browser.Start(command)
	if err != nil || name == "on, nobody looks" {
		return server, err
	}
	page := strings.TrimPrefix(server.Page, "http://")
	viewer, err := net.Dial("tcp", page)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(viewer, "GET /events HTTP/1.1\r\nHost: %s\r\n\r\n", page)
	if name == "on, a viewer reads" {
		go io.Copy(io.Discard, viewer)
	}
	return server, nil
}

// The results of wrk.
var (
	perSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	requests  = regexp.MustCompile(`(\d+) requests in`)
)

// measure loads the server once.
func (s *subject) measure(duration time.Duration) error {
	before := s.server.Ticks()
	out, err := exec.Command("wrk", "-t1", "-c32", fmt.Sprintf("-d%.0fs", max(1, duration.Seconds())), "http://"+s.server.Addr+"/healthz").CombinedOutput()
	after := s.server.Ticks()
	rate, count := perSecond.FindSubmatch(out), requests.FindSubmatch(out)
	if err != nil || rate == nil || count == nil {
		return fmt.Errorf("wrk: %w\n%s", err, out)
	}
	r, _ := strconv.ParseFloat(string(rate[1]), 64)
	n, _ := strconv.ParseFloat(string(count[1]), 64)
	s.rates = append(s.rates, r)
	s.costs = append(s.costs, float64(after-before)/n)
	return nil
}

// report prints ratios: the median, and the least and the most.
func report(subjects []*subject) {
	fmt.Printf("%-22s %-26s %s\n", "", "requests per second", "processor time per request")
	for _, s := range subjects {
		fmt.Printf("%-22s %-26s %s\n", s.name, ratios(s.rates, subjects[0].rates), ratios(s.costs, subjects[0].costs))
	}
}

// ratios compares what was measured in the same rounds.
func ratios(values, base []float64) string {
	all := make([]float64, len(base))
	for i := range base {
		all[i] = values[i] / base[i]
	}
	slices.Sort(all)
	return fmt.Sprintf("%.3f (%.3f to %.3f)", all[len(all)/2], all[0], all[len(all)-1])
}
