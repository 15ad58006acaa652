"""Programs run on any engine and know their exact gradient."""

from fractions import Fraction

import pytest
from engine import Value
from engine.testing.random_programs.growing import random_program
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.testing.random_programs.scalar_program import Plain, Program, Step

ALL = (*RATIONAL, *SMOOTH)
SQUARE  = Program((3.0,), (Step("*", (0, 0)),))
DIAMOND = Program((2.0, 3.0), (Step("+", (0, 1)), Step("*", (2, 2)), Step("-", (3, 2)), Step("*", (4, 3))))


def test_the_square_has_slope_6_at_3():
    assert SQUARE.gradient() == [6]
    assert SQUARE.numbers() == [3, 9]
    assert str(SQUARE).split("\n") == ["x = Value(3.0)", "z = x * x", "z.backward()",
                                       "print(x.grad)                     # 6.0"]


def test_shared_nodes_get_a_name_and_others_are_written_where_they_are_used():
    assert str(DIAMOND).split("\n")[:3] == ["x, y = Value(2.0), Value(3.0)", "a = x + y; b = a * a",
                                            "z = (b - a) * b"]


def test_gradients_agree_with_sympy():
    import sympy
    for seed in range(30):
        program = random_program(seed, max_inputs=2)
        xs = sympy.symbols(f"x:{len(program.inputs)}", positive=None, real=True)
        nodes = list(xs)
        for op, operands in program.steps:
            a = [nodes[x] if isinstance(x, int) else sympy.nsimplify(x.number) for x in operands]
            nodes.append({"+": lambda a: a[0] + a[1], "-": lambda a: a[0] - a[1], "*": lambda a: a[0] * a[1],
                          "/": lambda a: a[0] / a[1], "**": lambda a: a[0] ** a[1], "neg": lambda a: -a[0],
                          "abs": lambda a: sympy.Abs(a[0]), "relu": lambda a: sympy.Max(a[0], 0)}[op](a))
        at = {x: sympy.Rational(str(Fraction(v))) for x, v in zip(xs, program.inputs)}
        for x, g in zip(xs, program.gradient()):
            assert sympy.simplify(sympy.diff(nodes[-1], x).subs(at) - sympy.Rational(str(g))) == 0


@pytest.mark.parametrize("seed", range(40))
def test_the_engine_agrees_with_every_program_within_the_tolerance(seed):
    program = random_program(seed, ALL, 30)
    run = program.run(Value)
    run.output.backward()
    for leaf, right, tolerance in zip(run.leaves, program.gradient(), program.tolerances()):
        assert abs(leaf.grad - float(right)) <= tolerance
        assert tolerance <= 1e-8 * max(1, abs(right))
    run = random_program(seed).run(Value, Fraction)
    run.output.backward()
    assert [x.grad for x in run.leaves] == random_program(seed).gradient()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_printed_can_be_pasted(seed):
    program, printed = random_program(seed, ALL), []
    assert len(str(program).split("\n")) <= 5
    exec(str(program), {"Value": Value, "print": lambda *xs: printed.append(xs)})
    assert printed[0] == pytest.approx([float(g) for g in program.gradient()], rel=1e-8, abs=1e-8)


def test_adjoints_are_the_gradients_of_all_nodes():
    run = DIAMOND.run(Value, Fraction)
    run.output.backward()
    assert DIAMOND.adjoints() == [node.grad for node in run.nodes]


def test_whole_exponents_are_given_as_they_are():
    program = Program((3.0,), (Step("**", (0, Plain(2))),))
    assert program.run(lambda x: x, Fraction).output == Fraction(9)
    assert program.gradient() == [6] and str(program).split("\n")[1] == "z = x ** 2"


def test_a_kink_takes_the_slope_asked_for():
    program = Program((0.0,), (Step("relu", (0,)),))
    assert program.kinks == [1]
    assert program.gradient() == [0] and program.gradient({"relu": 1}) == [1]
    assert all(random_program(seed).kinks == [] for seed in range(50))
    assert any(random_program(seed, ("+", "-", "relu"), kinks=True).kinks for seed in range(50))


def test_exact_programs_lose_nothing_in_floats():
    assert SQUARE.exact and DIAMOND.exact
    assert not Program((1.0, 3.0), (Step("/", (0, 1)),)).exact
    assert not Program((1.0,), (Step("exp", (0,)),)).exact
    exact = [p for p in map(random_program, range(80)) if p.exact]
    assert len(exact) > 20
    for program in exact:
        run = program.run(Value)
        run.output.backward()
        assert [x.grad for x in run.leaves] == program.gradient()


def test_missing_operations_are_named():
    class Tiny:
        def __add__(self, other): return self
    assert DIAMOND.missing(Tiny) == ["*", "-"]
    assert DIAMOND.missing(Value) == []
