"""Tables: many engines side by side, as text and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .suite import GROUPS
from .reports import Report


def table(reports: Sequence[Report]) -> str:
    """One line for each engine: its score, the groups it lost marks in, and its first mistake."""
    width = max(len(report.engine) for report in reports)
    lines = [f"{'engine':<{width}}  score  what is wrong", "-" * (width + 60)]
    for report in reports:
        lost = [f"{mark.group} {mark.text}" for mark in report.marks if mark.passed < mark.asked]
        lines.append(f"{report.engine:<{width}}  {report.points:5d}  "
                     f"{report.problem or '; '.join(lost) or 'nothing'}")
        lines += [f"{'':<{width}}         - {sentence}" for sentence, _ in report.mistakes[:3]]
    return "\n".join(lines)


def csv_table(reports: Sequence[Report]) -> str:
    """A row for each engine: score, one column for each group (passed/asked), the mistakes, and what went
    wrong on loading."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["engine", "score", *GROUPS, "mistakes", "problem"])
    for report in reports:
        rows.writerow([harmless(report.engine), f"{report.tenths}",
                       *(mark_text(mark.text) for mark in report.marks),
                       harmless(" | ".join(sentence for sentence, _ in report.mistakes)),
                       harmless(report.problem)])
    return out.getvalue()


def mark_text(text: str) -> str:
    """7/11 as "7 of 11": a spreadsheet would read a date."""
    return text.replace("/", " of ")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
