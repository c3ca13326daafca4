"""Numbers with their plausible ranges beside what is acceptable: how a verdict comes about."""

from __future__ import annotations

from core.report.colours import COLOURS, GREY
from core.report.glossary.pictures import BLUE, GlossaryPicture, box, line, picture, words

_LOW, _HIGH = 84, 136  # the acceptable values, in pixels
_RADIUS = 8
_PLACES = {"gap": (24, 44, 64), "unclear": (50, 80, 110), "no_gap": (92, 110, 128)}
_SHAPES = {
    "gap": '<path d="M{0} 40l9 9-9 9-9-9Z" fill="{1}"/>',
    "unclear": '<circle cx="{0}" cy="49" r="8" fill="none" stroke="{1}" stroke-width="2"/>'
    '<path d="M{0} 41a8 8 0 0 0 0 16Z" fill="{1}"/>',
    "no_gap": '<circle cx="{0}" cy="49" r="8" fill="none" stroke="{1}" stroke-width="2"/>',
}


def of_verdict(verdict: str) -> GlossaryPicture:
    """Where the number and its range lie for this verdict, beside the acceptable band."""
    band = (box(_LOW, 26, _HIGH - _LOW, 46, GREY, 0.25), words((_LOW + _HIGH) / 2, 90, "acceptable", "middle"))
    if verdict not in _PLACES:
        return picture("An acceptable band and no number beside it.", *band, box(20, 47, 24, 4))
    low, at, high = _PLACES[verdict]
    colour, where = COLOURS[verdict], {"gap": "outside", "unclear": "partly outside", "no_gap": "inside"}[verdict]
    return picture(
        f"A number whose range lies {where} the acceptable band.",
        *band,
        line(low, 49, at - _RADIUS, 49, colour, 3),
        line(at + _RADIUS, 49, high, 49, colour, 3),
        _SHAPES[verdict].format(at, colour),
    )


def few_and_many() -> GlossaryPicture:
    """The same rate of few people and of many."""
    return picture(
        "The same number twice: with a wide range where few people are counted, with a narrow one where many are.",
        words(8, 37, "few"),
        line(52, 32, 192, 32, BLUE, 4),
        box(118, 24, 8, 16, BLUE),
        words(8, 71, "many"),
        line(106, 66, 138, 66, BLUE, 4),
        box(118, 58, 8, 16, BLUE),
    )


def limits() -> GlossaryPicture:
    """The acceptable values between two limits."""
    return picture(
        "A band of acceptable differences around no difference, with a limit at each end.",
        box(60, 30, 80, 34, GREY, 0.25),
        line(60, 22, 60, 72),
        line(140, 22, 140, 72),
        line(100, 30, 100, 64, GREY, 2, "4 3"),
        words(60, 90, "limit", "middle"),
        words(140, 90, "limit", "middle"),
        words(100, 18, "alike", "middle"),
    )


def points_apart() -> GlossaryPicture:
    """Two rates on a line and the distance between them."""
    return picture(
        "Two bars, one longer than the other; the difference between their ends is marked.",
        box(10, 22, 154, 18, BLUE),
        box(10, 52, 114, 18, GREY),
        line(124, 61, 164, 61, COLOURS["gap"], 3),
        line(164, 40, 164, 72, COLOURS["gap"]),
        words(144, 90, "points", "middle"),
    )


def chance() -> GlossaryPicture:
    """How differences scatter by luck alone, and one that lies far out."""
    hill = f'<path d="M10 70C60 70 70 20 90 20S120 70 170 70" fill="none" stroke="{GREY}" stroke-width="2"/>'
    return picture(
        "A hill of differences that luck brings, and a mark far away from it.",
        hill,
        line(10, 70, 190, 70),
        line(178, 34, 178, 70, COLOURS["gap"], 3),
        words(90, 88, "luck", "middle"),
        words(178, 28, "found", "middle"),
    )
