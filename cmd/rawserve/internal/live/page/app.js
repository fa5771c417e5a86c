// The x-ray page. The server tells what happens (/events); this script keeps the
// list, asks for the exchange that is looked at (/exchange), and draws it.
// Captured octets become text nodes, never markup.
"use strict";

// ── Small things ────────────────────────────────────────────────────────────

const $ = (id) => document.getElementById(id);

// el makes an element. Strings become text; null is left out.
function el(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "onclick") e.addEventListener("click", value);
    else if (value === true) e.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) e.setAttribute(key, value);
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return e;
}

const plural = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
const millis = (us) => (us / 1000).toFixed(us < 100000 ? 3 : 1);

async function get(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || `the server answered ${response.status}`);
  return response.json();
}

async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail || answer.title || `the server answered ${response.status}`);
  return answer;
}

// say tells a screen reader, at most once every two seconds.
const spoken = { text: "", timer: 0, last: 0 };
function say(text) {
  spoken.text = text;
  if (spoken.timer) return;
  spoken.timer = setTimeout(() => {
    spoken.timer = 0;
    spoken.last = Date.now();
    $("live").textContent = spoken.text;
  }, Math.max(0, spoken.last + 2000 - Date.now()));
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
  if (text) say(text);
}

// ── State ───────────────────────────────────────────────────────────────────

const CONNS = 120, REQUESTS = 40, WAITING = 20000; // rows and events kept here

const state = {
  start: "", last: "", address: "", open: 0, exchanges: 0,
  conns: new Map(), // id → {id, remote, state, why, reqs: Map, el, list}
  shown: null,      // {c, r}
  detail: null,     // what /exchange said of it
  key: "",          // selected part: "in:5"
  mode: "text", view: "wire",
  paused: false, follow: false, wanted: "", // address of a connection to show when it appears
  queue: [], lost: 0,
  grown: new Map(), // parts drawn further than at first
};

// ── Events ──────────────────────────────────────────────────────────────────

let source = null;

function connect() {
  source = new EventSource("/events" + (state.last ? "?last=" + encodeURIComponent(state.last) : ""));
  source.onmessage = (message) => {
    if (message.lastEventId) state.last = message.lastEventId;
    for (const e of [JSON.parse(message.data)].flat()) receive(e);
  };
  source.onerror = () => {
    notice("The connection to the server is lost. Trying again…");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
  };
}

// receive handles what is about the stream at once, and queues the rest.
function receive(e) {
  if (e.k === "hello") return greet(e);
  const last = state.queue.length - 1;
  if (e.k === "stats" && last >= 0 && state.queue[last].k === "stats") state.queue.pop();
  state.queue.push(e);
  if (state.queue.length > WAITING) {
    state.queue.shift();
    state.lost++;
  }
  schedule();
}

function greet(e) {
  const before = state.start;
  state.start = e.start;
  state.address = e.address;
  $("curl").textContent = e.address.startsWith("/") ? `curl --unix-socket ${e.address} http://localhost/` : `curl http://${e.address}/`;
  if (before && before !== e.start) {
    state.queue = [];
    state.last = "";
    forgetAll();
    gapRow("The server was restarted. What follows is new.");
    notice("The server was restarted.");
  } else {
    notice("");
  }
  receive({ k: "live", live: e.live });
  receive({ k: "stats", open: e.open, exchanges: e.exchanges });
}

// schedule calls work with the next frame, or soon after in a hidden tab, which
// has no frames.
let frame = 0, timer = 0;
function schedule() {
  if (frame) return;
  frame = requestAnimationFrame(work);
  timer = setTimeout(work, 150);
}

// work handles events for a few milliseconds of each frame, so that the page
// stays responsive under any load.
function work() {
  cancelAnimationFrame(frame);
  clearTimeout(timer);
  frame = 0;
  const until = performance.now() + (document.hidden ? 100 : 6); // timers of hidden pages are rare
  let n = 0;
  while (!state.paused && n < state.queue.length && (n % 32 || performance.now() < until)) apply(state.queue[n++]);
  if (n) state.queue.splice(0, n);
  for (const conn of dirty) drawConn(conn);
  dirty.clear();
  if (state.lost && !state.paused) {
    gapRow(`${plural(state.lost, "event")} came faster than this page could show them, or while it was paused.`);
    state.lost = 0;
  }
  counts();
  if (state.queue.length && !state.paused) schedule();
}

// counts shows what the server counts and what the list holds, both as of the
// same event: while the page is paused, neither goes on.
function counts() {
  const waiting = state.queue.filter((e) => e.k !== "stats" && e.k !== "live").length;
  const idle = [...state.conns.values()].filter((c) => c.state === "idle").length;
  $("counts").replaceChildren(el("b", {}, state.address), ` · ${state.open} open · ${idle} idle · `,
    el("b", { id: "total" }, state.exchanges.toLocaleString("en")), ` exchange${state.exchanges === 1 ? "" : "s"}`,
    state.paused && waiting ? ` · paused, ${waiting + state.lost} waiting` : "");
  $("none").textContent = state.exchanges ? `${plural(state.exchanges, "exchange")} so far, none of them recorded here.` : "Nothing yet.";
}

// reconcile closes the connections that are not open any more, though nothing has
// said so here.
function reconcile(live) {
  const open = new Set(live);
  for (const conn of state.conns.values()) {
    if (conn.state === "closed" || open.has(conn.id)) continue;
    conn.state = "closed";
    conn.why = "while nobody looked";
    dirty.add(conn);
  }
}

