"""A reader who subtracts: what a result.json tells of numbers that it hides, by two ways that share no code."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

KINDS = ("tp", "fp", "fn", "tn", "us", "ur")
KNOWN = "tp fp fn tn"
# Numerator and denominator of each metric, as the field defines them.
SHARES = {
    "selection_rate": ("tp fp us", "tp fp fn tn us ur"),
    "base_rate": ("tp fn", KNOWN),
    "false_negative_rate": ("fn", "tp fn"),
    "false_positive_rate": ("fp", "fp tn"),
    "true_positive_rate": ("tp", "tp fn"),
    "true_negative_rate": ("tn", "fp tn"),
    "accuracy": ("tp tn", KNOWN),
    "error_rate": ("fp fn", KNOWN),
    "positive_predictive_value": ("tp", "tp fp"),
    "negative_predictive_value": ("tn", "fn tn"),
}
# Who was decided on less those of them whose outcome is known.
OF_UNKNOWN_OUTCOME = {"us": ("tp fp us", "tp fp"), "ur": ("fn tn ur", "fn tn")}
Group = tuple[tuple[str, str], ...]
Number = tuple[Group, str]


def numbers_of(group: dict[str, Any]) -> dict[Number, int | None]:
    """Every number of people that a group of result.json states, None where it is hidden, by what it counts."""
    name: Group = tuple(group["group"].items())
    stated: dict[Number, int | None] = {(name, " ".join(KINDS)): group["n"]}
    if "base_rate" in group["metrics"]:
        stated[(name, KNOWN)] = group["labelled"]
    for metric, (k, n) in SHARES.items():
        if metric in group["metrics"]:
            top, bottom = (group["metrics"][metric][side] for side in ("numerator", "denominator"))
            rest = " ".join(kind for kind in n.split() if kind not in k.split())
            both = None if top is None or bottom is None else bottom - top
            for kinds, value in ((k, top), (n, bottom), (rest, both)):
                if stated.get((name, kinds)) is None:
                    stated[(name, kinds)] = value
    if "base_rate" in group["metrics"]:
        for unknown, (decided, known) in OF_UNKNOWN_OUTCOME.items():
            whole, part = stated[(name, decided)], stated[(name, known)]
            stated[(name, unknown)] = None if whole is None or part is None else whole - part
    return stated


def published(result: dict[str, Any]) -> dict[Number, int]:
    """What is not hidden, with what is said of everybody."""
    rows = result["rows"]
    found: dict[Number, int] = {((), " ".join(KINDS)): rows["kept"], ((), KNOWN): rows["labelled"]}
    for group in result["groups"]:
        found.update({number: value for number, value in numbers_of(group).items() if value is not None})
    return found


def secrets(whole: dict[str, Any]) -> dict[Number, int]:
    """The numbers of 1 to 4 people of an audit that hides nothing."""
    stated = itertools.chain.from_iterable(numbers_of(group).items() for group in whole["groups"])
    return {number: value for number, value in stated if value is not None and 1 <= value <= 4}


def weights(number: Number, cells: list[Group]) -> np.ndarray:
    group, kinds = number
    inside = [set(group) <= set(cell) for cell in cells]
    return np.outer(inside, [kind in kinds.split() for kind in KINDS]).astype(float).ravel()


def cells_of(result: dict[str, Any]) -> list[Group]:
    """The finest groups that a result names."""
    finest = max(len(group["by"]) for group in result["groups"])
    return [tuple(group["group"].items()) for group in result["groups"] if len(group["by"]) == finest]


def spread_by_solver(result: dict[str, Any], numbers: Iterable[Number]) -> Iterator[int]:
    """Largest less smallest value of each number, in whole people, by an integer programme of the whole document."""
    cells, known = cells_of(result), published(result)
    rows = np.array([weights(number, cells) for number in known])
    values = np.array(list(known.values()), dtype=float)
    there = np.array([weights((cell, " ".join(KINDS)), cells) for cell in cells])
    limits = [LinearConstraint(rows, values, values), LinearConstraint(there, 1, np.inf)]
    for number in numbers:
        aim = weights(number, cells)
        ends = [
            sign * milp(sign * aim, constraints=limits, integrality=np.ones(aim.size), bounds=Bounds(0, np.inf)).fun
            for sign in (1, -1)
        ]
        yield round(ends[1] - ends[0])


@lru_cache(maxsize=4)
def every_way(people: int, places: int) -> np.ndarray:
    """Every way of putting so many people in so many places: int of shape (ways, places)."""
    bars = np.array(list(itertools.combinations(range(people + places - 1), places - 1)), dtype=np.int64)
    ends = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), people + places - 1)])
    return np.diff(ends, axis=1) - 1


def spread_by_counting(result: dict[str, Any], numbers: Iterable[Number]) -> Iterator[int]:
    """The same for decisions without outcomes, by going through every table that there could be."""
    cells, known = cells_of(result), published(result)
    decided = np.isin(np.tile(KINDS, len(cells)), ("us", "ur"))
    tables = every_way(result["rows"]["kept"], 2 * len(cells))
    tables = tables[(tables.reshape(len(tables), -1, 2).sum(axis=2) > 0).all(axis=1)]
    for number, value in known.items():
        tables = tables[tables @ weights(number, cells)[decided] == value]
    for number in numbers:
        yield int(np.ptp(tables @ weights(number, cells)[decided]))


def derived(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a gap or a metric is computed from people."""
    names = (
        "value",
        "low",
        "high",
        "numerator",
        "denominator",
        "p_value",
        "p_adjusted",
        "effective_n",
        "binning_error",
    )
    return {name: row[name] for name in names if row.get(name) is not None}
