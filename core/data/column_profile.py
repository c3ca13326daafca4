"""What one column holds, gathered batch by batch in memory that does not grow with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.column_days import DaySurvey
from core.plan.notation.detection import found_style
from core.plan.notation.missing import looks_missing
from core.plan.notation.numbers import NumberStyle
from core.plan.values import DEFAULT_MISSING, is_number, numbers

CAP = 2_000
SPACES, MAY_BE_MISSING, SPELLINGS = "spaces", "may be missing", "spellings"
Mask = npt.NDArray[np.bool_]
_KEPT_VALUES = 50
_FEW_VALUES = 60
_MOSTLY = 0.9
_LOOKED_AT = 200


@dataclass(frozen=True)
class Oddity:
    """Something about the table that a person should know: which columns and which first rows it concerns.

    `kind` says which choice of a plan answers it, where one does; `cells` are the texts that it is about: the one that
    may mean "not known", the spellings of one value.
    """

    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    kind: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class DetectedStyle:
    """A style of writing numbers that a column seems to have: a cell that shows it, its ends, how many differ."""

    example: str
    low: float
    high: float
    others: int


class ColumnSurvey:
    """Counts of a column's texts up to `CAP` distinct ones, then only whether and which numbers it holds."""

    def __init__(self, decimal: str) -> None:
        self._decimal = decimal
        self._counts: Counter[str] | None = Counter()
        self._frequent: Counter[str] = Counter()
        self._strange: list[int] = []
        self._strangers = 0
        self._numbers = 0
        self._rows = 0
        self._first_batch_unique = False
        self._broken_lines: list[int] = []
        self._spaced: list[int] = []
        self._with_spaces = 0
        self._style: NumberStyle | None = None
        self._example = ""
        self._looked_for_style = False
        self._read, self._low, self._high = 0, np.inf, -np.inf
        self.days = DaySurvey()
        self.missing = 0
        self.low: float | None = None
        self.high: float | None = None

    def add(self, column: Any, start: int) -> None:
        """Take in one batch: an Arrow (chunked) array of texts whose first row has index `start`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        counted = texts.value_counts()
        distinct, counts = counted.field(0), counted.field(1).to_numpy()
        if start == 0:
            self._first_batch_unique = len(texts) > 1 and len(counted) == len(texts)
        self._rows += len(texts)
        trimmed = pc.utf8_trim_whitespace(distinct)
        self._add_numbers(distinct, trimmed, counts, texts, start)
        self._add_spaces(distinct, trimmed, counts, texts, start)
        self._add_broken_lines(distinct, texts, start)
        self.days.add(distinct, counts, texts, start)
        if self._counts is not None:
            self._counts.update(dict(zip(distinct.to_pylist(), counts.tolist(), strict=True)))
            if len(self._counts) > CAP:
                self._frequent, self._counts = Counter(dict(self._counts.most_common(_KEPT_VALUES))), None

    @property
    def distinct(self) -> int | None:
        """How many distinct texts; None where more than `CAP`."""
        return None if self._counts is None else len(self._counts)

    @property
    def is_numeric(self) -> bool:
        """Whether every cell that is not missing is a number."""
        return self._numbers > 0 and self._strangers == 0

    @property
    def unique(self) -> bool:
        """Whether no two cells of the first batch are equal."""
        return self._first_batch_unique

    @property
    def written(self) -> DetectedStyle | None:
        """How nearly all cells seem to write numbers, where plain reading finds texts; else None."""
        if self._style is None or self._read < _MOSTLY * (self._numbers + self._strangers):
            return None
        return DetectedStyle(self._example, self._low, self._high, self._numbers + self._strangers - self._read)

    def values(self) -> list[tuple[str, int]]:
        """The texts and their counts, most frequent first: all of them, or the `_KEPT_VALUES` first seen most often."""
        counts = self._frequent if self._counts is None else self._counts
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def oddities(self, name: str) -> list[Oddity]:
        """What a person should know about this column."""
        found = []

        def say(text: str, rows: Iterable[int] = (), kind: str = "", cells: Iterable[str] = ()) -> None:
            found.append(Oddity(text, (name,), tuple(rows), kind, tuple(cells)))

        filled = [text for text, _ in self.values() if text.strip() not in DEFAULT_MISSING]
        if not filled and self._counts is not None:
            return [Oddity("no cell is filled in", (name,))]
        if self.distinct is not None and len(filled) == 1 and self._rows > 1:
            say("every filled cell is the same")
        lookalike = next((text.strip() for text in filled if looks_missing(text)), None)
        if lookalike is not None:
            say(
                f'cells "{lookalike}" may mean "not known"; they count as a value of their own unless you list them as'
                " missing",
                kind=MAY_BE_MISSING,
                cells=(lookalike,),
            )
        if self._strangers and self._numbers >= _MOSTLY * (self._numbers + self._strangers):
            say(f"mostly numbers, but {self._strangers} cell(s) are not", (row + 1 for row in self._strange))
        if self._broken_lines:
            say(
                "cells with line breaks: check that none holds whole rows, as when a quotation mark never closes",
                (row + 1 for row in self._broken_lines),
            )
        if self._spaced and not self.is_numeric:
            say(
                f"{self._with_spaces:,} cell(s) with spaces around them: groups are compared without the spaces, but a"
                " model gets them",
                (row + 1 for row in self._spaced),
                kind=SPACES,
            )
        if self.distinct is not None and self.distinct <= _FEW_VALUES:
            for spellings in _variants(filled):
                words = f"one value spelled in several ways: {', '.join(spellings)}"
                say(words, kind=SPELLINGS, cells=spellings)
        if self.unique and self._rows > 20 and self.written is None and (not self.is_numeric or self._whole_numbers()):
            say("differs in every row, as an identifier does: better not used as a group")
        return found

    def _add_numbers(self, texts: Any, trimmed: Any, counts: Any, all_texts: Any, start: int) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        parsed = numbers(texts, self._decimal)
        finite = ~np.isnan(parsed)
        absent = pc.is_in(trimmed, pa.array(DEFAULT_MISSING)).to_numpy(zero_copy_only=False)
        if finite.any():
            self.low = min(self.low if self.low is not None else np.inf, float(parsed[finite].min()))
            self.high = max(self.high if self.high is not None else -np.inf, float(parsed[finite].max()))
        strange = ~finite & ~absent
        self.missing += int(counts[absent].sum())
        self._numbers += int(counts[finite].sum())
        self._strangers += int(counts[strange].sum())
        if self._style is not None or (strange.any() and not self._looked_for_style):
            self._add_written(texts, ~absent, counts, strange)
        # Row numbers matter only for a column that is mostly numbers; a text column would list its first rows in vain.
        if strange.any() and len(self._strange) < 10 and self._numbers > self._strangers:
            stranger_texts = texts.filter(pa.array(strange))
            rows = np.flatnonzero(pc.is_in(all_texts, stranger_texts).to_numpy(zero_copy_only=False))
            self._strange += [int(row) + start for row in rows[: 10 - len(self._strange)]]

    def _add_written(
        self, texts: Any, filled: npt.NDArray[np.bool_], counts: Any, strange: npt.NDArray[np.bool_]
    ) -> None:
        """Look for a style in the first texts that are no plain numbers, and read every cell by it from then on."""
        import pyarrow as pa

        if not self._looked_for_style:
            self._looked_for_style = True
            found = found_style(texts.filter(pa.array(strange)).slice(0, _LOOKED_AT).to_pylist(), self._decimal)
            self._example, self._style = found if found is not None else ("", None)
        if self._style is None:
            return
        values = self._style.numbers(texts)
        finite = np.isfinite(values) & filled
        self._read += int(counts[finite].sum())
        if finite.any():
            self._low = min(self._low, float(values[finite].min()))
            self._high = max(self._high, float(values[finite].max()))

    def _add_spaces(self, distinct: Any, trimmed: Any, counts: Any, all_texts: Any, start: int) -> None:
        import pyarrow.compute as pc

        spaced = pc.and_(pc.not_equal(distinct, trimmed), pc.not_equal(trimmed, ""))
        if not pc.any(spaced).as_py():
            return
        self._with_spaces += int(counts[spaced.to_numpy(zero_copy_only=False)].sum())
        if len(self._spaced) < 10:
            rows = np.flatnonzero(pc.is_in(all_texts, distinct.filter(spaced)).to_numpy(zero_copy_only=False))
            self._spaced += [int(row) + start for row in rows[: 10 - len(self._spaced)]]

    def _add_broken_lines(self, distinct: Any, all_texts: Any, start: int) -> None:
        import pyarrow.compute as pc

        if len(self._broken_lines) < 10 and pc.any(pc.match_substring(distinct, "\n")).as_py():
            rows = np.flatnonzero(pc.match_substring(all_texts, "\n").to_numpy(zero_copy_only=False))
            self._broken_lines += [int(row) + start for row in rows[: 10 - len(self._broken_lines)]]

    def _whole_numbers(self) -> bool:
        return all(
            is_number(text) and "." not in text and "e" not in text.lower() for text, _ in self.values() if text.strip()
        )


def _variants(texts: list[str]) -> list[list[str]]:
    """Texts that differ only in case, spaces, dots or dashes, listed together."""
    by_letters: dict[str, set[str]] = {}
    for text in texts:
        letters = "".join(c for c in text.casefold() if c not in " _-.")
        if letters and not is_number(text):
            by_letters.setdefault(letters, set()).add(text.strip())
    return [sorted(spellings) for spellings in by_letters.values() if len(spellings) > 1]
