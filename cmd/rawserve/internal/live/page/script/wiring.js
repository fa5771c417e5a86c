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
  if (e.key === "Escape") return escape();
  const grid = at.closest("#grid");
  if (grid && e.key.startsWith("Arrow")) {
    e.preventDefault();
    return arrow(e.key, at);
  }
  if (grid && at.matches(".cell") && e.key === "Enter") return openSheet();
  const action = KEYS[e.key];
  if (action) {
    e.preventDefault();
    action();
  }
});

// escape closes what is open on top: the menu, then the sheet.
function escape() {
  if (!$("share").open) return closeSheet();
  $("share").open = false;
  $("share").querySelector("summary").focus();
}

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
  openSheet();
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
  stop($("conns"), ".req", document.querySelector(".req[aria-current]"));
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
$("link").addEventListener("click", copyLink);
$("comparing").addEventListener("click", openComparison);
$("other").addEventListener("change", compareWith);
$("here").addEventListener("click", () => document.querySelector(".req[aria-current]")?.scrollIntoView({ block: "center" }));
$("sheet-close").addEventListener("click", closeSheet);
document.addEventListener("click", (e) => { if (!e.target.closest("#share") || e.target.closest("#share a")) $("share").open = false; });
addEventListener("hashchange", () => { opened = false; openAddress(); });
rove($("conns"), ".req");
rove($("featured"), "button");
rove($("rows"), "button");
$("replay").addEventListener("click", replay);
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
$("table").addEventListener("toggle", () => { if ($("table").open) drawTable(); });
$("steps").addEventListener("toggle", () => { if ($("steps").open && state.detail) loadSteps(); else { $("grid").classList.remove("stepping"); } });
for (const input of document.querySelectorAll("input[name=split]")) input.addEventListener("change", loadSteps);
$("at").addEventListener("input", drawStep);
$("legend").replaceChildren(...Object.keys(SIGNS).map((kind) => el("li", {}, badge(kind), kind)));

if (narrow.matches) document.querySelector(".try").open = false;
drawSelected(null);
if ($("carried")) {
  document.documentElement.dataset.file = "yes"; // saved: there is no server
  openCarried(JSON.parse($("carried").textContent));
  $("counts").textContent = `recorded at ${state.address}`;
} else {
  loadPresets().catch((problem) => notice(problem.message));
  connect();
}
