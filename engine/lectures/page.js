// The page: paints one step at a time on a picture that Python laid out. State: the view, the step k, what is hidden.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const {nodes, root, views} = data;                       // nodes: [name, role, text, exact, paths, best, gradient, exact]
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let room = {width: 0, height: 0};                        // of the stage; measured when it changes, not at every step
let view, k = 0, hidden = false, predict = false, timer = 0, chosen = -1;

// --- what each card says after step k --------------------------------------------------------------

for (const v of views) {                                 // history: for each card and slot, [step, text, exact, note] in order
  v.history = v.cards.map(() => ({v: [], g: []}));
  v.steps.forEach((step, at) => step.set.forEach(([i, slot, ...what]) => v.history[i][slot].push([at, ...what])));
  v.svg = $("svg-" + v.name);
  v.camera = v.svg.querySelector(".camera");
  v.svg.removeAttribute("viewBox");                      // from here on the camera decides what is seen
  v.box = v.cards.map((_, i) => $(`${v.name}-c${i}`));
  v.arrow = v.arrows.map((_, i) => $(`${v.name}-a${i}`));
  v.partial = v.arrows.map((_, i) => $(`${v.name}-p${i}`));
  v.at = -1; v.lit = []; v.zoom = null;
}

function latest(list, at) {
  let found = null;
  for (const entry of list) { if (entry[0] > at) break; found = entry; }
  return found;
}

function paintCard(i, at, scope) {
  const box = scope ? scope.querySelector(`#${view.name}-c${i}`) : view.box[i], h = view.history[i];
  const v = latest(h.v, at), g = latest(h.g, at), mask = entry => !scope && hidden && entry && entry[0] === at;
  const value = mask(v) ? "?" : v ? v[1] : "", gradient = mask(g) ? "?" : g ? g[1] : "";
  box.querySelector(".v").textContent = value;
  const slot = box.querySelector(".g");
  if (slot) { slot.textContent = gradient && "grad " + gradient; box.querySelector(".m").textContent = g && g[3] || ""; }
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
    if (!scope && !view.partial[a] && view.arrows[a][2] && step.e.length <= 24) floating(a, on);
  }
}

function floating(a, on) {                               // a crowded graph shows partials on the current arrows only
  const id = `${view.name}-f${a}`;
  if (!on) return $(id)?.remove();
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  text.id = id; text.setAttribute("class", "p"); text.textContent = view.arrows[a][2];
  text.setAttribute("x", view.arrows[a][3]); text.setAttribute("y", view.arrows[a][4] + 4);
  view.camera.append(text);
}

function show(to, reveal) {                              // repaint what changed between the last painted step and this one
  k = Math.max(0, Math.min(view.steps.length - 1, to));
  const before = view.at, wasHidden = hidden;
  hidden = predict && !reveal && asks(k);
  if (before >= 0) light(before, false);
  const touched = new Set();
  if (before < 0) view.cards.forEach((_, i) => touched.add(i));
  for (let s = Math.min(before, k); s <= Math.max(before, k); s++) if (s >= 0) for (const [i] of view.steps[s].set) touched.add(i);
  touched.forEach(i => paintCard(i, k));
  paintPartials(k);
  light(k, true);
  view.at = k;
  panel();
  if (before !== k || !wasHidden) follow();
  $("slider").value = k;
  $("slider").setAttribute("aria-valuetext", `step ${k + 1} of ${view.steps.length}, ${phaseName(view.steps[k])}`);
  if (chosen >= 0) explain(chosen);
}

const asks = at => view.steps[at].all.length + view.steps[at].c.length > 0;

const born = head => view.history[head].v[0]?.[0] ?? 0;

