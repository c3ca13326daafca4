"""One table of invented decisions, whole or cut into files, and the audit of it in this process."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core import audit
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.documents.json import audit_texts
from tests.worlds.people import csv_text

COLUMNS = ("sex", "region", "score", "repaid")
PLAN = """plumbline = 1
[data]
file = "whole.csv"
label = "repaid"
favourable = "yes"
[decision]
score = "score"
threshold = 0.5
[groups]
sensitive = ["sex", "region"]
"""
Row = tuple[str, ...]


def people(n: int = 600) -> list[Row]:
    """Rows of which some have an odd cell, in no order."""
    return [
        (
            "FM"[i * 7 % 3 % 2],
            ("EU", "US", " EU", "not known")[i * 5 % 4],
            f"{i * 37 % 101 / 100:g}",
            "yes" if i * 11 % 5 < 3 else "" if i % 50 == 0 else "no",
        )
        for i in range(n)
    ]


def put(path: Path, rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> Path:
    """Write rows as the kind of file that the name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        cells = list(zip(*rows, strict=True)) or [()] * len(columns)
        pq.write_table(pa.table([pa.array(list(c), pa.string()) for c in cells], names=list(columns)), path)
    else:
        path.write_text(csv_text(tuple(columns), [list(row) for row in rows]), encoding="utf-8")
    return path


def asked(*data: Path, plan: str = PLAN) -> AuditRecord:
    """The audit of a table in these files, folders or patterns."""
    return audit(Plan.from_toml(plan), list(data))


def told(record: AuditRecord) -> dict[str, Any]:
    """All that an audit writes but what names the table, the moment, and how long it took."""
    texts = {name: json.loads(text) for name, text in audit_texts(record).items()}
    for document in texts.values():
        for key in ("provenance", "created"):
            document.pop(key, None)
    return texts
