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
  const range = p.length === 1 ? `octet ${p.offset}` : `octets ${p.offset}–${end - 1}`;
  box.append(el("div", {}, el("p", { class: "kind" }, badge(p.kind), cap(p.kind)),
    el("p", { class: "where", id: "sel-where" }, `${range} of the ${p.dir === "in" ? "request" : "response"} · ${plural(p.length, "octet")}${p.part ? " · " + p.part : ""}`)));
  const secret = side.secret.slice(p.offset, end).includes(1);
  const shown = Math.min(end, p.offset + 512, side.bytes.length);
  const octets = el("section", {}, el("h3", {}, "Octets"), el("pre", { id: "sel-text", tabindex: "0" }, textOf(side, p.offset, shown, p.kind) + (shown < end ? " …" : "")));
  const hex = el("section", {}, el("h3", {}, "Hex"), el("pre", { id: "sel-hex", tabindex: "0" }, hexOf(side, p.offset, Math.min(shown, p.offset + 256)).trim() + (end > p.offset + 256 ? " …" : "")));
  const at = faultOf(state.detail), broken = p.message && p.message.verdict.broken;
  if (p.dir === "in" && broken && p.offset <= at && at < end && p.kind !== "error") {
    box.append(el("section", { class: "refused-here" }, el("h3", {}, "Refused here"), el("p", {}, cap(broken.sentence) + ". ", refLink(broken.ref)), quotation(state.detail.broken, broken.ref)));
  }
  const wrong = p.dir === "out" ? findingsOf(state.detail).filter((f) => partAt(side, f.offset) === p) : [];
  if (wrong.length) box.append(el("section", { class: "refused-here" }, el("h3", {}, "Wrong here"), wrong.map(finding)));
  if (p.note || p.ref) {
    const fault = p.kind === "error" && p.dir === "in";
    box.append(el("section", {}, el("h3", {}, "Rule"), el("p", { id: "sel-rule" }, p.note ? cap(p.note) + ". " : "", refLink(p.ref)),
      fault ? quotation(state.detail.broken, p.ref) : said(state.detail, p.ref)));
    if (fault && broken && broken.source) box.append(el("section", {}, el("h3", {}, "Decided in"), el("p", {}, el("a", { href: "#source", onclick: openSource }, el("code", {}, broken.source)))));
  }
  if (p.effect) box.append(el("section", {}, el("h3", {}, "Effect"), el("p", {}, drawable(cap(p.effect)) + ".")));
  if (p.origin) box.append(el("section", {}, el("h3", {}, "Where it comes from"), el("p", {}, cap(p.origin) + ".")));
  box.append(octets, hex);
  if (secret) box.append(el("p", { class: "hint", id: "sel-masked" }, `${MASK} stands for an octet that is not shown, because it is a secret. Copies have dots there.`, state.detail.carried ? "" : " The server shows it if it is started with -xray-secrets."));
  if (p.seen) box.append(sees(p.seen));
  else if (p.dir === "in" && p.kind === "error") box.append(el("section", {}, el("h3", {}, "Your handler sees"), el("p", {}, "Nothing: no handler runs for a request that is refused.")));
}

// openSource shows the lines that have decided. The address stays that of the exchange.
function openSource(e) {
  e.preventDefault();
  closeSheet();
  $("source").open = true;
  $("source").scrollIntoView({ block: "center" });
  $("source").querySelector("summary")?.focus();
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
    el("td", {}, el("button", { type: "button", tabindex: -1, "aria-label": `select ${p.dir} ${p.offset}`, onclick: () => select(p.key, false) }, `${p.dir} ${p.offset}`)),
    el("td", {}, String(p.length)), el("td", {}, badge(p.kind), p.kind),
    el("td", {}, textOf(d[p.dir], p.offset, Math.min(p.offset + p.length, p.offset + 120, d[p.dir].bytes.length), p.kind)), el("td", {}, refLink(p.ref))));
  $("rows").replaceChildren(...rows);
  stop($("rows"), "button");
  for (const e of document.querySelectorAll(`#rows [data-key="${state.key}"]`)) e.classList.add("sel");
}

