// The viewer: pan, zoom, search a name, open and close boxes in place. Without it the picture just stands there.

const $ = selector => document.querySelector(selector);
const picture = $(".picture"), tools = $(".tools"), input = $("input"), output = $("output"), folds = $(".folds");
const states = data.states.map(([titles, opens, groups, held, holder]) => ({titles, opens, groups, held, holder}));
const templates = [...document.querySelectorAll("template")];
const key = titles => JSON.stringify([...titles].sort());
const byTitles = new Map(states.map((state, k) => [key(state.titles), k]));
let now = 0, svg = picture.querySelector("svg"), camera = {s: 1, x: 0, y: 0}, matches = [], match = 0;

// --- the camera ------------------------------------------------------------------------------------

const size = () => svg.viewBox.baseVal;

function place(s, x, y) {
  camera = {s, x, y};
  svg.style.transform = `translate(${x}px, ${y}px) scale(${s})`;
  const {width, height} = size();
  $(".hint").hidden = x >= 0 && y >= 0 && x + s * width <= picture.clientWidth && y + s * height <= picture.clientHeight;
}

function whole() {
  const {width, height} = size(), w = picture.clientWidth, h = picture.clientHeight;
  const s = Math.min((w - 16) / width, (h - 16) / height, 1.8);
  place(s, (w - s * width) / 2, (h - s * height) / 2);
}

const SMALLEST = 9, LETTER = 12;                          // pixels: of letters that can be read; theirs at scale 1

function home() {                                        // whole, or the part where it begins, with letters that can be read
  whole();
  if (LETTER * camera.s >= SMALLEST) return;
  const {width, height} = size(), s = SMALLEST / LETTER, {held} = states[now];
  const opened = Object.keys(held).map(id => svg.getElementById(id)).filter(Boolean);
  const boxes = (opened.length ? opened : [...svg.querySelectorAll(".node")]).map(e => [...middle([e]), e]);
  const [, , begin] = boxes.reduce((a, b) => b[0] < a[0] - 1 || b[0] < a[0] + 1 && b[1] < a[1] ? b : a);
  zoom(s / camera.s);
  const [x, y] = middle([begin]), within = (at, length, room) =>
    length * s < room - 16 ? (room - length * s) / 2 : Math.max(room - length * s - 8, Math.min(8, at));
  place(s, within(camera.x + picture.clientWidth / 2 - x, width, picture.clientWidth),
    within(camera.y + picture.clientHeight / 2 - y, height, picture.clientHeight));
}

function zoom(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  const s = Math.max(.02, Math.min(8, camera.s * factor)), f = s / camera.s;
  place(s, x - f * (x - camera.x), y - f * (y - camera.y));
}

function pan(dx, dy) { place(camera.s, camera.x + dx, camera.y + dy); }

function middle(elements) {                              // of what is seen of them, in the picture's frame
  const boxes = elements.map(e => e.getBoundingClientRect()), frame = picture.getBoundingClientRect();
  const left = Math.min(...boxes.map(b => b.left)), right = Math.max(...boxes.map(b => b.right));
  const top = Math.min(...boxes.map(b => b.top)), bottom = Math.max(...boxes.map(b => b.bottom));
  return [(left + right) / 2 - frame.left - 1, (top + bottom) / 2 - frame.top - 1];
}

function centre(element) {
  if (LETTER * camera.s < SMALLEST) zoom(SMALLEST / (LETTER * camera.s));
  const [x, y] = middle([element]);
  pan(picture.clientWidth / 2 - x, picture.clientHeight / 2 - y);
}

const pointers = new Map();
let moved = false;
picture.addEventListener("pointerdown", e => { pointers.set(e.pointerId, [e.clientX, e.clientY]); moved = pointers.size > 1; });
picture.addEventListener("pointermove", e => {
  const from = pointers.get(e.pointerId);
  if (!from) return;
  const dx = e.clientX - from[0], dy = e.clientY - from[1];
  if (!moved && Math.hypot(dx, dy) < 5) return;
  if (!picture.classList.contains("drag")) { picture.classList.add("drag"); picture.setPointerCapture(e.pointerId); }
  moved = true;
  const other = [...pointers].find(([id]) => id !== e.pointerId);
  if (other) {                                           // two fingers: pinch
    const [ox, oy] = other[1], frame = picture.getBoundingClientRect();
    zoom(Math.hypot(e.clientX - ox, e.clientY - oy) / Math.max(1, Math.hypot(from[0] - ox, from[1] - oy)), ox - frame.left, oy - frame.top);
  } else pan(dx, dy);
  pointers.set(e.pointerId, [e.clientX, e.clientY]);
});
for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, e => { pointers.delete(e.pointerId); picture.classList.remove("drag"); });
picture.addEventListener("wheel", e => {
  e.preventDefault();
  const frame = picture.getBoundingClientRect();
  zoom(Math.exp(-e.deltaY / 400), e.clientX - frame.left, e.clientY - frame.top);
}, {passive: false});
const step = 60, keys = {"+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(.8), "0": whole,
  ArrowLeft: () => pan(step, 0), ArrowRight: () => pan(-step, 0), ArrowUp: () => pan(0, step), ArrowDown: () => pan(0, -step)};
