package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// largeBody is what /large answers: octet i is 'a' + i % 26.
func largeBody() []byte {
	body := make([]byte, 1<<20)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	return body
}

// expectation is one request and the answer every server must give.
type expectation struct {
	scenario    string // skipped by servers that lack it
	request     string
	contentType string
	body        string
	closes      bool
}

func expectations() []expectation {
	get := func(path, fields string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: localhost:3000\r\n" + fields + "\r\n"
	}
	post := func(n int) string {
		return fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: %d\r\n\r\n%s", n, strings.Repeat("x", n))
	}
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 8192, strings.Repeat("x", 8192))
	chunked := "POST /echo HTTP/1.1\r\nHost: localhost:3000\r\nTransfer-Encoding: chunked\r\n\r\n" +
		strings.Repeat(chunk, 8) + "0\r\n\r\n"
	return []expectation{
		{"plaintext", get("/", ""), "text/plain", "Hello, World!", false},
		{"json", get("/json", ""), "application/json", `{"message":"Hello, World!"}`, false},
		{"param", get("/users/4711", ""), "text/plain", "4711", false},
		{"echo1k", post(1024), "", strings.Repeat("x", 1024), false},
		{"echo64k", post(65536), "", strings.Repeat("x", 65536), false},
		{"chunked64k", chunked, "", strings.Repeat("x", 65536), false},
		{"file", get("/static/large.txt", ""), "", string(largeBody()), false},
		{"large", get("/large", ""), "", string(largeBody()), false},
		{"close", get("/", "Connection: close\r\n"), "text/plain", "Hello, World!", true},
	}
}

// check asks a server everything the scenarios ask, three times over in one
// write, as a pipelining client does, and compares the answers.
func (b *bench) check(p *process) error {
	for _, e := range expectations() {
		if !p.server.does(e.scenario) {
			continue
		}
		if err := e.check(p.addr); err != nil {
			return fmt.Errorf("%s: %w", e.scenario, err)
		}
	}
	return nil
}

func (e expectation) check(addr string) error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(10 * time.Second))
	times := 3
	if e.closes {
		times = 1
	}
	go io.WriteString(nc, strings.Repeat(e.request, times))
	in := bufio.NewReader(nc)
	for range times {
		if err := e.checkAnswer(in); err != nil {
			return err
		}
	}
	if e.closes {
		if _, err := in.ReadByte(); err != io.EOF {
			return fmt.Errorf("connection not closed after the answer: %v", err)
		}
	}
	return nil
}

// checkAnswer reads one answer; net/http's reader is only the judge here.
func (e expectation) checkAnswer(in *bufio.Reader) error {
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	switch {
	case answer.StatusCode != 200:
		return fmt.Errorf("status %d", answer.StatusCode)
	case !bytes.Equal(body, []byte(e.body)):
		return fmt.Errorf("body of %d octets differs from the %d expected", len(body), len(e.body))
	case answer.ContentLength != int64(len(e.body)):
		return fmt.Errorf("content-length %d", answer.ContentLength)
	case !strings.HasPrefix(answer.Header.Get("Content-Type"), e.contentType):
		return fmt.Errorf("content-type %q", answer.Header.Get("Content-Type"))
	}
	if _, err := http.ParseTime(answer.Header.Get("Date")); err != nil {
		return fmt.Errorf("date: %w", err)
	}
	return nil
}
