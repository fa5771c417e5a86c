package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/live"
	"rawserve/httpwire"
	"rawserve/router/middleware"
)

const usage = `rawserve serves HTTP/1.1, parsed from the octets on a net.Conn.

  rawserve [serve] [flags]
  rawserve explain [flags] [FILE]              say what octets mean, rule by rule (explain -h tells more)
  rawserve conform -addr host:port [flags]     judge any HTTP/1.1 server (conform -h tells more)

where
  -addr ADDR               listen on host:port, :port (all interfaces), or unix:/path; port 0 takes a
                           free one. Default localhost:3000, for this machine only; if the environment
                           variable PORT is set, as containers have it, :$PORT, on all interfaces
  -socket-mode MODE        who may connect to unix:/path, such as 0660 or 0666 (default by the umask: this user)
  -data FILE               keep the messages in this file, so that they survive every restart (default: in memory)
  -data-repair             write what is good of a damaged FILE to FILE.repaired, say what was lost, and serve nothing
  -store etcd://HOST:PORT[,HOST:PORT...][/PREFIX]
                           keep the messages in etcd, which several servers can share; with a user and a password
                           etcd://USER:PASSWORD@HOST:PORT, with TLS etcds://. The environment variable RAWSERVE_STORE
                           sets it as well, and shows the password to nobody who lists the processes
  -static DIR              serve the files below DIR under /static/, with ranges, and no-cache, so that caches ask again;
                           where DIR is a link that is switched, the new folder is served after a second at most
  -xray ADDR               show every octet live at http://ADDR, such as localhost:3001 (default off)
  -xray-any                let others than this machine look, if ADDR does
  -xray-host NAME[,NAME]   take these names for the page, too; localhost always means it, with any port
  -xray-secrets            show the values of Authorization, Cookie and their like there
  -cors ORIGIN[,ORIGIN]    let web pages from these origins read the answers, and open WebSockets (* for all)
  -log text|json|off       a line on standard output for each exchange and each closed connection (default text)
  -log-probes              also for connections that the client closes without a request, as health checks do
  -version                 print version, revision and Go version, and stop

limits
  -max-body OCTETS         longest request body (default 1048576; /echo takes no more than that, /upload up to 1 GiB)
  -max-conns N             most connections at a time; more wait (default 10000, or half as many as files may be open)
  -min-rate N              octets per second of a body or an answer, on average, from the time on that a client
                           has been waited for as long as its timeout in all (default 240; 0 for none)

timeouts, such as 10s or 1m30s
  -head-timeout D          for a whole request head (default 10s)
  -body-timeout D          between reads of a request body (default 30s)
  -write-timeout D         between writes of a response (default 30s)
  -idle-timeout D          between requests (default 1m15s)
  -drain-delay D           after the first SIGTERM or SIGINT, serve on for so long while /healthz is 503, so that a load
                           balancer sends no more requests (default 0s)
  -shutdown-timeout D      for answers in flight, after the first SIGTERM or SIGINT (default 10s)

signals
  SIGTERM, SIGINT          finish what is in flight, then exit 0; a second one stops at once, exit 1
  SIGHUP                   ignored: the server outlives its terminal

try
  curl -i localhost:3000/messages -H 'Content-Type: application/json' -d '{"text":"hi"}'
  curl -N localhost:3000/messages/events
  curl -i localhost:3000/raw
  a browser at localhost:3000/ (messages) and at localhost:3000/chat
`

// settings is what the flags and the environment say.
type settings struct {
	address         string
	data            string
	dataRepair      bool
	store           *etcd.Config // nil: not in etcd
	static          string
	xray            string
	xrayAny         bool
	xrayHosts       []string
	xraySecrets     bool
	cors            middleware.CORS
	log             string
	logProbes       bool
	version         bool
	socketMode      os.FileMode // 0: as the umask leaves it
	drainDelay      time.Duration
	shutdownTimeout time.Duration
	server          httpwire.Server
}

// errHelp means that the usage was asked for.
var errHelp = flag.ErrHelp

// parseFlags reads the arguments of serve. Every error names the flag, what was
// wrong with its value and what it takes.
func parseFlags(args []string, getenv func(string) string) (*settings, error) {
	var s settings
	var origins, store, hosts string
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the caller prints the error, once
	fs.BoolVar(&s.version, "version", false, "")
	fs.StringVar(&s.address, "addr", "localhost:3000", "")
	fs.Func("socket-mode", "", s.setSocketMode)
	fs.StringVar(&s.data, "data", "", "")
	fs.BoolVar(&s.dataRepair, "data-repair", false, "")
	fs.StringVar(&store, "store", getenv("RAWSERVE_STORE"), "")
	fs.StringVar(&s.static, "static", "", "")
	fs.StringVar(&s.xray, "xray", "", "")
	fs.BoolVar(&s.xrayAny, "xray-any", false, "")
	fs.StringVar(&hosts, "xray-host", "", "")
	fs.BoolVar(&s.xraySecrets, "xray-secrets", false, "")
	fs.StringVar(&origins, "cors", "", "")
	fs.StringVar(&s.log, "log", "text", "")
	fs.BoolVar(&s.logProbes, "log-probes", false, "")
	fs.Int64Var(&s.server.MaxBody, "max-body", 0, "")
	fs.IntVar(&s.server.MaxConns, "max-conns", 0, "")
	fs.Int64Var(&s.server.MinRate, "min-rate", 240, "")
	fs.DurationVar(&s.server.HeadTimeout, "head-timeout", 0, "")
	fs.DurationVar(&s.server.BodyTimeout, "body-timeout", 0, "")
	fs.DurationVar(&s.server.WriteTimeout, "write-timeout", 0, "")
	fs.DurationVar(&s.server.IdleTimeout, "idle-timeout", 0, "")
	fs.DurationVar(&s.drainDelay, "drain-delay", 0, "")
	fs.DurationVar(&s.shutdownTimeout, "shutdown-timeout", 10*time.Second, "")
	if err := fs.Parse(args); errors.Is(err, errHelp) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w (-h says what each flag takes)", err)
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q (flags come first; -h lists them)", fs.Arg(0))
	}
	if err := cmp.Or(positive(fs), inVain(fs)); err != nil {
		return nil, err
	}
	if err := s.checkData(fs); err != nil {
		return nil, err
	}
	if err := s.checkStore(fs, store); err != nil {
		return nil, err
	}
	if s.server.MinRate == 0 {
		s.server.MinRate = -1 // none, to the server
	}
	if s.log != "text" && s.log != "json" && s.log != "off" {
		return nil, fmt.Errorf("-log is %q; it takes text, json or off", s.log)
	}
	if err := s.checkXray(hosts); err != nil {
		return nil, err
	}
	if origins != "" {
		s.cors.Origins = strings.Split(origins, ",")
	}
	if err := s.cors.Check(); err != nil {
		return nil, fmt.Errorf("-cors: %w", err)
	}
	if err := s.portFromEnvironment(fs, getenv); err != nil {
		return nil, err
	}
	return &s, s.checkWhere()
}

