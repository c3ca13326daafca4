"""Where each group stands on one measure: its rate beside its reference's, the gap, the verdict and its sentence.

What the picture draws, the table lists and the take-away page prints, in one place, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.answer import findings, headline_measure
from core.findings import Gap, GroupResult, Judgement, Verdict
from core.gap_sentences import is_worse_off
from core.gaps import GAPS, Kind, Measure
from core.metrics import METRICS
from core.plan import Plan
from core.policies import Band
from core.reference import By
from core.sentences import beside, group_words, percent, rows_word

_KIND_WORDS: dict[Kind, str] = {"ratio": "how many times as often", "difference": "in points"}


@dataclass(frozen=True)
class Standing:
    """One group on one measure.

    Attributes
    ----------
    name
        The group's values, as a person reads them.
    people
        How many people its rate is about; the whole group where the measure averages two rates.
    rate, rate_low, rate_high
        The rate and its interval; None where there is none, or the measure averages two.
    gap
        The gap to the reference; None for the reference itself.
    sentence
        What it comes to, in words.
    """

    name: str
    people: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    gap: Gap | None
    sentence: str

    @property
    def is_reference(self) -> bool:
        """Whether the others are compared with this group."""
        return self.gap is None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; None for the reference."""
        return None if self.gap is None else self.gap.verdict


@dataclass(frozen=True)
class Standings:
    """Every group of one table on one measure: the reference first, then worst first.

    `acceptable` spans the rates that are within the band of the reference's (for a measure that averages two rates:
    the differences within it); None where the reference has no rate. `people` is what a row of the file is called.
    """

    measure: Measure
    by: By
    band: Band
    rows: tuple[Standing, ...]
    acceptable: tuple[float, float] | None
    people: str = "people"

    @property
    def shows_rates(self) -> bool:
        """Whether each group has a rate of its own to show; else only the gaps can be."""
        return len(self.measure.metrics) == 1

    @property
    def reference(self) -> Standing:
        """The group that the others are compared with."""
        return self.rows[0]

    @property
    def upside_down(self) -> str:
        """That the comparison group itself is the one worse off in a gap, where it is: marks then stand beside it."""
        mine = self.reference.name
        better = [row.name for row in self.rows if row.gap and row.verdict == "gap" and not is_worse_off(row.gap)]
        if not better:
            return ""
        others = "the other group" if len(self.rows) == 2 else " and ".join(better) if len(better) < 3 else "others"
        return (
            f"Here the comparison group, {mine}, is the one worse off: a gap marked at {others} is to the disadvantage "
            f"of {mine}."
        )


def standings(judgement: Judgement, plan: Plan, by: By, measure: Measure) -> Standings | None:
    """Where the groups of a table stand; None where it has only one group, so that nothing is compared."""
    texts = {found.gap: found.text for found in findings(judgement, plan)}
    places = {id(gap): i for i, gap in enumerate(judgement.gaps)}
    ordered = [judgement.gaps[i] for i in texts if _is_about(judgement.gaps[i], by, measure)]
    if not ordered:
        return None
    groups = {tuple(g.group.values()): g for g in judgement.groups if g.by == by}
    people = rows_word(plan)
    rows = [_reference(groups[judgement.references[by]], measure, people)]
    for gap in ordered:
        rows.append(_standing(groups[tuple(gap.group.values())], gap, measure, texts[places[id(gap)]]))
    band = ordered[0].band
    return Standings(measure, by, band, tuple(rows), _acceptable(rows[0], band, measure), people)


def measures(judgement: Judgement, plan: Plan) -> list[Measure]:
    """The measures that have verdicts here, the headline first."""
    headline = headline_measure(judgement, plan)
    names = dict.fromkeys([headline, *(gap.measure for gap in judgement.gaps)])
    return [GAPS[name] for name in names if GAPS[name].is_tested]


