"""The evidence of one audit: the plan, digests, counts and environment. Never a row."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from core.counts.counts import LABELS, SUMS, Axis, Counts, Groups, Ints
from core.errors import JobError, PlanError
from core.metrics.comparison import Comparison, compare_audits
from core.metrics.reference import References
from core.metrics.sampling import stored
from core.metrics.sampling.sampled import PLAIN, Sampled
from core.metrics.second_opinion import SecondOpinion
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Judgement, judge
from core.metrics.words.notes import worded
from core.notes import SAID, Note
from core.plan.plan import Plan
from core.plan.values import LARGEST_SCORE

VERSION = 1
# Words and pictures stand above this room: what shows a record in a notebook is named, as a kind of job is.
SHOWN_BY = "core.report.documents.notebook:notebook_html"


@dataclass(frozen=True)
class Digests:
    """SHA-256 of the files that were put in: the table, the model and the zip of images; None where there was none."""

    table: str
    model: str | None = None
    images: str | None = None


@dataclass(frozen=True)
class Provenance:
    """What ran on what, and how long each step took, in seconds.

    `device` is "cpu" or "cuda"; `near_threshold` counts the scores within 1e-5 of the threshold.
    """

    data_sha256: str
    model_sha256: str | None
    device: str
    batch_size: int | None
    near_threshold: int
    versions: dict[str, str]
    seconds: dict[str, float]
    images_sha256: str | None = None


@dataclass(frozen=True)
class Fed:
    """A column that a model was fed: its place among the inputs, from 1, and the first cell, None where forgotten."""

    position: int
    column: str
    first: str | None = None


@dataclass(frozen=True, eq=False)
class AuditRecord:
    """One audit, whole: enough to judge, compare and gate elsewhere.

    `rows_read` counts the table's rows, `dropped` how many each `keep` rule left out; `notes` is what a reader must
    know beside the numbers; `created` is UTC, ISO 8601; `parent` is the digest of the audit this one was made from;
    `previous` that of the record before it. `sampled` stands beside the counts where rows weigh differently or repeat a
    person. Where a column counts people, `rows_read` and `dropped` are people, and `lines` the rows of the table.
    `left_out` has shape (sieves, groups): how many people of each group each sieve left out; None in older records.
    `model_format` is what the model was opened as (`core.models.FORMATS`); a record's JSON does not say it.
    """

    plan: Plan
    counts: Counts
    references: References
    rows_read: int
    dropped: tuple[int, ...]
    notes: tuple[Note, ...]
    second_opinion: SecondOpinion
    provenance: Provenance
    created: str = ""
    parent: str | None = None
    previous: str | None = None
    sampled: Sampled = PLAIN
    lines: int | None = None
    left_out: Ints | None = None
    fed: tuple[Fed, ...] = ()
    model_format: str | None = None

    def judgement(self) -> Judgement:
        """What follows from the counts at the plan's rule."""
        return judge(self.counts, self.plan, stated_rule(self.counts, self.plan), self.references, self.sampled)

    def _repr_html_(self) -> str:
        """What a notebook shows: the answer, the picture and the table."""
        module, _, name = SHOWN_BY.partition(":")
        shown: str = getattr(import_module(module), name)(self)
        return shown

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the record as written."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values; cells without people are left out."""
        return {
            "plumbline": VERSION,
            "created": self.created,
            "parent": self.parent,
            "previous": self.previous,
            "plan": self.plan.to_toml(),
            "rows": {"read": self.rows_read, "dropped": list(self.dropped)}
            | ({} if self.lines is None else {"lines": self.lines})
            | ({} if self.left_out is None else {"left_out": sparse(self.left_out)}),
            "references": [{"by": list(by), "values": list(values)} for by, values in self.references.items()],
            "counts": counts_to_json(self.counts),
            **stored.to_json(self.sampled),
            "warnings": [note.to_json() for note in self.notes],
            "aif360": asdict(self.second_opinion),
            "provenance": asdict(self.provenance),
            # The first cells are left out: they are a person's, and a record outlives the rows.
            **({"fed": [[each.position, each.column] for each in self.fed]} if self.fed else {}),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> AuditRecord:
        """The record from `to_json`'s values. Raises JobError where they are not a record."""
        try:
            if document["plumbline"] != VERSION:
                raise JobError(
                    f"This record is of format {document['plumbline']}; this Plumbline reads format {VERSION}. Update"
                    " Plumbline."
                )
            counts, lines = counts_from_json(document["counts"]), document["rows"].get("lines")
            return cls(
                plan=Plan.from_toml(document["plan"]),
                counts=counts,
                references={tuple(entry["by"]): tuple(entry["values"]) for entry in document["references"]},
                rows_read=int(document["rows"]["read"]),
                dropped=tuple(map(int, document["rows"]["dropped"])),
                notes=tuple(map(Note.from_json, document["warnings"])),
                second_opinion=SecondOpinion(**document["aif360"]),
                provenance=Provenance(**document["provenance"]),
                created=str(document["created"]),
                parent=document["parent"],
                previous=document["previous"],
                sampled=stored.from_json(document, counts),
                lines=None if lines is None else int(lines),
                left_out=left_out_from_json(document["rows"], len(counts.groups)),
                fed=tuple(Fed(int(place), str(column)) for place, column in document.get("fed", [])),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise JobError(
                f"This is not a whole record of an audit ({type(error).__name__}: {error}). Run the audit again."
            ) from None


def compare(before: AuditRecord, after: AuditRecord) -> Comparison:
    """How every gap moved from one audit to another, by statistics.md 4; a record tells nobody's decisions apart.

    So the two are compared as if they were of different people, which gives the wider intervals. Groups are compared
    with the reference groups of `before`; a gap that only one of the audits has is left out. Raises PlanError where
    they are not of the same sensitive columns.
    """
    tables = before.references
    if set(tables) != set(after.references):
        raise PlanError("These audits are of different groups. Compare audits with the same sensitive columns.")
    judged = judge(after.counts, after.plan, stated_rule(after.counts, after.plan), tables, after.sampled)
    return compare_audits(before.judgement(), judged, None, before.plan.run.confidence)


def without_quotes(warnings: list[Any]) -> list[Any]:
    """Of a record's `warnings` those that hold no cells of columns which its plan does not name.

    Raises KeyError, TypeError or ValueError where they are no warnings.
    """
    notes = [(value, Note.from_json(value)) for value in warnings]
    return [value for value, note in notes if note.kind == SAID or not worded(note).quotes]


def sparse(left_out: Ints) -> list[list[int]]:
    """How many rows of each group each sieve left out, as [sieve, group, n] where there are any."""
    places = np.argwhere(left_out)
    return [[*place, n] for place, n in zip(places.tolist(), left_out[tuple(places.T)].tolist(), strict=True)]


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
    peopled = np.argwhere(counts.n)
    numbers = counts.n[tuple(peopled.T)]
    return {
        "groups": groups_to_json(counts.groups),
        "axis": axis_to_json(counts.axis),
        "n": [[*place, n] for place, n in zip(peopled.tolist(), numbers.tolist(), strict=True)],
        "sums": counts.sums.tolist(),
    }


def counts_from_json(document: dict[str, Any]) -> Counts:
    """The counts from `counts_to_json`'s values. Raises ValueError or IndexError where they are not counts."""
    groups, axis = groups_from_json(document["groups"]), axis_from_json(document["axis"])
    n = np.zeros((len(groups), LABELS, axis.bins), np.int64)
    for g, label, place, people in document["n"]:
        n[g, label, place] = people
    sums = np.asarray(document["sums"], dtype=np.int64).reshape(SUMS, len(groups), LABELS)
    return Counts(groups, axis, n, sums)
