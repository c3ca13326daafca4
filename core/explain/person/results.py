"""What a job found of one person, read as hostile input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.explain.person import Counterfactual, Person, PersonSide
from core.explain.person.coloured_original import collect_original
from core.explain.results import checked_features
from core.jobs.untrusted import FACTS_CAP, believing_nothing, checked_json, one_line
from core.plan.plan import Plan

PERSON_FILE = "person.json"
MOST_CHANGES, LONGEST_TEXT = 5, 10_000


def collect_person(out: Path, plan: Plan, row: int, sides: int) -> Person:
    """What a job wrote of the person in one row of the table, by one model or two."""
    with believing_nothing():
        found = checked_json(out / PERSON_FILE, FACTS_CAP)
        features, group = checked_features(found["features"]), dict(found["group"])
        if int(found["row"]) != row or tuple(group) != plan.groups.sensitive or len(found["sides"]) != sides:
            raise ValueError("it tells of somebody else")
        cells = _texts(found["cells"], len(features))
        return Person(
            row,
            {name: one_line(group[name]) for name in plan.groups.sensitive},
            features,
            cells,
            tuple(_person_side(side, features, plan) for side in found["sides"]),
            collect_original(out, len(features), sides),
        )


def _person_side(document: dict[str, Any], features: tuple[str, ...], plan: Plan) -> PersonSide:
    score, base = float(document["score"]), float(document["base"])
    values = tuple(float(value) for value in document["values"])
    spread = None if document["spread"] is None else tuple(float(value) for value in document["spread"])
    if not (0 <= score <= 1 and 0 <= base <= 1) or {len(values), len(spread or values)} != {len(features)}:
        raise ValueError("a person's score or reasons are none")
    if min(spread or (0.0,)) < 0 or len(document["changes"]) > MOST_CHANGES:
        raise ValueError("a person's reasons are surer than sure, or too many changes are named")
    changes = tuple(_change(entry, features, plan) for entry in document["changes"])
    return PersonSide(score, document["selected"] is True, base, values, spread, changes)


def _change(entry: dict[str, Any], features: tuple[str, ...], plan: Plan) -> Counterfactual:
    columns, score = tuple(map(str, entry["columns"])), float(entry["score"])
    if not 0 < len(columns) <= 2 or not set(columns) <= set(features) - set(plan.groups.sensitive):
        raise ValueError("it would change what cannot be changed")
    if not 0 <= score <= 1:
        raise ValueError("a change has no score")
    return Counterfactual(columns, _texts(entry["now"], len(columns)), _texts(entry["then"], len(columns)), score)


def _texts(document: Any, count: int) -> tuple[str, ...]:
    texts = tuple(str(text) for text in document)
    if len(texts) != count or max(map(len, texts)) > LONGEST_TEXT:
        raise ValueError("its cells are not the features'")
    return texts
