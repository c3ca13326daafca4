"""What an audit has to tell, in the order of telling: the headline first, what concerns most people first.

A finding may speak for several gaps: for both limits of a question, for all groups that the same people are worse off
than, and for all groups that are too small to tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.metrics.findings.group_pairs import GroupPair, headline_measure, pairs
from core.metrics.findings.sentences import capital, opening, outcome_known, sentence
from core.metrics.gaps import GAPS
from core.metrics.sampling.effective import AnyShare, people_in
from core.metrics.small_cells.hidden import verdict_word
from core.metrics.verdicts import Gap, Judgement, Verdict
from core.metrics.words import COUNTED_UNDER, group_words, listed, share_words
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.plan.values import MISSING_GROUP

_RANK: dict[Verdict, int] = {"gap": 0, "unclear": 1, "no_gap": 2, "not_measurable": 4}
_SMALL_RANK = 3
_MOST_NAMED = 8
_MOST_IN_ONE_LINE = 3


@dataclass(frozen=True)
class FindingPairs:
    """The pairs that one finding speaks for, the leading one first."""

    pairs: tuple[GroupPair, ...]
    repeats: int | None
    small: bool

    @property
    def lead(self) -> GroupPair:
        """The pair that leads."""
        return self.pairs[0]

    @property
    def rank(self) -> int:
        """How bad its verdict is: 0 is worst. Groups too small to tell come after what holds."""
        return _SMALL_RANK if self.small else _RANK[self.lead.verdict]

    def order(self, headline: Sequence[str]) -> tuple[object, ...]:
        """The headline's question, facts before repeats, then the verdict; people affected times the gap's size.

        Groups too small to tell come after what holds. What is no gap of people whose group nobody knows is of little
        use, so it comes late, and so, among what is no gap, does a crossing, after the columns that were asked about.
        """
        lead = self.lead
        return (
            lead.question != headline,
            self.repeats is not None,
            self.rank,
            lead.verdict != "gap" and MISSING_GROUP in (*lead.lead.group.values(), *lead.lead.reference.values()),
            len(lead.by) if lead.verdict != "gap" else 0,
            -lead.affected,
        )


@dataclass(frozen=True)
class Finding:
    """One verdict, and in plain words once somebody reads it: an audit of many groups has more of them than are read.

    Attributes
    ----------
    gaps
        The positions, in the judgement, of the gaps that it speaks for; first the one that the verdict rests on.
    comparisons
        How many pairs of groups these are.
    headline
        Whether its question is the one named before the results were seen; the others are exploratory.
    repeats
        The position of the gap that this one only shows again inside smaller groups; None for a fact of its own.
    is_small
        Whether it is about the groups that are too small to tell.
    """

    verdict: Verdict
    gaps: tuple[int, ...]
    comparisons: int
    headline: bool
    repeats: int | None
    is_small: bool
    told: FindingPairs
    plan: Plan

    @classmethod
    def of(cls, told: FindingPairs, headline: Sequence[str], plan: Plan) -> Finding:
        """What is told of these pairs, where the headline's question is about these rates."""
        gaps = tuple(place for pair in told.pairs for place in pair.places)
        is_headline = told.lead.question == headline
        return cls(told.lead.verdict, gaps, len(told.pairs), is_headline, told.repeats, told.small, told, plan)

    @cached_property
    def text(self) -> str:
        """The finding as sentences."""
        return _text(self.told, self.plan)

    @cached_property
    def opening(self) -> str:
        """How its text begins, where that is who fares so less often than whom: what a reader takes away."""
        return _small_opening(self.told, self.plan) if self.is_small else opening(self.told.lead, self.plan)

    @property
    def rest(self) -> str:
        """What follows the opening."""
        return self.text.removeprefix(self.opening).lstrip()

    @property
    def word(self) -> str:
        """Its verdict in a word."""
        return verdict_word(self.verdict, self.told.lead.why)

    @property
    def gap(self) -> int:
        """The position of the gap that the verdict rests on."""
        return self.gaps[0]


