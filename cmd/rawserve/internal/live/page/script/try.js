// ── Trying requests ─────────────────────────────────────────────────────────

let presets = [];

async function loadPresets() {
  presets = await get("/presets");
  const first = presets.filter((p) => !p.group);
  $("featured").replaceChildren(...first.map((p) => el("li", {}, el("button", { type: "button", tabindex: -1, "data-preset": p.id, onclick: () => tryIt(p.text) }, p.title))));
  stop($("featured"), "button");
  listCases();
}

async function tryIt(text) {
  try {
    expect(await post("/compose", { text }));
  } catch (problem) {
    notice(problem.message);
  }
}

function listCases() {
  const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = presets.filter((p) => words.every((w) => `${p.id} ${p.title} ${p.group}`.toLowerCase().includes(w))).slice(0, 300);
  $("cases").replaceChildren(...found.map((p) => el("option", { value: p.id }, p.group ? `${p.id}: ${p.title}` : p.title)));
}

function openComposer() {
  if (!$("text").value) $("text").value = "> GET / HTTP/1.1\n> Host: ${host}\n>\n";
  $("problem").textContent = "";
  $("composer").showModal();
  $("text").focus();
}

async function send() {
  $("problem").textContent = "";
  try {
    const sent = await post("/compose", { text: $("text").value });
    $("composer").close();
    expect(sent);
  } catch (problem) {
    $("problem").textContent = problem.message;
  }
}

