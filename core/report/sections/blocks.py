"""What a report is made of, whatever it is written as. No block holds HTML: text from an upload stays text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.report.colours import ON_LIGHT

INK, PAPER = "var(--ink)", "var(--paper)"
# White of a sheet, where a picture's own background stands for it.
_SHEET = "#FFFFFF"


@dataclass(frozen=True)
class Heading:
    """A title: of level 1 for the report's own, 2 for a section's, 3 within one."""

    text: str
    level: Literal[1, 2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    """Sentences. `kind` says what they are: the text itself, what stands aside, or what a reader must know first."""

    text: str
    kind: Literal["plain", "soft", "doubt"] = "plain"


@dataclass(frozen=True)
class MarkedFinding:
    """A finding with the mark and the word of its verdict: what it opens with, and what follows from it.

    `is_title`: it is the title of the whole report.
    """

    verdict: str
    word: str
    opening: str
    more: tuple[str, ...] = ()
    is_title: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, the number that the text rounds, and the verdict whose mark stands before it."""

    text: str
    value: float | None = None
    mark: str | None = None


@dataclass(frozen=True)
class TableBlock:
    """A table: what it shows, its columns' names, and its rows, whose first cells name them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, caption: str, columns: Sequence[str], rows: Iterable[Sequence[str | Cell]]) -> TableBlock:
        """A table of texts and cells, a row as long as there are columns."""
        made = tuple(tuple(Cell(one) if isinstance(one, str) else one for one in row) for row in rows)
        return cls(caption, tuple(columns), made)


@dataclass(frozen=True)
class PictureBlock:
    """A picture as SVG text, whose colours for ink and paper are those of a page, and what stands for it in words.

    `share` is how much of the page's width it takes; where that is not all, words stand beside it. `narrow` is the same
    as a narrow screen shows it, empty where there is no other.
    """

    svg: str
    title: str
    alt: str
    share: float = 1.0
    narrow: str = ""

    @property
    def on_paper(self) -> str:
        """The same in dark ink on white, for whatever has no colours of its own."""
        return self.svg.replace(INK, ON_LIGHT).replace(PAPER, _SHEET)


@dataclass(frozen=True)
class KeyFacts:
    """Names, each with what is said under it."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Preformatted:
    """A text whose lines and spaces mean something, such as a plan."""

    text: str


Block = Heading | Paragraph | MarkedFinding | TableBlock | PictureBlock | KeyFacts | Preformatted
