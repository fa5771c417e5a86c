package syntax_test

import (
	"fmt"

	"rawserve/httpwire/syntax"
)

// The octets of a request arrive in any pieces. The parser says when a head is
// whole and how long it is; the head says where its parts stand.
func ExampleHeadParser() {
	var window []byte
	var parser syntax.HeadParser
	for _, read := range []string{"GET /messages?limit=2 HT", "TP/1.1\r\nHost: local", "host:3000\r\nAccept: */*\r\n\r", "\n"} {
		window = append(window, read...)
		n, err := parser.Parse(window)
		fmt.Printf("%d octets received, head of %d, error %v\n", len(window), n, err)
	}
	head := parser.Head()
	fmt.Printf("%s %s\n", head.Method.Of(window), head.Path.Of(window))
	for _, field := range head.Fields {
		fmt.Printf("octet %d: %s = %s\n", field.Name, window[field.Name:field.Colon], window[field.Value:field.End])
	}
	fmt.Printf("body: %v; rule %d: %v\n", head.Framing, head.Framing.Rule.Number(), head.Framing.Rule)
	// Output:
	// 24 octets received, head of 0, error <nil>
	// 43 octets received, head of 0, error <nil>
	// 68 octets received, head of 0, error <nil>
	// 69 octets received, head of 69, error <nil>
	// GET /messages
	// octet 32: Host = localhost:3000
	// octet 54: Accept = */*
	// body: none; rule 7: neither Transfer-Encoding nor Content-Length
}

// A client parses the head of each response with the method of the request that it
// answers. The framing says where the body ends; it is decoded with a ChunkDecoder
// where it is chunked.
func ExampleResponseParser() {
	window := []byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nLocation: /messages/1\r\nContent-Length: 2\r\n\r\n{}")
	parser := syntax.ResponseParser{Method: "POST"}
	for {
		n, err := parser.Parse(window)
		if err != nil || n == 0 {
			fmt.Println("broken or not whole:", err)
			return
		}
		head := parser.Head()
		fmt.Printf("%d %s\n", head.Status, head.Reason.Of(window))
		if head.Status/100 == 1 {
			window = window[n:] // an interim response: the final one follows
			parser.Reset()
			continue
		}
		for _, field := range head.Fields {
			fmt.Printf("%s = %s\n", window[field.Name:field.Colon], window[field.Value:field.End])
		}
		fmt.Printf("body: %v; rule %d: %v\n", head.Framing, head.Framing.Rule.Number(), head.Framing.Rule)
		fmt.Printf("%s, then open for the next request: %t\n", window[n:], head.Persistent)
		return
	}
	// Output:
	// 100 Continue
	// 201 Created
	// Location = /messages/1
	// Content-Length = 2
	// body: length 2; rule 6: Content-Length gives the length
	// {}, then open for the next request: true
}

// An error names the rule, and the first octet that broke it.
func ExampleError() {
	var parser syntax.HeadParser
	_, err := parser.Parse([]byte("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n"))
	fmt.Println(err)
	// Output:
	// 400 at octet 20: white space between field name and colon (RFC 9112, Section 5.1)
}

// The decoder takes the framing away. What it returns aliases the window.
func ExampleChunkDecoder() {
	window := []byte("6;greeting\r\nHello,\r\n7\r\n world!\r\n0\r\nX-Checksum: 1\r\n\r\nGET / HTTP/1.1\r\n")
	var decoder syntax.ChunkDecoder
	for {
		n, data, done, err := decoder.Next(window)
		if err != nil || n == 0 {
			fmt.Println("broken or not whole:", err)
			return
		}
		if len(data) > 0 {
			fmt.Printf("data %q\n", data)
		}
		if done {
			for _, field := range decoder.Trailer() {
				fmt.Printf("trailer %s = %s\n", window[field.Name:field.Colon], window[field.Value:field.End])
			}
			fmt.Printf("next request %q\n", window[n:])
			return
		}
		window = window[n:]
	}
	// Output:
	// data "Hello,"
	// data " world!"
	// trailer X-Checksum = 1
	// next request "GET / HTTP/1.1\r\n"
}
