"""What an audit has to tell, in the order of telling: the headline first, worst first, and what repeats a fact last."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from core.cells import MISSING_GROUP
from core.findings import Gap, Judgement, Verdict
from core.gap_sentences import is_worse_off, sentence
from core.gaps import GAPS
from core.plan import Plan
from core.reference import By
from core.sentences import group_words, listed, rows_word

_SEVERITY: dict[Verdict | None, int] = {"gap": 0, "unclear": 1, "no_gap": 2, "not_measurable": 3}
_MOST_NAMED = 3
_WHY_ORDER = {"": 0, "far": 0, "look_closer": 1, "wide": 2, "few": 3}
# Metrics that count those whom another leaves, by that other's name.
_OTHER_SIDE = {
    "true_positive_rate": "false_negative_rate",
    "true_negative_rate": "false_positive_rate",
    "accuracy": "error_rate",
}


@dataclass(frozen=True)
class Finding:
    """One verdict in plain words, with the position of its gap in the judgement.

    Attributes
    ----------
    headline
        Whether its measure is the one named before the results were seen; the others are exploratory.
    repeats
        The position of the gap that this one only shows again inside smaller groups; None for a fact of its own.
    """

    verdict: Verdict
    text: str
    gap: int
    headline: bool
    repeats: int | None = None


@dataclass(frozen=True)
class _Fact:
    """What a gap is about, whichever side is counted: people of one table of groups, and one rate."""

    by: By
    group: tuple[str, ...]
    rate: str


def findings(judgement: Judgement, plan: Plan) -> tuple[Finding, ...]:
    """A finding for every gap with a verdict: the headline measure first, facts before repeats, then worst first.

    Of gaps that the same people have to several groups, the largest comes first and the others after all other gaps.
    """
    headline = headline_measure(judgement, plan)
    judged = [(i, gap, gap.verdict) for i, gap in enumerate(judgement.gaps) if gap.verdict is not None]
    repeated = {i: _repeated(gap, judgement) for i, gap, _ in judged}
    judged.sort(key=lambda entry: _order(entry[1]))
    further = _further((i, gap) for i, gap, _ in judged if repeated[i] is None)
    judged.sort(
        key=lambda entry: (
            entry[1].measure != headline,
            repeated[entry[0]] is not None,
            _SEVERITY[entry[1].verdict],
            entry[0] in further,
        )
    )
    return tuple(
        Finding(verdict, sentence(gap, plan), i, gap.measure == headline, repeated[i]) for i, gap, verdict in judged
    )


def headline_measure(judgement: Judgement, plan: Plan) -> str:
    """The plan's headline measure, or selection rates where the plan's needs labels that are not there."""
    there = {gap.measure for gap in judgement.gaps}
    return plan.policy.headline if plan.policy.headline in there else "disparate_impact"


def further_words(finding: Finding, found: Sequence[Finding], judgement: Judgement, plan: Plan) -> str:
    """What else shows a gap: to which other groups, and again in which smaller ones; empty where nothing does."""
    gap = judgement.gaps[finding.gap]
    gaps = [judgement.gaps[other.gap] for other in found if other.verdict == "gap" and other.repeats is None]
    same = [o for o in gaps if (o.by, o.measure, _worse_off(o)) == (gap.by, gap.measure, _worse_off(gap)) and o != gap]
    again = [judgement.gaps[other.gap] for other in found if other.repeats == finding.gap and other.verdict == "gap"]
    words = [] if finding.verdict != "gap" else [_others_words(same, rows_word(plan)), _again_words(gap, again, plan)]
    return " ".join(filter(None, words))


def _others_words(same: list[Gap], people: str) -> str:
    """To which other groups the same people have a gap as well."""
    if not same:
        return ""
    measure = GAPS[same[0].measure]
    named = [group_words(_better_off(gap), people) for gap in same[:_MOST_NAMED]]
    rest = [f"{len(same) - _MOST_NAMED} more groups"] if len(same) > _MOST_NAMED else []
    direction = "less" if measure.worse == "lower" else "more"
    return f"They are also {measure.treated} {direction} often than {listed(named + rest)}."


def _again_words(gap: Gap, again: list[Gap], plan: Plan) -> str:
    """In which smaller groups the same gap shows."""
    if not again:
        return ""
    people = rows_word(plan)
    crossed = [name for name in dict.fromkeys(name for other in again for name in other.by) if name not in gap.by]
    where = f"in {len(again)} comparisons" if len(again) > 1 else "in one comparison"
    pair = group_words(_worse_off(again[0]), people), group_words(_better_off(again[0]), people)
    return (
        f"The same gap shows again {where} of smaller groups, by {listed(crossed)} too: for example {pair[0]} against "
        f"{pair[1]}."
    )


def also_gaps(judgement: Judgement, plan: Plan) -> dict[str, tuple[By, ...]]:
    """Other measures than the headline with a gap, each with the tables it is in: errors first, nothing twice.

    A crossing is named only where no part of it has a gap that says the same. Two measures say the same where they
    share a rate, or one counts those whom the other leaves: who is wrongly denied, and who of the deserving was
    selected.
    """
    headline = headline_measure(judgement, plan)
    gaps = sorted((gap for gap in judgement.gaps if gap.verdict == "gap"), key=lambda gap: len(gap.by))
    said = {fact for gap in gaps if gap.measure == headline for fact in _facts(gap)}
    found: dict[str, tuple[By, ...]] = {}
    for measure in sorted(GAPS.values(), key=lambda m: (len(m.metrics) > 1, m.worse != "higher")):
        tables: list[By] = []
        for by in dict.fromkeys(gap.by for gap in gaps):
            told = {(fact.by, fact.rate) for fact in said}
            here = [gap for gap in gaps if (gap.measure, gap.by) == (measure.name, by)]
            new = [gap for gap in here if said.isdisjoint(_facts(gap)) and told.isdisjoint(_parts(gap))]
            said.update(fact for gap in new for fact in _facts(gap))
            tables += [by] if new else []
        if tables:
            found[measure.name] = tuple(tables)
    return found


def _facts(gap: Gap) -> set[_Fact]:
    return {_Fact(gap.by, tuple(gap.group.values()), rate) for rate in _rates(gap)}


def _parts(gap: Gap) -> set[tuple[By, str]]:
    """The tables by fewer of a crossing's columns, with each of its rates."""
    parts = (part for size in range(1, len(gap.by)) for part in combinations(gap.by, size))
    return {(part, rate) for part in parts for rate in _rates(gap)}


