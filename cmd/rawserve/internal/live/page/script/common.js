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

