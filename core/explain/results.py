"""Taking over what an explain job wrote: read as hostile input, every table checked against the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import Groups
from core.data.images.thumbnails import are_thumbnails
from core.explain.explanation import Changed, Explanation
from core.explain.groups.attribution import DECISIONS, SUMS, TOTAL, TOTAL_ABS, TOTAL_SQUARES, Attribution
from core.explain.groups.exemplars import FILE as TELLING_FILE
from core.explain.groups.exemplars import MOST as MOST_TELLING
from core.explain.groups.exemplars import PIXELS_FILE, Telling
from core.explain.groups.paired import PRODUCTS, Paired
from core.explain.methods import EXPLAINERS
from core.explain.person import Change, Person, PersonSide
from core.explain.sanity_checks.check import NAMES, Check
from core.jobs.untrusted import (
    ARRAY_CAP,
    FACTS_CAP,
    believing_nothing,
    checked_array,
    checked_json,
    checked_texts,
    one_line,
)
from core.plan.plan import Plan
from core.record import groups_from_json

FACTS_FILE, CHANGED_FILE, PERSON_FILE = "explanation.json", "changed.json", "person.json"
MOST_FEATURES, MOST_CHANGED, MOST_CHANGES = 20_000, 50, 5
LONGEST_TEXT = 10_000
# Sums of the same numbers in another order differ by rounding.
ROUNDING = 1e-6


def collect_explanation(
    out: Path, plan: Plan, plan_after: Plan | None, rows: int, data_sha256: str, model_sha256: str | None
) -> Explanation:
    """What an explain job wrote.

    Parameters
    ----------
    out
        The job's output folder.
    plan, plan_after, data_sha256, model_sha256
        The questions and the digests of what was put in, as the supervisor knows them.
    rows
        Rows of the table.
    """
    with believing_nothing():
        facts = checked_json(out / FACTS_FILE, FACTS_CAP)
        method, kept = str(facts["method"]), int(facts["kept"])
        if method not in EXPLAINERS or not 0 < kept <= rows:
            raise ValueError("it was not made by a known method, or of other people")
        groups, features = groups_from_json(facts["groups"]), checked_features(facts["features"])
        if groups.attributes != plan.groups.sensitive:
            raise ValueError("its groups are not the plan's")
        reader = _Reader(out, groups, features, kept)
        before = reader.attribution("before")
        after = None if plan_after is None else reader.attribution("after")
        if before.people == 0 or (after is not None and after.people != before.people):
            raise ValueError("it explains nobody, or other people after")
        paired = None if after is None else reader.paired(before, after)
        changed = () if after is None else _changed(out, groups, rows)
        return Explanation(
            plan,
            plan_after,
            method,
            before,
            after,
            paired,
            changed,
            kept,
            _base(facts["base"], plan_after),
            _proxies(facts["proxies"], plan, features),
            *_checks(facts["checks"], plan_after),
            "cuda" if facts["device"] == "cuda" else "cpu",
            checked_texts(facts["warnings"]),
            data_sha256,
            model_sha256,
            {str(k)[:100]: str(v)[:100] for k, v in dict(facts["versions"]).items()},
            {str(k)[:100]: float(v) for k, v in dict(facts["seconds"]).items()},
            _telling(out, groups, features, rows),
        )


def checked_features(document: Any) -> tuple[str, ...]:
    """Names of features, each once. Raises ValueError."""
    features = tuple(str(name) for name in document)
    if not 0 < len(features) <= MOST_FEATURES or len(set(features)) < len(features):
        raise ValueError("it names no features, one twice, or too many")
    if max(map(len, features)) > 1000:
        raise ValueError("a feature's name is too long")
    return features


def checked_check(entry: dict[str, Any]) -> Check:
    """A check as the job reports it. Raises ValueError where it says it passed without a number."""
    name, state = str(entry["name"]), entry["state"]
    value, limit = (None if entry[key] is None else float(entry[key]) for key in ("value", "limit"))
    if name not in NAMES or state not in ("passed", "failed", "not_checkable"):
        raise ValueError("it made an unknown check")
    if state != "not_checkable" and (value is None or limit is None):
        raise ValueError("a check has a verdict and no number")
    return Check(name, state, one_line(entry["reason"]), value, limit)


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads the tables of one job."""

    out: Path
    groups: Groups
    features: tuple[str, ...]
    kept: int

    def attribution(self, name: str) -> Attribution:
        """A table of sums that can be sums of as many numbers as it counts people. Raises ValueError."""
        n = checked_array(self.out / f"{name}_n.npy", ARRAY_CAP)
        sums = checked_array(self.out / f"{name}_sums.npy", ARRAY_CAP)
        if n.shape != (len(self.groups), DECISIONS) or n.dtype != np.int64 or n.min() < 0 or n.sum() > self.kept:
            raise ValueError("its people are not people")
        if sums.shape != (SUMS, *n.shape, len(self.features)) or sums.dtype != np.float64:
            raise ValueError("its sums have the wrong shape")
        if not np.isfinite(sums).all() or sums[TOTAL_ABS:].min(initial=0) < 0:
            raise ValueError("its sums are not finite, or below 0")
        total, total_abs, squares = sums[TOTAL], sums[TOTAL_ABS], sums[TOTAL_SQUARES]
        slack = 1 + ROUNDING
        if (np.abs(total) > total_abs * slack + ROUNDING).any():
            raise ValueError("its sums do not fit each other")
        # Cauchy and Schwarz: the square of a sum of n numbers is at most n times the sum of their squares.
        if (total_abs**2 > n[..., None] * squares * slack + ROUNDING).any():
            raise ValueError("its sums do not fit its people")
        return Attribution(self.groups, self.features, n, sums)

    def paired(self, before: Attribution, after: Attribution) -> Paired:
        """The same people twice. Raises ValueError where they are not those of the two tables."""
        first, second, change = (self.attribution(f"paired_{name}") for name in ("before", "after", "change"))
        products = checked_array(self.out / "paired_products.npy", ARRAY_CAP)
        if any((each.n != before.n).any() for each in (first, second, change)):
            raise ValueError("its pairs are other people")
        if products.shape != (PRODUCTS, *first.sums.shape[1:]) or products.dtype != np.float64:
            raise ValueError("its products have the wrong shape")
        same = (
            (first.sums, before.sums),
            (second.sums.sum(axis=2), after.sums.sum(axis=2)),
            (change.sums[TOTAL], second.sums[TOTAL] - first.sums[TOTAL]),
            (
                change.sums[TOTAL_SQUARES],
                first.sums[TOTAL_SQUARES] + second.sums[TOTAL_SQUARES] - 2 * products[0],
            ),
        )
        if not all(np.allclose(one, other, rtol=ROUNDING, atol=ROUNDING) for one, other in same):
            raise ValueError("its pairs do not add up to before and after")
        bound = first.sums[TOTAL_SQUARES] * second.sums[TOTAL_SQUARES] * (1 + ROUNDING) + ROUNDING
        if not np.isfinite(products).all() or (products**2 > bound).any():
            raise ValueError("its products are no products")
        return Paired(first, second, change, products)