// apply makes an event visible.
function apply(e) {
  if (e.k === "live") return reconcile(e.live);
  if (e.k === "stats") {
    state.open = e.open;
    state.exchanges = e.exchanges;
    return;
  }
  if (e.k === "gap") return gapRow(`${plural(e.n, e.v.startsWith("exchanges") ? "exchange" : "event")} ${e.v.replace(/^\S+ /, "")}.`);
  const conn = connOf(e);
  switch (e.k) {
    case "conn": conn.remote = e.v; break;
    case "state": if (conn.state !== "closed") conn.state = e.v; break;
    case "close":
      conn.state = "closed";
      conn.why = e.v;
      break;
    case "read":
      if (e.v) conn.remote = e.v;
      request(conn, e.r);
      break;
    case "exchange": request(conn, e.r).x = e.x; break;
  }
  dirty.add(conn);
  if (e.k === "exchange") {
    say(`connection ${e.c}, request ${e.r}: ${e.x.method || ""} ${e.x.target || ""} ${e.x.status}`);
  }
  const first = e.k === "read" && !state.shown;
  if (e.k === "read" && e.r && (first || state.follow || (state.wanted && state.wanted === conn.remote))) {
    if (state.wanted === conn.remote) state.wanted = "";
    show(e.c, e.r);
  } else if (state.shown && state.shown.c === e.c) {
    refresh();
  }
}

const dirty = new Set(); // connections whose rows must be drawn again

// ── The list ────────────────────────────────────────────────────────────────

function connOf(e) {
  let conn = state.conns.get(e.c);
  if (conn) return conn;
  conn = { id: e.c, remote: "", state: "active", why: "", reqs: new Map(), list: el("ol") };
  conn.dot = el("span", { class: "dot", "aria-hidden": "true" });
  conn.name = el("b", {}, "c" + e.c);
  conn.text = el("span", { class: "why" });
  conn.el = el("li", { class: "conn" }, el("p", {}, conn.dot, conn.name, conn.text), conn.list);
  state.conns.set(e.c, conn);
  $("conns").prepend(conn.el);
  $("nobody").hidden = true;
  trim();
  return conn;
}

// trim forgets the oldest rows, but never the one that is looked at.
function trim() {
  for (const [id, conn] of state.conns) {
    if (state.conns.size <= CONNS) return;
    if (state.shown && state.shown.c === id) continue;
    conn.el.remove();
    state.conns.delete(id);
  }
}

function request(conn, number) {
  let req = conn.reqs.get(number);
  if (req) return req;
  req = { number, x: null };
  req.n = el("span", { class: "n" }, String(number));
  req.what = el("span", { class: "what" }, "…");
  req.status = el("span", { class: "status wait" }, "···");
  req.el = el("button", { type: "button", class: state.queue.length < 40 ? "req fresh" : "req", "data-c": conn.id, "data-r": number, onclick: () => show(conn.id, number) }, req.n, req.what, req.status);
  req.li = el("li", {}, req.el);
  conn.reqs.set(number, req);
  conn.list.append(req.li);
  for (const [n, old] of conn.reqs) {
    if (conn.reqs.size <= REQUESTS) break;
    if (state.shown && state.shown.c === conn.id && state.shown.r === n) continue;
    old.li.remove();
    conn.reqs.delete(n);
  }
  return req;
}

function drawConn(conn) {
  const signs = { active: "●", idle: "○", closed: "✕", upgraded: "⇄" };
  const words = { active: "active", idle: "idle", closed: "closed: " + conn.why, upgraded: "upgraded" };
  conn.el.dataset.state = conn.state;
  conn.dot.textContent = signs[conn.state] || "●";
  conn.text.textContent = words[conn.state] || conn.state;
  conn.text.title = conn.remote;
  for (const req of conn.reqs.values()) {
    if (req.x && !req.drawn) drawRequest(conn, req);
    req.drawn = Boolean(req.x);
  }
  conn.el.hidden = !matches(conn);
}

function drawRequest(conn, req) {
  const x = req.x;
  if (!x) return;
  const what = x.method ? `${x.method} ${x.target}` : "not a request";
  req.what.textContent = what;
  req.what.title = what;
  req.status.textContent = x.status || "cut";
  req.status.className = "status s" + Math.floor(x.status / 100);
  req.el.classList.toggle("refused", Boolean(x.refusal));
  req.el.setAttribute("aria-label", `connection ${conn.id}, request ${req.number}: ${what}, ${x.status}${x.refusal ? ", refused: " + x.refusal : ""}`);
  if (x.refusal && !req.rule) req.el.append(req.rule = el("span", { class: "rule" }, x.refusal));
}

function gapRow(text) {
  $("conns").prepend(el("li", { class: "gap" }, text));
  const gaps = document.querySelectorAll(".gap");
  if (gaps.length > 20) gaps[gaps.length - 1].remove();
}

function forgetAll() {
  state.conns.clear();
  $("conns").replaceChildren();
  if (state.shown) closeExchange();
}

const filterText = () => $("filter").value.trim().toLowerCase();

function matches(conn) {
  const words = filterText().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  let all = `c${conn.id} ${conn.remote} ${conn.state} ${conn.why}`;
  for (const { x } of conn.reqs.values()) if (x) all += ` ${x.method} ${x.target} ${x.status} ${x.refusal || ""}`;
  all = all.toLowerCase();
  return words.every((word) => all.includes(word));
}

// ── One exchange ────────────────────────────────────────────────────────────

let wait = 0, asking = false, again = false;

function show(c, r) {
  const other = !state.shown || state.shown.c !== c || state.shown.r !== r;
  state.shown = { c, r };
  for (const b of document.querySelectorAll(".req[aria-current]")) b.removeAttribute("aria-current");
  const row = document.querySelector(`.req[data-c="${c}"][data-r="${r}"]`);
  if (row) {
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }
  if (other) {
    state.key = "";
    state.grown = new Map();
    load();
  }
  if (narrow.matches) $("bytes").scrollIntoView();
}

const narrow = matchMedia("(max-width: 739px)"); // where the panes stand one below the other

