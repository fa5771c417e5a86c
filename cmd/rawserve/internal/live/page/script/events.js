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
  openAddress();
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
  const reading = document.activeElement && document.activeElement.closest("#grid"); // the example: stay
  const first = e.k === "read" && (!state.shown || state.shown.c === 0 && !reading);
  if (e.k === "read" && e.r && (first || state.follow || (state.wanted && state.wanted === conn.remote))) {
    const asked = state.wanted === conn.remote;
    if (asked) state.wanted = "";
    show(e.c, e.r, asked);
  } else if (state.shown && state.shown.c === e.c) {
    refresh();
  }
}

const dirty = new Set(); // connections whose rows must be drawn again

