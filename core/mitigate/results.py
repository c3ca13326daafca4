"""A search for fixes read from the files of its job, to its end or as far as it came, every table checked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import LABELS, Ints
from core.counts.rule_file import RuleFile
from core.data.leaks.suspects import KIND as LEAK
from core.engine.results import checked_counts, checked_notes
from core.errors import PlumblineError
from core.jobs.untrusted import (
    ARRAY_CAP,
    FACTS_CAP,
    believing_nothing,
    checked_array,
    checked_json,
    checked_texts,
)
from core.metrics.joint import JointCounts
from core.metrics.reference import resolve
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import plan_rule
from core.mitigate.candidate import CHOOSE as CHOOSE
from core.mitigate.candidate import FIT as FIT
from core.mitigate.candidate import MODEL_CAP as MODEL_CAP
from core.mitigate.candidate import PARTS as PARTS
from core.mitigate.candidate import REPORT as REPORT
from core.mitigate.candidate import Decided as Decided
from core.mitigate.candidate import Mitigated as Mitigated
from core.mitigate.candidate import Parts as Parts
from core.mitigate.candidate import Proposed as Proposed
from core.mitigate.candidate import SearchedTable
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.plans import STAND_IN_FORMAT, plan_of_proposal
from core.mitigate.publishing import FACTS_FILE
from core.mitigate.settings import Settings
from core.models import FORMATS
from core.notes import Note
from core.plan.plan import Plan
from core.record import Digests
from core.record.written_counts import axis_from_json, groups_from_json

RETRAINED = "retrained"
_MOST_PROPOSALS = 64
# What searches of version 0.1.0 did not say yet, nor those that came to their end.
_NOT_YET_SAID: dict[str, Any] = {"refused": {}, "leaks": [], "left": []}
_NOT_YET_PROPOSED: dict[str, Any] = {"rests_on": []}
_ID = re.compile(r"[a-z0-9_]{1,60}(\.[0-9]{1,6})?")


def read(out: Path, plan: Plan, rows: tuple[int, ...], digests: Digests, file: str = FACTS_FILE) -> Mitigated:
    """A search from what its job wrote, none of which is believed. Raises JobError.

    Parameters
    ----------
    out
        The job's output folder.
    plan, digests
        The question and the digests of what was put in, as the supervisor knows them; of two tables that is the one
        that is judged on.
    rows
        The rows of the table, and of the second one where there is one.
    file
        The file that the job published, of a job that works still or was stopped the newest one.
    """
    with believing_nothing():
        found = {**_NOT_YET_SAID, **checked_json(out / file, FACTS_CAP)}
        settings = Settings.of(plan)
        tables = [_searched(table, plan, n) for table, n in zip(found["tables"], rows, strict=True)]
        reader = _SearchReader(out, tables)
        present = reader.decided("present", found["present"], plan)
        reader.check_people(present)
        present = replace(present, plan=plan.with_edges(present.counts[FIT].axis.edges))
        listed = list(found["proposals"])
        check_proposed([str(entry["id"]) for entry in listed])
        settings = settings.among(present.counts[FIT] + present.counts[CHOOSE])
        proposals = tuple(reader.proposed({**_NOT_YET_PROPOSED, **entry}, present) for entry in listed)
        refused = {name: _refusal(why) for name, why in dict(found["refused"]).items()}
        left = tuple(map(str, found["left"]))
        if {*refused, *left} - set(MITIGATIONS):
            raise ValueError("it refuses or leaves what is no mitigation")
        report = present.counts[REPORT]
        return Mitigated(
            settings,
            present,
            proposals,
            refused,
            resolve(report, plan_rule(report, present.plan), present.plan),
            checked_notes(found["warnings"]),
            {str(k)[:100]: str(v)[:100] for k, v in dict(found["versions"]).items()},
            _numbers(found["seconds"]),
            digests.table,
            digests.model,
            images_sha256=digests.images,
            leaks=_leaks(found["leaks"]),
            tables=tuple(tables),
            left=left,
        )


def check_proposed(ids: Sequence[str]) -> None:
    """Raise ValueError where an id stands twice among these of a search, or there are more than it may propose."""
    if len(ids) > _MOST_PROPOSALS or len(set(ids)) < len(ids):
        raise ValueError("it proposes a thing twice, or too many things")


def _numbers(document: Any) -> dict[str, float]:
    return {str(name)[:100]: _number(value) for name, value in dict(document).items()}


def _number(value: Any) -> float:
    """The number that a job gives. Raises ValueError where it is none, or no finite one, such as the text "nan"."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("it tells a number that is none")
    return number


def _refusal(why: Any) -> PlumblineError:
    """Why something could not be tried; searches of older versions kept one sentence of it."""
    if isinstance(why, str):
        return PlumblineError(*checked_texts([why]))
    message, in_plan = checked_texts([why["message"], why["in_plan"]])
    return PlumblineError(message, in_plan=in_plan)


def _leaks(document: list[Any]) -> tuple[Note, ...]:
    """The notes of suspected columns. Raises ValueError where one is something else."""
    notes = checked_notes(document)
    if any(note.kind != LEAK or not isinstance(note.facts["column"], str) for note in notes):
        raise ValueError("it suspects what is no column")
    return notes


