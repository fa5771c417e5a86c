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
  drawTitle(d);
  drawHidden(d);
  drawGrid(d);
  drawTimeline(d);
  drawVerdict(d);
  drawActions(d);
  markShown();
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
    const cell = document.querySelector(`#grid .cell[data-key="${newOne ? state.key : back}"]`);
    if (cell) cell.focus({ preventScroll: true });
  }
}

function drawTitle(d) {
  const m = d.in.messages[0] || {};
  const x = d.x || {};
  const conn = d.c > 0 && state.conns.get(d.c);
  $("about").replaceChildren(...about(d));
  $("about").hidden = !$("about").hasChildNodes();
  $("ex-title").textContent = (x.method || m.method) ? drawable(`${x.method || m.method} ${x.target || m.target || ""}`) : x.status ? "not a request" : "arriving…";
  const from = d.c > 0 ? `c${d.c}${conn && conn.remote ? " ⟵ " + conn.remote : ""} · request ${d.r}${d.last > d.r ? " of " + d.last : ""}` : "";
  $("ex-from").textContent = from;
  const sums = [`${plural(d.in.total, "octet")} in`, `${plural(d.out.total, "octet")} out`];
  if (x.status) sums.unshift(`status ${x.status}`);
  const reads = d.blocks.filter((b) => b.k === "read").length, writes = d.blocks.filter((b) => b.k === "write").length;
  sums.push(plural(reads, "read"), plural(writes, "write"));
  $("ex-sums").textContent = sums.join(" · ");
}

// about says what an exchange is that the server has not captured.
function about(d) {
  if (document.documentElement.dataset.file) return [el("b", {}, "Saved from a rawserve x-ray page. "), `Recorded ${dated(d)}. Everything works here but sending.`];
  if (d.carried) return [el("b", {}, "From a link. "), `Recorded elsewhere, ${dated(d)}: the octets were dissected here; what that server did is as the link says.`];
  if (d.c === 0) return [el("b", {}, "An example, until the server has a request to show. "), "A real exchange: sent, parsed, answered and recorded in this process when it started. ", el("b", {}, "Choose any octet"), " to see what it is and why."];
  return [];
}

const dated = (d) => new Date(d.when).toISOString().replace("T", " at ").replace(/\.\d+Z$/, " UTC");

// drawHidden shows how many octets other stacks hide.
function drawHidden(d) {
  const bar = $("hidden"), m = d.in.messages[0];
  bar.replaceChildren();
  if (!m || !m.hidden) return;
  for (const [view, name, n, refuses] of [["go", "net/http", m.hidden.go, m.hidden.go_refuses], ["node", "Node", m.hidden.node, m.hidden.node_refuses]]) {
    const meter = el("meter", { min: 0, max: m.hidden.octets, value: n, "aria-hidden": "true" });
    bar.append(el("button", { type: "button", "aria-pressed": String(state.view === view), "data-hidden": view, "data-n": n,
      onclick: () => setView(state.view === view ? "wire" : view) }, meter,
      refuses ? `${name} refuses this request` : `${name} hides ${n} of ${m.hidden.octets} octets`));
  }
}

let faultAt = -1, wrongAt = new Set(); // of the request, and parts of the answer
const dirIn = (p) => p.dir === "in";

