"""Two groups on one question, judged by every limit that the question has, as one verdict.

Who gets selected is one question with two limits: how many times as often, and how many points apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from core.metrics.gaps import GAPS, Measure
from core.metrics.reference import By
from core.metrics.sampling.effective import AnyShare, people_in
from core.metrics.verdicts import Gap, Judgement, Verdict, Why
from core.metrics.words import mean_rate
from core.plan.plan import Plan

Question = tuple[str, ...]


@dataclass(frozen=True)
class GroupPair:
    """A group and its reference on one question.

    Attributes
    ----------
    places
        Where its gaps stand in the judgement.
    gaps
        The question's measures for these two groups, in the same order: first the one that the verdict rests on, whose
        interval and limit a sentence and a table's row give.
    judging
        Those of the gaps whose limits count.
    """

    places: tuple[int, ...]
    gaps: tuple[Gap, ...]
    judging: tuple[Gap, ...]
    verdict: Verdict

    @property
    def lead(self) -> Gap:
        """The gap that the verdict rests on."""
        return self.gaps[0]

    @property
    def measure(self) -> Measure:
        """The measure of the lead."""
        return GAPS[self.lead.measure]

    @property
    def question(self) -> Question:
        """The metrics that are compared."""
        return self.measure.metrics

    @property
    def by(self) -> By:
        """The columns that make the groups."""
        return self.lead.by

    @property
    def why(self) -> Why:
        """Why it is unclear."""
        return self.lead.why

    @cached_property
    def is_about_the_group(self) -> bool:
        """Whether the group has the worse rate of the two; else the reference has."""
        mine, theirs = mean_rate(self.lead.group_shares), mean_rate(self.lead.reference_shares)
        return mine <= theirs if self.measure.worse == "lower" else mine >= theirs

    @property
    def subject(self) -> tuple[dict[str, str], tuple[AnyShare, ...]]:
        """The group that has the worse rate, and its (k, n): whom the sentence is about, and who bears the mark."""
        gap = self.lead
        return (gap.group, gap.group_shares) if self.is_about_the_group else (gap.reference, gap.reference_shares)

    @property
    def other(self) -> tuple[dict[str, str], tuple[AnyShare, ...]]:
        """The group that the subject is said to differ from, and its (k, n)."""
        gap = self.lead
        return (gap.reference, gap.reference_shares) if self.is_about_the_group else (gap.group, gap.group_shares)

    @cached_property
    def apart(self) -> Fraction:
        """How far the two rates are apart, as a share."""
        return abs(mean_rate(self.lead.group_shares) - mean_rate(self.lead.reference_shares))

    @property
    def affected(self) -> Fraction:
        """People affected times the size of the gap: how many decisions it is about.

        So many of the subject would be treated otherwise at the rate of both groups together (statistics.md 3: the
        shortfall). Whichever of the two is small, it is small: nearly everybody's gap to a handful is about a handful.
        """
        mine, theirs = (max(map(people_in, shares)) for _, shares in (self.subject, self.other))
        return Fraction(mine * theirs, max(1, mine + theirs)) * self.apart

    @property
    def fewest(self) -> int:
        """The people of its smallest rate."""
        return min(map(people_in, (*self.lead.group_shares, *self.lead.reference_shares)))


def questions() -> list[Question]:
    """What an audit asks, in the order of its measures."""
    return list(dict.fromkeys(measure.metrics for measure in GAPS.values() if measure.is_tested))


def headline_measure(judgement: Judgement, plan: Plan) -> str:
    """The plan's headline measure, or selection rates where the plan's needs labels that are not there."""
    there = {gap.measure for gap in judgement.gaps}
    return plan.policy.headline if plan.policy.headline in there else "disparate_impact"


def pairs(judgement: Judgement, plan: Plan) -> list[GroupPair]:
    """Every comparison that has a verdict, question by question."""
    headline = headline_measure(judgement, plan)
    found: dict[tuple[object, ...], list[int]] = {}
    for place, gap in enumerate(judgement.gaps):
        if gap.verdict is not None:
            key = (GAPS[gap.measure].metrics, gap.by, tuple(gap.group.values()))
            found.setdefault(key, []).append(place)
    return [_pair(places, judgement, headline) for places in found.values()]


def _pair(places: list[int], judgement: Judgement, headline: str) -> GroupPair:
    gaps = {place: judgement.gaps[place] for place in places}
    judging = _judging(gaps.values())
    verdict = _verdict(judging)
    # The limit that decides goes first; of several such the headline's own.
    places = sorted(
        places,
        key=lambda place: (
            gaps[place] not in judging,
            gaps[place].verdict != verdict,
            gaps[place].measure != headline,
        ),
    )
    return GroupPair(tuple(places), tuple(gaps[place] for place in places), tuple(judging), verdict)


def _judging(gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps whose limits count: a limit that the plan or its policy states puts a usual one out of force.

    What cannot be measured cannot judge: where nobody of the reference is selected, the difference does.
    """
    measurable = [gap for gap in gaps if gap.verdict != "not_measurable"]
    stated = [gap for gap in measurable if gap.band.source != "default"]
    return stated or measurable or list(gaps)


def _verdict(judging: list[Gap]) -> Verdict:
    """A gap where any limit is broken, none where every one holds."""
    verdicts = {gap.verdict for gap in judging}
    if "gap" in verdicts:
        return "gap"
    if verdicts == {"no_gap"}:
        return "no_gap"
    return "not_measurable" if verdicts == {"not_measurable"} else "unclear"
