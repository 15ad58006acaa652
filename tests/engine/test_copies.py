"""Copies: copy, deepcopy and pickle keep every field and what is shared, however deep the graph."""

import copy
import io
import os
import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from engine import Value, gradients, tanh, total
from engine.value import Constant, topological_order
from nn import SGD, Adam, BatchNorm, Dropout, EarlyStopping, Layer, MLP, Residual, Sequential, fit, mse

ROOT      = Path(__file__).parents[2]
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Named(Value):
    """A subclass with a __dict__."""


class Slotted(Value):
    __slots__ = ("unit",)


def pickled(protocol):
    return lambda x: pickle.loads(pickle.dumps(x, protocol))


def by_python(x):
    """The pickler written in Python, which has the least room for recursion."""
    return pickle._loads(pickle._dumps(x))


COPIES = {"deepcopy": copy.deepcopy, "Python's own pickle": by_python} | {f"protocol {k}": pickled(k)
                                                                          for k in PROTOCOLS}


@pytest.fixture(params=COPIES.values(), ids=COPIES)
def again(request):
    return request.param


def number(x):
    return x.data if isinstance(x, Value) else x


def all_fields(z):
    """Every field of every node of the graph, numbers with their types, in an order that does not depend on
    memory."""
    nodes = [*topological_order(z)] or [z]
    nodes += [x for node in nodes for x in node.operands if not x.operands]
    place = {x: k for k, x in reversed([*enumerate(nodes)])}
    return [(type(x), x.data, type(x.data), number(x.grad), type(number(x.grad)), x.op, x.partials, x.label,
             [place[y] for y in x.operands]) for x in nodes]


def example():
    x, w = Value(0.5, "x"), Value(-2.0, "w")
    h    = tanh(w * x + 3)
    loss = (h * h - Fraction(1, 3)) ** 2 / h
    loss.label = "J"
    loss.backward()
    return x, w, h, loss


# --- a graph ----------------------------------------------------------------------------------------

def test_every_field_is_kept(again):
    *_, loss = example()
    found = again(loss)
    assert found is not loss and all_fields(found) == all_fields(loss)
    assert not set(topological_order(found)) & set(topological_order(loss))


def test_the_copy_is_a_graph_of_its_own(again):
    *_, loss = example()
    before = all_fields(loss)
    found  = again(loss)
    found.backward()
    assert all_fields(loss) == before and all_fields(found) != before


@pytest.mark.parametrize("data", [2, 0.1, -0.0, float("inf"), Fraction(1, 3), 10 ** 400])
def test_a_leaf(again, data):
    leaf = Value(data, "x")
    leaf.grad = data
    assert all_fields(again(leaf)) == all_fields(leaf)
    assert type(again(Constant(2.0))) is Constant


def test_a_nan_stays_nan(again):
    assert again(Value(float("nan"))).data != again(Value(float("nan"))).data


def test_an_operand_used_twice_stays_one(again):
    x = Value(3.0)
    a, b = again(x * x).operands
    assert a is b


def test_leaves_stay_shared_between_all_that_is_copied_together(again):
    x, w, h, loss = example()
    other = w * 5
    x2, w2, loss2, other2, several = again((x, w, loss, other, [w, {"w": w}]))
    assert gradients(loss2, [x2, w2]) == gradients(loss, [x, w])
    assert other2.operands[0] is w2 is several[0] is several[1]["w"]


def test_deepcopy_keeps_shared_inner_nodes_too():
    x, w, h, loss = example()
    left, right = h * 2, h * 3
    left2, right2, h2 = copy.deepcopy([left, right, h])
    assert left2.operands[0] is right2.operands[0] is h2 and h2 is not h


def test_pickle_keeps_inner_nodes_shared_within_one_root():
    """And, as the docstring of engine.copies says, not between two."""
    x, w, h, loss = example()
    left, right = pickled(4)(total(h * 2, h * 3)).operands
    assert left.operands[0] is right.operands[0]
    left, right = pickled(4)((h * 2, h * 3))
    assert left.operands[0] is not right.operands[0]
    for _ in range(4):
        left, right = left.operands[0], right.operands[0]
    assert left is right


