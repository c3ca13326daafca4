"""One gated gap in words: which it is, how it stood and stands, by how much it grew, and what could have been shown."""

from __future__ import annotations

import math
import re

from core.metrics.gate import GatedGap, GrowthState, LimitState
from core.metrics.words import beside, group_words, limit_words, points_words
from core.metrics.words.naming.terms import Terms

_HOLDS: dict[LimitState, str] = {
    "broken": "broken", "unclear": "can't tell yet", "holds": "holds", "not_gated": "not gated",
}  # fmt: skip
_WHOSE = {"plan": "the plan's", "policy": "the policy's", "default": "the usual one"}
_GROWN: dict[GrowthState, str] = {
    "worse": "worse", "unclear": "can't tell yet", "not_shown": "not shown", "better": "better",
}  # fmt: skip
# Runners of CI obey these wherever they stand in a line.
_OBEYED = re.compile(r"#(?=#)")


def gap_line(gap: GatedGap, terms: Terms) -> str:
    """One gated gap in a few short sentences."""
    said = [f"{title(gap, terms)}: {_values(gap)}."]
    if gap.worsening != "not_gated":
        said.append(f"Worsening: {worsening_words(gap)}.")
    said.append(f"Limit: {limit_said(gap)}.")
    if gap.worsening != "not_gated":
        said.append(f"Could show: {detectable_words(gap)}.")
    if gap.fewest is not None:
        said.append(f"n = {gap.fewest:,}.")
    if gap.reason:
        said.append(f"{gap.reason[0].upper()}{gap.reason[1:]}.")
    return one_line(" ".join(said))


def title(gap: GatedGap, terms: Terms) -> str:
    """Which gap it is: "women against men, disparate_impact"."""
    who, than = group_words(gap.gap.group, terms), group_words(gap.gap.reference, terms)
    return one_line(f"{who} against {than}, {gap.gap.measure}")


def standing(gap: GatedGap, when: str) -> str:
    """A gap's value "before" or "now", as it stands beside its limit."""
    found = gap.before if when == "before" else gap.gap
    if found is None or (when == "now" and gap.is_gone):
        return "not there"
    if found.value is None:
        return "hidden" if found.why == "hidden" else "not measurable"
    if gap.measure.kind == "ratio":
        return beside(found.value, found.band.ends, 2)
    return f"{beside(100 * found.value, [100 * end for end in found.band.ends], 1)} points"


def _values(gap: GatedGap) -> str:
    now = f"{standing(gap, 'now')} now"
    return now if gap.before is None else f"{standing(gap, 'before')} before, {now}"


def worsening_words(gap: GatedGap) -> str:
    """By how much it grew, with its range, and what that means."""
    if gap.worsening == "same":
        return "none, as nobody is decided otherwise"
    if gap.worsening == "not_gated":
        return "not gated"
    word = _GROWN[gap.worsening]
    if gap.growth is None:
        return word
    value, (low, high) = gap.growth
    return f"{_amount(gap, value)} ({_number(gap, low)} to {_number(gap, high)}), {word}"


def limit_said(gap: GatedGap) -> str:
    """The limit, whose it is, and how the gap stands to it."""
    band = gap.gap.band
    number = limit_words(band.limit, 2) if band.is_ratio else points_words(band.limit)
    return f"{number}, {_WHOSE[band.source]}, {_HOLDS[gap.limit]}"


def detectable_words(gap: GatedGap) -> str:
    """The worsening that so many people would show with 80 % chance."""
    return "none" if gap.detectable is None else _amount(gap, gap.detectable)


def one_line(text: str) -> str:
    """A text on one line, in which no runner of CI finds a command."""
    return _OBEYED.sub("# ", " ".join(text.split()))


def _amount(gap: GatedGap, grown: float) -> str:
    number = _number(gap, grown)
    return f"a factor of {number}" if gap.measure.kind == "ratio" else f"{number} points"


def _number(gap: GatedGap, grown: float) -> str:
    if gap.measure.kind == "ratio":
        return beside(math.exp(grown), 1.0, 2)
    return beside(100 * grown, 0.0, 1)