def findings(judgement: Judgement, plan: Plan, headline_only: bool = False) -> tuple[Finding, ...]:
    """What there is to tell: every gap with a verdict is in one finding, or every one on the headline's question."""
    headline = GAPS[headline_measure(judgement, plan)].metrics
    found = [pair for pair in pairs(judgement, plan) if pair.question == headline or not headline_only]
    told = told_of(found, found)
    told.sort(key=lambda one: one.order(headline))
    return tuple(Finding.of(one, headline, plan) for one in told)


# ---------------------------------------------------------------- which pairs one finding speaks for


def told_of(found: list[GroupPair], among: list[GroupPair]) -> list[FindingPairs]:
    """What is told of these pairs, unordered; whether it only repeats another is looked up `among` the wider ones."""
    repeated = {pair.places[0]: _repeated(pair, among) for pair in found}
    return [*_singles(found, repeated), *_of_the_reference(found, repeated), *_small(found)]


def _singles(found: list[GroupPair], repeated: dict[int, int | None]) -> list[FindingPairs]:
    """Pairs with a finding of their own."""
    return [
        FindingPairs((pair,), repeated[pair.places[0]], False)
        for pair in found
        if not _is_small(pair) and (pair.verdict != "gap" or pair.is_about_the_group)
    ]


def _of_the_reference(found: list[GroupPair], repeated: dict[int, int | None]) -> list[FindingPairs]:
    """The gaps that people of the reference have to others, as one: first the one that concerns most people."""
    same: dict[tuple[object, ...], list[GroupPair]] = {}
    for pair in found:
        if pair.verdict == "gap" and not pair.is_about_the_group:
            same.setdefault((pair.by, pair.question, repeated[pair.places[0]]), []).append(pair)
    told = []
    for gaps in same.values():
        lead = max(gaps, key=lambda pair: pair.affected)
        others = sorted((pair for pair in gaps if pair is not lead), key=lambda pair: -pair.apart)
        told.append(FindingPairs((lead, *others), repeated[lead.places[0]], False))
    return told


def _small(found: list[GroupPair]) -> list[FindingPairs]:
    """All pairs of a question of which one group is too small to tell, as one: those by one column first."""
    asked: dict[tuple[str, ...], list[GroupPair]] = {}
    for pair in found:
        if _is_small(pair):
            asked.setdefault(pair.question, []).append(pair)
    return [
        FindingPairs(tuple(sorted(few, key=lambda pair: (len(pair.by), -pair.fewest))), None, True)
        for few in asked.values()
    ]


def _is_small(pair: GroupPair) -> bool:
    """Whether nothing can be said of a pair because one of its groups is small."""
    return pair.verdict == "unclear" and pair.fewest < COUNTED_UNDER


# ---------------------------------------------------------------- words


def _text(one: FindingPairs, plan: Plan) -> str:
    if len(one.pairs) == 1:
        return sentence(one.lead, plan)
    return _small_words(one, plan) if one.small else f"{sentence(one.lead, plan)} {_others_words(one, plan)}"


def _others_words(one: FindingPairs, plan: Plan) -> str:
    """To which other groups the same people have a gap as well."""
    measure, terms = one.lead.measure, Terms.of(plan)
    named = [_with_rate(*pair.other, terms) for pair in one.pairs[1 : _MOST_NAMED + 1]]
    more = len(one.pairs) - 1 - len(named)
    rest = [f"{more} more groups" if more > 1 else "one more group"] if more else []
    verb = f"are also {terms.said(measure.how)}"
    direction = "less" if measure.worse == "lower" else "more"
    return f"They {verb} {direction} often than {listed(named + rest)}."


