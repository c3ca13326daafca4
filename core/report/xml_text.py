"""Texts for documents: without what XML cannot hold, and without what would show letters in another order."""

from __future__ import annotations

import re
from typing import Any

# Control characters, halves of a pair, and two that are no characters; tabs and line ends are as they are. Then those
# that turn the direction of what follows: a group's name could so change how the numbers after it read.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def xml_text(text: str) -> str:
    """The text with a mark in place of each character that XML cannot hold, or that turns the text after it."""
    return _UNFIT.sub("\ufffd", text)


def with_xml_texts(value: Any) -> Any:
    """Plain JSON values in which every text is one that XML can hold."""
    if isinstance(value, str):
        return xml_text(value)
    if isinstance(value, dict):
        return {xml_text(key): with_xml_texts(each) for key, each in value.items()}
    return [with_xml_texts(each) for each in value] if isinstance(value, list) else value
