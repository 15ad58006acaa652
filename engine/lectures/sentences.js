// Sentences: those of engine/explaining/gates.py, filled in with the numbers that a page has computed. It knows no page.
//
//   told     {gates: {name: [[condition, sentence], ...]}, ops: {op: [gate, sign]}, nodes: [[name], ...], edges: [[slope], ...]}
//   now      the numbers: {graph, data, partials, grads, products, short(x, whole), wholes}

const SHOWN = 3, FLAT = 0.01;

const bracketed = text => /^[-−]/.test(text) ? `(${text})` : text;

// A formula over node numbers with a text for each; a negative one in brackets after a sign and before a power.
function filled(parts, text) {
  return parts.map((part, k) => {
    if (typeof part === "string") return part;
    const follows = k > 0 && !/(\(|, |\|)$/.test(String(parts[k - 1])), raised = String(parts[k + 1] ?? "").startsWith("^");
    return follows || raised ? bracketed(text(part)) : text(part);
  }).join("");
}

// "a, b and c"; of many the first few.
function listed(parts) {
  if (parts.length > SHOWN + 1) parts = [...parts.slice(0, SHOWN), `${parts.length - SHOWN} more`];
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts.join("");
}

// What the slope along an edge is as a formula; that of max depends on who wins.
function slopeParts(told, now, z, e) {
  if (!["maximum", "minimum"].includes(told.opOf[z])) return told.edges[e][0];
  if (now.data[now.graph.tails[e]] !== now.data[z]) return ["0"];
  const ties = now.into(z).filter(other => now.data[now.graph.tails[other]] === now.data[z]).length;
  return [ties > 1 ? `1 / ${ties}` : "1"];
}

const CONDITIONS = {
  "twice":      a => a.xs[0] === a.xs[1],
  "x is plain": a => a.plain(0),
  "y is plain": a => a.plain(1),
  "slope > 0":  a => a.slopes[0] > 0,
  "slope < 0":  a => a.slopes[0] < 0,
  "slope = 0":  a => a.slopes[0] === 0,
  "x > 0":      a => a.data[0] > 0,
  "y = 0":      a => a.data[1] === 0,
  "one winner": a => a.winners.length === 1,
  "biased":     a => a.xs.length % 2 === 1 && !a.plain(a.xs.length - 1),
};

const SLOTS = {
  "g":        a => a.g,
  "op":       a => a.sign,
  "z":        a => a.name(a.z),
  "x":        a => a.name(a.xs[0]),
  "y":        a => a.name(a.xs[1]),
  "at_x":     a => a.value(a.xs[0]),
  "at_y":     a => a.value(a.xs[1]),
  "slope":    a => a.partial(0),
  "slope 2":  a => a.partial(1),
  "scales":   a => scales(a),
  "operands": a => listed(a.receivers((name, k) => name)),
  "gets":     a => listed(a.receivers((name, k) => `${name} gets ${a.product(k)}`)) || "nobody asks for it",
  "products": a => listed(a.receivers((name, k) => `${name} gets ${a.g} · ${bracketed(a.partial(k))} = ${a.product(k)}`)),
  "winner":   a => a.name(a.winners[0]),
  "winners":  a => String(a.winners.length),
};

// The gradient arrives at z: what its gate does, who its operands are, and what goes to each.
function arrival(told, now, z) {
  const edges = now.into(z), xs = edges.map(e => now.graph.tails[e]), slopes = edges.map(e => now.partials[e]);
  const value = i => now.value(i)[0], plain = k => now.graph.isPlain[xs[k]] === 1;
  const name = i => told.nodes[i][0] || value(i);
  return {z, xs, edges, slopes, value, plain, name, sign: told.ops[told.opOf[z]][1], g: now.grad(z)[0],
          data: xs.map(x => now.data[x]), winners: xs.filter((_, k) => slopes[k] !== 0),
          partial: k => now.edge(edges[k]).partial, product: k => now.edge(edges[k]).product,
          formula: k => filled(slopeParts(told, now, z, edges[k]), name),
          receivers: what => xs.flatMap((x, k) => plain(k) ? [] : [what(name(x), k)])};
}

function sentence(told, now, z) {
  if (!now.into(z).length) return "";
  const a = arrival(told, now, z), cases = told.gates[told.ops[told.opOf[z]][0]];
  const text = cases.find(([condition]) => !condition || CONDITIONS[condition](a))[1];
  return text.replace(/\{([\w ]+)\}/g, (_, slot) => SLOTS[slot](a));
}

// By what the gradient is scaled: "by 1 − v5^2 = 0.18", and "by 1 / y = 2 for x and by ... for y".
function scales(a) {
  const asked = a.xs.map((_, k) => k).filter(k => !a.plain(k));
  if (asked.length !== 1 && asked.length > SHOWN) return "by its slopes";
  return listed(asked.map(k => `by ${scaled(a, k)}${asked.length > 1 ? ` for ${a.name(a.xs[k])}` : ""}`));
}

function scaled(a, k) {
  const number = a.partial(k), formula = a.formula(k), size = Math.abs(a.slopes[k]);
  const flat = a.xs.length === 1 && size > 0 && size < FLAT ? ", which is nearly flat here" : "";
  return (formula === number ? number : `${formula} = ${number}`) + flat;
}
