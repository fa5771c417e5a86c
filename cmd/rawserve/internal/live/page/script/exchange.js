// ── One exchange ────────────────────────────────────────────────────────────

let wait = 0, asking = false, again = false;

// show shows an exchange. If somebody has asked for it, the page moves to it.
function show(c, r, asked) {
  const other = !state.shown || state.shown.c !== c || state.shown.r !== r;
  state.shown = { c, r };
  const row = markShown();
  if (row) {
    const list = $("conns"), box = row.getBoundingClientRect(), frame = list.getBoundingClientRect();
    if (box.top < frame.top + 28) list.scrollTop -= frame.top + 28 - box.top; // with the line above it
    if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom;
  }
  if (other) {
    state.key = "";
    state.grown = new Map();
    closeSheet();
    load();
  }
  nameAddress();
  if (asked && narrow.matches) $("bytes").scrollIntoView();
}

const narrow = matchMedia("(max-width: 739px)"); // where the panes stand one below the other

// refresh loads the exchange again, soon, because something was added to it.
function refresh() {
  const d = state.detail;
  if (d && d.over && d.c === state.shown.c && d.r === state.shown.r) return;
  if (!wait) wait = setTimeout(() => { wait = 0; load(); }, 90);
}

async function load() {
  if (state.shown && state.shown.c < 0) return; // there is nobody to ask
  if (asking) { again = true; return; }
  asking = true;
  const { c, r } = state.shown || {};
  try {
    const d = await get(`/exchange?c=${c}&r=${r}`);
    if (state.shown && state.shown.c === c && state.shown.r === r) {
      draw(prepare(d));
    }
  } catch (problem) {
    if (state.shown && state.shown.c === c && state.shown.r === r) notice(problem.message);
  }
  asking = false;
  if (again) { again = false; if (state.shown) load(); }
}

function closeExchange() {
  state.shown = state.detail = null;
  $("exchange").hidden = true;
  $("welcome").hidden = false;
  $("sel").replaceChildren();
  markShown();
  nameAddress();
}

// prepare decodes the octets and lists the parts of both directions.
function prepare(d) {
  for (const dir of ["in", "out"]) {
    const side = d[dir];
    side.bytes = Uint8Array.from(atob(side.octets), (c) => c.charCodeAt(0));
    side.secret = new Uint8Array(side.bytes.length);
    for (const [from, to] of side.masked || []) side.secret.fill(1, from, to);
    side.parts = [];
    let end = 0;
    side.messages.forEach((message, m) => {
      const lit = decisive(message);
      message.spans.forEach((span, i) => side.parts.push({ ...span, message, m, dir, lit: lit.has(i), key: `${dir}:${side.parts.length}` }));
      end = message.offset + message.length;
    });
    if (end < side.bytes.length) {
      side.parts.push({ dir, key: `${dir}:${side.parts.length}`, offset: end, length: side.bytes.length - end, kind: "unread", part: "after the message",
        text: "", note: dir === "in" ? "After the last request: discarded before the connection closes" : "After the last response" });
    }
  }
  origins(d);
  return d;
}

// decisive returns which spans of a message decide where it ends and what
// becomes of the connection.
function decisive(message) {
  const lit = new Set([...(message.framing && message.framing.spans || []), ...(message.connection && message.connection.spans || [])]);
  message.spans.forEach((span, i) => {
    const chunk = /chunk|trailer section/.test(span.part);
    if (["chunk size", "empty line", "error", "status code"].includes(span.kind) || (span.kind === "line end" && chunk)) lit.add(i);
    if (span.kind === "method" && /HEAD|CONNECT/.test(span.text)) lit.add(i);
    if (span.kind === "version" && message.type === "request") lit.add(i);
  });
  return lit;
}

// origins notes who added each field of the response.
function origins(d) {
  let origin = "";
  for (const part of d.out.parts) {
    if (part.kind === "field name") origin = originOf(part.text.toLowerCase(), d.x || {});
    if (["field name", "colon", "field value", "trailing space"].includes(part.kind)) part.origin = origin;
    if (part.kind === "line end" && part.part.startsWith("field line")) part.after = origin;
    if (part.kind === "chunk size") part.origin = "framing, made by the server";
  }
}

// originOf names who added a field to the response of exchange x; while that is not
// over, its reasons are not known yet.
function originOf(name, x) {
  const because = x.framedBy ? ": " + x.framedBy : "";
  switch (name) {
    case "date": return "added by the server";
    case "connection": case "keep-alive": return "added by the server: what becomes of the connection";
    case "transfer-encoding": return "chosen by the server" + because;
    case "trailer": return "added by the server: fields that follow the body";
    case "content-length": return x.declared ? "declared by the handler" : "computed by the server" + because;
    case "content-type": return x.refusal ? "added by the server: what is wrong, as JSON" : "added by the handler";
    case "x-request-id": return "added by middleware";
    case "allow": return "added by the router or the handler";
  }
  return "added by the handler";
}

