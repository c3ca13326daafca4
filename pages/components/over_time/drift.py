"""What else has moved, besides the watched gaps: who was there, their outcomes, their scores, what is missing."""

import streamlit as st

from core.report.words import over_time as words
from pages.components import plain
from pages.components.over_time.followed import Followed


def show(followed: Followed) -> None:
    """Show it folded: it explains a change, and is none of the watched gaps."""
    said = words.drift_sentences(followed.series)
    if not said:
        return
    with st.expander("What else changed: who was there, outcomes, scores, missing values"):
        plain.text(said[0])
        if len(said) > 1:
            plain.bullets(said[1:])
