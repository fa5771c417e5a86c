package etcd

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Config
		url  string // without the password
	}{
		{"etcd://a:1", Config{Endpoints: []string{"a:1"}, Prefix: "/rawserve"}, "etcd://a:1/rawserve"},
		{"etcd://a:1/", Config{Endpoints: []string{"a:1"}, Prefix: "/rawserve"}, "etcd://a:1/rawserve"},
		{"etcd://a:1,[::1]:2,127.0.0.1:3/x/y/", Config{Endpoints: []string{"a:1", "[::1]:2", "127.0.0.1:3"}, Prefix: "/x/y"},
			"etcd://a:1,[::1]:2,127.0.0.1:3/x/y"},
		{"etcds://root:s%3Acret%2F@a:1", Config{Endpoints: []string{"a:1"}, Secure: true, User: "root", Password: "s:cret/", Prefix: "/rawserve"},
			"etcds://root@a:1/rawserve"},
		{"etcd://root:p/@ss:word@a:1/x", Config{Endpoints: []string{"a:1"}, User: "root", Password: "p/@ss:word", Prefix: "/x"},
			"etcd://root@a:1/x"},
	} {
		got, err := ParseURL(c.in)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("ParseURL(%q): got %+v, %v", c.in, got, err)
		}
		if got.String() != c.url {
			t.Errorf("String of %q: got %q", c.in, got.String())
		}
	}
}

func TestParseBadURL(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "begins with etcd://"},
		{"a:1", "begins with etcd://"},
		{"http://a:1", "begins with etcd://"},
		{"ETCD://a:1", "begins with etcd://"},
		{"etcd:a:1", "begins with etcd://"},
		{"etcd://", "not a host and a port"},
		{"etcd://a", "not a host and a port"},
		{"etcd:///x", "not a host and a port"},
		{"etcd://a:1,", "not a host and a port"},
		{"etcd://a:1,,b:2", "not a host and a port"},
		{"etcd://:1", "not a host and a port"},
		{"etcd://::1:1", "not a host and a port"},
		{"etcd://a b:1", "not a host and a port"},
		{"etcd://a\r\nX:1", "not a host and a port"},
		{"etcd://a:", "a port is a number"},
		{"etcd://a:http", "a port is a number"},
		{"etcd://a:0", "a port is a number"},
		{"etcd://a:65536", "a port is a number"},
		{"etcd://a:-1", "a port is a number"},
		{"etcd://a:1/x?y", "no query"},
		{"etcd://a:1/x#y", "no query"},
		{"etcd://a:1/\u00e9", "printable ASCII"},
		{"etcd://a:1/a b", "printable ASCII"},
		{"etcd://root@a:1", "a user and a password"},
		{"etcd://:secret@a:1", "a user and a password"},
		{"etcd://root:@a:1", "a user and a password"},
		{"etcd://root:secret%@a:1", "percent sign"},
		{"etcd://root:secret@", "not a host and a port"},
		{"etcd://root:secret@a:x", "a port is a number"},
		{"etcd://" + strings.Repeat("a:1,", 16) + "a:1", "at most 16"},
	} {
		_, err := ParseURL(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseURL(%q): got %v, want %q in it", c.in, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseURL(%q) shows the password: %v", c.in, err)
		}
	}
}
