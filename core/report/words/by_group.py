"""Where each group stands on one question: its rate, the gap to the comparison group, its mark and its sentence.

What the picture draws, the table lists and the take-away page prints, in one place, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.metrics.findings.group_pairs import GroupPair, headline_measure, pairs
from core.metrics.findings.ordering import findings
from core.metrics.findings.sentences import sentence
from core.metrics.gaps import GAPS, Measure
from core.metrics.policies import Band
from core.metrics.reference import By
from core.metrics.small_cells.hidden import verdict_word
from core.metrics.verdicts import Gap, GroupResult, Judgement, Verdict
from core.metrics.words import VERDICT_WORDS, beside, group_words, is_counted, percent
from core.metrics.words.naming.terms import PLAIN, Terms
from core.plan.plan import Plan

_MOST_LETTERS = 20
Mark = Verdict | Literal["better_off", "reference"]


@dataclass(frozen=True)
class Standing:
    """One group on one question.

    Attributes
    ----------
    name
        The group's values, as a person reads them: by the plan's labels.
    written
        The same as the table has them.
    people
        How many people its rate is about; the whole group where the measure averages two rates; None where hidden.
    chosen
        How many of them the rate counts; None where it is no share of people.
    rate, rate_low, rate_high
        The rate and its interval; None where there is none, or the measure averages two.
    gaps
        The gaps to the comparison group: first the one that the verdict rests on. Empty for that group itself.
    mark
        What the group is marked with. A gap marks the group that is worse off, be it the comparison group.
    verdict_words
        The mark in words, with who is worse off.
    than
        Than whom the comparison group is worse off, where others are worse off than it; else empty.
    sentence
        What it comes to, in words.
    """

    name: str
    written: str
    people: int | None
    chosen: int | None
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    gaps: tuple[Gap, ...]
    mark: Mark
    verdict_words: str
    sentence: str
    is_reference: bool = False
    than: str = ""

    @property
    def all_words(self) -> str:
        """The mark in words, also where a marked group is the one that the others are compared with."""
        both = self.is_reference and self.mark == "gap"
        return f"{self.verdict_words}{self.than} · comparison group" if both else self.verdict_words

    @property
    def gap(self) -> Gap | None:
        """The gap that the verdict rests on; None for the comparison group."""
        return self.gaps[0] if self.gaps else None


@dataclass(frozen=True)
class Standings:
    """Every group of one table on one question, by its rate: whoever is worse off first.

    `bands` are the limits that count. `acceptable` spans the rates that are within all of them around the comparison
    group's (for a measure that averages two rates: the differences within them); None where that group has no rate.
    `terms` is what the plan calls things.
    """

    measure: Measure
    by: By
    bands: tuple[Band, ...]
    rows: tuple[Standing, ...]
    acceptable: tuple[float, float] | None
    terms: Terms = PLAIN

    @property
    def people(self) -> str:
        """What a row of the file is called."""
        return self.terms.people

    @property
    def shows_rates(self) -> bool:
        """Whether each group has a rate of its own to show; else only the gaps can be."""
        return len(self.measure.metrics) == 1

    @property
    def reference(self) -> Standing:
        """The group that the others are compared with."""
        return next(row for row in self.rows if row.is_reference)


def standings(judgement: Judgement, plan: Plan, by: By, measure: Measure) -> Standings | None:
    """Where the groups of a table stand; None where it has only one group, so that nothing is compared."""
    found = [pair for pair in pairs(judgement, plan) if pair.by == by and pair.question == measure.metrics]
    if not found:
        return None
    terms = Terms.of(plan)
    groups = {tuple(g.group.values()): g for g in judgement.groups if g.by == by}
    reference = _reference(groups[judgement.references[by]], measure, terms)
    worse_off = [pair for pair in found if pair.verdict == "gap" and not pair.is_about_the_group]
    if worse_off:
        told = next(f for f in findings(judgement, plan) if worse_off[0].places[0] in f.gaps)
        is_between = any(pair.verdict == "gap" and pair.is_about_the_group for pair in found)
        than = f" than {_whom(worse_off, terms)}" if is_between else ""
        words = _marked_words(measure)
        reference = replace(reference, mark="gap", verdict_words=words, than=than, sentence=told.text)
    rows = [reference] + [_standing(groups[tuple(pair.lead.group.values())], pair, plan) for pair in found]
    rows.sort(key=lambda row: _by_rate(row, measure))
    bands = tuple(dict.fromkeys(gap.band for pair in found for gap in pair.judging))
    return Standings(measure, by, bands, tuple(rows), _acceptable(reference, bands, measure), terms)


def _by_rate(row: Standing, measure: Measure) -> tuple[bool, float]:
    """The worse rate first, and last who has none; of two averaged rates the difference to the comparison group's."""
    value = row.rate
    if len(measure.metrics) > 1:
        value = 0.0 if row.gap is None else row.gap.value
    if value is None:
        return True, 0.0
    return False, value if measure.worse == "lower" else -value


