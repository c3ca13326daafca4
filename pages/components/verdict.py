"""The mark of a verdict: a shape, a word and a colour, never colour alone."""

from base64 import b64encode
from html import escape

import streamlit as st

from core.metrics.words import VERDICT_WORDS
from core.report.charts import mark_svg
from core.report.charts.frontier import turn_svg

GLYPHS = {"gap": "◆", "unclear": "◐", "no_gap": "○", "not_measurable": "–", "better_off": "△"}
TURN_WORDS = {"better": "Better", "worse": "Worse", "same": "No change", "unclear": VERDICT_WORDS["unclear"]}


def mark(verdict: str, words: str = "", word: str = "") -> None:
    """Show the mark with its word, or another `word`; `words` say more, and neither ever comes from an upload."""
    drawn(mark_svg(verdict, 18), (word or VERDICT_WORDS[verdict]) + words)


def turn(turned: str) -> None:
    """Show whether a change is for the better, for the worse, or cannot be told from none."""
    if turned == "unclear":
        mark("unclear")
    else:
        drawn(turn_svg(turned, 18), TURN_WORDS[turned])


def drawn(svg: str, words: str) -> None:
    """Show a mark with its words, which never come from an upload."""
    # An image, because Streamlit takes inline SVG out of HTML.
    image = b64encode(svg.encode()).decode()
    st.html(
        '<div style="display:flex; gap:.5rem; align-items:center; font-weight:600">'
        f'<img src="data:image/svg+xml;base64,{image}" alt=""> {escape(words)}</div>',
        width="content",
    )


def cell(verdict: str, words: str = "") -> str:
    """The verdict in a cell of a table, or what else a group is marked with, in other words than its own."""
    return f"{GLYPHS.get(verdict, '')} {words or VERDICT_WORDS[verdict]}".lstrip()
