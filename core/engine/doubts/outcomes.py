"""Doubts about outcomes and decisions: what is not named good is not therefore bad."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.profile import Profile
from core.engine.doubts.columns import Said, said
from core.notes import Note, PlanEdit
from core.plan.notation.missing import missing_codes
from core.plan.notation.spellings import same_answers
from core.plan.plan import Plan

MANY_NUMBERS = 20
_LISTED = 12


def codes_for_missing(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Cells of an outcome or a decision that may mean "not known" and would count as not good."""
    for each in said(plan, profile):
        codes = _codes(each, profile)
        if codes:
            missing = [*plan.data.missing, *(text for text in codes if text not in plan.data.missing)]
            facts = _facts(each) | {"codes": _listed(codes)}
            yield Note("codes_for_missing", facts, (PlanEdit("data", "missing", missing),))


def spellings_of_good(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Cells that may spell the good value in another way and would count as not good."""
    for each in said(plan, profile):
        spellings = same_answers(each.good, each.others) if each.condition.values and each.good else {}
        if spellings:
            good = [*each.condition.values, *spellings]
            facts = _facts(each) | {"spellings": _listed(spellings)}
            yield Note("spellings_of_good", facts, (PlanEdit(each.section, "favourable", good),))


def other_values(plan: Plan, profile: Profile) -> Iterator[Note]:
    """More than one value beside the good ones: each counts as not good."""
    for each in said(plan, profile):
        few = profile.column(each.column).distinct is not None and not _is_score(each, profile)
        if each.condition.values and len(each.others) > 1 and few:
            yield Note("other_values", _facts(each))


def numbers_as_decisions(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Many different numbers in a column of decisions: scores, of which a few happen to be the good value."""
    for each in said(plan, profile):
        if each.section == "decision" and _is_score(each, profile):
            column = profile.column(each.column)
            count = column.distinct or len(column.values)
            facts = {"column": each.column, "numbers": count, "low": column.low, "high": column.high}
            yield Note("numbers_as_decisions", facts)


def _is_score(each: Said, profile: Profile) -> bool:
    column = profile.column(each.column)
    return column.kind == "number" and (column.distinct is None or len(each.good) + len(each.others) > MANY_NUMBERS)


def _codes(each: Said, profile: Profile) -> dict[str, int]:
    """The codes for missing among the values that are not good; without another such value they may be the answer."""
    codes = missing_codes({**each.others, **each.good}, profile.decimal)
    found = {text: n for text, n in codes.items() if text in each.others}
    return found if len(each.others) > len(found) or not each.condition.values else {}


def _facts(each: Said) -> dict[str, object]:
    good = [str(value) for value in each.condition.values] or list(each.good)
    return {
        "column": each.column,
        "section": each.section,
        "good": good[:_LISTED],
        "others": _listed(each.others),
        "more": max(0, len(each.others) - _LISTED),
    }


def _listed(counted: dict[str, int]) -> list[list[object]]:
    return [[text, n] for text, n in list(counted.items())[:_LISTED]]
