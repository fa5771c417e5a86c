// ── Addresses, links and files ──────────────────────────────────────────────

// The fragment of the address names an exchange of this run of the server
// (#run=…&c=17&r=3), or holds one (#x=…): that opens at any x-ray page.

const LINK = 60_000, UNPACKED = 250_000; // octets of a link, and of what it holds, at most

// nameAddress makes the address one of the exchange that is shown.
function nameAddress() {
  const { c, r } = state.shown || {};
  if (c < 0 || document.documentElement.dataset.file) return;
  history.replaceState(null, "", c > 0 ? `#run=${state.start}&c=${c}&r=${r}` : location.pathname);
}

// openAddress shows what the address names, or the example.
let opened = false;
async function openAddress() {
  if (opened) return;
  opened = true;
  const asked = new URLSearchParams(location.hash.slice(1));
  const [c, r] = [Number(asked.get("c")), Number(asked.get("r"))];
  if (asked.has("x")) return openLink(asked.get("x"));
  if (c > 0 && r > 0 && asked.get("run") === state.start) return show(c, r);
  if (asked.has("run")) flash("This address names an exchange of another run of the server, which is gone.");
  if (!state.shown && !state.exchanges) show(0, 1);
}

// openLink shows the exchange that a link holds.
async function openLink(text) {
  try {
    if (text.length > LINK) throw new Error("The link is longer than any that this page makes.");
    openCarried(await post("/carried", JSON.parse(await unpack(text))));
  } catch (problem) {
    const broken = problem instanceof SyntaxError || problem instanceof TypeError || problem instanceof DOMException;
    flash(broken ? "The link holds no exchange: a part of it is missing." : problem.message);
    if (!state.shown) show(0, 1);
  }
}

// openCarried shows an exchange that needs no server any more.
function openCarried({ address, exchange, steps }) {
  state.address ||= address;
  const d = prepare({ ...exchange, steps, was: exchange.c, c: -1 });
  state.shown = { c: -1, r: d.r };
  draw(d);
}

const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

// pack compresses text, so that it can stand in an address.
async function pack(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return base64(new Uint8Array(await new Response(packed).arrayBuffer()));
}

// unpack undoes pack, within bounds: who has made the text is not known.
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let all = "", length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return all + decoder.decode();
    length += value.length;
    if (length > UNPACKED) throw new Error("The link holds more than any that this page makes.");
    all += decoder.decode(value, { stream: true });
  }
}

// copyLink copies an address that holds the shown exchange.
async function copyLink() {
  const { c, r, when, t, ended, over, x, closed, blocks, decisions } = state.detail;
  const side = ({ total, octets, kept }) => ({ total, octets, kept });
  const link = await pack(JSON.stringify({ c, r, when, t, ended, over, x, closed, blocks, decisions, in: side(state.detail.in), out: side(state.detail.out) }));
  if (link.length > LINK) return flash("This exchange is too long for a link. Save it as HTML.");
  copy(`${location.origin}${location.pathname}#x=${link}`, `a link of ${link.length.toLocaleString("en")} characters that holds the exchange`);
}

// drawActions says what can be done with an exchange.
function drawActions(d) {
  const here = d.c >= 0;
  for (const id of ["fixture", "printf"]) $(id).disabled = !d.fixture;
  for (const id of ["replay", "comparing"]) $(id).disabled = !here || id === "replay" && !d.fixture;
  $("link").disabled = !here;
  for (const link of document.querySelectorAll("#share a")) {
    const possible = here && (link.dataset.as === "html" || link.dataset.as === "wire" && d.fixture || link.dataset.as === "har" && d.in.messages[0] && d.in.messages[0].head);
    if (possible) link.href = `/export?c=${d.c}&r=${d.r}&as=${link.dataset.as}`;
    else link.removeAttribute("href");
  }
}
