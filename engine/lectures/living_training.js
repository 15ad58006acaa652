// The page that trains: plane, loss, network and settings around a trainer, in slices that never block it for long.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const {area, threshold, cards, boxes, arrows} = data;
const {digits, short, Refused} = calculus;
const NS = "http://www.w3.org/2000/svg", SIDE = 36;
const TRAIN = 6, BUSY = 3, SLICE = 8;                    // milliseconds of a frame: for training, where it draws too, in all
const still = matchMedia("(prefers-reduced-motion: reduce)");
const trainee = trainer(calculus, data), {state, hand} = trainee;
const looker = passes(calculus, data.graph, data.inputs, data.target);   // for the maps: other numbers than the trainee's
const targets = [...data.points, ...data.test].map(p => p[2]), classes = {one: Math.max(...targets), two: Math.min(...targets)};
let chosen = 0, adding = "one", unit = -1, playing = false, until = Infinity, work = null, sweep = null;
if (data.all) hand.batch = Infinity;

const svg = (tag, attributes, text = "") => { const e = document.createElementNS(NS, tag); for (const a in attributes) e.setAttribute(a, attributes[a]); e.textContent = text; return e; };
const across = x => (x - area[0]) / (area[1] - area[0]) * SIDE, down = y => (area[3] - y) / (area[3] - area[2]) * SIDE;
const positive = t => t > threshold;
const numeral = x => x === x && Math.abs(x) < Infinity ? short(x) : "not a number";

// --- slices ----------------------------------------------------------------------------------------

const parts = {dots: paintDots, numbers: paintNumbers, edges: paintEdges, curve: paintCurve, maps: startSweep};
const due = new Set(), stats = {longest: 0, rate: 0, count: 0, since: 0};
let waiting = false, last = 0, owed = 0, painted = 0;

function wake(...names) {
  for (const name of names.length ? names : Object.keys(parts)) due.add(name);
  if (!waiting) { waiting = true; requestAnimationFrame(frame); }
}

function frame(now) {
  const began = performance.now(), left = limit => performance.now() - began < limit;
  waiting = false;
  if (playing && began - painted > (still.matches ? 1000 : 120)) { painted = began; Object.keys(parts).forEach(name => due.add(name)); }
  if (playing || work) attempt(() => trainFor(now, () => left(due.size ? BUSY : TRAIN)));
  for (const name of due) {
    if (name === "maps" && sweep) continue;
    due.delete(name);
    attempt(parts[name]);
    if (playing || !left(SLICE)) break;                  // one a frame, for what it changes has to be drawn too
  }
  while (sweep && left(due.size ? BUSY + 2 : SLICE)) if (sweep.next().done) sweep = null;
  last = now;
  stats.longest = Math.max(stats.longest, performance.now() - began);
  if ((playing || work || sweep || due.size) && !waiting) { waiting = true; requestAnimationFrame(frame); }
}

function trainFor(now, left) {
  const speed = Number($("speed").value);
  owed = speed === Infinity ? Infinity : Math.min(owed + (now - last) / 1000 * speed, Math.max(1, speed / 10));
  while ((work || playing && owed >= 1) && left()) {
    work ??= trainee.epoch();
    if (!work.next().done) continue;
    work = null;
    owed -= 1;
    stats.count += 1;
    if (playing && state.epoch >= until) pause();
    if (!playing) { announce(); wake(); }
  }
  if (now - stats.since >= 1000) { stats.rate = stats.count * 1000 / (now - stats.since); stats.count = 0; stats.since = now; }
}

// A refusal of a row is told to the reader, and stops the training.
function attempt(act) {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    work = null;
    pause();
    $("say").hidden = false;
    $("say").textContent = `There is no such value: ${trainee.runner.why(error)}`;
    return false;
  }
}

function act(change) {                                   // something done by hand, and all of it shown
  $("say").hidden = true;
  if (attempt(change)) announce();
  wake();
}

function announce() {
  $("live").textContent = `Epoch ${state.epoch}, mean loss ${numeral(state.loss)}${data.test.length ? `, of the test points ${numeral(state.test)}` : ""}. ${$("point").textContent}`;
}

// --- the plane -------------------------------------------------------------------------------------

const line = svg("path", {class: "edge"}), held = svg("g", {}), shown = svg("g", {});
$("dots").append(line, held, shown);

