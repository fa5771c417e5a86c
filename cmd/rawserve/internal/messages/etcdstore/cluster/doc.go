// Package cluster tests rawserve on an etcd of three nodes while nodes and servers
// are killed and stopped. It is a module of its own because of the checker:
// porcupine, which decides whether a history is linearizable.
//
//	cluster_test.go   what is done to the cluster, and what must be true then
//	quorum_test.go    without a majority: 503 in time, and healthy again by itself
//	readme_test.go    three servers after HAProxy, as the README says: no request fails
//	server_test.go    a process of rawserve
//	clients_test.go   clients that change messages and keep a history
//	followers_test.go clients that follow the feed
//	model_test.go     what a message may do, for the checker
//	load/             how many messages a second can be made, and how many etcd itself takes
package cluster
