// The x-ray page. The server tells what happens (/events); this script keeps the
// list, asks for the exchange that is looked at (/exchange), and draws it.
// Captured octets become text nodes, never markup.
//
// It is served as one script, whose files are, in this order:
//
//   common.js     small things, the state     steps.js      the request, read by read
//   events.js     what the server tells       compare.js    two exchanges side by side
//   list.js       connections and requests    share.js      addresses, links, files
//   exchange.js   the one that is shown       controls.js   views, copies, the sheet
//   octets.js     its octets                  try.js        the composer
//   verdict.js    timeline and verdict        wiring.js     keys, clicks, the start
//   selected.js   the part that is chosen
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

// inMillis returns how to write times that stand next to each other, the longest of
// which is given: all in milliseconds, with as many digits.
function inMillis(longest) {
  const digits = longest < 10_000 ? 3 : longest < 1_000_000 ? 1 : 0;
  return (us) => `${(us / 1000).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

// rove makes a list one tab stop: arrow keys, Home and End move in it.
function rove(list, items) {
  list.addEventListener("keydown", (e) => {
    const all = [...list.querySelectorAll(items)].filter((item) => item.checkVisibility());
    const i = all.indexOf(e.target);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: all.length - 1 }[e.key];
    if (i < 0 || to === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    if (all[to]) all[to].focus();
  });
  list.addEventListener("focusin", (e) => stop(list, items, e.target.closest(items)));
}

// stop makes an item the tab stop of its list: the one given, or the first.
function stop(list, items, item) {
  for (const other of list.querySelectorAll(items + '[tabindex="0"]')) other.tabIndex = -1;
  const at = item || list.querySelector(items);
  if (at) at.tabIndex = 0;
}

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

// flash tells something for a few seconds.
function flash(text) {
  notice(text);
  setTimeout(() => { if ($("notice").textContent === text) notice(""); }, 6000);
}

// ── State ───────────────────────────────────────────────────────────────────

const CONNS = 120, REQUESTS = 40, WAITING = 20000; // rows and events kept here

const state = {
  start: "", last: "", address: "", open: 0, exchanges: 0,
  conns: new Map(), // id → {id, remote, state, why, reqs: Map, el, list}
  shown: null,      // {c, r}; connection 0 is the example, -1 what came with a link or stands in a file
  detail: null,     // what /exchange said of it
  key: "",          // selected part: "in:5"
  mode: "text", view: "wire",
  paused: false, follow: false, wanted: "", // address of a connection to show when it appears
  queue: [], lost: 0,
  stop: null, // the row that was made the tab stop of the list when there was none
  grown: new Map(), // parts drawn further than at first
};

