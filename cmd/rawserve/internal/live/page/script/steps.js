// ── Steps ───────────────────────────────────────────────────────────────────

let walk = null, walked = "", deliveries = [];

async function loadSteps() {
  const d = state.detail, name = `${d.c}/${d.r}/${d.in.total}`;
  const split = document.querySelector("input[name=split]:checked").value;
  if (walked === name + split) return drawStep();
  walked = name + split;
  try {
    const all = Object.fromEntries(await Promise.all(["reads", "each", "whole"].map(async (s) => [s, d.steps ? d.steps[s] : await get(`/steps?c=${d.c}&r=${d.r}&split=${s}`)])));
    walk = all[split];
    deliveries = Object.values(Object.groupBy(walk.steps, (step) => step.end));
    const words = Object.values(all).map((o) => verdictText(o.verdict));
    const agree = words.every((w) => w === words[0]);
    $("same").textContent = agree ? `✓ The verdict is the same at every split: ${words[0]}` : "✕ The verdicts differ: " + words.join(" / ");
    const at = $("at");
    at.max = deliveries.length;
    at.value = deliveries.length;
    drawStep();
  } catch (problem) {
    walked = "";
    notice(problem.message);
  }
}

function verdictText(v) {
  if (v.outcome === "reject") return `refused with ${v.status} at octet ${v.offset}`;
  return v.outcome === "accept" ? `accepted, ${plural(v.used, "octet")} used` : `needs more: ${v.missing || ""}`;
}

// drawStep shows what the parser makes of one delivery: first of its head, then of
// its body, if both came with it.
function drawStep() {
  if (!walk) return;
  const n = Number($("at").value), steps = deliveries[n - 1] || [];
  const last = steps[steps.length - 1], end = last ? last.end : 0;
  $("at-out").textContent = `${end} of ${walk.octets}, in ${n} of ${plural(deliveries.length, "delivery").replace("deliverys", "deliveries")}`;
  $("at").setAttribute("aria-valuetext", `${end} octets delivered`);
  const list = $("step");
  list.replaceChildren();
  const row = (term, text) => list.append(el("dt", {}, term), el("dd", { "data-step": term }, text));
  if (!last) row("delivered", "nothing yet");
  for (const step of steps) row(`looked for ${step.expects}`, step.result);
  if (last) row("kept for later", plural(last.buffered, "octet"));
  row("looks for next", next(n, last));
  const stepping = $("steps").open && n < deliveries.length;
  $("grid").classList.toggle("stepping", stepping);
  for (const cell of document.querySelectorAll('#grid .block.in .seg')) cell.classList.toggle("ahead", stepping && Number(cell.dataset.offset) >= end);
}

// next says what the parser looks for after a delivery.
function next(n, last) {
  if (n < deliveries.length) return deliveries[n][0].expects;
  const { outcome, missing } = walk.verdict;
  if (outcome === "accept") return "nothing: the request is complete";
  return outcome === "reject" ? "nothing: the request is refused" : missing || (last ? last.expects : "request-line");
}
