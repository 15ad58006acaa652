// Tuning: what changes a leaf: a field, a slider, a nudge, gradient descent, and dragging its number.

const tunable = i => leaves.includes(i);
const steered = ["weight bias", "input", "input weight bias target operation root"]            // who descends: the weights, or else the inputs
  .map(roles => leaves.filter(i => graded(i) && roles.split(" ").includes(nodes[i][1]))).find(found => found.length) ?? [];
let tuner = null, descent = [], running = 0;             // the controls in sight; J over the steps

// How far one key or four pixels go: a tenth of the first digit.
const stepOf = x => x === 0 ? .1 : 10 ** (Math.floor(Math.log10(Math.abs(x))) - 1);
const rounded = x => Number(x.toPrecision(12));
const written6 = x => String(Number(x.toPrecision(6))).replace("-", "−");

function labelled(input, label, kind) {
  input.setAttribute("aria-label", label);
  if (kind) input.className = kind;
  return input;
}

function button(text, label, act) {
  const b = labelled(element("button", "", text), label);
  b.title = label; b.onclick = act;
  return b;
}

function field(label, x, take) {                         // a number to type; arrow keys step, Enter takes it
  const input = labelled(element("input"), label, "number");
  input.inputMode = "decimal"; input.spellcheck = false; input.autocomplete = "off"; input.value = written6(x);
  const taken = () => {
    const typed = parsed(input.value), bad = Number.isNaN(typed);
    input.setAttribute("aria-invalid", bad);
    if (bad) notice(`“${input.value.slice(0, 30)}” is no number: write it as 0.3, -2 or 1e-5.`); else if (take(typed)) input.setAttribute("aria-invalid", true);
  };
  input.onchange = taken;
  input.onkeydown = e => {
    const by = {ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10}[e.key], x = parsed(input.value);
    if (!by || Number.isNaN(x)) return;
    e.preventDefault();
    input.value = written6(rounded(x + by * stepOf(x)));
    taken();
  };
  return input;
}

function handle(p) {                                     // the name of a parameter inside of a card: opens its controls
  if (!tunable(p)) return name(p);
  const b = button(nodes[p][0], `Change ${nodes[p][0]}`, () => { $("tune")?.remove(); $("facts").before(...tuning(p)); tuner.number.select(); });
  b.className = "handle";
  return b;
}

function tuning(i) {                                     // the controls of a leaf
  tuner = null;
  if (!tunable(i)) return data.why && !data.operands[i].length ? [element("p", "why", data.why)] : [];
  const box = element("div"), row = (...parts) => { const e = element("div", "row"); e.append(...parts); box.append(e); return e; };
  box.id = "tune";
  const own = nodes[i][0], number = field(`Number of ${own}`, values[i], x => setLeaf(i, x));
  const slide = labelled(element("input"), `${own}, by a slider`), reach = 2 * Math.max(1, Math.abs(given[i]));
  Object.assign(slide, {type: "range", min: given[i] - reach, max: given[i] + reach, step: reach / 100, value: values[i]});
  let sliding = false;
  slide.oninput = () => { setLeaf(i, rounded(Number(slide.value)), sliding); sliding = true; };
  slide.onchange = () => { sliding = false; announce(); };
  row(element("b", "", `${own} =`), number, slide);
  const by = field(`Nudge by, Δ${own}`, stepOf(values[i]) * 2, () => {}), nudged = element("p", "nudged");
  const push = sign => nudge(i, sign * Math.abs(parsed(by.value)), nudged);
  row(element("b", "", "Nudge"), button("−", `Nudge ${own} down`, () => push(-1)), by, button("+", `Nudge ${own} up`, () => push(1)),
      button("Reset", "All numbers as they were recorded", startAgain), button("Link", "A link, and a QR code, to the page as it is", linked));
  box.append(nudged);
  const rate = field("Step size, η", .1, () => {});
  const run = button("Run", "Descend, step after step", () => running ? stopDescent() : startDescent(rate));
  row(element("b", "", "Descend"), element("span", "", "η"), rate, button("Step", `Descend once: ${whom()}`, () => descend(rate)), run).title = whom();
  const curve = element("div", "curve");
  curve.setAttribute("role", "img");
  box.append(curve);
  tuner = {i, number, slide, run, curve};
  sketch();
  return [box];
}

function tuned() {                                       // the controls after a change
  if (!tuner) return;
  tuner.number.value = written6(values[tuner.i]);
  tuner.number.removeAttribute("aria-invalid");
  tuner.slide.value = values[tuner.i];
}

// --- nudge -----------------------------------------------------------------------------------------

function nudge(i, by, box) {                             // what the gradient promises, and what comes true
  if (Number.isNaN(by)) return notice("Write how far to nudge as a number: 0.1.");
  const own = nodes[i][0], slope = numbers.grads[i], was = numbers.data[root], short = x => calculus.short(x);
  if (setLeaf(i, rounded(values[i] + by))) return box.replaceChildren();
  box.replaceChildren(
    graded(i) ? line(`Δ${own} · `, d(i), " = ", num(short(by), "v"), " · ", num(bracket(short(slope)), "g"), " = ", num(short(by * slope), "g"))
            : line(`${own} is a plain number: nobody keeps its gradient.`),
    line(`true Δ${loss()} = `, num(short(numbers.data[root] - was), "v")));
  $("live").textContent = [...box.children].map(p => p.textContent).join("; ");
}

