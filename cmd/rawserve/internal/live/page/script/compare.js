// ── Two exchanges, side by side ─────────────────────────────────────────────

const LINES = 400, WIDTH = 400; // lines of a direction, and characters of a line, that are compared

// openComparison offers the exchanges that the shown one can be compared with.
function openComparison() {
  const mine = state.detail;
  const others = [{ c: 0, r: 1, text: "The example" }];
  for (const conn of state.conns.values()) {
    for (const req of conn.reqs.values()) others.unshift({ c: conn.id, r: req.number, text: `c${conn.id} · ${req.number} ${req.what.textContent} ${req.x ? req.x.status : ""}` });
  }
  const choices = others.filter((o) => o.c !== mine.c || o.r !== mine.r);
  $("other").replaceChildren(...choices.map((o) => el("option", { value: `${o.c}/${o.r}` }, o.text)));
  $("comparison").replaceChildren();
  $("compare").showModal();
  compareWith();
}

// compareWith compares the shown exchange with the chosen one.
async function compareWith() {
  const [c, r] = $("other").value.split("/");
  if (!r) return;
  try {
    const other = prepare(await get(`/exchange?c=${c}&r=${r}`));
    if ($("other").value === `${c}/${r}`) drawComparison(state.detail, other);
  } catch (problem) {
    $("comparison").replaceChildren(el("p", { class: "problem" }, problem.message));
  }
}

function drawComparison(a, b) {
  const sections = [["The exchange", facts(a, b)], ["Request", align(linesOf(a.in), linesOf(b.in))], ["Answer", align(linesOf(a.out), linesOf(b.out))]];
  const differ = sections.flatMap(([, rows]) => rows).filter((row) => row.sign !== "=").length;
  $("differ").textContent = differ ? `${plural(differ, "line")} differ${differ === 1 ? "s" : ""}.` : "There is no difference.";
  const table = el("table", { class: "compared" }, el("thead", {}, el("tr", {}, el("td", {}), el("th", { scope: "col" }, titleOf(a)), el("th", { scope: "col" }, titleOf(b)))));
  for (const [title, rows] of sections) {
    table.append(el("tbody", {}, el("tr", {}, el("th", { colspan: 3, scope: "rowgroup" }, title)), rows.map(drawPair)));
  }
  $("comparison").replaceChildren(table);
}

const titleOf = (d) => d.c < 0 ? "from a link" : d.c === 0 ? "the example" : `c${d.c} · request ${d.r}`;

const SAYS = { "=": "equal", "≠": "differs", "−": "only here", "+": "only there" };

function drawPair(row) {
  const [a, b] = row.sign !== "≠" ? [row.a, row.b] : row.name ? [el("mark", {}, row.a), el("mark", {}, row.b)] : marked(row.a, row.b);
  const cell = (content, text) => el("td", {}, row.name ? el("span", { class: "fact" }, row.name + " ") : null, text === undefined ? null : content);
  return el("tr", { class: "pair", "data-sign": row.sign }, el("th", { scope: "row", title: SAYS[row.sign] }, el("span", { "aria-hidden": "true" }, row.sign === "=" ? "" : row.sign), el("span", { class: "sr" }, SAYS[row.sign])), cell(a, row.a), cell(b, row.b));
}

// marked marks where two lines differ: between what they begin and end with alike.
function marked(a, b) {
  let from = 0, back = 0;
  const most = Math.min(a.length, b.length);
  while (from < most && a[from] === b[from]) from++;
  while (back < most - from && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  return [a, b].map((text) => [text.slice(0, from), el("mark", {}, text.slice(from, text.length - back)), text.slice(text.length - back)]);
}

// facts compares what is said about the exchanges as a whole.
function facts(a, b) {
  const one = (d) => {
    const m = d.in.messages[0] || {}, blocks = (kind) => d.blocks.filter((x) => x.k === kind).length;
    return { verdict: m.verdict ? verdictText(m.verdict) : "no request", status: String(d.x && d.x.status || "none"), "request body": m.framing ? m.framing.value : "unknown",
      "answer body": d.x && d.x.bodyOut || "unknown", connection: (ending(d) || { text: "in progress" }).text, reads: String(blocks("read")), writes: String(blocks("write")),
      "octets in": String(d.in.total), "octets out": String(d.out.total), "hidden by net/http": m.hidden ? String(m.hidden.go) : "–", "hidden by Node": m.hidden ? String(m.hidden.node) : "–" };
  };
  const [left, right] = [one(a), one(b)];
  return Object.keys(left).map((name) => ({ name, a: left[name], b: right[name], sign: left[name] === right[name] ? "=" : "≠" }));
}

// linesOf returns the lines of a direction as text.
function linesOf(side) {
  const lines = [];
  let text = "";
  const flush = () => { if (text) lines.push(text); text = ""; };
  for (const p of side.parts) {
    const end = Math.min(p.offset + p.length, side.bytes.length);
    for (let from = p.offset, to; from < end && lines.length < LINES; from = to) {
      to = Math.min(side.bytes.indexOf(10, from) + 1 || end, end, from + WIDTH);
      text += textOf(side, from, to, p.kind);
      if (side.bytes[to - 1] === 10 || text.length > WIDTH) flush();
    }
  }
  flush();
  return lines;
}

// align pairs the lines of two lists: the longest common subsequence is equal, and
// of what lies between, lines that begin alike differ.
function align(a, b) {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  }
  const rows = [];
  let left = [], right = [];
  const between = () => { rows.push(...pairs(left, right)); left = []; right = []; };
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      between();
      rows.push({ sign: "=", a: a[i++], b: b[j++] });
    } else if (j >= b.length || i < a.length && length[i + 1][j] >= length[i][j + 1]) left.push(a[i++]);
    else right.push(b[j++]);
  }
  between();
  return rows;
}

// pairs puts lines that begin with the same name next to each other.
function pairs(left, right) {
  const name = (line) => line.split(/[:\s·]/)[0].toLowerCase();
  const rows = [];
  for (const line of left) {
    const i = right.findIndex((other) => name(other) === name(line));
    if (i < 0) {
      rows.push({ sign: "−", a: line });
      continue;
    }
    rows.push(...right.splice(0, i).map((other) => ({ sign: "+", b: other })), { sign: "≠", a: line, b: right.shift() });
  }
  return [...rows, ...right.map((other) => ({ sign: "+", b: other }))];
}
