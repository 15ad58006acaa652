// The trainer in node: its passes are those of calculus.graph to the last bit; what it keeps, and what it forgets.
// CALCULUS names a file with the script of the rows used here.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import test from "node:test";

const source = readFileSync(new URL("../../../engine/lectures/trainer.js", import.meta.url), "utf8");
const {calculus, passes, trainer} = new Function(
  `${readFileSync(process.env.CALCULUS, "utf8")}; ${source}; return {calculus, passes, trainer};`)();

// loss = (tanh(w1 x + w2 y + b) - t) ** 2
const NET = {ops: ["", "", "", "", "", "affine", "tanh", "", "-", "", "**"], plain: [2, 3, 7, 9], whole: [9],
  operands: [[], [], [], [], [], [0, 1, 2, 3, 4], [5], [], [6, 7], [], [8, 9]], data: [.5, -.25, 0, 0, .125, 0, 0, 0, 0, 2, 0]};
const TASK = {graph: NET, inputs: [2, 3], target: 7, output: 6, parameters: [0, 1, 4], test: [[0, 0, 1]],
  points: [[1, 0, 1], [0, 1, -1], [1, 1, 1], [-1, .5, -1], [.25, -1, 1]], settings: {rate: .5, batch: 5, noise: 0, seed: 1}};
const made = settings => trainer(calculus, {...TASK, settings: {...TASK.settings, ...settings}});

function same(graph, inputs, target, given) {
  const runner = passes(calculus, graph, inputs, target);
  runner.given(...given);
  runner.forward();
  runner.backward();
  const wanted = calculus.graph(graph).forward(runner.values), plain = new Set(graph.plain);
  assert.deepEqual([...runner.values], [...wanted.data]);
  const slopes = wanted.backward().grads;
  slopes.forEach((g, k) => { if (!plain.has(k)) assert.equal(runner.grads[k] + 0, g + 0, `node ${k}`); });
}

test("a pass is that of calculus.graph, bit for bit", () => {
  for (const [x, y, t] of TASK.points) same(NET, [2, 3], 7, [x, y, t]);
});

test("rows of any number of operands and closed gates too", () => {
  const most = {ops: ["", "", "", "maximum", "", "*"], operands: [[], [], [], [0, 1, 2], [], [3, 4]], plain: [4], data: [0, 0, 2, 0, 3, 0]};
  for (const at of [[1, 5], [3, -1], [2, 2]]) same(most, [0, 1], null, at);
});

test("a leaf that the loss does not use is left out", () => {
  const runner = passes(calculus, NET, [null, 3], null);
  runner.given(9, 4, 1);
  assert.deepEqual([runner.values[2], runner.values[3], runner.values[7]], [0, 4, 0]);
});

test("a refusal has the sentence of Python", () => {
  const runner = passes(calculus, {ops: ["", "log"], operands: [[], [0]], plain: [], data: [-1, 0]}, [null, null], null);
  assert.throws(() => runner.forward(), error => runner.why(error).startsWith("log(-1.0): "));
});

test("a step over all points goes down the mean loss", () => {
  const run = made({}), before = run.state.loss, start = [...run.weights()];
  const mean = () => { run.whole(run.measure()); return run.state.loss; };
  const slopes = [0, 1, 4].map((p, k) => {
    const {values} = run.runner, h = 1e-6;
    values[p] = start[k] + h; const up = mean();
    values[p] = start[k] - h; const down = mean();
    values[p] = start[k];
    return (up - down) / (2 * h);
  });
  run.whole(run.step());
  run.weights().forEach((w, k) => assert.ok(Math.abs(w - (start[k] - .5 * slopes[k])) < 1e-8));
  assert.ok(run.state.loss < before && run.state.epoch === 1);
});

test("an epoch is as many steps as there are batches", () => {
  const run = made({batch: 2}), other = made({batch: 2});
  for (const position of [2, 4, 0]) { run.whole(run.step()); assert.equal(run.state.position, position); }
  other.whole(other.epoch());
  assert.deepEqual([...run.weights()], [...other.weights()]);
});

test("what was kept is found again, and what lay ahead is forgotten when training goes on from there", () => {
  const run = made({});
  for (let k = 0; k < 1000; k++) run.whole(run.epoch());
  assert.ok(run.kept().length <= 401 && run.kept()[0].epoch === 0 && run.curve().length === 1001);
  const {epoch, weights} = run.kept()[7];
  run.back(epoch + .5);
  assert.deepEqual([...run.weights()], [...weights]);
  run.forget();
  assert.equal(run.curve().at(-1)[0], epoch);
  assert.equal(run.kept().at(-1).epoch, epoch);
});

test("noise moves the points, a hand lays them where it wants them, and a seed throws anew", () => {
  const run = made({noise: .5}), [p] = run.train, before = run.place(p);
  assert.notDeepEqual(before, p.at);
  run.move(p, 2, 3);
  run.place(p).forEach((x, k) => assert.ok(Math.abs(x - [2, 3][k]) < 1e-12));
  run.set({seed: 5});
  assert.notDeepEqual(run.place(p), [2, 3]);
});

test("a point added is trained on, and one taken away is not", () => {
  const run = made({});
  run.add(.5, .5, 1);
  assert.equal(run.state.losses.length, 6);
  run.whole(run.epoch());
  assert.equal(run.state.order.length, 6);
  run.remove(5);
  assert.equal(run.state.losses.length, 5);
  run.restart();
  assert.deepEqual([...run.weights()], [.5, -.25, .125]);
});
