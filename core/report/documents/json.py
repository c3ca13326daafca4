"""result.json: every number of an audit with its verdict (design.md 7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.metrics.findings.ordering import findings
from core.metrics.group_metrics import Estimate
from core.metrics.verdicts import Gap, GroupResult, Judgement
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import in_order, text
from core.plan.data_part import DataPlan
from core.plan.values import MISSING_GROUP
from core.record import AuditRecord
from core.report.words.audit import sieve_words
from core.report.words.rows_told import RowsTold

_RECORD = "record.json"


def result(record: AuditRecord) -> dict[str, Any]:
    """The audit as result.json holds it. What cannot be computed is null with its reason; never 0, inf or NaN."""
    record = record.without_small_cells() if record.plan.report.hide_small else record
    judgement, told = record.judgement(), RowsTold.of(record)
    provenance = asdict(record.provenance) | {
        "near_threshold": told.near_threshold,
        "plan_sha256": record.plan.sha256,
        "question_sha256": record.plan.question_sha256,
        "seed": record.plan.run.seed,
    }
    return {
        "plumbline": 1,
        "rows": {"read": told.read, "kept": record.counts.people, "labelled": record.counts.labelled}
        | ({} if record.lines is None else {"lines": told.lines}),
        "dropped": list(told.dropped),
        **_row_roles(record.plan.data),
        "left_out": _left_out(record),
        "references": [
            {"by": list(by), "reference": dict(zip(by, values, strict=True))}
            for by, values in judgement.references.items()
            if MISSING_GROUP not in values
        ],
        "population": {"theil_index": _estimate(judgement.theil_index)} if judgement.theil_index else {},
        "groups": [_group(group) for group in judgement.groups],
        "gaps": [gap_document(gap) for gap in judgement.gaps],
        "findings": _findings(judgement, record),
        "aif360": asdict(record.second_opinion),
        "warnings": _warnings(record),
        "provenance": provenance,
        **({"fed": [asdict(each) for each in record.fed]} if record.fed else {}),
    }


def _row_roles(data: DataPlan) -> dict[str, Any]:
    """Which columns say what a row is, where it is not one person like any other."""
    named = {role: column for role in ("count", "weight", "person") if (column := getattr(data, role)) is not None}
    return {"row": named} if named else {}


def audit_texts(record: AuditRecord) -> dict[str, str]:
    """The files of an audit that a command writes, as their texts by name."""
    return {"result.json": as_text(result(record)), _RECORD: as_text(record.to_json())}


def receipt_files(record: AuditRecord, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of an audit's files, by name, that its receipt is for.

    All of them, but not record.json where its small numbers are hidden: it holds them, and whoever guesses one could
    try it against the digest.
    """
    hides = record.hides_small or record.plan.report.hide_small
    return {name: content for name, content in files.items() if not (hides and name == _RECORD)}


def as_text(document: dict[str, Any]) -> str:
    """JSON as it is written to files."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _warnings(record: AuditRecord) -> list[dict[str, Any]]:
    notes, terms = in_order(record.notes, record.plan.data.confirmed), Terms.of(record.plan)
    return [{"kind": note.kind, "facts": dict(note.facts), "text": text(note, terms)} for note in notes]


def _left_out(record: AuditRecord) -> list[dict[str, Any]]:
    """Who is not in the counts, for each reason and each group of each sensitive column; all groups where any is."""
    if record.left_out is None:
        return []
    counted, found = record.counts.n.sum(axis=(1, 2)), []
    for reason, out in zip(sieve_words(record.plan), record.left_out, strict=True):
        for place, column in enumerate(record.plan.groups.sensitive if out.any() else ()):
            for code, value in enumerate(record.counts.groups.values[place]):
                among = record.counts.groups.cell_array[:, place] == code
                n, everybody = int(out[among].sum()), int((record.left_out.sum(axis=0) + counted)[among].sum())
                if everybody:
                    found.append(
                        {"reason": reason, "by": [column], "group": {column: value}, "n": n, "share": n / everybody}
                    )
    return found


def _findings(judgement: Judgement, record: AuditRecord) -> list[dict[str, Any]]:
    return [
        {"verdict": f.verdict, "text": f.text, "gaps": list(f.gaps), "headline": f.headline}
        for f in findings(judgement, record.plan)
    ]


def _group(group: GroupResult) -> dict[str, Any]:
    metrics = {name: _estimate(estimate) for name, estimate in group.metrics.items()}
    return {"by": list(group.by), "group": group.group, "n": group.n, "labelled": group.labelled, "metrics": metrics}


def _estimate(estimate: Estimate) -> dict[str, Any]:
    written = asdict(estimate)
    optional = ("reason", "binning_error", "effective_n")
    return {key: value for key, value in written.items() if value is not None or key not in optional}


def gap_document(gap: Gap) -> dict[str, Any]:
    """A gap with its verdict, as plain JSON values."""
    return {
        "by": list(gap.by),
        "measure": gap.measure,
        "group": gap.group,
        "reference": gap.reference,
        "value": gap.value,
        "low": gap.low,
        "high": gap.high,
        "p_value": gap.p_value,
        "p_adjusted": gap.p_adjusted,
        "comparisons": gap.comparisons,
        "limit": list(gap.band.ends),
        "limit_source": gap.band.source,
        "differs": gap.differs,
        "breaks_limit": gap.breaks_limit,
        "verdict": gap.verdict,
        "reason": gap.reason,
    }
