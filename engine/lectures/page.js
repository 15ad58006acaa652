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
  if (slot) { slot.textContent = gradient && "∂ " + gradient; box.querySelector(".m").textContent = g && g[3] || ""; }
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
  paintPartials(before, k);
  light(k, true);
  view.at = k;
  panel();
  if (before !== k || !wasHidden) follow();
  $("slider").value = k;
  $("slider").setAttribute("aria-valuetext", `step ${k + 1} of ${view.steps.length}, ${phaseName(view.steps[k])}`);
  if (chosen >= 0) explain(chosen);
}

const asks = at => view.steps[at].all.length + view.steps[at].c.length > 0;

function paintPartials(before, at) {                     // a partial is known from the step that computes the node it leads to
  view.standing ??= view.partial.flatMap((text, a) => text ? [[text, view.arrows[a][1]]] : []);
  view.born ??= view.cards.map((_, i) => view.history[i].v[0]?.[0] ?? 0);
  for (const [text, head] of view.standing) {
    const waits = view.born[head] > at;
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
  ? num(at && !/[(,] ?$/.test(parts[at - 1]) ? bracket(nodes[p][2]) : nodes[p][2], "v", nodes[p][3], mask && step.all.some(([z]) => z === p)) : p);
const over = (z, i) => { const e = element("span", "whole"); e.append("∂", name(z), "/∂", name(i)); return e; };   // never broken at the end of a line
const d = i => over(root, i);
const symbolic = (...parts) => { const e = element("span", "symbolic"); e.append(...parts); return e; };
const line = (...parts) => { const p = element("p", "line"); p.append(...parts.flat(9)); return p; };
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
    return [line(name(z), " = ", inNames(formula)), line(" = ", inNumbers(formula, step, mask), " = ", result), ...(mask ? [] : slopes(z))];
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
const plain = slope => slope.length === 1 && typeof slope[0] === "string";

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
  box.className = (rows > 3 ? "many" : "") + (rows > 6 ? " table" : "");
  $("sentence").textContent = hidden ? (step.p === "forward" ? "What is the number?" : "What gradient does each operand receive?") : step.s;
  $("reveal").hidden = !hidden;
  $("live").textContent = `Step ${k + 1} of ${view.steps.length}. ${$("phase").textContent}. ${lines.slice(0, 4).map(l => l.textContent).join("; ")}. ${$("sentence").textContent}`;
}

const title = step => step.p === "forward" ? `: compute ${cardName(step.n)}` : step.p === "backward" ? `: ${cardName(step.n)} passes its gradient on` : "";

// --- the camera ------------------------------------------------------------------------------------

function fit() {
  const {width, height} = room, s = Math.min(width / (view.width + 40), height / (view.height + 40), 1.9);
  return {s, x: (width - s * view.width) / 2, y: (height - s * view.height) / 2};
}

function place(zoom, glide) {
  view.zoom = zoom;
  view.camera.classList.toggle("glide", !!glide && !calm.matches && view.cards.length <= 200);
  view.camera.style.transform = `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.s})`;
}

function home() {                                        // the whole graph if it can be read so, else a readable part of it
  const whole = fit(), readable = innerWidth < 640 ? .72 : .8;
  if (whole.s >= readable) return place(whole);
  view.zoom = {s: readable, x: 20, y: 20};
  centre(view.steps[k].n, false);
}

function centre(i, glide) {
  const {width, height} = room, [,,, x, y] = view.cards[i], s = view.zoom.s;
  place({s, x: width / 2 - s * x, y: height / 2 - s * y}, glide);
}

function follow() {                                      // move only when the current card is out of sight
  const step = view.steps[k];
  if (!view.zoom) return home();
  const {width, height} = room, [,,, x, y, w, h] = view.cards[step.n], {s, x: cx, y: cy} = view.zoom;
  const left = cx + s * (x - w / 2), top = cy + s * (y - h / 2);
  if (left < 8 || top < 8 || left + s * w > width - 8 || top + s * h > height - 8) centre(step.n, true);
}

function rescale(factor, x, y) {
  const {width, height} = room, zoom = view.zoom;
  x ??= width / 2; y ??= height / 2;
  const s = Math.max(.02, Math.min(4, zoom.s * factor)), f = s / zoom.s;
  place({s, x: x - f * (x - zoom.x), y: y - f * (y - zoom.y)});
}

const stage = $("stage"), pointers = new Map();
let moved = false;
stage.addEventListener("pointerdown", e => {
  if (!e.target.closest("svg")) return;
  pointers.set(e.pointerId, [e.clientX, e.clientY]); moved = false;
});
stage.addEventListener("pointermove", e => {
  const from = pointers.get(e.pointerId);
  if (!from) return;
  const dx = e.clientX - from[0], dy = e.clientY - from[1];
  if (!moved && Math.hypot(dx, dy) < 5) return;
  if (!moved) { moved = true; stage.classList.add("drag"); stage.setPointerCapture(e.pointerId); }
  const others = [...pointers.entries()].filter(([id]) => id !== e.pointerId);
  if (others.length) {                                   // two fingers: pinch
    const [ox, oy] = others[0][1], box = stage.getBoundingClientRect();
    rescale(Math.hypot(e.clientX - ox, e.clientY - oy) / Math.max(1, Math.hypot(from[0] - ox, from[1] - oy)), ox - box.left, oy - box.top);
  } else place({...view.zoom, x: view.zoom.x + dx, y: view.zoom.y + dy});
  pointers.set(e.pointerId, [e.clientX, e.clientY]);
});
for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, e => { pointers.delete(e.pointerId); stage.classList.remove("drag"); });
stage.addEventListener("wheel", e => {
  if (!e.target.closest("svg")) return;
  e.preventDefault();
  const box = stage.getBoundingClientRect();
  rescale(Math.exp(-e.deltaY / 400), e.clientX - box.left, e.clientY - box.top);
}, {passive: false});
stage.addEventListener("click", e => {
  const card = e.target.closest(".c");
  if (card && !moved) explain(Number(card.id.split("-c")[1]), true);
});

