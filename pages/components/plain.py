"""Text that came with an upload, shown as the text it is: never as markdown, HTML, a link or an emoji code."""

import re

import streamlit as st

# Streamlit turns :codes:, web and mail addresses into something else even where they are escaped, so they are broken
# up by a character that takes no room.
_NO_BREAK = "\u2060"
_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_LIVELY = re.compile(r"([:@]|www(?=\.))", re.IGNORECASE)


def text(s: str) -> None:
    """Show the text as it is."""
    st.text(s)


def escape(s: str) -> str:
    """The text for a place that reads markdown: labels, captions, messages, help."""
    one_line = " ".join(s.split())
    return _SPECIAL.sub(r"\\\1", _LIVELY.sub(rf"\1{_NO_BREAK}", one_line))


def quoted(s: str) -> str:
    """A name or value from a table in quotation marks, for a place that reads markdown."""
    return f"“{escape(s)}”"


def listed(names: list[str] | tuple[str, ...], most: int = 8) -> str:
    """Several names in quotation marks, the first few of many, for a place that reads markdown."""
    shown = ", ".join(quoted(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
