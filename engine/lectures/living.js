// Living: another number in a leaf, and everything is computed again. State: the numbers of the leaves, and what was before.

const alive = data.numbers.graph && calculus.graph(data.numbers.graph);
const given = alive && Float64Array.from(data.numbers.graph.data);
const leaves = nodes.map((_, i) => i).filter(i => alive && !data.operands[i].length && nodes[i][1] !== "constant");
const graded = i => !alive.isPlain[i];                     // whether a node has a gradient: the data and targets of nn have none
let values = given, ghosts = null, refused = [];         // ghosts: the rows of nodes before the last change

const compute = next => computed(data, alive, data.numbers.whole, alive.forward(next));
adopt(alive ? compute(values) : recorded(data, data.numbers));

// All numbers from those of the leaves; where there is no such value the page says why, nothing has changed, and the answer
// is that sentence. `held`: within one gesture, so that the old number stays the one from before it.
function change(next, held = false) {
  let made;
  try {
    made = compute(next);
  } catch (error) {
    if (!(error instanceof calculus.Refused)) throw error;
    notice(`${error.message}.`, error.node);
    return error.message;
  }
  notice("");
  if (!held) ghosts = nodes.map(node => [...node]);
  values = next;
  adopt(made);
  show(k, !hidden);
  tuned();
  if (!held) announce();
  return "";
}

function announce() { $("live").textContent = `${loss()} = ${nodes[root][2]}`; }

const withLeaf = (i, x) => values.map((old, at) => at === i ? x : old);
const setLeaf = (i, x, held) => change(withLeaf(i, x), held);
function reset() { ghosts = null; change(given.slice()); ghosts = null; show(k, !hidden); }