def measures(judgement: Judgement, plan: Plan) -> list[Measure]:
    """A measure for each question that has verdicts here, the headline first."""
    headline = headline_measure(judgement, plan)
    names = dict.fromkeys([headline, *(gap.measure for gap in judgement.gaps)])
    asked: dict[tuple[str, ...], Measure] = {}
    for name in names:
        if GAPS[name].is_tested:
            asked.setdefault(GAPS[name].metrics, GAPS[name])
    return list(asked.values())


def as_written(group: dict[str, str]) -> str:
    """A group's values in one line as the table has them, for files that something computes on."""
    return ", ".join(group.values())


def rate_words(estimate: Standing) -> str:
    """A rate as "7.5 %", of few people as "17 of 30", or a dash."""
    if estimate.rate is None:
        return "–"
    if estimate.chosen is not None and estimate.people is not None and is_counted(estimate.chosen, estimate.people):
        return f"{estimate.chosen:,} of {estimate.people:,}"
    return percent(estimate.rate)


def rate_range_words(estimate: Standing) -> str:
    """The plausible range of a rate, or a dash."""
    if estimate.rate_low is None or estimate.rate_high is None:
        return "–"
    return f"{100 * estimate.rate_low:.1f} to {percent(estimate.rate_high)}"


def gap_words(gap: Gap) -> str:
    """A gap as "0.30 times" or "−17.7 points", never rounded across its limit."""
    if gap.value is None:
        return "–"
    if gap.band.is_ratio:
        low, high = gap.band.ends
        return f"{beside(gap.value, low if gap.value < 1 else high, 2)}\u00a0times"
    sign = "−" if gap.value < 0 else "+" if gap.value else ""
    return f"{sign}{beside(abs(100 * gap.value), 100 * gap.band.limit, 1)}\u00a0points"


def gaps_words(row: Standing) -> str:
    """How far a group is from the comparison group, in every unit of the question."""
    return ", ".join(gap_words(gap) for gap in row.gaps if gap.value is not None) or ("–" if row.gaps else "")


def gap_range_words(gap: Gap) -> str:
    """The plausible range of a gap, in the gap's own unit."""
    if gap.value is None:
        return "–"
    low, high = (_end(end, gap.band) for end in (gap.low, gap.high))
    unit = "times" if gap.band.is_ratio else "points"
    if low is None or high is None:
        return "–" if low is high else f"{low}\u00a0{unit} or {'more' if high is None else 'less'}"
    return f"{low} to {high}\u00a0{unit}"


def bands_words(bands: tuple[Band, ...]) -> str:
    """The acceptable values of a question: "0.80 to 1.25 times and within 5 points"."""
    return " and ".join(map(band_words, bands))


