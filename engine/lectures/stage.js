// The stage: what is in sight, and the explanation of a chosen node.

// --- the camera ------------------------------------------------------------------------------------

function fit() {                                         // the whole graph, and below it room for the buttons
  const {width, height} = room, s = Math.min(width / (view.width + 40), (height - 64) / view.height, 1.9);
  const free = height - s * view.height;
  return {s, x: (width - s * view.width) / 2, y: Math.max(10, Math.min(free / 2, free - 54))};
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
  centre(view.steps[k || 1].n, false);                   // at the start, where the first step will be
}

function centre(i, glide) {
  const {width, height} = room, [,,, x, y] = view.cards[i], s = view.zoom.s;
  place({s, x: kept(width / 2 - s * x, width - s * view.width, 20),
            y: kept(height / 2 - s * y, height - s * view.height, 64)}, glide);
}

function kept(offset, free, margin) {                    // no empty border where the graph has more to show
  return free > 0 ? free / 2 : Math.max(free - margin, Math.min(20, offset));
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
  if (!e.target.closest("svg") || grabbed(e)) return;
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
  const about = $("about"), main = view.main[i], at = scalarStep(), facts = $("facts") ?? element("div");
  if (open) { unmark(); chosen = i; head(about, facts, i); }
  facts.replaceChildren();
  const [,,,, paths, best] = nodes[main];
  const say = (heading, ...lines) => facts.append(element("h3", "", heading), ...lines.map(l => { l.className = ""; return l; }));
  const v = latest(i, "v", k), g = latest(i, "g", k), mask = e => hidden && e && e[0] === k;
  if (v && !mask(v)) facts.append(line(name(main), " = ", num(v[2], "v"), struckNode(main)));
  if (nodes[main][6]) facts.append(g && !mask(g) ? line(d(main), " = ", num(g[2], "g"), g[3] ? `  (${g[3].replace("/", " of ")} uses)` : struckNode(main, 6)) : line(d(main), " = –"));
  const uses = scalar.uses[main];
  if (uses.length) say(uses.length > 1 ? `A sum over its ${uses.length} uses` : "The chain rule, one step", ...uses.slice(0, 8).map(([s, e]) => {
    const known = s <= at && !(hidden && s === at), z = data.headOf[e], {partial, upstream, product} = numbers.edge(e);
    return line(over(z, main), " · ", d(z), known ? [" = ", num(partial, "p"), " · ", num(bracket(upstream), "g"), " = ", num(product, "g")] : "");
  }), ...(uses.length > 8 ? [line(`… and ${uses.length - 8} more`)] : []));
  if (best >= 0) {
    const chain = [main];
    while (nodes[chain.at(-1)][5] >= 0 && chain.length < 40) chain.push(nodes[chain.at(-1)][5]);
    const share = at >= scalar.steps.length - 1 && !hidden && nodes[main][6] ? ["   ", num(numbers.share(main), "g"), paths === "1" ? "" : [" of ", num(nodes[main][6], "g")]] : "";
    say(paths === "1" ? `The path to ${loss()}` : `${paths} paths to ${loss()}; the strongest`, line(chain.flatMap((n, j) => j ? [" → ", name(n)] : [name(n)]), share));
  }
  const inside = view.inside[i];
  if (inside.length) say(`${inside.length} parameters inside`, ...inside.slice(0, 24).map(p => {
    const last = scalar.uses[p].at(-1);
    return line(handle(p), " = ", num(nodes[p][2], "v", nodes[p][3]), last && last[0] <= at && !hidden ? ["   grad ", num(nodes[p][6], "g", nodes[p][7])] : "");
  }), ...(inside.length > 24 ? [line(`… and ${inside.length - 24} more`)] : []));
  about.hidden = false;
  if (!open) return;
  mark(i);
  if (tuner) { tuner.number.focus({preventScroll: true}); tuner.number.select(); }     // to be typed over
  else if (!document.activeElement?.closest?.("svg")) about.querySelector(".close").focus({preventScroll: true});
}

function head(about, facts, i) {                         // what stays while the numbers change
  const close = element("button", "close", "×"), heading = element("h2", "", view.cards[i][0] || nodes[view.main[i]][0] || nodes[view.main[i]][2]);
  close.setAttribute("aria-label", "Close"); close.onclick = dismiss;
  heading.append(element("small", "", view.cards[i][1]));
  facts.id = "facts";
  about.replaceChildren(close, heading, ...tuning(view.main[i]), facts);
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
  stopDescent(); tuner = null;
  const card = view.box[chosen];
  unmark(); $("about").hidden = true;
  card?.focus({preventScroll: true});
}

const scalar = views[0];
scalar.uses = nodes.map(() => []);
scalar.sent = {};
scalar.steps.forEach(step => { if (step.p === "backward") scalar.sent[step.z] = step.c; });
scalar.steps.forEach((step, s) => step.c.forEach(e => scalar.uses[tails[e]].push([s, e])));
const scalarStep = () => view.steps[k].last;
