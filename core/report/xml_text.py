"""Texts for what is written as XML: pictures, Word documents and workbooks, which cannot hold every character."""

from __future__ import annotations

import re
from typing import Any

# Control characters, halves of a pair, and two that are no characters; tabs and line ends are as they are.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text with a mark in place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def with_xml_texts(value: Any) -> Any:
    """Plain JSON values in which every text is one that XML can hold."""
    if isinstance(value, str):
        return xml_text(value)
    if isinstance(value, dict):
        return {xml_text(key): with_xml_texts(each) for key, each in value.items()}
    return [with_xml_texts(each) for each in value] if isinstance(value, list) else value
