package conformance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// TestCurlRefused shows that no command reads or writes a file of the user's or
// names another server, and that the error says what is allowed.
func TestCurlRefused(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"option unknown here", "${url} §--unix-socket /run/x", "allowed are --compressed"},
		{"configuration", "§-K x ${url}", "not use the option -K"},
		{"letter among others", "§-svO ${url}", "not use the option -O"},
		{"beginning of a name", "§--dat x ${url}", "not use the option --dat"},
		{"name and value in one", "§--output=/tmp/x ${url}", "allowed are"},
		{"end of options", "${url} §-- -o", "allowed are"},
		{"hyphen", "${url} §-", "allowed are"},
		{"option made by a substitution", "§-${repeat 1 o} /tmp/x ${url}", "allowed are"},
		{"value that may be empty", "§-A${repeat 0 x} -X -X -ofile ${url}", "allowed are"},
		{"no value", "${url} §-o", "-o without its value"},
		{"output", "${url} -o §/tmp/x", "only /dev/null and -"},
		{"output in one word", "${url} -so§/tmp/x", "only /dev/null and -"},
		{"output by its long name", "${url} --output §x", "only /dev/null and -"},
		{"heads written to a file", "${url} -D §x", "only /dev/null and -"},
		{"output by a format", "${url} -w §'%output{x}hi'", "no %output"},
		{"output by a format in two parts", "${url} -w §'%out${repeat 1 put}{x}'", "no substitution"},
		{"format from a file", "${url} -w §@x", "no @"},
		{"upload", "-T §/etc/hostname ${url}", "write ${file name}"},
		{"upload of the standard input", "-T §- ${url}", "write ${file name}"},
		{"upload next to a file", "-T §/etc/${file small.bin} ${url}", "write ${file name}"},
		{"data", "-d §@/etc/hostname ${url}", "write @${file name}"},
		{"data in one word", "-sd§@/etc/hostname ${url}", "write @${file name}"},
		{"data after nothing", "-d §${repeat 0 x}@/etc/hostname ${url}", "write @${file name}"},
		{"data after a repetition", "-d §${repeat 1 @}/etc/hostname ${url}", "write @${file name}"},
		{"data that continues", "-d §@${file small.bin}/../x ${url}", "write @${file name}"},
		{"data named by a quoted word", "--data-binary §'@'x ${url}", "write @${file name}"},
		{"form", "§-F a=@/etc/hostname ${url}", "not use the option -F"},
		{"fields", "-H §@/etc/hostname ${url}", "write @${file name}"},
		{"date of a file", "-z §/etc/hostname ${url}", "only a date"},
		{"another scheme", "${url} §file:///etc/hostname", "only the server under test"},
		{"another scheme in capitals", "${url} §HTTP://example.com/", "only the server under test"},
		{"no scheme", "${url} §example.com:80/", "only the server under test"},
		{"TLS", "§https://localhost/", "only the server under test"},
		{"user", "§http://a@localhost/", "only the server under test"},
		{"user before another host", "§${url}@example.com/", "only the server under test"},
		{"another port", "§${url}0/", "only the server under test"},
		{"nothing before another host", "§${url}${repeat 0 x}@example.com/", "only the server under test"},
		{"server after something", "§x${url}/", "only the server under test"},
		{"empty word", "${url} §''", "only the server under test"},
		{"operand by its option", "--url §example.com ${url}", "only the server under test"},
		{"only as a value", "-X ${url}", "names no URL"},
		{"another way to connect", "${url} §--connect-to ::example.com:80", "allowed are"},
		{"proxy", "${url} §-x example.com:80", "allowed are"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, rest, found := strings.Cut("$ curl "+test.in, mark)
			column := len(before) + 1
			if !found {
				column = len("$ c")
			}
			_, err := Parse("f.wire", []byte("@id x\n"+before+rest+"\n"))
			want := fmt.Sprintf("f.wire:2:%d: ", column)
			if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s and %q", err, want, test.want)
			}
		})
	}
	t.Run("data that a server chooses", func(t *testing.T) {
		k := &compiler{c: &Case{}, captured: map[string]bool{"a": true}}
		for _, in := range []string{"-d ${a} ${url}", "-H ${a} ${url}", "${a}", "-T ${a} ${url}", "-o ${a} ${url}", "-A${a} ${url}", "-z ${a} ${url}"} {
			if err := k.command(Line{Number: 2, Sign: "$", Text: "curl " + in, Column: 2}); err == nil {
				t.Errorf("%s was accepted", in)
			}
		}
	})
}

