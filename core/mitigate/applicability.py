"""What can be tried on an audit, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.counts.counts import UNKNOWN, Counts
from core.metrics.sampling.unsupported import why_one_row_each
from core.metrics.words import group_words
from core.mitigate.mitigations import MITIGATIONS, Mitigation, Need
from core.mitigate.settings import Settings
from core.mitigate.training.reweighing import WHOSE
from core.models import FORMATS, tunable
from core.record import AuditRecord

# Fewer people of one group and outcome than this stand for many others once they are weighted.
LIGHTEST = 5


def untried(record: AuditRecord, settings: Settings, model_format: str | None) -> dict[str, str]:
    """Why each mitigation cannot be tried on an audit, as half a sentence; "" where it can.

    `model_format` is the row of FORMATS that its model was opened as; None where there is none, or none was opened.
    """
    asked = _Situation(record, settings, model_format)
    return {row.name: _reason_against(row, asked) for row in MITIGATIONS.values()}


@dataclass(frozen=True, eq=False)
class _Situation:
    """An audit, what is asked of a fix for it, and its model's format."""

    record: AuditRecord
    settings: Settings
    model_format: str | None

    @property
    def learns(self) -> bool:
        """Whether the model can be trained on from its weights."""
        has_model = self.record.plan.decision.model is not None and self.model_format is not None
        return has_model and self.model_format in FORMATS and bool(FORMATS[str(self.model_format)].tunes)


def _reason_against(row: Mitigation, asked: _Situation) -> str:
    lacking = (_LACKS[need](row, asked) for need in row.needs)
    return next((reason for reason in lacking if reason is not None), "")


def _no_outcome(row: Mitigation, asked: _Situation) -> str | None:
    return "it needs to know what really happened" if asked.record.plan.data.label is None else None


def _no_score(row: Mitigation, asked: _Situation) -> str | None:
    decisions_alone = asked.record.counts.axis.kind == "decision"
    return "it needs a score, and here are only decisions" if decisions_alone else None


def _no_people(row: Mitigation, asked: _Situation) -> str | None:
    fewest, who, whose = _smallest_cell(asked.record.counts, asked.settings.by)
    return None if fewest else f"there is nobody {whose} among {who}"


def _no_learning(row: Mitigation, asked: _Situation) -> str | None:
    return None if asked.learns else f"it needs a model that can go on learning, {tunable()}"


def _no_such_goal(row: Mitigation, asked: _Situation) -> str | None:
    return None if asked.settings.goal.name in row.serves else row.other_goals


def _many_columns(row: Mitigation, asked: _Situation) -> str | None:
    whose, _, _ = row.title.partition(":")
    return f"{whose} takes one column at a time" if len(asked.settings.by) > 1 else None


# Why a row cannot be tried where what it needs is not there, as half a sentence; None where it is.
_LACKS: dict[Need, Callable[[Mitigation, _Situation], str | None]] = {
    "outcome": _no_outcome,
    "score": _no_score,
    "both outcomes": _no_people,
    "learning model": _no_learning,
    "goal": _no_such_goal,
    "one column": _many_columns,
}


def out_of_reach(record: AuditRecord) -> str | None:
    """Why nothing at all can be tried, whatever the goal, and what would help; None where something can."""
    why_not = why_one_row_each(record.plan, "look for a fix")
    if why_not:
        return why_not
    if record.plan.data.label is not None or record.counts.axis.kind != "decision":
        return None
    return (
        "No fix can be looked for: this audit knows the decisions, not the scores behind them nor what really "
        "happened. Put in a table with a column of either, or the model itself."
    )


def doubts(record: AuditRecord, settings: Settings) -> dict[str, str]:
    """What speaks against a mitigation that can be tried, as half a sentence by its name."""
    if record.plan.data.label is None:
        return {}
    fewest, who, whose = _smallest_cell(record.counts, settings.by)
    if not 0 < fewest < LIGHTEST:
        return {}
    are = "is only 1 person" if fewest == 1 else f"are only {fewest} people"
    doubt = f"there {are} {whose} among {who}, and they would weigh much"
    return {row.name: doubt for row in MITIGATIONS.values() if "both outcomes" in row.needs}


def _smallest_cell(counts: Counts, by: tuple[str, ...]) -> tuple[int, str, str]:
    """The fewest people of one outcome in any group that has people whose outcome is known, the group, the outcome."""
    grouped = counts.by(by)
    n = grouped.n[:, :UNKNOWN].sum(axis=2)
    known = np.flatnonzero(n.sum(axis=1))
    if not len(known):
        return 0, "these people", "with a known outcome"
    place, label = np.unravel_index(int(n[known].argmin()), (len(known), UNKNOWN))
    g = int(known[place])
    return int(n[g, label]), group_words(grouped.groups.names(g)), WHOSE[int(label)]
