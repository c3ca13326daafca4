"""A small picture of the app's own, drawn by code, with words for whoever does not see it."""

from base64 import b64encode
from html import escape

import streamlit as st

from core.report.glossary.pictures import WIDTH, GlossaryPicture


def show(shown: GlossaryPicture, width: int = WIDTH) -> None:
    """Show it, so many pixels wide. As an image, because Streamlit takes inline SVG out of HTML."""
    image = b64encode(shown.svg.encode()).decode()
    st.html(f'<img src="data:image/svg+xml;base64,{image}" alt="{escape(shown.alt)}" width="{width}">')
