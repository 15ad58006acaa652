// The graph: forward and backward over flat arrays, in the order and with the sums of engine/value.py. It knows no page.
//
//   graph    {ops, operands, plain, whole, data}: per node its row ("" for a leaf), the numbers of its operands and its
//            number; which leaves are plain numbers, and which nodes are whole ones, written 2 and not 2.0 in a sentence
//   edge     one per operand of a node: those of node z are first[z] to first[z + 1] - 1, and tails[e] is the operand

// --- sentences --------------------------------------------------------------------------------------

// x as Python writes it: 2.0, 1e-05, inf; a whole number without its .0.
function repr(x, whole = false) {
  if (x !== x) return "nan";
  const size = Math.abs(x), sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (size === Infinity) return sign + "inf";
  if (whole && Number.isInteger(x)) return String(BigInt(x));
  const [digits, power] = size.toExponential().split("e");
  if (size !== 0 && (power < -4 || power >= 16)) return `${sign}${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  return sign + (Number.isInteger(size) ? `${size}.0` : size);
}

// `digits` of engine/show/numbers.py: 4 significant ones, a tie to the even digit, no zeros at the end.
function digits(x, whole = false, precision = 4) {
  if (whole && Number.isInteger(x) && repr(x, true).length <= 9) return repr(x, true);
  if (!isFinite(x) || x === 0) return x === 0 ? "0" : repr(x);
  const size = Math.abs(x), close = Number(size.toExponential(precision)) === size;       // a tie may be: see all digits, which is slow
  const [mantissa, power] = size.toExponential(close ? 100 : precision - 1).split("e"), every = mantissa.replace(".", "");
  const head = Number(every.slice(0, precision)), rest = every.slice(precision), half = "5".padEnd(rest.length, "0");
  const text = String(head + (close && (rest > half || rest === half && head % 2 === 1)));
  const e = Number(power) + text.length - precision, sign = x < 0 ? "-" : "";
  const point = (all, at) => all.length > at ? `${all.slice(0, at)}.${all.slice(at)}`.replace(/\.?0+$/, "") : all;
  const ten = `e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  if (e < -4 || e >= precision) return sign + point(text, 1) + ten;
  return sign + (e < 0 ? point("0".repeat(-e) + text, 1) : point(text.slice(0, precision), e + 1));
}

// The same with a true minus sign, for a formula.
function short(x, whole = false) { return digits(x, whole).replaceAll("-", "−"); }

// The operation as it is written: tanh(2.0), (-2.0) ** 0.5.
function call(name, texts) {
  if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return `${name}(${texts.join(", ")})`;
  return texts.map(x => x.startsWith("-") ? `(${x})` : x).join(` ${name} `);
}

// The same refusal with the operation, its domain and a way out in the message. Any other error is one of this page.
function failed(name, texts, error, row = ROWS[name]) {
  if (!(error instanceof Refused)) return error;
  const own = error.message.replace(/\0(\d+)\0/g, (_, k) => texts[k]);   // what the row says of its operands
  const why = WHY[error.kind] || (own && !own.includes("math domain") ? own : `${name} is defined on ${row.domain}`);
  return new Refused(error.kind, `${call(name, texts)}: ${why}${row.hint && ". " + row.hint}`);
}

// A row within a row.
function apply(name, ...xs) {
  try {
    return ROWS[name].value(...xs);
  } catch (error) {
    throw failed(name, xs.map(x => repr(x)), error);
  }
}

// --- the chain rule ---------------------------------------------------------------------------------

// What an edge passes on of the gradient that arrives.
function chain(slope, upstream) { return slope === shut ? 0 : slope * upstream; }

// d(z)/d(operand) for each operand; 0 for a plain number, never computed: in (-2)**3 there is no log(-2).
function slopesOf(row, z, xs, plain) {
  if (typeof row.slopes === "function") return row.slopes(z, ...xs);
  return xs.map((x, k) => plain[k] ? 0 : k < row.slopes.length ? row.slopes[k](z, ...xs) : shut);
}

function graph({ops, operands, plain = [], whole = [], data: start}) {
  const size = ops.length, last = size - 1, orders = new Map();
  const flags = nodes => nodes.reduce((all, k) => all.fill(1, k, k + 1), new Uint8Array(size));
  const isPlain = flags(plain), isWhole = flags(whole);
  const rows = ops.map((op, z) => op === "" ? null : ROWS[op] || ROWS[`${op}/${operands[z].length}`]);
  const constants = operands.map(xs => xs.map(x => isPlain[x]));
  const tails = Int32Array.from(operands.flat()), first = new Int32Array(size + 1);
  for (let z = 0; z < size; z++) {
    first[z + 1] = first[z] + operands[z].length;
    if (rows[z] === undefined) throw new Error(`this page has no row ${ops[z]} for ${operands[z].length} operands`);
    if (operands[z].some(x => x >= z)) throw new Error(`node ${z} comes before one of its operands`);
  }

  // Every inner node that root depends on, operands first: topological_order of engine/value.py, step by step.
  function order(root) {
    if (orders.has(root)) return orders.get(root);
    const found = [], seen = new Set([root]), stack = rows[root] ? [[root, first[root]]] : [];
    while (stack.length) {
      const top = stack[stack.length - 1];
      let next = -1;
      while (next < 0 && top[1] < first[top[0] + 1]) {
        const x = tails[top[1]++];
        if (rows[x] && !seen.has(x)) next = x;
      }
      if (next < 0) found.push(stack.pop()[0]);
      else { seen.add(next); stack.push([next, first[next]]); }
    }
    orders.set(root, found);
    return found;
  }

  // All numbers and slopes, from those of the leaves (what stands at other nodes is not read). Where there is no such
  // value, a Refused with the sentence of Python, and `node`, the node that has none.
  function forward(values = start) {
    const data = Float64Array.from(values), partials = new Float64Array(tails.length);
    const closed = new Uint8Array(tails.length);         // the edges whose slope is shut
    for (let z = 0; z < size; z++) {
      if (!rows[z]) continue;
      const xs = operands[z].map(x => data[x]);
      try {
        data[z] = rows[z].value(...xs);
        slopesOf(rows[z], data[z], xs, constants[z]).forEach((slope, k) => {
          partials[first[z] + k] = slope;
          closed[first[z] + k] = slope === shut;
        });
      } catch (error) {
        const texts = operands[z].map(x => repr(data[x], isWhole[x] === 1));
        throw Object.assign(failed(ops[z], texts, error, rows[z]), {node: z});
      }
    }
    return {data, partials, closed, backward: (root = last) => backward(partials, closed, root)};
  }

  // d(root)/d(node) for every node; and for each edge the product that it passes on, and the sum that it adds it to.
  function backward(partials, closed, root) {
    const grads = new Float64Array(size), products = new Float64Array(tails.length), before = new Float64Array(tails.length);
    const nodes = order(root);
    grads[root] = 1;
    for (let k = nodes.length - 1; k >= 0; k--) {
      const z = nodes[k];
      for (let e = first[z]; e < first[z + 1]; e++) {
        before[e] = grads[tails[e]];
        products[e] = chain(closed[e] ? shut : partials[e], grads[z]);
        grads[tails[e]] += products[e];
      }
    }
    return {grads, products, before, order: nodes};
  }

  return {size, first, tails, isPlain, isWhole, order, forward};
}

return {ROWS, Refused, apply, chain, digits, graph, repr, short, shut};
