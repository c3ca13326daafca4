"""How each gap moved, as rows of a table: its value in both audits, the change with its range, and the verdict.

And whose decisions flip, as rows of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.metrics.comparison import GapChange
from core.metrics.flips import Flips, FlipVerdict
from core.metrics.gaps import GAPS
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.report.documents.spreadsheet import csv_text
from core.report.pair.side_by_side import TURNS, SideBySide
from core.report.words.by_group import as_written

COLUMNS = (
    *("by", "measure", "group", "reference", "first", "second"),
    *("change", "low", "high", "paired", "verdict", "reason"),
)
_NONE = "–"
BESIDE_OTHERS: dict[FlipVerdict, str] = {
    "more": "More than chance explains",
    "fewer": "Fewer than chance explains",
    "unclear": "Chance may explain it",
    "too_few": "Too few to tell",
}


def change_table(gaps: Sequence[GapChange], terms: Terms) -> dict[str, list[str]]:
    """The changes of one measure as columns of words."""
    return {
        "Group": [terms.name(gap.group) for gap in gaps],
        "Compared with": [terms.name(gap.reference) for gap in gaps],
        "First": [value_words(gap.before, gap.measure) for gap in gaps],
        "Second": [value_words(gap.after, gap.measure) for gap in gaps],
        "Change": [value_words(gap.change, gap.measure) for gap in gaps],
        "Plausible change": [range_words(gap.low, gap.high, gap.measure) for gap in gaps],
        "Answer": [TURNS[gap.verdict] for gap in gaps],
    }


def flips_table(rows: Sequence[Flips], terms: Terms) -> dict[str, list[str]]:
    """How often the decisions of each group flip, as columns of words."""
    return {
        "Group": [group_words(row.group, terms) for row in rows],
        terms.people.capitalize(): [f"{row.n:,}" for row in rows],
        "Flip": [f"{row.flipped:,}" for row in rows],
        f"Newly {terms.selected}": [f"{row.newly_selected:,}" for row in rows],
        f"Newly {terms.turned_down}": [f"{row.newly_refused:,}" for row in rows],
        "Of 100": [f"{100 * row.share:.1f} ({100 * row.low:.1f} to {100 * row.high:.1f})" for row in rows],
        "Beside all others": [BESIDE_OTHERS[row.verdict] if row.others else _NONE for row in rows],
    }


def value_words(value: float | None, measure: str) -> str:
    """A gap or a change of one in the measure's unit: "−17.7 points", "0.30 times"."""
    if value is None:
        return _NONE
    if GAPS[measure].kind == "ratio":
        return f"{_signed(value, 2)}\u00a0times"
    return f"{_signed(100 * value, 1, '+')}\u00a0points"


def range_words(low: float | None, high: float | None, measure: str) -> str:
    """A range in the measure's unit."""
    if low is None or high is None:
        return _NONE
    digits, scale, unit = (2, 1, "times") if GAPS[measure].kind == "ratio" else (1, 100, "points")
    return f"{_signed(scale * low, digits)} to {_signed(scale * high, digits)}\u00a0{unit}"


def _signed(value: float, digits: int, plus: str = "") -> str:
    """A number with its sign; what rounds to 0 has none."""
    size = f"{abs(value):.{digits}f}"
    return size if float(size) == 0 else f"{'−' if value < 0 else plus}{size}"


def comparison_csv(compared: SideBySide) -> str:
    """Every change as CSV text, header first."""
    return csv_text([COLUMNS, *_rows(compared)])


def _rows(compared: SideBySide) -> Iterator[tuple[object, ...]]:
    for gap in compared.comparison.gaps:
        whom = (", ".join(gap.by), gap.measure, as_written(gap.group), as_written(gap.reference))
        yield (*whom, gap.before, gap.after, gap.change, gap.low, gap.high, gap.paired, gap.verdict, gap.reason)
