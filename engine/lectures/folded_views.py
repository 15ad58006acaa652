"""foldedviews: the same recording with one card per unit or per layer; every number is the recorded one.

A folded step plays all the steps of the nodes in one card. Cards come in an order of their own, so
a gradient is written on a card once, when the last card that uses it has passed its own on.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graphs.folds import Box, Fold, Slope
from ..show.numbers import exact, short
from ..value import Constant, Number, Value
from .recording import Recording
from .views import Arrow, Card, Change, Scene, View, card, placed

SHOWN = 3                # numbers on a card that has several outputs


def folded_view(recording: Recording, name: str, live: bool = False) -> View | None:
    """The unit or layer view; None where it would show no less than the single values do."""
    fold = Fold(recording.graph, name)
    if len(fold.boxes) >= len(recording.values):
        return None
    return Folded(recording, fold).view(name, live)


class Folded:
    """The cards, arrows and scenes of a fold."""

    def __init__(self, recording: Recording, fold: Fold) -> None:
        self.recording, self.boxes = recording, fold.boxes
        self.index = recording.graph.index
        self.place = {id(box): i for i, box in enumerate(fold.boxes)}
        self.card_of = {v: self.place[id(box)] for v, box in fold.box_of.items()}
        self.links = [(self.place[id(link.source)], self.place[id(link.target)], link.slopes)
                      for link in fold.links]
        self.step_of = {(step.phase, step.node): k for k, step in enumerate(recording.steps)}

    def view(self, name: str, live: bool) -> View:
        arrows = [Arrow(tail, head, self.partial(slopes),
                        (self.index[slopes[0].operand], self.index[slopes[0].z]))
                  for tail, head, slopes in self.links]
        return placed(name, [self.card(box) for box in self.boxes], arrows, self.scenes(),
                      [self.index[box.outputs[-1]] for box in self.boxes],
                      [[self.index[p] for p in box.parameters] for box in self.boxes],
                      [[self.index[v] for v in box.outputs] for box in self.boxes],
                      [[] if box.single else [self.index[v] for v in inner(box)] for box in self.boxes],
                      self.columns(), live)

    def partial(self, slopes: list[Slope]) -> str:
        """What stands on an arrow: its slope, if it has just one."""
        return (short(slopes[0].partial) if len(slopes) == 1 and type(slopes[0].operand) is not Constant
                else "")

    def columns(self) -> list[list[int]]:
        """The units of each layer and sample."""
        found: dict[tuple[str, int], list[int]] = {}
        for i, box in enumerate(self.boxes):
            if box.group == "z":
                place = self.recording.graph.place(box.members[-1])
                found.setdefault((box.cluster, place.sample if place else 0), []).append(i)
        return list(found.values())

    def card(self, box: Box) -> Card:
        i = self.index[box.outputs[-1]]
        if box.single:
            return card(self.recording, i)
        symbol = (f"{len(box.outputs)} outputs" if len(box.outputs) > 1 else "w·x + b" if box.group == "z"
                  else "")
        return Card(box.title, symbol, "root" if self.recording.root == i else "operation", 150, 66)

    # --- scenes -----------------------------------------------------------------------------------

    def scenes(self) -> list[Scene]:
        order = self.order()
        last  = self.card_of[self.recording.graph.root]
        given = [change for i, box in enumerate(self.boxes) if not inner(box) for change in self.numbers(i)]
        steps = self.recording.steps
        seed  = self.step_of["seed", self.recording.root]
        scenes = [Scene("given", last, [], [], steps[0].sentence, given, [], 0)]
        reached = 0
        for i in order:
            reached = max([reached, *[self.step_of["forward", self.index[v]] for v in inner(self.boxes[i])]])
            scenes.append(self.forward(i, reached))
        scenes.append(Scene("seed", last, [], [], steps[seed].sentence, self.gradients(last), [], seed))
        waiting = [0] * len(self.boxes)
        for tail, _, _ in self.links:
            waiting[tail] += 1
        reached = seed
        for i in reversed(order):
            reached = max([reached, *[self.step_of["backward", self.index[v]] for v in inner(self.boxes[i])]])
            scenes.append(self.backward(i, waiting, reached))
        return [*scenes, Scene("done", last, [], [], steps[-1].sentence, [], [], len(steps) - 1)]

    def order(self) -> list[int]:
        """The cards that compute something, operands first."""
        missing = [0] * len(self.boxes)
        users: list[list[int]] = [[] for _ in self.boxes]
        for tail, head, _ in self.links:
            missing[head] += 1
            users[tail].append(head)
        ready = [i for i, count in enumerate(missing) if count == 0]
        for i in ready:                                  # grows while it is read
            for j in users[i]:
                missing[j] -= 1
                if missing[j] == 0:
                    ready.append(j)
        return [i for i in ready if inner(self.boxes[i])]

    def forward(self, i: int, step: int) -> Scene:
        nodes = [self.index[v] for v in inner(self.boxes[i])]
        return Scene("forward", i, nodes, [], "", self.numbers(i), self.into(i), step)

    def backward(self, i: int, waiting: list[int], step: int) -> Scene:
        box, sent, changes = self.boxes[i], [], []
        for v in reversed(inner(box)):
            k = self.index[v]
            sent += [(k, c) for c in self.recording.steps[self.step_of["backward", k]].contributions
                     if self.card_of.get(self.recording.values[c.operand]) != i]
        for tail, head, _ in self.links:
            if head == i:
                waiting[tail] -= 1
                if waiting[tail] == 0:
                    changes += self.gradients(tail)
        members  = inner(box)
        sentence = f"{box.title}: the chain rule through {len(members)} operations at once."
        if len(members) == 1:
            sentence = self.recording.steps[self.step_of["backward", self.index[members[0]]]].sentence
        return Scene("backward", i, [], sent, sentence, changes, self.into(i), step)

    def into(self, i: int) -> list[int]:
        return [k for k, (_, head, _) in enumerate(self.links) if head == i]

    def numbers(self, i: int) -> list[Change]:
        outputs = self.boxes[i].outputs
        return [(i, "v", several([v.data for v in outputs]), "; ".join(exact(v.data) for v in outputs), "")]

    def gradients(self, i: int) -> list[Change]:
        grads = [self.recording.grads[self.index[v]] for v in self.boxes[i].outputs
                 if type(v) is not Constant]
        return [(i, "g", several(grads), "; ".join(map(exact, grads)), "")] if grads else []


def inner(box: Box) -> list[Value]:
    """The members that an operation made."""
    return [v for v in box.members if v.operands]


def several(numbers: Sequence[Number]) -> str:
    return ", ".join(short(x) for x in numbers[:SHOWN]) + (", …" if len(numbers) > SHOWN else "")
