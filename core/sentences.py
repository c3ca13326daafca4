"""A verdict in plain words (statistics.md 2). Every sentence gives both rates, the range and the number of people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from core.cells import MISSING_GROUP
from core.findings import Gap, Judgement, Verdict, p_words
from core.gaps import GAPS, Measure
from core.intervals import newcombe, z_value
from core.plan import Plan

SAMPLING_NOTE = (
    "The ranges treat the people in this file as a sample of those the process could have met. "
    "For a description of exactly these people, read the counts."
)
VERDICT_WORDS = {"gap": "Gap", "unclear": "Can't tell yet", "no_gap": "No gap", "not_measurable": "Not measurable"}
_SEVERITY: dict[Verdict | None, int] = {"gap": 0, "unclear": 1, "no_gap": 2, "not_measurable": 3}
_WHY_ORDER = {"": 0, "far": 0, "look_closer": 1, "wide": 2, "few": 3}
_NOUNS = {
    "female": "women",
    "woman": "women",
    "women": "women",
    "f": "women",
    "male": "men",
    "man": "men",
    "men": "men",
    "m": "men",
}
_SEX_NAMES = ("sex", "gender")
_WHOSE = {"default": "the usual", "policy": "the policy's", "plan": "the plan's"}


@dataclass(frozen=True)
class Finding:
    """One verdict in plain words, with the position of its gap in the judgement.

    `headline` says whether its measure is the one named before the results were seen; the others are exploratory.
    """

    verdict: Verdict
    text: str
    gap: int
    headline: bool


def findings(judgement: Judgement, plan: Plan) -> tuple[Finding, ...]:
    """A finding for every gap with a verdict: the headline measure first, then worst first."""
    headline = headline_measure(judgement, plan)
    judged = [(i, gap, gap.verdict) for i, gap in enumerate(judgement.gaps) if gap.verdict is not None]
    judged.sort(key=lambda entry: _order(entry[1], headline))
    return tuple(Finding(verdict, sentence(gap, plan), i, gap.measure == headline) for i, gap, verdict in judged)


def headline_measure(judgement: Judgement, plan: Plan) -> str:
    """The plan's headline measure, or selection rates where the plan's needs labels that are not there."""
    there = {gap.measure for gap in judgement.gaps}
    return plan.policy.headline if plan.policy.headline in there else "disparate_impact"


def sentence(gap: Gap, plan: Plan) -> str:
    """The verdict on one gap, in words that a policy person can repeat."""
    measure = GAPS[gap.measure]
    prefix = "Among those whose outcome is known: " if measure.needs_label and plan.data.refused_known is False else ""
    return prefix + _TEMPLATES[gap.why or str(gap.verdict)](_Words(gap, measure, plan))


def group_words(group: dict[str, str]) -> str:
    """The people of a group: "women whose race is Black", "people whose age is under 25"."""
    noun, rest = "people", []
    for attribute, value in group.items():
        known = _NOUNS.get(value.casefold()) if attribute.casefold() in _SEX_NAMES else None
        if known is not None and noun == "people":
            noun = known
        else:
            rest.append(f"{attribute} is {'missing' if value == MISSING_GROUP else value}")
    return f"{noun} whose {' and '.join(rest)}" if rest else noun


def percent(rate: float, digits: int = 1) -> str:
    """A rate as "7.5 %", with a space that no line breaks at."""
    return f"{100 * rate:.{digits}f}\u00a0%"


def beside(value: float, limit: float, digits: int) -> str:
    """A number rounded so that it does not seem to reach or cross a limit that it does not reach or cross."""
    for places in range(digits, 5):
        text = f"{value:z.{places}f}"
        if (float(text) < limit) == (value < limit) and (float(text) > limit) == (value > limit):
            return text
    return f"just {'under' if value < limit else 'over'} {limit_words(limit, digits)}"


def limit_words(limit: float, digits: int) -> str:
    """A limit with at least so many digits, and more where it has more."""
    text = f"{limit:.{digits}f}"
    return text if float(text) == limit else f"{limit:g}"


def _points(limit: float) -> str:
    points = f"{100 * limit:g}"
    return f"{points}\u00a0point{'' if points == '1' else 's'}"


def chance_words(p: float) -> str:
    """How often a difference this large would turn up if there were none."""
    return "fewer than 1 in 1,000" if p < 0.001 else f"about 1 in {round(1 / p):,}"


class _Words:
    """The words of one gap's sentence. Its subject is the group that fares worse, which may be the reference."""

    def __init__(self, gap: Gap, measure: Measure, plan: Plan) -> None:
        self.gap, self.measure = gap, measure
        self._z = z_value(plan.run.confidence)
        mine, theirs = _mean_rate(gap.group_shares), _mean_rate(gap.reference_shares)
        self._swapped = mine > theirs if measure.worse == "lower" else mine < theirs
        self.subject, self.other = gap.group, gap.reference
        self._shares, self._other_shares = gap.group_shares, gap.reference_shares
        if self._swapped:
            self.subject, self.other = self.other, self.subject
            self._shares, self._other_shares = self._other_shares, self._shares

    @property
    def who(self) -> str:
        """The sentence's opening, up to the subject, with a capital letter."""
        text = self.measure.among + group_words(self.subject)
        return text[0].upper() + text[1:]

    @property
    def than(self) -> str:
        return group_words(self.other)

    @property
    def rates(self) -> str:
        """Both rates with the number of people behind each."""
        mine = " and ".join(f"{percent(k / n)} of {n:,}" for k, n in self._shares)
        theirs = " and ".join(f"{percent(k / n)} of {n:,}" for k, n in self._other_shares)
        return f"{mine} against {theirs}"

    @property
    def range(self) -> str:
        """The plausible range in points, as the sentence's subject is worse off by them."""
        ends = sorted(abs(end) if self.range_leaves_out_equality else end for end in self._points)
        return f"{self._end(ends[0])} to {self._end(ends[1])}"

    @property
    def distance(self) -> str:
        """How far the rates are apart, in points."""
        return self._end(float(abs(100 * (_mean_rate(self._shares) - _mean_rate(self._other_shares)))))

    def _end(self, points: float) -> str:
        """A number of points, rounded on the right side of a limit in points."""
        band = self.gap.band
        if band.is_ratio:
            return f"{points:z.1f}"
        limit = float(100 * Fraction(str(band.limit)))
        return beside(points, limit if points > 0 else -limit, 1)

    @property
    def more_or_less(self) -> str:
        return "less" if self.measure.worse == "lower" else "more"

    @property
    def ratio(self) -> str:
        """How often the subject is treated so, for each time that the other is."""
        value = self.gap.value if not self._swapped or not self.gap.value else 1 / self.gap.value
        return beside(float(value or 0.0), self.gap.band.limit, 2)

    @property
    def mark(self) -> str:
        """The limit, and whose it is."""
        band = self.gap.band
        number = limit_words(band.limit, 2) if band.is_ratio else _points(band.limit)
        is_four_fifths = band.source == "default" and band.is_ratio
        return f"{_WHOSE[band.source]} limit of {number}{' (the four-fifths mark)' if is_four_fifths else ''}"

    @property
    def compared(self) -> str:
        """Who is how far from whom, with rates and range: the start of most sentences."""
        return (
            f"{self.who} are {self.measure.treated} {self.distance}\u00a0points {self.more_or_less} often than "
            f"{self.than} ({self.rates}; plausible range {self.range}\u00a0points)"
        )

    @property
    def _points(self) -> tuple[float, float]:
        """The interval of subject minus other in points."""
        if len(self._shares) == 1:
            low, high = newcombe(*self._shares[0], *self._other_shares[0], self._z)
        else:
            low, high = self.gap.low or 0.0, self.gap.high or 0.0
            low, high = (-high, -low) if self._swapped else (low, high)
        less = self.measure.worse == "lower"
        return (-100 * high, -100 * low) if less else (100 * low, 100 * high)

    @property
    def range_leaves_out_equality(self) -> bool:
        low, high = self._points
        return low > 0 or high < 0


