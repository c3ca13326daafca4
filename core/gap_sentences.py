"""The verdict on one gap in plain words (statistics.md 2): both rates, the range and the number of people in each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from core.findings import Gap
from core.gaps import GAPS, Measure, why_not_measurable
from core.intervals import newcombe, z_value
from core.plan import Plan
from core.sampling.effective import AnyShare, people_in
from core.sentences import (
    beside,
    chance_words,
    figures,
    group_words,
    limit_words,
    mean_rate,
    points_words,
    rows_word,
)

_WHOSE = {"default": "the usual", "policy": "the policy's", "plan": "the plan's"}


def sentence(gap: Gap, plan: Plan) -> str:
    """The verdict on one gap, in words that a policy person can repeat."""
    measure = GAPS[gap.measure]
    prefix = "Among those whose outcome is known: " if measure.needs_label and plan.data.refused_known is False else ""
    return prefix + _TEMPLATES[gap.why or str(gap.verdict)](_Words(gap, measure, plan))


def is_worse_off(gap: Gap) -> bool:
    """Whether the group itself fares worse, by the measure, than the reference that it is compared with."""
    mine, theirs = mean_rate(gap.group_shares), mean_rate(gap.reference_shares)
    return mine <= theirs if GAPS[gap.measure].worse == "lower" else mine >= theirs


class _Words:
    """The words of one gap's sentence. Its subject is the group that fares worse, which may be the reference."""

    def __init__(self, gap: Gap, measure: Measure, plan: Plan) -> None:
        self.gap, self.measure = gap, measure
        self.people = rows_word(plan)
        self._z = z_value(plan.run.confidence)
        self.subject, self.shares = gap.group, gap.group_shares
        self.other, self.other_shares = gap.reference, gap.reference_shares
        if not is_worse_off(gap):
            self.subject, self.other = self.other, self.subject
            self.shares, self.other_shares = self.other_shares, self.shares
        band = gap.band
        points = None if band.is_ratio else float(100 * Fraction(str(band.limit)))
        self.figures = figures(self.shares, self.other_shares, points, band.limit if band.is_ratio else None)

    def group(self, group: dict[str, str]) -> str:
        """A group's people."""
        return group_words(group, self.people)

    @property
    def who(self) -> str:
        """The sentence's opening, up to the subject, with a capital letter."""
        return _capital(self.measure.among + self.group(self.subject))

    @property
    def than(self) -> str:
        return self.group(self.other)

    @property
    def rates(self) -> str:
        """Both rates with the number of people behind each."""
        return f"{self.figures.mine} against {self.figures.theirs}"

    @property
    def range(self) -> str:
        """The plausible range in points: how much worse off the subject is, with the other way said where it occurs."""
        low, high = self._ends
        if low >= 0 or high <= 0 or self._end(-low) == "0.0":
            first, last = (high, low) if high <= 0 else (low, high)
            return f"{self._end(abs(first))} to {self._end(abs(last))}\u00a0points"
        return f"from {self._end(-low)}\u00a0points the other way to {self._end(high)}\u00a0points"

    @property
    def mark(self) -> str:
        """The limit, and whose it is."""
        band = self.gap.band
        number = limit_words(band.limit, 2) if band.is_ratio else points_words(band.limit)
        is_four_fifths = band.source == "default" and band.is_ratio
        return f"{_WHOSE[band.source]} limit of {number}{' (the four-fifths mark)' if is_four_fifths else ''}"

    @property
    def compared(self) -> str:
        """Who is how far from whom, with rates and range: the start of most sentences."""
        return (
            f"{self.who} are {self.measure.treated} {self._more_or_less} {self.than} ({self.rates}; {self.plausible})"
        )

    @property
    def compared_as_ratio(self) -> str:
        """The same, said as how many times as often where the limit is one of ratios."""
        if not self.gap.band.is_ratio:
            return self.compared
        times = f"{self.figures.ratio} times as often as"
        return f"{self.who} are {self.measure.treated} {times} {self.than} ({self.rates}; {self.plausible})"

    @property
    def plausible(self) -> str:
        return f"plausible range {self.range}"

    @property
    def range_leaves_out_equality(self) -> bool:
        low, high = self._ends
        return low > 0 or high < 0

    @property
    def _more_or_less(self) -> str:
        if self.figures.distance.strip("0.") == "":
            alike = mean_rate(self.shares) == mean_rate(self.other_shares)
            return "exactly as often as" if alike else "almost exactly as often as"
        direction = "less" if self.measure.worse == "lower" else "more"
        return f"{self.figures.distance}\u00a0points {direction} often than"

    @property
    def _ends(self) -> tuple[float, float]:
        """The interval of how much worse off the subject is, in points."""
        if len(self.shares) == 1:
            (k1, n1), (k2, n2) = self.shares[0], self.other_shares[0]
            low, high = newcombe(k1, n1, k2, n2, self._z)
        else:
            low, high = self.gap.low or 0.0, self.gap.high or 0.0
            low, high = (low, high) if is_worse_off(self.gap) else (-high, -low)
        less = self.measure.worse == "lower"
        return (-100 * high, -100 * low) if less else (100 * low, 100 * high)

    def _end(self, points: float) -> str:
        """A number of points, rounded on the right side of a limit in points."""
        band = self.gap.band
        return f"{points:z.1f}" if band.is_ratio else beside(points, float(100 * Fraction(str(band.limit))), 1)


