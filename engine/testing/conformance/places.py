"""Places: the method in which a mistake lies, its lines, and which of them it is where that is certain.

    site_of(mistake)         which part of an engine it changes, in which operations, towards which operands
    places(book, site)       excerpts of the student's own file: file, line, name, lines, the marked ones

A line is marked only if the text leaves no doubt; else the method is shown without a mark.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypedDict

from ..random_programs.operations import OPERATIONS
from .discovery import ALSO, OPERATORS
from .simulation import Mistake, Model, World, calculated
from .sources import FUNCTIONS, Book, Spot
from .trials import BACKWARD, FUNCTIONS as PASSES, GRAD

WHOLE  = 20                              # lines of a method that are shown as they are
AROUND = 4                               # lines around a marked one, where the method is longer
MOST   = 2                               # methods that are shown of one mistake
NODES  = 5000                            # of the tree of a method; what is larger no reader looks through
CALLS  = 50                              # in a method, that are followed


class Excerpt(TypedDict):
    """Lines of a file: [number, text] each; [0, ""] stands for what is left out."""

    file:   str
    line:   int
    name:   str
    lines:  list[tuple[int, str]]
    marked: list[int]


class Site(NamedTuple):
    """name: of the mistake, "" where there is none by name. part: of the engine. ops: the operations, () for
    all. operands: which of theirs. method: the one that is meant, where no operation says so."""

    name:     str
    part:     str             = "step"
    ops:      tuple[str, ...] = ()
    operands: tuple[int, ...] = (0, 1)
    method:   str             = ""


# --- where a mistake lies ---------------------------------------------------------------------------------

POINTS = ((2.0, 4.0), (0.5, 3.0), (-1.5, 2.0), (1.25, -0.75))


def site_of(mistake: Mistake) -> Site:
    ops = tuple(sorted(mistake.change if mistake.part == "late" else mistake.ops))
    if mistake.name == "reflected":
        special = OPERATIONS[ops[0]].special
        return Site(mistake.name, ops=ops, method=f"__r{special[2:]}")
    return Site(mistake.name, mistake.part, ops, tuple(changed(mistake, ops)))


def changed(mistake: Mistake, ops: Sequence[str]) -> Iterator[int]:
    """The operands towards which a right engine with this mistake passes on something else."""
    for k in (0, 1):
        if not ops or any(differs(mistake, op, k) for op in ops if OPERATIONS[op].arity > k):
            yield k


def differs(mistake: Mistake, op: str, k: int) -> bool:
    operands = (0, 1)[:OPERATIONS[op].arity]
    n = len(operands)
    world = World([2.0] * (n + 1), [()] * n + [operands], [()] * n + [(3.0,) * n], [0.0] * (n + 1),
                  [0.0] * (n + 1), [*([None] * n), (op, operands)])
    if mistake.part == "arrival":
        return bool(mistake.change(world, (n, k), 5.0, 7.0) != 7.0)
    if mistake.part == "message":
        return bool(mistake.change(world, (n, k), 3.0, 7.0) != 7.0)
    if mistake.part != "step":
        return True
    for point in POINTS:
        try:
            right, other = (calculated(op, operands, point[:n], model)[1]
                            for model in (Model(), Model((mistake,))))
        except (ArithmeticError, ValueError, TypeError):     # outside of the domain there is nothing to see
            continue
        if not math.isclose(right[k], other[k], rel_tol=1e-9, abs_tol=1e-12):
            return True
    return False


def places(book: Book, site: Site) -> list[Excerpt]:
    """The methods in which it lies; those with a marked line alone, if there are any."""
    words = gradient_words(book)
    spots = [spot for spot in once(spots_of(book, site)) if small(spot) and (site.name or computes(spot))]
    lines = [marked(book, spot, site, words) for spot in spots]
    if any(lines):
        spots, lines = [s for s, m in zip(spots, lines) if m], [m for m in lines if m]
    elif site.name in HINTED:
        return []
    return [excerpt(spot, found) for spot, found in zip(spots, lines)][:MOST]


def small(spot: Spot) -> bool:
    return sum(1 for _ in islice(ast.walk(spot.node), NODES + 1)) <= NODES


def spots_of(book: Book, site: Site) -> list[Spot]:
    """Where to look for it."""
    if site.method:
        return [spot for spot in [book.method(site.method, aliases=False)] if spot]
    if site.ops:
        return [spot for op in site.ops if (spot := of_operation(book, op))]
    back    = backward(book)
    reached = [*back, *(spot for b in back for spot in helpers(book, b))]
    if site.name in ("set of operands", "order of a set"):
        return [*reached, *(spot for spot in [book.method("__init__")] if spot)]
    if site.part in ("listing", "course", "prepare", "finish"):
        return reached if site.part == "listing" or site.name in HINTS else back
    if site.part == "late":
        return closures(book)
    words = gradient_words(book)
    return [spot for spot in reached if passes_on(spot, words)] or closures(book) or back


def of_operation(book: Book, op: str) -> Spot | None:
    """The method or function of an operation."""
    operation = OPERATIONS[op]
    for name in (operation.special, *ALSO.get(op, ())):
        spot = book.method(name) if name else None
        if spot:
            return follow(book, spot)
    script = book.own()
    names  = (operation.function, op, *ALSO.get(op, ()), *OPERATORS.get(operation.special, ()))
    return next((spot for name in names if script and name.isidentifier()
                 and (spot := book.named(script, name)) and isinstance(spot.node, FUNCTIONS)), None)


def follow(book: Book, spot: Spot, hops: int = 4) -> Spot:
    """The function, class or method that this one only passes its operands on to."""
    told = only_return(spot.node) if hops else None
    if isinstance(told, ast.BinOp) and plain(told.left) and plain(told.right):
        special = SPECIAL.get(type(told.op))
        beyond  = book.method(special) if special else None
    elif isinstance(told, ast.Call) and all(map(plain, told.args)) and not told.keywords:
        name   = (told.func.id if isinstance(told.func, ast.Name) else
                  told.func.value.id if isinstance(told.func, ast.Attribute) and told.func.attr == "apply"
                  and isinstance(told.func.value, ast.Name) else "")
        beyond = book.named(spot.script, name) if name and name not in book.family() else None
    else:
        return spot
    return follow(book, beyond, hops - 1) if beyond and beyond.node is not spot.node else spot


SPECIAL: dict[type[ast.operator], str] = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__",
                                          ast.Div: "__truediv__", ast.Pow: "__pow__"}


def only_return(node: ast.AST) -> ast.expr | None:
    """What a function returns that does nothing else, but for wrapping its operands."""
    if not isinstance(node, FUNCTIONS):
        return None
    *before, last = [s for s in node.body
                     if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))] or node.body
    wraps = all(isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
                and s.targets[0].id in parameters(node) for s in before)
    return last.value if wraps and isinstance(last, ast.Return) else None


def computes(spot: Spot) -> bool:
    """Whether it reads a number of its operands; if not, it is made of other operations, and what is wrong
    may lie there."""
    names = parameters(spot.node)
    calls = {id(node.func) for node in ast.walk(spot.node) if isinstance(node, ast.Call)}
    return not names or any(isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                            and node.value.id in names and id(node) not in calls
                            for node in ast.walk(spot.node))


def plain(node: ast.expr) -> bool:
    """An operand as it came, or wrapped: other, wrap(other), -other is not."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                                          and not node.keywords
                                          and all(isinstance(x, ast.Name) for x in node.args))


