"""What may make an answer meaningless although it was computed rightly: asked before the audit, or said with it.

A doubt is a function that yields notes: of the plan and the profile where a look at the table is enough, of what was
counted where only that shows it. Adding one is a function, its place in a list below, and its words in
`core.metrics.words.notes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.data.cell_reading.profile_as_read import as_read
from core.data.profile import Profile
from core.engine.doubts import cells, direction, groups, left_out, outcomes, rows, scores
from core.engine.doubts.audit_facts import AuditFacts as AuditFacts
from core.notes import Note
from core.plan.plan import Plan

Asks = Callable[[Plan, Profile], Iterator[Note]]
Sees = Callable[[AuditFacts, Plan], Iterator[Note]]

BEFORE: tuple[Asks, ...] = (
    cells.spaces_for_a_model,
    outcomes.numbers_as_decisions,
    outcomes.spellings_of_good,
    outcomes.codes_for_missing,
    outcomes.other_values,
    cells.points_of_thousands,
    groups.spellings_of_a_group,
    groups.unknown_groups,
    groups.codes_alike,
    rows.repeated_persons,
    rows.counted_people,
    rows.unused_weights,
    rows.total_rows,
    groups.uncut_numbers,
)
AFTER: tuple[Sees, ...] = (
    direction.worse_than_one_answer,
    direction.backwards,
    scores.nearly_all_alike,
    scores.many_on_the_threshold,
    left_out.unlike,
    left_out.unknown_unlike,
)


def before(plan: Plan, profile: Profile) -> tuple[Note, ...]:
    """What the plan and one look at the table give reason to ask; questions still open in the plan ask nothing."""
    return tuple(note for asks in BEFORE for note in asks(plan, profile))


def before_reading(plan: Plan, taken: Profile) -> tuple[Note, ...]:
    """The same of a profile as it was taken from the file, which this plan may read otherwise."""
    return before(plan, as_read(taken, plan.data))


def after(seen: AuditFacts, plan: Plan) -> tuple[Note, ...]:
    """What was counted gives reason to say."""
    return tuple(note for sees in AFTER for note in sees(seen, plan))
