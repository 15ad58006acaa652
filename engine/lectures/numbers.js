// Numbers: what stands on the page, computed from the leaves, or as Python recorded it. It knows no page. Both answer
//
//   value(i), grad(i)        [4 digits, every digit] of a node
//   edge(e)                  {partial, upstream, product, before, after, exact}: what is sent along an edge, as texts
//   best(i), share(i)        the next node on the strongest path to the result, and the product of its partials
//   slope(ends)              the partial on an arrow
//   sentence(z), parts(z, e) what the gate z does, and the slope along an edge as a formula

function recorded(told, {values, grads, edges, best, shares, sentences}) {
  const names = ["partial", "upstream", "product", "before", "after", "exact"];
  return {value: i => values[i], grad: i => grads[i], best: i => best[i], share: i => shares[i], slope: text => text,
          edge: e => Object.fromEntries(names.map((name, k) => [name, edges[e][k]])),
          sentence: z => sentences[z], parts: (z, e) => told.edges[e][0]};
}

// The partials of a page of whole numbers are whole: "1" each.
function computed(told, graph, whole, pass) {
  const {first, tails, size, isPlain, isWhole} = graph, {data, partials} = pass, {grads, products, before, order} = pass.backward();
  const wholes = wholeSums(), short = calculus.short, texts = new Map();
  let ways;

  // Which gradients and sums are whole numbers in Python, where 2 is not written 2.0.
  function wholeSums() {
    const sum = new Uint8Array(size).fill(1), product = new Uint8Array(tails.length), was = new Uint8Array(tails.length);
    for (let k = order.length - 1; k >= 0; k--)
      for (let z = order[k], e = first[z]; e < first[z + 1]; e++) {
        was[e] = sum[tails[e]];
        product[e] = whole[e] === "1" && sum[z];
        sum[tails[e]] &= product[e];
      }
    return {sum, product, was};
  }

  // For each node the next one on the path with the largest product of partials.
  function strongest() {
    const best = new Int32Array(size).fill(-1), weight = new Float64Array(size).fill(-1), share = new Float64Array(size);
    const isWholeShare = new Uint8Array(size);
    weight[size - 1] = share[size - 1] = isWholeShare[size - 1] = 1;
    for (let z = size - 1; z >= 0; z--)
      for (let e = first[z]; e < first[z + 1]; e++) {
        const x = tails[e], there = Math.abs(partials[e]) * weight[z];
        if (!(there > weight[x])) continue;
        weight[x] = there; best[x] = z; share[x] = partials[e] * share[z];
        isWholeShare[x] = whole[e] === "1" && isWholeShare[z];
      }
    return {best, share, isWholeShare};
  }

  // dz/dx by all the ways inside of one card.
  function through([x, z], members, outputs) {
    const slope = new Map([[z, 1]]);
    for (const v of [...members].sort((a, b) => b - a)) if (slope.has(v)) for (let e = first[v]; e < first[v + 1]; e++) {
      const y = tails[e];
      if (y !== x && (outputs.includes(y) || !members.includes(y))) continue;
      slope.set(y, (slope.get(y) ?? 0) + calculus.chain(pass.closed[e] ? calculus.shut : partials[e], slope.get(v)));
    }
    return slope.get(x) ?? 0;
  }

  const once = (key, text) => texts.get(key) ?? texts.set(key, text()).get(key);
  const now = {
    graph, data, partials, grads,
    into: z => Array.from({length: first[z + 1] - first[z]}, (_, k) => first[z] + k),
    value: i => once(i, () => [short(data[i], isWhole[i]), calculus.repr(data[i], isWhole[i])]),
    grad: i => once(-1 - i, () => isPlain[i] ? ["", ""] : [short(grads[i], wholes.sum[i]), calculus.repr(grads[i], wholes.sum[i])]),
    edge: e => {
      const after = before[e] + products[e], complete = wholes.was[e] && wholes.product[e];
      return {partial: short(partials[e], whole[e] === "1"), product: short(products[e], wholes.product[e]),
              upstream: now.grad(heads[e])[0], before: short(before[e], wholes.was[e]),
              after: short(after, complete), exact: calculus.repr(after, complete)};
    },
    best: i => (ways ??= strongest()).best[i],
    share: i => { ways ??= strongest(); return isPlain[i] ? "" : short(ways.share[i], ways.isWholeShare[i]); },
    slope: (ends, members, outputs) => typeof ends === "string" ? ends : short(ends.length > 1 ? through(ends, members, outputs) : partials[ends[0]],
                                                                               ends.length === 1 && whole[ends[0]] === "1"),
    sentence: z => sentence(told, now, z),
    parts: (z, e) => slopeParts(told, now, z, e),
  };
  const heads = told.headOf;
  return now;
}

// What both need to know of the structure: which node each edge leads to, and the operation of each node.
function indexed(told) {
  told.headOf = told.operands.flatMap((xs, z) => xs.map(() => z));
  told.opOf = told.numbers.graph?.ops ?? [];
  return told;
}
