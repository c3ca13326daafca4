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
_NARROW, _SHORT = "48rem", 12  # in letters: a rate or a gap with its unit stays on one line
# On a narrow screen each row becomes a list of its cells, each with its column's name.
STYLE = f"""
.plain-table {{ overflow: auto }}
.stHtml .plain-list {{ margin: 0; padding-left: 1.2rem; max-width: 40em }}
.stHtml .plain-facts {{ margin: 0; padding: 0; display: grid; gap: .25rem 1rem;
  grid-template-columns: max-content 1fr }}
.plain-facts dt {{ opacity: .8 }}
.plain-facts dd {{ margin: 0; overflow-wrap: anywhere }}
.plain-table table {{ border-collapse: collapse; width: 100%; font-size: .9375rem }}
.plain-table a {{ color: inherit }}
.plain-table td {{ font-variant-numeric: tabular-nums }}
.plain-table th, .plain-table td {{ border: 0; border-bottom: 1px solid rgba(128, 138, 150, .35); text-align: left;
  padding: .4rem .75rem .4rem 0; vertical-align: top; overflow-wrap: break-word }}
.plain-table td.short {{ white-space: nowrap }}
.plain-table td.long:first-child {{ overflow-wrap: anywhere; min-width: 8rem }}
.plain-table th {{ font-weight: 400; opacity: .8; vertical-align: bottom }}
.plain-table.as-written table {{ table-layout: fixed }}
.plain-table.as-written :is(td, th) {{ white-space: pre; overflow: hidden; text-overflow: ellipsis }}
.plain-table.as-written td:is(:first-child, :nth-child(2)) {{ white-space: normal; overflow-wrap: anywhere }}
@media (max-width: 60rem) {{
  .plain-table :is(th, td) {{ padding-right: .35rem }}
}}
@media (max-width: {_NARROW}) {{
  .plain-facts {{ grid-template-columns: 1fr }}
  .plain-facts dd {{ margin-bottom: .5rem }}
  .plain-table thead {{ display: none }}
  .plain-table :is(table, tbody, tr) {{ display: block }}
  .plain-table tr {{ padding: .5rem 0; border-bottom: 1px solid rgba(128, 138, 150, .35) }}
  .plain-table td {{ display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0 }}
  .plain-table td::before {{ content: attr(data-name); opacity: .8; flex: none }}
  .plain-table td:first-child {{ font-weight: 600 }}
  .plain-table td:empty {{ display: none }}
  .plain-table.as-written td {{ white-space: pre-wrap; overflow-wrap: anywhere }}
  .plain-table.as-written td:nth-child(n+5) {{ display: none }}
}}
"""


def text(s: str, tip: str | None = None) -> None:
    """Show the text as it is; `tip` is markdown behind a question mark, in own words."""
    st.text(s, help=tip)


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


def bullets(lines: Sequence[str]) -> None:
    """Lines as a list, each the text it is."""
    box = Element("ul", {"class": "plain-list"})
    for words in lines:
        SubElement(box, "li").text = words
    _draw(box)


def facts(named: Sequence[tuple[str, str]]) -> None:
    """What is known, each with its name before it, all of them the texts they are."""
    box = Element("dl", {"class": "plain-facts"})
    for name, value in named:
        SubElement(box, "dt").text = name
        SubElement(box, "dd").text = value
    _draw(box)


def table(
    columns: Mapping[str, Sequence[str]],
    as_written: bool = False,
    most_high: int | None = None,
    leads_to: Sequence[str] = (),
) -> None:
    """The columns side by side, every cell the text it is; cells of a file are shown `as_written`, spaces and all.

    One that is higher than `most_high`, in pixels, scrolls, also by the keyboard. The first cell of each row is a link
    to the address of `leads_to` at its place, where there are any; such an address is of the app's own.
    Not st.dataframe: its download would hand a spreadsheet cells that begin like formulas.
    """
    box = Element("div", {"class": "plain-table as-written" if as_written else "plain-table"})
    if most_high is not None:
        box.attrib |= {"style": f"max-height: {most_high}px", "tabindex": "0", "role": "region"}
        box.set("aria-label", f"Table: {', '.join(columns)}")
    drawn = SubElement(box, "table")
    head = SubElement(SubElement(drawn, "thead"), "tr")
    for name in columns:
        SubElement(head, "th", scope="col").text = name
    body = SubElement(drawn, "tbody")
    for place, cells in enumerate(zip(*columns.values(), strict=True)):
        row = SubElement(body, "tr")
        for name, cell in zip(columns, cells, strict=True):
            drawn_cell = SubElement(row, "td", {"data-name": name, "class": "short" if len(cell) <= _SHORT else "long"})
            if leads_to and name == next(iter(columns)):
                SubElement(drawn_cell, "a", {"href": leads_to[place], "target": "_self"}).text = cell
            else:
                drawn_cell.text = cell
    _draw(box)


def _draw(box: Element) -> None:
    st.html(ElementTree.tostring(box, encoding="unicode", short_empty_elements=False))