function mark(t, cx, cy) {                               // two classes: two colours and two shapes
  const d = positive(t) ? `M${cx - .62} ${cy}a.62 .62 0 1 0 1.24 0a.62 .62 0 1 0 -1.24 0Z` : `M${cx} ${cy - .85}L${cx + .8} ${cy + .6}L${cx - .8} ${cy + .6}Z`;
  return svg("path", {d, class: "dot " + (positive(t) ? "one" : "two")});
}

for (const p of trainee.tests) {                         // hollow, below the others
  const dot = mark(p.target, across(p.at[0]), down(p.at[1]));
  dot.classList.add("hollow");
  held.append(dot);
}

const dots = [];                                         // of the training points, each a <g> at its place

function dotOf(k) {
  if (!dots[k]) {
    const g = svg("g", {role: "button", class: "place"});
    g.append(mark(trainee.train[k].target, 0, 0));
    shown.append(g);
    dots[k] = g;
  }
  return dots[k];
}

function paintDots() {
  trainee.train.forEach((p, k) => {
    const g = dotOf(k), dot = g.firstChild, [x, y] = trainee.place(p), wrong = positive(p.target) !== positive(state.outputs[k]);
    g.setAttribute("transform", `translate(${across(x).toFixed(3)} ${down(y).toFixed(3)})`);
    g.setAttribute("tabindex", k === chosen ? "0" : "-1");
    dot.classList.toggle("wrong", wrong); dot.classList.toggle("chosen", k === chosen);
    if (!playing) g.setAttribute("aria-label", `point ${k + 1}: (${short(x)}, ${short(y)}), target ${short(p.target)}, output ${numeral(state.outputs[k])}, ${wrong ? "wrong" : "right"}`);
  });
}

function spot(e) {                                       // where in the plane a pointer is
  const r = $("dots").getBoundingClientRect();
  return [area[0] + (e.clientX - r.left) / r.width * (area[1] - area[0]), area[3] - (e.clientY - r.top) / r.height * (area[3] - area[2])];
}

const within = (x, low, high) => Math.max(low, Math.min(high, x));
let dragged = -1, free = false;
$("dots").addEventListener("pointerdown", e => {
  if (e.button) return;
  dragged = dots.indexOf(e.target.closest(".place"));
  free = dragged < 0;
  if (free) return;
  choose(dragged);
  $("dots").setPointerCapture(e.pointerId);
});
$("dots").addEventListener("click", e => { if (free) add(...spot(e)); });     // and not where a drag ends
$("dots").addEventListener("pointermove", e => { if (dragged >= 0) move(dragged, ...spot(e)); });
for (const end of ["pointerup", "pointercancel"]) $("dots").addEventListener(end, () => { dragged = -1; });

function move(k, x, y) { act(() => trainee.move(trainee.train[k], within(x, area[0], area[1]), within(y, area[2], area[3]))); }
function nudge(dx, dy) {
  const [x, y] = trainee.place(trainee.train[chosen]), step = (area[1] - area[0]) / 60;
  move(chosen, x + dx * step, y + dy * step);
}
function add(x, y) {
  act(() => { chosen = trainee.train.length; trainee.add(x, y, classes[adding]); });
  handShown();
}
function addBeside() {
  const [x, y] = trainee.place(trainee.train[chosen]), step = (area[1] - area[0]) / 20;
  add(within(x + step, area[0], area[1]), y);
}
function remove() {
  if (trainee.train.length === 1) return;
  settle();
  const k = chosen;
  dots.splice(k, 1)[0].remove();
  chosen = Math.max(0, k - 1);
  act(() => trainee.remove(k));
  handShown();
}
function choose(k) { chosen = (k + trainee.train.length) % trainee.train.length; act(() => {}); }
function willAdd(name) { adding = name; for (const c in classes) { $(c).setAttribute("aria-checked", c === name); $(c).tabIndex = c === name ? 0 : -1; } }

// --- maps ------------------------------------------------------------------------------------------

const mapped = data.mapped, fields = Object.fromEntries(mapped.map(z => [z, new Float64Array(SIDE * SIDE)]));
const view = $("graph").viewBox.baseVal, fine = Math.min(2, 1700 / view.width);
const atlas = document.createElement("canvas");         // all maps side by side, off the page
atlas.width = SIDE * cards.length; atlas.height = SIDE;
$("maps").width = view.width * fine; $("maps").height = view.height * fine;
$("field").width = $("field").height = SIDE;
let tones = [];

