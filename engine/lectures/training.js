// The training view: one epoch at a time; one chosen point links boundary, loss curve and graph.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const {points, area, curve, snapshots, cards, threshold} = data;
const NS = "http://www.w3.org/2000/svg", SIDE = 36;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
let k = 0, chosen = 0, timer = 0;

const svg = (tag, attributes) => { const e = document.createElementNS(NS, tag); for (const a in attributes) e.setAttribute(a, attributes[a]); return e; };
const across = x => (x - area[0]) / (area[1] - area[0]) * SIDE, down = y => (area[3] - y) / (area[3] - area[2]) * SIDE;
const positive = t => t > threshold;

// --- the plane -------------------------------------------------------------------------------------

const edge = svg("path", {class: "edge"});
$("dots").append(edge);
const dots = points.map(([x, y, t, shown, target], i) => {       // two classes: two colours and two shapes
  const cx = across(x), cy = down(y), r = .62;
  const dot = positive(t) ? svg("circle", {cx, cy, r}) : svg("path", {d: `M${cx} ${cy - .85}L${cx + .8} ${cy + .6}L${cx - .8} ${cy + .6}Z`});
  dot.setAttribute("class", "dot " + (positive(t) ? "one" : "two"));
  dot.setAttribute("role", "button"); dot.setAttribute("tabindex", i ? "-1" : "0");
  dot.addEventListener("click", () => choose(i));
  $("dots").append(dot);
  return dot;
});

function colours() {                                             // the two class colours in the present theme, as [r, g, b]
  const probe = document.createElement("i"), rgb = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color.match(/[\d.]+/g).map(Number); };
  document.body.append(probe);
  const found = [rgb("--two"), rgb("--panel"), rgb("--one")];
  probe.remove();
  return found;
}

function paintField() {
  const canvas = $("field"), grid = snapshots[k].grid, [low, middle, high] = colours();
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE);
  for (let n = 0; n < grid.length; n++) {
    const share = ALPHABET.indexOf(grid[n]) / (ALPHABET.length - 1) * 2 - 1, to = share > 0 ? high : low, f = .5 * Math.abs(share) ** .7;
    for (let c = 0; c < 3; c++) image.data[4 * n + c] = middle[c] + f * (to[c] - middle[c]);
    image.data[4 * n + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// --- the loss curve --------------------------------------------------------------------------------

const first = Math.max(...curve, ...snapshots[0].losses) || 1;
const top_ = Math.min(2 * first, Math.max(first, ...snapshots.flatMap(s => s.losses)));
const at = (epoch, loss) => `${(epoch / (curve.length - 1) * 100).toFixed(2)} ${(100 - Math.min(1, (loss ?? Infinity) / top_) * 100).toFixed(2)}`;
const mean = svg("path", {d: "M" + curve.map((loss, e) => at(e, loss)).join("L")}), one = svg("path", {class: "one"}), now = svg("line", {y1: 0, y2: 100});
$("curve").append(one, mean, now);

// --- one state -------------------------------------------------------------------------------------

const short = x => x === null ? "not a number" : String(Number(x.toPrecision(4))).replace("-", "−");

function show(to) {
  k = Math.max(0, Math.min(snapshots.length - 1, to));
  const s = snapshots[k], [x, y, t, shown, target] = points[chosen], right = positive(t) === (Number(s.outputs[chosen].replace("−", "-")) > threshold);
  paintField();
  edge.setAttribute("d", s.line);
  dots.forEach((dot, i) => {
    const wrong = positive(points[i][2]) !== (Number(s.outputs[i].replace("−", "-")) > threshold);
    dot.classList.toggle("wrong", wrong); dot.classList.toggle("chosen", i === chosen);
    dot.setAttribute("aria-label", `point ${i + 1}: (${points[i][3].join(", ")}), target ${points[i][4]}, output ${s.outputs[i]}, ${wrong ? "wrong" : "right"}`);
  });
  one.setAttribute("d", "M" + snapshots.map(q => at(q.epoch, q.losses[chosen])).join("L"));
  const where = s.epoch / (curve.length - 1) * 100;
  now.setAttribute("x1", where); now.setAttribute("x2", where);
  $("high").textContent = `mean ${short(curve[s.epoch])}`;
  $("low").textContent = `this point ${short(s.losses[chosen])}`;
  $("curve").setAttribute("aria-label", `Mean loss ${short(curve[s.epoch])} at epoch ${s.epoch}; ${short(curve[0])} at the start`);
  const numbers = s.numbers[chosen].split(" ");
  cards.forEach(([name, role], i) => {
    const box = $(data.view + "-c" + i), g = box.querySelector(".g");
    box.classList.remove("empty");
    box.querySelector(".v").textContent = numbers[i];
    if (g) g.textContent = numbers[cards.length + i] === "-" ? "" : "grad " + numbers[cards.length + i];
  });
  const strong = document.createElement("strong");
  strong.textContent = `Point ${chosen + 1}`;
  $("point").replaceChildren(strong, ` x = (${shown.join(", ")}), target ${target}: output ${s.outputs[chosen]}, ${right ? "right" : "wrong"}, loss ${short(s.losses[chosen])}`);
  $("slider").value = k;
  $("slider").setAttribute("aria-valuetext", `epoch ${s.epoch}`);
  $("epoch").textContent = `epoch ${s.epoch}`;
  $("live").textContent = `Epoch ${s.epoch}, mean loss ${short(curve[s.epoch])}. ${$("point").textContent}`;
}

function choose(i) { chosen = (i + points.length) % points.length; show(k); }
function say(word) { $("play").querySelector("span").textContent = word; $("play").classList.toggle("playing", word === "Pause"); }
function stop() { clearInterval(timer); timer = 0; say("Play"); }
function play() {
  if (timer) return stop();
  if (k === snapshots.length - 1) show(0);
  timer = setInterval(() => { show(k + 1); if (k === snapshots.length - 1) stop(); }, 500);
  say("Pause");
}
function theme() {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.style.colorScheme = dark ? "light" : "dark";
  paintField();
}

const go = to => () => { stop(); show(to()); };
const keys = {ArrowRight: go(() => k + 1), ArrowLeft: go(() => k - 1), Home: go(() => 0), End: go(() => snapshots.length - 1), " ": play, t: theme,
              ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1)};
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const dot = e.target.closest?.(".dot");
  if (dot && (e.key === "Enter" || e.key === " ")) { e.preventDefault(); return choose(dots.indexOf(dot)); }
  if (e.key === " " && e.target.closest("button")) return;
  const act = keys[e.key] ?? keys[e.key.toLowerCase()];
  if (act) { e.preventDefault(); act(); if (dot) dots[chosen].focus(); }
});
const press = {first: keys.Home, back: keys.ArrowLeft, play, next: keys.ArrowRight, last: keys.End, theme};
for (const id in press) $(id).addEventListener("click", press[id]);
$("slider").max = snapshots.length - 1;
$("slider").addEventListener("input", e => { stop(); show(Number(e.target.value)); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintField);
$("why").hidden = !data.why;
$("why").textContent = `Python trained, and this page shows what it recorded: ${data.why}.`;
show(0);