def _rates(gap: Gap) -> list[str]:
    return [_OTHER_SIDE.get(name, name) for name in GAPS[gap.measure].metrics]


def _repeated(gap: Gap, judgement: Judgement) -> int | None:
    """The gap between larger groups that this one only shows again: by fewer columns, on the same measure."""
    if len(gap.by) == 1 or gap.verdict not in ("gap", "unclear"):
        return None
    wider = (
        (i, other)
        for i, other in enumerate(judgement.gaps)
        if other.verdict == "gap" and other.measure == gap.measure and set(other.by) < set(gap.by)
    )
    return next((i for i, other in wider if _says_no_more(gap, other)), None)


def _says_no_more(gap: Gap, wider: Gap) -> bool:
    """Whether a crossing's gap lies on the wider gap's side of equality, and not for certain farther out."""
    pair = [{name: group[name] for name in wider.by} for group in (gap.group, gap.reference)]
    value, equality = wider.value, GAPS[gap.measure].equality
    if value is not None and pair == [wider.reference, wider.group]:
        value = -value if equality == 0 else 1 / value if value else None
    elif pair != [wider.group, wider.reference]:
        return False
    if value is None or gap.value is None:
        return False
    if value < equality:
        return gap.value < equality and (gap.high is None or gap.high >= value)
    return gap.value > equality and (gap.low is None or gap.low <= value)


def _further(ordered: Iterable[tuple[int, Gap]]) -> set[int]:
    """The gaps whose worse-off people have a larger one, on the same measure, to another group."""
    told: set[_Fact] = set()
    found = set()
    for i, gap in ordered:
        fact = _Fact(gap.by, tuple(_worse_off(gap).values()), gap.measure)
        if gap.verdict == "gap" and fact in told:
            found.add(i)
        elif gap.verdict == "gap":
            told.add(fact)
    return found


def _worse_off(gap: Gap) -> dict[str, str]:
    return gap.group if is_worse_off(gap) else gap.reference


def _better_off(gap: Gap) -> dict[str, str]:
    return gap.reference if is_worse_off(gap) else gap.group


def _order(gap: Gap) -> tuple[object, ...]:
    """The surest and largest first.

    What is no gap of people whose group nobody knows is of little use, so it comes late.
    """
    nameless = MISSING_GROUP in (*gap.group.values(), *gap.reference.values())
    return (
        nameless and gap.verdict != "gap",
        len(gap.by),
        _WHY_ORDER[gap.why],
        not gap.breaks_limit,
        -_distance(gap),
    )


def _distance(gap: Gap) -> float:
    """How far a gap is from equality, the same whichever group is the reference."""
    if gap.value is None:
        return 0.0
    if GAPS[gap.measure].kind == "difference":
        return abs(gap.value)
    return abs(math.log(gap.value)) if gap.value > 0 else math.inf
