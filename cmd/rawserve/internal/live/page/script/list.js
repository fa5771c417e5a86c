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
  req.el = el("button", { type: "button", class: state.queue.length < 40 ? "req fresh" : "req", "data-c": conn.id, "data-r": number, tabindex: -1, onclick: () => show(conn.id, number, true) }, req.n, req.what, req.status);
  req.li = el("li", {}, req.el);
  conn.reqs.set(number, req);
  conn.list.append(req.li);
  if (!state.stop || !state.stop.isConnected) (state.stop = req.el).tabIndex = 0; // see rove
  for (const [n, old] of conn.reqs) {
    if (conn.reqs.size <= REQUESTS) break;
    if (state.shown && state.shown.c === conn.id && state.shown.r === n) continue;
    old.li.remove();
    conn.reqs.delete(n);
  }
  return req;
}

function drawConn(conn) {
  const signs = { active: "●", idle: "○", closed: "–", upgraded: "⇄" };
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
  const what = x.method ? drawable(`${x.method} ${x.target}`) : "not a request";
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

// markShown marks the row of the exchange that is shown, and says above the list
// which one that is: the row itself may be out of view.
function markShown() {
  for (const b of document.querySelectorAll(".req[aria-current]")) b.removeAttribute("aria-current");
  const { c, r } = state.shown || {};
  const row = document.querySelector(`.req[data-c="${c}"][data-r="${r}"]`);
  if (row) {
    row.setAttribute("aria-current", "true");
    stop($("conns"), ".req", row);
  }
  const d = state.detail, here = d && state.shown && d.c === c && d.r === r;
  const what = here ? $("ex-title").textContent : "";
  $("here").replaceChildren(...(!state.shown ? ["Nothing is shown yet"] : c < 1 ? [c ? "Shown: an exchange from a link" : "Shown: an example"]
    : ["Shown: ", el("b", {}, `c${c}`), ` · ${r} `, el("span", {}, what)]));
  $("here").disabled = !row;
  return row;
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