def backward(book: Book) -> list[Spot]:
    """The method, or the function beside the class, that runs the backward pass."""
    script = book.own()
    said   = [book.naming.backward] if book.naming.backward else []
    found  = next((spot for word in [*said, *BACKWARD] if (spot := book.method(word))), None) or next(
        (spot for word in [*said, *PASSES] if script and (spot := book.named(script, word))), None)
    others = [spot for node in script.tree.body if isinstance(node, ast.ClassDef) for word in BACKWARD
              if (spot := book.method(word, Spot(script, node, node.name)))] if script else []
    return [found] if found else others if len(others) == 1 else []       # that of a tape, for example


def helpers(book: Book, spot: Spot, hops: int = 2) -> list[Spot]:
    """The functions and methods of the student's that it calls, in their order."""
    found: list[Spot] = []
    for node in islice((node for node in ast.walk(spot.node) if isinstance(node, ast.Call)), CALLS):
        beyond = (book.named(spot.script, node.func.id) if isinstance(node.func, ast.Name) else
                  book.method(node.func.attr) if isinstance(node.func, ast.Attribute) else None)
        if beyond and isinstance(beyond.node, FUNCTIONS) and beyond.node is not spot.node:
            found += [beyond, *(helpers(book, beyond, hops - 1) if hops else [])]
    return once(found)


