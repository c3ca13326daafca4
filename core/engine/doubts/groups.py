"""Doubts about sensitive columns: too many groups to say anything of."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.profile import Profile
from core.data.roles.suggestions import cut_points, filled
from core.engine.doubts.columns import known
from core.notes import Note, PlanEdit
from core.plan.notation.codes import alike, is_whole
from core.plan.notation.missing import missing_codes
from core.plan.notation.spellings import spelled_alike
from core.plan.plan import Plan

MANY_GROUPS = 20


def uncut_numbers(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A sensitive column of many numbers without cut points, each of which would be a group of its own."""
    for name in plan.groups.sensitive:
        if name not in profile.names or name in plan.groups.bins:
            continue
        column = profile.column(name)
        values = len(filled(column))
        if column.kind == "number" and values >= MANY_GROUPS:
            cuts = cut_points(column)
            changes = (PlanEdit("groups", "bins", {name: list(cuts)}),) if cuts else ()
            yield Note("uncut_numbers", {"column": name, "groups": values, "cuts": list(cuts)}, changes)


def spellings_of_a_group(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Groups of one column whose names may be spellings of one another."""
    for name in _texts(plan, profile):
        joined = plan.groups.join.get(name, {})
        counts = {text: n for text, n in known(plan, profile, name).items() if not _is_joined(text, joined)}
        together = spelled_alike({**counts, **dict.fromkeys(joined, 0)})
        if together:
            first = [next((text for text in texts if text in joined), texts[0]) for texts in together]
            spellings = {
                one: [*joined.get(one, ()), *(text for text in texts if text != one)]
                for one, texts in zip(first, together, strict=True)
            }
            facts = {
                "column": name,
                "spellings": [[[text, counts.get(text, 0)] for text in texts] for texts in together],
            }
            yield Note(
                "spellings_of_a_group", facts, (PlanEdit("groups", "join", {name: {**_lists(joined), **spellings}}),)
            )


def codes_alike(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Codes that are equal as numbers: one group where the column is of whole numbers, else each its own."""
    for name in _texts(plan, profile):
        counts = known(plan, profile, name)
        together = alike(counts, profile.decimal)
        if together:
            kind = "codes_joined" if is_whole(counts, profile.decimal) else "codes_apart"
            yield Note(kind, {"column": name, "codes": [[list(code) for code in codes] for codes in together]})


def unknown_groups(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Groups that may mean "not known", such as "?", and are compared as groups of their own."""
    for name in _texts(plan, profile):
        codes = missing_codes(known(plan, profile, name), profile.decimal)
        if codes:
            missing = [*plan.data.missing, *codes]
            facts = {"column": name, "codes": [[text, n] for text, n in codes.items()]}
            yield Note("unknown_groups", facts, (PlanEdit("data", "missing", missing),))


def _texts(plan: Plan, profile: Profile) -> Iterator[str]:
    """The sensitive columns whose groups are their values."""
    return (c for c in plan.groups.sensitive if c in profile.names and c not in plan.groups.bins)


def _is_joined(text: str, joined: dict[str, tuple[str, ...]]) -> bool:
    return any(text in texts for texts in joined.values())


def _lists(joined: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in joined.items()}
