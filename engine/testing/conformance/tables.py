"""Tables: many engines side by side, as text and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .suite import GROUPS
from .reports import Report

SHOWN = 3                                # mistakes of an engine in the table of text


def table(reports: Sequence[Report]) -> str:
    """A line for each engine: its score and the groups it lost marks in; below it what cost what."""
    width = max(len(report.engine) for report in reports)
    lines = [f"{'engine':<{width}}  score  what is wrong", "-" * (width + 60)]
    for report in reports:
        lost = [f"{mark.group} {mark.text}" for mark in report.marks if mark.passed < mark.asked]
        lines.append(f"{report.engine:<{width}}  {report.points:5d}  "
                     f"{report.problem or '; '.join(lost) or 'nothing'}")
        first, rest = report.costs[:SHOWN], report.costs[SHOWN:]
        if rest:
            first.append((f"{len(rest)} more", sum(cost for _, cost in rest)))
        lines += [f"{'':<{width}}  {cost:>5.1f}  - {sentence}" for sentence, cost in first]
    return "\n".join(lines)


def csv_table(reports: Sequence[Report]) -> str:
    """A row for each engine: score, one column for each group (passed/asked), the mistakes, what went
    wrong on loading, and the points that each mistake cost."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["engine", "score", *GROUPS, "mistakes", "problem", "what cost what"])
    for report in reports:
        rows.writerow([harmless(report.engine), f"{report.tenths}",
                       *(mark_text(mark.text) for mark in report.marks),
                       harmless(" | ".join(sentence for sentence, _ in report.mistakes)),
                       harmless(report.problem),
                       harmless(" | ".join(f"{cost:.1f}: {what}" for what, cost in report.costs))])
    return out.getvalue()


def mark_text(text: str) -> str:
    """7/11 as "7 of 11": a spreadsheet would read a date."""
    return text.replace("/", " of ")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
