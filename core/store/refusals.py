"""What to do about a model file that was refused."""

from __future__ import annotations

from core.models.refusals import REFUSED, SAVED_BY_TORCH


def export_snippet(message: str) -> str | None:
    """Lines of Python that export a model safely, where this message refuses a model file; else None."""
    return next((refusal.snippet for refusal in (*REFUSED, SAVED_BY_TORCH) if refusal.says in message), None)
