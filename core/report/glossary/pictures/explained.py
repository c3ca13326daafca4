"""How methods find out what a model looks at, by their family."""

from __future__ import annotations

from collections.abc import Callable

from core.report.colours import GREY
from core.report.glossary.pictures import BLUE, ORANGE, GlossaryPicture, arrow, box, dot, line, picture, words


def of_family(family: str) -> GlossaryPicture:
    """The picture of a family of methods; of an unknown one, what all of them bring."""
    return _FAMILIES.get(family, weighed)()


def weighed() -> GlossaryPicture:
    """Some columns pull a score up, others down."""
    return picture(
        "Bars to the right and to the left of a line: what moves a score up, and what moves it down.",
        line(100, 8, 100, 88),
        box(100, 16, 66, 16, BLUE, 0.9),
        box(62, 40, 38, 16, ORANGE, 0.9),
        box(100, 64, 24, 16, BLUE, 0.9),
    )


def _path() -> GlossaryPicture:
    steps = [dot(38 + 31 * i, 70 - 12 * i, BLUE, True, 4) for i in range(1, 4)]
    return picture(
        "A way in small steps from an average person to this one.",
        line(38, 70, 162, 22),
        *steps,
        dot(38, 70, GREY, False, 9),
        dot(162, 22, BLUE, True, 9),
        words(38, 94, "average", "middle"),
        words(162, 50, "this one", "middle"),
    )


def _slope() -> GlossaryPicture:
    curve = f'<path d="M16 80C70 80 90 16 184 16" fill="none" stroke="{GREY}" stroke-width="2"/>'
    return picture(
        "A curve, and at one place of it a short straight line that shows how steep it is there.",
        curve,
        line(62, 76, 118, 22, ORANGE, 4),
        dot(90, 49, BLUE, True, 7),
    )


def _layer() -> GlossaryPicture:
    layers = [box(30 + 48 * i, 18 + 8 * i, 22, 60 - 16 * i, BLUE, 0.4 + 0.2 * i) for i in range(3)]
    return picture(
        "Layers of a model, read one after the other from its answer back.",
        *layers,
        *(arrow(54 + 48 * i, 48, 74 + 48 * i) for i in range(2)),
        dot(176, 48, ORANGE, True, 8),
        arrow(152, 48, 166),
    )


def _removal() -> GlossaryPicture:
    parts = [box(20 + 34 * i, 30, 26, 26, BLUE, 0.0 if i == 2 else 0.9) for i in range(5)]
    return picture("Five parts in a row, one of them taken out.", *parts, words(101, 80, "what changes", "middle"))


def _sharing() -> GlossaryPicture:
    return picture(
        "One long bar divided into three shares.",
        box(16, 34, 80, 26, BLUE, 0.9),
        box(98, 34, 50, 26, ORANGE, 0.9),
        box(150, 34, 34, 26, GREY, 0.9),
        words(100, 82, "one score shared out", "middle"),
    )


def _surrogate() -> GlossaryPicture:
    places = ((30, 70), (52, 50), (74, 60), (98, 40), (124, 46), (148, 24), (172, 30))
    return picture(
        "Many tries as dots, and a straight line through them.",
        *(dot(x, y, GREY, True, 5) for x, y in places),
        line(22, 72, 182, 20, BLUE, 3),
    )


_FAMILIES: dict[str, Callable[[], GlossaryPicture]] = {
    "path": _path,
    "slope": _slope,
    "layer": _layer,
    "removal": _removal,
    "sharing": _sharing,
    "surrogate": _surrogate,
}
