"""What both models look at, side by side, where both audits were explained."""

import streamlit as st

from core.explain.explanation import Explanation
from pages.components import plain, session
from pages.components.compare.picking import Picked

_MOST = 10


def show(picked: Picked) -> None:
    """Show the features that weigh most in either; nothing where neither was explained."""
    asked = [session.workspace().explained(audit.id).is_found for audit in picked.audits[:2]]
    if not any(asked):
        return
    st.header("What both look at", anchor=False)
    if not all(asked):
        which = "second" if asked[0] else "first"
        st.write(f"The {which} audit was not explained yet. Open it and choose Explain, to see both side by side.")
        return
    found = [session.workspace().explanation(audit.id) for audit in picked.audits[:2]]
    first, second = (None if each is None else _weights(each) for each in found)
    if first is None or second is None:
        st.write("What is kept of an explanation cannot be read. Explain that model again.")
        return
    features = sorted({*first, *second}, key=lambda name: -max(first.get(name, 0.0), second.get(name, 0.0)))[:_MOST]
    plain.table(
        {
            "Feature": features,
            "First": [_cell(first.get(name)) for name in features],
            "Second": [_cell(second.get(name)) for name in features],
        }
    )
    st.caption("How much of what moves the scores comes from each, over all people who were explained.")
    if any(each is not None and not each.is_trusted for each in found):
        st.warning("A check of one of the two failed. Do not rely on it.")


def _weights(found: Explanation) -> dict[str, float]:
    """Each feature's share of what moves the scores of the audit's own model."""
    return dict(zip(found.features, found.before.shares.tolist(), strict=True))


def _cell(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}\u00a0%"
