"""How often each group is selected before and after, as two bars a group."""

from xml.etree.ElementTree import Element, SubElement, tostring

import streamlit as st

from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.rates_before_after import Shifts
from core.report.colours import COLOURS, GREY
from core.report.words.fix_options import bars_title

STYLE = f"""
.before-after {{ display: grid; grid-template-columns: minmax(0, 1fr) 5.5rem; column-gap: .6rem; align-items: center;
  font-size: .9375rem; line-height: 1.3; font-variant-numeric: tabular-nums; max-width: 40rem }}
.before-after > :is(.what, .who) {{ grid-column: 1 / -1; overflow-wrap: anywhere }}
.before-after > .who {{ margin-top: .35rem }}
.before-after .track {{ background: rgba(128, 138, 150, .18); border-radius: 2px }}
.before-after .bar {{ height: .7rem; border-radius: 2px; min-width: 2px }}
.before-after .before {{ background: {GREY} }}
.before-after .after {{ background: {COLOURS["no_gap"]} }}
"""


def show(shifts: Shifts, terms: Terms) -> None:
    """Show the groups that the fix is meant for, whoever is worse off before first."""
    st.html(tostring(drawn(shifts, terms), encoding="unicode", short_empty_elements=False))


def drawn(shifts: Shifts, terms: Terms) -> Element:
    """The bars as HTML, in which a value from a table can be nothing but text."""
    box = Element("div", {"class": "before-after"})
    SubElement(box, "div", {"class": "what"}).text = f"{bars_title(shifts, terms)}:"
    for shift in shifts.meant:
        who = group_words(shift.group, terms)
        SubElement(box, "div", {"class": "who"}).text = f"{who[:1].upper()}{who[1:]}"
        for when, rate, number in zip(("before", "after"), shift.rates, shift.of_hundred, strict=True):
            track = SubElement(box, "div", {"class": "track"})
            SubElement(track, "div", {"class": f"bar {when}", "style": f"width: {100 * rate:.1f}%"})
            SubElement(box, "div").text = f"{number} {when}"
    rest = len(shifts.groups) - len(shifts.meant)
    if rest:
        SubElement(box, "div", {"class": "who"}).text = f"and {rest} more group{'s' if rest > 1 else ''} between them"
    return box
