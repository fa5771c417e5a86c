// The page of the messages. It has three parts, in this order: the messages it
// knows, what it hears (the list and the feed), and what a person does.
"use strict";

const mostShown = 1000; // messages: the newest ones; the others are only counted
const retryAfter = 2000; // milliseconds
const collection = "/messages";

const $ = (id) => document.getElementById(id);

// ---- The messages

const known = new Set(); // the ids of all messages
const shown = new Map(); // id -> { id, text, element }, the newest ones

// put shows a message as it is now. An older one than those shown is only counted.
function put(message) {
  known.add(message.id);
  const old = shown.get(message.id);
  if (old?.text === message.text) {
    // The feed tells us of our own changes too: nobody else has made this one.
  } else if (old) {
    old.text = message.text;
    old.element.querySelector(".body").textContent = message.text;
    old.element.editor?.heard(message.text);
  } else if (shown.size < mostShown || message.id > oldest()) {
    const element = draw(message);
    $("list").insertBefore(element, firstBelow(message.id));
    shown.set(message.id, { ...message, element });
    trim();
  }
  count();
}

// drop takes a message away. One that is being edited stays, with what was typed.
function drop(id) {
  known.delete(id);
  const old = shown.get(id);
  if (old?.element.editor) old.element.editor.heardDeletion();
  else remove(id);
  count();
}

function remove(id) {
  shown.get(id)?.element.remove();
  shown.delete(id);
}

// replaceAll shows other messages, those in the map texts, of all that have ids.
// What is being edited stays.
function replaceAll(ids, texts) {
  known.clear();
  for (const id of ids) known.add(id);
  for (const id of [...shown.keys()]) {
    if (texts.has(id)) continue;
    if (known.has(id) && !shown.get(id).element.editor) remove(id);
    else if (!known.has(id)) drop(id);
  }
  const fresh = document.createDocumentFragment();
  const wasEmpty = shown.size === 0;
  for (const [id, text] of [...texts].reverse()) {
    if (wasEmpty) {
      const element = draw({ id, text });
      fresh.append(element);
      shown.set(id, { id, text, element });
    } else if (shown.get(id)?.text !== text) put({ id, text });
  }
  $("list").append(fresh);
  count();
}

const oldest = () => Number($("list").lastElementChild?.dataset.id ?? 0);

// firstBelow returns the element that stands below a message: they are in descending
// order of id.
function firstBelow(id) {
  for (const element of $("list").children) {
    if (Number(element.dataset.id) < id) return element;
  }
  return null;
}

function trim() {
  for (let last = $("list").lastElementChild; shown.size > mostShown && !last.editor; last = $("list").lastElementChild) {
    remove(Number(last.dataset.id));
  }
}

function draw({ id, text }) {
  const element = $("message").content.firstElementChild.cloneNode(true);
  const part = (name) => element.querySelector("." + name);
  element.dataset.id = id;
  part("name").textContent = `#${id}`;
  part("body").textContent = text;
  part("edit").setAttribute("aria-label", `Edit message ${id}`);
  part("delete").setAttribute("aria-label", `Delete message ${id}`);
  part("edit").addEventListener("click", () => edit(id));
  part("delete").addEventListener("click", () => askToDelete(element, true));
  part("keep").addEventListener("click", () => askToDelete(element, false));
  part("really").addEventListener("click", () => destroy(id));
  part("confirm").querySelector("span").textContent = `Delete message ${id}?`;
  part("confirm").setAttribute("aria-label", `Delete message ${id}?`);
  return element;
}

function count() {
  const n = known.size;
  $("count").textContent = `(${n})`;
  $("empty").hidden = n > 0 || state() !== "live";
  const hidden = n - [...shown.keys()].filter((id) => known.has(id)).length;
  $("older").hidden = hidden === 0;
  $("older").textContent = `${hidden} older ${hidden === 1 ? "message is" : "messages are"} not shown.`;
}

// ---- What the page hears

let source = null; // of the feed
let last = ""; // the id of the latest event
let queue = null; // events that wait while the messages are listed
let listing = null; // stops it

const state = () => $("state").dataset.state;

function setState(name, text) {
  if ($("state").dataset.state === name) return;
  $("state").dataset.state = name;
  $("state").textContent = text;
}