function paintPartials(at) {                             // a partial is known from the step that computes the node it leads to
  view.standing ??= view.partial.flatMap((text, a) => text ? [[text, view.arrows[a][1]]] : []);
  for (const [text, head] of view.standing) {
    const waits = born(head) > at;
    if (text.waits !== waits) text.classList.toggle("wait", text.waits = waits);
  }
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
  ? num(String(parts[at + 1] ?? "").startsWith("^") || at && !/[(,] ?$/.test(parts[at - 1]) ? bracket(nodes[p][2]) : nodes[p][2], "v", nodes[p][3], mask && step.all.some(([z]) => z === p)) : p);
const ratio = (d, z, i) => { const e = element("span", "whole"); e.append(d, name(z), "/" + d, name(i)); return e; };   // never broken at the end of a line
const over = (z, i) => ratio("∂", z, i);                  // the partial of one operation
const d = i => ratio("d", root, i);                       // the total derivative, over all paths
const symbolic = (...parts) => { const e = element("span", "symbolic"); e.append(...parts); return e; };
const line = (...parts) => { const p = element("p", "line"); p.append(...parts.flat(9)); return p; };
const more = (...parts) => { const p = line(...parts); p.classList.add("more"); return p; };
const loss = () => nodes[root][0];

function arithmetic(step, mask) {                        // the lines of one step
  if (step.p === "forward") return forwardLines(step, mask);
  if (step.p === "seed") return [line(d(root), " = ", num("1", "g", "1"))];
  if (step.p === "backward") {
    const lines = step.c.slice(0, 23).flatMap(c => contribution(c, mask, step.c.length > 4));
    return step.c.length > 23 ? [...lines, line(`… and ${step.c.length - 23} more`)] : lines;
  }
  const list = nodes.map((_, i) => i).filter(i => !["operation", "constant", "root"].includes(nodes[i][1]) && (step.p === "given" || nodes[i][6]));
  const shown = list.slice(0, 12).map(i => step.p === "given" ? line(name(i), " = ", num(nodes[i][2], "v", nodes[i][3]))
                                                              : line(d(i), " = ", num(nodes[i][6], "g", nodes[i][7])));
  return list.length > 12 ? [...shown, line(`… and ${list.length - 12} more`)] : shown;
}

function forwardLines(step, mask) {
  const lines = step.all.slice(0, 14).flatMap(([z, formula]) => {
    const result = num(nodes[z][2], "v", nodes[z][3], mask);
    if (!formula.length) return [line(name(z), " = ", result)];
    return [line(name(z), " = ", inNames(formula)), more(" = ", inNumbers(formula, step, mask), " = ", result), ...(mask ? [] : slopes(z))];
  });
  return step.all.length > 14 ? [...lines, line(`… and ${step.all.length - 14} more`)] : lines;
}

function slopes(z) {                                     // the partials that the forward pass records
  const sent = scalar.sent[z] ?? [];
  return sent.length > 3 ? [] : sent.map(c => {
    const p = line(over(z, c[0]), " = ", plain(c[1]) ? [] : [inNames(c[1]), " = "], num(c[2], "p"));
    p.classList.add("slope");
    return p;
  });
}
const plain = slope => slope.length === 1 && (typeof slope[0] === "string" || nodes[slope[0]][1] === "constant");

function contribution([i, slope, partial, upstream, product, before, after, use, uses, exact, z], mask, brief) {
  const first = line(d(i), " += ", brief ? [] : symbolic(over(z, i), " · ", d(z), " = "),
                     num(partial, "p"), " · ", num(bracket(upstream), "g"), " = ", num(product, "g", "", mask));
  if (uses > 1) {
    first.append(" ", element("span", "sum", `use ${use} of ${uses}: `));
    const sum = first.lastChild;
    sum.append(before, " + ", bracket(product === "" ? "0" : mask ? "?" : product), " = ", num(after, "g", exact, mask), use === uses ? ", complete" : "");
  }
  return [first];
}

const phaseName = step => ({given: "Given", forward: "Forward", seed: "Backward starts", backward: "Backward", done: "Complete"})[step.p];

function panel() {
  const step = view.steps[k], lines = arithmetic(step, hidden), box = $("lines");
  $("step").className = step.p;
  $("phase").textContent = phaseName(step) + title(step);
  $("count").textContent = `${k + 1} / ${view.steps.length}`;
  box.replaceChildren(...lines);
  const rows = lines.filter(l => !l.classList.contains("slope")).length;
  box.className = (rows > 3 ? "many" : "") + (rows > 6 || lines.length > 8 ? " table" : "");
  $("sentence").textContent = hidden ? (step.p === "forward" ? "What is the number?" : "What gradient does each operand receive?") : step.s;
  $("reveal").hidden = !hidden;
  $("live").textContent = `Step ${k + 1} of ${view.steps.length}. ${$("phase").textContent}. ${lines.slice(0, 4).map(l => l.textContent).join("; ")}. ${$("sentence").textContent}`;
}

const title = step => step.p === "forward" ? `: compute ${cardName(step.n)}` : step.p === "backward" ? `: ${cardName(step.n)} passes its gradient on` : "";
