"""Doubts about cells: spaces that a model would get, and numbers that can be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.data.profile import Column, Profile
from core.notes import Note, PlanEdit
from core.plan.notation.detection import with_other_digits
from core.plan.plan import Plan

_FEWEST = 3
_MOST_NAMED = 8


def spaces_for_a_model(plan: Plan, profile: Profile) -> Iterator[Note]:
    """Spaces around texts that a model gets, which may make each a value that it has never seen."""
    if plan.decision.model is None or plan.data.trim or plan.decision.text is not None:
        return
    own = {plan.data.label, plan.decision.image}
    spaced = {
        column.name: found
        for column in profile.columns
        if column.kind == "text" and column.name not in own and (found := _spaced(column))
    }
    if spaced:
        example = max(next(iter(spaced.values())), key=lambda text: text[1])[0]
        facts = {
            "columns": list(spaced)[:_MOST_NAMED],
            "more": max(0, len(spaced) - _MOST_NAMED),
            "cells": sum(n for found in spaced.values() for _, n in found),
            "example": example,
        }
        yield Note("spaces_for_a_model", facts, (PlanEdit("data", "trim", True),))


def points_of_thousands(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A column used for its numbers in which every sign stands before three digits: 1.234 may be over a thousand."""
    for name in _as_numbers(plan):
        if name not in profile.names or name in plan.data.numbers:
            continue
        column = profile.column(name)
        grouped = _grouped(column, profile.decimal)
        if grouped:
            other = "," if profile.decimal == "." else "."
            shown = with_other_digits(grouped[0])
            style = f"{shown}{other}00"
            facts = {"column": name, "example": shown, "style": style, "decimal": profile.decimal}
            yield Note("points_of_thousands", facts, (PlanEdit("data", "numbers", {name: style}),))


def _as_numbers(plan: Plan) -> list[str]:
    """The columns whose cells the plan has compared with numbers or fed as numbers."""
    conditions = ((plan.data.label, plan.data.favourable), (plan.decision.prediction, plan.decision.favourable))
    bounded = [name for name, condition in conditions if condition is not None and not condition.values]
    between = [rule.column for rule in plan.data.keep if rule.between is not None]
    named = [plan.decision.score, *bounded, *between, *plan.groups.bins, *plan.decision.features]
    return list(dict.fromkeys(name for name in named if name is not None))


def _grouped(column: Column, decimal: str) -> list[str]:
    """The numbers with a sign between their digits, where all could be thousands; none where one can not."""
    texts = [text.strip() for text, _ in column.values if text.strip()]
    if column.kind != "number" or column.style is not None:
        return []
    signed = [text for text in texts if decimal in text]
    whole = [text for text in texts if decimal not in text]
    sign = re.escape(decimal)
    fits = all(re.fullmatch(rf"-?[1-9]\d{{0,2}}{sign}\d{{3}}", text) for text in signed)
    small = all(not text.lstrip("-").isdigit() or len(text.lstrip("-")) < 4 for text in whole)
    return signed if fits and small and len(signed) >= _FEWEST else []


def _spaced(column: Column) -> list[tuple[str, int]]:
    """The texts with spaces around them, each with its number of cells; of very many texts those seen most often."""
    return [(text, n) for text, n in column.values if text != text.strip() and text.strip()]
