package xray

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rawserve/conformance"
	"rawserve/httpwire"
)

// record asks the other servers anew and writes opinions.json. It wants node,
// nginx, haproxy and apache2 (Debian's packages); those that are missing are
// left out.
var record = flag.Bool("record", false, "ask other servers and write opinions.json")

// patience is how long a server may take to say something more.
const patience = 1200 * time.Millisecond

// peer is a server to be asked.
type peer struct{ name, address string }

// TestRecordOpinions writes opinions.json, if told to.
func TestRecordOpinions(t *testing.T) {
	if !*record {
		t.Skip("-record asks other servers and writes opinions.json")
	}
	peers := startPeers(t)
	r := Recording{Date: time.Now().UTC().Format(time.DateOnly), Rules: map[string]RuleOpinion{}}
	for _, p := range peers {
		r.Servers = append(r.Servers, p.name)
	}
	for _, rule := range httpwire.Rules() {
		if known := examples()[rule.Name]; known.fixture != "" {
			r.Rules[rule.Name] = askAll(t, known.fixture, peers)
		}
	}
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("opinions.json", append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// askAll sends what a conformance case sends to each server.
func askAll(t *testing.T, id string, peers []peer) RuleOpinion {
	t.Helper()
	i := slices.IndexFunc(allCases(t), func(c *conformance.Case) bool { return c.ID == id })
	octets := allCases(t)[i].Sent("localhost:3000")[0].Octets
	opinions := make([]Opinion, len(peers))
	var group sync.WaitGroup
	for i, p := range peers {
		group.Go(func() { opinions[i] = Opinion{p.name, summary(octets, askPeer(t, p.address, octets, patience))} })
	}
	group.Wait()
	return RuleOpinion{id, opinions}
}

// summary says what was answered in a few words.
func summary(sent []byte, a peerAnswer) string {
	var words []string
	var methods []string
	for _, m := range Dissect(sent, Options{Type: "request"}) {
		methods = append(methods, m.Method)
	}
	for _, m := range Dissect(a.octets, Options{Type: "response", Methods: methods, Ended: a.closed}) {
		if m.Verdict.Outcome == Reject {
			words = append(words, "no HTTP")
		} else if m.Status > 0 {
			words = append(words, fmt.Sprint(m.Status))
		}
	}
	if words == nil {
		words = []string{"nothing"}
	}
	if a.closed {
		return strings.Join(words, " ") + ", closed"
	}
	return strings.Join(words, " ") + ", open"
}

// startPeers starts every server there is. The proxies stand in front of
// net/http.
func startPeers(t *testing.T) []peer {
	t.Helper()
	backend := goServer(t, goEcho)
	peers := []peer{{"net/http " + strings.TrimPrefix(runtime.Version(), "go"), backend}}
	if version := versionOf("node", "--version"); version != "" {
		peers = append(peers, peer{"Node " + version, nodeServer(t, nodeEcho)})
	}
	for _, p := range proxies {
		if version := versionOf(p.program, p.version); version != "" {
			peers = append(peers, peer{p.name + " " + version, p.start(t, backend)})
		}
	}
	return peers
}

// versionOf returns the version a program gives, or "" if it is not installed.
func versionOf(program, flag string) string {
	text, err := exec.Command(program, flag).CombinedOutput()
	if err != nil {
		return ""
	}
	return regexp.MustCompile(`\d+\.\d+\.\d+`).FindString(string(text))
}

// proxy is a server that is asked as a proxy in front of another one.
type proxy struct {
	name, program, version string
	args                   []string // ${dir} is a directory of its own
	config                 string   // ${port}, ${backend}, ${dir}
}

var proxies = []proxy{
	{"nginx", "nginx", "-v", []string{"-p", "${dir}", "-c", "${dir}/config", "-e", "${dir}/errors"}, `
daemon off;
user root;
worker_processes 1;
pid ${dir}/pid;
events { }
http {
	access_log off;
	client_body_temp_path ${dir}/body;
	proxy_temp_path ${dir}/proxy;
	fastcgi_temp_path ${dir}/fastcgi;
	uwsgi_temp_path ${dir}/uwsgi;
	scgi_temp_path ${dir}/scgi;
	server {
		listen 127.0.0.1:${port};
		location / {
			proxy_pass http://${backend};
			proxy_http_version 1.1;
		}
	}
}
`},
	{"HAProxy", "haproxy", "-v", []string{"-db", "-f", "${dir}/config"}, `
defaults
	mode http
	timeout connect 2s
	timeout client 10s
	timeout server 10s
frontend front
	bind 127.0.0.1:${port}
	default_backend back
backend back
	server one ${backend}
`},
	{"Apache", "apache2", "-v", []string{"-D", "FOREGROUND", "-f", "${dir}/config"}, `
ServerRoot ${dir}
ServerName localhost
PidFile ${dir}/pid
ErrorLog ${dir}/errors
Listen 127.0.0.1:${port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
User www-data
Group www-data
ProxyPass / http://${backend}/
`},
}

// start starts the proxy and returns its address.
func (p *proxy) start(t *testing.T, backend string) string {
	t.Helper()
	dir := t.TempDir()
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	fill := strings.NewReplacer("${dir}", dir, "${port}", port, "${backend}", backend)
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(fill.Replace(p.config)), 0o644); err != nil {
		t.Fatal(err)
	}
	var args []string
	for _, arg := range p.args {
		args = append(args, fill.Replace(arg))
	}
	cmd := exec.Command(p.program, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	waitFor(t, address)
	return address
}

// freeAddress returns an address nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor waits until somebody listens on an address.
func waitFor(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 250 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		<-tick.C
	}
	t.Fatalf("nobody listens on %s", address)
}

// TestOpinions: what is recorded is about rules and cases that there are.
func TestOpinions(t *testing.T) {
	r := Recorded()
	if _, err := time.Parse(time.DateOnly, r.Date); err != nil || len(r.Servers) < 2 {
		t.Fatalf("recorded %q, of %v", r.Date, r.Servers)
	}
	files, err := conformance.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, rule := range httpwire.Rules() {
		names[rule.Name] = true
	}
	for name, o := range r.Rules {
		if !names[name] {
			t.Errorf("there is no rule %s", name)
		}
		if len(conformance.Select(files, func(s string) bool { return s == o.Case })) != 1 {
			t.Errorf("%s: there is no case %s", name, o.Case)
		}
		for _, opinion := range o.Opinions {
			if !slices.Contains(r.Servers, opinion.Server) || opinion.Answer == "" {
				t.Errorf("%s: %+v", name, opinion)
			}
		}
	}
}
