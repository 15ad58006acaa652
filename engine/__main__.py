"""The command line: any expression, differentiated, drawn, explained, lectured on.

    chainrule "tanh(w*x + b)" x=0.5 w=-1 b=2 --explain w --save out.html
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from inspect import Parameter, Signature
from typing import NoReturn

from .pictures.drawing import draw
from .explaining.explanation import explain
from .expression import Walk, evaluate, meant
from .graphs.graph import Graph
from .show.numbers import digits
from .show.sizes import SIZES
from .show.text import ended, print_anywhere, visible
from .value import Operand, Value

USAGE = """chainrule: the chain rule on any expression

    chainrule "tanh(w*x + b)" x=0.5 w=-1 b=2                   every value and gradient
    chainrule "tanh(w*x + b)" x=0.5 w=-1 b=2 --explain w       and where dJ/dw comes from
    chainrule "tanh(w*x + b)" x=0.5 w=-1 b=2 --save J.svg      and a picture: .png .pdf .tex .html .dot .txt

    chainrule draw    EXPRESSION x=... [--view V] [--unfold BOX] [--fit 16:9] [--legend]
                      [--edge-width gradient] [--size column|page|slide] --save FILE
    chainrule explain EXPRESSION x=... --explain NAME [--as text|markdown|latex|html]
                      [--show both|symbols|numbers]
    chainrule lecture EXPRESSION x=... [--save page.html]      the passes step by step; also film.gif, frames/
                      [--no-live]                              a page whose numbers cannot be changed
    chainrule check   EXPRESSION x=...                         the gradients against independent numbers
    chainrule conformance ...                                  the test suite for any engine; --help says more
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if it worked, 1 if a check failed, 2 if something given cannot be used."""
    return ended(lambda: run(arguments))


def run(arguments: Sequence[str] | None) -> int:
    print_anywhere()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(USAGE, end="")
        return 0 if given else 2
    if given[0] == "conformance":
        return int(import_module("engine.testing.conformance").main(given[1:]) or 0)
    mistyped = misspelt(given)
    if mistyped:
        print(f"chainrule: {mistyped}", file=sys.stderr)
        return 2
    command = given.pop(0) if given[0] in COMMANDS else "show"
    # it may start with a minus
    expression = given.pop(0) if given and not given[0].startswith("--") else None
    try:
        if expression is None and not {"-h", "--help"} & set(given):
            example = f'chainrule {command} "w*x" w=2 x=3'.replace(" show", "")
            raise ValueError(f"write the expression first, as in: {example}")
        options = parser(command).parse_intermixed_args(given)
        options.expression = expression
        return COMMANDS[command](options)
    except BrokenPipeError:
        raise
    except (ValueError, TypeError, ModuleNotFoundError, OSError, RuntimeError) as error:
        print("\n".join(visible(line, 2500) for line in f"chainrule: {error}".split("\n")), file=sys.stderr)
        return 2


def misspelt(given: Sequence[str]) -> str:
    """What to say where the first word is no command, but was meant as one: an expression follows it."""
    word, follows = given[0], given[1] if len(given) > 1 else "--"
    if word in COMMANDS or not word.isidentifier() or "=" in follows or follows.startswith("--"):
        return ""
    commands = [name for name in (*COMMANDS, "conformance") if name != "show"]
    near     = meant(word, commands)
    return f"there is no command {word}: {near}write one of {', '.join(commands)}" if near else ""


class Parser(argparse.ArgumentParser):
    """argparse, with its complaints as exceptions like all others."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{visible(message, 300)}: --help says what can be written")


def parser(command: str) -> argparse.ArgumentParser:
    p = Parser(prog=f"chainrule {command} EXPRESSION".replace(" show", ""), allow_abbrev=False)
    p.add_argument("values", nargs="*", metavar="name=number", help="a value for each name in it")
    p.add_argument("--save", metavar="FILE", help="where to write the picture or page")
    p.add_argument("--explain", metavar="NAME", help="explain the slope with respect to this variable")
    p.add_argument("--view", choices=["scalar", "unit", "neuron", "layer"],
                   help="how far to fold the picture")
    p.add_argument("--unfold", metavar="BOX", action="append", default=[], help="open a box of the view; may "
                   "be given again")
    p.add_argument("--fit", metavar="W:H", help="a shape to come near to, as 16:9: repeated operands gather")
    p.add_argument("--edge-width", choices=["gradient"], help="arrows as wide as the gradient in them")
    p.add_argument("--legend", action="store_true", default=None, help="a legend below the picture")
    p.add_argument("--size", choices=list(SIZES), help="how large the picture is printed: "
                   + ", ".join(f"{name} {wide:g} cm wide" for name, (wide, _) in SIZES.items()))
    p.add_argument("--no-live", dest="live", action="store_false",
                   help="a lecture whose numbers cannot be changed, on a page that does not compute")
    p.add_argument("--as", dest="form", choices=["text", "markdown", "latex", "html"], default="text")
    p.add_argument("--show", choices=["both", "symbols", "numbers"], default="both")
    return p


