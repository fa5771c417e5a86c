package syntax

// Trailer returns where the trailer fields stand in the window of the call of
// Next that ended the body. Fields that a trailer section must not carry are
// left out. The result is valid until the decoder is used again.
func (d *ChunkDecoder) Trailer() []FieldSpan { return d.trailer }

// trailerSection consumes the trailer section and the empty line after it, all
// at once, so that the fields can be stored where they stand in the window.
//
//	trailer-section = *( field-line CRLF )
//
// RFC 9112, Section 7.1.2.
func (d *ChunkDecoder) trailerSection(window []byte) (consumed int, fault *Error) {
	limit := bound(d.Limits.Trailer, DefaultTrailer, maxHeadOctets)
	for {
		at := d.lines.start
		line, fault := d.lines.next(window, max(0, limit-at-len("\r\n")), TrailerTooLarge)
		switch {
		case line == nil:
			return 0, nil
		case len(line) == 0 && fault != nil:
			return 0, fault
		case len(line) == 0:
			d.state = bodyEnded
			d.traceTrailerEnd(at)
			return d.lines.start, nil
		}
		field, err := d.trailerField(line, at)
		if fault = earlier(err, fault); fault != nil {
			return 0, fault
		}
		d.traceTrailerField(field, at+len(line))
	}
}

// trailerField parses a trailer field line. A field that does not belong into a
// trailer section is dropped: merged into the header, it could change how the
// message is framed, routed or authorised (RFC 9110, Section 6.5.1).
func (d *ChunkDecoder) trailerField(line []byte, at int) (FieldSpan, *Error) {
	if d.fields >= bound(d.Limits.Fields, DefaultFields, maxHeadOctets) {
		return FieldSpan{}, TooManyFields.At(at)
	}
	field, err := fieldLine(line, at)
	if err != nil {
		return FieldSpan{}, err
	}
	d.fields++
	if !ForbiddenInTrailer(line[:field.Colon-field.Name]) {
		d.trailer = append(d.trailer, field)
	}
	return field, nil
}

// ForbiddenInTrailer reports whether a field must not arrive in a trailer
// section: it is needed for framing, routing, request modification,
// authentication, or to know what the content is (RFC 9110, Section 6.5.1).
func ForbiddenInTrailer[T text](name T) bool {
	for _, forbidden := range [...]string{
		"transfer-encoding", "content-length", "trailer", "te", "upgrade", "connection", "keep-alive",
		"host", "expect", "max-forwards", "range", "cache-control", "pragma",
		"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "cookie", "set-cookie",
		"content-encoding", "content-type", "content-range",
		"age", "date", "expires", "location", "retry-after", "vary", "warning",
	} {
		if EqualFold(name, forbidden) {
			return true
		}
	}
	return false
}
