// The page: paints one step at a time on a picture that Python laid out. State: the view, the step k, what is hidden.
const data = indexed(JSON.parse(document.getElementById("data").textContent));
const $ = id => document.getElementById(id);
const {root, views, edges} = data;
const nodes = data.nodes.map(([name, role, paths]) => [name, role, "", "", paths, -1, "", ""]);   // the number, all of its digits, ..., the gradient, all of its
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let room = {width: 0, height: 0};                        // of the stage; measured when it changes, not at every step
let view, k = 0, hidden = false, predict = false, timer = 0, chosen = -1;
let numbers;                                             // what stands on the page at present: see numbers.js

function adopt(next) {
  numbers = next;
  nodes.forEach((node, i) => { [[node[2], node[3]], node[5], [node[6], node[7]]] = [numbers.value(i), numbers.best(i), numbers.grad(i)]; });
}

// --- what each card says after step k --------------------------------------------------------------

for (const v of views) {                                 // history: for each card and slot, [step, edge] in order; an edge for a sum
  v.history = v.cards.map(() => ({v: [], g: []}));
  v.steps.forEach((step, at) => step.set.forEach(([i, slot, e]) => v.history[i][slot].push([at, e])));
  v.svg = $("svg-" + v.name);
  v.camera = v.svg.querySelector(".camera");
  v.svg.removeAttribute("viewBox");                      // from here on the camera decides what is seen
  v.box = v.cards.map((_, i) => $(`${v.name}-c${i}`));
  v.arrow = v.arrows.map((_, i) => $(`${v.name}-a${i}`));
  v.partial = v.arrows.map((_, i) => $(`${v.name}-p${i}`));
  v.said = v.cards.map(() => []);                        // what the cards say, so that only what is new is painted
  v.slots = v.box.map(slotsOf);
  v.at = -1; v.lit = []; v.zoom = null;
}

function latest(i, slot, at) {                           // [step, text, exact, note]: what a card says after a step
  let found = null;
  for (const entry of view.history[i][slot]) { if (entry[0] > at) break; found = entry; }
  return found && [found[0], ...found[1] === undefined ? several(i, slot, nodes) : summed(found[1])];
}

function summed(e) {                                     // a gradient so far
  const [, use, uses] = edges[e], {after, exact} = numbers.edge(e);
  return [after, exact, use === uses ? "" : `${use}/${uses}`];
}

function several(i, slot, rows) {                        // the numbers or gradients of a card
  const at = slot === "v" ? 2 : 6, shown = view.outputs[i].map(n => rows[n]).filter(row => row[at]);
  return [shown.slice(0, 3).map(row => row[at]).join(", ") + (shown.length > 3 ? ", …" : ""), shown.map(row => row[at + 1]).join("; "), ""];
}

function written(slot, text, i) {                        // a number that is longer than its card has room for is set closer
  const letter = slot.classList.contains("g") ? 8.45 : 9.05, room = view.cards[i][5] - (view.cards[i][1] === "constant" ? 12 : 24);
  if (slot.firstChild) slot.firstChild.data = text; else slot.textContent = text;         // the second is slower
  if (text.length * letter > room) { slot.setAttribute("textLength", room); slot.setAttribute("lengthAdjust", "spacingAndGlyphs"); }
  else if (slot.hasAttribute("textLength")) slot.removeAttribute("textLength");
}

function slotsOf(box) { return {v: box.querySelector(".v"), g: box.querySelector(".g"), m: box.querySelector(".m")}; }

function paintCard(i, at, scope) {
  const box = scope ? scope.querySelector(`#${view.name}-c${i}`) : view.box[i];
  const v = latest(i, "v", at), g = latest(i, "g", at), mask = entry => !scope && hidden && entry && entry[0] === at;
  const value = mask(v) ? "?" : v ? v[1] : "", gradient = mask(g) ? "?" : g ? g[1] : "", said = scope ? [] : view.said[i];
  if (!scope) haunt(i, value, gradient, g);
  if (said[0] === value && said[1] === gradient && said[2] === (g && g[3])) return;
  said.splice(0, 3, value, gradient, g && g[3]);
  const slots = scope ? slotsOf(box) : view.slots[i], note = g && g[3] || "";
  written(slots.v, value, i);
  if (slots.g) written(slots.g, gradient && "grad " + gradient, i);
  if (slots.m && slots.m.textContent !== note) slots.m.textContent = note;
  box.classList.toggle("empty", !value);
  if (!scope) box.setAttribute("aria-label", `${cardName(i)}, ${view.cards[i][1]}: ${value ? "number " + value : "not computed yet"}` +
    (gradient ? `, gradient ${gradient}${g[3] ? `, ${g[3].replace("/", " of ")} uses so far` : ""}` : ""));
}

