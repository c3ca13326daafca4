"""Audits of one question from month to month: the first ones, the band that they make, and one outside it."""

from __future__ import annotations

from core.report.colours import COLOURS
from core.report.glossary.pictures import BLUE, GlossaryPicture, box, dot, picture, words

_FIRST = ((18, 50), (46, 42), (74, 52))
_LATER = ((102, 46), (130, 54))


def _months(*shapes: str) -> tuple[str, ...]:
    rings = (dot(x, y, filled=False) for x, y in _FIRST)
    return (box(88, 30, 106, 36, strength=0.25), *rings, *(dot(x, y, BLUE) for x, y in _LATER), *shapes)


def baseline() -> GlossaryPicture:
    """The first three audits, with which later ones are compared."""
    return picture(
        "Three rings for the first audits, a band that follows from them, and later audits as dots in it.",
        *_months(dot(158, 44, BLUE), dot(184, 50, BLUE), words(46, 84, "baseline", "middle")),
    )


def control_band() -> GlossaryPicture:
    """Where later audits lie as long as nothing but chance moves them."""
    return picture(
        "A band that follows from the first audits; later ones lie inside it.",
        *_months(dot(158, 44, BLUE), dot(184, 50, BLUE), words(140, 84, "by chance", "middle")),
    )


def alarm() -> GlossaryPicture:
    """An audit that lies outside."""
    diamond = f'<path d="M176 4l9 9-9 9-9-9Z" fill="{COLOURS["gap"]}"/>'
    return picture(
        "A band of chance with dots in it, and a diamond far above it.",
        *_months(dot(156, 40, BLUE), diamond, words(140, 84, "alarm", "middle")),
    )
