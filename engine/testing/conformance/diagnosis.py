"""Diagnosis: the smallest set of mistakes whose simulated engine gives every answer that an engine gave.

    found = diagnose(answers)           # [(exercise, outcome), ...], right ones and wrong ones
    found.mistakes                      # that set, the likeliest first; [] if nothing is wrong
    found.unexplained                   # the wrong answers that it does not predict

An engine may make x - y of x + (-1) * y, and then a mistake in * shows in - as well. Which operations it
composes is tried along with the mistakes, at no cost: it is none.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import WRITTEN
from .adapters import DOUBLE
from .attempts import Attempt, Outcome
from .compositions import FORMS_OF, Composition, circular, form_of, forms_in
from .exercises import Exercise
from .expectations import expected, in_range
from .mistakes import catalogue, clipped, dropped, late, quotients, scaled
from .simulation import REFUSALS, SORTS, Mistake, Model, agrees, simulate

MOST   = 4                               # mistakes in one engine that are looked for together
LOOKED = 4                               # kinds of single steps, and of larger programs, that are looked at
SAMPLE = 60                              # right and wrong answers by which models are ranked
SIZES  = 20                              # right answers of single steps, from small gradients to large
BEAM   = 10                              # models that one model leads to
ROUGH  = 4                               # times as many are ranked by all of the sample; the rest by a part
FEW, NODES = 40, 100                     # models that are carried on, for one mistake and for more, after
                                         # which what was found has to do


class Diagnosis(NamedTuple):
    """What is wrong with an engine.

    mistakes:    the smallest set that gives the answers; unexplained: wrong answers that it does not give.
    model:       the engine that was simulated, with the operations that it composes.
    """

    mistakes:    list[Mistake]
    unexplained: list[Attempt]
    model:       Model


def diagnose(answers: Iterable[Attempt]) -> Diagnosis:
    """The smallest set of mistakes that gives all these answers.

    Where no set does: the one that gives the most without contradicting a right answer, and what is left.
    """
    evidence = Evidence([answer for answer in answers if simulable(answer)])
    if not evidence.wrong:
        return Diagnosis([], [], Model())
    model = Search(evidence).smallest()
    return Diagnosis(list(model.mistakes), evidence.left(model), model)


def simulable(answer: Attempt) -> bool:
    """Whether it is numbers that a simulation could give, at a point where one answer is right."""
    exercise, outcome = answer
    plain = exercise.value is None and exercise.slopes is None
    return plain and (not outcome.error or outcome.error.startswith(REFUSALS)) and judged(exercise, outcome)


def judged(exercise: Exercise, outcome: Outcome) -> bool:
    """Whether the engine's numbers reach as far as this exercise."""
    right = expected(exercise) if outcome.precision > DOUBLE else None
    return right is None or all(map(in_range, [*right.data, *right.grads]))


# --- what is known ----------------------------------------------------------------------------------------

class Evidence:
    """The answers, sorted into right and wrong, and what models say of them, each asked once."""

    def __init__(self, answers: Sequence[Attempt]) -> None:
        self.answers = sorted(answers, key=size)
        self.told: dict[tuple[object, int], bool] = {}
        right = [self.gives(Model(), place) for place in range(len(self.answers))]
        self.right = [place for place, yes in enumerate(right) if yes]
        self.wrong = [place for place, yes in enumerate(right) if not yes]

    def gives(self, model: Model, place: int) -> bool:
        """Whether the model predicts the answer."""
        key = (model.key, place)
        if key not in self.told:
            self.told[key] = agrees(model, *self.answers[place])
        return self.told[key]

    def size_of(self, place: int) -> float:
        """The smallest gradient of an answer that is not 0."""
        exercise, outcome = self.answers[place]
        return min((abs(g) for g in outcome.grads[:len(exercise.program.inputs)] if isinstance(g, float)
                    and g), default=1.0)

    def unexplained(self, model: Model) -> Iterator[int]:
        """The wrong answers that the model does not give, the smallest programs first."""
        return (place for place in self.wrong if not self.gives(model, place))

    def left(self, model: Model) -> list[Attempt]:
        return [self.answers[place] for place in self.unexplained(model)]

    def contradicted(self, model: Model) -> bool:
        """Whether the model gives a wrong answer where the engine gave a right one."""
        return any(True for _ in self.contradictions(model))

    def contradictions(self, model: Model) -> Iterator[int]:
        """The right answers that the model does not give, the smallest programs first."""
        return (place for place in self.right if not self.gives(model, place))


def size(answer: Attempt) -> tuple[int, int]:
    exercise, _ = answer
    return len(exercise.program.steps), exercise.how != "once"


def ops_of(exercise: Exercise, model: Model) -> set[str]:
    """The operations of a program, as the model makes them."""
    made  = model.compositions
    forms = [form_of(op, operands) for op, operands in exercise.program.steps]
    for form in forms:                                       # grows while it is gone through
        if form in made:
            forms += forms_in(form, made[form])
    return {form.partition(" ")[0] for form in forms}


# --- looking for it ---------------------------------------------------------------------------------------