const cardName = i => view.cards[i][0] || nodes[view.main[i]][0] || "number";

function light(at, on, scope) {
  const step = view.steps[at], find = (list, kind, i) => scope ? scope.querySelector(`#${view.name}-${kind}${i}`) : list[i];
  if (["forward", "seed", "backward"].includes(step.p)) find(view.box, "c", step.n).classList.toggle("now", on), find(view.box, "c", step.n).classList.toggle(step.p, on);
  for (const a of step.e) {
    const arrow = find(view.arrow, "a", a);
    arrow.classList.toggle("on", on); arrow.classList.toggle(step.p, on);
    find(view.box, "c", view.arrows[a][0]).classList.toggle("near", on);
    if (!scope && !view.partial[a] && partial(a) && step.e.length <= 24) floating(a, on);
  }
}

const partial = a => {                                   // what stands on an arrow; "" towards a plain number
  const [, head, ends] = view.arrows[a];
  return ends && numbers.slope(ends, view.members[head], view.outputs[head]);
};

function floating(a, on) {                               // a crowded graph shows partials on the current arrows only
  const id = `${view.name}-f${a}`;
  if (!on) return $(id)?.remove();
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  text.id = id; text.setAttribute("class", "p"); text.textContent = partial(a);
  text.setAttribute("x", view.arrows[a][3]); text.setAttribute("y", view.arrows[a][4] + 4);
  view.camera.append(text);
}

function show(to, reveal) {                              // repaint what changed between the last painted step and this one
  k = Math.max(0, Math.min(view.steps.length - 1, to));
  const before = view.at, wasHidden = hidden;
  hidden = predict && !reveal && asks(k);
  if (before >= 0) light(before, false);
  const touched = new Set();
  if (before < 0 || view.shows !== numbers) view.cards.forEach((_, i) => touched.add(i));
  for (let s = Math.min(before, k); s <= Math.max(before, k); s++) if (s >= 0) for (const [i] of view.steps[s].set) touched.add(i);
  touched.forEach(i => paintCard(i, k));
  paintPartials(k);
  light(k, true);
  view.at = k; view.shows = numbers;
  panel();
  if (before !== k || !wasHidden) follow();
  $("slider").value = k;
  $("slider").setAttribute("aria-valuetext", `step ${k + 1} of ${view.steps.length}, ${phaseName(view.steps[k])}`);
  if (chosen >= 0) explain(chosen);
  remember();
}

const asks = at => view.steps[at].all.length + view.steps[at].c.length > 0;

const born = head => view.history[head].v[0]?.[0] ?? 0;

function paintPartials(at) {                             // a partial is known from the step that computes the node it leads to
  view.standing ??= view.partial.flatMap((text, a) => text ? [[text, view.arrows[a][1]]] : []);
  for (const [text, head] of view.standing) {
    const waits = born(head) > at;
    if (text.waits !== waits) text.classList.toggle("wait", text.waits = waits);
  }
  if (view.shows !== numbers) view.partial.forEach((text, a) => {
    const now = text && partial(a);
    if (text && text.textContent !== now) text.textContent = now;
  });
}

// --- the arithmetic --------------------------------------------------------------------------------