// refresh loads the exchange again, soon, because something was added to it.
function refresh() {
  const d = state.detail;
  if (d && d.over && d.c === state.shown.c && d.r === state.shown.r) return;
  if (!wait) wait = setTimeout(() => { wait = 0; load(); }, 90);
}

async function load() {
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
  $("actions").hidden = true;
  $("welcome").hidden = false;
  $("sel").replaceChildren();
}

// prepare decodes the octets and lists the parts of both directions.
function prepare(d) {
  for (const dir of ["in", "out"]) {
    const side = d[dir];
    side.bytes = Uint8Array.from(atob(side.octets), (c) => c.charCodeAt(0));
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

// ── Drawing ─────────────────────────────────────────────────────────────────

const COLLAPSED = 256, MORE = 4096, PARTS = 700; // octets of a part, and parts, drawn at first

function draw(d) {
  const focused = document.activeElement && document.activeElement.closest("#grid .seg");
  const back = focused ? focused.dataset.key : "";
  const place = $("bytes").scrollTop;
  const newOne = !state.detail || state.detail.c !== d.c || state.detail.r !== d.r;
  state.detail = d;
  $("welcome").hidden = true;
  $("exchange").hidden = false;
  $("actions").hidden = false;
  drawTitle(d);
  drawHidden(d);
  drawGrid(d);
  drawTimeline(d);
  drawVerdict(d);
  for (const button of ["fixture", "printf", "replay"]) $(button).disabled = !d.fixture;
  if ($("table").open) drawTable();
  if ($("steps").open) loadSteps();
  if (!part(state.key)) state.key = "";
  if (!state.key && newOne) {
    const at = faultOf(d);
    const interesting = d.in.parts.find((p) => p.offset <= at && at < p.offset + p.length) || d.in.parts[0];
    if (interesting) state.key = interesting.key;
  }
  select(state.key, false);
  if (newOne) $("bytes").scrollTop = 0;
  else $("bytes").scrollTop = place;
  if (back) {
    const cell = document.querySelector(`#grid .cell[data-key="${back}"]`);
    if (cell) cell.focus({ preventScroll: true });
  }
}

function drawTitle(d) {
  const m = d.in.messages[0] || {};
  const x = d.x || {};
  const conn = state.conns.get(d.c);
  $("ex-title").textContent = (x.method || m.method) ? `${x.method || m.method} ${x.target || m.target || ""}` : x.status ? "not a request" : "arriving…";
  $("ex-from").textContent = `c${d.c}${conn && conn.remote ? " ⟵ " + conn.remote : ""} · request ${d.r}${d.last > d.r ? " of " + d.last : ""}`;
  const sums = [`${plural(d.in.total, "octet")} in`, `${plural(d.out.total, "octet")} out`];
  if (x.status) sums.unshift(`status ${x.status}`);
  const reads = d.blocks.filter((b) => b.k === "read").length, writes = d.blocks.filter((b) => b.k === "write").length;
  sums.push(plural(reads, "read"), plural(writes, "write"));
  $("ex-sums").textContent = sums.join(" · ");
}

// drawHidden shows how many octets other stacks hide.
function drawHidden(d) {
  const bar = $("hidden"), m = d.in.messages[0];
  bar.replaceChildren();
  if (!m || !m.hidden) return;
  for (const [view, name, n, refuses] of [["go", "net/http", m.hidden.go, m.hidden.go_refuses], ["node", "Node", m.hidden.node, m.hidden.node_refuses]]) {
    const meter = el("meter", { min: 0, max: m.hidden.octets, value: n, "aria-hidden": "true" });
    bar.append(el("button", { type: "button", "aria-pressed": String(state.view === view), "data-hidden": view, "data-n": n,
      onclick: () => setView(state.view === view ? "wire" : view) }, meter,
      refuses ? `${name} refuses this request` : `${name} hides ${n} of ${m.hidden.octets} bytes`));
  }
}

let faultAt = -1;
const dirIn = (p) => p.dir === "in";

function drawGrid(d) {
  const grid = $("grid");
  faultAt = faultOf(d);
  grid.className = `mode-${state.mode} view-${state.view}`;
  let budget = PARTS + (state.grown.has("parts") ? 1e6 : 0);
  const blocks = [];
  for (const block of d.blocks) {
    const dir = block.k === "read" ? "in" : "out";
    const drawn = drawBlock(d, block, dir, budget);
    budget -= drawn.used;
    blocks.push(drawn.el);
    if (budget <= 0) {
      blocks.push(el("p", { class: "note" }, el("button", { type: "button", onclick: () => { state.grown.set("parts", 1); drawGrid(d); select(state.key, false); } }, "Show the rest of this exchange")));
      break;
    }
  }
  for (const dir of ["in", "out"]) {
    const covered = Math.max(0, ...d.blocks.filter((b) => (b.k === "read") === (dir === "in")).map((b) => b.to));
    if (covered < d[dir].total) blocks.push(note(`+ ${plural(d[dir].total - covered, "octet")} ${dir} not captured, in more reads or writes than are told apart`));
  }
  grid.replaceChildren(...blocks);
}

function drawBlock(d, block, dir, budget) {
  const side = d[dir];
  const lines = el("div", { class: "lines", role: "rowgroup" });
  if (block.before) lines.append(note(`${plural(block.before, "octet")} at the beginning of this ${block.k} belong to request ${d.r - 1}.`, d.r - 1, d));
  const rows = cut(side, block, budget);
  for (const row of rows.list) lines.append(drawRow(row, dir), ...caret(d, row, dir));
  const kept = Math.min(block.to, side.bytes.length);
  const missing = block.to - Math.max(block.from, kept);
  if (block.k === "sendfile") lines.append(note(`${plural(block.n, "octet")} went from the file to the network without passing through the server.`));
  else if (missing > 0) lines.append(note(`+ ${plural(missing, "octet")} not captured`));
  if (block.after && d.r < d.last) {
    const n = note(`Request ${d.r + 1} begins here: ${plural(block.after, "more octet")} came with this ${block.k}${dir === "in" ? " (pipelining)" : ", answers to later requests"}.`, d.r + 1, d);
    n.classList.add("boundary");
    lines.append(n);
  }
  const title = el("h3", {}, el("b", {}, `${dir} · ${block.k} ${block.i}`), `${millis(Math.max(0, block.t - d.t))} ms`,
    el("span", {}, block.to - block.from === block.n ? `${plural(block.n, "octet")}` : `${block.to - block.from} of ${plural(block.n, "octet")}`));
  return { el: el("section", { class: `block ${dir}`, "data-block": block.k, "aria-label": `${dir}, ${block.k} ${block.i}, ${block.n} octets` }, title, lines), used: rows.used };
}

function note(text, number, d) {
  return el("p", { class: "note" }, text + " ", number ? el("button", { type: "button", onclick: () => show(d.c, number) }, `Show request ${number}`) : null);
}

// cut divides the octets of a block into rows of pieces, at the parts and
// after line feeds.
function cut(side, block, budget) {
  const list = [];
  let row = [], used = 0;
  const to = Math.min(block.to, side.bytes.length);
  const flush = () => { if (row.length) list.push(row); row = []; };
  for (let i = startAt(side.parts, block.from); i < side.parts.length && used < budget; i++) {
    const p = side.parts[i], end = p.offset + p.length;
    if (p.offset >= to) break;
    let from = Math.max(p.offset, block.from);
    const stop = Math.min(end, to);
    const limit = p.offset + (state.grown.get(p.key) || COLLAPSED);
    while (from < stop) {
      let next = side.bytes.indexOf(10, from) + 1;
      if (!next || next > stop) next = stop;
      const shown = Math.min(next, Math.max(limit, from));
      if (shown > from) row.push({ part: p, from, to: shown, side });
      used++;
      if (shown < next) {
        flush();
        list.push({ more: p, rest: stop - shown });
        from = stop;
        break;
      }
      from = next;
      if (side.bytes[next - 1] === 10) flush();
    }
  }
  flush();
  return { list, used };
}

// startAt finds the first part that ends after an offset.
function startAt(parts, offset) {
  let low = 0, high = parts.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (parts[mid].offset + parts[mid].length <= offset) low = mid + 1;
    else high = mid;
  }
  return low;
}

function drawRow(row, dir) {
  if (row.more) {
    return el("p", { class: "note" }, el("button", { type: "button", onclick: () => {
      state.grown.set(row.more.key, (state.grown.get(row.more.key) || COLLAPSED) + MORE);
      drawGrid(state.detail);
      select(state.key, false);
    } }, row.rest > MORE ? `Show ${MORE} more of ${plural(row.rest, "octet")}` : `Show ${plural(row.rest, "more octet")}`));
  }
  const line = el("div", { class: "row", role: "row" });
  const last = row[row.length - 1].part;
  const origin = state.mode === "text" && last.after ? el("span", { class: "origin", role: "gridcell" }, "← " + last.after) : null;
  if (state.mode === "both") {
    line.append(el("span", { class: "hex", "aria-hidden": "true" }, row.flatMap((piece) => [segment(piece, hexOf, false), " "])), el("span", { role: "none" }, row.map((piece) => segment(piece, textOf, true))));
  } else if (state.mode === "bytes") {
    line.append(...row.flatMap((piece) => [segment(piece, hexOf, true), " "]));
  } else {
    line.append(...row.map((piece) => segment(piece, textOf, true)));
    if (origin) line.append(origin);
  }
  return line;
}

// faultOf returns the offset of the octet at which the request was refused, or -1.
function faultOf(d) {
  const m = d.in.messages[0];
  return m && m.verdict.outcome === "reject" ? m.verdict.at : -1;
}

// caret points at that octet, below its row.
function caret(d, row, dir) {
  const at = faultOf(d);
  if (dir !== "in" || row.more || at < row[0].from) return [];
  const end = row[row.length - 1].to;
  if (at > end || at === end && end < d.in.bytes.length) return [];
  const write = state.mode === "bytes" ? hexOf : textOf;
  let before = 0;
  for (const piece of row) {
    const to = Math.min(piece.to, at);
    if (to > piece.from) before += write(piece.side.bytes, piece.from, to, piece.part.kind).length + (write === hexOf ? 1 : 0);
  }
  const v = d.in.messages[0].verdict;
  return [el("p", { class: "caret", "data-at": at }, state.mode === "both" ? "" : " ".repeat(before), "^ ", el("em", {}, `refused with ${v.status} here, octet ${v.offset}`))];
}

// segment draws the octets of a part that stand in one row.
function segment(piece, write, cell) {
  const p = piece.part;
  const e = el("span", { class: cell ? "seg cell" : "seg", "data-key": p.key, "data-kind": p.kind, "data-len": piece.to - piece.from,
    "data-offset": piece.from, "data-fault": piece.from <= faultAt && faultAt < piece.to && dirIn(p) ? "yes" : null, "data-go": p.seen && p.seen.go.fate, "data-node": p.seen && p.seen.node.fate, "data-lit": p.lit ? "yes" : null });
  e.textContent = write(piece.side.bytes, piece.from, piece.to, p.kind);
  if (cell) {
    e.setAttribute("role", "gridcell");
    e.tabIndex = -1;
    e.setAttribute("aria-label", `${p.kind}: ${textOf(piece.side.bytes, piece.from, Math.min(piece.to, piece.from + 80), p.kind)}`);
  }
  return e;
}

const STRUCTURE = new Set(["space", "colon", "trailing space", "error", "chunk extension"]);

// pictures reports whether some font here has ␍ and ␊. Where none has, both would
// be the same empty box, and escapes say more.
const pictures = (() => {
  const draw = (text) => {
    const canvas = el("canvas", { width: 24, height: 24 }), pen = canvas.getContext("2d");
    pen.font = "18px " + getComputedStyle(document.documentElement).getPropertyValue("--mono");
    pen.fillText(text, 2, 18);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  return draw("␍") !== draw("␊");
})();

const ESCAPES = { 0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r" };

function control(b) {
  if (pictures) return b === 0x7f ? "␡" : String.fromCharCode(0x2400 + b);
  return ESCAPES[b] || "\\x" + b.toString(16).padStart(2, "0");
}

function textOf(bytes, from, to, kind) {
  let text = "";
  for (let i = from; i < to; i++) {
    const b = bytes[i];
    if (b === 0x20) text += STRUCTURE.has(kind) ? "·" : " ";
    else if (b < 0x20 || b === 0x7f) text += control(b);
    else if (b < 0x7f) text += String.fromCharCode(b);
    else text += "\\x" + b.toString(16);
  }
  return text;
}

function hexOf(bytes, from, to) {
  let text = "";
  for (let i = from; i < to; i++) text += (i > from ? " " : "") + bytes[i].toString(16).padStart(2, "0");
  return text;
}

// ── Timeline and verdict ────────────────────────────────────────────────────

function drawTimeline(d) {
  const at = (name) => { const x = d.decisions.find((e) => e.name === name); return x && x.t; };
  const reads = d.blocks.filter((b) => b.k === "read"), writes = d.blocks.filter((b) => b.k !== "read");
  const marks = [["first octet", d.blocks.length ? d.blocks[0].t : d.t]];
  if (at("request framing")) marks.push(["head complete", at("request framing")]);
  if (at("100-continue")) marks.push(["100 (Continue)", at("100-continue")]);
  if (at("refusal")) marks.push(["refused", at("refusal")]);
  if (reads.length > 1 && at("request framing") < reads[reads.length - 1].t) marks.push(["last read", reads[reads.length - 1].t]);
  if (at("response framing")) marks.push(["answer framed", at("response framing")]);
  if (d.ended) marks.push(["exchange over", d.ended]);
  if (writes.length) marks.push(["last write", writes[writes.length - 1].t]);
  marks.sort((a, b) => a[1] - b[1]);
  const items = marks.map(([name, t], i) => el("li", {}, i ? el("span", {}, `${millis(t - marks[i - 1][1])} ms `) : null, el("b", {}, "\u00a0" + name)));
  const end = ending(d);
  if (end) items.push(el("li", { class: "end" + (end.shut ? " shut" : "") }, el("b", {}, end.text)));
  $("timeline").replaceChildren(...items);
}

// ending says in words what became of the connection after the exchange.
function ending(d) {
  if (!d.x) return d.closed ? { shut: true, text: "CLOSED: " + d.closed } : null;
  const m = d.in.messages[0];
  if (!d.x.reason) {
    const unread = d.decisions.find((x) => x.name === "unread body");
    const why = [m && m.connection && m.connection.value === "stays open" ? m.connection.reason : "", unread ? `unread body ${unread.value}` : m && m.body ? "body consumed" : ""];
    return { shut: false, text: "KEPT OPEN: " + (why.filter(Boolean).join(", ") || "there is no reason to close it") };
  }
  return { shut: true, text: "CLOSED: " + d.x.reason };
}

function drawVerdict(d) {
  const m = d.in.messages[0], v = $("verdict");
  v.replaceChildren();
  v.className = "verdict";
  v.hidden = !m;
  if (!m) return;
  const cutOff = d.in.kept < d.in.total;
  const outcome = cutOff && d.x && !d.x.refusal ? "accept" : m.verdict.outcome;
  v.classList.add({ accept: "ok", reject: "reject" }[outcome] || "more");
  const list = el("dl");
  const add = (term, ...what) => list.append(el("dt", {}, term), el("dd", {}, ...what));
  if (outcome === "reject") {
    const broken = m.verdict.broken || {};
    v.append(el("h3", { id: "outcome" }, `✕ Refused with ${m.verdict.status || "no answer"} at octet ${m.verdict.offset}`));
    v.append(el("p", {}, broken.sentence ? cap(broken.sentence) + ". " : "", refLink(broken.ref)));
    if (broken.why) v.append(el("p", { id: "why" }, el("b", {}, "Why it matters. "), broken.why));
    if (broken.hint) add("hint", broken.hint);
    if (broken.id) add("rule", `${broken.id}${broken.level ? " · " + broken.level : ""}`);
    if (m.verdict.sends) add("answer", m.verdict.sends);
    if (broken.source) add("read next", `${broken.source}${broken.fixture ? " · fixture " + broken.fixture : ""}`);
  } else if (outcome === "accept") {
    v.append(el("h3", { id: "outcome" }, "✓ Accepted"));
  } else {
    v.append(el("h3", { id: "outcome" }, d.over ? "… Never completed" : "… More is needed"));
    if (m.verdict.missing) add("missing", m.verdict.missing);
    if (m.verdict.timer && !d.over) add("timer", m.verdict.timer);
  }
  if (m.framing) add("body", el("b", {}, m.framing.value), ` · ${m.framing.reason} `, refLink(m.framing.ref));
  if (m.connection) add("connection", el("b", {}, m.connection.value), ` · ${m.connection.reason} `, refLink(m.connection.ref));
  for (const effect of m.effects || []) add("also", effect);
  for (const x of d.decisions) {
    if (!["request framing", "refusal", "connection"].includes(x.name)) add(x.name, x.value);
  }
  if (d.closed && (!d.x || !d.x.reason)) add("later", "closed: " + d.closed);
  v.append(list);
  const opinions = d.opinions || [];
  if (opinions.length) v.append(el("h3", {}, "Second opinions"), opinionTable(d));
}

function opinionTable(d) {
  const table = el("table", { class: "opinions" }, el("caption", {}, `What others answered to the same fault, recorded ${d.recorded || ""}`));
  for (const o of d.opinions) table.append(el("tr", {}, el("th", { scope: "row" }, o.server),
    el("td", {}, /^2/.test(o.answer) ? el("b", { class: "fate changed" }, "took it: ") : null, o.answer)));
  return table;
}

const cap = (s) => s.charAt(0).toUpperCase() + s.slice(1);

// refLink makes "9112 §6.3 rule 7" a link to the RFC.
function refLink(ref) {
  if (!ref) return "";
  const found = /^(\d+) §(\S+)/.exec(ref);
  if (!found) return ref;
  const kind = /^[A-Z]/.test(found[2]) ? "appendix" : "section";
  return el("a", { class: "ref", href: `https://www.rfc-editor.org/rfc/rfc${found[1]}.html#${kind}-${found[2]}`, target: "_blank", rel: "noreferrer" }, `RFC ${ref} ↗`);
}

// ── Selection ───────────────────────────────────────────────────────────────

function part(key) {
  if (!key || !state.detail) return null;
  const [dir, i] = key.split(":");
  return state.detail[dir].parts[i] || null;
}

// select marks a part everywhere and describes it. With move it also gets the
// focus, if the focus is in the grid.
function select(key, move) {
  state.key = key;
  for (const e of document.querySelectorAll(".sel")) e.classList.remove("sel");
  for (const e of document.querySelectorAll('.cell[tabindex="0"]')) e.tabIndex = -1;
  const p = part(key);
  const same = key ? document.querySelectorAll(`[data-key="${key}"]`) : [];
  for (const e of same) e.classList.add("sel");
  for (const e of document.querySelectorAll(".seg[aria-selected]")) e.removeAttribute("aria-selected");
  const cells = key ? [...document.querySelectorAll(`#grid .cell[data-key="${key}"]`)] : [];
  for (const cell of cells) cell.setAttribute("aria-selected", "true");
  const tab = cells[0] || document.querySelector("#grid .cell");
  if (tab) tab.tabIndex = 0;
  if (cells[0] && move) {
    cells[0].focus({ preventScroll: true });
    cells[0].scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  drawSelected(p);
}

const SIGNS = {
  "method": "M", "target": "T", "version": "V", "status code": "S", "reason phrase": "P", "field name": "N", "field value": "F",
  "space": "·", "colon": ":", "trailing space": "·", "line end": "↵", "empty line": "∅", "chunk size": "#", "chunk extension": "X",
  "chunk data": "D", "body": "B", "trailer name": "n", "trailer value": "f", "error": "!", "unread": "?",
};

const badge = (kind) => el("span", { class: "badge", "data-kind": kind, "aria-hidden": "true" }, SIGNS[kind] || "?");

function drawSelected(p) {
  const box = $("sel");
  box.replaceChildren();
  if (!p) {
    box.append(el("p", { class: "hint" }, "Choose a part of the octets to see what it is, which rule it follows, and who gets to see it."));
    return;
  }
  const side = state.detail[p.dir];
  const end = p.offset + p.length;
  const range = p.length === 1 ? `byte ${p.offset}` : `bytes ${p.offset}–${end - 1}`;
  box.append(el("div", {}, el("p", { class: "kind" }, badge(p.kind), cap(p.kind)),
    el("p", { class: "where", id: "sel-where" }, `${range} of the ${p.dir === "in" ? "request" : "response"} · ${plural(p.length, "octet")}${p.part ? " · " + p.part : ""}`)));
  const shown = Math.min(end, p.offset + 512, side.bytes.length);
  box.append(el("section", {}, el("h3", {}, "Octets"), el("pre", { id: "sel-text", tabindex: "0" }, textOf(side.bytes, p.offset, shown, p.kind) + (shown < end ? " …" : ""))));
  box.append(el("section", {}, el("h3", {}, "Hex"), el("pre", { id: "sel-hex", tabindex: "0" }, hexOf(side.bytes, p.offset, Math.min(shown, p.offset + 256)).trim() + (end > p.offset + 256 ? " …" : ""))));
  const at = faultOf(state.detail), broken = p.message && p.message.verdict.broken;
  if (p.dir === "in" && broken && p.offset <= at && at < end && p.kind !== "error") {
    box.append(el("section", { class: "refused-here" }, el("h3", {}, "Refused here"), el("p", {}, cap(broken.sentence) + ". ", refLink(broken.ref))));
  }
  if (p.note || p.ref) box.append(el("section", {}, el("h3", {}, "Rule"), el("p", { id: "sel-rule" }, p.note ? cap(p.note) + ". " : "", refLink(p.ref))));
  if (p.effect) box.append(el("section", {}, el("h3", {}, "Effect"), el("p", {}, cap(p.effect) + ".")));
  if (p.origin) box.append(el("section", {}, el("h3", {}, "Where it comes from"), el("p", {}, cap(p.origin) + ".")));
  if (side.masked && /^\.+$/.test(p.text || "") && p.kind.endsWith("value")) box.append(el("p", { class: "hint" }, "Masked. Start the server with -xray-secrets to see it."));
  if (p.seen) box.append(sees(p.seen));
  else if (p.dir === "in" && p.kind === "error") box.append(el("section", {}, el("h3", {}, "Your handler sees"), el("p", {}, "Nothing: no handler runs for a request that is refused.")));
}

// sees says what handlers of three stacks get of a part.
function sees(seen) {
  const row = (name, fate, where) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("span", { class: "fate " + fate }, fate), where ? " · " + where : ""));
  return el("section", { id: "sees" }, el("h3", {}, "Your handler sees"), el("table", {}, el("tbody", {},
    row("net/http", seen.go.fate, seen.go.where), row("Node", seen.node.fate, seen.node.where), row("rawserve", "kept", "r.RawHead(), r.Header, r.Body"))));
}

function drawTable() {
  const d = state.detail;
  if (!d) return;
  const rows = [...d.in.parts, ...d.out.parts].slice(0, 2000).map((p) => el("tr", { "data-key": p.key },
    el("td", {}, el("button", { type: "button", "aria-label": `select ${p.dir} ${p.offset}`, onclick: () => select(p.key, false) }, `${p.dir} ${p.offset}`)),
    el("td", {}, String(p.length)), el("td", {}, badge(p.kind), p.kind),
    el("td", {}, textOf(d[p.dir].bytes, p.offset, Math.min(p.offset + p.length, p.offset + 120, d[p.dir].bytes.length), p.kind)), el("td", {}, refLink(p.ref))));
  $("rows").replaceChildren(...rows);
  for (const e of document.querySelectorAll(`#rows [data-key="${state.key}"]`)) e.classList.add("sel");
}

// ── Steps ───────────────────────────────────────────────────────────────────

let walk = null, walked = "";

async function loadSteps() {
  const d = state.detail, name = `${d.c}/${d.r}/${d.in.total}`;
  const split = document.querySelector("input[name=split]:checked").value;
  if (walked === name + split) return drawStep();
  walked = name + split;
  try {
    const [mine, ...others] = await Promise.all([split, "reads", "each", "whole"].map((s) => get(`/steps?c=${d.c}&r=${d.r}&split=${s}`)));
    walk = mine;
    const words = others.map((o) => verdictText(o.verdict));
    const agree = words.every((w) => w === words[0]);
    $("same").textContent = agree ? `✓ The verdict is the same at every split: ${words[0]}` : "✕ The verdicts differ: " + words.join(" / ");
    const at = $("at");
    at.max = walk.steps.length;
    at.value = walk.steps.length;
    drawStep();
  } catch (problem) {
    walked = "";
    notice(problem.message);
  }
}

function verdictText(v) {
  if (v.outcome === "reject") return `refused with ${v.status} at octet ${v.offset}`;
  return v.outcome === "accept" ? `accepted, ${plural(v.used, "octet")} used` : `needs more: ${v.missing || ""}`;
}

function drawStep() {
  if (!walk) return;
  const n = Number($("at").value), step = walk.steps[n - 1];
  const end = step ? step.end : 0;
  $("at-out").textContent = `${end} of ${walk.octets}, delivery ${n} of ${walk.steps.length}`;
  $("at").setAttribute("aria-valuetext", `${end} octets delivered`);
  const list = $("step");
  list.replaceChildren();
  const rows = step ? [["parser looks for", step.expects], ["buffered", plural(step.buffered, "octet")], ["feed returns", step.result]] : [["parser looks for", "request-line"], ["buffered", "0 octets"], ["feed returns", "nothing was fed"]];
  for (const [term, text] of rows) list.append(el("dt", {}, term), el("dd", { "data-step": term }, text));
  const stepping = $("steps").open && n < walk.steps.length;
  $("grid").classList.toggle("stepping", stepping);
  for (const cell of document.querySelectorAll('#grid .block.in .seg')) cell.classList.toggle("ahead", stepping && Number(cell.dataset.offset) >= end);
}

// ── Controls ────────────────────────────────────────────────────────────────

function setMode(mode) {
  state.mode = mode;
  document.querySelector(`input[name=mode][value=${mode}]`).checked = true;
  redraw();
}

function setView(view) {
  state.view = view;
  $("view").value = view;
  if (state.detail) {
    $("grid").className = `mode-${state.mode} view-${view}`;
    drawHidden(state.detail);
  }
  say("view: " + $("view").selectedOptions[0].textContent);
}

function redraw() {
  if (!state.detail) return;
  const inGrid = document.activeElement && document.activeElement.closest("#grid");
  drawGrid(state.detail);
  select(state.key, Boolean(inGrid));
}

function pause() {
  state.paused = !state.paused;
  $("pause").setAttribute("aria-pressed", String(state.paused));
  $("pause").textContent = state.paused ? "Resume" : "Pause";
  say(state.paused ? "paused" : "resumed");
  schedule();
}

function cycle(list, value) { return list[(list.indexOf(value) + 1) % list.length]; }

// step selects the next or previous part.
function step(by) {
  const d = state.detail;
  if (!d) return;
  const all = [...d.in.parts, ...d.out.parts];
  const i = all.findIndex((p) => p.key === state.key);
  const next = all[Math.min(all.length - 1, Math.max(0, i + by))];
  if (next) select(next.key, true);
}

// stepExchange shows the next or previous exchange of the list.
function stepExchange(by) {
  const rows = [...document.querySelectorAll(".conn:not([hidden]) .req")];
  const i = rows.findIndex((row) => row.getAttribute("aria-current"));
  const row = rows[i < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, i + by))];
  if (!row) return;
  row.focus();
  show(Number(row.dataset.c), Number(row.dataset.r));
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", {}); // where the page may not use the clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  state.copied = text;
  document.documentElement.dataset.copied = what;
  notice(`Copied ${what}.`);
  setTimeout(() => { if ($("notice").textContent === `Copied ${what}.`) notice(""); }, 2500);
}