def _gap(w: _Words) -> str:
    ratio = (
        f"That is {w.ratio} times as often, outside {w.mark}." if w.gap.band.is_ratio else f"That is outside {w.mark}."
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
        f"{w.who} and {w.than} differ by {w.distance}\u00a0points in how often they are {w.measure.treated} "
        f"({w.rates}; plausible range {w.range}\u00a0points); the whole range is inside {w.mark}.{small}"
    )


def _far(w: _Words) -> str:
    start = (
        f"{w.who} are {w.measure.treated} {w.ratio} times as often as {w.than} "
        f"({w.rates}; plausible range {w.range}\u00a0points)"
        if w.gap.band.is_ratio
        else w.compared
    )
    n = min(n for _, n in (*w.gap.group_shares, *w.gap.reference_shares))
    return (
        f"{start}, outside {w.mark}, but with {n:,} people a difference this large can easily come from chance. "
        "This does not show that there is no gap."
    )


def _look_closer(w: _Words) -> str:
    start = (
        f"{w.who} are {w.measure.treated} {w.ratio} times as often as {w.than} ({w.rates}; {w.range}\u00a0points)"
        if w.gap.band.is_ratio
        else w.compared
    )
    gap = w.gap
    p = (
        f"p {p_words(gap.p_value)}; {p_words(gap.p_adjusted)} after allowing for {gap.comparisons}"
        f" comparison{'s' if gap.comparisons != 1 else ''}"
    )
    return f"{start}, inside {w.mark}, but unusual if the rates were the same ({p}). Look closer."


