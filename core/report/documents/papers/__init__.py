"""A report on other paper than a web page: PDF, Word, a workbook, pictures, and a model card."""

from __future__ import annotations

from core.metrics.words import VERDICT_WORDS

# A mark in text alone, beside the word of its verdict.
_GLYPHS = {"gap": "◆", "unclear": "◐", "no_gap": "○", "not_measurable": "–"}


def marked(text: str, verdict: str | None) -> str:
    """A text with the mark of a verdict before it, where it has one."""
    glyph = "" if verdict is None else _GLYPHS.get(verdict, "")
    return f"{glyph} {text}".strip()


def verdict_words(verdict: str, word: str) -> str:
    """The mark of a verdict with its word."""
    return marked(word or VERDICT_WORDS[verdict], verdict)
