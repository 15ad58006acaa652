// The page: paints one step at a time on a picture that Python laid out. State: the view, the step k, what is hidden.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const {nodes, root, views} = data;                       // nodes: [name, role, text, exact, paths, best, gradient, exact]
const calm = matchMedia("(prefers-reduced-motion: reduce)");
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

const cardName = i => view.cards[i][0] || view.cards[i][2] || "number";

function light(at, on, scope) {
  const step = view.steps[at], find = (list, kind, i) => scope ? scope.querySelector(`#${view.name}-${kind}${i}`) : list[i];
  if (["forward", "seed", "backward"].includes(step.p)) find(view.box, "c", step.n).classList.toggle("now", on), find(view.box, "c", step.n).classList.toggle(step.p, on);
  for (const a of step.e) {
    const arrow = find(view.arrow, "a", a);
    arrow.classList.toggle("on", on); arrow.classList.toggle(step.p, on);
    find(view.box, "c", view.arrows[a][0]).classList.toggle("near", on);
    if (!scope && !view.partial[a] && view.arrows[a][2]) floating(a, on);
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

const asks = at => ["forward", "backward"].includes(view.steps[at].p) && view.steps[at].set.length > 0;

function paintPartials(before, at) {                     // a partial is known from the step that computes the node it leads to
  view.born ??= view.cards.map((_, i) => view.history[i].v[0]?.[0] ?? 0);
  view.arrows.forEach((arrow, a) => {
    const text = view.partial[a], waits = view.born[arrow[1]] > at;
    if (text && text.waits !== waits) text.classList.toggle("wait", text.waits = waits);
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
const inNumbers = parts => parts.map((p, at) => typeof p === "number"
  ? num(at && !/[(,] ?$/.test(parts[at - 1]) ? bracket(nodes[p][2]) : nodes[p][2], "v", nodes[p][3]) : p);
const d = i => [`∂${nodes[root][0]}/∂`, name(i)];
const line = (...parts) => { const p = element("p", "line"); p.append(...parts.flat(9)); return p; };
const loss = () => nodes[root][0];

function arithmetic(step, mask) {                        // the lines of one step
  const n = step.z;
  if (step.p === "forward") return forwardLines(step, mask);
  if (step.p === "seed") return [line(`∂${loss()}/∂${loss()} = `, num("1", "g", "1"))];
  if (step.p === "backward") return step.c.flatMap(c => contribution(c, mask, step.c.length > 4));
  const list = nodes.map((_, i) => i).filter(i => !["operation", "constant", "root"].includes(nodes[i][1]) && (step.p === "given" || nodes[i][6]));
  const shown = list.slice(0, 12).map(i => step.p === "given" ? line(name(i), " = ", num(nodes[i][2], "v", nodes[i][3]))
                                                              : line(d(i), " = ", num(nodes[i][6], "g", nodes[i][7])));
  return list.length > 12 ? [...shown, line(`… and ${list.length - 12} more`)] : shown;
}

function forwardLines(step, mask) {
  return (step.f.length ? [step] : step.all).flatMap(s => {
    const lines = [line(name(s.z), " = ", inNames(s.f)), line(" = ", inNumbers(s.f))];
    const result = num(nodes[s.z][2], "v", nodes[s.z][3], mask);
    lines[1].append(" = ", result);
    return lines.concat(mask ? [] : slopes(s.z));
  });
}

function slopes(z) {                                     // the partials that the forward pass records
  const sent = scalar.sent[z] ?? [];
  return sent.length > 3 ? [] : sent.map(c => {
    const p = line("∂", name(z), "/∂", name(c[0]), " = ", plain(c[1]) ? [] : [inNames(c[1]), " = "], num(c[2], "p"));
    p.classList.add("slope");
    return p;
  });
}
const plain = slope => slope.length === 1 && typeof slope[0] === "string";

function contribution([i, slope, partial, upstream, product, before, after, use, uses, exact, z], mask, brief) {
  const first = line(d(i), " += ", brief ? [] : [`∂`, name(z), `/∂`, name(i), ` · `, d(z), ` = `],
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
  document.body.className = step.p;
  $("phase").textContent = phaseName(step) + title(step);
  $("count").textContent = `${k + 1} / ${view.steps.length}`;
  box.replaceChildren(...lines);
  const rows = lines.filter(l => !l.classList.contains("slope")).length;
  box.className = (rows > 3 ? "many" : "") + (rows > 6 ? " table" : "");
  $("sentence").textContent = hidden ? (step.p === "forward" ? "What is the number?" : "What gradient does each operand receive?") : step.s;
  $("reveal").hidden = !hidden;
  $("live").textContent = `Step ${k + 1} of ${view.steps.length}. ${$("phase").textContent}. ${lines.slice(0, 4).map(l => l.textContent).join("; ")}. ${$("sentence").textContent}`;
}

const title = step => step.p === "forward" ? `: compute ${nodes[step.z][0]}` : step.p === "backward" ? `: ${nodes[step.z][0]} passes its gradient on` : "";

// --- the camera ------------------------------------------------------------------------------------

function fit() {
  const {width, height} = view.svg.getBoundingClientRect(), s = Math.min(width / (view.width + 40), height / (view.height + 40), 1.9);
  return {s, x: (width - s * view.width) / 2, y: (height - s * view.height) / 2};
}

function place(zoom, glide) {
  view.zoom = zoom;
  view.camera.classList.toggle("glide", !!glide && !calm.matches);
  view.camera.style.transform = `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.s})`;
}

function home() {                                        // the whole graph if it can be read so, else a readable part of it
  const whole = fit(), readable = innerWidth < 640 ? .72 : .8;
  if (whole.s >= readable) return place(whole);
  view.zoom = {s: readable, x: 20, y: 20};
  centre(view.steps[k].n, false);
}

function centre(i, glide) {
  const {width, height} = view.svg.getBoundingClientRect(), [,,, x, y] = view.cards[i], s = view.zoom.s;
  place({s, x: width / 2 - s * x, y: height / 2 - s * y}, glide);
}

function follow() {                                      // move only when the current card is out of sight
  const step = view.steps[k];
  if (!view.zoom) return home();
  const {width, height} = view.svg.getBoundingClientRect(), [,,, x, y, w, h] = view.cards[step.n], {s, x: cx, y: cy} = view.zoom;
  const left = cx + s * (x - w / 2), top = cy + s * (y - h / 2);
  if (left < 8 || top < 8 || left + s * w > width - 8 || top + s * h > height - 8) centre(step.n, true);
}

function rescale(factor, x, y) {
  const {width, height} = view.svg.getBoundingClientRect(), zoom = view.zoom;
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
  const about = $("about"), main = view.main ? view.main[i] : i, at = scalarStep();
  if (open) { unmark(); chosen = i; }
  about.replaceChildren();
  const close = element("button", "close", "×"); close.setAttribute("aria-label", "Close"); close.onclick = dismiss;
  const [title, role,,, paths, best] = nodes[main];
  about.append(close, element("h2", "", title || nodes[main][2]), element("p", "", role));
  const say = (heading, ...lines) => about.append(element("h3", "", heading), ...lines.map(l => { l.className = ""; return l; }));
  const v = latest(view.history[i].v, k), g = latest(view.history[i].g, k), mask = e => hidden && e && e[0] === k;
  if (v && !mask(v)) say("Number", line(num(v[2], "v")));
  if (nodes[main][6]) say("Gradient so far", g && !mask(g) ? line(d(main), " = ", num(g[2], "g"), g[3] ? `  (${g[3].replace("/", " of ")} uses)` : "") : line("–"));
  const uses = scalar.uses[main];
  if (uses.length) say(uses.length > 1 ? `A sum over its ${uses.length} uses` : "The chain rule, one step", ...uses.slice(0, 8).map(([s, c]) => {
    const known = s <= at && !(hidden && s === at);
    return line(`∂`, name(c[10]), `/∂`, name(main), ` · `, d(c[10]), known ? [" = ", num(c[2], "p"), " · ", num(bracket(c[3]), "g"), " = ", num(c[4], "g")] : "");
  }), ...(uses.length > 8 ? [line(`… and ${uses.length - 8} more`)] : []));
  if (best >= 0) {
    const chain = [main];
    while (nodes[chain.at(-1)][5] >= 0 && chain.length < 40) chain.push(nodes[chain.at(-1)][5]);
    say(paths === "1" ? `The path to ${loss()}` : `${paths} paths to ${loss()}; the strongest`, line(chain.flatMap((n, j) => j ? [" → ", name(n)] : [name(n)])));
  }
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
const scalarStep = () => view === scalar ? k : view.steps[k].last;

// --- choosing a view, playing, keys ----------------------------------------------------------------

function choose(next) {
  if (next === view || !next) return;
  const at = view ? scalarStep() : 0;
  if (view) dismiss();
  view = next;
  for (const v of views) v.svg.toggleAttribute("hidden", v !== view);
  document.querySelectorAll("#views button").forEach((b, i) => { b.setAttribute("aria-checked", views[i] === view); b.tabIndex = views[i] === view ? 0 : -1; });
  document.documentElement.classList.toggle("tall", view.height > .55 * view.width);
  $("slider").max = view.steps.length - 1;
  const same = view === scalar ? at : view.steps.findIndex(s => s.last >= at);
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
addEventListener("resize", () => { for (const v of views) v.zoom = null; home(); });

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
