package conformance

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Exit statuses of Command.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 64
)

const usage = `Usage: rawserve conform [flags] [file.wire or directory ...]

Judge an HTTP/1.1 server, written in any language. Start it, then:

    rawserve conform -addr localhost:8080

Each case sends octets and compares what comes back. PASS, FAIL (the RFC
demands something else: a MUST), WARN (it recommends something else) or SKIP
(this server cannot be asked). Without files, the built-in cases are used.

Many cases need no more than a page at "/". The others need a few simple routes.
Cases that need a route that the server lacks are skipped:

    ok        GET a page, 200                           /
    echo      POST a body, 200 with the same body*      /echo
    upload    PUT a body, any 2xx                       /upload
    slow      GET a page that takes 300 ms              /slow/300
    stream    GET a page of unknown length, in pieces   /stream/5
    static    the files of conformance/testdata/static  /static
    messages  the messages API of rawserve              /messages

* best sent when the whole body has been read. An echo that answers as it reads
  cuts its answer off when the body turns out to be invalid.

Examples:

    rawserve conform -addr :8080 -role echo=/api/echo -role upload=
    rawserve conform -addr :8080 -run 'chunk' my-cases/
    rawserve conform -grid mine=:8080,nginx=:8081 -format html > report.html

Exit status: 0 if no MUST fails, 1 if one does, 64 for a wrong command line
or a file with mistakes.

Flags:
`

// options is what the command line says.
type options struct {
	addr, grid, run, format string
	has, lacks              string
	strict, lint, list      bool
	verbose                 bool
	timeout                 time.Duration
	parallel                int
	roles                   roleFlags
	files                   []string
}

// roleFlags collects -role name=path flags, the path of each role by server.
// The server "" means all.
type roleFlags map[string]map[string]string

// String is what flag.Value asks for; the default is not shown.
func (r roleFlags) String() string { return "" }

// Set adds the value of one flag: role=path, or server:role=path.
func (r roleFlags) Set(value string) error {
	name, path, found := strings.Cut(value, "=")
	server, role := cutServer(name)
	if !found || !slices.Contains(roles, role) || path != "" && path[0] != '/' {
		return fmt.Errorf("want role=/path, the role one of %s", strings.Join(roles, " "))
	}
	if r[server] == nil {
		r[server] = map[string]string{}
	}
	r[server][role] = path
	return nil
}

// Command runs "rawserve conform": it judges the servers that args names, the
// words of the command line without the program's name. Reports go to stdout,
// mistakes and progress to stderr. It returns the exit status: 0 if no case
// failed, 1 if one did, if the only server does not answer, or after an interrupt,
// and 64 for a wrong command line or a .wire file with mistakes.
func Command(args []string, stdout, stderr io.Writer) int {
	o, status := parseOptions(args, stdout, stderr)
	if o == nil {
		return status
	}
	files, err := o.load()
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	if o.lint {
		fmt.Fprintf(stdout, "%d files, %d cases: no mistakes\n", len(files), len(Select(files, always)))
		return exitOK
	}
	cases := Select(files, regexp.MustCompile(o.run).MatchString)
	if len(cases) == 0 {
		fmt.Fprintf(stderr, "rawserve conform: -run %s is in the id or section of no case; -list shows them\n", o.run)
		return exitUsage
	}
	if o.list {
		listCases(stdout, cases)
		return exitOK
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	summary, err := o.judge(ctx, cases, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "rawserve conform: %v\n", err)
		return exitFailed
	}
	summary.Made = made(args)
	if err := writers[o.format](stdout, summary); err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	for _, t := range summary.Total {
		if t.Failed > 0 {
			return exitFailed
		}
	}
	return exitOK
}

// made says when and how a report is made: the program, its version and that of
// curl, and the command line.
func made(args []string) string {
	version := "unknown version"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version + " " + info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " " + s.Value[:min(len(s.Value), 12)]
			}
		}
	}
	return fmt.Sprintf("%s, rawserve %s, %s: rawserve conform %s",
		time.Now().UTC().Format("2006-01-02 15:04 MST"), version, curlVersion(), visible(strings.Join(args, " ")))
}

// always selects every case.
func always(string) bool { return true }

// parseOptions reads the command line. It returns nil and an exit status when
// there is nothing more to do.
func parseOptions(args []string, stdout, stderr io.Writer) (*options, int) {
	o := &options{roles: roleFlags{}}
	flags := o.flags()
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if err == flag.ErrHelp {
		fmt.Fprint(stdout, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, exitOK
	}
	o.files = flags.Args()
	if err == nil {
		err = o.check()
	}
	if err != nil {
		fmt.Fprintf(stderr, "rawserve conform: %v\nTry rawserve conform -h\n", err)
		return nil, exitUsage
	}
	return o, exitOK
}

// flags describes the command line.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("rawserve conform", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "", "`host:port` of the server")
	f.StringVar(&o.grid, "grid", "", "several servers side by side: `name=host:port,name=host:port`")
	f.StringVar(&o.run, "run", "", "only the cases whose id or section matches a `regexp`")
	f.StringVar(&o.format, "format", "text", "`text`, tap, json (an object on each line), markdown or html (one page)")
	f.Var(o.roles, "role", "path of a role, as `role=/path`, or server:role=/path in a grid; no path: the server has none; repeatable")
	f.StringVar(&o.has, "has", "", "`features` the servers have though few servers do, separated by commas, or all; in a grid server:feature")
	f.StringVar(&o.lacks, "lacks", "", "`features` the servers lack: "+strings.Join(Features(), ", "))
	f.BoolVar(&o.strict, "strict", false, "judge as rawserve judges itself: a broken SHOULD fails, every feature is expected, and only the first alternative counts")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "how long a server may take to answer")
	f.IntVar(&o.parallel, "parallel", defaultParallel, "how many cases to play at once")
	f.BoolVar(&o.verbose, "v", false, "show what was sent and received in every case that failed, however many")
	f.BoolVar(&o.lint, "lint", false, "only check the files")
	f.BoolVar(&o.list, "list", false, "only list the cases")
	return f
}

