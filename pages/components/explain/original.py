"""The text or the image of one person itself, coloured by what each word or place of it did to the score."""

from xml.etree import ElementTree

import streamlit as st

from core.explain.explanation import Explanation
from core.explain.person import Person
from core.report.charts.coloured_text import coloured_text, weighed_together
from core.report.charts.image_maps import enlarged, laid_upon, reach

_SIDE = 256


def show(found: Explanation, person: Person, place: int) -> None:
    """Show it as the model at this place among the sides made use of it; nothing for a row of a table."""
    if person.original is None:
        return
    if person.original.image is not None:
        _image(found, person, place)
    elif person.original.text:
        _text(found, person, place)


def _image(found: Explanation, person: Person, place: int) -> None:
    original = person.original
    assert original is not None and original.image is not None
    values = original.maps[place]
    seen = laid_upon(original.image, values, reach(original.maps), found.is_trusted, _SIDE)
    with st.container(horizontal=True, gap="small"):
        st.image(enlarged(original.image, _SIDE), caption="As the model sees it", width=_SIDE)
        st.image(seen, caption="Blue moved the score up, orange down", width=_SIDE)
    if values.shape == original.image.shape[:2]:
        st.caption("The map has a value for each pixel; the bars below add them up by place.")


def _text(found: Explanation, person: Person, place: int) -> None:
    most = max(abs(value) for side in person.sides for value in side.values)
    drawn = coloured_text(person, person.sides[place].values, most, found.is_trusted)
    st.html(ElementTree.tostring(drawn, encoding="unicode", short_empty_elements=False))
    rare = " Rare words are weighed together only, so none of them is coloured." if weighed_together(person) else ""
    st.caption(f"Blue, a line and + moved the score up; orange, dots and − moved it down.{rare}")
