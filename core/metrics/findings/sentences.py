"""The verdict on a pair of groups in plain words (statistics.md 2): both rates, the people in each, and the range.

Each statement keeps to one unit: value, range and limit are times, or they are points. The range is the interval of
the gap that the verdict rests on, the one that a table's row gives, so that the two agree about equality.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from core.metrics.findings.group_pairs import GroupPair
from core.metrics.findings.more_people import more_people_words
from core.metrics.gaps import why_not_measurable
from core.metrics.sampling.effective import AnyShare, people_in
from core.metrics.verdicts import Gap
from core.metrics.words import (
    Figures,
    beside,
    chance_words,
    figures,
    group_words,
    mean_rate,
)
from core.metrics.words.limits import mark_words
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan


def sentence(pair: GroupPair, plan: Plan) -> str:
    """The verdict on one pair, in words that a policy person can repeat."""
    return outcome_known(pair, plan) + _TEMPLATES[pair.why or str(pair.verdict)](SentenceWords(pair, plan))


def opening(pair: GroupPair, plan: Plan) -> str:
    """The start of the sentence that says who fares so less often than whom; empty where it begins otherwise."""
    if pair.verdict in ("no_gap", "not_measurable") or pair.why == "few":
        return ""
    return outcome_known(pair, plan) + SentenceWords(pair, plan).compared


def outcome_known(pair: GroupPair, plan: Plan) -> str:
    """What a sentence on errors begins with where the outcome is unknown for people who were turned down."""
    return (
        "Among those whose outcome is known: " if pair.measure.needs_label and plan.data.refused_known is False else ""
    )


class SentenceWords:
    """The words of one pair's sentence. Its subject is the group that fares worse, which may be the reference."""

    def __init__(self, pair: GroupPair, plan: Plan) -> None:
        self.pair, self.measure = pair, pair.measure
        self.terms = terms = Terms.of(plan)
        self.people, self.among, self.treated = terms.people, *map(terms.said, (self.measure.whom, self.measure.how))
        self.confidence = plan.run.confidence
        self.subject, self.shares = pair.subject
        self.other, self.other_shares = pair.other
        bands = [gap.band for gap in pair.judging]
        points = next((float(100 * Fraction(str(band.limit))) for band in bands if not band.is_ratio), None)
        ratio = next((band.limit for band in bands if band.is_ratio), None)
        self.figures: Figures = figures(self.shares, self.other_shares, points, ratio)

    def group(self, group: dict[str, str]) -> str:
        """A group's people."""
        return group_words(group, self.terms)

    @property
    def who(self) -> str:
        """The sentence's opening, up to the subject, with a capital letter."""
        return capital(self.among + self.group(self.subject))

    @property
    def than(self) -> str:
        """The people of the other group."""
        return self.group(self.other)

    @property
    def rates(self) -> str:
        """Both rates with the number of people behind each."""
        return f"{self.figures.mine} against {self.figures.theirs}"

    @property
    def compared(self) -> str:
        """Who fares so less often than whom, with both rates: the start of most sentences."""
        return f"{self.who} {self.measure.verb_words(self.terms)} {self._how_often} {self.than}: {self.rates}."

    @property
    def less(self) -> str:
        """The direction that the measure is worse in."""
        return "less" if self.measure.worse == "lower" else "more"

    @property
    def stated(self) -> str:
        """How large the gap is in the unit of the limit that decides, with its range, both in that unit."""
        return f"{self.value(self.pair.lead)} (plausible range {self.range})"

    def value(self, gap: Gap) -> str:
        """The size of a gap in its own unit: "0.30 times as often", "17.7 points less"."""
        if gap.band.is_ratio:
            return f"{self.figures.ratio} times as often"
        if self.figures.distance.strip("0.") == "":
            return f"under 0.1\u00a0points {self.less}" if self.pair.apart else "no difference"
        return f"{self.figures.distance}\u00a0points {self.less}"

    @property
    def range(self) -> str:
        """The range of the lead, in its own unit."""
        return self._times_range() if self.pair.lead.band.is_ratio else self._points_range()

    @property
    def more_people(self) -> str:
        """How many more people would settle it, as a sentence after a space; or nothing."""
        return more_people_words(self.pair, self.confidence, self.people)

    @property
    def none_of_them(self) -> bool:
        """Whether the subject's rate is 0."""
        return mean_rate(self.shares) == 0

    @property
    def mark(self) -> str:
        """The limit that decides, and whose it is."""
        return mark_words(self.pair.lead.band)

    @property
    def others(self) -> list[Gap]:
        """The gaps beside the lead whose limits count as well."""
        return [gap for gap in self.pair.judging if gap is not self.pair.lead]

    @property
    def leaves_out_equality(self) -> bool:
        """Whether the range leaves out that there is no difference."""
        gap, equal = self.pair.lead, self.measure.equality
        return (gap.low is not None and gap.low > equal) or (gap.high is not None and gap.high < equal)

    @property
    def _how_often(self) -> str:
        if self.figures.distance.strip("0.") == "":
            alike = mean_rate(self.shares) == mean_rate(self.other_shares)
            return "exactly as often as" if alike else "almost exactly as often as"
        return f"{self.less} often than"

    def _times_range(self) -> str:
        gap = self.pair.lead
        low: float | None = gap.low or 0.0
        high = gap.high
        if not self.pair.is_about_the_group:
            low, high = (0.0 if high is None else 1 / high if high else None), (1 / low if low else None)
        limit = gap.band.limit
        marks = (1.0, limit, 1 / limit)
        if low is None:
            return "without a lower end"
        if high is None:
            return f"{beside(low, marks, 2)} times or more"
        return f"{beside(low, marks, 2)} to {beside(high, marks, 2)} times"

    def _points_range(self) -> str:
        """How much worse off the subject is, with the other way said where it occurs."""
        low, high = self._ends
        if low >= 0 or high <= 0:
            first, last = (high, low) if high <= 0 else (low, high)
            return f"{self._end(abs(first))} to {self._end(abs(last))}\u00a0points"
        return f"from {self._end(-low)}\u00a0points the other way to {self._end(high)}\u00a0points"

    @property
    def _ends(self) -> tuple[float, float]:
        """The interval of how much worse off the subject is, in points."""
        gap = self.pair.lead
        low, high = gap.low or 0.0, gap.high or 0.0
        if self.pair.is_about_the_group is (self.measure.worse == "lower"):
            low, high = -high, -low
        return 100 * low, 100 * high

    def _end(self, points: float) -> str:
        """A number of points, rounded on the right side of the limit, and of none."""
        return beside(points, (0.0, float(100 * Fraction(str(self.pair.lead.band.limit)))), 1)