def question(measure: Measure) -> str:
    """The plain question that a measure answers."""
    kind = _KIND_WORDS[measure.kind] if measure.is_tested else "size alone"
    alike = [other for other in GAPS.values() if other.is_tested and other.metrics == measure.metrics]
    words = METRICS[measure.metrics[0]].question
    if len(measure.metrics) > 1:
        words = f"{measure.among}who is {measure.treated}?"
    return words if alike == [measure] else f"{words} ({kind})"


def also_words(measure: Measure, tables: tuple[By, ...]) -> str:
    """A measure with a gap and where it lies, for a list: "who is wrongly denied (sex, sex × race)"."""
    asked = question(measure)
    for kind in _KIND_WORDS.values():
        asked = asked.replace(f" ({kind})", f", {kind}")
    return f"{asked[0].lower()}{asked[1:].replace('?', '')} ({', '.join(' × '.join(by) for by in tables)})"


def technical_name(measure: Measure) -> str:
    """The field's name of a measure, as papers and AIF360 write it."""
    return measure.name.replace("_", " ")


def name_of(group: dict[str, str]) -> str:
    """A group's values in one line."""
    return ", ".join(group.values())


def rate_words(estimate: Standing) -> str:
    """A rate as "7.5 %", or a dash."""
    return "–" if estimate.rate is None else percent(estimate.rate)


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
    sign = "−" if gap.value < 0 else "+"
    return f"{sign}{beside(abs(100 * gap.value), 100 * gap.band.limit, 1)}\u00a0points"


def gap_range_words(gap: Gap) -> str:
    """The plausible range of a gap, in the gap's own unit."""
    if gap.value is None:
        return "–"
    low, high = (_end(end, gap.band.is_ratio) for end in (gap.low, gap.high))
    if low is None or high is None:
        return "–" if low is high else f"{low} or more" if high is None else f"{high} or less"
    return f"{low} to {high}"


def band_words(band: Band) -> str:
    """The acceptable values of a measure: "0.80 to 1.25 times", "within 5 points"."""
    low, high = band.ends
    return f"{low:.2f} to {high:.2f}\u00a0times" if band.is_ratio else f"within {100 * band.limit:g}\u00a0points"


def _is_about(gap: Gap, by: By, measure: Measure) -> bool:
    return gap.by == by and gap.measure == measure.name


def _standing(group: GroupResult, gap: Gap, measure: Measure, sentence: str) -> Standing:
    if len(measure.metrics) > 1:
        return Standing(name_of(gap.group), group.n, None, None, None, gap, sentence)
    rate = group.metrics[measure.metrics[0]]
    return Standing(name_of(gap.group), int(rate.denominator or 0), rate.value, rate.low, rate.high, gap, sentence)


def _reference(group: GroupResult, measure: Measure, people: str) -> Standing:
    words = group_words(group.group, people)
    start = f"{words[0].upper()}{words[1:]} are the group that the others are compared with"
    name = name_of(group.group)
    if len(measure.metrics) > 1:
        return Standing(name, group.n, None, None, None, None, f"{start}.")
    rate = group.metrics[measure.metrics[0]]
    row = Standing(name, int(rate.denominator or 0), rate.value, rate.low, rate.high, None, "")
    rates = f"{rate_words(row)} of {row.people:,}; plausible range {rate_range_words(row)}"
    return Standing(row.name, row.people, row.rate, row.rate_low, row.rate_high, None, f"{start} ({rates}).")


def _acceptable(reference: Standing, band: Band, measure: Measure) -> tuple[float, float] | None:
    low, high = band.ends
    if len(measure.metrics) > 1:
        return low, high
    if reference.rate is None or (band.is_ratio and reference.rate == 0):
        return None
    ends = (
        (reference.rate * low, reference.rate * high)
        if band.is_ratio
        else (reference.rate + low, reference.rate + high)
    )
    return max(0.0, ends[0]), min(1.0, ends[1])


def _end(end: float | None, is_ratio: bool) -> str | None:
    if end is None:
        return None
    return f"{end:.2f}" if is_ratio else f"{100 * end:+.1f}".replace("-", "−")
