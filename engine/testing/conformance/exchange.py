"""What the runner and its workers say to each other: one JSON object to a worker, a line of JSON for each
answer."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from ...libraries import Quantity


class Asked(TypedDict):
    """To a worker: which engine, and which cases. With "digest" it answers one program, for comparison.

    naming: what stands for data, grad and backward, as in Naming.

    unsound, lacking: what is known of the engine by now, as in Context.
    """

    target:   str
    folder:   str
    scratch:  NotRequired[str]
    seed:     NotRequired[int]
    examples: NotRequired[int]
    unsound:  NotRequired[list[str]]
    lacking:  NotRequired[list[str]]
    cases:    NotRequired[list[int]]
    digest:   NotRequired[bool]
    naming:   NotRequired[dict[str, str]]


class Said(TypedDict, total=False):
    """From a worker: the case that starts, or is done, or why there will be none.

    findings: the fields of each Finding.
    """

    start:    int
    done:     int
    status:   str
    findings: list[dict[str, Quantity]]
    notes:    list[str]
    unsound:  list[str]
    lacking:  list[str]
    absent:   str
    broken:   str
    where:    str
    adapted:  list[str]
    end:      bool