class Search:
    """Mistakes are added one by one: each must explain a wrong answer that was not explained before."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        ops = {op for place in evidence.wrong for op in evidence.answers[place][0].program.ops}
        self.known = catalogue(tuple([*WRITTEN, *sorted(ops - set(WRITTEN))]))
        self.read: dict[object, tuple[Mistake, ...]] = {}    # what was measured, by the model
        sizes = [place for place in sorted(evidence.right, key=evidence.size_of)
                 if by_itself(evidence.answers[place][0])]
        self.sample = [*spread(evidence.wrong, SAMPLE), *spread(evidence.right, SAMPLE),
                       *spread(sizes, SIZES)]

    def smallest(self) -> Model:
        """The smallest model that gives every answer, or else the one that gives the most."""
        return self.complete(1) or self.complete(MOST) or self.partial()

    def complete(self, most: int) -> Model | None:
        """A model with so many mistakes that gives every answer, the most promising first; None if none is
        found."""
        count   = itertools.count()
        waiting = [(0, next(count), Model())]
        seen    = {Model().key}
        for _ in range(FEW if most == 1 else NODES):
            if not waiting:
                return None
            _, _, model = heapq.heappop(waiting)
            looked = self.looked(model)
            if not looked:
                return self.pruned(model)
            for trial in self.candidates(model, looked):
                if len(trial.mistakes) <= most and trial.key not in seen:
                    seen.add(trial.key)
                    heapq.heappush(waiting, (self.misses(trial), next(count), trial))
        return None

    def pruned(self, model: Model) -> Model:
        """Without the mistakes that are not needed, as they are made of others."""
        for mistake in model.mistakes:
            fewer = self.composed(model.without(mistake))
            if fewer is not None:
                return self.pruned(fewer)
        return model

    def composed(self, model: Model) -> Model | None:
        """The model with compositions added until it gives every answer; None if they do not suffice."""
        while looked := self.looked(model):
            trials = [trial for place in looked for trial in self.composing(model,
                                                                            self.evidence.answers[place][0])
                      if self.evidence.gives(trial, place)]
            if not trials:
                return None
            model = min(trials, key=self.misses)
        return model

    def looked(self, model: Model) -> list[int]:
        """The first wrong answers that the model leaves unexplained; if it explains them all, the first right
        ones that it contradicts: an operation may be made of others, and be right for that."""
        return (self.first(self.evidence.unexplained(model))
                or self.first(self.evidence.contradictions(model)))

    def first(self, places: Iterable[int]) -> list[int]:
        """The first of each kind, single steps and larger."""
        kinds: dict[tuple[object, ...], int] = {}
        room = {True: LOOKED, False: LOOKED}
        for place in places:
            exercise, _ = self.evidence.answers[place]
            single = len(exercise.program.steps) == 1
            kind   = (exercise.how, *(form_of(*step) for step in exercise.program.steps))
            if room[single] and kind not in kinds:
                kinds[kind] = place
                room[single] -= 1
            if not any(room.values()):
                break
        return [*kinds.values()]

    def misses(self, model: Model) -> int:
        """How many of a sample of answers the model does not give."""
        return sum(not self.evidence.gives(model, place) for place in self.sample)

    def rough_misses(self, model: Model) -> int:
        """The same of a part of the sample, at a part of the cost."""
        return sum(not self.evidence.gives(model, place) for place in self.sample[::ROUGH])

    def candidates(self, model: Model, looked: Sequence[int]) -> list[Model]:
        """The models with one change more that explain one of these answers; those that explain most
        first."""
        trials: dict[object, Model] = {}
        for place in looked:
            for trial in self.changed(model, place):
                if trial.key not in trials and self.evidence.gives(trial, place):
                    trials[trial.key] = trial
        rough = sorted(trials.values(), key=self.rough_misses)
        best  = sorted(rough[:ROUGH * BEAM], key=self.misses)
        read  = [trial for trial in (*best[BEAM:], *rough[ROUGH * BEAM:])
                 if {*trial.mistakes[-1:]} & {*self.measured(model)}]
        return [*best[:BEAM], *read[:BEAM]]                  # what was read off answers is not passed over

    def changed(self, model: Model, place: int) -> Iterator[Model]:
        """The model with one composition more, or one mistake more, that can show in this answer."""
        exercise, outcome = self.evidence.answers[place]
        yield from self.composing(model, exercise)
        ops   = ops_of(exercise, model)
        grads = [g for g in outcome.grads[:len(exercise.program.inputs)] if isinstance(g, float)]
        for mistake in (*self.known, *self.measured(model)):
            if ((not mistake.ops or mistake.ops & ops) and not any(map(mistake.excludes, model.mistakes))
                    and (mistake.trace is None or mistake.trace(grads))):
                yield model.having(mistake)

    def composing(self, model: Model, exercise: Exercise) -> Iterator[Model]:
        """The model with one composition more."""
        for form, composition in compositions(exercise, model):
            yield model.making(form, composition)
        if model.sort is None:
            yield from (replace(model, sort=sort) for sort in SORTS)

    def measured(self, model: Model) -> tuple[Mistake, ...]:
        """The mistakes with a number in them, as this model leaves it to be read; made once."""
        if model.key not in self.read:
            self.read[model.key] = tuple(measured(self.evidence.left(model), model))
        return self.read[model.key]

    def partial(self) -> Model:
        """Operations that go wrong by themselves, in no known way, are set aside; the rest is explained."""
        strange = self.strange()
        rest = [answer for answer in self.evidence.answers if not strange & ops_of(answer[0], Model())]
        if strange and len(rest) < len(self.evidence.answers):
            return Search(found).smallest() if (found := Evidence(rest)).wrong else Model()
        return self.greedy()

    def strange(self) -> set[str]:
        """The operations whose wrong answers by themselves no single known mistake explains."""
        alone: dict[str, list[int]] = {}
        for place, (exercise, _) in enumerate(self.evidence.answers):
            if by_itself(exercise):
                alone.setdefault(exercise.program.steps[0].op, []).append(place)
        return {op for op, places in alone.items() if not any(
            all(self.evidence.gives(model, place) for place in places)
            for model in (Model(), *self.changed(Model(), places[0])))}

    def greedy(self) -> Model:
        """What explains most is added, as long as it contradicts no right answer; beyond MOST only mistakes
        of a single operation, which many operations may have, each its own."""
        model = Model()
        while True:
            better = next((trial for trial in self.candidates(model, self.looked(model))
                           if not self.evidence.contradicted(trial)
                           and (len(trial.mistakes) <= MOST or trial.mistakes[-1].ops)), None)
            if better is None:
                return model
            model = better


# --- mistakes with a number in them -------------------------------------------------------------------

def measured(answers: Sequence[Attempt], model: Model) -> Iterator[Mistake]:
    """The mistakes whose number is read off answers that the model leaves unexplained: a factor, a limit,
    ..."""
    changed = frozenset(exercise.program.ops[0] for exercise, _ in answers
                        if exercise.how == "changed" and len(exercise.program.steps) == 1)
    if changed:
        yield late(changed)
    for op in dict.fromkeys(exercise.program.ops[0] for exercise, _ in answers if by_itself(exercise)):
        yield from quotients(op)
        factors = constant_factors([answer for answer in answers if by_itself(answer[0])
                                    and answer[0].program.ops == [op]])
        if factors:
            yield scaled(op, factors)
    for ops in ({"*"}, OPERATIONS):                          # others may be made of several, each cut
        grads = [(abs(r), abs(g)) for exercise, outcome in answers
                 if by_itself(exercise) and not outcome.error and exercise.program.ops[0] in ops
                 for r, g in zip(predicted(exercise, model), outcome.grads[:len(exercise.program.inputs)])
                 if isinstance(r, float) and isinstance(g, float) and r != g]
        lost = max((r for r, g in grads if g == 0), default=0.0)
        if lost:
            yield from dropped(lost, itself=True)
        limit = max((g for r, g in grads if 0 < g < r), default=0.0)
        if limit:
            yield from clipped(limit)


def predicted(exercise: Exercise, model: Model) -> Sequence[object]:
    """The gradients that the model gives; none where it leaves the domain."""
    try:
        return simulate(exercise, model).grads
    except (ArithmeticError, ValueError, TypeError):
        return ()


def spread(places: Sequence[int], count: int) -> Sequence[int]:
    """About so many of them, evenly."""
    return places[::max(1, len(places) // count)]


def by_itself(exercise: Exercise) -> bool:
    """Whether it is one operation, and nothing is done to it."""
    return len(exercise.program.steps) == 1 and exercise.how == "once"


def constant_factors(answers: Sequence[Attempt]) -> tuple[float, ...]:
    """What all the slopes towards each operand are multiplied by; () if they differ, or there are few."""
    found = {factors for exercise, outcome in answers if (factors := own_factors(exercise, outcome))}
    return found.pop() if len(found) == 1 and len(answers) > 2 else ()


def own_factors(exercise: Exercise, outcome: Outcome) -> tuple[float, ...]:
    """Each given slope by the right one, to 12 digits; () where they cannot be told apart."""
    operands = exercise.program.steps[0].operands
    right    = simulate(exercise, Model()).grads[:len(operands)]
    if not all(isinstance(x, int) for x in operands) or len(set(operands)) < len(operands):
        return ()
    return tuple(float(f"{g / r:.12g}") for r, g in zip(right, outcome.grads)
                 if isinstance(r, float) and r and isinstance(g, float))


def compositions(exercise: Exercise, model: Model) -> Iterator[tuple[str, Composition]]:
    """What the program's steps, or the steps that these are made of, might be made of in turn."""
    made = dict(model.made)
    left, seen = [form_of(op, operands) for op, operands in exercise.program.steps], set()
    while left:
        form = left.pop(0)
        if form in seen:
            continue
        seen.add(form)
        if form in made:
            left += forms_in(form, made[form])
        else:
            yield from ((form, way) for way in FORMS_OF.get(form, ())
                        if not circular((*model.made, (form, way))))
