package live

import "bytes"

// secretFields are the fields whose values nobody should see over a shoulder,
// or in a fixture that was copied from the page.
var secretFields = [...]string{"authorization", "proxy-authorization", "cookie", "set-cookie"}

// mask returns octets in which the values of secret fields are dots, as many as
// there were octets, and whether there are any. It looks at lines alone, not at
// what the parser makes of them, so that it also works on messages that are
// refused, and on heads that an answer repeats. The octets must begin with a
// line; how they were split into reads makes no difference.
func mask(octets []byte) (masked []byte, any bool) {
	secret := false
	for start := 0; start < len(octets); {
		end := len(octets)
		if n := bytes.IndexAny(octets[start:], "\r\n"); n >= 0 {
			end = start + n
		}
		from := end
		switch folded := start < end && (octets[start] == ' ' || octets[start] == '\t'); {
		case folded && secret:
			from = start + 1
		case !folded && start < end:
			from = start + secretValue(octets[start:end])
			secret = from < end
		}
		if from < end {
			if masked == nil {
				masked = bytes.Clone(octets)
			}
			dots(masked[from:end])
		}
		start = end + 1
	}
	if masked == nil {
		return octets, false
	}
	return masked, true
}

// secretValue returns where the value of a secret field begins in a line, or
// the length of the line if it holds none.
func secretValue(line []byte) int {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return len(line)
	}
	name := bytes.Trim(line[:colon], " \t")
	for _, secret := range secretFields {
		if len(name) == len(secret) && bytes.EqualFold(name, []byte(secret)) {
			value := bytes.TrimLeft(line[colon+1:], " \t")
			return len(line) - len(value)
		}
	}
	return len(line)
}

// dots overwrites octets.
func dots(octets []byte) {
	for i := range octets {
		octets[i] = '.'
	}
}
