// The graph of compute.js in node: what it keeps, what it refuses, and in which order it works.
// CALCULUS names a file with the script of every row.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import test from "node:test";

const calculus = new Function(`${readFileSync(process.env.CALCULUS, "utf8")}; return calculus;`)();
const {chain, graph, repr, shut, Refused} = calculus;

test("a closed gate passes nothing, an open one everything", () => {
  for (const upstream of [1, Infinity, NaN]) assert.equal(chain(shut, upstream), 0);
  assert.equal(chain(2, 3), 6);
  assert.ok(Number.isNaN(chain(0, Infinity)));
});

test("operands come before the nodes made from them, each once, as topological_order of Python has them", () => {
  const {order} = graph({ops: ["", "exp", "neg", "*", "+"], operands: [[], [0], [0], [2, 1], [3, 1]], data: [1, 0, 0, 0, 0]});
  assert.deepEqual(order(4), [2, 1, 3, 4]);
  assert.deepEqual(order(3), [2, 1, 3]);
  assert.deepEqual(order(0), []);
});

test("a chain of 100,000 nodes is no recursion", () => {
  const n = 100000, ops = [""], operands = [[]];
  for (let k = 1; k <= n; k++) { ops.push("+"); operands.push([k - 1, k - 1]); }
  const {grads} = graph({ops, operands, data: new Float64Array(n + 1)}).forward().backward();
  assert.equal(grads[n - 10], 1024);
});

test("a graph in a wrong order and a row that was not written are refused", () => {
  assert.throws(() => graph({ops: ["neg", ""], operands: [[1], []], data: [0, 1]}), /node 0 comes before/);
  assert.throws(() => graph({ops: ["", "mish"], operands: [[], [0]], data: [0, 1]}), /no row mish/);
});

test("a plain number has no slope computed", () => {
  const pass = graph({ops: ["", "", "**"], operands: [[], [], [0, 1]], plain: [1], whole: [1], data: [-2, 3, 0]}).forward();
  assert.equal(pass.data[2], -8);
  assert.deepEqual([...pass.partials], [12, 0]);
});

test("a refusal has the kind of Python's error, its sentence and the node", () => {
  const {forward} = graph({ops: ["", "", "**"], operands: [[], [], [0, 1]], plain: [1], whole: [1], data: [2, -1, 0]});
  assert.throws(() => forward([0, -1, 0]), error => error instanceof Refused && error.kind === "ZeroDivisionError"
    && error.node === 2 && error.message.startsWith("0.0 ** (-1): division by zero. Keep x above 0"));
});

test("numbers are given as texts where JSON has none", () => {
  assert.equal(graph({ops: ["", "neg"], operands: [[], [0]], data: ["Infinity", 0]}).forward().data[1], -Infinity);
});

test("whole numbers are written without a point where they were given so", () => {
  assert.equal(repr(2, true), "2");
  assert.equal(repr(2.5, true), "2.5");
  assert.equal(repr(-3), "-3.0");
});
