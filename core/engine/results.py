"""The record of an audit in the files of its job: written in the job, read outside of it (design.md 4).

A job ran code that a model file may have taken over, so its files are read as hostile input.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import LABELS, SUM_UNIT, SUMS, UNKNOWN, Axis, Counts, Groups, Ints
from core.data.sampled_rows import MOST_PEOPLE
from core.jobs.untrusted import (
    ARRAY_CAP,
    FACTS_CAP,
    LONGEST_TEXT,
    MOST_TEXTS,
    believing_nothing,
    checked_array,
    checked_json,
)
from core.metrics.joint import JointCounts
from core.metrics.reference import resolve, tables
from core.metrics.sampling import stored
from core.metrics.second_opinion import SecondOpinion
from core.metrics.stated_rule import stated_rule
from core.metrics.words.notes import text
from core.models import FORMATS
from core.notes import SAID, Note, said
from core.plan.plan import Plan
from core.record import AuditRecord, Digests, Fed, Provenance
from core.record.paired import PairedWith, checked_joint
from core.record.written_counts import (
    axis_from_json,
    axis_to_json,
    groups_from_json,
    groups_to_json,
    left_out_from_json,
    sparse,
)

# What an audit job leaves in its folder.
N_FILE, SUMS_FILE, FACTS_FILE = "counts_n.npy", "counts_sums.npy", "audit.json"
# And beside it, where two decisions were audited: what came of the earlier one, and the people by both.
BEFORE, JOINT_FILE = "before", "joint_n.npy"
_LARGEST_NOTE = 20_000
_LARGEST_SCORE = 2**10


def checked_notes(values: list[Any]) -> tuple[Note, ...]:
    """Notes of a job: of a kind that there is, and sayable; ready-made sentences are cut to what a page can show."""
    notes = []
    for value in values[:MOST_TEXTS]:
        note = Note.from_json(value)
        words = text(note)
        if note.kind == SAID:
            note = said(words[:LONGEST_TEXT])
        elif len(words) > LONGEST_TEXT or len(json.dumps(value)) > _LARGEST_NOTE:
            raise ValueError("one of its notes is too long")
        notes.append(note)
    return tuple(notes)


def write(record: AuditRecord, out: Path) -> None:
    """Write what an audit counted into a job's folder, in the files that `read` reads.

    Left out is what `read` is told from elsewhere or works out again: plan, digests, references and date.
    """
    counts, ran = record.counts, record.provenance
    np.save(out / N_FILE, counts.n)
    np.save(out / SUMS_FILE, counts.sums)
    facts = {
        "groups": groups_to_json(counts.groups),
        "axis": axis_to_json(counts.axis),
        "read": record.rows_read,
        "lines": record.rows_read if record.lines is None else record.lines,
        "dropped": list(record.dropped),
        "left_out": [] if record.left_out is None else sparse(record.left_out),
        "near_threshold": ran.near_threshold,
        "warnings": [note.to_json() for note in record.notes],
        "aif360": asdict(record.second_opinion),
        "versions": ran.versions,
        "seconds": ran.seconds,
        "device": ran.device,
        "batch_size": ran.batch_size,
        "format": record.model_format,
        **({"fed": [asdict(each) for each in record.fed]} if record.fed else {}),
        **stored.write(record.sampled, out),
    }
    (out / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    if record.paired is not None:
        np.save(out / JOINT_FILE, np.ascontiguousarray(record.paired.joint.n))


def read_pair(
    out: Path, plan: Plan, question: Plan, rows: int, digests: Digests, earlier_model: str | None
) -> tuple[AuditRecord, AuditRecord]:
    """The records of both that one job asked: of what decided before, by `question`, and of `plan`, paired with it.

    As `read`; `earlier_model` is the digest of the model that decided before. Raises JobError.
    """
    images = digests.images if question.decision.image is not None else None
    before = read(out / BEFORE, question, rows, replace(digests, model=earlier_model, images=images))
    return before, _paired(out, before, read(out, plan, rows, digests))


def _paired(out: Path, before: AuditRecord, after: AuditRecord) -> AuditRecord:
    """The record `after` with its decisions beside those of `before`, from what their job wrote. Raises JobError."""
    with believing_nothing():
        if before.counts.groups != after.counts.groups:
            raise ValueError("its two audits are of different groups")
        joint = checked_joint(
            JointCounts(after.counts.groups, checked_array(out / JOINT_FILE, ARRAY_CAP)), after.counts
        )
        for record, seen in ((before, joint.before), (after, joint.after)):
            if (_selected(record) != seen.n[:, :, 1]).any():
                raise ValueError("its two decisions are not those of its audits")
        return replace(after, paired=PairedWith(before.decided_sha256, joint))


def _selected(record: AuditRecord) -> Ints:
    """How many people of each group and label a record's rule selects, int64 of shape (groups, 3)."""
    rule = stated_rule(record.counts, record.plan).selected.astype(np.int64)
    each = np.broadcast_to(rule, (len(record.counts.groups), record.counts.axis.bins))
    selected: Ints = np.einsum("glb,gb->gl", record.counts.n, each)
    return selected


