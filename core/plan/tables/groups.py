"""`[groups]`: the sensitive columns, how they are cut, joined and crossed, and whom each group is compared with."""

from __future__ import annotations

from typing import Any

from core.errors import PlanError, quoted
from core.plan.parts import GroupsPlan
from core.plan.reader import Section


def read_groups(groups: Section) -> GroupsPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    bins = groups.section("bins", optional=True)
    cuts = {column: bins.take_list(column, float) for column in bins.names()}
    if groups.holds("reference", dict):
        named = groups.section("reference")
        reference: Any = {column: named.take(column, str, int, float) for column in named.names()}
    else:
        reference = groups.take_choice("reference", ("largest", "most_selected")) or "largest"
    plan = GroupsPlan(
        sensitive=groups.take_list("sensitive", str),
        intersections=groups.take("intersections", int, default=2),
        bins=cuts,
        reference=reference,
        join=_read_join(groups.section("join", optional=True)),
    )
    groups.done()
    return plan


def _read_join(join: Section) -> dict[str, dict[str, tuple[str, ...]]]:
    """Which spellings of a column are one group: column -> the group's name -> the texts that also mean it."""
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    for column in join.names():
        spellings = join.section(column)
        joined[column] = {name: spellings.take_list(name, str) for name in spellings.names()}
        texts = [text.strip() for listed in joined[column].values() for text in listed]
        names = [name.strip() for name in joined[column]]
        twice = sorted({text for text in texts if texts.count(text) > 1 or text in names})
        if twice:
            raise PlanError(f'{join.name} {column} puts "{twice[0]}" into two groups: name each spelling once.')
        if not all(joined[column].values()):
            raise PlanError(
                f'{join.name} {column} joins nothing to a group: list its spellings, such as {{"Female" = ["F"]}}.'
            )
    return joined


def check_groups(groups: GroupsPlan) -> None:
    """Refuse keys that name other columns than the sensitive ones, or exclude each other, by PlanError."""
    if len(set(groups.sensitive)) < len(groups.sensitive):
        raise PlanError("[groups] sensitive names a column twice: name each once.")
    if groups.intersections < 1:
        raise PlanError("[groups] intersections is 1 for single columns, 2 for pairs too, and so on.")
    _check_bins(groups)
    _check_join(groups)
    _check_reference(groups)


def refuse_nobody(groups: GroupsPlan) -> None:
    """Refuse groups of no column, by PlanError."""
    if not groups.sensitive:
        raise PlanError('[groups] sensitive names no column: name at least one, such as sensitive = ["sex"].')


def _check_bins(groups: GroupsPlan) -> None:
    for column, cuts in groups.bins.items():
        if column not in groups.sensitive:
            raise PlanError(
                f'[groups] bins cuts "{column}", which is not among the sensitive columns {quoted(groups.sensitive)}.'
            )
        if not cuts or any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
            raise PlanError(f'[groups] bins for "{column}" must be numbers in rising order, such as [25, 40, 60].')


def _check_join(groups: GroupsPlan) -> None:
    for column in groups.join:
        if column not in groups.sensitive:
            raise PlanError(
                f'[groups] join names "{column}", which is not among the sensitive columns {quoted(groups.sensitive)}.'
            )
        if column in groups.bins:
            raise PlanError(f'[groups] join and bins both name "{column}": cut its numbers, or join its texts.')


def _check_reference(groups: GroupsPlan) -> None:
    if isinstance(groups.reference, dict):
        strangers = [column for column in groups.reference if column not in groups.sensitive]
        if strangers:
            raise PlanError(
                f"[groups] reference names {quoted(strangers)}, not among the sensitive columns"
                f" {quoted(groups.sensitive)}."
            )


def groups_document(groups: GroupsPlan) -> dict[str, Any]:
    """The part as a plan file holds it: defaults that say nothing are left out."""
    document: dict[str, Any] = {
        "sensitive": list(groups.sensitive),
        "intersections": groups.intersections,
        "reference": groups.reference,
    }
    if groups.bins:
        document["bins"] = {column: list(cuts) for column, cuts in groups.bins.items()}
    if groups.join:
        document["join"] = {
            column: {name: list(texts) for name, texts in names.items()} for column, names in groups.join.items()
        }
    return document
