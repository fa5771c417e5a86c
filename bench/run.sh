#!/usr/bin/env bash
# Compares rawserve with its peers: bench/README.md explains what and how.
#
#   bench/run.sh            everything; writes bench/RESULTS.md and bench/results
#   bench/run.sh -quick     a first look in under three minutes; writes nothing
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

need wrk wrk
need taskset util-linux
if [ "${1:-}" != -quick ]; then
	need nginx nginx-light
fi
build

case "${1:-}" in
-quick)
	shift
	set -- -rounds 3 -slice 150ms -repeats 0 -conns 2000 \
		-servers rawserve,nethttp,nethttp-t,fasthttp,fasthttp-t,ceiling "$@"
	;;
"")
	set -- -out bench/results -report bench/RESULTS.md
	;;
esac
# The driver itself runs on the load's CPU; it pins each server to the other.
load_cpu=1
[ "$(nproc)" -gt 1 ] || load_cpu=0
exec taskset -c "$load_cpu" "$bin/driver" -root . -bin "$bin" -load-cpu "$load_cpu" "$@"
