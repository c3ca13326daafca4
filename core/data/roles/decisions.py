"""What a decision is probably called, from the names of columns and files: suggested, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.data.roles.vocabulary import words


@dataclass(frozen=True)
class DecisionWords:
    """What stands behind "people are": the good answer and the other one; and why they are suggested."""

    selected: str
    turned_down: str
    reason: str


@dataclass(frozen=True)
class _Area:
    """A field of decisions, the words that names of its columns and files hold, and what its decisions are called."""

    name: str
    selected: str
    turned_down: str
    words: frozenset[str]


def _area(name: str, selected: str, turned_down: str, listed: str) -> _Area:
    return _Area(name, selected, turned_down, frozenset(listed.split()))


_AREAS = (
    _area(
        "justice", "rated low risk", "rated high risk",
        "recid recidivism reoffend reoffended reoffending recidivist compas arrest rearrest bail parole probation",
    ),
    _area(
        "hiring", "hired", "rejected",
        "hire hires hired hiring recruit recruiting recruitment vacancy vacancies applicant applicants interview"
        " interviewed cv resume bewerbung einstellung eingestellt",
    ),
    _area(
        "lending", "approved", "turned down",
        "loan loans credit credits creditworthy lending lender mortgage mortgages repaid repay repayment default"
        " defaulted kredit darlehen pret prestamo",
    ),
    _area(
        "admission", "admitted", "rejected",
        "admission admissions admit admitted university college enrolment enrollment bar lsat",
    ),
    _area(
        "benefits", "granted", "refused",
        "benefit benefits welfare allowance subsidy subsidies eligible eligibility stipend scholarship sozialhilfe",
    ),
    _area(
        "triage", "prioritised", "not prioritised",
        "triage urgent urgency emergency patient patients priority prioritised prioritized hospital readmission",
    ),
    _area(
        "moderation", "kept", "removed",
        "moderation moderated toxic toxicity hateful offensive comment comments remark remarks post posts tweet",
    ),
)  # fmt: skip
# Columns of decisions that say themselves what is done to people, and what is done to the others.
_ANSWERS = {
    "approved": "turned down", "accepted": "rejected", "admitted": "rejected", "granted": "refused",
    "hired": "rejected", "invited": "not invited", "kept": "removed", "shortlisted": "rejected",
    "promoted": "not promoted", "prioritised": "not prioritised", "prioritized": "not prioritized",
}  # fmt: skip


def decision_words(decision: str | None, roles: Iterable[str], names: Sequence[str]) -> DecisionWords | None:
    """What the decision is probably called; None where nothing tells, or two fields do.

    Parameters
    ----------
    decision
        The column of decisions, whose own name may say it: "approved".
    roles
        Names that say most: the outcome's and the score's columns, the table's file and the model's.
    names
        The other columns.
    """
    own = next((word for word in sorted(words(decision or "")) if word in _ANSWERS), None)
    if own is not None:
        return DecisionWords(own, _ANSWERS[own], "the column of decisions is called so")
    for told in (set().union(*map(words, roles)), set().union(*map(words, names))):
        fitting = [area for area in _AREAS if told & area.words]
        if fitting:
            area = fitting[0]
            return DecisionWords(area.selected, area.turned_down, _reason(area, told)) if len(fitting) == 1 else None
    return None


def _reason(area: _Area, told: set[str]) -> str:
    return f"“{min(told & area.words)}” reads like {area.name}"
