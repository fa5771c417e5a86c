package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"rawserve/cmd/rawserve/internal/live"
	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
	"rawserve/router"
	"rawserve/router/middleware"
	"rawserve/router/static"
)

// serve runs the server until it is told to stop, and returns the exit code.
func serve(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	errs := &output{to: stderr}
	out := &output{to: stdout, note: errs}
	defer errs.flush()
	defer out.flush()
	return serveTo(out, errs, args, getenv)
}

// serveTo is serve with outputs that nothing waits for.
func serveTo(stdout, stderr io.Writer, args []string, getenv func(string) string) int {
	s, err := parseFlags(args, getenv)
	switch {
	case errors.Is(err, errHelp):
		fmt.Fprint(stdout, usage)
		return exitOK
	case err != nil:
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitUsage
	case s.version:
		fmt.Fprintln(stdout, version())
		return exitOK
	case s.dataRepair:
		return s.repairStore(stderr)
	}
	store, err := s.openStore(stderr)
	if err != nil {
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	}
	code := s.serveStore(store, stdout, stderr)
	if err := store.close(); err != nil {
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	}
	return code
}

// serveStore serves the messages of a store, until a signal ends that.
func (s *settings) serveStore(store *keptStore, stdout, stderr io.Writer) int {
	var life lifetime
	rt, err := s.routes(store, &life)
	if err != nil {
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	}
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP) // who reads the log may go, and the terminal; the server stays
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	listeners, err := listen(s.address, s.socketMode)
	if err != nil {
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	}
	s.configure(rt, stdout, stderr)
	life.prepare(s.cors.Origins, s.server.ErrorLog)
	page, err := s.watch(listeners[0].Addr())
	if err != nil {
		closeAll(listeners)
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	}
	announce(stderr, listeners[0], s.address, rt, store.where)
	if page != nil {
		announceXray(stderr, page.listeners[0], s.xray)
		for _, l := range page.listeners {
			go page.server.Serve(l)
		}
		defer page.server.Close()
	}
	return s.untilSignal(listeners, signals, &life, stderr)
}

// routes builds the URL space and the middleware in front of it.
func (s *settings) routes(store messages.Store, life *lifetime) (*router.Router, error) {
	var files *static.Folder
	if s.static != "" {
		folder, err := static.Open(s.static)
		if err != nil {
			return nil, fmt.Errorf("-static: %w", err)
		}
		files = folder
	}
	life.health.Check = store.Health
	rt := routes(store, life, files)
	rt.Use(middleware.RequestID) // panics are contained and logged by the server
	if len(s.cors.Origins) > 0 {
		rt.Use(s.cors.Handler)
	}
	return rt, nil
}

// configure connects the server with the router and the logs.
func (s *settings) configure(rt *router.Router, stdout, stderr io.Writer) {
	s.server.Handler = rt.Serve
	s.server.ErrorLog = slog.New(slog.NewTextHandler(stderr, nil))
	switch s.log {
	case "text":
		s.server.OnExchange, s.server.OnClose = middleware.TextLog(stdout), middleware.TextCloseLog(stdout)
	case "json":
		s.server.OnExchange, s.server.OnClose = middleware.JSONLog(stdout), middleware.JSONCloseLog(stdout)
	}
	if s.log != "off" && !s.logProbes {
		s.server.OnClose = middleware.WithoutProbes(s.server.OnClose)
	}
}

// xrayPage is the x-ray page, ready to be served.
type xrayPage struct {
	server    *httpwire.Server
	listeners []net.Listener
}

// watch prepares the x-ray page of the server that listens on an address. It
// returns nil if none was asked for.
func (s *settings) watch(public net.Addr) (*xrayPage, error) {
	if s.xray == "" {
		return nil, nil
	}
	listeners, err := listenTCP(s.xray)
	if err != nil {
		return nil, whyNot(err, s.xray, "-xray")
	}
	listener := listeners[0]
	page := &live.Page{Recorder: live.NewRecorder(s.xraySecrets), Public: public, Names: s.xrayHosts}
	page.Recorder.Attach(&s.server)
	return &xrayPage{page.Server(listener, s.xray), listeners}, nil
}

// untilSignal serves until a signal asks it to stop. The first one lets the
// answers in flight finish, for as long as -shutdown-timeout says; a second one ends
// the process at once.
func (s *settings) untilSignal(listeners []net.Listener, signals <-chan os.Signal, life *lifetime, stderr io.Writer) int {
	served := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { served <- s.server.Serve(l) }()
	}
	select {
	case err := <-served:
		fmt.Fprintln(stderr, "rawserve:", err)
		return exitFailure
	case sig := <-signals:
		fmt.Fprintf(stderr, "rawserve: %v: finishing what is in flight, for at most %v (again to stop at once)\n", sig, s.shutdownTimeout)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.shutDown(life) }()
	select {
	case err := <-stopped:
		if err != nil {
			fmt.Fprintf(stderr, "rawserve: some answers did not finish within %v (see -shutdown-timeout)\n", s.shutdownTimeout)
			return exitFailure
		}
		return exitOK
	case <-signals:
		fmt.Fprintln(stderr, "rawserve: stopped at once")
		s.server.Close()
		return exitFailure
	}
}

// shutDown lets a load balancer find out that this server is to get no more requests,
// for as long as -drain-delay says, and then lets the answers in flight finish.
func (s *settings) shutDown(life *lifetime) error {
	life.health.Drain()
	time.Sleep(s.drainDelay)
	life.end()
	ctx, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout)
	defer cancel()
	return life.shutdown(ctx, &s.server)
}