// --- the explanation of a node ---------------------------------------------------------------------

function explain(i, open) {
  const about = $("about"), main = view.main[i], at = scalarStep();
  if (open) { unmark(); chosen = i; }
  about.replaceChildren();
  const close = element("button", "close", "×"); close.setAttribute("aria-label", "Close"); close.onclick = dismiss;
  const [title, role,,, paths, best] = nodes[main];
  about.append(close, element("h2", "", view.cards[i][0] || title || nodes[main][2]), element("p", "", view.cards[i][1]));
  const say = (heading, ...lines) => about.append(element("h3", "", heading), ...lines.map(l => { l.className = ""; return l; }));
  const v = latest(view.history[i].v, k), g = latest(view.history[i].g, k), mask = e => hidden && e && e[0] === k;
  if (v && !mask(v)) say("Number", line(num(v[2], "v")));
  if (nodes[main][6]) say("Gradient so far", g && !mask(g) ? line(d(main), " = ", num(g[2], "g"), g[3] ? `  (${g[3].replace("/", " of ")} uses)` : "") : line("–"));
  const uses = scalar.uses[main];
  if (uses.length) say(uses.length > 1 ? `A sum over its ${uses.length} uses` : "The chain rule, one step", ...uses.slice(0, 8).map(([s, c]) => {
    const known = s <= at && !(hidden && s === at);
    return line(over(c[10], main), " · ", d(c[10]), known ? [" = ", num(c[2], "p"), " · ", num(bracket(c[3]), "g"), " = ", num(c[4], "g")] : "");
  }), ...(uses.length > 8 ? [line(`… and ${uses.length - 8} more`)] : []));
  if (best >= 0) {
    const chain = [main];
    while (nodes[chain.at(-1)][5] >= 0 && chain.length < 40) chain.push(nodes[chain.at(-1)][5]);
    say(paths === "1" ? `The path to ${loss()}` : `${paths} paths to ${loss()}; the strongest`, line(chain.flatMap((n, j) => j ? [" → ", name(n)] : [name(n)])));
  }
  const inside = view.inside[i];
  if (inside.length) say(`${inside.length} parameters inside`, ...inside.slice(0, 24).map(p => {
    const last = scalar.uses[p].at(-1);
    return line(name(p), " = ", num(nodes[p][2], "v", nodes[p][3]), last && last[0] <= at && !hidden ? ["   ∂ ", num(nodes[p][6], "g", nodes[p][7])] : "");
  }), ...(inside.length > 24 ? [line(`… and ${inside.length - 24} more`)] : []));
  about.hidden = false;
  if (open) { mark(i); if (document.activeElement?.closest?.("svg")) return; close.focus({preventScroll: true}); }
}