def _gap(w: _Words) -> str:
    ratio = (
        f"That is {w.figures.ratio} times as often, outside {w.mark}."
        if w.gap.band.is_ratio
        else f"That is outside {w.mark}."
    )
    sure = (
        "Even the most cautious end of the range is outside the limit."
        if w.gap.breaks_limit
        else "The true value may still be inside the limit."
    )
    return (
        f"{w.compared}. {ratio} If the two groups really had the same rate, a difference this large would turn up in "
        f"{chance_words(w.gap.p_adjusted or 0.0)} such comparisons. {sure}"
    )


def _no_gap(w: _Words) -> str:
    small = " The difference is small but real: it is unlikely to come from chance alone." if w.gap.differs else ""
    return (
        f"{w.who} and {w.than} differ by {w.figures.distance}\u00a0points in how often they are {w.measure.treated} "
        f"({w.rates}; {w.plausible}); the whole range is inside {w.mark}.{small}"
    )


def _far(w: _Words) -> str:
    n = _fewest((*w.gap.group_shares, *w.gap.reference_shares))
    return (
        f"{w.compared_as_ratio}, outside {w.mark}, but with {n:,} {w.people} a difference this large can easily come "
        "from chance. This does not show that there is no gap."
    )


def _look_closer(w: _Words) -> str:
    gap = w.gap
    alone, among_all = chance_words(gap.p_value or 0.0), chance_words(gap.p_adjusted or 0.0)
    unusual = f"it would turn up in {alone} such comparisons"
    if among_all != alone:
        unusual += f", or {among_all} after allowing for {gap.comparisons} comparisons"
    return f"{w.compared_as_ratio}, inside {w.mark}, but unusual if the rates were the same ({unusual}). Look closer."


def _wide(w: _Words) -> str:
    if w.range_leaves_out_equality:
        chance = f"a difference this large would turn up in {chance_words(w.gap.p_value or 0.0)} such comparisons"
        return (
            f"{w.compared}. The range reaches a difference that matters, but if the two groups really had the same "
            f"rate, {chance}."
        )
    return f"{w.compared}. The range includes both no difference and a difference that matters."


def _few(w: _Words) -> str:
    """About the group of few, with its rates first, whichever of the two fares worse."""
    rates = {id(w.shares): w.figures.mine, id(w.other_shares): w.figures.theirs}
    pairs = ((w.gap.group, w.gap.group_shares), (w.gap.reference, w.gap.reference_shares))
    (few, shares), (other, other_shares) = sorted(pairs, key=lambda pair: _fewest(pair[1]))
    n = _fewest(shares)
    among = w.measure.among.rstrip(", ").casefold()
    one = "person" if w.people == "people" else w.people.removesuffix("s")
    return (
        f"{_capital(w.group(few))}{', ' + among if among else ''}: only {n:,} {one if n == 1 else w.people} to go by, "
        f"too few for a verdict ({rates[id(shares)]} against {rates[id(other_shares)]} for {w.group(other)}; "
        f"{w.plausible})."
    )


def _not_measurable(w: _Words) -> str:
    names = tuple(f"the group of {w.group(group)}" for group in (w.gap.group, w.gap.reference))
    known = why_not_measurable(w.measure, list(w.gap.group_shares), list(w.gap.reference_shares), (names[0], names[1]))
    reason = known or w.gap.reason
    what = f"{w.measure.among}how often {w.group(w.gap.group)} are {w.measure.treated}"
    return f"{_capital(what)} cannot be compared with {w.group(w.gap.reference)}: {reason}. This is not a zero."


def _fewest(shares: tuple[AnyShare, ...]) -> int:
    return min(map(people_in, shares))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_TEMPLATES: dict[str, Callable[[_Words], str]] = {
    "gap": _gap,
    "no_gap": _no_gap,
    "far": _far,
    "look_closer": _look_closer,
    "wide": _wide,
    "few": _few,
    "not_measurable": _not_measurable,
}
