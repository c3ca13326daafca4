"""Near-constant answers: a group of which nearly everybody gets one answer, beside that answer for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, Ints
from core.metrics.intervals import FEW
from core.metrics.joint import JointCounts
from core.metrics.words import group_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.effect.mistake_costs import cost_words
from core.mitigate.effect.near_constant import NEARLY_ALL, first_of
from core.mitigate.goals import Cost

# Under so many people a count says more than a percentage.
_COUNTED = 100


def nearly_one_answer(joint: JointCounts, by: tuple[str, ...], cost: Cost, terms: Terms = PLAIN) -> Iterator[str]:
    """A sentence for each group nearly all of whom get one answer with the fix, whether or not they did before.

    Beside it stands what that answer for all of the group would cost, by the chosen measure. Groups of fewer people
    than a rate is given for are not judged. `terms` is what the plan calls things.
    """
    people = joint.by(by)
    for g, n in enumerate(people.n):
        for place, answer in ((1, "yes"), (0, "no")):
            if _is_one_answer(n, place):
                total, after, before = _numbers(n, place)
                who = group_words(people.groups.names(g), terms)
                said = f"It says {answer} to {_of(after, total, who)} ({_of(before, total)} before)"
                yield f"{said}{_beside(n, place, answer, cost)}."


def in_a_line(joint: JointCounts, by: tuple[str, ...], terms: Terms = PLAIN) -> Iterator[str]:
    """The same in one short sentence for each answer, for a list: whose answer it is nearly always, and was before."""
    people = joint.by(by)
    for place, answer in ((1, "Yes"), (0, "No")):
        said = []
        for g, n in enumerate(people.n):
            if _is_one_answer(n, place):
                total, after, before = _numbers(n, place)
                who = group_words(people.groups.names(g), terms)
                was = f"{before:,}" if total < _COUNTED else f"{100 * before / total:.0f}"
                said.append(f"{_of(after, total, who)} ({was} before)")
        if said:
            yield f"{answer} to {first_of(said)}."


def _is_one_answer(n: Ints, place: int) -> bool:
    total, after, _ = _numbers(n, place)
    return total >= FEW and after >= NEARLY_ALL * total


def _numbers(n: Ints, place: int) -> tuple[int, int, int]:
    """Of one group's people how many there are, and how many get this answer after and before."""
    return int(n.sum()), int(n[:, :, place].sum()), int(n[:, place].sum())


def _of(k: int, n: int, who: str = "") -> str:
    share = f"{k:,} of {n}" if n < _COUNTED else f"{100 * k / n:.0f} of 100"
    return f"{share} {who}".strip()


def _beside(n: Ints, place: int, answer: str, cost: Cost) -> str:
    """What the answer for all would cost this group, and what the fix costs it; nothing where it has one outcome."""
    good, other = int(n[FAVOURABLE].sum()), int(n[UNFAVOURABLE].sum())
    if not good or not other:
        return ""
    prices = cost.prices(good, other)
    denied, granted = int(n[FAVOURABLE, :, 0].sum()), int(n[UNFAVOURABLE, :, 1].sum())
    fixed = (prices.denied * denied + prices.granted * granted) / prices.per
    constant = (prices.granted * other if place else prices.denied * good) / prices.per
    than = "as" if np.isclose(fixed, constant) else "against"
    if than == "as":
        return f": just what {answer} to all of them would cost, {cost_words(constant, cost.name)}"
    return f": among them {cost_words(fixed, cost.name)}, against {100 * constant:.1f} by {answer} to all"
