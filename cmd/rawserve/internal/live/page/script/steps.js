// ── Steps ───────────────────────────────────────────────────────────────────

let walk = null, walked = "";

async function loadSteps() {
  const d = state.detail, name = `${d.c}/${d.r}/${d.in.total}`;
  const split = document.querySelector("input[name=split]:checked").value;
  if (walked === name + split) return drawStep();
  walked = name + split;
  try {
    const [mine, ...others] = await Promise.all([split, "reads", "each", "whole"].map((s) => get(`/steps?c=${d.c}&r=${d.r}&split=${s}`)));
    walk = mine;
    const words = others.map((o) => verdictText(o.verdict));
    const agree = words.every((w) => w === words[0]);
    $("same").textContent = agree ? `✓ The verdict is the same at every split: ${words[0]}` : "✕ The verdicts differ: " + words.join(" / ");
    const at = $("at");
    at.max = walk.steps.length;
    at.value = walk.steps.length;
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

function drawStep() {
  if (!walk) return;
  const n = Number($("at").value), step = walk.steps[n - 1];
  const end = step ? step.end : 0;
  $("at-out").textContent = `${end} of ${walk.octets}, delivery ${n} of ${walk.steps.length}`;
  $("at").setAttribute("aria-valuetext", `${end} octets delivered`);
  const list = $("step");
  list.replaceChildren();
  const rows = step ? [["parser looks for", step.expects], ["buffered", plural(step.buffered, "octet")], ["feed returns", step.result]] : [["parser looks for", "request-line"], ["buffered", "0 octets"], ["feed returns", "nothing was fed"]];
  for (const [term, text] of rows) list.append(el("dt", {}, term), el("dd", { "data-step": term }, text));
  const stepping = $("steps").open && n < walk.steps.length;
  $("grid").classList.toggle("stepping", stepping);
  for (const cell of document.querySelectorAll('#grid .block.in .seg')) cell.classList.toggle("ahead", stepping && Number(cell.dataset.offset) >= end);
}

