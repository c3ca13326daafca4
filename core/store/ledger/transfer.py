"""A ledger as one file, to take elsewhere or keep as a backup: a line of JSON for the log and for each entry."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.store.ledger import rows
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.ledger import Ledger

VERSION = 1


def export_lines(ledger: Ledger) -> Iterator[str]:
    """The lines of the file. Raises LedgerError."""
    with ledger.reading() as (connection, log):
        yield json.dumps({"plumbline_ledger": VERSION, "origin": log.origin})
        notes = dict(rows.notes(connection))
        for entry in rows.entries(connection):
            written = {
                **entry.label,
                "leaf": entry.leaf.hex(),
                "salt": None if entry.salt is None else entry.salt.hex(),
                "payload": None if entry.payload is None else base64.b64encode(entry.payload).decode(),
                "checkpoint": notes.get(entry.number + 1),
            }
            yield json.dumps(written)


def import_file(ledger: Ledger, path: Path) -> int:
    """Append what a file of `export_lines` has beyond the ledger; returns how many entries. Raises LedgerError."""
    try:
        first, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if first["plumbline_ledger"] != VERSION:
            raise LedgerError(f"{path.name} is an export of another version. Update Plumbline.")
        entries = [_entry(line) for line in lines]
        notes = {int(line["number"]) + 1: str(line["checkpoint"]) for line in lines}
        origin = str(first["origin"])
        if [entry.number for entry in entries] != list(range(len(entries))):
            raise ValueError("entries are missing, or stand elsewhere")
    except OSError as problem:
        raise LedgerError(f"{path} cannot be read ({problem.strerror}). Give the file that export wrote.") from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise LedgerError(f"{path.name} is not an export of a ledger, or it is damaged. Export it again.") from None
    for entry in entries:
        if entry.payload is not None and not entry.is_whole:
            raise LedgerError(f"Entry {entry.number} in {path.name} was changed. Export it again.")
    return ledger.take_in(origin, entries, notes)


def _entry(line: dict[str, Any]) -> LogEntry:
    return LogEntry(
        int(line["number"]),
        str(line["kind"]),
        str(line["appended"]),
        None if line["name"] is None else str(line["name"]),
        bytes.fromhex(line["leaf"]),
        None if line["salt"] is None else bytes.fromhex(line["salt"]),
        None if line["payload"] is None else base64.b64decode(line["payload"], validate=True),
    )