def read(out: Path, plan: Plan, rows: int, digests: Digests) -> AuditRecord:
    """The record of an audit from what its job wrote, none of which is believed. Raises JobError.

    Parameters
    ----------
    out
        The job's output folder.
    plan, digests
        The question and the digests of what was put in, as the supervisor knows them.
    rows
        Rows of the profiled table, all of which the job must have read.
    """
    with believing_nothing():
        facts = checked_json(out / FACTS_FILE, FACTS_CAP)
        groups, axis = groups_from_json(facts["groups"]), axis_from_json(facts["axis"])
        people = rows if plan.data.count is None else min(int(facts["read"]), MOST_PEOPLE)
        counts = checked_counts(out / N_FILE, out / SUMS_FILE, groups, axis, plan, people)
        dropped = tuple(map(int, facts["dropped"]))
        adds_up = int(facts["read"]) == people and counts.people == people - sum(dropped)
        if not adds_up or min(dropped, default=0) < 0 or int(facts.get("lines", rows)) != rows:
            raise ValueError("its people do not add up to the table's rows")
        if len(dropped) != plan.sieves:
            raise ValueError("its keep rules are not the plan's")
        plan = plan.with_edges(counts.axis.edges)
        rule = stated_rule(counts, plan)
        return AuditRecord(
            plan=plan,
            counts=counts,
            references=resolve(counts, rule, plan),
            rows_read=people,
            dropped=dropped,
            notes=checked_notes(facts["warnings"]),
            second_opinion=_second_opinion(facts["aif360"]),
            provenance=_provenance(facts, digests),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sampled=stored.read(
                out, facts, plan, counts, tables(plan), rule, lambda path: checked_array(path, ARRAY_CAP)
            ),
            lines=None if plan.data.count is None else rows,
            left_out=left_out_from_json({"dropped": dropped, "left_out": facts["left_out"]}, len(groups)),
            fed=_fed(facts.get("fed", [])),
            model_format=None if facts.get("format") is None else checked_format(facts["format"]),
        )


def checked_format(name: Any) -> str:
    """The name of a row of FORMATS that a job gives. Raises ValueError where there is none."""
    if not isinstance(name, str) or name not in FORMATS:
        raise ValueError("it opened a model of no known format")
    return name


def _fed(listed: list[Any]) -> tuple[Fed, ...]:
    return tuple(
        Fed(place, str(each["column"])[:LONGEST_TEXT], None if each["first"] is None else str(each["first"])[:200])
        for place, each in enumerate(listed, 1)
    )


def checked_counts(n_file: Path, sums_file: Path, groups: Groups, axis: Axis, plan: Plan, rows: int) -> Counts:
    """Counts that a job wrote, of at most `rows` people. Raises ValueError or JobError where they are not that."""
    n, sums = checked_array(n_file, ARRAY_CAP), checked_array(sums_file, ARRAY_CAP)
    if groups.attributes != plan.groups.sensitive:
        raise ValueError("its groups are not the plan's")
    if n.shape != (len(groups), LABELS, axis.bins) or sums.shape != (SUMS, len(groups), LABELS):
        raise ValueError("its counts have the wrong shape")
    if n.dtype != np.int64 or sums.dtype != np.int64 or n.min() < 0 or n.max() > rows:
        raise ValueError("its counts are not counts")
    if plan.data.label is None and n[:, :UNKNOWN].any():
        raise ValueError("it has outcomes though the plan names none")
    people = n.sum(axis=2).astype(np.float64)
    if (
        sums[1].min() < 0
        or (np.abs(sums.astype(np.float64)) > (people * (_LARGEST_SCORE + 1) ** 2 + 1) * SUM_UNIT).any()
    ):
        raise ValueError("its score sums do not fit its people")
    return Counts(groups, axis, n, sums)


def _second_opinion(document: dict[str, Any]) -> SecondOpinion:
    return SecondOpinion(
        int(document["measures"]),
        int(document["numbers"]),
        float(document["largest_difference"]),
        document["agrees"] is True,
    )


def _provenance(facts: dict[str, Any], digests: Digests) -> Provenance:
    batch_size = facts["batch_size"]
    return Provenance(
        data_sha256=digests.table,
        model_sha256=digests.model,
        images_sha256=digests.images,
        device="cuda" if facts["device"] == "cuda" else "cpu",
        batch_size=None if batch_size is None else int(batch_size),
        near_threshold=int(facts["near_threshold"]),
        versions={str(k)[:100]: str(v)[:100] for k, v in dict(facts["versions"]).items()},
        seconds={str(k)[:100]: float(v) for k, v in dict(facts["seconds"]).items()},
    )