function element(tag, kind, text) {
  const e = document.createElement(tag);
  if (kind) e.className = kind;
  if (text !== undefined) e.textContent = text;
  return e;
}
const name = i => element("i", "", nodes[i][0] || nodes[i][2]);
const num = (text, kind, exact, mask) => {
  const e = element("span", `num ${kind}${mask ? " hide" : ""}`, mask ? "?" : text);
  if (exact && !mask) e.title = exact;
  return e;
};
const bracket = text => text.startsWith("−") ? `(${text})` : text;
const inNames = parts => parts.map(p => typeof p === "number" ? name(p) : p);
const inNumbers = (parts, step, mask) => parts.map((p, at) => typeof p === "number"
  ? num(String(parts[at + 1] ?? "").startsWith("^") || at && !/[(,] ?$/.test(parts[at - 1]) ? bracket(nodes[p][2]) : nodes[p][2], "v", nodes[p][3], mask && step.all.includes(p)) : p);
const ratio = (d, z, i) => { const e = element("span", "whole"); e.append(d, name(z), "/" + d, name(i)); return e; };   // never broken at the end of a line
const over = (z, i) => ratio("∂", z, i);                  // the partial of one operation
const d = i => ratio("d", root, i);                       // the total derivative, over all paths
const symbolic = (...parts) => { const e = element("span", "symbolic"); e.append(...parts); return e; };
const line = (...parts) => { const p = element("p", "line"); p.append(...parts.flat(9)); return p; };
const more = (...parts) => { const p = line(...parts); p.classList.add("more"); return p; };
const loss = () => nodes[root][0];
const tails = data.operands.flat();

function arithmetic(step, mask) {                        // the lines of one step
  if (step.p === "forward") return forwardLines(step, mask);
  if (step.p === "seed") return [line(d(root), " = ", num("1", "g", "1"))];
  if (step.p === "backward") {
    const lines = step.c.slice(0, 23).flatMap(e => contribution(e, mask, step.c.length > 4));
    return step.c.length > 23 ? [...lines, line(`… and ${step.c.length - 23} more`)] : lines;
  }
  const list = nodes.map((_, i) => i).filter(i => !["operation", "constant", "root"].includes(nodes[i][1]) && (step.p === "given" || nodes[i][6]));
  const shown = list.slice(0, 12).map(i => step.p === "given" ? line(name(i), " = ", num(nodes[i][2], "v", nodes[i][3]))
                                                              : line(d(i), " = ", num(nodes[i][6], "g", nodes[i][7])));
  return list.length > 12 ? [...shown, line(`… and ${list.length - 12} more`)] : shown;
}

function forwardLines(step, mask) {
  const lines = step.all.slice(0, 14).flatMap(z => {
    const result = num(nodes[z][2], "v", nodes[z][3], mask), formula = step.all.length > 3 ? [] : data.formulas[z];
    if (!formula.length) return [line(name(z), " = ", result)];
    return [line(name(z), " = ", inNames(formula)), more(" = ", inNumbers(formula, step, mask), " = ", result, mask ? "" : struckNode(z)), ...(mask ? [] : slopes(z))];
  });
  return step.all.length > 14 ? [...lines, line(`… and ${step.all.length - 14} more`)] : lines;
}

function slopes(z) {                                     // the partials that the forward pass records
  const sent = scalar.sent[z] ?? [];
  return sent.length > 3 ? [] : sent.map(e => {
    const slope = numbers.parts(z, e);
    const p = line(over(z, tails[e]), " = ", plain(slope) ? [] : [inNames(slope), " = "], num(numbers.edge(e).partial, "p"));
    p.classList.add("slope");
    return p;
  });
}
const plain = slope => slope.length === 1 && (typeof slope[0] === "string" || nodes[slope[0]][1] === "constant");

function contribution(e, mask, brief) {
  const i = tails[e], z = data.headOf[e], [, use, uses] = edges[e], {partial, upstream, product, before, after, exact} = numbers.edge(e);
  const first = line(d(i), " += ", brief ? [] : symbolic(over(z, i), " · ", d(z), " = "),
                     num(partial, "p"), " · ", num(bracket(upstream), "g"), " = ", num(product, "g", "", mask));
  if (uses > 1) {
    first.append(" ", element("span", "sum", `use ${use} of ${uses}: `));
    const sum = first.lastChild;
    sum.append(before, " + ", bracket(product === "" ? "0" : mask ? "?" : product), " = ", num(after, "g", exact, mask), use === uses ? ", complete" : "");
  }
  return [first];
}

const told = step => step.s ?? numbers.sentence(step.z);
const phaseName = step => ({given: "Given", forward: "Forward", seed: "Backward starts", backward: "Backward", done: "Complete"})[step.p];

function panel() {
  const step = view.steps[k], lines = arithmetic(step, hidden), box = $("lines");
  $("step").className = step.p;
  $("phase").textContent = phaseName(step) + title(step);
  $("count").textContent = `${k + 1} / ${view.steps.length}`;
  box.replaceChildren(...lines);
  const rows = lines.filter(l => !l.classList.contains("slope")).length;
  box.className = (rows > 3 ? "many" : "") + (rows > 6 || lines.length > 8 ? " table" : "");
  $("sentence").textContent = hidden ? (step.p === "forward" ? "What is the number?" : "What gradient does each operand receive?") : told(step);
  $("reveal").hidden = !hidden;
  $("live").textContent = `Step ${k + 1} of ${view.steps.length}. ${$("phase").textContent}. ${lines.slice(0, 4).map(l => l.textContent).join("; ")}. ${$("sentence").textContent}`;
}

const title = step => step.p === "forward" ? `: compute ${cardName(step.n)}` : step.p === "backward" ? `: ${cardName(step.n)} passes its gradient on` : "";
