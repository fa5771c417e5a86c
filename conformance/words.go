package conformance

import "strings"

// word is one word of a command line.
type word struct {
	text   string
	column int // where it begins, from 1
}

// splitWords splits a command line into words as a POSIX shell does: blanks
// divide words, 'single' and "double" quotes and backslashes join them.
// Nothing is expanded and nothing is run: the words go to the command as they
// are. A character only a shell could act on is refused outside quotes.
func splitWords(line string) ([]word, *Error) {
	var words []word
	for at := 0; at < len(line); {
		if line[at] == ' ' {
			at++
			continue
		}
		text, length, err := oneWord(line[at:])
		if err != nil {
			err.Column += at
			return nil, err
		}
		words = append(words, word{text, at + 1})
		at += length
	}
	if len(words) == 0 {
		return nil, problem(1, "want a command")
	}
	return words, nil
}

// oneWord reads the word at the beginning of line, and returns how many octets
// of the line it took.
func oneWord(line string) (text string, length int, err *Error) {
	var b strings.Builder
	at := 0
	for at < len(line) && line[at] != ' ' {
		if strings.HasPrefix(line[at:], "${") {
			end := strings.IndexByte(line[at:], '}')
			if end < 0 {
				return "", 0, problem(at+1, "a substitution without its closing brace")
			}
			b.WriteString(line[at : at+end+1])
			at += end + 1
			continue
		}
		piece, n, err := quoted(line[at:])
		if err != nil {
			err.Column += at
			return "", 0, err
		}
		b.WriteString(piece)
		at += n
	}
	return b.String(), at, nil
}

// quoted reads one quoted run or one octet at the beginning of line.
func quoted(line string) (text string, length int, err *Error) {
	switch line[0] {
	case '\'':
		end := strings.IndexByte(line[1:], '\'')
		if end < 0 {
			return "", 0, problem(1, "a single quote without its partner")
		}
		return line[1 : end+1], end + 2, nil
	case '"':
		return doubleQuoted(line)
	case '\\':
		if len(line) < 2 {
			return "", 0, problem(1, "a backslash at the end of the command")
		}
		return line[1:2], 2, nil
	case '|', '&', ';', '<', '>', '`', '$', '(', ')':
		return "", 0, problem(1, "%q means something to a shell, and no shell runs this: quote it", line[0])
	}
	return line[:1], 1, nil
}

// doubleQuoted reads a "..." run at the beginning of line, in which a
// backslash quotes only what is special there.
func doubleQuoted(line string) (text string, length int, err *Error) {
	var b strings.Builder
	for at := 1; at < len(line); at++ {
		switch c := line[at]; {
		case c == '"':
			return b.String(), at + 1, nil
		case c == '\\' && at+1 < len(line) && strings.IndexByte("\\\"$`", line[at+1]) >= 0:
			at++
			b.WriteByte(line[at])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, problem(1, "a double quote without its partner")
}
