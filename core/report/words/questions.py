"""The questions that measures answer, in a plan's words, and what the field calls the measures."""

from __future__ import annotations

from core.metrics.gaps import GAPS, Kind, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.reference import By
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


def also_words(measure: Measure, tables: tuple[By, ...], terms: Terms) -> str:
    """A question with a gap and where it lies, for a list: "who is wrongly denied (sex, sex × race)"."""
    asked = question(measure, terms).replace("?", "")
    return f"{asked[0].lower()}{asked[1:]} ({', '.join(' × '.join(by) for by in tables)})"


def technical_name(measure: Measure) -> str:
    """The field's name of a measure, as papers and AIF360 write it."""
    return measure.name.replace("_", " ")


def technical_names(measure: Measure) -> str:
    """The field's names of all measures that answer its question."""
    return ", ".join(technical_name(m) for m in GAPS.values() if m.is_tested and m.metrics == measure.metrics)
