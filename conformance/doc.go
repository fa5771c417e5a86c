// Package conformance judges HTTP/1.1 servers, written in any language. It sends
// octets to a server, looks at what comes back, and says which requirement of
// RFC 9110 or RFC 9112 the server did not meet.
//
// From the command line, "rawserve conform -addr localhost:8080" does all of it;
// Command is that program. From Go it takes four steps: Corpus, Load or Parse
// gives files of cases, Select picks cases from them, Server.Probe finds out what
// the server can be asked, and Runner.Run plays the cases. The example of Runner
// shows them. The package imports the standard library only, and not net/http: it
// shares no code with any server that it judges.
//
// # The .wire format
//
// A case is written as it looks on the wire, with the signs of "curl -v":
//
//	@id     pipeline-good-then-bad
//	@title  The good request is answered, then the bad one refused
//	@rule   rfc9112-9.3.2-02 MUST
//
//	> GET ${ok} HTTP/1.1
//	> Host: ${host}
//	>
//	> G@T / HTTP/1.1
//	!  ^ rfc9112-3.2-01 -> 400
//	> Host: ${host}
//	>
//	< HTTP/1.1 200 *
//	<
//	< HTTP/1.1 400 *
//	< Connection: close
//	* closed
//
// A file holds any number of cases; each @id begins one. The name of the file,
// without .wire, is the section under which reports list its cases. Files are
// ASCII. Lines end in LF, do not end in a space, and have at most 4,096 octets; those
// that are sent, 512 KiB. A line begins with a sign, followed by a space, that says
// what the line is:
//
//	#   a comment
//	@   metadata, before the other lines of the case
//	>   send the text and CR LF
//	}   send the text as it is
//	<   a response has this status line or field line; alone: its head ends here
//	<=  like <, with the name in this case, and right after the <= line before
//	<!  no (other) field line has this name, or this name and value
//	<~  a field line, or the status line, matches an expression
//	{   the response has this content, transfer codings undone
//	{|  the response has this content, as framed on the wire
//	{~  some part of the content matches an expression
//	*   something done to, or seen on, the connection
//	!   under a send line: a strict parser refuses the octet above the caret;
//	    under a line of expectation: the requirement that a difference breaks
//	=   something a parser must have understood
//	$   run curl; the lines that follow are about its session
//
// Send lines that follow each other go out in one write; comments and ! lines do
// not separate them. Lines of expectation that follow each other are one block.
//
// # Metadata
//
//	@id name              lower-case words joined by hyphens or dots, unique
//	@title words          what a server is expected to do
//	@rule requirement L   the requirement, such as rfc9112-5.1-01, and its level:
//	                      MUST, MUST NOT, SHOULD, SHOULD NOT, MAY; repeatable.
//	                      Lint knows them by requirements.tsv, and reports show
//	                      the sentence of the RFC
//	@role names           paths the case needs (see Roles); those used in a
//	                      substitution are added
//	@needs names          features the case needs (see Features)
//	@timeout 2s           how long the responses may take, at most 1m; else that of
//	                      the Runner
//	@splits each|none     parser run: cut everywhere, even long inputs; or nowhere
//	@status draft|stable  a draft case warns where it would fail
//
// # Text
//
// In > } < <= <! { {| and =, these stand for other octets: \r \n \t \0 \\ \s (a
// space) \xHH. At the end of a > line, \c takes the CR LF away: "> X: a\n\c" ends
// in a bare LF. These stand for values:
//
//	${host}  ${url}           host:port of the server; http://host:port
//	${hostname}  ${port}      its two parts
//	${ok}  ${echo} ...        the path of a role
//	${repeat N text}          text N times, at most 64 MiB in all of a case;
//	                          escapes are undone, } is \x7d
//	${file name}              a file of testdata, or the generated big.bin (2 MiB)
//	                          and small.bin (256 octets); in a $ line, its path
//	${name}                   what a group (?P<name>...) of an earlier <~ line of
//	                          the case matched, in the alternative that was seen
//
// In status lines and field values a * stands for any octets; \x2a is a star.
// A name is compared without regard to case, a value exactly, without the white
// space around it; those of Connection and Transfer-Encoding without regard to case.
// HTTP/1.1 also stands for HTTP/1.0, unless a @rule of the case is about versions (RFC
// 9110, Section 6.2, or RFC 9112, Section 2.3). "< HTTP/1.1 200" accepts any reason phrase, "< HTTP/1.1 200 OK"
// only that one; 4xx, 400|414 and HTTP/1.x are possible. A line takes one field
// line of the response, so two equal lines require two. "<! Name" is about those
// that no line has taken: "< Date: *" with "<! Date" means exactly one. Fields
// that the case does not mention are allowed.
//
// Expressions are of package regexp. Those of <~ describe the whole value ("<~
// ETag: W/.*"), the whole status line ("<~ HTTP/1.1 20[06] .*") or, without a
// name, the whole of some field line.
//
// The { lines of a response are one text, the whole content. { alone means that
// there is no content; without a { line any content will do. < lines after the <
// that ends the head are trailer fields. {| in a block without a response is about
// the octets that follow once the connection speaks another protocol.
//
// Responses are expected in the order in which they come, 1xx ones included.
// A response that breaks the grammar, or is cut off, does not count as one. The
// reader knows a response to HEAD, which has no content, by the request sent.
//
// # Events
//
// The word after the * says what is done to the connection:
//
//	split           write what is to be sent so far, and wait 10 ms
//	pause D         wait; D as in 300ms or 2s, at most 1m
//	half-close      close the sending side
//	reset           break the connection off with a reset
//	on NAME         go on with another connection, opened at its first use; A
//	                is the first one
//
// or what must be seen on it:
//
//	closed          nothing more comes, and the server closes (or resets)
//	                within 2 s
//	closed within D the same, in another time
//	open            nothing happens for 50 ms; then one more GET ${ok} on the
//	                same connection is answered with a status below 400. That
//	                finds a server that has lost count of where the last
//	                request ended. After a 101 or a half-close the GET is left
//	                out.
//	quiet D         nothing comes, and the connection stays open
//	not reset       once the server has closed, no reset has come: one could
//	                have destroyed the response before it was read. A reset
//	                after the close shows when one more octet is sent.
//	exit N          curl ends with this status; without the line, with 0
//
// Between two blocks, "* or" means that either is right. The block after "* or
// warn" is what the RFC permits and few expect. If the block that was seen ends in
// "* closed", the lines that follow it are left out, up to the next "* on".
//
// No verdict depends on time except by these waits: how fast a server answers does
// not count. Once more than half of at least 64 cases got no answer at all, the
// cases that remain wait for a third of the time.
//
// # curl
//
// A case may run the real curl, one command after the other:
//
//	$ curl -sv ${url}/messages -d '{"text":"hi"}'
//	> POST /messages HTTP/1.1
//	< HTTP/1.1 415 *
//	{~ "title"
//	* exit 0
//
// Words are split as a shell does, but no shell runs them. A case may come from a
// stranger, so curl can read and write no file of the user's and asks only the
// server under test. What could do more is refused, with its line and column:
//
//	options           those of curlOptions in curloptions.go, under their full
//	                  name or as a letter; others, such as -K and -x, are not
//	                  allowed
//	URLs              ${url}, alone or followed by a path; a URL of localhost, as
//	                  pasted sessions have it, means the same
//	-T                ${file name}
//	-d, -H and alike  @${file name}, or a value that begins with no @
//	-o, -D            /dev/null or -
//	-w                a format without %output and without substitutions
//	-z                a date
//
// Redirections are followed (-L) to the server under test, whatever host they
// name. > is a line that curl must have sent, < is about the responses in order,
// { is all that curl writes to its output. Other messages of curl are ignored.
// Lines without a sign are output that must be there, so that a pasted session of
// curl -v is a case: Date may differ, and so may Host and User-Agent. A file that
// begins with $ needs no @id.
//
// # Roles and features
//
// A case names paths by what they do, so that any server can be judged: ok is a
// page (GET, 200), echo answers with the body it was sent, upload accepts a PUT,
// with any 2xx, slow is a page that takes 300 ms, stream one of unknown length, sent in pieces;
// static is a directory with the files of testdata/static, messages the messages
// API of rawserve. An echo does best to answer when it has read the whole body: then
// it can refuse a body that turns out to be invalid. One that sends back what it
// reads as it comes can only cut its answer off, by closing before the last chunk or
// the last octet; that counts as a refusal of the body. DefaultRoles are the paths of rawserve; Probe finds out whether
// a server has them too.
//
// A case that needs more says so with @needs, by the names of Features. There are
// three kinds. Most servers have some, such as pipelining: these are assumed
// unless Server.Lacks names them. Some are probed for, such as etag. The others,
// such as head-limit (the head is limited to 32 KiB, as in rawserve), count only
// if Server.Has names them.
//
// # The parser run
//
// The tests of this package also give the octets of a case to the parser of
// rawserve alone: whole, octet by octet and cut in two at every place. There "!"
// lines name the octet at which the refusal must point, the requirement and the
// status, and "=" lines what must have been understood:
//
//	= method POST        also: target, version (1.1), form (origin, absolute,
//	= body hello         authority, asterisk), path, query, host, framing (none,
//	= trailer X: a       length 5, chunked), field, no-field, no-trailer
//
// A second method begins the facts of the next request. Parsing ends at the first
// refusal. A case with an "=" line and no "!" line must not be refused. The run
// ends before a send line that uses a capture.
//
// # Verdicts
//
// A verdict is PASS, FAIL, WARN or SKIP. A broken MUST is a FAIL, any other broken
// requirement a WARN. A server judged strictly (Server.Strict) gets a FAIL for both,
// and of several alternatives only the first counts.
//
// What counts is the requirement that the difference breaks. "!" lines under a line
// of expectation name it, by the id of a @rule line of the case:
//
//	< HTTP/1.1 200 *
//	< HTTP/1.1 400 *
//	! rfc9112-2.2-10
//
// Without them it is any of the @rule lines that no such line names. "! none" means
// that the line breaks nothing: the case presumes it, and is SKIP without it. After a
// difference in a field that breaks no MUST the rest is compared all the same. Five
// differences are the same in all cases:
//
//   - A request that is refused with another status code than the one described, or
//     by closing, breaks only the requirements that ask for that code.
//   - A server that closes after an answer, where more was expected, breaks a SHOULD
//     (rfc9112-9.3-01): it may close at any time. One that always does so, as Probe
//     finds out, is told so by the cases about this requirement; others are SKIP.
//   - To close without "Connection: close" breaks a SHOULD (rfc9112-9.6-01).
//   - A response without Date breaks a MUST (rfc9110-6.6.1-02).
//   - If no alternative is seen, the one that came furthest counts; of several, one
//     that breaks the weakest requirement.
//
// A case is SKIP, with the reason, and never PASS, if the server lacks a role or a
// feature that it needs. A case is also SKIP if it captures something from a field
// that the response does not have, an ETag for example, unless the server is
// judged strictly.
//
// A case that did not pass because nothing came in time, or because of a reset, is
// played once more at the end, while no other case is: a busy machine must not decide.
// The second verdict counts. Alone, its responses may take twice as long as the
// slowest ones took before, and at least 1 s. After 10 s of this, the first verdicts
// stand.
package conformance