function notice(text, node = -1) {                       // a word of the page, and the cards that it is about
  for (const card of refused) card.classList.remove("refused");
  refused = node < 0 ? [] : views.flatMap(v => v.box.filter((_, i) => [v.main[i], ...v.outputs[i], ...v.members[i]].includes(node)));
  for (const card of refused) card.classList.add("refused");
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

$("notice").addEventListener("click", () => notice(""));

// --- the number that was ---------------------------------------------------------------------------

const before = (i, slot) => ghosts ? several(i, slot, ghosts)[0] : "";

function haunt(i, value, gradient, g) {                  // small and pale beside the new one, where there is room
  if (!ghosts && !view.ghosts || view.cards.length > 150 && i !== chosen && view.main[i] !== root) return;
  ghostly(i, "v", value, value === "?" ? "" : before(i, "v"), 9.05 * value.length);
  if (view.cards[i][1] !== "constant") ghostly(i, "g", gradient, gradient === "?" || g && g[3] ? "" : before(i, "g"), 8.45 * (5 + gradient.length));
}

function ghostly(i, slot, now, old, used) {
  const fits = view.cards[i][5] - 28 - used >= 6.4 * old.length, text = now && old !== now && fits ? old : "";
  const known = (view.ghosts ??= view.cards.map(() => ({})))[i];
  if ((known[slot]?.textContent ?? "") === text) return;
  if (!known[slot]) {
    known[slot] = document.createElementNS("http://www.w3.org/2000/svg", "text");
    known[slot].setAttribute("class", "o");
    known[slot].setAttribute("x", view.cards[i][5] - 9);
    known[slot].setAttribute("y", view.box[i].querySelector("." + slot).getAttribute("y"));
    view.box[i].append(known[slot]);
  }
  known[slot].textContent = text;
}

function struckNode(z, at = 2) {                         // the same in a line of text
  const old = ghosts?.[z][at];
  return old && old !== nodes[z][at] ? [" ", element("s", "was", old)] : "";
}

// --- the address -----------------------------------------------------------------------------------

const RESERVED = ["k", "view"];
const named = new Map();                                 // a leaf by what it is called; of two of one name the second is x.7
for (const i of leaves) named.set(named.has(nodes[i][0]) ? `${nodes[i][0]}.${i}` : nodes[i][0], i);
const keyOf = new Map([...named].map(([name, i]) => [i, name]));
const inAddress = i => RESERVED.includes(keyOf.get(i)) ? `${keyOf.get(i)}.${i}` : keyOf.get(i);

function address() {                                     // the page as it stands: what was changed, the step, the view
  const parts = leaves.filter(i => !Object.is(values[i], given[i])).map(i => `${encodeURIComponent(inAddress(i))}=${values[i]}`);
  if (k) parts.push(`k=${k}`);
  if (view !== (views[data.first] ?? views[0])) parts.push(`view=${view.name}`);
  return location.href.split("#")[0] + (parts.length ? "#" + parts.join("&") : "");
}

let waiting = 0;
function remember() {                                    // not at every step of a drag: browsers count how often
  waiting ||= setTimeout(() => { waiting = 0; if (location.href !== address()) history.replaceState(null, "", address()); }, 400);
}

function fromAddress() {                                 // {view, k, next}: what it says; of a leaf that it does not name, the recorded number
  const next = given?.slice(), unknown = [], wanted = {};
  for (const [name, text] of location.hash.slice(1).split("&").filter(Boolean).map(part => part.split("=").map(unescaped))) {
    const i = leaves.find(leaf => inAddress(leaf) === name), x = parsed(text ?? "");
    if (name === "view" && views.some(v => v.name === text)) wanted.view = views.find(v => v.name === text);
    else if (name === "k" && /^\d+$/.test(text ?? "")) wanted.k = Number(text);
    else if (i !== undefined && !Number.isNaN(x)) next[i] = x;
    else unknown.push([name, ...text === undefined ? [] : [text]].join("="));
  }
  if (unknown.length) notice(`The link says ${unknown.slice(0, 3).join(", ")}, which this page has nothing for: left out.`);
  return {...wanted, next: next?.some((x, i) => !Object.is(x, values[i])) ? next : null};
}

function unescaped(text) {                               // a percent sign that escapes nothing stands for itself
  return text.replace(/(%[0-9a-f]{2})+/gi, part => new TextDecoder().decode(Uint8Array.from(part.match(/[0-9a-f]{2}/gi), x => parseInt(x, 16))));
}

// A finite number as it may be typed: 0.3, −2, 1e-5; nan for everything else.
function parsed(text) {
  const x = Number(text.trim().replace("−", "-").replace(/^(-?\d*),(\d+)$/, "$1.$2") || "none");
  return Number.isFinite(x) ? x : NaN;
}

function restore() {
  notice("");
  const said = fromAddress(), word = $("notice").textContent;
  choose(said.view ?? view ?? views[data.first] ?? views[0]);
  if (said.k !== undefined) show(said.k, true);
  if (said.next && change(said.next) === "" && word) notice(word);
}
addEventListener("hashchange", restore);

// --- for scripts -----------------------------------------------------------------------------------

globalThis.chainrule = {
  // Give a leaf another number, as the field on its card does; an Error says what is wrong with it.
  set(name, x) {
    const i = named.get(name);
    if (i === undefined) throw new Error(`this page has no leaf ${name} to set: ${data.why || (alive ? `write one of ${[...named.keys()].slice(0, 12).join(", ")}` : "it replays recorded numbers")}`);
    if (typeof x !== "number" || !Number.isFinite(x)) throw new Error(`${name} is set to a finite number, and ${x} is none`);
    const why = setLeaf(i, x);
    if (why) throw new Error(why);
  },
  // {name: {data, grad}} of every node that has a name; grad is null where none is kept.
  values() {
    if (!alive) throw new Error(`this page has no numbers to compute with: ${data.why || "it replays recorded ones"}`);
    return Object.fromEntries(nodes.flatMap(([name, role], i) => role === "constant" ? [] :
      [[keyOf.get(i) ?? name, {data: numbers.data[i], grad: graded(i) ? numbers.grads[i] : null}]]));
  },
  // Go to a step, counted from 0.
  step(to) { show(to, true); },
};