// --- descend ---------------------------------------------------------------------------------------

function whom() {                                        // w −= η · dJ/dw, and for whom
  const names = steered.slice(0, 4).map(i => nodes[i][0]).join(", ") + (steered.length > 4 ? ` and ${steered.length - 4} more` : "");
  const what = steered.some(i => ["weight", "bias"].includes(nodes[i][1])) ? "" : "there are no weights: ";
  return `${what}w −= η · d${loss()}/dw for ${names}`;
}

function descend(rate, held = false) {                   // one step; whether it could be taken
  const eta = parsed(rate.value), next = values.slice();
  if (Number.isNaN(eta)) { notice("Write the step size η as a number: 0.1."); return false; }
  if (!descent.length) descent.push(numbers.data[root]);
  for (const i of steered) next[i] -= eta * numbers.grads[i];
  if (!next.every((x, i) => Number.isFinite(x) || !steered.includes(i))) { notice(`A step of η = ${rate.value} leaves the numbers: write a smaller one.`); return false; }
  if (change(next, held)) return false;
  descent.push(numbers.data[root]);
  sketch();
  return true;
}

function startDescent(rate) {
  let held = false;
  const go = () => { if (descend(rate, held) && tuner && descent.length < 10000) held = true; else stopDescent(); };
  running = setInterval(go, calm.matches ? 500 : 60);
  sayRun();
  go();
}

function stopDescent() {
  if (!running) return;
  clearInterval(running); running = 0;
  sayRun();
  announce();
}

function startAgain() {
  stopDescent();
  descent = [];
  reset();
  sketch();
}

function sayRun() { if (tuner) tuner.run.textContent = running ? "Pause" : "Run"; }

function sketch() {                                      // J over the steps: a line, and its numbers
  if (!tuner) return;
  const box = tuner.curve, last = descent.length - 1, finite = descent.filter(Number.isFinite);
  box.replaceChildren();
  if (last < 1) return void box.append(element("span", "", whom()));
  const low = Math.min(...finite), high = Math.max(...finite), y = x => 3 + 38 * (1 - (Number.isFinite(x) ? (x - low) / (high - low || 1) : 1));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = svg.appendChild(document.createElementNS(svg.namespaceURI, "polyline"));
  svg.setAttribute("viewBox", "0 0 160 44"); svg.setAttribute("preserveAspectRatio", "none");
  path.setAttribute("points", descent.map((x, s) => `${(2 + 156 * s / last).toFixed(1)},${y(x).toFixed(1)}`).join(" "));
  const text = `${last} step${last > 1 ? "s" : ""}: ${loss()} ${calculus.short(descent[0])} → ${calculus.short(descent[last])}`;
  box.setAttribute("aria-label", text);
  box.append(svg, element("span", "", text));
}

// --- dragging the number on a card -----------------------------------------------------------------

let scrub = null;

function grabbed(e) {                                    // whether a number that can be changed is under the pointer
  const box = e.target.closest(".leaf .v")?.closest(".c");
  if (!box || pointers.size) return false;
  const i = view.main[view.box.indexOf(box)];
  scrub = {i, x: e.clientX, from: values[i], step: stepOf(values[i]), id: e.pointerId, steps: 0};
  moved = false;
  return true;
}

stage.addEventListener("pointermove", e => {
  if (!scrub || e.pointerId !== scrub.id) return;
  const steps = Math.trunc((e.clientX - scrub.x) / 4);
  if (steps === scrub.steps) return;
  if (!moved) { stage.setPointerCapture(e.pointerId); stage.classList.add("scrub"); }
  setLeaf(scrub.i, rounded(scrub.from + steps * scrub.step), moved);
  moved = true; scrub.steps = steps;
});
for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, e => {
  if (!scrub || e.pointerId !== scrub.id) return;
  if (moved) announce();
  scrub = null; stage.classList.remove("scrub");
});

for (const v of views) v.box.forEach((box, i) => {
  if (!tunable(v.main[i]) || v.members[i].length) return;
  box.classList.add("leaf");
  box.setAttribute("aria-description", "Enter to change the number");
});

// --- the link --------------------------------------------------------------------------------------

function linked() {
  const link = address(), code = $("code"), text = $("url"), said = $("copied"), modules = matrix(link);
  text.value = link;
  code.replaceChildren(modules ? drawn(modules) : element("p", "", `The link is ${link.length} letters long, too many for a code.`));
  said.textContent = "Copy it from here:";
  $("link").showModal();
  text.select();
  navigator.clipboard?.writeText(link).then(() => { said.textContent = "Copied. The link:"; }, () => { said.textContent = "The browser does not let the page copy it; copy it from here:"; });
}

function drawn(modules) {                                // the code, with the quiet border of 4 that readers need
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), size = modules.length + 8;
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`); svg.setAttribute("role", "img"); svg.setAttribute("aria-label", "QR code of the link");
  path.setAttribute("d", modules.flatMap((row, y) => row.map((dark, x) => dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join(""));
  return svg;
}