def band_words(band: Band) -> str:
    """The acceptable values of a measure: "0.80 to 1.25 times", "within 5 points"."""
    low, high = band.ends
    return f"{low:.2f} to {high:.2f}\u00a0times" if band.is_ratio else f"within {100 * band.limit:g}\u00a0points"


def _standing(group: GroupResult, pair: GroupPair, plan: Plan) -> Standing:
    row = _rate(group, pair.measure, Terms.of(plan))
    mark: Mark = pair.verdict
    words = verdict_word(pair.verdict, pair.why)
    if pair.verdict == "gap":
        mark = "gap" if pair.is_about_the_group else "better_off"
        words = _marked_words(pair.measure) if pair.is_about_the_group else _unmarked_words(pair.measure)
    return replace(row, gaps=pair.gaps, mark=mark, verdict_words=words, sentence=sentence(pair, plan))


def _marked_words(measure: Measure) -> str:
    """What a gap means for the group that bears its mark."""
    if measure.harms:
        return f"{VERDICT_WORDS['gap']}: worse off"
    return f"{VERDICT_WORDS['gap']}: {'less' if measure.worse == 'lower' else 'more'} often"


def _whom(others: list[GroupPair], terms: Terms) -> str:
    """The groups that the comparison group is worse off than, short enough for a picture."""
    if len(others) > 1:
        return f"{len(others)} groups"
    name = terms.name(others[0].lead.group)
    return name if len(name) <= _MOST_LETTERS else "one group"


def _unmarked_words(measure: Measure) -> str:
    """What a gap means for the other group."""
    return "Better off" if measure.harms else f"{'More' if measure.worse == 'lower' else 'Less'} often"


def _rate(group: GroupResult, measure: Measure, terms: Terms) -> Standing:
    """A group's own numbers."""
    name, raw = terms.name(group.group), as_written(group.group)
    if len(measure.metrics) > 1:
        return Standing(name, raw, group.n, None, None, None, None, (), "not_measurable", "", "")
    rate = group.metrics[measure.metrics[0]]
    chosen = None if rate.numerator is None else int(rate.numerator)
    people = None if rate.denominator is None else int(rate.denominator)
    return Standing(name, raw, people, chosen, rate.value, rate.low, rate.high, (), "not_measurable", "", "")


def _reference(group: GroupResult, measure: Measure, terms: Terms) -> Standing:
    row = _rate(group, measure, terms)
    words = group_words(group.group, terms)
    start = f"{words[0].upper()}{words[1:]} are the group that the others are compared with"
    rates = "" if row.rate is None else f" ({rate_words(row)}; plausible range {rate_range_words(row)})"
    said = f"{start}{rates}."
    return replace(row, is_reference=True, mark="reference", verdict_words="Comparison group", sentence=said)


def _acceptable(reference: Standing, bands: tuple[Band, ...], measure: Measure) -> tuple[float, float] | None:
    if len(measure.metrics) > 1:
        return bands[0].ends
    return None if reference.rate is None else acceptable_rates(reference.rate, bands)


def acceptable_rates(rate: float, bands: Iterable[Band]) -> tuple[float, float] | None:
    """The rates within all limits around the comparison group's `rate`; None where no limit can be drawn around it."""
    ends = [
        (rate * low, rate * high) if band.is_ratio else (rate + low, rate + high)
        for band in bands
        for low, high in (band.ends,)
        if rate or not band.is_ratio
    ]
    return (max(0.0, *(low for low, _ in ends)), min(1.0, *(high for _, high in ends))) if ends else None


def _end(end: float | None, band: Band) -> str | None:
    """One end of a range, on its side of the limits and of equality."""
    if end is None:
        return None
    low, high = band.ends
    if band.is_ratio:
        return beside(end, (1.0, low, high), 2)
    said = beside(abs(100 * end), (0.0, 100 * high), 1)
    return said if end == 0 else f"{'−' if end < 0 else '+'}{said}"
