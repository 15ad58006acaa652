// Training over flat arrays: passes of one point, gradient descent in batches, what it keeps. It knows no page.
//
//   graph       as for calculus.graph: one point's loss; inputs, target and parameters are the numbers of its leaves
//   point       {at: [x, y], target, jolt: [x, y]}: it lies at `at` + noise times `jolt`
//   generators  step() and epoch() yield after each point, so that a page can stop in between

// --- chance: dice.py -------------------------------------------------------------------------------

function rolled(seed, k) {
  let state = Math.imul(seed, 0x9E3779B1) ^ Math.imul(k + 1, 0x85EBCA6B);
  return () => {
    state = state + 0x6D2B79F5 | 0;
    let t = Math.imul(state ^ state >>> 15, state | 1);
    t = t + Math.imul(t ^ t >>> 7, t | 61) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

function shuffled(count, seed, epoch) {
  const order = Array.from({length: count}, (_, k) => k), dice = rolled(seed, epoch);
  for (let k = count - 1; k > 0; k--) {
    const j = Math.floor(dice() * (k + 1));
    [order[k], order[j]] = [order[j], order[k]];
  }
  return order;
}

function jolt(seed, point) {
  const dice = rolled(seed, -2 - point), size = Math.sqrt(-2 * Math.log(1 - dice())), angle = 2 * Math.PI * dice();
  return [size * Math.cos(angle), size * Math.sin(angle)];
}

// --- one point -------------------------------------------------------------------------------------

// Forward and backward in the order and with the sums of calculus.graph, without an object per pass; a weighted sum is
// a loop of its own, for a network is made of them.
function passes(calculus, graph, inputs, target) {
  const {ROWS, shut, repr} = calculus, {ops, operands, plain} = graph;
  const {size, first, tails, order} = calculus.graph(graph);
  const values = Float64Array.from(graph.data, Number), grads = new Float64Array(size);
  const isPlain = new Uint8Array(size), rows = ops.map((op, z) => op === "" ? null : ROWS[op] || ROWS[`${op}/${operands[z].length}`]);
  for (const k of plain) isPlain[k] = 1;
  const sums = Uint8Array.from(ops, op => op === "affine" ? 1 : 0), all = order(size - 1);

  function weighted(z) {                                 // its operands are the weights, then the numbers, then the bias
    const half = first[z + 1] - first[z] >> 1, end = first[z] + half;
    let sum = values[tails[first[z + 1] - 1]];
    for (let e = first[z]; e < end; e++) sum += values[tails[e]] * values[tails[e + half]];
    return sum;
  }

  function valueOf(z) {
    const {value} = rows[z], e = first[z], count = first[z + 1] - e;
    if (count === 1) return value(values[tails[e]]);
    if (count === 2) return value(values[tails[e]], values[tails[e + 1]]);
    return value(...operands[z].map(x => values[x]));
  }

  function forward(nodes = all) {
    for (let k = 0; k < nodes.length; k++) values[nodes[k]] = sums[nodes[k]] ? weighted(nodes[k]) : valueOf(nodes[k]);
  }

  function passWeights(z, g) {
    const half = first[z + 1] - first[z] >> 1, start = first[z], end = start + half;
    for (let e = start; e < end; e++) grads[tails[e]] += values[tails[e + half]] * g;
    for (let e = start; e < end; e++) grads[tails[e + half]] += values[tails[e]] * g;
    grads[tails[first[z + 1] - 1]] += g;
  }

  function pass(x, slope, g) { grads[x] += slope === shut ? 0 : slope * g; }

  function passOn(z, g) {
    const {slopes} = rows[z], e = first[z], xs = operands[z];
    if (typeof slopes === "function") return slopes(values[z], ...xs.map(x => values[x])).forEach((slope, k) => pass(xs[k], slope, g));
    for (let k = 0; k < xs.length && k < slopes.length; k++) {
      if (isPlain[xs[k]]) continue;                      // never computed: in (-2)**3 there is no log(-2)
      pass(xs[k], xs.length === 1 ? slopes[k](values[z], values[tails[e]])
                : xs.length === 2 ? slopes[k](values[z], values[tails[e]], values[tails[e + 1]])
                : slopes[k](values[z], ...xs.map(x => values[x])), g);
    }
  }

  function backward(seed = 1) {
    grads.fill(0);
    grads[size - 1] = seed;
    for (let k = all.length - 1; k >= 0; k--) {
      if (sums[all[k]]) passWeights(all[k], grads[all[k]]); else passOn(all[k], grads[all[k]]);
    }
  }

  // The features and the target are put in; a leaf that the loss does not use is null.
  function given(x, y, t) {
    if (inputs[0] !== null) values[inputs[0]] = x;
    if (inputs[1] !== null) values[inputs[1]] = y;
    if (target !== null && t !== undefined) values[target] = t;
  }

  // The words of a refusal, by the graph that finds the operation again.
  function why(error) {
    try { calculus.graph(graph).forward(values); } catch (found) { return found.message; }
    return error.message;
  }

  return {values, grads, order, forward, backward, given, why, all};
}

// --- training --------------------------------------------------------------------------------------

const KEPT = 400;                                        // states to go back to; with more, every second is let go

function trainer(calculus, {graph, inputs, target, output, parameters, points, test, settings}) {
  const runner = passes(calculus, graph, inputs, target), {values, grads} = runner;
  const hand = {...settings}, slopes = new Float64Array(parameters.length);
  const state = {epoch: 0, position: 0, order: [], loss: NaN, test: NaN, losses: [], outputs: []};
  const train = points.map(([x, y, t], k) => ({at: [x, y], target: t, jolt: jolt(hand.seed, k)}));
  const tests = test.map(([x, y, t]) => ({at: [x, y], target: t, jolt: [0, 0]}));
  let curve = [], kept = [], stride = 1;

  const place = p => [p.at[0] + hand.noise * p.jolt[0], p.at[1] + hand.noise * p.jolt[1]];
  const weights = () => Float64Array.from(parameters, p => values[p]);
  const put = p => { const [x, y] = place(p); runner.given(x, y, p.target); };

  function look(p) {                                     // a whole pass of one point; what is at each node stays there
    put(p);
    runner.forward();
    return {loss: values[values.length - 1], output: values[output]};
  }

  function* seen(list) {                                 // loss and output of each, at the present parameters
    const found = [];
    for (const p of list) { found.push(look(p)); yield; }
    return found;
  }

  const mean = found => found.reduce((sum, {loss}) => sum + loss, 0) / found.length;

  function* measure() {
    const found = yield* seen(train), other = yield* seen(tests);
    state.losses = found.map(f => f.loss); state.outputs = found.map(f => f.output);
    state.loss = mean(found); state.test = mean(other);
  }

  function* step() {                                     // gradient descent on the mean loss of one batch
    const n = train.length;
    if (state.position === 0) state.order = hand.batch < n ? shuffled(n, hand.seed, state.epoch) : train.map((_, k) => k);
    const batch = state.order.slice(state.position, state.position + Math.min(hand.batch, n));
    slopes.fill(0);
    for (const k of batch) {
      look(train[k]);
      runner.backward(1 / batch.length);
      for (let i = 0; i < slopes.length; i++) slopes[i] += grads[parameters[i]];
      yield;
    }
    for (let i = 0; i < slopes.length; i++) values[parameters[i]] -= hand.rate * slopes[i];
    state.position += batch.length;
    const full = state.position >= state.order.length;
    if (!full) return;
    state.position = 0;
    state.epoch += 1;
    yield* measure();
    keep();
  }

  function* epoch() { const {epoch} = state; while (state.epoch === epoch) yield* step(); }

  function keep() {
    curve.push([state.epoch, state.loss, state.test]);
    if (state.epoch % stride === 0) kept.push({epoch: state.epoch, weights: weights()});
    if (kept.length > KEPT) { stride *= 2; kept = kept.filter(s => s.epoch % stride === 0); }
  }

  const whole = work => { while (!work.next().done); };

  function back(to) {                                    // to the last kept state that is not after `to`
    const before = kept.filter(s => s.epoch <= to), last = before[before.length - 1];
    parameters.forEach((p, i) => { values[p] = last.weights[i]; });
    Object.assign(state, {epoch: last.epoch, position: 0});
    whole(measure());
  }

  function forget() {                                    // what lay ahead of a state that was gone back to
    curve = curve.filter(c => c[0] <= state.epoch);
    kept = kept.filter(s => s.epoch <= state.epoch);
  }

  function set(changes) {
    Object.assign(hand, changes);
    if ("seed" in changes) train.forEach((p, k) => { p.jolt = jolt(hand.seed, k); });
    whole(measure());
  }

  function move(p, x, y) { p.at = [x - hand.noise * p.jolt[0], y - hand.noise * p.jolt[1]]; whole(measure()); }

  function add(x, y, t) {
    const p = {at: [0, 0], target: t, jolt: jolt(hand.seed, train.length)};
    if (hand.batch >= train.length) hand.batch = Infinity;               // all stay all
    train.push(p);
    move(p, x, y);
  }

  function remove(k) { train.splice(k, 1); state.position = 0; whole(measure()); }

  function restart(weights) {
    parameters.forEach((p, i) => { values[p] = weights[i]; });
    Object.assign(state, {epoch: 0, position: 0});
    curve = []; kept = []; stride = 1;
    whole(measure());
    keep();
  }

  const start = weights();
  restart(start);
  return {runner, hand, state, train, tests, place, weights, look, step, epoch, measure, set, move, add, remove, back, forget,
          whole, restart: () => restart(start), curve: () => curve, kept: () => kept};
}