function colours() {                                     // the two class colours in the present theme, as [r, g, b]
  const probe = document.createElement("i"), rgb = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color.match(/[\d.]+/g).map(Number); };
  document.body.append(probe);
  tones = [rgb("--two"), rgb("--panel"), rgb("--one")];
  probe.remove();
}

// The plane at the parameters of this moment, a few points at a time; then one picture after the other.
function* sweeping() {
  const order = looker.order(data.output), {values} = looker;
  data.parameters.forEach(p => { values[p] = trainee.runner.values[p]; });
  for (let n = 0; n < SIDE * SIDE; n++) {
    looker.given(area[0] + (n % SIDE + .5) * (area[1] - area[0]) / SIDE, area[3] - (Math.floor(n / SIDE) + .5) * (area[3] - area[2]) / SIDE);
    try {
      looker.forward(order);
      for (const z of mapped) fields[z][n] = values[z];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;      // no value here: nothing is drawn
      for (const z of mapped) fields[z][n] = NaN;
    }
    yield;
  }
  yield* pictures();
}

function* pictures() {
  const shows = unit < 0 ? data.output : cards[unit][2], middle = shows === data.output ? threshold : 0;
  if (fields[shows]) {
    line.setAttribute("d", contour(fields[shows], middle));
    $("field").getContext("2d").putImageData(painting(fields[shows], middle, .5), 0, 0);
  }
  for (const [i, [, , z]] of cards.entries()) {
    if (!fields[z]) continue;
    yield;
    atlas.getContext("2d").putImageData(painting(fields[z], z === data.output ? threshold : 0, .85), SIDE * i, 0);
  }
  yield;
  const context = $("maps").getContext("2d");
  for (const [i, [x, y, width, height]] of boxes.entries()) {
    const gap = height > 50 ? 6 : 4, side = height - 2 * gap, place = [x + width / 2 - gap - side - view.x, y - height / 2 + gap - view.y, side, side];
    if (fields[cards[i][2]]) context.drawImage(atlas, SIDE * i, 0, SIDE, SIDE, ...place.map(p => fine * p));
  }
}

function startSweep() { sweep = sweeping(); }
function repaint() { colours(); sweep = pictures(); wake("curve"); }

function painting(field, middle, strength) {
  const image = new ImageData(SIDE, SIDE);
  let top = 0;
  for (const v of field) if (Math.abs(v - middle) > top && Math.abs(v) < Infinity) top = Math.abs(v - middle);
  for (let n = 0; n < field.length; n++) {
    const share = within((field[n] - middle) / (top || 1), -1, 1) || 0, to = share > 0 ? tones[2] : tones[0], f = strength * Math.abs(share) ** .7;
    for (let c = 0; c < 3; c++) image.data[4 * n + c] = tones[1][c] + f * (to[c] - tones[1][c]);
    image.data[4 * n + 3] = 255;
  }
  return image;
}

// Where the field is the threshold: one short line per cell that it crosses.
function contour(field, middle) {
  let d = "";
  for (let j = 0; j < SIDE - 1; j++) for (let i = 0; i < SIDE - 1; i++) {
    const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], cuts = [];
    corners.forEach(([ax, ay], k) => {
      const [bx, by] = corners[(k + 1) % 4], a = field[ay * SIDE + ax] - middle, b = field[by * SIDE + bx] - middle;
      if (a > 0 !== b > 0) cuts.push(`${(ax + a / (a - b) * (bx - ax) + .5).toFixed(2)} ${(ay + a / (a - b) * (by - ay) + .5).toFixed(2)}`);
    });
    for (let k = 0; k + 1 < cuts.length; k += 2) d += `M${cuts[k]}L${cuts[k + 1]}`;
  }
  return d;
}

// --- the loss --------------------------------------------------------------------------------------

function nice(top, count) {                              // round steps, about so many of them
  const rough = top / count, ten = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find(s => s * ten >= rough) * ten;
  return Array.from({length: Math.floor(top / step + 1e-9) + 1}, (_, k) => k * step);
}

