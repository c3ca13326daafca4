"""Fixes that close a gap by giving nearly everybody of a group one answer, and know hardly more than that answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, Ints
from core.metrics.intervals import FEW, newcombe, z_value
from core.metrics.joint import JointCounts
from core.metrics.words import group_words, listed
from core.metrics.words.naming.terms import PLAIN, Terms

# Where fewer than one in ten get the other answer, an answer is nearly everybody's. It alone says nothing: of a group
# of which nearly all have the good outcome, nearly all may rightly be selected.
NEARLY_ALL = 0.9
# True less false positive rate: a balanced accuracy of 0.55, where one answer for all has 0.5.
LITTLE = 0.1
_MOST_GROUPS = 3


def hardly_better(joint: JointCounts, by: tuple[str, ...], confidence: float, terms: Terms = PLAIN) -> Iterator[str]:
    """A sentence for each answer that nearly everybody of some group gets, and did not get before, for too little.

    Too little: those with the good outcome are selected more often than the others by at most 10 points, or not surely
    so (Newcombe's interval of true less false positive rate, twice the balanced accuracy less 1, reaches 0, where one
    answer for all lies), and they were set apart better before. Groups with too few people of either outcome are not
    judged. `terms` is what the plan calls things.
    """
    people = joint.by(by)
    z = z_value(confidence)
    for place, answer in enumerate(("no", "yes")):
        said = []
        for g, n in enumerate(people.n):
            if _turns_to(n, place) and _tells_little(n, z):
                shares = [f"{100 * part / n.sum():.0f}" for part in (n[:, :, place].sum(), n[:, place, :].sum())]
                said.append(f"{shares[0]} of 100 {group_words(people.groups.names(g), terms)} ({shares[1]} before)")
        if said:
            yield f"It says {answer} to {first_of(said)}: hardly better than {answer} to all of them."


def first_of(said: Sequence[str]) -> str:
    """The first few of what is said of each group, and how many more there are."""
    rest = len(said) - _MOST_GROUPS
    more = [f"{rest} more group{'s' if rest > 1 else ''}"] if rest > 0 else []
    return listed([*said[:_MOST_GROUPS], *more])


def gives_one_answer(joint: JointCounts, by: tuple[str, ...]) -> bool:
    """Whether nearly everybody of some group gets one answer, and did not get it before: rightly or not.

    Groups of fewer people than a rate is given for are not judged.
    """
    return any(n.sum() >= FEW and (_turns_to(n, 0) or _turns_to(n, 1)) for n in joint.by(by).n)


def _turns_to(n: Ints, place: int) -> bool:
    """Whether the answer `place` is nearly everybody's after and was not before; `n` as in `_tells_little`."""
    return bool(n[:, :, place].sum() >= NEARLY_ALL * n.sum() > n[:, place, :].sum())


def _tells_little(n: Ints, z: float) -> bool:
    """Whether decisions after tell the outcomes apart hardly, or no better than chance may, and worse than before.

    `n` is one group's int64 of shape (3, 2, 2).
    """
    good, other = n[FAVOURABLE], n[UNFAVOURABLE]
    of_good, of_other = int(good.sum()), int(other.sum())
    if min(of_good, of_other) < FEW:
        return False
    low, _ = newcombe(int(good[:, 1].sum()), of_good, int(other[:, 1].sum()), of_other, z)
    after, before = (good.sum(axis=axis)[1] / of_good - other.sum(axis=axis)[1] / of_other for axis in (0, 1))
    return bool((low <= 0 or after <= LITTLE) and after < before)
