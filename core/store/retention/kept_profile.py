"""The profile of a table whose rows are gone: it quotes no cell but those that the evidence names anyway."""

from __future__ import annotations

from core.data.profile import Column, Profile
from core.plan.plan import Plan
from core.plan.values import key


def staying(profile: Profile, plan: Plan | None) -> Profile:
    """What may stay of a profile: names, kinds and counts; of the columns that the plan needs, the values it counts.

    Those are the values of a group, and the good ones of an outcome and the ones that a filter names. `plan` is that of
    the evidence that is kept; without evidence no value stays. Where the first row was taken for the header, a name is
    a cell like any other.
    """
    named = _named(plan)
    columns = []
    for place, column in enumerate(profile.columns, start=1):
        name = column.name if profile.has_header or column.name in named else f"column {place}"
        bare = Column(name, column.kind, column.missing, column.distinct, _values(column, plan), unique=column.unique)
        columns.append(bare)
    return Profile(
        name=profile.name,
        sha256=profile.sha256,
        words=profile.words,
        rows=profile.rows,
        columns=tuple(columns),
        decimal=profile.decimal,
        has_header=profile.has_header,
        left_out=profile.left_out,
    )


def quotes_cells(profile: Profile, plan: Plan | None) -> bool:
    """Whether there is more in a profile than may stay."""
    return profile != staying(profile, plan)


def _named(plan: Plan | None) -> set[str]:
    """The columns that a plan names."""
    if plan is None:
        return set()
    data, decision = plan.data, plan.decision
    single = (data.label, decision.score, decision.prediction, decision.text, decision.image)
    filters = (rule.column for rule in data.keep)
    return {name for name in (*single, *decision.features, *plan.groups.sensitive, *filters) if name}


def _values(column: Column, plan: Plan | None) -> tuple[tuple[str, int], ...]:
    """The values of a column, with their counts, that the plan counts people by."""
    if plan is None:
        return ()
    if column.name in plan.groups.sensitive and column.name not in plan.groups.bins:
        return column.values
    stated = [value for rule in plan.data.keep if rule.column == column.name for value in rule.values]
    if column.name == plan.data.label and plan.data.favourable is not None:
        stated += plan.data.favourable.values
    wanted = {key(value) for value in stated}
    return tuple((text, count) for text, count in column.values if key(text) in wanted)