// checkXray checks the flags of the x-ray page, and takes over its host names.
func (s *settings) checkXray(hosts string) error {
	if s.xray != "" {
		if err := cmp.Or(live.CheckAddress(s.xray, s.xrayAny), checkPort("-xray", s.xray)); err != nil {
			return err
		}
	}
	if hosts != "" {
		s.xrayHosts = strings.Split(hosts, ",")
	}
	for _, name := range s.xrayHosts {
		if err := live.CheckName(name); err != nil {
			return err
		}
	}
	return nil
}

// checkWhere checks the address and what goes with it.
func (s *settings) checkWhere() error {
	if s.socketMode != 0 && !strings.HasPrefix(s.address, unixPrefix) {
		return fmt.Errorf("-socket-mode is for -addr unix:/path, and the address is %q", s.address)
	}
	return checkAddress(s.address)
}

// setSocketMode reads the mode of a Unix socket.
func (s *settings) setSocketMode(value string) error {
	mode, err := strconv.ParseUint(value, 8, 32)
	if err != nil || mode == 0 || mode > uint64(os.ModePerm) {
		return errors.New("it takes an octal number such as 0660 or 0666")
	}
	s.socketMode = os.FileMode(mode)
	return nil
}

// inVain refuses a flag that changes nothing without another one.
func inVain(fs *flag.FlagSet) error {
	value := func(name string) string { return fs.Lookup(name).Value.String() }
	for _, pair := range [][2]string{{"xray-any", "xray"}, {"xray-host", "xray"}, {"xray-secrets", "xray"}} {
		if given := value(pair[0]); given != "" && given != "false" && value(pair[1]) == "" {
			return fmt.Errorf("-%s changes nothing without -%s", pair[0], pair[1])
		}
	}
	if value("log-probes") != "false" && value("log") == "off" {
		return errors.New("-log-probes changes nothing with -log off")
	}
	return nil
}

// positive refuses limits and timeouts of zero or less: by them nothing could be
// served, or something would be unbounded. A minimum rate of zero is none.
func positive(fs *flag.FlagSet) (err error) {
	fs.Visit(func(f *flag.Flag) {
		value := f.Value.String()
		limit := strings.HasPrefix(f.Name, "max-") || strings.HasSuffix(f.Name, "-timeout")
		if (f.Name == "min-rate" || f.Name == "drain-delay") && strings.HasPrefix(value, "-") {
			err = errors.Join(err, fmt.Errorf("-%s is %s; it must not be less than zero, which is none", f.Name, value))
		}
		if limit && (strings.HasPrefix(value, "-") || value == "0" || value == "0s") {
			err = errors.Join(err, fmt.Errorf("-%s is %s; it must be more than zero", f.Name, value))
		}
	})
	return err
}

// checkData refuses flags that leave open where the messages are.
func (s *settings) checkData(fs *flag.FlagSet) (err error) {
	fs.Visit(func(f *flag.Flag) {
		if f.Name == "data" && s.data == "" {
			err = errors.New("-data is empty; it takes the name of a file")
		}
	})
	if s.dataRepair && s.data == "" {
		err = cmp.Or(err, errors.New("-data-repair needs -data FILE, the file to repair"))
	}
	return err
}

// checkStore reads the URL of -store, or of RAWSERVE_STORE.
func (s *settings) checkStore(fs *flag.FlagSet, url string) error {
	name := "RAWSERVE_STORE"
	fs.Visit(func(f *flag.Flag) {
		if f.Name == "store" {
			name = "-store"
		}
	})
	switch {
	case url == "" && name != "-store":
		return nil
	case s.data != "":
		return fmt.Errorf("-data and %s both say where the messages are; use one of them", name)
	}
	config, err := etcd.ParseURL(url)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err) // the URL itself may hold a password
	}
	s.store = &config
	return nil
}

// portFromEnvironment makes the address :PORT, unless it was given as a flag. PORT is
// how platforms of containers say where they will connect from outside, so a server
// that listened on the loopback interface could not be reached.
func (s *settings) portFromEnvironment(fs *flag.FlagSet, getenv func(string) string) error {
	port := getenv("PORT")
	given := false
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == "addr" })
	if port == "" || given {
		return nil
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("PORT is %q; it takes a number from 0 to 65535", port)
	} else {
		port = strconv.FormatUint(n, 10)
	}
	s.address = ":" + port
	return nil
}
