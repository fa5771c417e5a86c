package explain

import (
	"unicode/utf8"

	"rawserve/cmd/rawserve/internal/xray"
)

// style is a way to paint text, as the parameters of a terminal's SGR sequence.
// Nothing is said by a style alone: without one the words are the same.
type style string

const (
	stylePlain  style = ""
	styleStrong style = "1"
	styleDim    style = "2"
	styleError  style = "1;31"
	styleGood   style = "1;32"
	styleWarn   style = "1;33"
)

// kindStyles holds the styles of octets.
var kindStyles = map[xray.Kind]style{
	xray.KindEmptyLine: styleDim, xray.KindLineEnd: styleDim, xray.KindSpace: styleDim, xray.KindColon: styleDim, xray.KindTrailingSpace: styleDim,
	xray.KindMethod: "1;35", xray.KindStatus: "1;35", xray.KindTarget: "36", xray.KindVersion: "35", xray.KindReason: "35",
	xray.KindFieldName: "34", xray.KindTrailerName: "34",
	xray.KindChunkSize: "33", xray.KindChunkExt: "2;33",
	xray.KindFrameType: "1;35", xray.KindFrameLength: "33", xray.KindMaskingKey: styleDim,
	xray.KindError: "7;31", xray.KindUnread: styleDim,
}

// paint gives text a style, if colours are wanted.
func (p *printer) paint(s style, text string) string {
	if !p.color || s == stylePlain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// visibleWidth returns how many columns a text takes that may have been painted.
func visibleWidth(text string) (columns int) {
	for len(text) > 0 {
		if text[0] != '\x1b' {
			_, n := utf8.DecodeRuneInString(text)
			text = text[n:]
			columns++
			continue
		}
		for len(text) > 0 && text[0] != 'm' {
			text = text[1:]
		}
		text = text[min(1, len(text)):]
	}
	return columns
}
