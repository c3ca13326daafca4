"""What the doubts about columns share: a column's counted texts as a plan sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.data.profile import Profile
from core.plan.notation.codes import equal_texts
from core.plan.plan import Condition, Plan
from core.plan.values import key, keys


@dataclass(frozen=True)
class Said:
    """A column that says what happened or was decided: its texts that are not missing, good ones and others.

    `section` is the plan's table that names the column, `step` the step of the Data page.
    """

    column: str
    section: str
    condition: Condition
    good: dict[str, int]
    others: dict[str, int]


def known(plan: Plan, profile: Profile, name: str) -> dict[str, int]:
    """The trimmed texts of a column that are not missing, with their counts; the most frequent of very many."""
    missing, counts = keys(plan.data.missing), dict[str, int]()
    for text, n in profile.column(name).values:
        if key(text, profile.decimal) not in missing:
            counts[text.strip()] = counts.get(text.strip(), 0) + n
    return counts


def said(plan: Plan, profile: Profile) -> Iterator[Said]:
    """The outcome column and the decision column, where the plan names them."""
    roles = (
        ("data", plan.data.label, plan.data.favourable),
        ("decision", plan.decision.prediction, plan.decision.favourable),
    )
    for section, name, condition in roles:
        if name is None or condition is None or name not in profile.names:
            continue
        counts = known(plan, profile, name)
        meant = {text for value in condition.values for text in equal_texts(value, counts, profile.decimal)}
        good = {text: n for text, n in counts.items() if text in meant}
        yield Said(name, section, condition, good, {text: n for text, n in counts.items() if text not in meant})
