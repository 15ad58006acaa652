"""Speed of one training step (loss, all gradients, update): scalars, the matrix program, and its peers.

    python -m tests.benchmarks.matrices [--quick]

One thread, float64, the same numbers out (checked before timing). Rounds of all contenders alternate, and the
fastest round of each counts; the table gives microseconds and the ratio to NumPy written by hand.

    W1   2-16-16-1 tanh, 100 samples, hinge + L2
    W2   64-32-10 tanh, 32 samples, softmax cross-entropy
    W4   2-4-1 sigmoid, 4 samples (XOR), half the MSE
    MNIST  784-128-10 relu, 128 samples, recorded from one sample
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import gc
import sys
from pathlib import Path
from random import Random
from time import perf_counter, perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

from engine import Value, dot, vectorize
from nn import MLP, cross_entropy_with_logits, half_mse, hinge

STEPS = 100
LR = 1e-6                                    # small: the numbers stay, so that every step does the same work


class Work(NamedTuple):
    name:    str
    model:   MLP
    X:       Any
    Y:       Any
    loss:    Any                             # of (outputs of all samples, targets) as Values
    act:     str
    kind:    str                             # which loss, for the peers
    one:     bool = False                    # recorded from one sample


def penalty(model: MLP) -> Value:
    ps = model.parameters()
    return 1e-4 * dot(ps, ps)


def works() -> list[Work]:
    rng = Random(0)
    def points(n: int, k: int) -> Any: return np.array([[rng.gauss(0, 1) for _ in range(k)]
                                                        for _ in range(n)])
    def hot(n: int, k: int) -> Any: return np.eye(k)[[rng.randrange(k) for _ in range(n)]]
    w1 = MLP(2, [16, 16, 1], "tanh")
    return [
        Work("W1", w1, points(100, 2), np.array([[(-1.0) ** k] for k in range(100)]),
             lambda Z, Y: hinge(Z, [y for y, in Y]) + penalty(w1), "tanh", "hinge"),
        Work("W2", MLP(64, [32, 10], "tanh"), abs(points(32, 64)), hot(32, 10), cross_entropy_with_logits,
             "tanh",
             "softmax"),
        Work("W4", MLP(2, [4, 1], "sigmoid", "sigmoid"), np.array([[0., 0], [0, 1], [1, 0], [1, 1]]),
             np.array([[0.], [1], [1], [0]]),
             lambda Z, Y: half_mse([[z] for z in Z], Y), "sigmoid", "half_mse"),
        Work("MNIST", MLP(784, [128, 10], "relu"), abs(points(128, 784)), hot(128, 10),
             cross_entropy_with_logits,
             "relu",
             "softmax", True),
    ]


def values(A: Any) -> Any:
    return [[Value(x) for x in row] for row in A.tolist()]


def recorded(w: Work, runner: str = "numpy") -> Any:
    """The program, and the seconds it took to record and to vectorize."""
    X, Y = values(w.X[:1] if w.one else w.X), values(w.Y[:1] if w.one else w.Y)
    start   = perf_counter()
    loss    = w.loss([w.model(x) for x in X], Y)
    middle  = perf_counter()
    program = vectorize(loss, X[0] if w.one else X, Y[0] if w.one else Y, w.model.parameters(), batch=w.one,
                        runner=runner)
    return program, middle - start, perf_counter() - middle


# --- contenders: each a function that makes one step and one that gives (loss, gradients by name) ---------

def by_scalars(w: Work) -> Any:
    X, Y, ps = values(w.X), values(w.Y), w.model.parameters()
    def step() -> None:
        loss = w.loss([w.model(x) for x in X], Y)
        w.model.zero_grad()
        loss.backward()
        for p in ps:
            p.data -= LR * p.grad
    return step


def by_program(program: Any, w: Work) -> Any:
    def step() -> None:
        program.run(w.X, w.Y)
        program.move(LR)
    return step


def by_hand(program: Any, w: Work) -> Any:
    """NumPy as one writes it with care: outputs allocated before, nothing temporary, the textbook's
    slopes."""
    sizes = [w.X.shape[1], *[len(layer.neurons) for layer in w.model.layers]]
    r, m  = len(sizes) - 1, len(w.X)
    W  = [program.parameters[f"W{k + 1}"].copy() for k in range(r)]
    b  = [program.parameters[f"b{k + 1}"].copy() for k in range(r)]
    WT = [x.T for x in W]
    Z  = [np.empty((m, n)) for n in sizes[1:]]
    A  = [w.X, *[np.empty((m, n)) for n in sizes[1:]]]
    D  = [np.empty((m, n)) for n in sizes[1:]]
    S  = [np.empty((m, n)) for n in sizes[1:]]
    DT = [d.T for d in D]
    dW, db = [np.empty_like(x) for x in W], [np.empty_like(x) for x in b]
    tW, tb = [np.empty_like(x) for x in W], [np.empty_like(x) for x in b]
    zero, one  = np.array(0.0), np.array(1.0)
    row, Y, flags = np.empty((m, 1)), w.Y, [np.empty((m, n), bool) for n in sizes[1:]]
    matmul, add, subtract, multiply = np.matmul, np.add, np.subtract, np.multiply
    divide, negative, exp = np.divide, np.negative, np.exp
    tanh, maximum, greater, plus = np.tanh, np.maximum, np.greater, np.add.reduce

    def activate(k: int, z: Any, a: Any) -> None:
        if w.act == "tanh":
            tanh(z, a)
        elif w.act == "sigmoid":
            negative(z, a); exp(a, a); add(a, one, a); divide(one, a, a)  # noqa: E702
        else:
            maximum(z, zero, out=a)

    def slope(k: int, a: Any, s: Any, d: Any) -> None:
        if w.act == "tanh":
            multiply(a, a, s); subtract(one, s, s); multiply(d, s, d)  # noqa: E702
        elif w.act == "sigmoid":
            subtract(one, a, s); multiply(a, s, s); multiply(d, s, d)  # noqa: E702
        else:
            greater(a, zero, flags[k]); multiply(d, flags[k], d)  # noqa: E702

    def run() -> float:
        for k in range(r):
            matmul(A[k], WT[k], Z[k])
            add(Z[k], b[k], Z[k])
            if k < r - 1 or w.kind == "half_mse":
                activate(k, Z[k], A[k + 1])
        z, d, s = Z[-1], D[-1], S[-1]
        if w.kind == "hinge":
            multiply(Y, z, s)
            subtract(one, s, s)
            maximum(s, zero, out=d)
            loss = plus(d, None) / m
            greater(s, zero, flags[-1])
            multiply(Y, flags[-1], d)
            multiply(d, -1 / m, d)
            loss += 1e-4 * sum([np.vdot(x, x) for x in (*W, *b)])
        elif w.kind == "softmax":
            maximum.reduce(z, 1, None, row, True)
            subtract(z, row, z)
            exp(z, s)
            multiply(z, Y, d)
            loss = -plus(d, None)
            plus(s, 1, None, row, True)
            divide(s, row, d)
            loss = (loss + plus(np.log(row, row), None)) / m
            subtract(d, Y, d)
            multiply(d, 1 / m, d)
        else:
            subtract(A[-1], Y, d)
            loss = np.vdot(d, d) / (2 * m)
            multiply(d, 1 / m, d)
            slope(r - 1, A[-1], s, d)
        for k in range(r - 1, -1, -1):
            matmul(DT[k], A[k], dW[k])
            plus(D[k], 0, None, db[k])
            if k:
                matmul(D[k], W[k], D[k - 1])
                slope(k - 1, A[k], S[k - 1], D[k - 1])
        if w.kind == "hinge":
            for k in range(r):
                multiply(W[k], 2e-4, tW[k]); add(dW[k], tW[k], dW[k])  # noqa: E702
                multiply(b[k], 2e-4, tb[k]); add(db[k], tb[k], db[k])  # noqa: E702
        return float(loss)

    def step() -> None:
        run()
        for k in range(r):
            multiply(dW[k], LR, tW[k]); subtract(W[k], tW[k], W[k])  # noqa: E702
            multiply(db[k], LR, tb[k]); subtract(b[k], tb[k], b[k])  # noqa: E702

    step.check = lambda: (run(), {f"W{k + 1}": dW[k] for k in range(r)})          # type: ignore[attr-defined]
    return step


def by_program_in_c(program: Any, w: Work) -> Any:
    """Many steps per call: a step of W4 takes less than a call from Python."""
    from engine.matrices.mover import Descent, Mover
    native, *_ = recorded(w, "native")
    fast = native.plans.epochs(Mover(Descent(native.values, LR), native.own), w.X, w.Y, len(w.X))
    if fast is None:
        raise ImportError(str(native.runner))
    def step() -> None:
        fast.whole(STEPS)
    step.steps = STEPS  # type: ignore[attr-defined]
    return step


def by_hand_in_c(program: Any, w: Work) -> Any:
    """by_hand.c with the sizes of this network, compiled with the flags of the native runner."""
    import ctypes
    import subprocess
    import tempfile

    from engine.matrices.native.compiler import FLAGS
    if w.one:
        raise ImportError("W1, W2 and W4 only")
    sizes  = [w.X.shape[1], *[len(layer.neurons) for layer in w.model.layers]]
    define = {"B": len(w.X), "R": len(sizes) - 1, "SIZES": ",".join(map(str, sizes)),
              "ACT": int(w.act == "sigmoid"),
              "LOSS": ["hinge", "softmax", "half_mse"].index(w.kind)}
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/by_hand.so"
        subprocess.run(["cc", *FLAGS, *[f"-D{k}={v}" for k, v in define.items()],
                        str(Path(__file__).with_name("by_hand.c")),
                        "-o", library, "-lmvec", "-lm"], check=True, capture_output=True)
        call = ctypes.CDLL(library).steps
    padded = -(-len(w.X) // 8) * 8
    X, Y   = [np.concatenate([A.T, np.zeros((A.shape[1], padded - len(A)))], 1).copy() for A in (w.X, w.Y)]
    theta  = np.concatenate([program.parameters[f"{name}{k + 1}"].ravel() for k in range(len(sizes) - 1)
                             for name in "Wb"])
    grad, losses = np.zeros_like(theta), np.zeros(STEPS)
    call.restype = None
    def run(steps: int, lr: float) -> None:
        call(*[ctypes.c_void_p(A.ctypes.data) for A in (X, Y, theta, grad, losses)], ctypes.c_long(steps),
             ctypes.c_double(lr))
    def step() -> None:
        run(STEPS, LR)
    def check() -> Any:
        run(1, 0.0)
        n, k = sizes[1], sizes[0]
        return float(losses[0]), {"W1": grad[:n * k].reshape(n, k)}
    step.steps, step.check = STEPS, check  # type: ignore[attr-defined]
    return step


def by_torch(program: Any, w: Work) -> Any:
    import torch
    torch.set_num_threads(1)
    r = len(w.model.layers)
    ps = {k: torch.tensor(v, requires_grad=True) for k, v in program.parameters.items()}
    X, Y = torch.tensor(w.X), torch.tensor(w.Y)
    act = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[w.act]

    def loss_of() -> Any:
        a = X
        for k in range(1, r + 1):
            z = torch.addmm(ps[f"b{k}"], a, ps[f"W{k}"].T)
            a = act(z) if k < r or w.kind == "half_mse" else z
        if w.kind == "hinge":
            return torch.relu(1 - Y * a).mean() + 1e-4 * sum((p * p).sum() for p in ps.values())
        if w.kind == "softmax":
            return torch.nn.functional.cross_entropy(a, Y)
        return 0.5 * ((a - Y) ** 2).mean()

    def step() -> None:
        for p in ps.values():
            p.grad = None
        loss_of().backward()
        with torch.no_grad():
            for p in ps.values():
                p -= LR * p.grad

    def check() -> Any:
        for p in ps.values():
            p.grad = None
        loss = loss_of()
        loss.backward()
        return loss.item(), {k: p.grad.numpy() for k, p in ps.items() if k.startswith("W")}
    step.check = check  # type: ignore[attr-defined]
    return step


def by_jax(program: Any, w: Work) -> Any:
    import jax
    jax.config.update("jax_enable_x64", True)
    jnp, r = jax.numpy, len(w.model.layers)
    X, Y = jnp.asarray(w.X), jnp.asarray(w.Y)
    act  = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}[w.act]

    def loss_of(ps: Any) -> Any:
        a = X
        for k in range(1, r + 1):
            z = a @ ps[f"W{k}"].T + ps[f"b{k}"]
            a = act(z) if k < r or w.kind == "half_mse" else z
        if w.kind == "hinge":
            return jnp.maximum(1 - Y * a, 0).mean() + 1e-4 * sum((p * p).sum() for p in ps.values())
        if w.kind == "softmax":
            return -(Y * jax.nn.log_softmax(a)).sum(1).mean()
        return 0.5 * ((a - Y) ** 2).mean()

    both = jax.value_and_grad(loss_of)

    @jax.jit
    def update(ps: Any) -> Any:
        loss, g = both(ps)
        return loss, {k: p - LR * g[k] for k, p in ps.items()}

    state = [{k: jnp.asarray(v) for k, v in program.parameters.items()}]

    def step() -> None:
        loss, state[0] = update(state[0])
        loss.block_until_ready()
    def check() -> Any:
        loss, g = jax.jit(both)(state[0])
        return float(loss), {k: np.asarray(v) for k, v in g.items() if k.startswith("W")}
    step.check = check  # type: ignore[attr-defined]
    return step


# --- timing -----------------------------------------------------------------------------------------------

def fastest(contenders: dict[str, Any], seconds: float) -> dict[str, float]:
    """Microseconds per step, the fastest of rounds that alternate among the contenders."""
    repeats: dict[str, int] = {}
    best = dict.fromkeys(contenders, float("inf"))
    for name, step in contenders.items():
        step()
        start = perf_counter_ns()
        step()
        repeats[name] = max(1, int(2e6 / (perf_counter_ns() - start)))            # about 2 ms per round
    end = perf_counter() + seconds * len(contenders)
    gc.disable()
    while perf_counter() < end:
        for name, step in contenders.items():
            start = perf_counter_ns()
            for _ in range(repeats[name]):
                step()
            best[name] = min(best[name],
                             (perf_counter_ns() - start) / repeats[name] / 1000 / getattr(step, "steps", 1))
    gc.enable()
    return best


def same(a: Any, b: Any, what: str) -> None:
    (loss, g), (other, h) = a, b
    assert abs(loss - other) <= 1e-9 * abs(loss), (what, loss, other)
    for name, x in h.items():
        scale = abs(g[name]).max()
        assert abs(g[name] - x).max() <= 1e-9 * scale, (what, name)


def main() -> None:
    quick = "--quick" in sys.argv
    for w in works():
        program, recording, folding = recorded(w)
        reference = program(w.X, w.Y)
        contenders = {"program (NumPy)": by_program(program, w), "NumPy by hand": by_hand(program, w)}
        for name, make in (("program (C)", by_program_in_c), ("C by hand", by_hand_in_c),
                           ("PyTorch eager", by_torch),
                           ("JAX jit", by_jax)):
            try:
                contenders[name] = make(program, w)
            except ImportError as error:
                print(f"({w.name}: no {name}: {error})")
        for name, step in contenders.items():
            if hasattr(step, "check"):
                same(reference, step.check(), f"{w.name} {name}")
        best = fastest(contenders, 0.3 if quick else 2.0)
        if not w.one:
            best["scalars"] = fastest({"scalars": by_scalars(w)}, 1.0)["scalars"]
        hand = best["NumPy by hand"]
        print(f"\n{w.name}: {len(program.trace.ops)} nodes, recorded in {recording:.2f} s, vectorized in "
              f"{folding:.2f} s")
        for name, us in best.items():
            print(f"  {name:<18} {us:10.2f} us  {us / hand:8.2f} x NumPy by hand" +
                  (f"  {us / best['C by hand']:6.2f} x C by hand" if "C by hand" in best else ""))


if __name__ == "__main__":
    main()