def closures(book: Book) -> list[Spot]:
    """The operations' methods that set a gradient in a function of their own."""
    words = gradient_words(book)
    spots = [spot for op in OPERATIONS if (spot := of_operation(book, op))]
    return [spot for spot in once(spots) if passes_on(spot, words)]


def once(spots: Sequence[Spot]) -> list[Spot]:
    """Each definition once, in their order."""
    return list({id(spot.node): spot for spot in spots}.values())


# --- statements that set a gradient -----------------------------------------------------------------------

class Store(NamedTuple):
    """x.grad = value, or x.grad += value; name: of x; word: grad, or what stands for it."""

    node:  ast.Assign | ast.AugAssign
    name:  str
    word:  str
    inner: bool                                              # in a loop, or in a function within


def gradient_words(book: Book) -> set[str]:
    """The attribute that holds the gradient: of the names that are usual the first that is set."""
    return {book.naming.grad or next((word for word in GRAD if word in book.attributes), "grad")}


def stores(spot: Spot, words: set[str]) -> list[Store]:
    """In the order of the lines."""
    found: list[Store] = []
    left: list[tuple[ast.AST, bool]] = [(node, False) for node in ast.iter_child_nodes(spot.node)]
    while left:
        node, inner = left.pop()
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [Store(node, t.value.id, t.attr, inner) for t in targets if isinstance(t, ast.Attribute)
                      and t.attr in words and isinstance(t.value, ast.Name)]
        inner = inner or isinstance(node, (*FUNCTIONS, ast.For, ast.While))
        left += [(child, inner) for child in ast.iter_child_nodes(node)]
    return sorted(found, key=lambda store: store.node.lineno)


def accumulates(store: Store) -> bool:
    """Whether the old gradient has a part in it."""
    return isinstance(store.node, ast.AugAssign) or any(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) == (store.name, store.word) for node in ast.walk(store.node.value))


def passing(spot: Spot, words: set[str]) -> list[Store]:
    """What passes a gradient on: not a start or a reset."""
    return [store for store in stores(spot, words) if store.inner
            and not isinstance(store.node.value, ast.Constant)]


def passes_on(spot: Spot, words: set[str]) -> bool:
    return bool(passing(spot, words))


def parameters(node: ast.AST) -> list[str]:
    """The names of the operands."""
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args)] if isinstance(node, FUNCTIONS) else []


def towards(spot: Spot, found: list[Store], site: Site) -> list[Store]:
    """Those that set the gradient of an operand that is meant; all in a loop over operands."""
    names = parameters(spot.node)
    return [store for store in found if store.name not in names[:2] or not site.ops
            or names.index(store.name) in site.operands]


# --- marks ------------------------------------------------------------------------------------------------

