"""A text with its words coloured by how far each moved a score, and marked with the direction besides the colour.

Its words are text nodes of a tree and are escaped when the tree is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from core.explain.features.vocabulary import OTHER
from core.explain.groups.differences import signed_points
from core.explain.person import Person
from core.report.charts.heatmaps import DOWN, UP
from core.report.colours import GREY

# The strongest colour lets words be read upon it, on light and on dark.
_DEEPEST = 0.6
# Words that moved the score by less than this part of the most are left without a mark.
_LEAST = 0.1


def coloured_text(person: Person, values: Sequence[float], most: float, is_trusted: bool) -> Element:
    """The text as one paragraph.

    Parameters
    ----------
    person
        Whose text it is; its features are words, and `original` holds the text.
    values
        By how much each feature moved the score, in the order of the features.
    most
        What has the deepest colour, in units of the score.
    is_trusted
        Grey instead of colours where a check failed.
    """
    assert person.original is not None
    paragraph = Element("p", {"style": "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 2"})
    paragraph.text = ""
    for part in person.original.text:
        # Rare words are weighed together: the sum of all of them says nothing of one.
        named = part.feature is not None and person.features[part.feature] != OTHER
        value = values[part.feature] if named and part.feature is not None else 0.0
        word, after = part.text.rstrip(), part.text[len(part.text.rstrip()) :]
        if abs(value) < _LEAST * (most or 1.0):
            span = SubElement(paragraph, "span")
        else:
            look = {"style": _look(value, most, is_trusted), "title": f"{word}: {signed_points(value)} points"}
            span = SubElement(paragraph, "span", look)
            SubElement(span, "sup").text = "+" if value > 0 else "−"
        _end(span, word)
        span.tail = after
    return paragraph


def weighed_together(person: Person) -> bool:
    """Whether some of the text's words are too rare to be weighed by themselves."""
    return person.original is not None and any(
        part.feature is not None and person.features[part.feature] == OTHER for part in person.original.text
    )


def _look(value: float, most: float, is_trusted: bool) -> str:
    colour = GREY if not is_trusted else UP if value > 0 else DOWN
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    strength = _DEEPEST * min(1.0, abs(value) / (most or 1.0))
    line = "solid" if value > 0 else "dotted"
    shade = f"rgba({red},{green},{blue},{strength:.2f})"
    return f"background: {shade}; border-bottom: 2px {line} {colour}; border-radius: 3px; padding: 0 2px"


def _end(span: Element, word: str) -> None:
    """Put a word at the end of what stands in the span."""
    if len(span):
        span[-1].tail = word
    else:
        span.text = word