def test_what_the_caller_gives_deepcopy_as_copied_already_is_taken():
    x, w, h, loss = example()
    found = copy.deepcopy(loss, {id(w): w})
    assert gradients(found, [w]) == gradients(loss, [w])


# --- subclasses -------------------------------------------------------------------------------------

def test_a_subclass_keeps_its_type_and_its_own_fields(again):
    named, slotted = Named(1.0, "n"), Slotted(2.0)
    named.where, slotted.unit = {"layer": [1]}, "volt"
    named.loss = named * slotted                                     # (a cycle, of the user's own making)
    named2, product = again((named, named * slotted))
    assert (type(named2), named2.where, named2.data, named2.label) == (Named, {"layer": [1]}, 1.0, "n")
    assert (product.operands[0] is named2 and type(product.operands[1]) is Slotted
            and product.operands[1].unit == "volt")
    assert named2.loss.operands[0] is named2 and named2.where is not named.where


def test_a_root_that_refers_to_itself(again):
    x = Named(2.0)
    z = x * x
    x.result = z
    found = again(z)
    assert found.operands[0] is found.operands[1] and type(found.operands[0]) is Named
    assert found.operands[0].result.data == 4.0


# --- deep graphs, and gradients that are graphs -------------------------------------------------------

def chain(n):
    x = z = Value(1.0, "x")
    for k in range(n):
        z = z * 0.5 if k % 2 else z + x
    return x, z


@pytest.mark.parametrize("again", [copy.deepcopy, pickled(0), pickled(5)],
                         ids=["deepcopy", "protocol 0", "protocol 5"])
def test_a_chain_of_100_000_nodes(again):
    x, z = chain(100_000)
    x2, z2 = again((x, z))
    assert len(topological_order(z2)) == 100_000 and z2.data == z.data
    assert gradients(z2, [x2]) == gradients(z, [x])


def with_graphs_as_gradients(n):
    x, z = chain(n)
    y = tanh(z * x)
    y.backward(create_graph=True)
    return x, y


def test_gradients_that_are_graphs_are_kept_and_can_be_differentiated_again(again):
    """x and its gradient refer to each other."""
    x, y = with_graphs_as_gradients(3)
    wanted = gradients(x.grad, [x])
    for x2, y2 in (again((x, y)), again((y, x))[::-1]):
        assert isinstance(x2.grad, Value) and x2.grad.data == x.grad.data
        assert gradients(x2.grad, [x2]) == wanted and gradients(y2, [x2]) == gradients(y, [x])
        assert x2 in {z for node in topological_order(x2.grad) for z in node.operands}
    assert gradients(again(x.grad), [x]) == [0]


@pytest.mark.parametrize("again", [copy.deepcopy, pickled(5)], ids=["deepcopy", "protocol 5"])
def test_deep_gradients_that_are_graphs(again):
    x, y = with_graphs_as_gradients(5_000)
    x2, y2 = again((x, y))
    assert gradients(x2.grad, [x2]) == gradients(x.grad, [x]) and y2.data == y.data


def test_many_leaves_whose_gradients_are_graphs_of_one_another(again):
    """The gradient of each leads to the next: a pickle that wrote one inside of another would be as deep as
    they are many."""
    leaves = [Value(float(k)) for k in range(3_000)]
    for x, next_one in zip(leaves, leaves[1:]):
        x.grad = next_one * 2
    found = again(leaves)
    assert [x.data for x in found] == [x.data for x in leaves]
    assert (all(x.grad.operands[0].data == y.data for x, y in zip(found, found[1:]))
            and found[-1].grad == leaves[-1].grad)
    if again is copy.deepcopy:
        assert all(x.grad.operands[0] is y for x, y in zip(found, found[1:]))


def test_a_pickler_that_is_kept_writes_later_changes_too():
    """What one pickler remembers of a graph is not taken for its present state by another."""
    x, y = with_graphs_as_gradients(2)
    first = pickle.Pickler(io.BytesIO())
    first.dump(x)
    x.grad = x * 7
    found = pickled(5)(x)
    assert found.grad.operands[0] is found and found.grad.operands[1].data == 7
    x.grad = 0.5
    assert pickled(5)(x).grad == 0.5