def _checks(document: Any, plan_after: Plan | None) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Each model's checks: every one there is, once."""
    sides = tuple(tuple(checked_check(entry) for entry in side) for side in document)
    if len(sides) != (1 if plan_after is None else 2):
        raise ValueError("it checked another number of models")
    if any(tuple(check.name for check in side) != NAMES for side in sides):
        raise ValueError("it left a check out, or made one twice")
    return sides[0], sides[1] if len(sides) > 1 else ()


def _base(document: Any, plan_after: Plan | None) -> tuple[float, ...]:
    base = tuple(float(score) for score in document)
    if len(base) != (1 if plan_after is None else 2) or not all(0 <= score <= 1 for score in base):
        raise ValueError("its base is no score")
    return base


def _proxies(document: Any, plan: Plan, features: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    found = {str(name): tuple(float(strength) for strength in row) for name, row in dict(document).items()}
    if tuple(found) != plan.groups.sensitive:
        raise ValueError("it tells of other columns than the sensitive ones")
    if any(len(row) != len(features) or not all(0 <= s <= 1 for s in row) for row in found.values()):
        raise ValueError("how columns go along with groups is not from 0 to 1")
    return found


def _changed(out: Path, groups: Groups, rows: int) -> tuple[Changed, ...]:
    listed = list(checked_json(out / CHANGED_FILE, FACTS_CAP))
    if len(listed) > MOST_CHANGED or len({int(entry["row"]) for entry in listed}) < len(listed):
        raise ValueError("it lists somebody twice, or too many people")
    return tuple(_person(entry, groups, rows) for entry in listed)


def _telling(out: Path, groups: Groups, features: tuple[str, ...], rows: int) -> tuple[Telling, ...]:
    """The single images, pixels that a page may show; none where the job wrote none, or they were deleted since."""
    if not (out / TELLING_FILE).exists():
        return ()
    listed, pixels = list(checked_json(out / TELLING_FILE, FACTS_CAP)), checked_array(out / PIXELS_FILE, ARRAY_CAP)
    if not are_thumbnails(pixels, MOST_TELLING) or len(listed) != len(pixels):
        raise ValueError("its images are none")
    found = []
    for entry, image in zip(listed, pixels, strict=True):
        row, cell, score = int(entry["row"]), int(entry["cell"]), float(entry["score"])
        values = tuple(float(value) for value in entry["values"])
        if not 0 <= row < rows or not 0 <= cell < len(groups) or not 0 <= score <= 1 or len(values) != len(features):
            raise ValueError("an image is of nobody in the table")
        found.append(Telling(row, groups.names(cell), score, entry["selected"] is True, values, image))
    return tuple(found)


def _person(entry: dict[str, Any], groups: Groups, rows: int) -> Changed:
    row, cell = int(entry["row"]), int(entry["cell"])
    before, after = float(entry["score_before"]), float(entry["score_after"])
    if not 0 <= row < rows or not 0 <= cell < len(groups) or not all(0 <= s <= 1 for s in (before, after)):
        raise ValueError("it lists people who are not in the table")
    return Changed(row, groups.names(cell), before, after, entry["selected_after"] is True)


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


def _change(entry: dict[str, Any], features: tuple[str, ...], plan: Plan) -> Change:
    columns, score = tuple(map(str, entry["columns"])), float(entry["score"])
    if not 0 < len(columns) <= 2 or not set(columns) <= set(features) - set(plan.groups.sensitive):
        raise ValueError("it would change what cannot be changed")
    if not 0 <= score <= 1:
        raise ValueError("a change has no score")
    return Change(columns, _texts(entry["now"], len(columns)), _texts(entry["then"], len(columns)), score)


def _texts(document: Any, count: int) -> tuple[str, ...]:
    texts = tuple(str(text) for text in document)
    if len(texts) != count or max(map(len, texts)) > LONGEST_TEXT:
        raise ValueError("its cells are not the features'")
    return texts