function paintCurve() {
  const box = $("curve"), width = box.clientWidth || 360, height = box.clientHeight || 140, left = 46, low = height - 22;
  const all = trainee.curve(), stride = Math.ceil(all.length / 500), seen = all.filter((_, k) => k % stride === 0 || k === all.length - 1);
  const losses = seen.flatMap(c => [c[1], c[2]]).filter(Number.isFinite), first = Math.max(...(all[0] ?? []).slice(1).filter(Number.isFinite), 1e-12);
  const top = Math.min(Math.max(...losses, 1e-12), 2 * first) * 1.06, span = Math.max(state.epoch, all[all.length - 1]?.[0] ?? 0, 10);
  const X = e => left + (width - left - 8) * e / span, Y = v => low - (low - 8) * within(v / top, 0, 1);
  const path = i => seen.filter(c => Number.isFinite(c[i])).map(c => `${X(c[0]).toFixed(1)} ${Y(c[i]).toFixed(1)}`).join("L");
  const drawn = [svg("path", {class: "axis", d: `M${left} 4V${low}H${width - 4}`})];
  for (const v of nice(top, height > 130 ? 4 : 2)) drawn.push(svg("path", {class: "tick", d: `M${left} ${Y(v)}H${width - 8}`}), svg("text", {x: left - 6, y: Y(v) + 4, class: "y"}, short(v)));
  for (const e of nice(span, 4)) drawn.push(svg("text", {x: X(e), y: height - 5, class: X(e) > width - 24 ? "end" : "x"}, short(e, true)));
  drawn.push(svg("text", {x: left - 10, y: height - 5, class: "end"}, "epoch"));
  if (data.test.length) drawn.push(svg("path", {class: "test", d: "M" + (path(2) || "0 0")}));
  drawn.push(svg("path", {class: "mean", d: "M" + (path(1) || "0 0")}), svg("path", {class: "now", d: `M${X(state.epoch)} 4V${low}`}));
  box.setAttribute("viewBox", `0 0 ${width} ${height}`);
  box.setAttribute("aria-label", `Mean loss ${numeral(state.loss)} at epoch ${state.epoch}${data.test.length ? `, of the test points ${numeral(state.test)}` : ""}; ${numeral(all[0]?.[1])} at the start`);
  box.replaceChildren(...drawn);
  $("mean").textContent = numeral(state.loss);
  $("mean-test").textContent = numeral(state.test);
}

// --- the network -----------------------------------------------------------------------------------

const carded = cards.map((_, i) => {
  const box = $(`${data.view}-c${i}`);
  return {box, v: box.querySelector(".v"), g: box.querySelector(".g"), small: boxes[i][3] < 50 && fields[cards[i][2]]};
});
const wires = arrows.map((_, k) => $(`${data.view}-a${k}`));
const looks = [], thick = arrows.length > 100 ? 9 : 6, leaves = new Set(data.graph.plain);

function paintNumbers() {
  const p = trainee.train[chosen], found = trainee.look(p), {values, grads} = trainee.runner;
  trainee.runner.backward();
  cards.forEach(([name, role, z], i) => {
    const {box, v, g, small} = carded[i];
    box.classList.remove("empty");
    const write = x => small ? digits(x, false, Math.abs(x) < .001 ? 2 : 3).replaceAll("-", "−") : short(x);
    v.textContent = write(values[z]);
    if (g && !leaves.has(z)) g.textContent = (small ? "" : "grad ") + write(grads[z]);
  });
  $("point").replaceChildren(...pointed(p, found));
  $("unit").textContent = unit < 0 ? "" : unitTold(values, grads);
  const kept = trainee.kept();
  $("slider").max = kept.length - 1;
  $("slider").value = kept.findLastIndex(s => s.epoch <= state.epoch);
  $("slider").setAttribute("aria-valuetext", `epoch ${state.epoch}`);
  $("epoch").textContent = `epoch ${state.epoch}${state.position ? ` + ${state.position}/${state.order.length}` : ""}`;
  $("what").textContent = unit < 0 ? "Decision boundary" : `What ${cards[unit][0]} answers`;
}

function pointed(p, {loss, output}) {
  const strong = document.createElement("strong"), [x, y] = trainee.place(p), right = positive(p.target) === positive(output);
  strong.textContent = `Point ${chosen + 1}`;
  return [strong, ` (${short(x)}, ${short(y)}), target ${short(p.target)}: output ${numeral(output)}, ${right ? "right" : "wrong"}, loss ${numeral(loss)}`];
}

