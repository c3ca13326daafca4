"""Counts, groups and score axes as a record writes them: sparse, and checked when they are read back."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.counts.counts import LABELS, SUMS, Axis, Counts, Groups, Ints
from core.plan.values import LARGEST_SCORE

# More than an audit ever counts, and no more than a machine holds: a record may be a stranger's.
MOST_CELLS = 1 << 26


def sparse(table: Ints) -> list[list[int]]:
    """A table of numbers as [place on each axis ..., n] where it is not 0, such as [sieve, group, n]."""
    places = np.argwhere(table)
    return [[*place, n] for place, n in zip(places.tolist(), table[tuple(places.T)].tolist(), strict=True)]


def left_out_from_json(rows: dict[str, Any], groups: int) -> Ints | None:
    """The table from its sparse form; None where a record has none. Raises ValueError where it does not add up."""
    if "left_out" not in rows:
        return None
    dropped = np.asarray(rows["dropped"], dtype=np.int64).reshape(-1)
    left_out = np.zeros((len(dropped), groups), dtype=np.int64)
    for sieve, group, n in rows["left_out"]:
        if not (0 <= sieve < len(dropped) and 0 <= group < groups and n > 0):
            raise ValueError("somebody was left out of nowhere")
        left_out[sieve, group] = n
    if (left_out.sum(axis=1) != dropped).any():
        raise ValueError("those left out do not add up")
    return left_out


def axis_to_json(axis: Axis) -> dict[str, Any]:
    """The axis as plain JSON values."""
    return {
        "edges": list(axis.edges),
        "dtype": axis.dtype,
        "kind": axis.kind,
        "lower_is_better": axis.lower_is_better,
        "decided": axis.decided,
    }


def axis_from_json(document: dict[str, Any]) -> Axis:
    """The axis from `axis_to_json`'s values. Raises ValueError where they describe none."""
    edges = tuple(map(float, document["edges"]))
    if not edges or list(edges) != sorted(set(edges)) or not (np.abs(edges) <= LARGEST_SCORE).all():
        raise ValueError("score edges are not strictly increasing, or too large")
    if document["dtype"] not in ("float32", "float64") or document["kind"] not in ("probability", "score", "decision"):
        raise ValueError("unknown kind of score axis")
    return Axis(
        edges, document["dtype"], document["kind"], bool(document["lower_is_better"]), bool(document["decided"])
    )


def groups_from_json(document: dict[str, Any]) -> Groups:
    """The groups from JSON values. Raises ValueError where a cell names a value that is not there."""
    values = tuple(tuple(map(str, names)) for names in document["values"])
    cells = tuple(tuple(map(int, cell)) for cell in document["cells"])
    attributes = tuple(map(str, document["attributes"]))
    fits = all(
        len(cell) == len(values) and all(0 <= v < len(names) for v, names in zip(cell, values, strict=True))
        for cell in cells
    )
    if not fits or len(attributes) != len(values) or len(set(cells)) != len(cells):
        raise ValueError("group cells do not fit the attributes")
    return Groups(attributes, values, cells)


def groups_to_json(groups: Groups) -> dict[str, Any]:
    """The groups as plain JSON values."""
    return {
        "attributes": list(groups.attributes),
        "values": [list(v) for v in groups.values],
        "cells": [list(c) for c in groups.cells],
    }


def counts_to_json(counts: Counts) -> dict[str, Any]:
    """The counts as plain JSON values: only the cells with people, as [cell, label, bin, n]."""
    return {
        "groups": groups_to_json(counts.groups),
        "axis": axis_to_json(counts.axis),
        "n": sparse(counts.n),
        "sums": counts.sums.tolist(),
    }


def counts_from_json(document: dict[str, Any]) -> Counts:
    """The counts from `counts_to_json`'s values. Raises ValueError or IndexError where they are not counts."""
    groups, axis = groups_from_json(document["groups"]), axis_from_json(document["axis"])
    if len(groups) * axis.bins > MOST_CELLS:
        raise ValueError("it has more groups and scores than there can be")
    n = np.zeros((len(groups), LABELS, axis.bins), np.int64)
    listed = np.asarray(document["n"], dtype=np.int64).reshape(-1, 4)
    if listed.min(initial=0) < 0:
        raise ValueError("it counts fewer than nobody")
    n[tuple(listed[:, :3].T)] = listed[:, 3]
    sums = np.asarray(document["sums"], dtype=np.int64).reshape(SUMS, len(groups), LABELS)
    return Counts(groups, axis, n, sums)
