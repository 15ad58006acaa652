"""Saving and loading: equal to the last bit, or an error that changes nothing."""

import json
import pickle
import subprocess
import sys
from fractions import Fraction
from math import inf, pi
from pathlib import Path
from random import Random

import pytest

from engine import Value
from nn import MLP, BatchNorm, Highway, Layer, Residual, Sequential, Standardizer, WeightedSkip, load, save
from nn.saving import restore, state


def numbers(model):
    return [p.data.hex() for p in model.parameters()]


MODELS = [
    lambda seed: MLP(2, [16, 16, 1], seed=seed),
    lambda seed: MLP(3, [4, 2], hidden="maxout", seed=seed),
    lambda seed: Sequential(
        Standardizer().fit([[seed, 0.1], [1.0, 0.3]]), Layer(2, 4, "linear", seed=seed), BatchNorm(4),
        Residual(Layer(4, 4, seed=seed), Layer(4, 4, seed=seed)), Highway(Layer(4, 4, seed=seed), seed=seed),
        WeightedSkip(Layer(4, 2, seed=seed), seed=seed)),
]


@pytest.mark.parametrize("make", MODELS)
def test_a_round_trip_is_equal_to_the_last_bit(make, tmp_path):
    saved, loaded = make(1), make(2)
    save(saved, tmp_path / "model.json")
    load(loaded, tmp_path / "model.json")
    assert numbers(loaded) == numbers(saved) != numbers(make(2))
    x = [0.1, -0.7, pi][:3 if isinstance(saved, MLP) and saved.n_in == 3 else 2]
    assert repr(saved.eval()(x)) == repr(loaded.eval()(x))                                # D0-39
    assert [f.name for f in tmp_path.iterdir()] == ["model.json"]


def test_numbers_that_are_hard_to_write_down(tmp_path):
    model = MLP(3, [1])
    hard = [5e-324, -0.0, 0.1 + 0.2, 1.7976931348623157e308]
    for p, x in zip(model.parameters(), hard):
        p.data = x
    save(model, tmp_path / "m.json")
    other = MLP(3, [1])
    load(other, str(tmp_path / "m.json"))
    assert numbers(other) == [x.hex() for x in hard]


def test_any_float_survives():
    rng = Random(0)
    for _ in range(2000):
        x = rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300)
        assert json.loads(json.dumps(x)).hex() == x.hex()


def test_running_statistics_are_remembered(tmp_path):
    bn, other = BatchNorm(1), BatchNorm(1)
    bn.batch([[1.0], [5.0]])
    save(bn, tmp_path / "bn.json")
    load(other, tmp_path / "bn.json")
    assert (other.running_mean, other.running_var) == (bn.running_mean, bn.running_var)
    bn.running_mean[0] = 9.0
    assert other.running_mean != bn.running_mean


def test_the_file_is_readable_json_and_no_pickle(tmp_path):
    save(MLP(2, [1], init=0.25), tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text()) == {"format": "chainrule parameters, 1", "parameters": {
        "layers[0].neurons[0].weights": [0.25, 0.25], "layers[0].neurons[0].bias": 0.0}}
    with pytest.raises(pickle.UnpicklingError):
        pickle.loads((tmp_path / "m.json").read_bytes())


def test_shared_parameters_are_written_once(tmp_path):
    layer = Layer(2, 2)
    assert len(state(Sequential(layer, layer))) == 4


# --- what cannot be loaded ------------------------------------------------------------------------

def changed(change):
    content = {"format": "chainrule parameters, 1", "parameters": state(MLP(2, [3, 1], seed=1))}
    return json.dumps(change(content) or content)


NAME = "layers[1].neurons[0].weights"


