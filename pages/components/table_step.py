"""Step 1, the table: what was found in it, what is odd about it, and its first rows as they stand in the file."""

import streamlit as st

from core.profile import Profile
from core.survey import Oddity
from core.workspace import Audit
from pages.components import plain, steps

_ROWS_SHOWN = 5
_COLUMNS_NAMED = 5


def show(audit: Audit, profile: Profile, is_open: bool) -> None:
    """Show the step; there is nothing to answer in it."""
    with steps.step(audit.id, 1, _line(profile), settled=True, is_open=is_open):
        plain.text(f"✓ {profile.words}")
        if not profile.oddities:
            plain.text("✓ nothing odd was found")
        for oddity in profile.oddities:
            st.markdown(f":orange[**!**] {_words(oddity)}")
        st.caption("The first rows, as text, exactly as they stand in the file:")
        cells = zip(*profile.head[:_ROWS_SHOWN], strict=True)
        plain.table(dict(zip(profile.names, map(list, cells), strict=True)), wide=True)


def _line(profile: Profile) -> str:
    odd = len(profile.oddities)
    facts = [
        plain.escape(profile.name),
        f"{profile.rows:,} rows",
        f"{len(profile.columns):,} columns",
        *([f"{odd} {'thing' if odd == 1 else 'things'} to know"] if odd else []),
    ]
    return " · ".join(facts)


def _words(oddity: Oddity) -> str:
    where = f"{plain.listed(oddity.columns, _COLUMNS_NAMED)}: " if oddity.columns else ""
    rows = f" (row {', '.join(f'{row:,}' for row in oddity.rows)})" if oddity.rows else ""
    return f"{where}{plain.escape(oddity.text)}{rows}"
