"""What speaks against decisions, from the people that fixes are chosen on: one-sided, or worse than one for all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, UNKNOWN
from core.metrics.intervals import FEW
from core.metrics.joint import JointCounts
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.near_constant import first_of
from core.mitigate.goals import Cost
from core.mitigate.rules.rule_outcome import nearly_none


def one_sided(joint: JointCounts, by: tuple[str, ...], terms: Terms) -> Iterator[str]:
    """A sentence where nearly all or nearly none of a group are selected on the choose part, and were not before."""
    people = joint.by(by)
    n = people.n.sum(axis=(1, 2, 3))
    before, after = people.n[:, :, 1, :].sum(axis=(1, 2)), people.n[:, :, :, 1].sum(axis=(1, 2))
    then, already = nearly_none(after, n), nearly_none(before, n)
    changed = np.any([now & ~was for now, was in zip(then, already, strict=True)], axis=0) & (n >= FEW)
    if changed.any():
        who = first_of([group_words(people.groups.names(g), terms) for g in np.flatnonzero(changed).tolist()])
        yield f"Of {who} nearly everybody or nearly nobody would be {terms.selected}."


def worse_than_one_answer(joint: JointCounts, cost: Cost) -> Iterator[str]:
    """A sentence where it costs more on the choose part than one answer for all would, and than the present model."""
    people = joint.n.sum(axis=0)
    other, good = people[UNFAVOURABLE], people[FAVOURABLE]
    if not people[:UNKNOWN].any():
        return
    prices = cost.prices(int(good.sum()), int(other.sum()))
    now, then = (
        prices.denied * int(refused) + prices.granted * int(selected)
        for refused, selected in ((good[0].sum(), other[1].sum()), (good[:, 0].sum(), other[:, 1].sum()))
    )
    if then > max(now, min(prices.denied * int(good.sum()), prices.granted * int(other.sum()))):
        wrong = cost.name == "accuracy"
        worse = "More of its decisions are wrong" if wrong else "By what you let mistakes cost, it does worse"
        yield f"{worse} than if everybody got the same answer."