func TestCurlAllowed(t *testing.T) {
	for _, in := range []string{
		"-sSvL --max-redirs 3 ${url}",
		"-d '' -XPOST -H'X: 1' ${url}/a${echo}?b=@c",
		"-d @${file small.bin} -d@${file small.bin} --data-raw @x ${url}${echo}#a",
		"--json '{}' http://localhost:3000/x 'http://127.0.0.1?a b' http://[::1]:8080",
		"-X 'G@T' --request-target @x -sw '%{http_code}' -so- ${url}${repeat 3 /}",
		"-e http://example.com/ ${url} --next -z 'Fri, 31 Dec 2049 23:59:59 GMT' --url ${url}",
		"-d ${repeat 3 x}@ -d ${url} ${url}",
	} {
		if _, err := Parse("f.wire", []byte("@id x\n$ curl "+in+"\n")); err != nil {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// TestCurlStays sends curl to another server in each way that a response can, and
// shows that nobody connects there.
func TestCurlStays(t *testing.T) {
	if !haveCurl() {
		t.Skip("no curl")
	}
	var visits atomic.Int64
	other := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
		visits.Add(1)
		once(conn, in)
	})
	judged := serve(t, func(conn *net.TCPConn, in *bufio.Reader) {
		for {
			line, _ := in.ReadString('\n')
			if !head(in) {
				return
			}
			if strings.HasPrefix(line, "GET /away ") {
				io.WriteString(conn, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://"+other+"/\r\n\r\n")
				continue
			}
			io.WriteString(conn, plain)
		}
	})
	for _, command := range []string{"-L ${url}/away", "${url}/ --next -L ${url}/away", "-X --next -L ${url}/away"} {
		f, err := Parse("f.wire", []byte("@id x\n@rule rfc9112-2.2-01 MUST\n$ curl "+command+"\n{~ hi$\n"))
		if err != nil {
			t.Fatal(err)
		}
		r := new(Runner).Run(t.Context(), &Server{Addr: judged}, f.Cases).Results[0]
		if n := visits.Load(); n > 0 {
			t.Fatalf("%s: %d connections to another server", command, n)
		}
		if !strings.HasPrefix(command, "-X") && r.Verdict != Pass {
			t.Errorf("%s: %s %s", command, r.Verdict, r.Reason)
		}
	}
}

// TestCurlArgs shows that the guards are repeated for each --next, which makes
// curl forget them, and only for that, and that curl gets -v once.
func TestCurlArgs(t *testing.T) {
	const guards = "--proto =http --proto-redir =http --connect-to ::[::1]:80"
	const url = " http://[::1]:80"
	for _, test := range []struct{ in, want string }{
		{"${url} --next -A --next ${url} --next ${url}",
			" -v" + url + " --next " + guards + " -A --next" + url + " --next " + guards + url},
		{"-sv ${url}", " -sv" + url},
		{"${url} --verbose", url + " --verbose"},
		{"-X -v ${url}", " -v -X -v" + url},
		{"-Av ${url}", " -v -Av" + url},
	} {
		f, err := Parse("f.wire", []byte("@id x\n$ curl "+test.in+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		p := &player{addr: "[::1]:80", env: &environment{host: "[::1]:80"}}
		args, m := p.curlArgs(f.Cases[0].script[0].curl)
		if m != nil {
			t.Fatal(m)
		}
		if got, want := strings.Join(args, " "), "-q -s -S "+guards+test.want; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
