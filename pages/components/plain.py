"""Text that came with an upload, shown as the text it is: never as markdown, HTML, a link or an emoji code."""

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import streamlit as st

# Streamlit turns :codes:, web and mail addresses into something else even where they are escaped, so they are broken
# up by a character that takes no room.
_NO_BREAK = "\u2060"
_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_LIVELY = re.compile(r"([:@]|www(?=\.))", re.IGNORECASE)
_NARROW, _SHORT = "40rem", 12  # in letters: a rate or a gap with its unit stays on one line
# On a narrow screen each row becomes a list of its cells, each with its column's name.
STYLE = f"""
.plain-table {{ overflow-x: auto }}
.plain-table table {{ border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums }}
.plain-table th, .plain-table td {{ border: 0; border-bottom: 1px solid rgba(128, 138, 150, .35); text-align: left;
  padding: .4rem .75rem .4rem 0; vertical-align: top; overflow-wrap: break-word }}
.plain-table td.short {{ white-space: nowrap }}
.plain-table td.long:first-child {{ overflow-wrap: anywhere; min-width: 8rem }}
.plain-table th {{ font-weight: 400; opacity: .75; vertical-align: bottom }}
.plain-table.as-written table {{ table-layout: fixed }}
.plain-table.as-written :is(td, th) {{ white-space: pre; overflow: hidden; text-overflow: ellipsis }}
.plain-table.as-written td:is(:first-child, :nth-child(2)) {{ white-space: normal; overflow-wrap: anywhere }}
@media (max-width: {_NARROW}) {{
  .plain-table thead {{ display: none }}
  .plain-table :is(table, tbody, tr) {{ display: block }}
  .plain-table tr {{ padding: .5rem 0; border-bottom: 1px solid rgba(128, 138, 150, .35) }}
  .plain-table td {{ display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0 }}
  .plain-table td::before {{ content: attr(data-name); opacity: .75; flex: none }}
  .plain-table td:first-child {{ font-weight: 600 }}
  .plain-table td:empty {{ display: none }}
  .plain-table.as-written td {{ white-space: pre-wrap; overflow-wrap: anywhere }}
  .plain-table.as-written td:nth-child(n+5) {{ display: none }}
}}
"""


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


def table(columns: Mapping[str, Sequence[str]], as_written: bool = False) -> None:
    """The columns side by side, every cell the text it is; cells of a file are shown `as_written`, spaces and all.

    Not st.dataframe: its download would hand a spreadsheet cells that begin like formulas.
    """
    box = Element("div", {"class": "plain-table as-written" if as_written else "plain-table"})
    drawn = SubElement(box, "table")
    head = SubElement(SubElement(drawn, "thead"), "tr")
    for name in columns:
        SubElement(head, "th", scope="col").text = name
    body = SubElement(drawn, "tbody")
    for cells in zip(*columns.values(), strict=True):
        row = SubElement(body, "tr")
        for name, cell in zip(columns, cells, strict=True):
            SubElement(row, "td", {"data-name": name, "class": "short" if len(cell) <= _SHORT else "long"}).text = cell
    st.html(ElementTree.tostring(box, encoding="unicode", short_empty_elements=False))
