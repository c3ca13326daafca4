"""A record from a file: of this installation or of another, and not believed."""

from __future__ import annotations

import json

from core.errors import DataError, PlumblineError
from core.record import AuditRecord

MOST_BYTES = 256 << 20


def read_record(content: bytes, name: str) -> AuditRecord:
    """The record that a record.json holds, called `name` in messages. Raises DataError where it holds none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise DataError(f"{name} is not JSON. Give the record.json that an audit wrote.") from None
    if not isinstance(document, dict) or "counts" not in document or "plan" not in document:
        is_result = isinstance(document, dict) and "findings" in document
        what = "is a result, without the counts" if is_result else "holds no record of an audit"
        raise DataError(f"{name} {what}. Give the record.json that an audit wrote beside it.")
    try:
        return AuditRecord.from_json(document)
    except PlumblineError as error:
        raise DataError(f"{name}: {error.message}") from None
