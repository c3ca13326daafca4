"""The questions that measures answer, in a plan's words, and what the field calls the measures."""

from __future__ import annotations

from core.metrics.distance import distance
from core.metrics.gaps import GAPS, Kind, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.reference import By
from core.metrics.verdicts import Judgement
from core.metrics.words.naming.terms import Terms

_KIND_WORDS: dict[Kind, str] = {"ratio": "how many times as often", "difference": "in points"}


def question(measure: Measure, terms: Terms) -> str:
    """The plain question that a measure answers, in a plan's words; measures of the same rates answer one."""
    if len(measure.metrics) > 1:
        return terms.said(f"{measure.whom}who is {measure.how}?")
    return terms.said(METRICS[measure.metrics[0]].asks)


def question_in_unit(measure: Measure, terms: Terms) -> str:
    """The question with the measure's unit, where another measure of the same rates has another unit."""
    kind = _KIND_WORDS[measure.kind] if measure.is_tested else "size alone"
    alike = [other for other in GAPS.values() if other.is_tested and other.metrics == measure.metrics]
    asked = question(measure, terms)
    return asked if alike == [measure] else f"{asked} ({kind})"


def also_words(measure: Measure, tables: tuple[By, ...], judgement: Judgement, terms: Terms) -> str:
    """A question with a gap, where it lies and how large it is at most: "who is wrongly denied (sex: 9.9 points)"."""
    asked = question(measure, terms).replace("?", "")
    where = "; ".join(f"{' × '.join(by)}: {_largest_words(measure, by, judgement)}" for by in tables)
    return f"{asked[0].lower()}{asked[1:]} ({where})"


def _largest_words(measure: Measure, by: By, judgement: Judgement) -> str:
    gaps = [gap for gap in judgement.gaps if gap.by == by and gap.verdict == "gap"]
    alike = [gap for gap in gaps if GAPS[gap.measure].metrics == measure.metrics]
    found = [gap for gap in alike if gap.measure == measure.name] or alike
    kind = GAPS[found[0].measure].kind
    values = [gap.value for gap in found if gap.measure == found[0].measure and gap.value is not None]
    largest, most = max(values, key=lambda value: distance(kind, value)), "up to " if len(values) > 1 else ""
    return f"{most}{largest:.2f}\u00a0times" if kind == "ratio" else f"{most}{100 * abs(largest):.1f}\u00a0points"


def technical_name(measure: Measure) -> str:
    """The field's name of a measure, as papers and AIF360 write it."""
    return measure.name.replace("_", " ")


def technical_names(measure: Measure) -> str:
    """The field's names of all measures that answer its question."""
    return ", ".join(technical_name(m) for m in GAPS.values() if m.is_tested and m.metrics == measure.metrics)
