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
  show(Number(row.dataset.c), Number(row.dataset.r), true);
}

// Where the panes do not stand side by side, the chosen part is described in a sheet
// at the lower edge, so that the part and its description are in view together.
const wide = matchMedia("(min-width: 1100px)");

function openSheet() {
  if (wide.matches || !state.key) return;
  document.body.classList.add("sheet-open");
  const cell = document.querySelector(`#grid .cell[data-key="${state.key}"]`);
  if (cell) cell.scrollIntoView({ block: "nearest" }); // above the sheet: see scroll-padding
}

function closeSheet() {
  if (!document.body.classList.contains("sheet-open")) return;
  const inside = $("selected").contains(document.activeElement);
  document.body.classList.remove("sheet-open");
  const cell = document.querySelector('#grid .cell[tabindex="0"]');
  if (inside && cell) cell.focus({ preventScroll: true });
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
  flash(`Copied ${what}.`);
  $("share").open = false;
}

function copyFixture() {
  if (state.detail && state.detail.fixture) copy(state.detail.fixture, "the request as a fixture");
}

function copyPrintf() {
  const [, host, port] = /^(.*):(\d+)$/.exec(state.address) || [null, "-U", state.address];
  const dots = state.detail.in.masked ? " # dots stand for secrets" : "";
  copy(`${state.detail.printf} | nc ${host.replace(/^\[|\]$/g, "")} ${port}${dots}`, "a shell command");
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
      return show(conn.id, [...conn.reqs.keys()].pop(), true);
    }
  }
}