def numbers(items: Sequence[str]) -> dict[str, float]:
    """name=number, each."""
    values = {}
    for item in items:
        name, equals, number = item.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ValueError(f"{visible(item)!r} gives no variable a value: write name=number, as in x=0.5")
        if name.strip() in values:
            raise ValueError(f"{visible(name.strip())} is given twice: write one number for each name")
        try:
            values[name.strip()] = float(number)
        except ValueError:
            raise ValueError(f"{visible(number)!r} is not a number: write {visible(name)}=0.5") from None
    return values


def shape(text: str | None) -> tuple[float, float] | str:
    """16:9 as (16, 9); without it what draw does by default."""
    if text is None:
        return "strips"
    try:
        width, height = map(float, text.split(":"))
    except ValueError:
        raise ValueError(f"--fit is width:height, not {visible(repr(text))}: write --fit 16:9") from None
    return width, height


def result(options: argparse.Namespace) -> tuple[Value, dict[str, Value]]:
    """The expression's value, with its gradients."""
    z, variables = evaluate(options.expression, numbers(options.values))
    z.backward()
    return z, variables


# --- the commands ---------------------------------------------------------------------------------

def show(options: argparse.Namespace) -> int:
    """Every value and gradient; with --explain and --save also those."""
    z, _  = result(options)
    graph = Graph(z)
    print(f"{visible(graph.symbol(z))} = {visible(options.expression, 2000)} = {digits(z.data)}\n")
    rows = [("name", "value", "gradient", "made by")] + [
        (visible(graph.symbol(v)), digits(v.data), graph.grad(v), visible(graph.formula(v)))
        for v in graph.nodes if not graph.is_plain(v)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return finish(graph, options)


def finish(graph: Graph, options: argparse.Namespace) -> int:
    """The explanation and the file, where they were asked for."""
    why = explain(graph, options.explain, show=options.show) if options.explain else None
    if why:
        forms = {"text": why.__str__, "markdown": why.markdown, "latex": why.latex, "html": why.html}
        print("\n" + forms[options.form]())
    if options.save:
        picture = draw(graph, options.view, unfold=options.unfold, fit=shape(options.fit),
                       edge_width=options.edge_width, legend=options.legend)
        if why:
            picture.notes = why.html()
        print(f"\nwrote {visible(picture.save(options.save, size=options.size), 300)}")
    return 0


def draw_only(options: argparse.Namespace) -> int:
    z, _ = result(options)
    options.save = options.save or "graph.svg"
    return finish(Graph(z), options)


def explain_only(options: argparse.Namespace) -> int:
    z, variables = result(options)
    for name in [options.explain] if options.explain else variables:
        options.explain = name
        finish(Graph(z), options)
        options.save = None
    return 0


def lecture(options: argparse.Namespace) -> int:
    from .lectures import media
    z, _ = evaluate(options.expression, numbers(options.values))
    made = media.lecture(z, live=options.live)
    if options.save:
        made.save(options.save, size=options.size, view=options.view)
        print(f"wrote {visible(options.save, 300)}")
    else:
        print(made)
    return 0


def check(options: argparse.Namespace) -> int:
    """The gradients of the expression against the independent numbers of engine.testing."""
    values = numbers(options.values)
    evaluate(options.expression, values)                      # complains about what cannot be used
    def f(*xs: Value) -> Operand:
        return Walk(options.expression, dict(zip(values, xs))).result()
    names = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in values]
    f.__signature__ = Signature(names)   # type: ignore[attr-defined]     # for the report
    report = import_module("engine.testing").check_gradients(f, *values.values())
    print(report)
    return 0 if report.ok else 1


COMMANDS = {"show": show, "draw": draw_only, "explain": explain_only, "lecture": lecture, "check": check}

if __name__ == "__main__":
    raise SystemExit(main())
