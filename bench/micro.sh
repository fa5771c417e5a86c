#!/usr/bin/env bash
# Compares the pieces without sockets: head parsing, chunk decoding, routers,
# exchanges.
#
#   bench/micro.sh           ten interleaved runs; writes bench/results/micro.txt
#   bench/micro.sh -quick    three short ones; writes nothing
#   bench/micro.sh -own      this module's own benchmarks, for benchstat OLD NEW
#
# benchstat comes from the tool list of bench/peers/go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOTOOLCHAIN=local
root=$PWD
bin=$root/bench/bin
runs=10 time=200ms
raw=$(mktemp)
trap 'rm -f "$raw"' EXIT

case "${1:-}" in
-quick) runs=3 time=30ms ;;
-own) exec go test -run '^$' -bench . -count 10 ./httpwire/... ./router/... ;;
esac

mkdir -p "$bin" bench/results
(
	cd bench/peers
	go test -c -o "$bin/micro.test" ./micro
	go build -o "$bin/benchstat" golang.org/x/perf/cmd/benchstat
)
for ((run = 0; run < runs; run++)); do
	taskset -c 0 "$bin/micro.test" -test.run '^$' -test.bench . -test.benchtime "$time" >>"$raw"
done
compare() {
	"$bin/benchstat" -filter ".name:$1 .unit:(sec/op OR allocs/op)" -col /impl -row /in "$raw"
}
report() {
	compare Head
	compare Chunked
	compare Router
	compare Exchange
}
if [ "${1:-}" = -quick ]; then
	report
else
	report | tee bench/results/micro.txt
fi