def _wide(w: _Words) -> str:
    if w.range_leaves_out_equality:
        test = f"the test does not tell the groups apart (p {p_words(w.gap.p_value)})"
        return f"{w.compared}. The range reaches a difference that matters, but {test}."
    return f"{w.compared}. The range includes both no difference and a difference that matters."


def _few(w: _Words) -> str:
    n = min(n for _, n in (*w.gap.group_shares, *w.gap.reference_shares))
    among = w.measure.among.rstrip(", ").casefold()
    who, people = group_words(w.gap.group), "person" if n == 1 else "people"
    return (
        f"{who[0].upper()}{who[1:]}{', ' + among if among else ''}: only {n:,} {people} to go by, too few for a verdict"
        f" ({w.rates}; plausible range {w.range}\u00a0points)."
    )


def _not_measurable(w: _Words) -> str:
    return (
        f"{_measure_words(w.measure)} cannot be computed for {group_words(w.gap.group)}: {w.gap.reason}. This is not a"
        " zero."
    )


def _measure_words(measure: Measure) -> str:
    words = f"{measure.among}how often people are {measure.treated}"
    return words[0].upper() + words[1:]


_TEMPLATES: dict[str, Callable[[_Words], str]] = {
    "gap": _gap,
    "no_gap": _no_gap,
    "far": _far,
    "look_closer": _look_closer,
    "wide": _wide,
    "few": _few,
    "not_measurable": _not_measurable,
}


def _mean_rate(shares: tuple[tuple[int, int], ...]) -> Fraction:
    rates = [Fraction(k, n) for k, n in shares if n]
    return sum(rates, Fraction(0)) / max(1, len(rates))


def _order(gap: Gap, headline: str) -> tuple[object, ...]:
    """Headline measure first; then by verdict; then the surest and largest first."""
    distance = 0.0 if gap.value is None else abs(gap.value - GAPS[gap.measure].equality)
    return (
        gap.measure != headline,
        _SEVERITY[gap.verdict],
        _WHY_ORDER[gap.why],
        len(gap.by),
        not gap.breaks_limit,
        -distance,
    )
