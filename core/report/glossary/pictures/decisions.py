"""How people are decided about: thresholds over scores, lots, and a model that is trained."""

from __future__ import annotations

from core.report.colours import GREY
from core.report.glossary.pictures import BLUE, ORANGE, GlossaryPicture, arrow, box, dot, line, picture, words

_SCORES = (24, 42, 60, 78, 96, 114, 132, 150, 168)


def threshold() -> GlossaryPicture:
    """One line for everybody: who is beyond it is selected."""
    return picture(
        "People along a line by score; those beyond a threshold are selected.",
        *_row(40, 87),
        line(87, 22, 87, 60, ORANGE, 3),
        words(24, 82, "refused"),
        words(100, 82, "selected"),
    )


def rule(needs_attribute: bool, draws_lots: bool) -> GlossaryPicture:
    """The thresholds of a rule over scores: one that moved, one for each group, or two with lots between them."""
    places = (105, 69) if needs_attribute else (87, 87)
    shapes = []
    for y, at in zip((30, 64), places, strict=True):
        shapes += _row(y, at, at + 36 if draws_lots else at)
        shapes.append(line(at, y - 14, at, y + 14, ORANGE, 3))
        if draws_lots:
            shapes += [box(at, y - 14, 36, 28, ORANGE, 0.2), line(at + 36, y - 14, at + 36, y + 14, ORANGE, 3)]
    lots = " Between two thresholds lots decide." if draws_lots else ""
    whose = "a threshold of its own for each" if needs_attribute else "the same threshold for both"
    return picture(f"Two groups of people along their scores, with {whose}.{lots}", *shapes)


def training(needs_weights: bool = False, has_price: bool = False) -> GlossaryPicture:
    """Rows go into a model, and it is trained; rows that count more are larger, and a gap costs something."""
    sizes = (9, 5, 5, 9) if needs_weights else (6, 6, 6, 6)
    rows = (dot(24, 18 + 20 * i, ORANGE if size > 6 else GREY, True, size) for i, size in enumerate(sizes))
    extra = " Some rows are larger than others." if needs_weights else " A gap counts as a cost." if has_price else ""
    return picture(
        f"Rows of a table go into a model, which is trained.{extra}",
        *rows,
        arrow(44, 48, 72),
        box(78, 26, 46, 44, BLUE, 0.9),
        arrow(130, 48, 158),
        dot(172, 48, BLUE),
        words(160, 82, "gap costs", "middle") if has_price else "",
    )


def stand_in() -> GlossaryPicture:
    """A model that is not here, and a simpler one that takes its place."""
    return picture(
        "A dashed box for a model that is not here, and beside it a filled box that takes its place.",
        line(24, 24, 76, 24, dash="5 4"),
        line(24, 68, 76, 68, dash="5 4"),
        line(24, 24, 24, 68, dash="5 4"),
        line(76, 24, 76, 68, dash="5 4"),
        arrow(86, 46, 114),
        box(124, 30, 44, 32, BLUE, 0.9),
        words(50, 88, "not here", "middle"),
        words(146, 88, "stand-in", "middle"),
    )


def lots() -> GlossaryPicture:
    """Two people with one score, and only one of them selected."""
    return picture(
        "Two people with the same score: one is selected, the other is not.",
        line(20, 70, 180, 70),
        line(100, 64, 100, 76),
        dot(84, 40, BLUE, True, 10),
        dot(116, 40, GREY, False, 10),
        words(100, 92, "same score", "middle"),
    )


def price() -> GlossaryPicture:
    """A larger price, a smaller gap."""
    bars = [box(24 + 44 * i, 20 + 14 * i, 28, 52 - 14 * i, BLUE, 0.9) for i in range(4)]
    return picture(
        "Four bars, each shorter than the one before: a higher price leaves a smaller gap.",
        *bars,
        arrow(24, 82, 180),
    )


def set_aside() -> GlossaryPicture:
    """Some rows make a fix, others judge it."""
    rows = [dot(24 + 18 * (i % 9), 26 + 22 * (i // 9), BLUE if i % 9 < 5 else ORANGE, i % 9 < 5) for i in range(18)]
    return picture(
        "Rows of people in two parts: the fix is made on one, and judged on the other.",
        *rows,
        line(105, 14, 105, 60, GREY, 2, "4 3"),
        words(60, 84, "makes it", "middle"),
        words(140, 84, "judges it", "middle"),
    )


def frontier() -> GlossaryPicture:
    """Fixes by gap and cost, and a line for the goal."""
    places = ((150, 22), (112, 30), (82, 44), (66, 62), (118, 60))
    return picture(
        "Fixes as dots, by how large a gap they leave and what they cost; a dashed line is the goal.",
        line(20, 8, 20, 76),
        line(20, 76, 190, 76),
        line(74, 8, 74, 76, GREY, 2, "4 3"),
        *(dot(x, y, BLUE if x < 74 else GREY, x < 120) for x, y in places),
        words(186, 92, "gap", "end"),
        words(26, 18, "cost"),
    )


def _row(y: float, at: float, certain: float | None = None) -> list[str]:
    """People by score: those beyond `certain` are selected, those before `at` are not, and lots decide in between."""
    sure = at if certain is None else certain
    return [dot(x, y, BLUE if x >= at else GREY, x >= sure or (x >= at and i % 2 == 0)) for i, x in enumerate(_SCORES)]
