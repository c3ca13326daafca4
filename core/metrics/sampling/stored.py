"""`Sampled` as files of a job, which are checked as hostile input, and as plain JSON values in a record."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Ints
from core.counts.rules import Rule, confusion
from core.counts.weights import MILLION, MOST_UNITS
from core.metrics.sampling.clusters import ClusterSums
from core.metrics.sampling.kind_sums import KINDS, PATTERNS, kinds
from core.metrics.sampling.sampled import PLAIN, By, Sampled
from core.metrics.sampling.weighted import WeightedCounts
from core.plan.plan import Plan

FIELDS = ("totals", "squares", "rows", "patterns", "shared")


def write(sampled: Sampled, out: Path) -> dict[str, Any]:
    """Write the tables into a job's folder; what its facts say of them."""
    if sampled.weighted is not None:
        np.save(out / "weights_w.npy", sampled.weighted.w)
        np.save(out / "weights_w2.npy", sampled.weighted.w2)
        return {"unit": sampled.weighted.unit}
    for place, table in enumerate((sampled.clusters or {}).values()):
        for name in FIELDS:
            np.save(out / f"people_{place}_{name}.npy", getattr(table, name))
    return {}


def read(
    out: Path,
    facts: dict[str, Any],
    plan: Plan,
    counts: Counts,
    tables: list[By],
    rule: Rule,
    load: Callable[[Path], npt.NDArray[Any]],
) -> Sampled:
    """What a job wrote of rows that weigh differently or repeat a person. Raises ValueError where it is not that.

    `tables` are the plan's tables of groups; `rule` says who is selected; `load` reads an array of the job's folder.
    """
    if plan.data.person is not None:
        return Sampled(
            clusters={
                by: _checked_people(
                    {name: load(out / f"people_{place}_{name}.npy") for name in FIELDS}, plan, counts, rule, by
                )
                for place, by in enumerate(tables)
            }
        )
    if plan.data.weight is None:
        return PLAIN
    unit = float(facts["unit"])
    power = math.log10(unit) if 0 < unit < math.inf else math.nan
    if not abs(math.remainder(power, 1.0)) < 1e-9:
        raise ValueError("its unit of weights is no power of ten")
    return Sampled(weighted=_checked_weights(unit, load(out / "weights_w.npy"), load(out / "weights_w2.npy"), counts))


def _checked_weights(unit: float, w: npt.NDArray[Any], w2: npt.NDArray[Any], counts: Counts) -> WeightedCounts:
    n = counts.n.astype(np.float64)
    for each, most in ((w, MOST_UNITS), (w2, MOST_UNITS**2)):
        if each.shape != counts.n.shape or each.dtype != np.int64 or each.min() < 0:
            raise ValueError("its weights are not weights")
        if (each > n * (most * MILLION + 1)).any():
            raise ValueError("its weights do not fit its people")
    if (w.astype(np.float64) ** 2 > n * (w2.astype(np.float64) + n) * MILLION * (1 + 1e-9)).any():
        raise ValueError("its weights and their squares do not fit each other")
    return WeightedCounts(unit, w, w2)


def _checked_people(arrays: dict[str, npt.NDArray[Any]], plan: Plan, counts: Counts, rule: Rule, by: By) -> ClusterSums:
    rows = np.asarray(kinds(confusion(counts, rule, by)), dtype=np.int64)
    size = len(rows)
    shapes = ((size, KINDS), (size, KINDS, KINDS), (size, KINDS), (size, PATTERNS), (size, size))
    for name, shape in zip(FIELDS, shapes, strict=True):
        if arrays[name].shape != shape or arrays[name].dtype != np.int64 or arrays[name].min() < 0:
            raise ValueError("its sums of people are not sums")
    table = ClusterSums(**arrays)
    people = table.patterns.sum(axis=1)
    most = rows * (MOST_UNITS if plan.data.weight is not None else 1.0) * MILLION
    fits = (
        (table.rows == rows).all()
        and (table.totals <= most + rows).all()
        and (plan.data.weight is not None or (table.totals == rows * MILLION).all())
        and (table.patterns <= rows.sum(axis=1)[:, None]).all()
        and not table.patterns[:, 0].any()
        and (people <= rows.sum(axis=1)).all()
        and (table.shared == table.shared.T).all()
        and (np.diagonal(table.shared) == people).all()
        and (table.shared <= np.minimum(people[:, None], people)).all()
        and (table.squares == table.squares.transpose(0, 2, 1)).all()
    )
    if not fits:
        raise ValueError("its sums of people do not fit its counts")
    return table


# ---------------------------------------------------------------- in a record


def to_json(sampled: Sampled) -> dict[str, Any]:
    """The tables as plain JSON values, under "weights" or "people"; nothing where every row is one person."""
    if sampled.weighted is not None:
        weighted = sampled.weighted
        return {"weights": {"unit": weighted.unit, "w": _sparse(weighted.w), "w2": _sparse(weighted.w2)}}
    if sampled.clusters is not None:
        return {
            "people": [
                {"by": list(by), "groups": len(table.rows), **{name: _sparse(getattr(table, name)) for name in FIELDS}}
                for by, table in sampled.clusters.items()
            ]
        }
    return {}


def from_json(document: dict[str, Any], counts: Counts) -> Sampled:
    """The tables from a record's values. Raises KeyError, ValueError or IndexError where they are not that."""
    if "weights" in document:
        found = document["weights"]
        w, w2 = (_dense(found[name], counts.n.shape) for name in ("w", "w2"))
        return Sampled(weighted=WeightedCounts(float(found["unit"]), w, w2))
    if "people" in document:
        return Sampled(clusters={tuple(map(str, found["by"])): _people(found) for found in document["people"]})
    return PLAIN


def _people(found: dict[str, Any]) -> ClusterSums:
    size = int(found["groups"])
    shapes = ((size, KINDS), (size, KINDS, KINDS), (size, KINDS), (size, PATTERNS), (size, size))
    return ClusterSums(**{name: _dense(found[name], shape) for name, shape in zip(FIELDS, shapes, strict=True)})


def _sparse(table: Ints) -> list[list[int]]:
    """The cells that are not 0, as [place, ..., number]."""
    places = np.argwhere(table)
    numbers = table[tuple(places.T)].tolist()
    return [[*place, number] for place, number in zip(places.tolist(), numbers, strict=True)]


def _dense(cells: list[list[int]], shape: tuple[int, ...]) -> Ints:
    table = np.zeros(shape, np.int64)
    for *place, number in cells:
        table[tuple(map(int, place))] = int(number)
    return table
