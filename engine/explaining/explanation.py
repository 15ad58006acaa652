"""explain: where a gradient comes from: the chain rule from the result down to a node, in words and numbers.

dJ/dv is the total derivative, over all paths; ∂z/∂v is the partial of one operation alone.

    >>> from engine import Value
    >>> x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    >>> print(explain((w * x + b) ** 2, w))                                  # doctest: +ELLIPSIS
    dJ/dw = 1.5
    ...

The slopes are computed here, from the partials on the edges: backward() need not have been called, and
`.grad` is neither read nor written.

    step     the chain rule for one node: dJ/dv = sum over its uses z of dJ/dz · ∂z/∂v
    path     one way from the node to the result; its share is the product of the partials on it
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ..graphs.edges import Edge
from ..graphs.formulas import latex_symbol
from ..graphs.graph import Graph
from ..graphs.paths import LARGEST_COUNT, Path, Paths
from ..show.numbers import bracketed, latex_number, short
from ..show.text import html, latex, markdown, visible
from ..value import Number, Value
from .arithmetic import called, filled, formula
from .gates import sentence

FORMS = ("both", "symbols", "numbers")


class Step(NamedTuple):
    """dJ/dv = sum of dJ/dz * dz/dv over the edges, which are those into z; `left_out` more are not shown."""

    v:        Value
    edges:    list[Edge]
    left_out: int
    slope:    Number


class Explanation:
    """Why d(root)/d(wrt) is what it is; print it, or take .markdown(), .latex() or .html()."""

    def __init__(self, graph: Graph, wrt: Value | str, k: int, show: str, limit: int) -> None:
        if show not in FORMS:
            raise ValueError(f"show is one of {', '.join(FORMS)}, not {visible(repr(show))}")
        if k < 0 or limit < 1:
            raise ValueError(f"k = {k} paths and limit = {limit} steps cannot be shown: give k >= 0 and "
                             "limit >= 1")
        self.graph, self.show, self.limit = graph, show, limit
        self.paths = Paths(graph, wrt)
        self.wrt   = self.paths.start
        self.k     = k

    # --- what there is to say ---------------------------------------------------------------------

    @property
    def slope(self) -> Number:
        """d(root)/d(wrt)."""
        return self.paths.total

    @cached_property
    def largest(self) -> list[Path]:
        """The k paths with the largest share."""
        return [path for path in self.paths.largest(self.k) if path.edges]

    @cached_property
    def shortened(self) -> bool:
        """Whether too many nodes take part to show them all: then the steps follow the largest path alone."""
        return len(self.paths.cone) - 1 > self.limit

    @cached_property
    def steps(self) -> list[Step]:
        """The chain rule node by node, from wrt up to the result."""
        if self.shortened:
            path   = self.paths.largest(1)
            on_way = {edge.operand for edge in path[0].edges} if path else {self.wrt}
        else:
            on_way = self.paths.cone
        steps = []
        for v in self.graph.nodes:
            if v in on_way and v is not self.graph.root:
                uses  = sorted(self.graph.uses[v],
                               key=lambda edge: -abs(edge.partial * self.paths.slope[edge.z]))[:4]
                shown = sorted(uses, key=lambda edge: (self.graph.index[edge.z], edge.position))
                steps.append(Step(v, shown, len(self.graph.uses[v]) - len(shown), self.paths.slope[v]))
            if len(steps) == self.limit:
                break
        return steps

    @cached_property
    def gates(self) -> list[tuple[str, str]]:
        """One sentence for each operation on the way: (its name, what it does)."""
        zs = dict.fromkeys(edge.z for step in self.steps for edge in step.edges if edge.z in self.paths.cone)
        return [(self.made(z), sentence(self.graph, z, self.paths.slope[z]))
                for z in sorted(zs, key=lambda z: -self.graph.index[z])][:self.limit]

    def made(self, z: Value) -> str:
        """v4 = v2 + b"""
        written = filled(formula(z), lambda k: self.name(z.operands[k]))
        return f"{self.name(z)} = {visible(written, 30)}"

    def name(self, v: Value) -> str:
        return called(self.graph, v)

    def ratio(self, v: Value) -> str:
        return f"d{self.root_name}/d{self.name(v)}"

    @property
    def root_name(self) -> str:
        return self.name(self.graph.root)

    def summary(self) -> list[str]:
        """How many paths there are, how many are dead, how much cancels."""
        paths, count = self.paths, self.paths.count
        if self.wrt is self.graph.root:
            return [f"{self.root_name} is the result itself: its slope with respect to itself is 1."]
        number = f"more than 10^{len(str(LARGEST_COUNT)) - 1}" if count >= LARGEST_COUNT else f"{count:,}"
        dead   = (f"; {paths.dead:,} of them dead (a partial on the way is 0)"
                  if 0 < paths.dead < LARGEST_COUNT else "")
        lines  = [f"{number} path{'s lead' if count != 1 else ' leads'} from "
                  f"{self.name(self.wrt)} to {self.root_name}{dead}."]
        if paths.alive[self.wrt] > 1:
            whole = paths.absolute[self.wrt]
            lines.append(f"Together they give {short(self.slope)}; their sizes add up to {short(whole)}: "
                         f"{100 * (1 - paths.cancellation):.3g} % cancels.")
        return lines

    # --- text and Markdown ------------------------------------------------------------------------

    def equation(self, step: Step) -> str:
        """dJ/dv = dJ/dz · ∂z/∂v + ... = 0.42 · 0.5 + ... = 0.21, in symbols, numbers or both."""
        if self.is_last(step):
            return f"{self.ratio(step.v)} = {short(step.slope)}"
        more  = f" + ... ({step.left_out} more)" if step.left_out else ""
        parts = []
        if self.show != "numbers":
            parts.append(" + ".join([f"{self.ratio(e.z)} · ∂{self.name(e.z)}/∂{self.name(step.v)}"
                                     for e in step.edges]) + more)
        if self.show != "symbols":
            parts.append(" + ".join(f"{bracketed(short(self.paths.slope[e.z]))} · "
                                    f"{bracketed(short(e.partial))}"
                                    for e in step.edges) + more)
            parts.append(short(step.slope))
        return " = ".join([self.ratio(step.v), *parts])

    def is_last(self, step: Step) -> bool:
        """Whether the result itself is the only use: there the chain ends, and the slope is the partial."""
        return len(step.edges) == 1 and not step.left_out and step.edges[0].z is self.graph.root

    def route(self, path: Path) -> str:
        """w → z → J: 0.42 · 0.5 = 0.21."""
        names   = [self.name(v) for v in (path.edges[0].operand, *(edge.z for edge in path.edges))]
        factors = [bracketed(short(edge.partial)) for edge in path.edges]
        if len(names) > 13:
            names = [*names[:6], "...", *names[-6:]]
        if len(factors) > 12:
            factors = [*factors[:6], "...", *factors[-6:]]
        return " → ".join(names) + (
            "" if self.show == "symbols" else f": {' · '.join(factors)} = {short(path.share)}")

    def __str__(self) -> str:
        lines = [f"{self.ratio(self.wrt)} = {short(self.slope)}", ""]
        if self.steps:
            lines += [self.intro(), *[f"  {self.equation(step)}" for step in self.steps], ""]
        lines += self.summary()
        if self.largest:
            lines += ["", "The largest paths:", *[f"  {self.route(path)}" for path in self.largest]]
        if self.gates:
            width = max(len(name) for name, _ in self.gates)
            lines += ["", "What each gate does with the gradient, from the result backwards:",
                      *[f"  {name.ljust(width)}  {says}" for name, says in self.gates]]
        return "\n".join(lines)

    def intro(self) -> str:
        if self.shortened:
            return f"The chain rule, along the largest path ({len(self.paths.cone):,} values take part):"
        return f"The chain rule, from {self.name(self.wrt)} up to {self.root_name}:"

    def markdown(self) -> str:
        """Markdown with formulas between $ signs, as GitHub and Jupyter read it."""
        blocks = [f"### ${self.latex_ratio(self.wrt)} = {latex_number(self.slope, False)}$"]
        if self.steps:
            blocks += [markdown(self.intro()), *[f"$${self.latex_equation(step)}$$" for step in self.steps]]
        blocks += [markdown(line) for line in self.summary()]
        if self.largest:
            blocks.append("\n".join(["| path | share |", "| --- | ---: |"] + [
                f"| {markdown(way)} | {markdown(share)} |"
                for way, share in map(self.two_columns, self.largest)]))
        if self.gates:
            blocks.append("\n".join(f"- **{markdown(name)}** {markdown(says)}" for name, says in self.gates))
        return "\n\n".join(blocks) + "\n"

    def two_columns(self, path: Path) -> tuple[str, str]:
        way, _, share = self.route(path).rpartition(": ")
        return (way, share) if way else (share, "")

    # --- LaTeX and HTML ---------------------------------------------------------------------------

    def latex_ratio(self, v: Value, of: Value | None = None) -> str:
        """dJ/dv upright, as it is over all paths; of one operation, ∂of/∂v."""
        d   = r"\partial " if of is not None else r"\mathrm{d}"
        top = latex_symbol(self.graph.symbol(of if of is not None else self.graph.root))
        return rf"\frac{{{d}{top}}}{{{d}{latex_symbol(self.graph.symbol(v))}}}"

    def latex_equation(self, step: Step, equals: str = "=") -> str:
        parts, more = [], r" + \cdots" if step.left_out else ""
        if self.is_last(step):
            return f"{self.latex_ratio(step.v)} {equals} {latex_number(step.slope, False)}"
        if self.show != "numbers":
            parts.append(" + ".join([rf"{self.latex_ratio(e.z)} {self.latex_ratio(e.operand, e.z)}"
                                     for e in step.edges]) + more)
        if self.show != "symbols":
            parts.append(" + ".join(rf"{latex_number(self.paths.slope[e.z])} \cdot {latex_number(e.partial)}"
                                    for e in step.edges) + more)
            parts.append(latex_number(step.slope, False))
        return f"{self.latex_ratio(step.v)} {equals} " + " = ".join(parts)

    def latex(self) -> str:
        """A piece of LaTeX for a document that uses amsmath: no preamble of its own."""
        lines = [rf"\[ {self.latex_ratio(self.wrt)} = {latex_number(self.slope, False)} \]"]
        if self.steps:
            lines += [latex(self.intro(), 300), r"\begin{align*}",
                      " \\\\\n".join(self.latex_equation(step, "&=") for step in self.steps), r"\end{align*}"]
        lines += [latex(line, 300) + r"\par" for line in self.summary()]
        for title, items in (("The largest paths:", [self.route(path) for path in self.largest]),
                             ("The gates:", [f"{name}: {says}" for name, says in self.gates])):
            if items:
                lines += [title, r"\begin{itemize}", *[rf"\item {latex(item, 600)}" for item in items],
                          r"\end{itemize}"]
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """A <section> to put into a page."""
        parts = [f"<h3>{html(self.ratio(self.wrt), 200)} = {html(short(self.slope))}</h3>"]
        if self.steps:
            parts += [f"<p>{html(self.intro(), 300)}</p>",
                      listing([self.equation(step) for step in self.steps])]
        parts.append("<p>" + " ".join(html(line, 300) for line in self.summary()) + "</p>")
        if self.largest:
            parts += ["<p>The largest paths:</p>", listing([self.route(path) for path in self.largest])]
        if self.gates:
            rows = "".join(f"<dt>{html(name)}</dt><dd>{html(says, 600)}</dd>" for name, says in self.gates)
            parts += ["<p>What each gate does with the gradient, from the result backwards:</p>",
                      f"<dl>{rows}</dl>"]
        return '<section class="explanation">\n' + "\n".join(parts) + "\n</section>\n"

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html(), "text/markdown": self.markdown(),
                "text/latex": self.latex()}


def listing(lines: Sequence[str]) -> str:
    """Formulas one below the other; a long one may scroll."""
    items = "".join(f"<li><code>{html(line, 2000)}</code></li>" for line in lines)
    return f'<ol style="overflow-x:auto">{items}</ol>'


def explain(root: Value | Graph, wrt: Value | str, *, k: int = 5, show: str = "both",
            limit: int = 24) -> Explanation:
    """d(root)/d(wrt) by the chain rule: step by step, as a sum over paths, and gate by gate.

    Args:
        root: the result, or its Graph.
        wrt: a Value that root was computed from, or its name in the graph.
        k: how many of the largest paths to show.
        show: "symbols", "numbers" or "both".
        limit: the most steps to show; with more, the steps follow the largest path.

    Raises:
        TypeError: root is not a Value.
        ValueError: root does not depend on wrt, wrt is a plain number, or an option is unknown.
    """
    return Explanation(root if isinstance(root, Graph) else Graph(root), wrt, k, show, limit)
