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
  const time = inMillis(marks[marks.length - 1][1] - marks[0][1]);
  const items = marks.map(([name, t], i) => el("li", {}, i ? el("span", {}, time(t - marks[i - 1][1])) : null, el("b", {}, "\u00a0" + name)));
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
    v.append(...quotation(d.broken, broken.ref));
    if (broken.why) v.append(el("p", { id: "why" }, el("b", {}, "Why it matters. "), broken.why));
    for (const reading of m.verdict.readings || []) v.append(el("p", { class: "reading" }, drawable(cap(reading)) + "."));
    if (broken.hint) add("hint", broken.hint);
    if (broken.id) add("rule", `${broken.id}${broken.level ? " · " + broken.level : ""}`);
    if (m.verdict.sends) add("answer", m.verdict.sends);
    if (broken.source) add("decided in", decided(d, broken.source));
    if (broken.fixture) add("fixture", broken.fixture);
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
  v.append(...findings(d));
  const opinions = d.opinions || [];
  if (opinions.length) v.append(el("h3", {}, "Second opinions"), opinionTable(d));
}

// decided shows the lines of the server that refuse.
function decided(d, source) {
  if (!d.code) return el("code", { id: "source" }, source);
  return el("details", { class: "code", id: "source" }, el("summary", {}, el("code", {}, `${d.code.file}:${d.code.line}`), ` ${source.split(":")[1]}`), el("pre", { tabindex: 0 }, d.code.text.replaceAll("\t", "    ")));
}

// findings says what the answer does not do that the RFC asks of a server.
function findings(d) {
  const all = findingsOf(d);
  if (!all.length) return [];
  return [el("h3", {}, `What is wrong with the answer (${all.length})`), ...all.map((f) => el("section", { class: "finding" }, finding(f),
    el("button", { type: "button", onclick: () => select(partAt(d.out, f.offset).key, true) }, `Show octet ${f.offset}`)))];
}

const findingsOf = (d) => d.out.messages.flatMap((m) => m.findings || []);
const partAt = (side, offset) => side.parts[Math.min(startAt(side.parts, offset), side.parts.length - 1)];

const finding = (f) => [el("p", {}, el("b", {}, f.level + ". "), drawable(cap(f.sentence)) + ". ", f.hint ? drawable(cap(f.hint)) + ". " : ""), quotation(f.says, f.ref)];

function opinionTable(d) {
  const table = el("table", { class: "opinions" }, el("caption", {}, `What others answered to the same fault, recorded ${d.recorded || ""}`));
  for (const o of d.opinions) table.append(el("tr", {}, el("th", { scope: "row" }, o.server),
    el("td", {}, /^2/.test(o.answer) ? el("b", { class: "fate changed" }, "took it: ") : null, o.answer)));
  return table;
}

// quotation is a sentence of the RFC, in place.
function quotation(sentence, ref) {
  if (!sentence) return [];
  return [el("blockquote", {}, el("p", {}, sentence), el("footer", {}, refLink(ref)))];
}

// said is what a section of the RFC requires: its sentence, or a list to open.
function said(d, ref) {
  const sentences = d.says && d.says[ref] || [];
  if (!sentences.length) return [];
  if (sentences.length === 1) return quotation(sentences[0], ref);
  return [el("details", { class: "said" }, el("summary", {}, `What RFC ${ref.replace(/ rule.*/, "").replace(" §", ", Section ")} requires (${sentences.length} sentences)`),
    el("blockquote", {}, sentences.map((sentence) => el("p", {}, sentence))))];
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

