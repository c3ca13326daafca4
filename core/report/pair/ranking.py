"""Several audits in one table, in the order that a person picks and in no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.counts.rules import confusion
from core.metrics.distance import distance
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Gap
from core.metrics.words import VERDICT_WORDS, percent
from core.metrics.words.naming.terms import SELECTED, Terms
from core.record import AuditRecord
from core.report.words.by_group import gap_range_words, gap_words

MOST = 5
AS_PICKED = "as I picked them"
_GAP, _RIGHT = "smallest gap first", "most often right first"


@dataclass(frozen=True)
class Ranked:
    """One audit in the table: its name, its widest gap of one question, and how often it selects and is right.

    `accuracy` is None where no outcome is known, it and `selected` where rows are not one person each, or small numbers
    are hidden, which a total would give away; `gap` where none is measurable.
    """

    name: str
    people: int
    gap: Gap | None
    selected: float | None
    accuracy: float | None
    terms: Terms


def ranked(records: Sequence[tuple[str, AuditRecord]], measure: str, by: tuple[str, ...]) -> list[Ranked]:
    """Audits by name, each with its widest gap of this measure in this table of groups."""
    return [_row(name, record, measure, by) for name, record in records]


def orders(rows: Sequence[Ranked]) -> list[str]:
    """By what the rows can be put in order: first, by nothing."""
    there = [AS_PICKED, _GAP, _by_selected(rows)]
    return [*there, _RIGHT] if any(row.accuracy is not None for row in rows) else there


def in_order(rows: Sequence[Ranked], order: str) -> list[Ranked]:
    """The rows as a person picks; what has no number comes last, and what is equal stays as it was."""
    if order == _GAP:
        return sorted(rows, key=lambda row: _distance(row.gap))
    if order == _by_selected(rows):
        return sorted(rows, key=lambda row: _falling(row.selected))
    if order == _RIGHT:
        return sorted(rows, key=lambda row: _falling(row.accuracy))
    return list(rows)


def ranked_table(rows: Sequence[Ranked]) -> dict[str, list[str]]:
    """The rows as columns of words; nothing in them says which is best."""
    columns = {
        "Audit": [row.name for row in rows],
        "People": [f"{row.people:,}" for row in rows],
        "Widest gap": ["–" if row.gap is None else gap_words(row.gap) for row in rows],
        "Plausible": ["–" if row.gap is None else gap_range_words(row.gap) for row in rows],
        "Group": ["–" if row.gap is None else row.terms.name(row.gap.group) for row in rows],
        "Verdict": [VERDICT_WORDS[row.gap.verdict] if row.gap and row.gap.verdict else "–" for row in rows],
        f"How often {_selected(rows)}": [_share(row.selected) for row in rows],
    }
    if any(row.accuracy is not None for row in rows):
        columns["How often right"] = [_share(row.accuracy) for row in rows]
    return columns


def _row(name: str, record: AuditRecord, measure: str, by: tuple[str, ...]) -> Ranked:
    gaps = [gap for gap in record.judgement().gaps if (gap.measure, gap.by) == (measure, by) and gap.value is not None]
    selected = accuracy = None
    if record.sampled.is_plain and not record.hides:
        people, right = confusion(record.counts, stated_rule(record.counts, record.plan)), METRICS["accuracy"]
        selected = float(sum(people.selected)) / max(1, record.counts.people)
        hits, counted = (float(sum(np.asarray(part(people)))) for part in (right.num, right.den))
        accuracy = hits / counted if counted else None
    widest = max(gaps, key=_distance) if gaps else None
    return Ranked(name, record.counts.people, widest, selected, accuracy, Terms.of(record.plan))


def _selected(rows: Sequence[Ranked]) -> str:
    """What the audits call the decision, where they agree on it."""
    words = {row.terms.selected for row in rows}
    return words.pop() if len(words) == 1 else SELECTED


def _by_selected(rows: Sequence[Ranked]) -> str:
    return f"most often {_selected(rows)} first"


def _falling(share: float | None) -> float:
    return float("inf") if share is None else -share


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _distance(gap: Gap | None) -> float:
    if gap is None or gap.value is None:
        return float("inf")
    return distance(GAPS[gap.measure].kind, gap.value)
