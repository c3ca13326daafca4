"""A gate's verdict for machines: every figure as it was computed, and the lines that were said of it."""

from __future__ import annotations

import math
from typing import Any

from core.metrics.gate import GatedGap
from core.metrics.verdicts import Gap
from core.report.words.gate import GateTold

KIND = "gate"


def gate_document(told: GateTold) -> dict[str, Any]:
    """The verdict as gate.json holds it. What cannot be computed, or is not bounded, is null; never inf or NaN."""
    verdict = told.verdict
    return {
        "plumbline": 1,
        "kind": KIND,
        "outcome": verdict.outcome,
        "fails": told.fails,
        "strict": told.strict,
        "sentence": told.first,
        "lines": list(told.lines()),
        "name": told.name,
        "created": told.created,
        "against": list(told.against),
        "paired": verdict.paired,
        "confidence": verdict.confidence,
        "gaps": [_gap(gap) for gap in verdict.gaps],
        "ledger": told.head or None,
    }


def _gap(gap: GatedGap) -> dict[str, Any]:
    value, (low, high) = (None, (None, None)) if gap.growth is None else gap.growth
    return {
        "outcome": gap.outcome,
        "by": list(gap.gap.by),
        "measure": gap.gap.measure,
        "group": dict(gap.gap.group),
        "reference": dict(gap.gap.reference),
        "before": _standing(gap.before),
        "now": _standing(None if gap.is_gone else gap.gap),
        "limit": list(gap.gap.band.ends),
        "limit_source": gap.gap.band.source,
        "limit_state": gap.limit,
        "worsening": gap.worsening,
        "growth": {"value": _finite(value), "low": _finite(low), "high": _finite(high)},
        "detectable": _finite(gap.detectable),
        "fewest": gap.fewest,
        "reason": gap.reason,
    }


def _standing(gap: Gap | None) -> dict[str, float | None]:
    return {end: None if gap is None else _finite(getattr(gap, end)) for end in ("value", "low", "high")}


def _finite(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(number)
