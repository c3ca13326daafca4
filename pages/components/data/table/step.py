"""Step 1, the table: what was found in it, what is odd about it, and its columns with the first cells of each."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.data.column_profile import MAY_BE_MISSING, SPACES, SPELLINGS, Oddity
from core.data.profile import Column, Profile
from core.data.roles.personal import masked
from core.store.workspace import Audit
from pages.components import plain
from pages.components.data import steps
from pages.components.data.draft import Draft, read
from pages.components.data.table import cells, masks

_ROWS_SHOWN = 4
_MOST_IN_VIEW = 25
_AT_ONCE = 3
_HEIGHT = 560
_LONG, _LONGEST = 10_000, 1e15


def show(audit: Audit, profile: Profile, plan: Draft, is_open: bool) -> None:
    """Show the step; there is nothing to answer in it, and something to choose where cells can be read in two ways."""
    odd, hidden = _unanswered(profile, plan), masks.hidden(audit.id, profile)
    with steps.step(audit.id, 1, _line(profile, len(odd)), settled=True, is_open=is_open):
        plain.text(f"✓ {profile.words}")
        if not profile.oddities:
            plain.text("✓ nothing odd was found")
        told = [masks.oddity(each, hidden) for each in odd if not cells.is_offered(each, profile, plan)]
        _tell(told[:_AT_ONCE], profile)
        if len(told) > _AT_ONCE:
            with st.expander(f"{len(told) - _AT_ONCE} more to know"):
                _tell(told[_AT_ONCE:], profile)
        cells.show(audit, profile, plan, hidden)
        with st.expander(f"Its {len(profile.columns):,} columns, with the first cells of each"):
            masks.ask(audit.id, profile)
            most_high = _HEIGHT if len(profile.columns) > _MOST_IN_VIEW else None
            plain.table(_columns(read(profile, plan), hidden), as_written=True, most_high=most_high)


def _tell(odd: Sequence[Oddity], profile: Profile) -> None:
    for oddity in odd:
        st.markdown(f"{cells.ODD} {cells.odd_words(oddity, profile)}")


def _columns(profile: Profile, hidden: Mapping[str, str]) -> dict[str, list[str]]:
    """A line for each column, so that no table is too wide to be seen whole."""
    shown = {
        "Column": list(profile.names),
        "It holds": [_holds(column, profile.rows, column.name in hidden) for column in profile.columns],
    }
    for place, row in enumerate(profile.head[:_ROWS_SHOWN], start=1):
        shown[f"Row {place}"] = [
            masked(cell) if name in hidden else cell for name, cell in zip(profile.names, row, strict=True)
        ]
    return shown


def _holds(column: Column, rows: int, is_hidden: bool) -> str:
    """What a column's filled cells are, and how many are not; a hidden one's ends are cells of somebody, too."""
    if column.kind == "empty":
        return "nothing"
    if column.kind == "number":
        words = "numbers" if is_hidden else f"numbers, {_number(column.low)} to {_number(column.high)}"
    elif column.distinct is None or column.unique:
        words = "many texts"
    else:
        filled = column.distinct - sum(not text.strip() for text, _ in column.values)
        words = f"{filled:,} different texts" if filled > 1 else "one text"
    return f"{words}; {column.missing:,} of {rows:,} empty" if column.missing else words


def _number(value: float | None) -> str:
    """A number in full; only what is longer than a year has its thousands set apart."""
    if value is None or not value.is_integer() or abs(value) >= _LONGEST:
        return "" if value is None else f"{value:g}"
    return f"{value:,.0f}" if abs(value) >= _LONG else f"{value:.0f}"


def _unanswered(profile: Profile, plan: Draft) -> list[Oddity]:
    """What is odd and not answered in the plan: an answer is told once, by its own line with the way back."""
    return [
        oddity
        for oddity in profile.oddities
        if not (oddity.kind == SPACES and plan.data.trim)
        and not (oddity.kind == MAY_BE_MISSING and set(oddity.cells) <= set(plan.data.missing))
        and not (oddity.kind == SPELLINGS and _are_joined(oddity, plan))
    ]


def _are_joined(oddity: Oddity, plan: Draft) -> bool:
    """Whether the plan joins some of these spellings in every column that has them: step 4 asks about the rest."""
    joins = [plan.groups.join.get(column, {}) for column in oddity.columns]
    return all(any(not {name, *texts}.isdisjoint(oddity.cells) for name, texts in join.items()) for join in joins)


def _line(profile: Profile, odd: int) -> str:
    facts = [
        plain.escape(profile.name),
        f"{profile.rows:,} rows",
        f"{len(profile.columns):,} columns",
        *([f"{odd} {'thing' if odd == 1 else 'things'} to know"] if odd else []),
    ]
    return " · ".join(facts)
