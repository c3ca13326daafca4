"""A word of the pages, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.report.glossary.pictures import GlossaryPicture


@dataclass(frozen=True)
class Term:
    """One row.

    Attributes
    ----------
    name
        What question marks call it.
    title, short
        The word as pages write it, and what it means in one sentence, which stands in a question mark.
    more
        What else is good to know, in one or two sentences.
    draws
        The small picture of it.
    """

    name: str
    title: str
    short: str
    more: tuple[str, ...]
    draws: Callable[[], GlossaryPicture]
