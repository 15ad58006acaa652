"""Saving and loading: equal to the last bit, or an error that changes nothing."""

import json
import pickle
import subprocess
import sys
from fractions import Fraction
from math import inf, nan, pi
from pathlib import Path
from random import Random

import pytest

from engine import Value
from nn import (MLP, BatchNorm, Highway, Layer, Residual, Sequential, Standardizer, WeightedSkip, fit, load,
                save)
from nn.saving import restore, state


def bits(model):
    """The parameters, in a notation that tells 0.0 from -0.0 and keeps the last bit."""
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
    assert bits(loaded) == bits(saved) != bits(make(2))
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
    assert bits(other) == [x.hex() for x in hard]


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
    assert json.loads((tmp_path / "m.json").read_text()) == {"format": "chainrule parameters, 1",
                                                             "parameters": {
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
    (changed(lambda c: c["parameters"].update({NAME: 1.0})),
     "has one number in .* and 3 numbers in the model"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, "2", 3.0]})), "holds '2'"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, None, 3.0]})), "holds None"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, [2.0], 3.0]})), r"holds \[2.0\]"),
    (changed(lambda c: c["parameters"].update({NAME: [1.0, True, 3.0]})), "holds True"),
])
def test_a_file_that_does_not_fit_changes_nothing(text, says, tmp_path):
    (tmp_path / "m.json").write_text(text)
    model = MLP(2, [3, 1], seed=2)
    before = bits(model)
    with pytest.raises(ValueError, match=says):
        load(model, tmp_path / "m.json")
    assert bits(model) == before


def test_another_shape_is_refused_and_names_the_first_difference(tmp_path):
    save(MLP(2, [4, 1]), tmp_path / "m.json")
    for model, says in [(MLP(2, [3, 1]), r"has layers\[0\].neurons\[3\].weights, which the model lacks"),
                        (MLP(3, [4, 1]), "has 2 numbers in .*m.json and 3 numbers in the model"),
                        (MLP(2, [4, 4, 1]), r"lacks layers\[1\].neurons\[1\].weights")]:
        before = bits(model)
        with pytest.raises(ValueError, match=says):
            load(model, tmp_path / "m.json")
        assert bits(model) == before


def test_a_number_is_no_path():
    with pytest.raises(TypeError):
        load(MLP(1, [1]), 3)


def test_a_file_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="nowhere.json"):
        load(MLP(1, [1]), "nowhere.json")


def test_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="cannot write .* Give a file in a folder that exists"):
        save(MLP(1, [1]), tmp_path / "missing" / "m.json")


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
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                         cwd=Path(__file__).parents[2])
    assert "cannot write the parameters" in ran.stdout, ran.stderr


def test_only_floats_and_ints_can_be_saved(tmp_path):
    model = MLP(1, [1])
    model.parameters()[0].data = Fraction(1, 3)
    with pytest.raises(TypeError, match=r"layers\[0\].neurons\[0\].weights holds Fraction"):
        save(model, tmp_path / "m.json")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TypeError, match=r"save\(model, path\)"):
        save([Value(1.0)], tmp_path / "m.json")


# --- numbers that no model can use: neither saved nor loaded ----------------------------------------

@pytest.mark.parametrize("x", [inf, -inf, nan, 10 ** 400, -10 ** 5000],
                         ids="inf -inf nan 401-digits 5001-digits".split())
def test_what_could_not_be_loaded_is_not_saved(x, tmp_path):
    """The class: whatever is saved can be loaded, and is JSON to every reader (NaN and Infinity are not)."""
    (tmp_path / "m.json").write_text("earlier")
    model = MLP(1, [2])
    model.parameters()[1].data = x
    with pytest.raises(ValueError,
                       match=r"layers\[0\].neurons\[0\].bias holds .*nothing was written to .*m.json"):
        save(model, tmp_path / "m.json")
    assert ([f.name for f in tmp_path.iterdir()] == ["m.json"]
            and (tmp_path / "m.json").read_text() == "earlier")


@pytest.mark.parametrize("x", [inf, -inf, nan, 10 ** 400, -10 ** 5000, None, "1", [1.0], True, 1j,
                               Fraction(1, 3)], ids=lambda x: type(x).__name__)
def test_restore_refuses_what_save_refuses_and_changes_nothing(x):
    model = MLP(2, [3, 1], seed=2)
    before, given = bits(model), {**state(MLP(2, [3, 1], seed=1))}
    given[NAME] = [0.0, x, 0.0]
    with pytest.raises(ValueError, match=r"layers\[1\].neurons\[0\].weights holds .* in the state"):
        restore(model, given)
    assert bits(model) == before


@pytest.mark.parametrize("given", [None, [1.0], "state", 3])
def test_restore_refuses_what_is_no_state(given):
    with pytest.raises(TypeError,
                       match="not a dict of names and numbers: give what nn.saving.state returned"):
        restore(MLP(1, [1]), given)