def marked(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """The lines that the mistake is in, as far as the text leaves no doubt."""
    hint = HINTS.get(site.name.partition(" of ")[0] if site.name.startswith(("slope of ", "value of "))
                     else site.name)
    return sorted(set(hint(book, spot, site, words))) if hint else []


Hint = Callable[[Book, Spot, Site, set[str]], list[int]]


def overwriting(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """x.grad = ... where += is meant."""
    return [store.node.lineno for store in passing(spot, words) if not accumulates(store)]


def forgetting(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """x.grad += ... in which no gradient is, nor a name that a gradient could stand behind."""
    hidden = {name for name, value in bound(spot) if value is None or mentions(value, words)}
    return [store.node.lineno for store in towards(spot, passing(spot, words), site)
            if not mentions(store.node.value, words)
            and not any(isinstance(node, ast.Name) and node.id in hidden
                        for node in ast.walk(store.node.value))]


def bound(spot: Spot) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that are given a value in it, with that value; None for a parameter of a function within."""
    for node in ast.walk(spot.node):
        if isinstance(node, FUNCTIONS) and node is not spot.node:
            yield from ((name, None) for name in parameters(node))
        pairs = ([(t, node.value) for t in node.targets] if isinstance(node, ast.Assign) else
                 [(node.target, node.iter)] if isinstance(node, ast.For) else [])
        yield from ((name.id, value) for target, value in pairs for name in ast.walk(target)
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))


def mentions(value: ast.expr, words: set[str]) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in words for node in ast.walk(value))


def sloping(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """The slope towards the operands that are meant, where it stands by itself: in the statement that adds
    it, or in the tuple of slopes."""
    found = towards(spot, passing(spot, words), site)
    if found and all(store.name in parameters(spot.node) for store in found):
        return [store.node.lineno for store in found] if all(
            settled(spot, store.node.value) for store in found) else []
    terms = [term for term in slopes(book, spot, site) if term is not None]
    return [term.lineno for term in terms] if terms and all(settled(spot, term) for term in terms) else []


def slopes(book: Book, spot: Spot, site: Site) -> list[ast.expr | None]:
    """The slopes that a node is made with, where it is made in one place: Value(data, operands, slopes), or
    with a pair of operand and slope for each."""
    names = parameters(spot.node)[:2]
    made  = [node for node in ast.walk(spot.node) if isinstance(node, ast.Call)
             and any(isinstance(x, (ast.Tuple, ast.List)) for x in node.args)]
    if len(made) != 1 or not names:
        return []
    groups = [x.elts for x in made[0].args if isinstance(x, (ast.Tuple, ast.List))]
    pairs  = [x.elts for group in groups for x in group if isinstance(x, ast.Tuple)] or groups
    if all(len(pair) == 2 and isinstance(pair[0], ast.Name) and not isinstance(pair[1], ast.Name)
           or (len(pair) == 2 and isinstance(pair[1], ast.Name) and pair[1].id not in names)
           for pair in pairs):
        return [pair[1] for pair in pairs if isinstance(pair[0], ast.Name) and pair[0].id in names
                and names.index(pair[0].id) in site.operands]
    if len(groups) == 2 and len(groups[0]) == len(groups[1]) == len(names):
        return [groups[1][k] for k in site.operands if k < len(groups[1])]
    return [groups[1][0]] if len(groups) == 2 and len(groups[0]) == len(groups[1]) == 1 else []


def settled(spot: Spot, value: ast.expr) -> bool:
    """Whether nothing that it is computed from was computed in another statement, but the node's own data,
    which is right."""
    given = {node.args[0].id for node in ast.walk(spot.node) if isinstance(node, ast.Call) and node.args
             and isinstance(node.args[0], ast.Name)}
    local = {node.id for node in ast.walk(spot.node) if isinstance(node, ast.Name)
             and isinstance(node.ctx, ast.Store)}
    bases = {id(node.value) for node in ast.walk(value) if isinstance(node, ast.Attribute)}
    return all(node.id not in local - given - set(parameters(spot.node)) or id(node) in bases
               for node in ast.walk(value) if isinstance(node, ast.Name))


def rounding_down(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """// in a quotient; a logarithm to another base; int() of an exponent."""
    wrong = {"/": (ast.FloorDiv,)}.get(site.ops[0], ()) if site.ops else ()
    calls = {"log": ("log10", "log2"), "**": ("int",)}.get(site.ops[0], ()) if site.ops else ()
    return [node.lineno for node in ast.walk(spot.node)
            if (isinstance(node, ast.BinOp) and isinstance(node.op, wrong))
            or (isinstance(node, ast.Call) and called(node) in calls)]


def called(node: ast.Call) -> str:
    return (node.func.id if isinstance(node.func, ast.Name) else
            node.func.attr if isinstance(node.func, ast.Attribute) else "")


def recursing(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """Where a function calls itself."""
    return [node.lineno for inner in ast.walk(spot.node) if isinstance(inner, FUNCTIONS)
            for node in ast.walk(inner) if isinstance(node, ast.Call) and called(node) == inner.name]


def starting(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """The only statement that gives the output its gradient."""
    first = parameters(spot.node)[:1]
    found = [store.node.lineno for store in stores(spot, words) if not store.inner and [store.name] == first]
    return found if len(found) == 1 else []


def adding_a_seed(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """self.grad += 1"""
    first = parameters(spot.node)[:1]
    return [store.node.lineno for store in stores(spot, words) if not store.inner and [store.name] == first
            and accumulates(store)]


def wiping(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """The only statement in a loop that sets gradients to a plain number."""
    found = [store.node.lineno for store in stores(spot, words) if store.inner
             and isinstance(store.node, ast.Assign) and isinstance(store.node.value, ast.Constant)]
    return found if len(found) == 1 else []


def going_forwards(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """The loop that passes gradients on, where it is not over the reverse of a list."""
    stored = {id(store.node) for store in passing(spot, words)}
    within = {id(loop): {id(node) for node in ast.walk(loop)} for loop in ast.walk(spot.node)
              if isinstance(loop, ast.For)}
    inner  = {key for loop, nodes in within.items() for key in nodes if key != loop}
    return [loop.lineno for loop in ast.walk(spot.node) if isinstance(loop, ast.For)
            and id(loop) not in inner and within[id(loop)] & stored and isinstance(loop.iter, ast.Name)]


def making_a_set(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """Where operands are put into a set or dict."""
    return [node.lineno for node in ast.walk(spot.node) if isinstance(node, ast.Call)
            and called(node) in ("set", "frozenset", "dict", "fromkeys") and node.args
            and not isinstance(node.args[0], (ast.List, ast.Tuple, ast.Set))]


def keeping_a_default(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """def f(root, visited=set())"""
    defaults = spot.node.args.defaults if isinstance(spot.node, FUNCTIONS) else []
    return [x.lineno for x in defaults if isinstance(x, (ast.Set, ast.List, ast.Dict))
            or (isinstance(x, ast.Call) and called(x) in ("set", "list", "dict"))]


def reading_late(book: Book, spot: Spot, site: Site, words: set[str]) -> list[int]:
    """x.grad += other.data * ...: a number of an operand that is read when backward() runs."""
    names = parameters(spot.node)
    return [store.node.lineno for store in passing(spot, words) if any(
        isinstance(node, ast.Attribute) and node.attr not in words and isinstance(node.value, ast.Name)
        and node.value.id in names for node in ast.walk(store.node.value))]


HINTS: dict[str, Hint] = {
    "overwrite":       overwriting,
    "upstream":        forgetting,
    "slope":           sloping,
    "value":           rounding_down,
    "recursion":       recursing,
    "read late":       reading_late,
    "no seed":         starting,
    "seed is data":    starting,
    "seed not reset":  adding_a_seed,
    "leaves wiped":    wiping,
    "not reversed":    going_forwards,
    "set of operands": making_a_set,
    "order of a set":  making_a_set,
    "visited kept":    keeping_a_default,
}
HINTED  = ("recursion", "order of a set")                    # without the line nothing is certain
BY_NAME = {"recursion": "listing", "order of a set": "listing", "every path": "course"}


# --- excerpts ---------------------------------------------------------------------------------------------

def excerpt(spot: Spot, marks: Sequence[int]) -> Excerpt:
    """The lines of a definition, those around the marked ones where it is long."""
    first, last = spot.node.lineno, spot.node.end_lineno or spot.node.lineno
    every = range(first, last + 1)
    shown = set(every)
    if len(every) > WHOLE:
        shown = {first, *(n for mark in marks for n in range(mark - AROUND, mark + AROUND + 1) if n in every),
                 *(every if marks else every[:WHOLE - 1])[:0 if marks else WHOLE]}
    texts = {n: spot.script.lines[n - 1].expandtabs(4) for n in sorted(shown)}
    depth = min((len(text) - len(text.lstrip()) for text in texts.values() if text.strip()), default=0)
    lines: list[tuple[int, str]] = []
    for n, text in texts.items():
        if lines and lines[-1][0] != n - 1:
            lines.append((0, ""))
        lines.append((n, text[depth:].rstrip()))
    if lines[-1][0] != last:
        lines.append((0, ""))
    return {"file": spot.script.name, "line": first, "name": spot.title, "lines": lines,
            "marked": [n for n in marks if n in shown]}


def excerpt_text(place: Excerpt, width: int = 100) -> list[str]:
    """student.py, line 12, def __mul__, and its lines with their numbers; > stands before a marked one."""
    told = [f"{place['file']}, line {place['line']}, {place['name']}"]
    size = len(str(max(n for n, _ in place["lines"])))
    for n, text in place["lines"]:
        mark  = ">" if n in place["marked"] else " "
        parts = [text[k:k + width] for k in range(0, len(text), width)] or [""]
        told.append(f"{mark} {n:>{size}}  {parts[0]}".rstrip() if n else f"  {'':>{size}}  ...")
        told += [f"  {'':>{size}}    {part}" for part in parts[1:]]
    return told
