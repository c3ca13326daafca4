"""Doubts about sensitive columns: too many groups to say anything of."""

from __future__ import annotations

from collections.abc import Iterator

from core.notes import Change, Note
from core.plan import Plan
from core.profile import Profile
from core.suggestions import cut_points, filled

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
            changes = (Change("groups", "bins", {name: list(cuts)}),) if cuts else ()
            yield Note("uncut_numbers", {"column": name, "groups": values, "cuts": list(cuts)}, changes)
