"""Which files are models, and what to do about one that was refused."""

from __future__ import annotations

from core.models import readable as readable
from core.models.refusals import REFUSED, SAVED_BY_TORCH
from core.models.refusals.glance import is_model as is_model


def export_snippet(message: str) -> str | None:
    """Lines of Python that export a model safely, where this message refuses a model file; else None."""
    return next((refusal.snippet for refusal in (*REFUSED, SAVED_BY_TORCH) if refusal.says in message), None)
