"""Tables and what lies in them: a marked column, crossed columns, and what stays on a machine."""

from __future__ import annotations

from core.report.colours import GREY
from core.report.glossary.pictures import BLUE, ORANGE, GlossaryPicture, arrow, box, dot, line, picture, words


def column(what: str) -> GlossaryPicture:
    """A table with one column marked; `what` says in words which."""
    cells = [
        box(24 + 40 * across, 12 + 20 * down, 34, 14, ORANGE if across == 1 else GREY, 0.9 if across == 1 else 0.35)
        for across in range(4)
        for down in range(4)
    ]
    return picture(f"A table with one column marked: {what}.", *cells)


def outcomes(is_good: bool) -> GlossaryPicture:
    """A column of outcomes in which either the good ones or all others are marked."""
    goods = (True, False, True, True)
    shapes = []
    for row, good in enumerate(goods):
        y = 12 + 20 * row
        marked = good == is_good
        shapes += [
            box(20, y, 80, 14, GREY, 0.35),
            box(106, y, 40, 14, BLUE if marked else GREY, 0.9 if marked else 0.35),
        ]
    which = "with" if is_good else "without"
    return picture(f"A table whose last column marks each row {which} the good outcome.", *shapes)


def crossed() -> GlossaryPicture:
    """Two columns at once make four groups."""
    boxes = [
        box(
            70 + 50 * across,
            26 + 32 * down,
            44,
            28,
            ORANGE if across and down else GREY,
            0.9 if across and down else 0.35,
        )
        for across in range(2)
        for down in range(2)
    ]
    return picture(
        "Four groups made by two columns; one of the four is marked.",
        *boxes,
        words(92, 18, "men", "middle"),
        words(142, 18, "women", "middle"),
        words(62, 45, "old", "end"),
        words(62, 77, "young", "end"),
    )


def cut() -> GlossaryPicture:
    """A line of numbers cut into groups."""
    return picture(
        "A line of ages with two cuts, which make three groups.",
        line(16, 48, 186, 48),
        line(72, 30, 72, 66, ORANGE, 3),
        line(128, 30, 128, 66, ORANGE, 3),
        words(72, 84, "40", "middle"),
        words(128, 84, "60", "middle"),
    )


def gives_away() -> GlossaryPicture:
    """A column from which a group can be told."""
    return picture(
        "Two columns joined by an arrow: the one tells the other.",
        box(24, 22, 44, 48, BLUE, 0.9),
        arrow(76, 46, 122),
        box(130, 22, 44, 48, ORANGE, 0.9),
        words(46, 88, "district", "middle"),
        words(152, 88, "group", "middle"),
    )


def stays() -> GlossaryPicture:
    """A machine, with what is put in it, and nothing that leaves."""
    return picture(
        "A computer with a file inside it, and a barred way out.",
        box(30, 12, 90, 58, GREY, 0.0),
        box(58, 26, 34, 30, BLUE, 0.9),
        box(58, 74, 34, 5),
        line(128, 42, 178, 42, GREY, 2, "4 3"),
        line(146, 30, 162, 54, ORANGE, 3),
        line(162, 30, 146, 54, ORANGE, 3),
    )


def goes() -> GlossaryPicture:
    """Rows that go after a day, and counts that stay."""
    return picture(
        "A table that fades after a day, and counts that stay.",
        *(box(20 + 26 * i, 20, 20, 36, GREY, 0.7 - 0.2 * i) for i in range(3)),
        arrow(106, 38, 130),
        box(138, 20, 40, 36, BLUE, 0.9),
        words(58, 76, "rows go", "middle"),
        words(158, 76, "counts stay", "middle"),
    )


def agreeing() -> GlossaryPicture:
    """Two answers side by side that are the same."""
    return picture(
        "Two bars of the same length side by side.",
        box(20, 24, 130, 18, BLUE, 0.9),
        box(20, 54, 130, 18, GREY, 0.9),
        line(150, 18, 150, 78, GREY, 2, "4 3"),
        dot(172, 48, BLUE, False, 9),
    )


def sheet() -> GlossaryPicture:
    """A printed page: a title, a picture, lines of text."""
    return picture(
        "A printed page with a title, a picture and lines of text.",
        box(66, 4, 68, 88, GREY, 0.0),
        box(74, 14, 44, 8, ORANGE, 0.9),
        *(box(74, 30 + 8 * i, width, 5, BLUE, 0.9) for i, width in enumerate((40, 26, 50))),
        *(line(74, 62 + 9 * i, 124, 62 + 9 * i) for i in range(3)),
    )