// A unit's number with the weights that made it, and its gradient with the products that were added up.
const whole = calculus.graph(data.graph), some = texts => texts.length > 4 ? [...texts.slice(0, 3), `${texts.length - 3} more`] : texts;
function unitTold(values, grads) {
  const [name, , z] = cards[unit], into = arrows.flatMap((w, k) => w >= 0 && data.ends[k][1] === unit ? [`${short(values[w])} from ${cards[data.ends[k][0]][0]}`] : []);
  const {products} = whole.forward(values).backward(), {first, tails, size} = whole, back = [];
  for (let head = 0; head < size; head++) for (let e = first[head]; e < first[head + 1]; e++) {
    if (tails[e] === z) back.push(`${short(products[e])} from ${cards[data.homes[head]][0]}`);
  }
  const came = into.length ? ` (weights ${some(into).join(", ")})` : "", sum = back.length ? ` = ${some(back).join(" + ")}` : "";
  return `${name} = ${short(values[z])}${came}${leaves.has(z) ? "" : `; grad ${short(grads[z])}${sum}`}`;
}

function paintEdges() {
  const {values} = trainee.runner, top = Math.max(...arrows.map(w => w < 0 ? 0 : Math.abs(values[w])).filter(Number.isFinite), 1e-12);
  arrows.forEach((w, k) => {
    if (w < 0) return;
    const look = `${(.5 + thick * within(Math.abs(values[w]) / top, 0, 1) || .5).toFixed(1)} ${values[w] < 0}`;
    if (looks[k] === look) return;                       // what has not changed is not drawn again
    looks[k] = look;
    wires[k].style.strokeWidth = parseFloat(look);
    wires[k].classList.toggle("minus", values[w] < 0);
    wires[k].classList.add("weight");
  });
  document.querySelector(".thick").textContent = `the thickest is ${short(top)}`;
}

function chooseUnit(i) {
  unit = i === unit ? -1 : i;
  carded.forEach(({box}, k) => { box.classList.toggle("chosen", k === unit); box.setAttribute("aria-pressed", k === unit); });
  repaint();
  wake("numbers");
}

const answering = cards.flatMap(([, , z], i) => fields[z] ? [i] : []);
answering.forEach((i, k) => {
  const {box} = carded[i];
  box.setAttribute("role", "button"); box.setAttribute("tabindex", k ? "-1" : "0");
  box.setAttribute("aria-label", `${cards[i][0]}: show what it answers over the plane`);
  box.classList.add(carded[i].small ? "small" : "unit");
  box.addEventListener("click", () => chooseUnit(i));
});
function unitFocus(by) {
  const at = answering.findIndex(i => carded[i].box === document.activeElement), to = (at + by + answering.length) % answering.length;
  answering.forEach((i, k) => carded[i].box.setAttribute("tabindex", k === to ? "0" : "-1"));
  carded[answering[to]].box.focus();
}

// --- by hand ---------------------------------------------------------------------------------------

const RULES = {
  rate:  [x => x > 0 && x < Infinity, "a number above 0"], batch: [x => Number.isInteger(x) && x >= 1, "a whole number from 1 on"],
  noise: [x => x >= 0 && x < Infinity, "a number from 0 on"], seed: [x => Number.isInteger(x) && x >= 0 && x < 2 ** 31, "a whole number from 0 to 2147483647"]};

function set(changes) {
  for (const name in changes) {
    if (!RULES[name]) throw new RangeError(`there is no setting ${name}: write rate, batch, noise or seed`);
    if (!RULES[name][0](changes[name])) throw new RangeError(`${name} must be ${RULES[name][1]}, not ${changes[name]}`);
  }
  if (changes.batch >= trainee.train.length) changes = {...changes, batch: Infinity};
  act(() => trainee.set(changes));
  handShown();
}

const step = 10 ** Math.floor(Math.log10((area[1] - area[0]) / 50));
function handShown() {
  const n = trainee.train.length;
  $("rate-slider").value = Math.log10(hand.rate); $("noise-slider").max = Math.ceil((area[1] - area[0]) / 4 / step) * step; $("noise-slider").step = step;
  $("batch-slider").max = $("batch").max = n;
  const now = {rate: hand.rate, batch: Math.min(hand.batch, n), noise: hand.noise, seed: hand.seed};
  for (const name in now) {
    if (document.activeElement !== $(name)) $(name).value = Number(now[name].toPrecision(4));
    if (name !== "rate" && name !== "seed") $(`${name}-slider`).value = now[name];
  }
  $("batch-slider").setAttribute("aria-valuetext", now.batch === n ? "all points" : `${now.batch} points`);
  $("rate-slider").setAttribute("aria-valuetext", short(hand.rate));
}
for (const name in RULES) {
  $(name).addEventListener("input", () => {
    const x = $(name).valueAsNumber, good = RULES[name][0](x);
    $(name).setCustomValidity(good ? "" : `Write ${RULES[name][1]}.`);
    if (good) set({[name]: x});
  });
  $(name).addEventListener("change", () => { $(name).reportValidity(); });
  $(`${name}-slider`)?.addEventListener("input", e => {
    const x = Number(e.target.value);
    set({[name]: name === "rate" ? Number((10 ** x).toPrecision(3)) : x});
  });
}
$("hand").addEventListener("submit", e => e.preventDefault());

