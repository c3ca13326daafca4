"""The navigation as a line of steps: what is done bears a tick, what is to come a ring, and a line leads on."""

from collections.abc import Collection

import streamlit as st

from core.errors import PlumblineError
from core.store.workspace import Audit
from pages.components import session

STEPS = ("Data", "Audit", "Fix", "Explain", "Report")
# Who hears the page hears of ticks, and nothing of rings and lines.
_TICK, _RING, _LINE = '"✓"', '"○" / ""', '"" / ""'
_ALL, _BUT_LAST = (", ".join(f"[label={step}]" for step in steps) for steps in (STEPS, STEPS[:-1]))
_STYLE = f"""
[data-testid$=NavLink] :is({_ALL}) p::before {{ content: {_RING}; margin-right: .35rem; opacity: .75 }}
[data-testid=stTopNav] .rc-overflow-item:has({_BUT_LAST}) {{ display: flex; align-items: center }}
[data-testid=stTopNav] .rc-overflow-item:has({_BUT_LAST})::after {{ content: {_LINE}; width: .8rem;
  margin-right: .25rem; border-top: 1px solid; opacity: .5 }}
[data-testid=stTopNav] .rc-overflow-item:has([label={STEPS[-1]}]) {{ margin-right: 1rem }}
"""


def show(audit: Audit | None) -> None:
    """Show how far the open audit is."""
    ticks = ", ".join(f"[data-testid$=NavLink] [label={step}] p::before" for step in _done(audit))
    st.html(f"<style>{_STYLE}{f'{ticks} {{ content: {_TICK}; opacity: 1 }}' if ticks else ''}</style>")


def _done(audit: Audit | None) -> Collection[str]:
    """The steps that have come to a result."""
    if audit is None:
        return ()
    space = session.workspace()
    try:
        there = {
            "Data": audit.asked is not None,
            "Audit": space.record(audit.id) is not None,
            "Fix": space.found_by(audit.id) is not None,
            "Explain": space.explained(audit.id).is_found,
            "Report": space.report_files.is_taken(audit.id),
        }
    except PlumblineError:  # what is kept of it is damaged: the page below says so
        return ()
    return [step for step in STEPS if there[step]]
