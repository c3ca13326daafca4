"""What the things that are explained are called, by what a model reads: columns of people, places of images, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["table", "image", "text"]


@dataclass(frozen=True)
class Nouns:
    """The words of one kind of input.

    Attributes
    ----------
    one, part, parts
        What is explained, and what is weighed in it.
    start, nothing
        Where methods begin that compare with the average, and where the others do: what has a score of its own.
    others, mixtures
        What stands in for a part that is left out, and what methods that draw many versions draw.
    """

    one: str
    part: str
    parts: str
    start: str
    nothing: str
    others: str
    mixtures: str


NOUNS: dict[Kind, Nouns] = {
    "table": Nouns(
        "person", "column", "columns", "a typical person", "other people on average", "other people's values",
        "mixtures of this person and others",
    ),
    "image": Nouns(
        "image", "place", "places", "an average image", "other images on average", "what other images show there",
        "mixtures of this image and others",
    ),
    "text": Nouns("text", "word", "words", "an empty text", "an empty text", "nothing", "shortened versions of it"),
}  # fmt: skip
