// The controls: views, playing, keys, buttons; and paper.

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
  if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
  if (e.key !== "Escape" && e.target.closest?.("#about input")) return;             // what is typed there is no command
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
      for (const e of svg.querySelectorAll(".o")) e.remove();
      for (const e of svg.querySelectorAll(".on, .now, .near, .chosen, .path")) e.classList.remove("on", "now", "near", "chosen", "path", "forward", "backward", "seed");
      view.cards.forEach((_, i) => paintCard(i, at, svg));
      for (const [text, head] of view.standing) svg.querySelector("#" + text.id)?.classList.toggle("wait", born(head) > at);
      light(at, true, svg);
      for (const e of svg.querySelectorAll("[id]")) e.removeAttribute("id");
      sheet.append(svg);
    }
    sheet.append(lines, element("p", "sentence", told(step)));
    all.append(sheet);
  });
  document.body.append(all);
}
addEventListener("beforeprint", sheets);
addEventListener("afterprint", () => $("sheets")?.remove());

restore();

