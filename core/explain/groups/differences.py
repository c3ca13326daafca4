"""What stands out among the groups, in words: what sets two apart, what most rests on, what goes along with whom."""

from __future__ import annotations

from dataclasses import dataclass

from core.explain.groups.attribution import Attribution
from core.explain.groups.heatmap import Heatmap, difference, heatmap
from core.explain.groups.proxies import PROXY_AT, SOMEWHAT_AT
from core.metrics.intervals import FEW
from core.metrics.words import beside, group_words
from core.metrics.words.naming.terms import PLAIN, Terms

# What lies under this, in units of the score, would read as 0.0 or 0.1 points.
_HARDLY = 0.001


@dataclass(frozen=True)
class Apart:
    """By how much more a feature moved one group's scores than those of the group that it is compared with.

    `value`, `low` and `high` are in units of the score; `all_features` is the same of everything together. `is_clear`
    says whether the interval leaves out none, also where it is widened for every comparison made beside it
    (Bonferroni).
    """

    feature: str
    group: dict[str, str]
    reference: dict[str, str]
    selected: bool | None
    n: int
    value: float
    low: float
    high: float
    all_features: float
    is_clear: bool


def apart(
    attribution: Attribution, by: tuple[str, ...], reference: dict[str, str], selected: bool | None, confidence: float
) -> tuple[Apart, ...]:
    """Every feature of every other group of at least `FEW` people: clear ones first, then the largest."""
    seen = heatmap(attribution, by, selected, confidence)
    if reference not in seen.groups or seen.n[seen.groups.index(reference)] < FEW:
        return ()
    others = [g for g, group in enumerate(seen.groups) if group != reference and seen.n[g] >= FEW]
    cautious = 1 - (1 - confidence) / max(1, len(others) * len(seen.features))
    found = []
    for g in others:
        group = seen.groups[g]
        differs = difference(attribution, by, group, reference, selected, confidence)
        wide = difference(attribution, by, group, reference, selected, cautious)
        everything, clear = float(differs.value.sum()), (wide.low > 0) | (wide.high < 0)
        for f, feature in enumerate(seen.features):
            ends = (float(differs.value[f]), float(differs.low[f]), float(differs.high[f]))
            found.append(Apart(feature, group, reference, selected, int(seen.n[g]), *ends, everything, bool(clear[f])))
    return tuple(sorted(found, key=lambda one: (not one.is_clear, -abs(one.value))))


def apart_sentence(one: Apart, adds_up: bool, terms: Terms = PLAIN) -> str:
    """One feature in plain sentences; `terms` is what the plan calls things.

    `adds_up` says whether what the features move adds up to the score: then it is said of how much this is a part.
    """
    among, people = among_words(one.selected, terms), terms.people
    who, than = group_words(one.group, terms), group_words(one.reference, terms)
    if not one.is_clear:
        start = f"{among}nothing clearly sets {who} and {than} apart."
        return (
            f"{start[0].upper()}{start[1:]} The largest difference is on “{one.feature}”: {signed_points(one.value)} "
            f"points ({range_words(one.low, one.high)})."
        )
    start = (
        f"{among}what sets {who} ({one.n:,} {people}) apart from {than} most is “{one.feature}”. On average it moves "
        f"their scores {_distance_words(one)}."
    )
    whole, way = one.all_features, _way(one)
    part = adds_up and one.value * whole > 0 and abs(one.value) <= abs(whole)
    end = f" In all, they are {_points(abs(whole))} points {way}." if part else ""
    return f"{start[0].upper()}{start[1:]}{end}"


def apart_moved_sentence(before: Apart, after: Apart, terms: Terms = PLAIN) -> str:
    """What set two groups apart before, and what is left of it: the same feature and the same people."""
    who, than = group_words(before.group, terms), group_words(before.reference, terms)
    start = (
        f"{among_words(before.selected, terms)}“{before.feature}” moved the scores of {who} "
        f"({before.n:,} {terms.people}) {_distance_words(before)} than those of {than} on average before."
    )
    if not after.is_clear:
        return f"{start} Now no clear difference is left ({range_words(after.low, after.high)})."
    if max(abs(after.low), abs(after.high)) < _HARDLY:
        return f"{start} Now it is less than 0.1 points."
    return f"{start} Now it moves them {_distance_words(after)}."