def capital(text: str) -> str:
    """The text with a capital letter first."""
    return text[:1].upper() + text[1:]


def _gap(w: SentenceWords) -> str:
    said = [w.compared, f"That is {w.stated}, outside {w.mark}."]
    for gap in w.others:
        also = "also outside" if gap.verdict == "gap" else "inside"
        said.append(f"It is {also} {mark_words(gap.band)}: {w.value(gap)}.")
    for gap in w.pair.gaps:
        if (
            gap.verdict == "not_measurable" and w.none_of_them
        ):  # nobody of the reference is selected, who are then the worse off
            said.append(f"None of them are {w.treated}: 0 times as often, outside {mark_words(gap.band)}.")
    said.append(
        f"With equal rates, a difference this large would turn up in {chance_words(w.pair.lead.p_adjusted or 0.0)} "
        "such comparisons."
    )
    said.append(
        "Even the most cautious end of the range is outside the limit."
        if w.pair.lead.breaks_limit
        else "The true value may still be inside the limit."
    )
    return " ".join(said)


def _no_gap(w: SentenceWords) -> str:
    start = w.compared.replace(f" {w.less} often than ", " about as often as ", 1)
    said = [start, f"That is {w.stated}; the whole range is inside {w.mark}."]
    for gap in w.others:
        unit = "times" if gap.band.is_ratio else "points"
        said.append(f"In {unit}, too, the whole range is inside {mark_words(gap.band)}.")
    if w.pair.lead.differs:
        said.append("The difference is small but real: it is unlikely to come from chance alone.")
    return " ".join(said)