@pytest.mark.parametrize(("text", "says"), [
    ("", "not a JSON file"),
    ("[1, 2", "not a JSON file"),
    ("[1, 2]", "a file that nn.save wrote"),
    ("{}", "a file that nn.save wrote"),
    (changed(lambda c: c.update(format="2")), "a file that nn.save wrote"),
    (changed(lambda c: c.update(parameters=[1])), "a file that nn.save wrote"),
    (changed(lambda c: c["parameters"].pop(NAME) and None), r"lacks layers\[1\].neurons\[0\].weights"),
    (changed(lambda c: c["parameters"].update(extra=1.0)), "has extra, which the model lacks"),
    (changed(lambda c: c["parameters"][NAME].append(1.0)), "has 4 numbers in .* and 3 numbers in the model"),
    (changed(lambda c: c["parameters"].update({NAME: 1.0})), "has one number in .* and 3 numbers in the model"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, "2", 3.0]})), "holds '2'"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, None, 3.0]})), "holds None"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, [2.0], 3.0]})), r"holds \[2.0\]"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, True, 3.0]})), "holds True"),
])
def test_a_file_that_does_not_fit_changes_nothing(text, says, tmp_path):
    (tmp_path / "m.json").write_text(text)
    model = MLP(2, [3, 1], seed=2)
    before = numbers(model)
    with pytest.raises(ValueError, match=says):
        load(model, tmp_path / "m.json")
    assert numbers(model) == before


def test_another_shape_is_refused_and_names_the_first_difference(tmp_path):
    save(MLP(2, [4, 1]), tmp_path / "m.json")
    for model, says in [(MLP(2, [3, 1]), r"has layers\[0\].neurons\[3\].weights, which the model lacks"),
                        (MLP(3, [4, 1]), "has 2 numbers in .*m.json and 3 numbers in the model"),
                        (MLP(2, [4, 4, 1]), r"lacks layers\[1\].neurons\[1\].weights")]:
        before = numbers(model)
        with pytest.raises(ValueError, match=says):
            load(model, tmp_path / "m.json")
        assert numbers(model) == before


def test_a_number_is_no_path():
    with pytest.raises(TypeError):
        load(MLP(1, [1]), 3)


def test_a_file_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="nowhere.json"):
        load(MLP(1, [1]), "nowhere.json")


def test_a_folder_that_cannot_be_written_leaves_the_earlier_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="cannot write .* Give a file in a folder that exists"):
        save(MLP(1, [1]), tmp_path / "missing" / "m.json")
    (tmp_path / "m.json").write_text("earlier")
    (tmp_path / "m.json.part").mkdir()                   # nothing can be written beside it
    with pytest.raises(IsADirectoryError, match="cannot write the parameters"):
        save(MLP(1, [1]), tmp_path / "m.json")
    assert (tmp_path / "m.json").read_text() == "earlier"


def test_a_folder_in_the_place_of_the_file_leaves_nothing_behind(tmp_path):
    (tmp_path / "m.json").mkdir()
    with pytest.raises(OSError, match="cannot write the parameters"):
        save(MLP(2, [1]), tmp_path / "m.json")
    assert [path.name for path in tmp_path.iterdir()] == ["m.json"]


def test_a_read_only_folder(tmp_path):
    script = f"""
import os
from nn import MLP, save
if os.getuid() == 0: os.setgid(65534); os.setuid(65534)
try: save(MLP(1, [1]), {str(tmp_path / "closed" / "m.json")!r})
except PermissionError as error: print(error)
"""
    (tmp_path / "closed").mkdir(mode=0o555)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "cannot write the parameters" in ran.stdout, ran.stderr


def test_only_floats_and_ints_can_be_saved(tmp_path):
    model = MLP(1, [1])
    model.parameters()[0].data = Fraction(1, 3)
    with pytest.raises(TypeError, match=r"layers\[0\].neurons\[0\].weights holds Fraction"):
        save(model, tmp_path / "m.json")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TypeError, match=r"save\(model, path\)"):
        save([Value(1.0)], tmp_path / "m.json")


def test_infinities_round_trip(tmp_path):
    model = MLP(1, [1])
    model.parameters()[0].data = -inf
    save(model, tmp_path / "m.json")
    restore(model, {**state(model), "layers[0].neurons[0].weights": [0.0]})
    load(model, tmp_path / "m.json")
    assert model.parameters()[0].data == -inf