function mark(i) {                                       // every arrow on a path from the card to the result
  view.outgoing ??= view.arrows.reduce((out, [tail], a) => (out[tail].push(a), out), view.cards.map(() => []));
  view.box[i].classList.add("chosen");
  const seen = new Set([i]), waiting = [i];
  while (waiting.length) for (const a of view.outgoing[waiting.pop()]) {
    view.arrow[a].classList.add("path");
    const head = view.arrows[a][1];
    if (!seen.has(head)) { seen.add(head); waiting.push(head); }
  }
}

function unmark() {
  for (const e of view.svg.querySelectorAll(".chosen, .path")) e.classList.remove("chosen", "path");
  chosen = -1;
}

function dismiss() {
  const card = view.box[chosen];
  unmark(); $("about").hidden = true;
  card?.focus({preventScroll: true});
}

const scalar = views[0];
scalar.uses = nodes.map(() => []);
scalar.sent = {};
scalar.steps.forEach(step => { if (step.p === "backward") scalar.sent[step.z] = step.c; });
scalar.steps.forEach((step, s) => (step.c || []).forEach(c => scalar.uses[c[0]].push([s, c])));
const scalarStep = () => view.steps[k].last;

// --- choosing a view, playing, keys ----------------------------------------------------------------

function choose(next) {
  if (next === view || !next) return;
  const at = view ? scalarStep() : 0;
  if (view) dismiss();
  view = next;
  for (const v of views) v.svg.toggleAttribute("hidden", v !== view);
  document.querySelectorAll("#views button").forEach((b, i) => { b.setAttribute("aria-checked", views[i] === view); b.tabIndex = views[i] === view ? 0 : -1; });
  document.documentElement.classList.toggle("tall", view.height > .55 * view.width);
  measure();
  $("slider").max = view.steps.length - 1;
  const same = view.steps.findIndex(s => s.last >= at);
  show(same < 0 ? view.steps.length - 1 : same, true);
  if (!view.zoom) home();
}

function forward() { if (hidden) show(k, true); else show(k + 1); if (k === view.steps.length - 1) stop(); }
function stop() { clearInterval(timer); timer = 0; sayPlay("Play"); }
function play() {
  if (timer) return stop();
  if (k === view.steps.length - 1) show(0);
  timer = setInterval(forward, 1800);
  sayPlay("Pause");
}
function sayPlay(word) { $("play").querySelector("span").textContent = word; $("play").classList.toggle("playing", word === "Pause"); }
function togglePredict() {
  predict = !predict;
  $("predict").setAttribute("aria-pressed", predict);
  show(k);
}
function toggleTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
    (getComputedStyle(document.documentElement).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.style.colorScheme = dark ? "light" : "dark";
}
function rove(by) {                                      // move the keyboard's place among the cards
  const focused = view.box.indexOf(document.activeElement), from = focused < 0 ? view.steps[k].n - by : focused;
  const i = Math.max(0, Math.min(view.cards.length - 1, from + by));
  view.box[i].focus({preventScroll: true});
  const {x, y, s} = view.zoom, {width, height} = view.svg.getBoundingClientRect(), [,,, cx, cy] = view.cards[i];
  if (x + s * cx < 40 || y + s * cy < 30 || x + s * cx > width - 40 || y + s * cy > height - 30) centre(i, true);
}

