"""One person's explanation as one HTML file that opens offline, in both themes, and prints.

Text from an upload becomes text nodes of a tree and is escaped when the tree is written; nothing is pasted into HTML.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from core.explain.explanation import Explanation
from core.explain.groups.differences import signed_points
from core.explain.person import Person, PersonSide
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.report.charts.coloured_text import coloured_text, weighed_together
from core.report.charts.image_maps import enlarged, laid_upon, reach
from core.report.words.explanations import change_words, decided_words, kind_of, nouns_of

_STYLE = """
:root { color-scheme: light dark; --ink: #1B2430; --paper: #FFFFFF; --soft: #5A6572; --line: #D8DEE5 }
@media (prefers-color-scheme: dark) { :root { --ink: #E8ECF1; --paper: #12161B; --soft: #A4AFBB; --line: #303943 } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #FFF; --soft: #444; --line: #BBB }
  * { print-color-adjust: exact } tr, figure { break-inside: avoid } }
body { margin: 2rem auto; padding: 0 1rem; max-width: 48rem; color: var(--ink); background: var(--paper);
       font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
       overflow-wrap: anywhere }
h1 { font-size: 1.7rem; margin-bottom: 0 } h2 { font-size: 1.2rem; margin-top: 2rem } .soft { color: var(--soft) }
.doubt { border-left: .25rem solid #B5541C; padding-left: .75rem }
.images { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
"""


def person_html(found: Explanation, person: Person, where: str) -> str:
    """The HTML text: `where` says which row of the table it is about, as in `Profile.row_words`."""
    nouns = nouns_of(found.plan)
    title = f"Why this decision? {where[0].upper()}{where[1:]} of {found.plan.data.file}"
    page = Element("html", lang="en")
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "title").text = title
    SubElement(head, "style").text = _STYLE
    SubElement(body, "h1").text = title
    _said(body, f"One of the {group_words(person.group, Terms.of(found.plan))} · {found.explainer.title}", "soft")
    if not found.is_trusted:
        _said(body, "A check of this way of explaining failed: the reasons below are in doubt.", "doubt")
    plans = (found.plan, found.plan_after or found.plan)
    names = ("Before", "After") if len(person.sides) > 1 else ("The decision",)
    for place, (name, plan, side) in enumerate(zip(names, plans, person.sides, strict=False)):
        SubElement(body, "h2").text = name
        _said(body, decided_words(found, plan, person, side))
        _original(body, found, person, place)
        if kind_of(plan) == "table":
            _changes(body, side, plan, person)
    SubElement(body, "h2").text = f"What moved the score, by {nouns.part}"
    _reasons(body, person, nouns.part.capitalize())
    _said(
        body,
        "Points are of 100 of the score. This describes what the model uses, not why the world is as it is, and is no "
        "advice. It tells of a single person: treat it as confidential.",
        "soft",
    )
    return "<!DOCTYPE html>\n" + ElementTree.tostring(page, encoding="unicode", method="html")


def _original(body: Element, found: Explanation, person: Person, place: int) -> None:
    """The text or the image itself, coloured by what one model made of it."""
    original = person.original
    if original is None:
        return
    if original.image is not None:
        row = SubElement(body, "div", {"class": "images"})
        _image(row, enlarged(original.image), "The image as the model sees it")
        if place < len(original.maps):
            seen = laid_upon(original.image, original.maps[place], reach(original.maps), found.is_trusted)
            _image(row, seen, "The same: blue moved the score up, orange down")
        return
    most = max(abs(value) for side in person.sides for value in side.values)
    body.append(coloured_text(person, person.sides[place].values, most, found.is_trusted))
    _said(body, "+ and an unbroken line: moved the score up. − and a dotted line: moved it down.", "soft")
    if weighed_together(person):
        _said(body, "Rare words are weighed together only, so none of them is coloured.", "soft")


def _image(row: Element, pixels: npt.NDArray[np.uint8], said: str) -> None:
    from PIL import Image

    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    figure = SubElement(row, "figure")
    source = f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
    SubElement(figure, "img", {"src": source, "alt": said, "width": str(pixels.shape[1])})
    SubElement(figure, "figcaption", {"class": "soft"}).text = said


def _changes(body: Element, side: PersonSide, plan: Plan, person: Person) -> None:
    terms = Terms.of(plan)
    other = terms.turned_down if side.selected else terms.selected
    if not side.changes:
        _said(
            body, f"No change of one or two of the person's own columns was found that would make it “{other}”.", "soft"
        )
        return
    _said(body, f"Any one of these would make it “{other}”, smallest first:")
    listed = SubElement(body, "ul")
    for change in side.changes:
        SubElement(listed, "li").text = change_words(change, plan, person)


def _reasons(body: Element, person: Person, part: str) -> None:
    points = ("Points before", "Points after") if len(person.sides) > 1 else ("Points",)
    valued = ("Value",) if any(person.cells) else ()
    table = SubElement(body, "table")
    _row(SubElement(table, "tr"), "th", (part, *valued, *points))
    for f in person.weighing():
        own = (person.cells[f] or "(empty)",) if valued else ()
        cells = (person.features[f], *own, *(signed_points(side.values[f]) for side in person.sides))
        _row(SubElement(table, "tr"), "td", cells)


def _row(row: Element, kind: str, cells: tuple[str, ...]) -> None:
    for cell in cells:
        SubElement(row, kind).text = cell


def _said(body: Element, words: str, kind: str | None = None) -> None:
    SubElement(body, "p", {} if kind is None else {"class": kind}).text = words
