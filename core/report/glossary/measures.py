"""The entries of measures, from their rows: what is counted, from where on it is a gap, and what it does not tell."""

from __future__ import annotations

from collections.abc import Iterator

from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import METRICS, SCORE_METRICS, Metric
from core.metrics.policies import DEFAULT_DIFFERENCE, DEFAULT_RATIO
from core.metrics.words import points_words
from core.metrics.words.naming.terms import PLAIN
from core.report.glossary.entry import Entry, address
from core.report.glossary.pictures import counted
from core.report.words.questions import question

_NO_RANGE = "It has no plausible range here, and no verdict."
# What a measure does not tell, where there is something to say of it.
_UNSEEN = {
    "selection_rate": "It does not ask who deserved it.",
    "base_rate": "It describes the people in the table, and nothing that was decided.",
    "false_negative_rate": "Of people who were refused, the true outcome is often not known.",
    "false_positive_rate": "Whoever is wrongly granted got the good answer, so nobody is called worse off.",
    "true_positive_rate": "It is the other side of who is wrongly denied: the two add up to 100 %.",
    "true_negative_rate": "It is the other side of who is wrongly granted: the two add up to 100 %.",
    "accuracy": "Two groups can be judged rightly equally often, and still bear different mistakes.",
    "error_rate": "It counts both kinds of mistake alike, however different their harm.",
    "positive_predictive_value": "It also moves with how many of a group have the good outcome.",
    "negative_predictive_value": "It says nothing of those who got a yes.",
    "mean_score": "It moves with the scale of the scores.",
    "roc_auc": "1 is without mistake, and 0.5 is no better than a coin.",
    "brier_score": "0 is without mistake, and one half for everybody gives 0.25.",
}


def measure_entries() -> Iterator[Entry]:
    """One entry for each question: of one rate, of several averaged, of the whole score."""
    asked: dict[tuple[str, ...], list[Measure]] = {(name,): [] for name in METRICS}
    for measure in GAPS.values():
        asked.setdefault(measure.metrics, []).append(measure)
    for metrics, measures in asked.items():
        yield _of_rate(METRICS[metrics[0]], measures) if len(metrics) == 1 else _of_several(metrics, measures)
    for score in SCORE_METRICS.values():
        begun = f"It is {PLAIN.said(score.counts)}."
        said = (begun, *_unseen(score.name), "Each group has its own, and no verdict rests on it.")
        yield Entry(
            address(score.name), PLAIN.said(score.asks), said, "measures", counted.of_score(), _spelt(score.name)
        )


def _of_rate(metric: Metric, measures: list[Measure]) -> Entry:
    said = [f"It is the share of {PLAIN.said(metric.counts)}.", *_unseen(metric.name)]
    said.append(_from_where_on(measures) if metric.is_share else _NO_RANGE)
    names = _spelt(metric.name, *(measure.name for measure in measures))
    asks, drawn = PLAIN.said(metric.asks), counted.of_metric(metric)
    return Entry(address(metric.name), asks, tuple(said), "measures", drawn, names, ("limit",))


def _of_several(metrics: tuple[str, ...], measures: list[Measure]) -> Entry:
    said = [
        "It averages how far groups differ on the questions that are named below.",
        "Differences that point in opposite directions can cancel each other out.",
        _from_where_on(measures),
    ]
    names = _spelt(*(measure.name for measure in measures))
    see = (*map(address, metrics), "limit")
    asks = question(measures[0], PLAIN)
    return Entry(address(measures[0].name), asks, tuple(said), "measures", counted.of_several(metrics), names, see)


def _from_where_on(measures: list[Measure]) -> str:
    """From where on it counts as a gap; what has no test has no verdict."""
    kinds = {measure.kind for measure in measures if measure.is_tested}
    if not kinds:
        return "It is shown for each group, without a verdict."
    over = [f"more than {points_words(DEFAULT_DIFFERENCE)} apart"] if "difference" in kinds else []
    under = [f"under {DEFAULT_RATIO:.2f} times as often"] if "ratio" in kinds else []
    return f"It can be a gap where groups are {', or '.join(over + under)}."


def _unseen(name: str) -> tuple[str, ...]:
    return (_UNSEEN[name],) if name in _UNSEEN else ()


def _spelt(*names: str) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name in names)