picture.addEventListener("keydown", e => {
  const act = keys[e.key];
  if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); act(); }
});
document.addEventListener("keydown", e => {
  if (e.key === "/" && e.target !== input) { e.preventDefault(); input.focus(); }
});
$(".zoom").addEventListener("click", e => ({in: () => zoom(1.25), out: () => zoom(.8), whole})[e.target.dataset.do]?.());

// --- opening and closing ---------------------------------------------------------------------------

function turned(title) {                                 // the state with this box opened or closed: the others stay if that was laid out
  const {titles} = states[now], open = titles.includes(title);
  const wanted = open ? titles.filter(t => t !== title) : [...titles, title];
  return byTitles.get(key(wanted)) ?? byTitles.get(key(open ? [] : [title]));
}

const boxes = nodes => [...new Set(nodes.map(n => states[now].holder[n]))].map(n => svg.getElementById("n" + n)).filter(Boolean);

function turn(title) {
  const to = turned(title);
  if (to === undefined) return;
  const opened = states[to].titles.includes(title) ? states[to] : states[now];
  const nodes = Object.keys(opened.held).filter(id => opened.held[id] === title).map(id => Number(id.slice(1)));
  const before = boxes(nodes), [x, y] = before.length ? middle(before) : [0, 0];
  show(to);
  const after = boxes(nodes);
  if (before.length && after.length) { const [nx, ny] = middle(after); pan(x - nx, y - ny); }
  folds.querySelector(`button[data-title="${CSS.escape(title)}"]`)?.focus({preventScroll: true});
}

function show(k) {
  now = k;
  const next = (k ? templates[k - 1].content : first.content).querySelector("svg").cloneNode(true);
  svg.replaceWith(next);
  svg = next;
  place(camera.s, camera.x, camera.y);
  ready();
  mark();
}

function ready() {                                       // what can be opened is a button
  const {width, height} = size(), state = states[now];
  svg.setAttribute("width", width); svg.setAttribute("height", height);
  for (const [id, title] of Object.entries(state.opens)) {
    const box = svg.getElementById(id);
    if (!box || turned(title) === undefined) continue;
    box.setAttribute("role", "button"); box.setAttribute("tabindex", "0"); box.setAttribute("aria-label", "Open " + named(title));
    box.onclick = () => moved || turn(title);
    box.onkeydown = e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); turn(title); } };
  }
  folds.replaceChildren(...[...state.titles, ...state.groups].filter(t => turned(t) !== undefined).map(title => {
    const button = document.createElement("button"), open = state.titles.includes(title);
    button.type = "button"; button.textContent = (open ? "close " : "open ") + named(title);
    button.dataset.title = title;
    button.setAttribute("aria-pressed", open);
    button.onclick = () => turn(title);
    return button;
  }));
}

const named = title => /^n\d+$/.test(title) ? data.names[title.slice(1)] : title;

// --- searching -------------------------------------------------------------------------------------

function search() {
  const what = input.value.trim().toLowerCase(), all = data.names.map((name, n) => [name.toLowerCase(), n]);
  const exact = all.filter(([name]) => name === what), part = all.filter(([name]) => name !== what && name.includes(what));
  matches = what ? [...exact, ...part].map(([, n]) => n).filter(n => states[now].holder[n] >= 0) : [];
  match = 0;
  found();
}

function found() {
  mark();
  if (!matches.length) { output.textContent = input.value.trim() ? "no such name" : ""; return; }
  const n = matches[match], box = svg.getElementById("n" + states[now].holder[n]);
  const inside = states[now].holder[n] !== n;
  output.textContent = `${match + 1} of ${matches.length}: ${data.names[n]}` + (inside ? ", inside the marked box" : "");
  if (box) centre(box);
}

function mark() {
  for (const box of svg.querySelectorAll(".found")) box.classList.remove("found");
  if (matches.length) svg.getElementById("n" + states[now].holder[matches[match]])?.classList.add("found");
}

input.addEventListener("input", search);
input.addEventListener("keydown", e => {
  if (e.key === "Enter" && matches.length) { match = (match + (e.shiftKey ? matches.length - 1 : 1)) % matches.length; found(); }
  if (e.key === "Escape") { input.value = ""; search(); picture.focus(); }
});

// --- the start -------------------------------------------------------------------------------------

const first = document.createElement("template");
first.content.append(svg.cloneNode(true));
tools.hidden = false;
picture.classList.add("live");
function room() {
  const {width, height} = size(), all = states.length > 1 ? Infinity : Math.min(1.8, Math.max(SMALLEST / LETTER, (picture.clientWidth - 16) / width)) * height + 16;
  picture.style.height = Math.max(120, Math.min(all, innerHeight * .72)) + "px";
}
ready();
room();
home();
addEventListener("resize", () => { room(); home(); });
