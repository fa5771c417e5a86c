package etcd

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"rawserve/httpwire/syntax"
)

// DefaultPrefix begins all keys where a URL names none.
const DefaultPrefix = "/rawserve"

// maxEndpoints is how many endpoints a URL may name.
const maxEndpoints = 16

// Config says where etcd is, and who asks.
type Config struct {
	Endpoints []string // host:port each; at least one
	Secure    bool     // TLS
	User      string   // empty: no authentication
	Password  string   // never printed
	Prefix    string   // of all keys: begins with a slash and does not end with one
}

// String returns the URL of c without the password.
func (c Config) String() string {
	scheme, user := "etcd://", ""
	if c.Secure {
		scheme = "etcds://"
	}
	if c.User != "" {
		user = url.User(c.User).String() + "@"
	}
	return scheme + user + strings.Join(c.Endpoints, ",") + c.Prefix
}

// example is what every error of ParseURL shows.
const example = "etcd://node1:2379,node2:2379/prefix"

// ParseURL reads a URL such as etcd://user:password@host:port,host:port/prefix; etcds
// means TLS. Its errors say what is right, and never show the password.
func ParseURL(s string) (Config, error) {
	var c Config
	scheme, rest, found := strings.Cut(s, "://")
	switch {
	case !found || scheme != "etcd" && scheme != "etcds":
		return c, errors.New("it begins with etcd:// or, for TLS, etcds://, as in " + example)
	case strings.ContainsAny(rest, "?#"):
		return c, errors.New("it has no query and no fragment (in a user or password write ? as %3F and # as %23); right is " + example)
	}
	c.Secure = scheme == "etcds"
	authority, path, slash := cutPath(rest)
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		if err := c.userinfo(authority[:at]); err != nil {
			return Config{}, err
		}
		authority = authority[at+1:]
	}
	if err := c.endpoints(authority); err != nil {
		return Config{}, err
	}
	c.Prefix = DefaultPrefix
	if prefix := strings.TrimRight(path, "/"); slash && prefix != "" {
		c.Prefix = "/" + prefix
	}
	if strings.ContainsFunc(c.Prefix, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Config{}, fmt.Errorf("its prefix %q has octets other than printable ASCII", c.Prefix)
	}
	return c, nil
}

// cutPath cuts a URL without its scheme at the slash that ends the authority: the
// first one after the user and password, which may have some that nobody encoded.
func cutPath(rest string) (authority, path string, found bool) {
	at := strings.LastIndexByte(rest, '@') + 1
	host, path, found := strings.Cut(rest[at:], "/")
	return rest[:at] + host, path, found
}

// userinfo reads user:password, percent-encoded.
func (c *Config) userinfo(s string) error {
	user, password, both := strings.Cut(s, ":")
	var errUser, errPassword error
	c.User, errUser = url.PathUnescape(user)
	c.Password, errPassword = url.PathUnescape(password)
	switch {
	case errUser != nil || errPassword != nil:
		return errors.New("its user or password has a percent sign without two hexadecimal digits; write % as %25")
	case !both || c.User == "" || c.Password == "":
		return errors.New("before the @ stand a user and a password, as in etcd://user:password@node1:2379")
	}
	return nil
}

// endpoints reads host:port,host:port.
func (c *Config) endpoints(s string) error {
	c.Endpoints = strings.Split(s, ",")
	if len(c.Endpoints) > maxEndpoints {
		return fmt.Errorf("it names %d endpoints; at most %d are used", len(c.Endpoints), maxEndpoints)
	}
	for _, endpoint := range c.Endpoints {
		host, port, err := net.SplitHostPort(endpoint)
		if err != nil || host == "" || syntax.CheckField("Host", endpoint) != nil || strings.ContainsAny(endpoint, " \t/@") {
			return fmt.Errorf("its endpoint %q is not a host and a port; right is %s", endpoint, example)
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("its endpoint %q has the port %q; a port is a number from 1 to 65535", endpoint, port)
		}
	}
	return nil
}