// check refuses values that are wrong, or that make no sense together.
func (o *options) check() error {
	if _, err := regexp.Compile(o.run); err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	if writers[o.format] == nil {
		return fmt.Errorf("-format %s: want text, tap, json, markdown or html", o.format)
	}
	if o.timeout <= 0 || o.parallel <= 0 {
		return fmt.Errorf("-timeout and -parallel must be positive")
	}
	for _, item := range append(splitList(o.has), splitList(o.lacks)...) {
		_, name := cutServer(item)
		if _, known := features[name]; !known && name != "all" {
			return fmt.Errorf("unknown feature %q: known are %s", name, strings.Join(Features(), ", "))
		}
	}
	if o.lint || o.list {
		return nil
	}
	if (o.addr == "") == (o.grid == "") {
		return fmt.Errorf("name the server to judge, with -addr or -grid")
	}
	_, err := o.servers()
	return err
}

// splitList splits a list at its commas.
func splitList(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// cutServer splits "server:word"; the server is "" if none is named.
func cutServer(item string) (server, word string) {
	if server, word, found := strings.Cut(item, ":"); found {
		return server, word
	}
	return "", item
}

// featuresOf returns the features that a list gives to one server. The word
// all stands for those that only some servers have.
func featuresOf(list, name string) []string {
	var names []string
	for _, item := range splitList(list) {
		switch server, feature := cutServer(item); {
		case server != "" && server != name:
		case feature == "all":
			names = append(names, special...)
		default:
			names = append(names, feature)
		}
	}
	return names
}

// servers returns the servers to judge.
func (o *options) servers() ([]*Server, error) {
	var servers []*Server
	for _, item := range splitList(o.addr + o.grid) {
		name, addr, found := strings.Cut(item, "=")
		if o.grid == "" {
			name, addr, found = "", item, true
		}
		addr = strings.TrimSuffix(strings.TrimPrefix(addr, "http://"), "/")
		host, port, err := net.SplitHostPort(addr)
		if err != nil || !found || port == "" {
			return nil, fmt.Errorf("%s: want host:port, and in a grid name=host:port", item)
		}
		if host == "" {
			host = "localhost"
		}
		server := &Server{Name: name, Addr: net.JoinHostPort(host, port), Strict: o.strict, Roles: map[string]string{}}
		server.Has, server.Lacks = featuresOf(o.has, name), featuresOf(o.lacks, name)
		for _, of := range []string{"", name} {
			for role, path := range o.roles[of] {
				server.Roles[role] = path
			}
		}
		servers = append(servers, server)
	}
	return servers, nil
}

// load reads the files named, or the corpus.
func (o *options) load() ([]*File, error) {
	if len(o.files) == 0 {
		return Corpus()
	}
	return Load(o.files)
}

// listCases writes a line for each case.
func listCases(w io.Writer, cases []*Case) {
	for _, c := range cases {
		fmt.Fprintf(w, "%-32s  %-44s  %-6s  %s\n", c.Section, c.ID, c.Level(), c.Title)
	}
}

// judge runs the cases on each server, one server after the other so that they
// do not take time from each other.
func (o *options) judge(ctx context.Context, cases []*Case, stderr io.Writer) (*Summary, error) {
	servers, err := o.servers()
	if err != nil {
		return nil, err
	}
	var reports []*Report
	for _, server := range servers {
		if err := server.Probe(ctx); err != nil {
			err = fmt.Errorf("%s does not answer: %w", server.name(), err)
			if len(servers) == 1 {
				return nil, err
			}
			fmt.Fprintf(stderr, "rawserve conform: %v\n", err) // the others can still be judged
		}
		meter := newMeter(stderr, server.name(), len(cases))
		runner := &Runner{Timeout: o.timeout, Parallel: o.parallel, Progress: meter.step}
		reports = append(reports, runner.Run(ctx, server, cases))
		meter.clear()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted")
		}
	}
	summary := Summarize(reports)
	summary.Verbose = o.verbose
	return summary, nil
}

// meter shows how far a run is, on a terminal only.
type meter struct {
	w             io.Writer // nil: not a terminal
	name          string
	total, played int
	failed        int
}

// newMeter returns a meter that writes to w if w is a terminal.
func newMeter(w io.Writer, name string, total int) *meter {
	m := &meter{name: name, total: total}
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			m.w = w
		}
	}
	return m
}

// step counts one more case.
func (m *meter) step(r *Result) {
	m.played++
	if r.Verdict == Fail {
		m.failed++
	}
	if m.w != nil {
		fmt.Fprintf(m.w, "\r\x1b[K%s: %d of %d cases, %d failed", m.name, m.played, m.total, m.failed)
	}
}

// clear takes the meter off the terminal.
func (m *meter) clear() {
	if m.w != nil {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
}
