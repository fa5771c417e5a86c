// The chat: all windows talk through the messages of the server, over one WebSocket
// each. It has three parts, in this order: what was said, what is not yet known to be
// kept, and the connection.
"use strict";

const mostShown = 500; // messages: the newest ones
const retryAfter = 1000; // milliseconds

const $ = (id) => document.getElementById(id);

// ---- What was said

const shown = new Map(); // id -> element
let newest = 0; // the highest id there has been

// put shows a message as it is now, in the order of ids.
function put({ id, text }) {
  newest = Math.max(newest, id);
  const element = shown.get(id) ?? draw(id);
  const colon = text.indexOf(": ");
  const named = colon > 0 && colon <= 40;
  element.querySelector(".name").textContent = named ? text.slice(0, colon) : `#${id}`;
  element.querySelector(".body").textContent = named ? text.slice(colon + 2) : text;
  count();
}

function draw(id) {
  const list = $("list"), element = $("message").content.firstElementChild.cloneNode(true);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  element.dataset.id = id;
  let before = list.lastElementChild;
  while (before && Number(before.dataset.id) > id) before = before.previousElementSibling;
  if (before) before.after(element);
  else list.prepend(element);
  shown.set(id, element);
  while (shown.size > mostShown) drop(Number(list.firstElementChild.dataset.id));
  if (atEnd) requestAnimationFrame(() => { list.scrollTop = list.scrollHeight; });
  return element;
}

function drop(id) {
  shown.get(id)?.remove();
  shown.delete(id);
  count();
}

function count() {
  $("count").textContent = `(${shown.size})`;
  $("empty").hidden = shown.size > 0 || $("state").dataset.state !== "live";
}

// ---- What is not yet known to be kept

const waiting = new Map(); // ref -> { text, sent }, in the order in which they were said
let lastRef = 0;

function say(text) {
  const ref = String(++lastRef);
  waiting.set(ref, { text, sent: false });
  send(ref);
}

function send(ref) {
  if (socket?.readyState !== WebSocket.OPEN || !caughtUp) return;
  const said = waiting.get(ref);
  said.sent = true;
  socket.send(JSON.stringify({ text: said.text, ref }));
}

// recognise takes a message of ours for the one it is, if it was kept before the
// connection was lost and the answer with it: it was sent, and is newer than all that
// were known.
function recognise({ id, text }) {
  if (caughtUp || id <= newestBefore) return;
  for (const [ref, said] of waiting) {
    if (!said.sent || said.text !== text) continue;
    waiting.delete(ref);
    return;
  }
}

// sayAgain sends what was said and is not there, when all that is there is known.
function sayAgain() {
  caughtUp = true;
  for (const ref of waiting.keys()) send(ref);
}

// ---- The connection

let socket = null;
let last = "0"; // the place of the latest event
let caughtUp = false; // this connection has told what happened before it
let newestBefore = 0; // newest, when the connection began

function setState(name, text) {
  $("state").dataset.state = name;
  $("state").textContent = text;
  count();
}

function connect() {
  caughtUp = false;
  newestBefore = newest;
  const address = new URL("/messages/live?since=" + encodeURIComponent(last), location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.addEventListener("message", (e) => hear(JSON.parse(e.data)));
  socket.addEventListener("close", () => {
    setState("lost", waiting.size > 0 ? "The connection is lost. What you said is kept here until it is back…" : "The connection is lost. Trying again…");
    setTimeout(connect, retryAfter);
  });
}

function hear(event) {
  switch (event.event) {
    case "created":
      recognise(event.message);
      put(event.message);
      break;
    case "replaced":
      if (shown.has(event.message.id)) put(event.message);
      break;
    case "deleted":
      drop(event.message.id);
      break;
    case "accepted":
      waiting.delete(event.ref);
      put(event.message);
      return;
    case "refused":
      refuse(event);
      return;
    case "gap":
      list(event.at);
      return;
    case "at":
      setState("live", "live");
      sayAgain();
      break;
  }
  if (event.at) last = event.at;
}

// refuse gives back what the server does not take, as a person typed it.
function refuse({ ref, problem }) {
  const text = waiting.get(ref)?.text ?? "";
  waiting.delete(ref);
  $("problem").hidden = false;
  $("problem").textContent = problem.detail ?? `The server answers ${problem.status}.`;
  if ($("text").value === "") $("text").value = text.slice(text.indexOf(": ") + 2);
}

// list begins again: changes are missing.
function list(at) {
  for (const id of [...shown.keys()]) drop(id);
  last = "0";
  socket.close();
  $("state").title = `changes before ${at} were missing`;
}

// ---- What a person does

$("say").addEventListener("submit", (e) => {
  e.preventDefault();
  $("problem").hidden = true;
  const text = $("text").value.trim();
  if (text) say(`${$("name").value.trim() || "somebody"}: ${text}`);
  $("text").value = "";
  $("text").focus();
});

$("text").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    $("say").requestSubmit();
  }
});

connect();