// connect follows the feed. A browser comes back by itself when the connection is
// lost, and tells the server the id of the latest event; when the server has refused
// it, it has given up.
function connect() {
  source = new EventSource(collection + "/events" + (last ? "?since=" + encodeURIComponent(last) : ""));
  source.addEventListener("open", () => {
    if (last === "") list(); // nothing is known about what happened before
    else setState("live", "live");
  });
  source.addEventListener("error", () => {
    setState("lost", "The connection is lost. Trying again…");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, retryAfter);
  });
  for (const kind of ["created", "replaced", "deleted"]) {
    source.addEventListener(kind, (e) => hear({ kind, message: JSON.parse(e.data), id: e.lastEventId }));
  }
  source.addEventListener("gap", (e) => {
    last = e.lastEventId;
    list();
  });
}

function hear(event) {
  last = event.id;
  if (queue) queue.push(event);
  else apply(event);
}

function apply({ kind, message }) {
  if (kind === "deleted") {
    if (known.has(message.id)) announce(`Message ${message.id} deleted.`);
    drop(message.id);
    return;
  }
  const isNew = !known.has(message.id);
  if (isNew || shown.get(message.id)?.text !== message.text) announce(`Message ${message.id} ${isNew ? "added" : "changed"}.`);
  put(message);
}

// list reads all messages. What the feed tells meanwhile happened before or after
// they were read: applied afterwards, in order, it leads to what is true either way.
async function list() {
  listing?.abort();
  const stop = listing = new AbortController();
  queue = [];
  setState("wait", "reading the messages…");
  try {
    const ids = [], texts = new Map();
    for await (const { id, text } of lines(stop.signal)) {
      ids.push(id);
      texts.set(id, text);
      if (texts.size > mostShown) texts.delete(ids[ids.length - mostShown - 1]);
    }
    const waiting = queue;
    queue = listing = null;
    setState("live", "live");
    replaceAll(ids, texts);
    for (const event of waiting) apply(event);
  } catch {
    if (listing !== stop) return; // another one has begun
    setState("lost", "The messages cannot be read. Trying again…");
    setTimeout(() => listing === stop && list(), retryAfter);
  }
}

// lines yields the messages of the store.
async function* lines(signal) {
  const response = await fetch(collection, { headers: { Accept: "application/x-ndjson" }, signal, cache: "no-store" });
  if (!response.ok) throw new Error(response.statusText);
  let rest = "";
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

// announce tells a screen reader what happened; of many things only how many.
let told = [];
function announce(text) {
  if (told.push(text) > 1) return;
  setTimeout(() => {
    $("live").textContent = told.length > 3 ? `${told.length} changes.` : told.join(" ");
    told = [];
  }, 400);
}

// ---- What a person does

// ask sends a request and returns the answer, with its JSON; status 0 stands for no
// answer.
async function ask(method, path, fields = {}, body = undefined) {
  try {
    const headers = body === undefined ? fields : { ...fields, "Content-Type": "application/json" };
    const response = await fetch(collection + path, { method, headers, body: JSON.stringify(body), cache: "no-store" });
    const json = response.status === 204 ? null : await response.json();
    return { status: response.status, tag: response.headers.get("ETag"), json };
  } catch {
    return { status: 0, json: { detail: "The server does not answer. Nothing you typed is lost: try again." } };
  }
}

// explain shows what is wrong, or nothing.
function explain(element, answer) {
  element.hidden = !answer;
  element.textContent = answer ? answer.json?.detail ?? `The server answers ${answer.status}.` : "";
}

$("new").addEventListener("submit", async (e) => {
  e.preventDefault();
  const answer = await ask("POST", "", {}, { text: $("text").value });
  const failed = answer.status !== 201;
  explain($("problem"), failed ? answer : null);
  if (!failed) {
    $("text").value = "";
    apply({ kind: "created", message: answer.json });
  }
  $("text").focus();
});

// submitWithKeys makes Ctrl+Enter submit the form of a text area.
function submitWithKeys(area) {
  area.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      area.form.requestSubmit();
    }
  });
}
submitWithKeys($("text"));

// askToDelete shows or hides the question whether a message should be deleted.
function askToDelete(element, asking) {
  for (const actions of element.querySelectorAll(":scope > .actions")) {
    actions.hidden = actions.classList.contains("confirm") !== asking;
  }
  element.querySelector(asking ? ".really" : ".delete").focus();
}

async function destroy(id) {
  const { element } = shown.get(id);
  const next = element.nextElementSibling ?? element.previousElementSibling;
  const answer = await ask("DELETE", `/${id}`);
  if (answer.status !== 204 && answer.status !== 404) {
    askToDelete(element, false);
    announce(answer.json.detail);
    element.querySelector(".name").textContent = `#${id} was not deleted: ${answer.json.detail}`;
    return;
  }
  apply({ kind: "deleted", message: { id } });
  (next?.querySelector(".edit") ?? $("heading")).focus();
}

