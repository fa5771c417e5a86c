package api

import (
	"errors"
	"io"

	"rawserve/httpwire"
)

// Bounds of imports. How slowly a body may arrive is bounded by the server, as for
// every request: see Server.BodyTimeout and Server.MinRate.
const (
	maxImports = 32      // at the same time: each holds a line and a batch
	maxImport  = 1 << 30 // octets of a body
)

// importLines makes a message of each line of the body, which is application/x-ndjson,
// and answers with a line for each line: with the id of the message, or with what is
// wrong and where. Blank lines are ignored, without an answer, but counted. A line
// may have an id, as lines of the stream have: the message gets another one.
//
// What has arrived is stored, in batches, and then answered, before more is waited
// for. So a client can send a line and wait for its answer. One that sends
// everything before it reads an answer gets through as long as the answers fit the
// buffers of the network, and is cut off by the write timeout otherwise: there is no
// bound on the answers that the server would have to keep instead.
//
// A line that cannot be a message costs that line only. When the store fails, each
// line that was to be stored gets that answer, and the import ends: what follows has
// not been stored.
func (a *api) importLines(w *httpwire.Response, r *httpwire.Request) error {
	if err := want(r, typeNDJSON); err != nil {
		return err
	}
	if err := precondition(r, collectionTag); err != nil {
		return err
	}
	defer a.imports.Add(-1)
	if a.imports.Add(1) > maxImports {
		return unavailable("too many imports are in progress already", nil)
	}
	if err := writeHead(w, 200, "Content-Type", typeNDJSON); err != nil {
		return err
	}
	r.Body.SetLimit(maxImport)
	i := &importer{w, newLines(r.Body), batch{store: a.store, w: w}}
	return i.run()
}

// importer stores the lines of a body and answers them.
type importer struct {
	w     *httpwire.Response
	lines *lineReader
	batch batch
}

// run imports all lines.
func (i *importer) run() error {
	for {
		end := i.lines.receive()
		err := i.take(end == io.EOF)
		switch {
		case err == errImportEnds, err == nil && end == io.EOF:
			return nil
		case err != nil:
			return err
		case errors.Is(end, httpwire.BodyTooLarge) && i.w.BytesWritten() > 0:
			return i.tooLarge()
		case end != nil:
			return end
		}
		if err := i.batch.flush(); err != nil {
			return err
		}
	}
}

// take stores and answers the lines that have arrived.
func (i *importer) take(atEnd bool) error {
	for {
		l, ok := i.lines.next(atEnd)
		switch {
		case !ok:
			return i.batch.commit()
		case l.isBlank():
			continue
		}
		if i.batch.add(l); i.batch.isFull() {
			if err := i.batch.commit(); err != nil {
				return err
			}
		}
	}
}

// tooLarge ends an import that is longer than it may be, after the lines before that
// have been stored and answered.
func (i *importer) tooLarge() error {
	err := httpwire.Fail(413, "an import has at most %d octets: send the rest as another one", int64(maxImport))
	return i.batch.refuse(entry{i.lines.number + 1, i.lines.octet, err}, err)
}
