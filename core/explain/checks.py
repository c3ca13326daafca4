"""Whether a picture can be trusted: what was measured of an explanation, beside the limit it must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "failed", "not_checkable"]
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
