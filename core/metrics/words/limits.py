"""A limit in words, and whose it is."""

from __future__ import annotations

from core.metrics.policies import Band
from core.metrics.words import limit_words, points_words

_WHOSE = {"default": "the usual", "policy": "the policy's", "plan": "the plan's"}


def whose_limit(band: Band) -> str:
    """A limit, and whose it is: "the usual limit of 0.80"."""
    number = limit_words(band.limit, 2) if band.is_ratio else points_words(band.limit)
    return f"{_WHOSE[band.source]} limit of {number}"


def mark_words(band: Band) -> str:
    """The same, with the name that it has in the field: "the usual limit of 0.80 (the four-fifths mark)"."""
    is_four_fifths = band.source == "default" and band.is_ratio
    return f"{whose_limit(band)}{' (the four-fifths mark)' if is_four_fifths else ''}"
