"""What a reader must know of how a model meets a table: its good class, its own threshold, values it never saw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.data.profile import Column, Profile
from core.models.inputs.binding import Binding
from core.models.inputs.booleans import are_truths
from core.models.model import Input, Model
from core.models.outputs.classes import called_good, class_name, favourable_indices, written
from core.models.recipe import CategoryColumn
from core.notes import Note, PlanEdit
from core.plan.plan import Decision, Plan
from core.plan.values import Key, is_number, key, keys

FEWEST_ROWS = 20
# From this share of a column's cells on, what the model does not know of it could make the answer meaningless.
MANY_UNKNOWN = 0.05
MOST_SHOWN = 5
_NUMBER_OF_A_PERSON = frozenset(["id", "nr", "no", "key", "uuid", "index", "number", "nummer", "kennung", "ssn"])
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def doubted(model: Model, binding: Binding, profile: Profile, plan: Plan, decision: Decision) -> Iterator[Note]:
    """Notes on a model that is bound to a table; `decision` is the plan's, its good class settled."""
    if model.classes is not None:
        yield from _good_class(model.classes, plan, decision)
        yield from _own_threshold(model, plan, decision)
    yield from doubted_fit(model, binding, profile, plan)


def doubted_fit(model: Model, binding: Binding, profile: Profile, plan: Plan) -> Iterator[Note]:
    """Notes on what the model is fed, whatever is good for the person."""
    yield from _unknown_values(model, binding, profile, plan)
    yield from _identifiers(model, binding, profile)
    absent = keys(plan.data.missing)
    truths = [name for name in _numeric(binding) if are_truths(profile.column(name), absent)]
    if truths:
        yield Note("truths_as_numbers", {"columns": truths})


def _good_class(classes: tuple[str | int | float, ...], plan: Plan, decision: Decision) -> Iterator[Note]:
    """Which class counts as good, where that is easily mistaken, and whether the outcome says otherwise."""
    places = favourable_indices(decision, classes, len(classes))
    chosen, said = [class_name(classes[place]) for place in places], plan.decision.favourable_class
    called = called_good(plan.data.favourable, classes)
    if called and set(called) != set(places):
        names = [written(classes, place) for place in called]
        change = PlanEdit("decision", "favourable_class", names[0] if len(names) == 1 else names)
        facts = {"column": plan.data.label, "chosen": chosen, "outcome": list(map(str, names))}
        yield Note("class_against_outcome", facts, (change,))
    by_place = isinstance(said, int) and any(isinstance(one, str) for one in classes)
    if by_place or (said is None and places != (1,)):
        others = [class_name(one) for place, one in enumerate(classes) if place not in places]
        yield Note("good_class", {"chosen": chosen, "others": others, "position": said if by_place else None})


def _own_threshold(model: Model, plan: Plan, decision: Decision) -> Iterator[Note]:
    """A threshold of the model's own beside the plan's."""
    if model.threshold is None or model.classes is None or decision.output == "class":
        return
    if plan.decision.rule is not None or len(model.classes) != 2:
        return
    is_second = favourable_indices(decision, model.classes, 2) == (1,)
    own = model.threshold if is_second else round(1 - model.threshold, 12)
    here = 0.5 if decision.threshold is None else decision.threshold
    if own != here:
        facts = {"own": own, "threshold": here, "stated": decision.threshold is not None}
        yield Note("own_threshold", facts, (PlanEdit("decision", "threshold", own),))


def _unknown_values(model: Model, binding: Binding, profile: Profile, plan: Plan) -> Iterator[Note]:
    """Columns some of whose values the model never saw; of those known but for spaces the note on spaces tells."""
    absent = keys(plan.data.missing)
    for name, known in _categories(model, binding).items():
        column = profile.column(name)
        filled = [(text, n) for text, n in column.values if key(text, profile.decimal) not in absent]
        strange = [
            (text, n)
            for text, n in filled
            if not _is_known(text, known, profile.decimal) and not _is_known(text.strip(), known, profile.decimal)
        ]
        if not strange:
            continue
        cells, all_cells = sum(n for _, n in strange), sum(n for _, n in filled)
        facts = {
            "column": name,
            "values": [[text[:60], n] for text, n in strange[:MOST_SHOWN]],
            "distinct": len(strange),
            "cells": cells,
            "filled": all_cells,
            "known": [class_name(one)[:60] for one in sorted(_names(known), key=str)[:MOST_SHOWN]],
        }
        yield Note("unknown_column" if cells >= MANY_UNKNOWN * all_cells else "unknown_values", facts)


def _categories(model: Model, binding: Binding) -> dict[str, Input | CategoryColumn]:
    """The columns whose known values the file lists."""
    listed: dict[str, Input | CategoryColumn] = {}
    inputs = {each.name: each for each in model.inputs or ()}
    for wire in binding.wires:
        if wire.input in inputs and inputs[wire.input].categories:
            listed[wire.column] = inputs[wire.input]
    for column in binding.recipe.columns if binding.recipe is not None else ():
        if isinstance(column, CategoryColumn):
            listed[column.name] = column
    return listed


def _is_known(text: str, known: Input | CategoryColumn, decimal: str) -> bool:
    """Whether the model knows a cell, compared as the model compares."""
    if isinstance(known, CategoryColumn):
        return key(text, decimal) in {key(category) for category in known.categories}
    if known.kind == "text":
        return known.knows(text)
    found: Key = key(text, decimal)
    return not is_number(text, decimal) or known.knows(float(found))


def _names(known: Input | CategoryColumn) -> tuple[str | float, ...]:
    return tuple(known.categories or ())


def _identifiers(model: Model, binding: Binding, profile: Profile) -> Iterator[Note]:
    """Columns that number the people and that the model computes with."""
    if model.reads_text or model.picture is not None or profile.rows < FEWEST_ROWS:
        return
    for name in dict.fromkeys(binding.columns_used):
        column = profile.column(name)
        if column.unique and _numbers_people(column, profile.rows):
            yield Note("identifier_fed", {"column": name})


def _numbers_people(column: Column, rows: int) -> bool:
    if column.kind == "text":
        return True
    named = {word.casefold() for word in _WORD.findall(column.name)}
    if column.low is None or column.high is None:
        return False
    whole = all("." not in text and "," not in text for text, _ in column.values)
    return whole and (bool(named & _NUMBER_OF_A_PERSON) or column.high - column.low + 1 == rows)


def _numeric(binding: Binding) -> list[str]:
    """The columns that the model computes with."""
    if binding.wires:
        return [wire.column for wire in binding.wires if wire.kind == "number"]
    if binding.recipe is not None:
        return [column.name for column in binding.recipe.columns if column.kind == "number"]
    return [] if binding.images is not None else list(binding.columns_used)