// edit opens the editor of a message, with its text and entity tag as they are now.
async function edit(id) {
  const { element } = shown.get(id);
  if (element.editor) return;
  const answer = await ask("GET", `/${id}`);
  if (answer.status === 404) {
    apply({ kind: "deleted", message: { id } });
    $("heading").focus();
  } else if (answer.status === 200) element.editor ??= new Editor(id, element, answer);
  else announce(answer.json.detail);
}

// Editor changes one message. It sends the entity tag of the text that was there
// when it opened; if somebody else was faster, it shows their text and keeps the one
// that was typed.
class Editor {
  constructor(id, element, { json, tag }) {
    this.id = id;
    this.element = element;
    this.tag = tag;
    this.form = $("editor").content.firstElementChild.cloneNode(true);
    this.area = this.part("textarea");
    this.area.value = json.text;
    this.part(".name").textContent = `Text of message ${id}`;
    this.form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.save();
    });
    this.form.addEventListener("keydown", (e) => e.key === "Escape" && this.close());
    submitWithKeys(this.area);
    this.on(".cancel", () => this.close());
    this.on(".mine", () => this.save(this.theirs.tag));
    this.on(".theirs", () => this.takeTheirs());
    this.on(".again", () => this.addAgain());
    for (const part of element.children) part.hidden = true;
    element.append(this.form);
    this.area.focus();
  }

  part(selector) { return this.form.querySelector(selector); }
  on(selector, action) { this.part(selector).addEventListener("click", action); }

  // save replaces the message, provided that it still has a tag.
  async save(tag = this.tag) {
    this.saving = this.area.value;
    const answer = await ask("PUT", `/${this.id}`, { "If-Match": tag }, { text: this.saving });
    this.saving = null;
    explain(this.part(".problem"), null);
    switch (answer.status) {
      case 200:
        this.close();
        return apply({ kind: "replaced", message: answer.json });
      case 412:
        return this.showTheirs();
      case 404:
        return this.heardDeletion(true);
    }
    explain(this.part(".problem"), answer);
    this.area.focus();
  }

  // showTheirs shows what somebody else has made of the message meanwhile.
  async showTheirs() {
    const answer = await ask("GET", `/${this.id}`);
    if (answer.status === 404) return this.heardDeletion(true);
    if (answer.status !== 200) return explain(this.part(".problem"), answer);
    this.theirs = answer;
    this.part("blockquote").textContent = answer.json.text;
    this.conflict("Somebody else has changed this message meanwhile. Yours is not saved, and still in the field above. Theirs is:", ".mine, .theirs", true);
  }

  // heard says that somebody else has changed the message: saving will ask. The feed may
  // be faster than the answer to a change of our own.
  heard(text) {
    if (text === this.saving) return;
    if (!this.theirs && this.part(".conflict").hidden) {
      this.conflict("Somebody else is changing this message too. You can go on; saving shows you both.", "", false);
    }
  }

  // heardDeletion says that the message is gone.
  heardDeletion(focus = false) {
    this.gone = true;
    known.delete(this.id);
    this.part(".save").hidden = true;
    this.conflict("Somebody else has deleted this message. What you typed is still here.", ".again", focus);
  }

  // conflict says what happened, with the buttons for what can be done about it.
  conflict(what, buttons, focus) {
    const panel = this.part(".conflict");
    panel.hidden = false;
    this.part(".what").textContent = what;
    this.part("blockquote").hidden = !buttons.includes("theirs");
    for (const button of panel.querySelectorAll("button")) button.hidden = !(buttons && button.matches(buttons));
    if (focus) panel.focus();
    else announce(what);
  }

  takeTheirs() {
    this.tag = this.theirs.tag;
    this.area.value = this.theirs.json.text;
    this.theirs = null;
    this.part(".conflict").hidden = true;
    this.area.focus();
  }

  // addAgain makes a new message of what was typed.
  async addAgain() {
    const answer = await ask("POST", "", {}, { text: this.area.value });
    if (answer.status !== 201) return explain(this.part(".problem"), answer);
    this.close();
    apply({ kind: "created", message: answer.json });
    shown.get(answer.json.id)?.element.querySelector(".edit").focus();
  }

  close() {
    this.element.editor = null;
    this.form.remove();
    for (const part of this.element.children) part.hidden = part.classList.contains("confirm");
    if (!this.gone) return this.element.querySelector(".edit").focus();
    remove(this.id);
    count();
    $("heading").focus();
  }
}

count();
connect();
