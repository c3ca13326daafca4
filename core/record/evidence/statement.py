"""What a receipt states: an in-toto statement whose subjects are files, and whose predicate says what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.metrics.findings.ordering import headlines
from core.metrics.verdicts import Gap, Verdict
from core.record import AuditRecord
from core.record.quotes import without_quotes

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "urn:plumbline:audit-result:v1"
# The result words of in-toto's test-result/v0.1: somebody else's tool knows them.
RESULTS: dict[Verdict | None, str] = {
    "gap": "FAILED", "unclear": "WARNED", "not_measurable": "WARNED", None: "WARNED", "no_gap": "PASSED",
}  # fmt: skip
_WORST_FIRST: tuple[Verdict, ...] = ("gap", "unclear", "not_measurable", "no_gap")


def about(record: AuditRecord) -> dict[str, Any]:
    """What an audit found, in short: plain JSON values, no row, and no number that a report may have to hide."""
    judgement = record.judgement()
    found = headlines(judgement, record.plan)
    verdicts = {finding.verdict for finding in found}
    worst = next((verdict for verdict in _WORST_FIRST if verdict in verdicts), None)
    return {
        "name": record.plan.name,
        "created": record.created,
        "question_sha256": record.plan.question_sha256,
        "result": RESULTS[worst],
        "verdicts": [_verdict(judgement.gaps[finding.gap]) for finding in found],
        "versions": dict(record.provenance.versions),
    }


def _verdict(gap: Gap) -> dict[str, Any]:
    return {"verdict": gap.verdict, "measure": gap.measure, "group": gap.group, "reference": gap.reference}


def inputs(record: AuditRecord) -> dict[str, str]:
    """The SHA-256 of what an audit was made from, by what it is; of the plan that of its content, not of its file."""
    seen = record.provenance
    digests = {"data": seen.data_sha256, "model": seen.model_sha256, "images": seen.images_sha256}
    return {"plan": record.plan.sha256, **{name: digest for name, digest in digests.items() if digest is not None}}


def stays(record: dict[str, Any], gone: str) -> dict[str, Any]:
    """A record's JSON as a ledger keeps it: without notes that quote single cells, which go when the rows go.

    `gone` is the note that stands in their place where they went already.
    """
    return {**record, "warnings": [note for note in without_quotes(record["warnings"]) if note != gone]}


def statement(subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> bytes:
    """The statement that a receipt signs: files by name with their SHA-256, and what is stated of them."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())],
            "predicateType": PREDICATE_TYPE,
            "predicate": dict(predicate),
        }
    )


def canonical(document: Mapping[str, Any]) -> bytes:
    """One way to write a document as bytes: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()