def _far(w: SentenceWords) -> str:
    return (
        f"{w.compared} That is {w.stated}, outside {w.mark}. With {w.pair.fewest:,} {w.people}, a difference this "
        f"large can easily come from chance. This does not show that there is no gap.{w.more_people}"
    )


def _look_closer(w: SentenceWords) -> str:
    gap = w.pair.lead
    alone, among_all = chance_words(gap.p_value or 0.0), chance_words(gap.p_adjusted or 0.0)
    unusual = f"With equal rates it would turn up in {alone} such comparisons"
    if among_all != alone:
        unusual += f", or {among_all} after allowing for {gap.comparisons} comparisons"
    return f"{w.compared} That is {w.stated}, inside {w.mark}, but unusual. {unusual}. Look closer."


def _wide(w: SentenceWords) -> str:
    holds = "".join(
        f" In {'times' if gap.band.is_ratio else 'points'}, the whole range is inside {mark_words(gap.band)}."
        for gap in w.others
        if gap.verdict == "no_gap"
    )
    if w.leaves_out_equality:
        chance = chance_words(w.pair.lead.p_value or 0.0)
        return (
            f"{w.compared} That is {w.stated}. The range reaches a difference that matters. But with equal rates, a "
            f"difference this large would turn up in {chance} such comparisons.{holds}{w.more_people}"
        )
    both = "The range includes both no difference and a difference that matters."
    return f"{w.compared} That is {w.stated}. {both}{holds}{w.more_people}"


def _few(w: SentenceWords) -> str:
    """About the group of few, with its rates first, whichever of the two fares worse."""
    rates = {id(w.shares): w.figures.mine, id(w.other_shares): w.figures.theirs}
    gap = w.pair.lead
    pairs = ((gap.group, gap.group_shares), (gap.reference, gap.reference_shares))
    (few, shares), (other, other_shares) = sorted(pairs, key=lambda pair: _fewest(pair[1]))
    n = _fewest(shares)
    among = w.among[:1].casefold() + w.among[1:].rstrip(", ")
    one = "person" if w.people == "people" else w.people.removesuffix("s")
    return (
        f"{capital(w.group(few))}{', ' + among if among else ''}: only {n:,} {one if n == 1 else w.people} to go by, "
        f"too few for a verdict ({rates[id(shares)]} against {rates[id(other_shares)]} for {w.group(other)}; "
        f"plausible range {w.range})."
    )


def _not_measurable(w: SentenceWords) -> str:
    gap = w.pair.lead
    mine, theirs = (f"the group of {w.group(group)}" for group in (gap.group, gap.reference))
    shares = list(gap.group_shares), list(gap.reference_shares)
    known = why_not_measurable(w.measure, *shares, (mine, theirs), w.terms)
    reason = known or gap.reason
    what = f"{w.among}how often {w.group(gap.group)} are {w.treated}"
    return f"{capital(what)} cannot be compared with {w.group(gap.reference)}: {reason}. This is not a zero."


def _hidden(w: SentenceWords) -> str:
    gap = w.pair.lead
    what = f"{w.among}how often {w.group(gap.group)} are {w.treated}"
    return f"{capital(what)}, against {w.group(gap.reference)}, is {gap.reason}."


def _fewest(shares: tuple[AnyShare, ...]) -> int:
    return min(map(people_in, shares))


_TEMPLATES: dict[str, Callable[[SentenceWords], str]] = {
    "gap": _gap,
    "no_gap": _no_gap,
    "far": _far,
    "look_closer": _look_closer,
    "wide": _wide,
    "few": _few,
    "not_measurable": _not_measurable,
    "hidden": _hidden,
}
