"""Gaps on other questions than the headline's: each fact once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from core.metrics.findings.group_pairs import GroupPair, headline_measure, pairs
from core.metrics.gaps import GAPS
from core.metrics.reference import By
from core.metrics.verdicts import Judgement
from core.plan.plan import Plan

# Metrics that count those whom another leaves, by that other's name.
_OTHER_SIDE = {
    "true_positive_rate": "false_negative_rate",
    "true_negative_rate": "false_positive_rate",
    "accuracy": "error_rate",
}


@dataclass(frozen=True)
class _Fact:
    """What a gap is about, whichever side is counted: people of one table of groups, and one rate."""

    by: By
    group: tuple[str, ...]
    rate: str


def also_gaps(judgement: Judgement, plan: Plan) -> dict[str, tuple[By, ...]]:
    """Other questions than the headline's with a gap, each by its first measure with the tables it is in: errors first.

    A crossing is named only where no part of it has a gap that says the same. Two questions say the same where they
    share a rate, or one counts those whom the other leaves: who is wrongly denied, and who of the deserving was
    selected.
    """
    headline = GAPS[headline_measure(judgement, plan)].metrics
    gaps = sorted((pair for pair in pairs(judgement, plan) if pair.verdict == "gap"), key=lambda pair: len(pair.by))
    said = {fact for pair in gaps if pair.question == headline for fact in _facts(pair)}
    found: dict[str, tuple[By, ...]] = {}
    for measure in sorted(GAPS.values(), key=lambda m: (len(m.metrics) > 1, m.worse != "higher")):
        tables: list[By] = []
        for by in dict.fromkeys(pair.by for pair in gaps):
            told = {(fact.by, fact.rate) for fact in said}
            here = [pair for pair in gaps if (pair.question, pair.by) == (measure.metrics, by)]
            new = [pair for pair in here if said.isdisjoint(_facts(pair)) and told.isdisjoint(_parts(pair))]
            said.update(fact for pair in new for fact in _facts(pair))
            tables += [by] if new else []
        if tables:
            found[measure.name] = tuple(tables)
    return found


def _facts(pair: GroupPair) -> set[_Fact]:
    return {_Fact(pair.by, tuple(pair.lead.group.values()), rate) for rate in _rates(pair)}


def _parts(pair: GroupPair) -> set[tuple[By, str]]:
    """The tables by fewer of a crossing's columns, with each of its rates."""
    parts = (part for size in range(1, len(pair.by)) for part in combinations(pair.by, size))
    return {(part, rate) for part in parts for rate in _rates(pair)}


def _rates(pair: GroupPair) -> list[str]:
    return [_OTHER_SIDE.get(name, name) for name in pair.question]