def _searched(document: dict[str, Any], plan: Plan, rows: int) -> SearchedTable:
    """One of the job's tables. Raises ValueError where it is another."""
    groups, dropped = groups_from_json(document["groups"]), tuple(int(n) for n in document["dropped"])
    if int(document["read"]) != rows or len(dropped) != plan.sieves or min(dropped, default=0) < 0:
        raise ValueError("its rows are not the table's")
    if groups.attributes != plan.groups.sensitive:
        raise ValueError("its groups are not the plan's")
    return SearchedTable(groups, rows, dropped)


@dataclass(frozen=True, eq=False)
class _SearchReader:
    """Reads the tables of one job."""

    out: Path
    tables: list[SearchedTable]

    def table(self, part: str) -> SearchedTable:
        return self.tables[-1 if part == REPORT else 0]

    def decided(self, name: str, document: dict[str, Any], plan: Plan) -> Decided:
        axes = [axis_from_json(axis) for axis in document["axes"]]
        if len(axes) != len(self.tables):
            raise ValueError("it has not one score axis for each table")
        counts = {}
        for part in PARTS:
            table, axis = self.table(part), axes[-1 if part == REPORT else 0]
            n_file, sums_file = (self.out / f"{name}_{part}_{what}.npy" for what in ("n", "sums"))
            counts[part] = checked_counts(n_file, sums_file, table.groups, axis, plan, table.rows)
        batch_size = document["batch_size"]
        return Decided(
            plan,
            counts,
            "cuda" if document["device"] == "cuda" else "cpu",
            None if batch_size is None else int(batch_size),
            int(document["near_threshold"]),
            checked_notes(document["warnings"]),
        )

    def check_people(self, present: Decided) -> None:
        """Raise ValueError unless the parts hold everybody."""
        people = [table.people for table in self.tables]
        sizes = {part: counts.people for part, counts in present.counts.items()}
        fitted, judged = sizes[FIT] + sizes[CHOOSE], sizes[REPORT]
        if ([fitted + judged] if len(people) == 1 else [fitted, judged]) != people:
            raise ValueError("its parts do not add up to the table's people")

    def proposed(self, entry: dict[str, Any], present: Decided) -> Proposed:
        """One proposal. Raises ValueError where it is not about the same people as the present decisions."""
        name, mechanism = str(entry["id"]), str(entry["mechanism"])
        if mechanism not in {*MITIGATIONS, RETRAINED} or not _ID.fullmatch(name):
            raise ValueError("it proposes what is no mitigation")
        rule = None if entry["rule"] is None else RuleFile.from_json(entry["rule"])
        file = None if rule is not None else self._model_file(name, bool(entry["is_stand_in"]), entry["file"])
        plan = plan_of_proposal(present.plan, present.counts[FIT], rule, file, entry["is_stand_in"] is True)
        decided = self.decided(name, entry, plan)
        for part in PARTS:
            if (decided.counts[part].n.sum(axis=2) != present.counts[part].n.sum(axis=2)).any():
                raise ValueError("a proposal decides about other people")
        baseline = None if entry["baseline"] is None else RETRAINED
        return Proposed(
            name,
            mechanism,
            decided,
            {part: self._joint(name, part, "joint", decided, present) for part in (CHOOSE, REPORT)},
            {part: self._joint(name, part, "retrained", decided) for part in (CHOOSE, REPORT) if baseline},
            file,
            rule,
            None if entry["strength"] is None else _number(entry["strength"]),
            baseline,
            entry["is_stand_in"] is True,
            checked_texts(entry["notes"]),
            _numbers(entry["facts"]),
            checked_texts(entry["rests_on"]),
        )

    def _model_file(self, name: str, is_stand_in: bool, file: object) -> Path:
        stand_in = f"{name}-stand-in.{STAND_IN_FORMAT.ending}"
        if file not in ([stand_in] if is_stand_in else [f"{name}.{row.ending}" for row in FORMATS.values()]):
            raise ValueError("a proposal's model file has another name")
        return self.out / str(file)

    def _joint(self, name: str, part: str, what: str, after: Decided, before: Decided | None = None) -> JointCounts:
        """Joint decisions whose margins are the counts'. Raises ValueError where they are not."""
        table, people = self.table(part), after.counts[part].n.sum(axis=2)
        n = checked_array(self.out / f"{name}_{part}_{what}.npy", ARRAY_CAP)
        if n.shape != (len(table.groups), LABELS, 2, 2) or n.dtype != np.int64 or n.min() < 0:
            raise ValueError("a table of joint decisions is not one")
        if (n.sum(axis=(2, 3)) != people).any():
            raise ValueError("a table of joint decisions counts other people")
        for decided, selected in ((before, n[:, :, 1].sum(axis=2)), (after, n[..., 1].sum(axis=2))):
            if decided is not None and (_selected(decided, part) != selected).any():
                raise ValueError("a table of joint decisions selects other people")
        return JointCounts(table.groups, n)


def _selected(decided: Decided, part: str) -> Ints:
    """How many of each cell and label are selected: int64 of shape (cells, 3)."""
    counts = decided.counts[part]
    chance = np.broadcast_to(stated_rule(counts, decided.plan).selected, (len(counts.groups), counts.axis.bins))
    return np.asarray(np.einsum("glb,gb->gl", counts.n, chance.astype(np.int64)), dtype=np.int64)
