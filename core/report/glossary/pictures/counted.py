"""Who is counted: the four kinds of people by outcome and decision, and rows of people of whom some are selected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.counts.rules import Confusion, Numbers
from core.metrics.group_metrics import METRICS, Metric
from core.report.colours import GREY
from core.report.glossary.pictures import BLUE, ORANGE, GlossaryPicture, box, dot, picture, words

_PLACES = {"tp": (0, 0), "fn": (1, 0), "fp": (0, 1), "tn": (1, 1)}
_LEFT, _TOP, _WIDE, _TALL = 74, 20, 56, 34
_NAMES = {
    "tp": "with the good outcome and selected",
    "fn": "with the good outcome and refused",
    "fp": "without the good outcome and selected",
    "tn": "without the good outcome and refused",
}


def of_metric(metric: Metric) -> GlossaryPicture:
    """The four kinds of people; those that a metric counts are filled, those that it counts them among are pale."""
    return _kinds(_moving(metric.num), _moving(metric.den))


def of_several(names: tuple[str, ...]) -> GlossaryPicture:
    """The kinds of people behind several metrics at once."""
    rows = [METRICS[name] for name in names]
    return _kinds(set().union(*(_moving(row.num) for row in rows)), set().union(*(_moving(row.den) for row in rows)))


def _kinds(counted: set[str], among: set[str]) -> GlossaryPicture:
    shapes = [
        words(_LEFT + _WIDE / 2, 14, "selected", "middle"),
        words(_LEFT + _WIDE * 1.5, 14, "refused", "middle"),
        words(_LEFT - 6, _TOP + 21, "good", "end"),
        words(_LEFT - 6, _TOP + _TALL + 21, "not good", "end"),
    ]
    for kind, (across, down) in _PLACES.items():
        strength = 0.9 if kind in counted else 0.3 if kind in among else 0.0
        place = (_LEFT + across * _WIDE + 2, _TOP + down * _TALL + 2, _WIDE - 4, _TALL - 4)
        shapes += [box(*place, BLUE, strength)] if strength else []
        shapes.append(box(*place, BLUE if strength else GREY, 0.0))
    return picture(f"Counted: {_listed(counted)}. Among: {_listed(among | counted)}.", *shapes)


def _moving(number: Callable[[Confusion], Numbers]) -> set[str]:
    """The kinds of people that a number moves with, found by adding somebody of each kind."""
    ones: dict[str, Numbers] = {name: np.ones(1) for name in (*_PLACES, "unknown_selected", "unknown_refused")}
    before = number(Confusion(**ones))
    return {kind for kind in _PLACES if np.any(number(Confusion(**(ones | {kind: np.full(1, 2.0)}))) != before)}


def _listed(kinds: set[str]) -> str:
    return "; ".join(_NAMES[kind] for kind in _PLACES if kind in kinds) or "nobody"


def of_score() -> GlossaryPicture:
    """Scores of two groups along a line."""
    places = ((30, 0), (48, 1), (70, 0), (82, 1), (104, 1), (120, 0), (146, 1), (172, 1))
    shapes = [dot(x, 36, BLUE if good else GREY, bool(good)) for x, good in places]
    return picture(
        "People along a line by score, those with the good outcome filled, most of them at the high end.",
        *shapes,
        box(20, 54, 166, 3),
        words(20, 78, "low score"),
        words(186, 78, "high score", "end"),
    )


def two_groups(first: int = 8, second: int = 5, marked: bool = True) -> GlossaryPicture:
    """Ten people of each of two groups, some selected; the worse-off group in the warning's colour."""
    shapes = []
    for row, (y, selected) in enumerate(((32, first), (66, second))):
        colour = ORANGE if row and marked else BLUE
        shapes += [
            dot(20 + 18 * place, y, colour if place < selected else GREY, place < selected) for place in range(10)
        ]
    return picture(
        f"Ten people of one group, {first} of them selected, and ten of another, {second} of them selected.", *shapes
    )