function copyFixture() {
  if (state.detail && state.detail.fixture) copy(state.detail.fixture, "the request as a fixture");
}

function copyPrintf() {
  const [, host, port] = /^(.*):(\d+)$/.exec(state.address) || [null, "-U", state.address];
  copy(`${state.detail.printf} | nc ${host.replace(/^\[|\]$/g, "")} ${port}`, "a shell command");
}

async function replay() {
  try {
    expect(await post("/replay", { c: state.detail.c, r: state.detail.r }));
  } catch (problem) {
    notice(problem.message);
  }
}

// expect shows the connection that the composer has opened, when it appears or
// if it is here already.
function expect(sent) {
  state.wanted = sent.remote;
  for (const conn of [...state.conns.values()].reverse()) {
    if (conn.remote === sent.remote && conn.reqs.size) {
      state.wanted = "";
      return show(conn.id, [...conn.reqs.keys()].pop());
    }
  }
}

// ── Trying requests ─────────────────────────────────────────────────────────

let presets = [];

async function loadPresets() {
  presets = await get("/presets");
  const first = presets.filter((p) => !p.group);
  $("featured").replaceChildren(...first.map((p) => el("li", {}, el("button", { type: "button", "data-preset": p.id, onclick: () => tryIt(p.text) }, p.title))));
  listCases();
}

