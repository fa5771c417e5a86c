module rawserve/cmd/rawserve/internal/messages/etcdstore/cluster

go 1.26.0

replace rawserve => ../../../../../..

require (
	github.com/anishathalye/porcupine v1.0.3
	rawserve v0.0.0-00010101000000-000000000000
)
