"""Right engines in the styles that are found in the wild: each is read, and no complaint about it is false.

Class: a right engine that is blamed for how it is written. One file for each style in wild/; what is said of
it, and what is truly lacking, stands here.
"""

import re
from pathlib import Path

import pytest

from engine.testing import conformance, museum

WILD = Path(__file__).parent / "wild"

# file: what is said of how it is read
RIGHT = {
    "closures.py": "data is called value, grad is called gradient, backward is called backprop",
    "global_tape.py": "data is called val, grad is called adjoint, backward is called tape.differentiate(z)",
    "function_apply.py": "numbers are arrays of one element, and read as numbers",
    "requires_grad.py": "a node is made by Tensor(x, requires_grad=True)",
    "one_element.py": "a node is made by Variable(np.array([x]))",
    "dataclasses_.py": "data is called x, grad is called dx, backward is called backpropagate",
    "slots.py": "data is called v, grad is called deriv, backward is called compute_gradients",
    "property_grad.py": "gradients cannot be set to 0",
    "read_only_grad.py": "gradients cannot be set to 0",
    "required_seed.py": "backward is called z.backward(1.0)",
    "functions.py": "functions in place of methods: ReLU(x), exp(x), log(x), tanh(x)",
    "statics.py": "functions in place of methods: Value.exp(x), Value.tanh(x)",
    "labels.py": "a node is made by Variable(value=x, name=...)",
    "keyword_only.py": "a node is made by Node(value=x, children=...)",
    "operator_table.py": "data is called scalar, grad is called bar, backward is called back",
    "dict_graph.py": "",
    "get_gradients.py": "the backward pass returns the gradients, and the suite adds them up over calls",
    "single_precision.py": "it computes in float32: what is right is judged by that precision",
    "single_precision_arrays.py": "it computes in float32: what is right is judged by that precision",
    "nested.py": "the number is inside of another object: .data.data",
    "grad_none.py": "",
    "operation_classes.py": "data is called output, grad is called gradient, backward is called run_backward",
    "gradient_first.py": "backward is called z.grad = 1, then z.backpropagate()",
    "frozen.py": "",
    "retain_graph.py": "backward is called z.backward(retain_graph=True)",
    "getters.py": "data is called value, grad is called derivative, backward is called backprop",
    "only_functions.py": "the operations are exp(x), add(x, y), sub(x, y), mul(x, y)",
    "numpy_scalars.py": "",
    "unheard_names.py": "data is called amount, grad is called blame, backward is called unroll",
    "trains.py": "functions in place of methods: exp(x)",
    "plots.py": "plots.py fails at line 53 when it is imported (ModuleNotFoundError: No module named "
                "'no_such_plotting_package'): the class above it was tested",
    "asks.py": "asks.py fails at line 51 when it is imported (EOFError",
    "endless_training.py": "works on after its class is there, for longer than 2 s, and was stopped",
    "package_of_three/engine_room/scalar.py": "data is called value, grad is called gradient",
}

# file: the cases that it truly fails, all of them about work and depth, none about a gradient
LIMITED = {
    "recursive.py":    {"10,000 additions", "10,000 products", "the sum of 10,000 losses"},
    "default_seed.py": {"10,000 additions", "10,000 products", "the sum of 10,000 losses", "60 doublings"},
}


def report_of(file):
    return conformance(str(WILD / file), examples=1)


@pytest.mark.parametrize("file", RIGHT)
def test_a_right_engine_has_all_marks_whatever_its_style(file):
    report = report_of(file)
    assert report.passed and report.score == 100, str(report)
    assert any(RIGHT[file] in said for said in report.said) if RIGHT[file] else not report.said, report.said


@pytest.mark.parametrize("file", LIMITED)
def test_only_depth_and_work_are_complained_of(file):
    report = report_of(file)
    assert {v.name for v in report.verdicts if v.status == "fail"} == LIMITED[file], str(report)


def test_a_tape_in_a_with_block_is_refused_with_what_to_write():
    problem = report_of("with_tape.py").problem
    assert "Number has no backward method" in problem and "looked for backward, backprop" in problem
    assert "--adapter adapter.py" in problem and "Gradients that only Tape gives" in problem


def test_every_file_is_told_of():
    files = {path.relative_to(WILD).as_posix() for path in WILD.glob("*.py")}
    assert files == ({*RIGHT, *LIMITED, "with_tape.py"} - {"package_of_three/engine_room/scalar.py"})


@pytest.mark.parametrize("name", ["overwrite", "no_seed", "in_place", "sub_sign"])
def test_a_mistake_is_the_same_by_any_name(name, tmp_path):
    """What an adapter stands between is neither hidden nor changed by it."""
    text = museum.source(museum.exhibit(name))
    for old, new in (("data", "value"), ("grad", "gradient"), ("backward", "backprop")):
        text = re.sub(rf"\b{old}\b", new, text)
    (tmp_path / "renamed.py").write_text(text, encoding="utf-8")
    (tmp_path / "usual.py").write_text(museum.source(museum.exhibit(name)), encoding="utf-8")
    usual, renamed = [conformance(f"{tmp_path}/{file}.py:Value", examples=1) for file in ("usual", "renamed")]
    assert renamed.said and not usual.said and usual.mistakes
    assert [sentence for sentence, _ in renamed.mistakes] == [sentence for sentence, _ in usual.mistakes]
    assert renamed.score == usual.score


def test_an_endless_loop_by_any_name_costs_cases_and_not_the_engine(tmp_path):
    text = (WILD / "closures.py").read_text(encoding="utf-8")
    text = text.replace("for node in reversed(order):", "while True:")
    (tmp_path / "endless.py").write_text(text, encoding="utf-8")
    report = conformance(f"{tmp_path}/endless.py:Scalar", case_limit=1.0, only="x + y", examples=1)
    assert not report.problem and "did not finish within 1 s" in report.mistakes[0][0], str(report)