const keys = {
  ArrowRight: forward, ArrowLeft: () => show(k - 1, true), Home: () => show(0, true), End: () => show(view.steps.length - 1, true), " ": play,
  ArrowDown: () => rove(1), ArrowUp: () => rove(-1), Escape: dismiss, p: togglePredict, r: () => show(k, true), t: toggleTheme,
  1: () => choose(views[0]), 2: () => choose(views[1]), 3: () => choose(views[2]), "+": () => rescale(1.25), "-": () => rescale(.8),
  0: () => place(fit(), true), "?": () => $("keys").showModal(), PageDown: forward, PageUp: () => show(k - 1, true),
};
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("keys").open) return;
  const card = e.target.closest?.(".c");
  if (card && (e.key === "Enter" || e.key === " ")) { e.preventDefault(); return explain(view.box.indexOf(card), true); }
  if (e.key === " " && e.target.closest("button")) return;              // a focused button acts on space itself
  const act = keys[e.key] ?? keys[e.key.toLowerCase()];
  if (act) { e.preventDefault(); if (!["ArrowRight", "PageDown"].includes(e.key) && e.key !== " ") stop(); act(); }
});
const press = {first: keys.Home, back: keys.ArrowLeft, play, next: forward, last: keys.End, predict: togglePredict, reveal: keys.r, theme: toggleTheme,
               help: keys["?"], closer: keys["+"], farther: keys["-"], whole: keys[0]};
for (const id in press) $(id).addEventListener("click", press[id]);
$("slider").addEventListener("input", e => { stop(); show(Number(e.target.value), true); });
function measure() { room = stage.getBoundingClientRect(); }
addEventListener("resize", () => { for (const v of views) v.zoom = null; measure(); home(); });

if (views.length > 1) views.forEach((v, i) => {
  const b = element("button", "", v.title);
  b.setAttribute("role", "radio"); b.title = `${v.title} (${i + 1})`; b.onclick = () => choose(v);
  $("views").append(b);
});
for (const v of views) v.box.forEach(b => { b.setAttribute("role", "button"); b.setAttribute("tabindex", "-1"); });
for (const v of views) v.box[v.steps[0].n].setAttribute("tabindex", "0");

// --- paper: one step per page ----------------------------------------------------------------------

function sheets() {
  $("sheets")?.remove();
  const all = element("div"); all.id = "sheets";
  const pictured = view.cards.length <= 150, was = k;
  view.steps.forEach((step, at) => {
    const sheet = element("section", `sheet ${step.p}`), head = element("p", "phase");
    head.append(element("strong", "", phaseName(step) + title(step)), element("span", "", `${at + 1} / ${view.steps.length}`));
    const lines = element("div", "lines");
    lines.append(...arithmetic(step, false));
    if (lines.children.length > 6) lines.classList.add("table");
    sheet.append(head);
    if (pictured) {
      const svg = view.svg.cloneNode(true);
      svg.setAttribute("viewBox", `-10 -10 ${view.width + 20} ${view.height + 20}`);
      svg.querySelector(".camera").removeAttribute("style");
      for (const e of svg.querySelectorAll(".on, .now, .near, .chosen, .path")) e.classList.remove("on", "now", "near", "chosen", "path", "forward", "backward", "seed");
      view.cards.forEach((_, i) => paintCard(i, at, svg));
      light(at, true, svg);
      for (const e of svg.querySelectorAll("[id]")) e.removeAttribute("id");
      sheet.append(svg);
    }
    sheet.append(lines, element("p", "sentence", step.s));
    all.append(sheet);
  });
  document.body.append(all);
}
addEventListener("beforeprint", sheets);
addEventListener("afterprint", () => $("sheets")?.remove());

choose(views[data.first] ?? views[0]);