def _small_words(one: FindingPairs, plan: Plan) -> str:
    """The groups that are too small to tell, each with its rate, by the group that they are compared with."""
    measure, terms = one.lead.measure, Terms.of(plan)
    named = one.pairs[:_MOST_NAMED]
    tables: dict[tuple[str, ...], list[str]] = {}
    against: dict[tuple[str, ...], str] = {}
    for pair in named:
        gap = pair.lead
        tables.setdefault(pair.by, []).append(_with_rate(gap.group, gap.group_shares, terms))
        against[pair.by] = _with_rate(gap.reference, gap.reference_shares, terms)
    clauses = [f"{listed(groups)}, against {against[by]}" for by, groups in tables.items()]
    more = len(one.pairs) - len(named)
    if more:
        clauses.append(f"{more} more group{'s' if more > 1 else ''}")
    start = _small_opening(one, plan)
    if start:
        return f"{start} Each against its comparison group: {'; '.join(clauses)}."
    few = f"{terms.said(measure.whom)}too few {terms.people} to tell yet how often these {measure.verb_words(terms)}"
    return f"{outcome_known(one.lead, plan)}{capital(few)}: {'; '.join(clauses)}."


def _small_opening(one: FindingPairs, plan: Plan) -> str:
    """One line about many small groups, with two of them; empty where they are few enough to be listed in one."""
    if len(one.pairs) <= _MOST_IN_ONE_LINE:
        return ""
    terms = Terms.of(plan)
    few = f"{terms.said(one.lead.measure.whom)}too few {terms.people} to tell yet about {len(one.pairs)} groups"
    first = listed([_with_rate(pair.lead.group, pair.lead.group_shares, terms) for pair in one.pairs[:2]])
    return f"{outcome_known(one.lead, plan)}{capital(few)}, such as {first}."


def _with_rate(group: dict[str, str], shares: Sequence[AnyShare], terms: Terms) -> str:
    rates = " and ".join(share_words(share) for share in shares if people_in(share))
    return f"{group_words(group, terms)} ({rates or 'nobody'})"


# ---------------------------------------------------------------- what only repeats another


def _repeated(pair: GroupPair, found: list[GroupPair]) -> int | None:
    """The gap between larger groups that this one only shows again: by fewer columns, on the same question."""
    if len(pair.by) == 1 or pair.verdict not in ("gap", "unclear"):
        return None
    wider = (
        other
        for other in found
        if other.verdict == "gap" and other.question == pair.question and set(other.by) < set(pair.by)
    )
    return next((other.places[0] for other in wider if _says_no_more(pair, other.lead)), None)


def _says_no_more(pair: GroupPair, wider: Gap) -> bool:
    """Whether a crossing's gap lies on the wider gap's side of equality, and not for certain farther out."""
    gap = next((gap for gap in pair.gaps if gap.measure == wider.measure), pair.lead)
    sides = [{name: group[name] for name in wider.by} for group in (gap.group, gap.reference)]
    value, equality = wider.value, GAPS[gap.measure].equality
    if value is not None and sides == [wider.reference, wider.group]:
        value = -value if equality == 0 else 1 / value if value else math.inf
    elif sides != [wider.group, wider.reference]:
        return False
    if value is None or gap.value is None:
        return False
    if value < equality:
        return gap.value < equality and (gap.high is None or gap.high >= value)
    return gap.value > equality and (gap.low is None or gap.low <= value)


# ---------------------------------------------------------------- what stands beside the findings


def further_words(finding: Finding, found: Iterable[Finding], judgement: Judgement, plan: Plan) -> str:
    """In which smaller groups a gap shows again; empty where it does in none."""
    again = [other for other in found if other.repeats in finding.gaps and other.verdict == "gap"]
    if finding.verdict != "gap" or not again:
        return ""
    terms, gap = Terms.of(plan), judgement.gaps[finding.gap]
    shown = {pair.places[0]: pair for pair in pairs(judgement, plan)}
    first = shown[again[0].gap]
    by = [name for other in again for name in judgement.gaps[other.gap].by if name not in gap.by]
    n = sum(other.comparisons for other in again)
    where = f"in {n} comparisons" if n > 1 else "in one comparison"
    return (
        f"The same gap shows again {where} of smaller groups, by {listed(list(dict.fromkeys(by)))} too: for example "
        f"{group_words(first.subject[0], terms)} against {group_words(first.other[0], terms)}."
    )


def headlines(judgement: Judgement, plan: Plan) -> list[Finding]:
    """The findings on the question that was named before the results were seen, in the order of telling."""
    return list(findings(judgement, plan, headline_only=True))
