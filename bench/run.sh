#!/usr/bin/env bash
# Compares rawserve with its peers: bench/README.md explains what and how.
#
#   bench/run.sh            everything; writes bench/RESULTS.md, bench/results and the figures in README.md
#   bench/run.sh -full -rounds 8 -slice 300ms     the same with flags of the driver
#   bench/run.sh -quick     a first look, at the scenarios of README.md; writes nothing
#   bench/run.sh -report    measures nothing; makes RESULTS.md, plots and README.md anew from bench/results
#   bench/run.sh -h         the driver's flags, for example -servers and -scenarios
#
# Installs wrk and nginx with apt-get if they are missing and it is root, and builds
# everything else, hey included, with the Go toolchain. All load stays on
# 127.0.0.1, ends by itself, and only processes started here are ended.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOTOOLCHAIN=local GOFLAGS="-trimpath ${GOFLAGS:-}"
bin=$PWD/bench/bin

# need PROGRAM PACKAGE installs a Debian package unless its program is there.
need() {
	command -v "$1" >/dev/null && return
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		apt-get install -y --no-install-recommends "$2" >/dev/null 2>&1 ||
			{ apt-get update && apt-get install -y --no-install-recommends "$2"; } >/dev/null 2>&1 || true
	fi
	command -v "$1" >/dev/null || echo "bench: no $1 here (Debian package $2)" >&2
}

build() {
	mkdir -p "$bin"
	go build -o "$bin/server" ./bench/server
	rm -f "$bin/rawserve" # its conform judges the server
	go build -o "$bin/rawserve" ./cmd/rawserve ||
		echo "bench: no verdict on conformance, cmd/rawserve does not build" >&2
	(
		cd bench/peers
		go build -o "$bin/peers" .
		go build -o "$bin/driver" ./driver
		go build -o "$bin/hey" github.com/rakyll/hey
	)
}

# present makes the report and the plots from bench/results, and the figures in
# README.md from the report.
present() {
	"$bin/driver" -from bench/results -report bench/RESULTS.md
	go test ./cmd/rawserve -count=1 -run TestReadmeFigures -update
}

if [ "${1:-}" = -report ]; then
	(cd bench/peers && go build -o "$bin/driver" ./driver)
	present
	exit
fi
need wrk wrk
need taskset util-linux
if [ "${1:-}" != -quick ]; then
	need nginx nginx-light
fi
build

write=""
case "${1:-}" in
-quick)
	shift
	set -- -rounds 3 -slice 150ms -repeats 0 -scenarios plaintext,browser,pipeline,chunked64k,file,close \
		-servers rawserve,nethttp,fasthttp,fasthttp-t,ceiling -judge=false "$@"
	;;
"" | -full)
	write=yes
	[ $# = 0 ] || shift
	set -- -out bench/results "$@"
	;;
esac
# The driver itself runs on the load's CPU; it pins each server to the other.
load_cpu=1
[ "$(nproc)" -gt 1 ] || load_cpu=0
taskset -c "$load_cpu" "$bin/driver" -root . -bin "$bin" -load-cpu "$load_cpu" "$@"
[ -z "$write" ] || present
