"""A row becomes a function, a method and a docstring; the numbers are in test_primitives.py."""

import ast
import subprocess
import sys
from math import nan
from pathlib import Path

import pytest

import engine
from engine import Value
from engine.primitives import TABLE
from engine.rows import changed


def test_adding_a_primitive_is_adding_one_row():
    """Function, method, gradient and second derivative, all from the line of docs/values.md."""
    program = """if True:
        from engine import Value, grad
        from engine.primitives import primitive
        cube = primitive("cube", lambda x: x * x * x, [lambda z, x: 3 * x * x], latex=r"{0}^3")
        x = Value(2.0)
        z = x.cube()
        z.backward()
        print(cube(2), z.data, x.grad, grad(grad(cube))(2.0), grad(grad(grad(cube)))(2.0), z.op)
    """
    assert run(program) == "8 8.0 12.0 12.0 6.0 cube\n"


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", [name for name in TABLE if hasattr(engine, name)])
def test_every_function_says_what_it_is_and_what_it_raises(name):
    said = getattr(engine, name).__doc__
    if TABLE[name].nary or name in ("leaky_relu", "elu", "clamp", "mask"):       # written out in functions.py
        assert len(said) > 20
    else:
        assert f"Defined on {' x '.join(TABLE[name].domain)}" in said and "ValueError" in said


def test_the_docstring_of_sigmoid_names_its_document():
    assert Value.sigmoid.__doc__.startswith("1/(1 + e^-x) (D0-16, D1-20). Defined on (-inf, inf);")


def declared_in_value_py():
    """The methods that value.py declares for editors and type checkers; the rows install them."""
    tree  = ast.parse(Path(engine.value.__file__).read_text(encoding="utf-8"))
    value = next(part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == "Value")
    block = next(part for part in value.body if isinstance(part, ast.If))
    return {method.name for method in block.body}


def test_value_py_declares_the_method_of_each_row():
    assert {name for name, row in TABLE.items() if row.public} - declared_in_value_py() == set()


def test_value_py_declares_no_method_that_is_not_there():
    assert [name for name in declared_in_value_py() if not hasattr(Value, name)] == []


def test_rows_are_flat_where_no_gradient_passes_anywhere():
    assert {name for name, row in TABLE.items() if row.flat} == {"sign", "floor", "round", "step", "//"}


def test_what_a_row_does_not_say_follows_from_its_name():
    assert (TABLE["sinh"].symbol, TABLE["sinh"].text) == ("sinh", "sinh({0})")
    assert (TABLE["sigmoid"].symbol, TABLE["sigmoid"].text) == ("σ", "σ({0})")


def test_a_row_that_is_no_method_is_none_and_no_operator_is_an_attribute():
    """`method=False` keeps over, neg, erfc' and their like out of Value; "+" is __add__ and nothing else."""
    by_hand = {"leaky_relu", "elu", "clamp"}                       # in functions.py: they have defaults
    assert {name for name in TABLE if hasattr(Value, name)} - by_hand == {
        name for name, row in TABLE.items() if row.method and name.isidentifier()}


@pytest.mark.parametrize("then, now, is_changed", [
    (2.0, 2.0, False), (2.0, 3.0, True), (2.0, nan, True), (nan, 2.0, True), (nan, nan, False)])
def test_data_was_changed_if_the_row_would_record_something_else(then, now, is_changed):
    x = Value(then)
    z = x * x
    x.data = now
    assert changed(z) == is_changed