# --- copy.copy --------------------------------------------------------------------------------------

def test_a_shallow_copy_is_a_new_node_on_the_same_operands():
    x, w, h, loss = example()
    twin = copy.copy(loss)
    assert (twin is not loss and twin.operands is loss.operands
            and all_fields(twin)[-1] == all_fields(loss)[-1])
    assert gradients(twin, [x, w]) == gradients(loss, [x, w])
    leaf = copy.copy(w)
    leaf.data = 9.0
    assert (w.data, leaf.label, leaf.grad) == (-2.0, "w", w.grad)
    named = Named(1.0)
    named.where = [1]
    assert copy.copy(named).where is named.where and type(copy.copy(Constant(1.0))) is Constant


# --- models, optimizers, histories ------------------------------------------------------------------

X, Y = [[0.1, 0.2], [-0.5, 0.9], [1.0, -1.0], [0.3, 0.7]], [0.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("optimizer", [lambda ps: SGD(ps, 0.1, momentum=0.9), lambda ps: Adam(ps, 0.01)],
                         ids=["SGD", "Adam"])
def test_a_copied_training_goes_on_as_the_original_does(again, optimizer):
    model = MLP(2, [16, 16, 1], hidden="tanh", seed=1)
    mover = optimizer(model.parameters())
    history = fit(model, X, Y, "mse", mover, epochs=3, metrics=[])
    model2, mover2, history2 = again((model, mover, history))
    assert vars(history2) == vars(history) and mover2.states == mover.states and mover2.steps == mover.steps
    assert all(p is q for p, q in zip(mover2.parameters, model2.parameters()))
    on, on2 = [fit(m, X, Y, "mse", o, epochs=3).losses for m, o in ((model, mover), (model2, mover2))]
    assert on == on2 and [p.data for p in model.parameters()] == [p.data for p in model2.parameters()]


def test_a_model_and_its_loss_belong_together(again):
    model = MLP(2, [16, 16, 1], seed=1)
    loss  = mse(model.batch(X), Y)
    model2, loss2 = again((model, loss))
    loss.backward()
    loss2.backward()
    assert [p.grad for p in model2.parameters()] == [p.grad for p in model.parameters()]
    assert [p.label for p in model2.parameters()] == [p.label for p in model.parameters()]


@pytest.mark.parametrize("f", ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu",
                               "softplus", "step", "maxout"])
def test_a_model_with_any_activation(again, f):
    model = MLP(2, [3, 1], hidden=f, seed=2)
    assert again(model)(X[0]).data == model(X[0]).data


def test_other_modules(again):
    model = Sequential(Layer(2, 4, "tanh", seed=1), Residual(Layer(4, 4, seed=2)), Dropout(0.5, seed=3),
                       BatchNorm(4), Layer(4, 1, seed=4))
    model2, stop = again((model, EarlyStopping(patience=3)))
    model.train(), model2.train()
    assert [y.data for y in model2.batch(X)] == [y.data for y in model.batch(X)] and stop.patience == 3


def test_another_process_gets_a_model_and_gives_it_back(tmp_path):
    """multiprocessing, where every process starts anew."""
    (tmp_path / "script.py").write_text("""
import multiprocessing, sys
from nn import MLP, fit

def trained(model):
    history = fit(model, [[0.0], [1.0]], [1.0, 0.0], epochs=2)
    return model, history, model([0.5])

if __name__ == "__main__":
    models = [MLP(1, [4, 1], hidden="tanh", seed=k) for k in (1, 2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(trained, models)
    for model, (model2, history, y) in zip(models, found):
        here = trained(model)
        assert [p.data for p in model2.parameters()] == [p.data for p in model.parameters()]
        assert history.losses == here[1].losses and y.data == here[2].data
    print("done")
""")
    ran = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, cwd=ROOT,
                         env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ran.stdout == "done\n", ran.stderr


def test_a_primitive_of_ones_own_is_found_where_it_was_made():
    """As every function of the table: pickle looks a function up by its module and its name."""
    import engine
    for name in ("exp", "tanh", "relu", "gelu", "atan2", "maximum"):
        assert pickled(0)(getattr(engine, name)) is getattr(engine, name)