def test_a_diverged_model_is_still_left_as_it_was_by_fit():
    """The checks of fit put back what the model had, whatever that was, and their own message is the one that
    is told."""
    model = MLP(1, [1])
    model.parameters()[0].data = nan
    with pytest.raises(FloatingPointError, match="the loss became nan"):
        fit(model, [[1.0]], [1.0], epochs=1)


# --- damaged files ----------------------------------------------------------------------------------

WHOLE = changed(lambda c: None)
LONG  = "1" + "0" * 5000


DAMAGED = [
    (WHOLE.replace("0.0", "NaN", 1), "holds nan in .*m.json, which is nan, infinite or larger"),
    (WHOLE.replace("0.0", "-Infinity", 1), "holds -inf in"),
    (WHOLE.replace("0.0", "1e999", 1), "holds inf in"),
    (WHOLE.replace("0.0", "-" + LONG[:401], 1), "holds (-inf|an int of 1329 bits) in"),
    (WHOLE.replace("0.0", LONG[:310], 1), "holds an int of 1027 bits in"),
    (WHOLE.replace("0.0", LONG, 1), "holds inf in"),
    (WHOLE.replace("0.0", "[" * 900 + "]" * 900, 1), "m.json"),
    (WHOLE.replace("0.0", "[" * 100_000 + "]" * 100_000, 1), "holds lists within lists, too deep to read"),
    ("[" * 10 ** 6, "holds lists within lists, too deep to read"),
    ('{"a":' * 10 ** 5 + "1" + "}" * 10 ** 5, "holds lists within lists, too deep to read"),
    (WHOLE.replace("0.0", '"0.0"', 1), "holds '0.0' in .*which is not a number"),
    (WHOLE.replace("0.0", '{"a": 1}', 1), "holds {'a': 1} in"),
    (WHOLE.replace("0.0", "true", 1), "holds True in"),
    (WHOLE.replace('"parameters": {', f'"parameters": {{"{NAME}": [0.0, 0.0, 0.0], ', 1),
     r"holds layers\[1\].neurons\[0\].weights twice"),
    (WHOLE.replace("{", '{"format": "x", ', 1), "holds format twice"),
    (WHOLE.replace("0.0", '0.0, "\\u001b[31m": 1', 1), r"has \\x1b\[31m, which the model lacks"),
    (WHOLE.encode("utf-16"), "is not a JSON file .*utf-8.* give a file that nn.save wrote"),
    (b"\xff" + WHOLE.encode(), "is not a JSON file .*utf-8"),
    (b"\x00" * 100, "is not a JSON file"),
    (WHOLE[:-20], "is not a JSON file"),
    ("", "is not a JSON file"),
    (" " * 10_100_000 + WHOLE, "has more than 10013000 bytes, far more than the parameters"),
]


@pytest.mark.parametrize(("content", "says"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_refused_in_a_sentence_and_changes_nothing(content, says, tmp_path):
    content = content if isinstance(content, bytes) else content.encode()
    assert content != WHOLE.encode()
    (tmp_path / "m.json").write_bytes(content)
    model = MLP(2, [3, 1], seed=2)
    before = bits(model)
    with pytest.raises(ValueError, match=says) as caught:
        load(model, tmp_path / "m.json")
    assert bits(model) == before and len(str(caught.value)) < 600


def test_a_file_without_end_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ValueError, match="/dev/zero has more than .* bytes"):
        load(MLP(1, [1]), "/dev/zero")
    with pytest.raises(IsADirectoryError, match="cannot read the parameters from .* Give a file that nn.save "
                                                "wrote"):
        load(MLP(1, [1]), tmp_path)


# --- several at once --------------------------------------------------------------------------------

WRITER = """
import sys
from nn import MLP, save
path, number, start = sys.argv[1], float(sys.argv[2]), sys.stdin.readline()
model = MLP(8, [8], init=number)
for k in range(150):
    save(model, path)
"""


def test_two_writers_and_a_reader_see_whole_files_only(tmp_path):
    """No save fails, no reader sees half a file or none, and nothing is left over."""
    path = tmp_path / "m.json"
    save(MLP(8, [8], init=1.0), path)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, str(k)], cwd=Path(__file__).parents[2],
                                text=True, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for k in (1, 2)]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    seen, model = [], MLP(8, [8])
    while any(writer.poll() is None for writer in writers):
        load(model, path)
        seen.append({w.data for neuron in model.layers[0].neurons for w in neuron.weights})
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert all(weights in ({1.0}, {2.0}) for weights in seen) and seen
    assert [f.name for f in tmp_path.iterdir()] == ["m.json"]


def test_a_link_planted_at_the_name_of_a_part_is_not_followed(tmp_path):
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "m.json.part").symlink_to(tmp_path / "victim")
    save(MLP(1, [1]), tmp_path / "m.json")
    assert (tmp_path / "victim").read_text() == "mine" and (tmp_path / "m.json.part").is_symlink()