def relied_sentence(seen: Heatmap, group: dict[str, str], selected: bool | None, terms: Terms = PLAIN) -> str:
    """On what most of a group's scores rests."""
    g = seen.groups.index(group)
    who = f"{group_words(group, terms)} ({int(seen.n[g]):,} {terms.people})"
    start = f"{among_words(selected, terms)}in the scores of {who}"
    said = f"{start[0].upper()}{start[1:]}"
    if not seen.n[g] or not seen.share[g].any():
        return f"{said} nothing moves the score."
    most = int(seen.share[g].argmax())
    cancels = abs(seen.mean[g, most]) < seen.mean_abs[g, most] / 2
    both_ways = ", up for some and down for others" if cancels else ""
    return (
        f"{said} the model relies most on “{seen.features[most]}”. That is {100 * seen.share[g, most]:.0f}\u00a0% of "
        f"all that moves their scores{both_ways}."
    )


def among_words(selected: bool | None, terms: Terms) -> str:
    """Of whom something is said, by their decision, to begin a sentence with; empty where it is everybody."""
    if selected is None:
        return ""
    return f"Among those {terms.selected if selected else terms.turned_down}, "


def along_words(proxies: dict[str, tuple[float, ...]], place: int, feature: str) -> str:
    """Which sensitive columns a feature goes along with, as a few words; "" where with none."""
    if feature in proxies:
        return "is sensitive itself"
    much, some = _along(proxies, place)
    with_what = [f"with {' and '.join(much)}"] if much else []
    with_what += [f"a little with {' and '.join(some)}"] if some else []
    return f"goes along {', '.join(with_what)}" if with_what else ""


def along_cell(proxies: dict[str, tuple[float, ...]], place: int, feature: str) -> str:
    """The same for a table whose column is headed "Goes along with"."""
    if feature in proxies:
        return "is sensitive itself"
    much, some = _along(proxies, place)
    cell = [" and ".join(much)] if much else []
    cell += [f"a little with {' and '.join(some)}"] if some else []
    return ", ".join(cell)


def _along(proxies: dict[str, tuple[float, ...]], place: int) -> tuple[list[str], list[str]]:
    """The sensitive columns that a feature goes along with, and those that it goes along with a little."""
    much = [name for name, strengths in proxies.items() if strengths[place] >= PROXY_AT]
    some = [name for name, strengths in proxies.items() if SOMEWHAT_AT <= strengths[place] < PROXY_AT]
    return much, some


def most_apart(
    attribution: Attribution, references: dict[tuple[str, ...], dict[str, str]], confidence: float
) -> tuple[str, ...]:
    """Of single columns, the one whose groups a feature sets apart most clearly; the first where none does."""
    every = list(references)
    single = [by for by in every if len(by) == 1] or every
    distance = {by: _distance(attribution, by, references[by], confidence) for by in single}
    return max(single, key=lambda by: distance[by])


def _distance(attribution: Attribution, by: tuple[str, ...], reference: dict[str, str], confidence: float) -> float:
    found = apart(attribution, by, reference, None, confidence)
    return abs(found[0].value) if found and found[0].is_clear else 0.0


def range_words(low: float, high: float) -> str:
    """A plausible range of points: "7.4 to 10.1 down", "3.2 down to 1.0 up"."""
    ends = [beside(abs(100 * end), 0.0, 1) for end in (low, high)]
    if low * high < 0:
        return f"{ends[0]} down to {ends[1]} up"
    near, far = (ends[0], ends[1]) if high > 0 else (ends[1], ends[0])
    return near if near == far == "0.0" else f"{near} to {far} {'up' if high > 0 else 'down'}"


def signed_points(value: float) -> str:
    """A part of a score in points, with its sign: "−3.2"."""
    return f"{100 * value:+z.1f}".replace("-", "−")


def _distance_words(one: Apart) -> str:
    """How far a feature sets two groups apart, with the plausible range: "8.8 points lower (7.4 to 10.1)"."""
    ends = sorted((abs(one.low), abs(one.high)))
    return f"{_points(abs(one.value))} points {_way(one)} ({_points(ends[0])} to {_points(ends[1])})"


def _way(one: Apart) -> str:
    return "lower" if one.value < 0 else "higher"


def _points(value: float) -> str:
    return beside(100 * value, 0.0, 1)