async function tryIt(text) {
  try {
    expect(await post("/compose", { text }));
  } catch (problem) {
    notice(problem.message);
  }
}

function listCases() {
  const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = presets.filter((p) => words.every((w) => `${p.id} ${p.title} ${p.group}`.toLowerCase().includes(w))).slice(0, 300);
  $("cases").replaceChildren(...found.map((p) => el("option", { value: p.id }, p.group ? `${p.id}: ${p.title}` : p.title)));
}

function openComposer() {
  if (!$("text").value) $("text").value = "> GET / HTTP/1.1\n> Host: ${host}\n>\n";
  $("problem").textContent = "";
  $("composer").showModal();
  $("text").focus();
}

async function send() {
  $("problem").textContent = "";
  try {
    const sent = await post("/compose", { text: $("text").value });
    $("composer").close();
    expect(sent);
  } catch (problem) {
    $("problem").textContent = problem.message;
  }
}

// ── Wiring ──────────────────────────────────────────────────────────────────

const KEYS = {
  j: () => step(1), k: () => step(-1), J: () => stepExchange(1), K: () => stepExchange(-1),
  b: () => setMode(cycle(["text", "bytes", "both"], state.mode)),
  v: () => setView(cycle(["wire", "go", "node", "framing"], state.view)),
  " ": pause, "/": () => $("filter").focus(), f: copyFixture, "?": () => $("helper").showModal(),
};

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
  const at = e.target;
  if (at.matches("textarea, select, input:not([type=radio]):not([type=range])")) {
    if (e.key === "Escape") at.blur();
    return;
  }
  if (e.key === " " && at.matches("button, summary, input, a, label")) return;
  const grid = at.closest("#grid");
  if (grid && e.key.startsWith("Arrow")) {
    e.preventDefault();
    return arrow(e.key, at);
  }
  const action = KEYS[e.key];
  if (action) {
    e.preventDefault();
    action();
  }
});