// --- training --------------------------------------------------------------------------------------

function play(to = Infinity) {
  if (playing) return pause();
  trainee.forget();
  until = to;
  playing = true; last = stats.since = performance.now(); owed = 1; stats.count = 0;
  say("Pause");
  wake();
}
function pause() {
  if (!playing) return;
  playing = false;
  say("Play");
  announce();
  wake();                                                // an epoch that was begun is ended there
}
function settle() {                                      // for what must start from a whole epoch
  pause();
  if (work) { const rest = work; work = null; attempt(() => trainee.whole(rest)); }
}
function say(word) { $("play").querySelector("span").textContent = word; $("play").classList.toggle("playing", playing); }

function once(make) { settle(); act(() => { trainee.forget(); trainee.whole(make()); trainee.whole(trainee.measure()); }); }
function goto(epoch) { settle(); act(() => trainee.back(epoch)); }
function earlier() { goto(state.position ? state.epoch : Math.max(0, state.epoch - 1)); }
function later() { const ahead = trainee.kept().find(s => s.epoch > state.epoch); if (ahead) goto(ahead.epoch); else once(trainee.epoch); }
function end() {
  const kept = trainee.kept(), latest = kept[kept.length - 1].epoch;
  if (latest > state.epoch) return goto(latest);
  if (state.epoch < data.epochs) { settle(); play(data.epochs); }
}
function restart() { settle(); act(trainee.restart); }
function theme() {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.style.colorScheme = dark ? "light" : "dark";
  repaint();
}

const keys = {" ": () => play(), s: () => once(trainee.step), ArrowRight: later, ArrowLeft: earlier, Home: restart, End: end, t: theme,
              ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1), a: addBeside, Delete: remove, Backspace: remove,
              1: () => willAdd("one"), 2: () => willAdd("two"), "?": () => $("keys").showModal(), Escape: () => { if (unit >= 0) chooseUnit(unit); }};
const nudges = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("keys").open || e.target.closest?.("input, select")) return;
  const card = e.target.closest?.(".c"), dot = e.target.closest?.(".place"), turn = {ArrowDown: 1, ArrowUp: -1}[e.key];
  if (e.key === " " && e.target.closest?.("button")) return;
  const press = e.key === "Enter" || e.key === " ";
  const does = e.shiftKey && nudges[e.key] ? () => nudge(...nudges[e.key])
             : card && press ? () => chooseUnit(carded.findIndex(c => c.box === card)) : card && turn ? () => unitFocus(turn)
             : dot && press ? () => choose(dots.indexOf(dot)) : keys[e.key] ?? keys[e.key.toLowerCase()];
  if (!does) return;
  e.preventDefault();
  does();
  if (dot) { dotOf(chosen).setAttribute("tabindex", "0"); dotOf(chosen).focus(); }
});
const presses = {reset: restart, back: earlier, play: () => play(), once: () => once(trainee.step), next: later, theme, help: keys["?"],
                 one: () => willAdd("one"), two: () => willAdd("two")};
for (const id in presses) $(id).addEventListener("click", presses[id]);
$("slider").addEventListener("input", e => goto(trainee.kept()[e.target.value].epoch));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
addEventListener("resize", () => wake("curve"));
matchMedia("print").addEventListener("change", () => { colours(); trainee.whole(pictures()); paintCurve(); });   // on white paper

// What a script may ask of this page: train so many epochs, set what is set by hand, and all numbers.
const chainrule = {
  train(epochs) { once(function* () { for (let k = 0; k < epochs; k++) yield* trainee.epoch(); }); },
  set,
  values() {
    const points = trainee.train.map(p => [...trainee.place(p), p.target]);
    return {epoch: state.epoch, loss: state.loss, test: state.test, losses: [...state.losses], outputs: [...state.outputs],
            parameters: [...trainee.weights()], points, ...hand, batch: Math.min(hand.batch, points.length),
            playing, speed: stats.rate, longest: stats.longest};
  },
};

colours();
document.querySelector(".test").hidden = !data.test.length;
willAdd("one");
handShown();
paintDots(); paintNumbers(); paintEdges(); paintCurve();
wake("maps");