function drawGrid(d) {
  const grid = $("grid");
  faultAt = faultOf(d);
  wrongAt = new Set(findingsOf(d).map((f) => partAt(d.out, f.offset)));
  grid.className = `mode-${state.mode} view-${state.view}`;
  let budget = PARTS + (state.grown.has("parts") ? 1e6 : 0);
  const blocks = [];
  const time = inMillis(Math.max(0, ...d.blocks.map((b) => b.t - d.t)));
  for (const block of folded(d)) {
    const dir = block.k === "read" ? "in" : "out";
    const drawn = drawBlock(d, block, dir, budget, time);
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

// unseen reports whether no octet of a block is drawn: none was kept, or all are in
// the middle of a part that is drawn only to begin with.
function unseen(side, block) {
  if (block.k === "sendfile" || block.before || block.after) return false;
  if (block.from >= side.bytes.length) return true;
  const p = side.parts[startAt(side.parts, block.from)];
  return Boolean(p) && block.from >= p.offset + (state.grown.get(p.key) || COLLAPSED) && Math.min(block.to, side.bytes.length) <= p.offset + p.length;
}

// folded makes one block of reads, or writes, that show nothing.
function folded(d) {
  const list = [];
  for (const block of d.blocks) {
    const last = list[list.length - 1], side = block.k === "read" ? d.in : d.out;
    const empty = unseen(side, block);
    if (empty && last && last.empty && last.k === block.k) {
      last.upto = block.i;
      last.to = block.to;
      last.n += block.n;
      last.until = block.t;
      continue;
    }
    list.push({ ...block, empty });
  }
  return list;
}

function drawBlock(d, block, dir, budget, time) {
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
  const name = block.upto ? `${block.k}s ${block.i} to ${block.upto}` : `${block.k} ${block.i}`;
  const when = time(Math.max(0, block.t - d.t)) + (block.until ? ` to ${time(Math.max(0, block.until - d.t))}` : "");
  const title = el("h3", {}, el("b", {}, `${dir} · ${name}`), el("span", {}, when),
    el("span", {}, block.to - block.from === block.n ? `${plural(block.n, "octet")}` : `${block.to - block.from} of ${plural(block.n, "octet")}`));
  return { el: el("section", { class: `block ${dir}`, "data-block": block.k, "aria-label": `${dir}, ${name}, ${block.n} octets` }, title, lines), used: rows.used };
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
    if (to > piece.from) before += write(piece.side, piece.from, to, piece.part.kind).length + (write === hexOf ? 1 : 0);
  }
  const v = d.in.messages[0].verdict;
  return [el("p", { class: "caret", "data-at": at }, state.mode === "both" ? "" : " ".repeat(before), "^ ", el("em", {}, `refused with ${v.status} here, octet ${v.offset}`))];
}

// segment draws the octets of a part that stand in one row.
function segment(piece, write, cell) {
  const p = piece.part;
  const e = el("span", { class: cell ? "seg cell" : "seg", "data-key": p.key, "data-kind": p.kind, "data-len": piece.to - piece.from,
    "data-offset": piece.from, "data-fault": piece.from <= faultAt && faultAt < piece.to && dirIn(p) ? "yes" : null, "data-go": p.seen && p.seen.go.fate, "data-node": p.seen && p.seen.node.fate, "data-lit": p.lit ? "yes" : null,
    "data-wrong": !dirIn(p) && wrongAt.has(p) ? "yes" : null });
  for (const run of runs(piece)) {
    const text = write(piece.side, run.from, run.to, p.kind) + (write === hexOf && run.to < piece.to ? " " : "");
    e.append(run.secret ? el("span", { class: "masked", title: "masked: a secret that is not shown" }, text) : text);
  }
  if (cell) {
    e.setAttribute("role", "gridcell");
    e.tabIndex = -1;
    const secret = piece.side.secret[piece.from] && piece.side.secret[piece.to - 1];
    e.setAttribute("aria-label", secret ? `${p.kind}: masked, ${plural(piece.to - piece.from, "octet")}` : `${p.kind}: ${textOf(piece.side, piece.from, Math.min(piece.to, piece.from + 80), p.kind)}`);
  }
  return e;
}

// runs divides a piece into what is shown and what is masked.
function runs(piece) {
  const { secret } = piece.side, list = [];
  for (let from = piece.from; from < piece.to;) {
    let to = from + 1;
    while (to < piece.to && secret[to] === secret[from]) to++;
    list.push({ from, to, secret: secret[from] });
    from = to;
  }
  return list;
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

// drawable puts escapes in the place of pictures of control characters, in text that
// the server has made visible, where no font here has them.
const drawable = (text) => pictures ? text : text.replace(/[\u2400-\u241f\u2421]/g, (c) => control(c === "␡" ? 0x7f : c.charCodeAt(0) - 0x2400));

// MASK stands for an octet that is not shown. No octet looks like it, and whoever
// copies it sees that.
const MASK = "•";

function textOf(side, from, to, kind) {
  let text = "";
  for (let i = from; i < to; i++) {
    const b = side.bytes[i];
    if (side.secret[i] && b === 0x2e) text += MASK;
    else if (b === 0x20) text += STRUCTURE.has(kind) ? "·" : " ";
    else if (b < 0x20 || b === 0x7f) text += control(b);
    else if (b < 0x7f) text += String.fromCharCode(b);
    else text += "\\x" + b.toString(16);
  }
  return text;
}

function hexOf(side, from, to) {
  let text = "";
  for (let i = from; i < to; i++) text += (i > from ? " " : "") + (side.secret[i] ? MASK + MASK : side.bytes[i].toString(16).padStart(2, "0"));
  return text;
}

