"""Whether a picture can be trusted: what was measured of an explanation, beside the limit it must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "failed", "not_checkable"]
# How many rows are looked at, and how many images where each is explained again and again: an image has more places
# than a table has columns, so fewer of them give as many values.
ROWS, IMAGES = 24, 8
# How often rows are explained again: with values changed a little, and with weights drawn anew where there are some.
NUDGED, REDRAWN = 4, 5
NAMES = ("completeness", "stability", "infidelity", "randomisation", "agreement")


@dataclass(frozen=True)
class Check:
    """One check.

    `value` and `limit` are None where it could not run; `reason` is a plain sentence on what was seen.
    """

    name: str
    state: State
    reason: str
    value: float | None = None
    limit: float | None = None
