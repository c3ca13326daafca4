"""What each shipped sample is about, as a small picture."""

from __future__ import annotations

from core.report.colours import GREY
from core.report.glossary.pictures import BLUE, ORANGE, GlossaryPicture, box, dot, line, picture


def of_sample(name: str) -> GlossaryPicture:
    """The picture of a row of SAMPLES."""
    return _DRAWN[name]()


def _loans() -> GlossaryPicture:
    coins = [
        f'<ellipse cx="150" cy="{70 - 11 * i}" rx="24" ry="7" fill="{ORANGE}" fill-opacity="0.9" stroke="white"/>'
        for i in range(4)
    ]
    return picture(
        "A person in front of a form, and a pile of coins.",
        _person(52, 30, BLUE),
        box(84, 22, 30, 52, GREY, 0),
        *(line(90, 34 + 10 * i, 108, 34 + 10 * i) for i in range(4)),
        *coins,
    )


def _faces() -> GlossaryPicture:
    return picture(
        "Two drawn faces: one with open eyes, one with eyes that are closed.", *_face(58, True), *_face(142, False)
    )


def _comments() -> GlossaryPicture:
    return picture(
        "Two remarks in speech bubbles: one is shown, the other is hidden.",
        _bubble(14, 10, BLUE, ""),
        *(line(26, 24 + 12 * i, 92 - 18 * i, 24 + 12 * i, BLUE, 4) for i in range(2)),
        _bubble(92, 44, ORANGE, ' stroke-dasharray="5 4"'),
        line(104, 84, 182, 52, ORANGE, 3),
    )


def _person(x: float, y: float, colour: str) -> str:
    """Head and shoulders; the middle of the head is given."""
    body = f'<path d="M{x - 24} {y + 46}a24 26 0 0 1 48 0Z" fill="{colour}"/>'
    return dot(x, y, colour, True, 14) + body


def _face(x: float, is_awake: bool) -> tuple[str, ...]:
    colour = BLUE if is_awake else ORANGE
    eyes = (
        (dot(x - 12, 42, colour, True, 5), dot(x + 12, 42, colour, True, 5))
        if is_awake
        else (line(x - 18, 42, x - 6, 42, colour, 3), line(x + 6, 42, x + 18, 42, colour, 3))
    )
    mouth = f'<path d="M{x - 12} 62q12 {10 if is_awake else 0} 24 0" fill="none" stroke="{colour}" stroke-width="3"/>'
    return (f'<ellipse cx="{x}" cy="48" rx="32" ry="40" fill="none" stroke="{colour}" stroke-width="3"/>', *eyes, mouth)


def _bubble(x: float, y: float, colour: str, dashed: str) -> str:
    drawn = f"M{x} {y}h92v34h-70l-12 12v-12h-10Z"
    return f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="3" stroke-linejoin="round"{dashed}/>'


_DRAWN = {"loans": _loans, "faces": _faces, "comments": _comments}