// arrow moves in the grid: left and right by cell, up and down by row.
function arrow(key, cell) {
  const cells = [...document.querySelectorAll("#grid .cell")];
  let next = cells[cells.indexOf(cell) + (key === "ArrowRight" ? 1 : -1)];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const rows = [...document.querySelectorAll("#grid .row")];
    const row = rows[rows.indexOf(cell.closest(".row")) + (key === "ArrowDown" ? 1 : -1)];
    next = row && row.querySelector(".cell");
  }
  if (!next) return;
  select(next.dataset.key, false);
  for (const e of document.querySelectorAll('.cell[tabindex="0"]')) e.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

$("grid").addEventListener("click", (e) => {
  const seg = e.target.closest(".seg");
  if (!seg) return;
  select(seg.dataset.key, false);
  const cell = seg.closest(".cell") || document.querySelector(`#grid .cell[data-key="${seg.dataset.key}"]`);
  if (cell) cell.focus({ preventScroll: true });
});
$("grid").addEventListener("focusin", (e) => {
  const cell = e.target.closest(".cell");
  if (cell && cell.dataset.key !== state.key) select(cell.dataset.key, false);
});

$("pause").addEventListener("click", pause);
$("follow").addEventListener("click", () => {
  state.follow = !state.follow;
  $("follow").setAttribute("aria-pressed", String(state.follow));
});
$("clear").addEventListener("click", () => {
  for (const [id, conn] of state.conns) {
    if (conn.state !== "closed") continue;
    conn.el.remove();
    state.conns.delete(id);
    if (state.shown && state.shown.c === id) closeExchange();
  }
  for (const gap of document.querySelectorAll(".gap")) gap.remove();
  $("nobody").hidden = state.conns.size > 0;
});
for (const input of document.querySelectorAll("input[name=mode]")) input.addEventListener("change", () => setMode(input.value));
$("view").addEventListener("change", () => setView($("view").value));
$("filter").addEventListener("input", () => { for (const conn of state.conns.values()) conn.el.hidden = !matches(conn); });
$("help").addEventListener("click", () => $("helper").showModal());
$("write").addEventListener("click", openComposer);
$("send").addEventListener("click", send);
$("find").addEventListener("input", listCases);
$("cases").addEventListener("change", () => {
  const chosen = presets.find((p) => p.id === $("cases").value);
  if (chosen) $("text").value = chosen.text;
});
$("fixture").addEventListener("click", copyFixture);
$("printf").addEventListener("click", copyPrintf);
$("replay").addEventListener("click", replay);
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
$("table").addEventListener("toggle", () => { if ($("table").open) drawTable(); });
$("steps").addEventListener("toggle", () => { if ($("steps").open && state.detail) loadSteps(); else { $("grid").classList.remove("stepping"); } });
for (const input of document.querySelectorAll("input[name=split]")) input.addEventListener("change", loadSteps);
$("at").addEventListener("input", drawStep);
$("legend").replaceChildren(...Object.keys(SIGNS).map((kind) => el("li", {}, badge(kind), kind)));

if (narrow.matches) document.querySelector(".try").open = false;
drawSelected(null);
loadPresets().catch((problem) => notice(problem.message));
connect();
