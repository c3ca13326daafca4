"""What of audits goes into a ledger, and the receipts that come out: a record without rows, and digests of files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from core.record import AuditRecord
from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.receipt import Inclusion, Receipt, TimeToken, sealed
from core.record.evidence.statement import about, canonical, inputs, stays
from core.record.evidence.words import short_code
from core.store.ledger import rows
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.ledger import Ledger
from core.store.retention.rows import NOTES_GONE


def append_record(ledger: Ledger, record: AuditRecord, of: str, files: Mapping[str, bytes] | None = None) -> LogEntry:
    """Append the record of the audit that is called `of`, once; `files` are those that go with it, by name."""
    document = record.to_json()
    body = {
        "about": about(record),
        "subjects": {**inputs(record), **_digests(files or {})},
        "record": stays(document, NOTES_GONE),
    }
    return ledger.append("record", body, f"record/{of}/{digest_of_record(document)}")


def digest_of_record(document: dict[str, Any]) -> str:
    """The digest of what a ledger keeps of a record, given as its JSON; the same after notes that quote cells went."""
    return hashlib.sha256(canonical(stays(document, NOTES_GONE))).hexdigest()


def receipt(ledger: Ledger, of: LogEntry, files: Mapping[str, bytes] | None = None) -> Receipt:
    """A receipt for the entry of a record, and for files that were made from it, by name.

    Files that the entry does not know of are appended with their digests first. The receipt says nothing of the numbers
    in a file but its digest: leave out what was not given away, such as the whole result beside a report that hides
    small groups. Raises LedgerError where the entry was erased.
    """
    if of.is_erased:
        raise LedgerError("This audit was deleted from the ledger. Nothing but its place in it is left.")
    subjects, wanted, entry = of.body["subjects"], _digests(files or {}), of
    if not set(wanted.items()) <= set(subjects.items()):
        own = {name: digest for name, digest in subjects.items() if name in inputs_of(of)}
        subjects = {**own, **wanted}
        name = f"files/{of.number}/{hashlib.sha256(canonical(wanted)).hexdigest()}"
        entry = ledger.append("files", {"of": of.number, "subjects": subjects}, name)
    return _receipt(ledger, of, entry, subjects)


def inputs_of(entry: LogEntry) -> dict[str, str]:
    """The digests of what the audit of this entry was made from, by what it is."""
    return inputs(AuditRecord.from_json(entry.body["record"]))


def _receipt(ledger: Ledger, of: LogEntry, entry: LogEntry, subjects: Mapping[str, str]) -> Receipt:
    key = ledger.keys.private()
    with ledger.reading() as (connection, log):
        note, size, token = log.note, len(log.tree), None
        for stamp in rows.entries(connection, entry.number + 1, "time"):
            if stamp.body["size"] > entry.number:
                note, size, token = stamp.body["checkpoint"], stamp.body["size"], _token(stamp.body)
                break
        inclusion = Inclusion(entry.number, entry.leaf, tuple(log.tree.inclusion(entry.number, size)))
        predicate = {
            **of.body["about"],
            "code": short_code(of.leaf),
            "when": entry.appended,
            "entry": {"ledger": log.origin, "index": entry.number, "leaf": entry.leaf.hex()},
            "keys": [[each.public.hex, each.since] for each in log.keys],
        }
        return Receipt(sealed(subjects, predicate, key), inclusion, note, key.public, tuple(log.keys), token)


def holds_receipt(ledger: Ledger, found: Receipt) -> str:
    """What speaks against a receipt, by the ledger that it is of; empty where nothing. Raises LedgerError."""
    with ledger.reading() as (connection, log):
        head = Checkpoint.from_text(found.checkpoint)
        if head.origin != log.origin:
            return f"The receipt is of the ledger {head.origin}; this one is {log.origin}."
        is_there = found.entry.index < len(log.tree) and head.size <= len(log.tree)
        entry = rows.one_entry(connection, number=found.entry.index) if is_there else None
        if entry is None:
            return f"The ledger has no entry {found.entry.index}, or is older than the receipt."
        if entry.leaf != found.entry.leaf or log.tree.root(head.size) != head.root:
            return f"Entry {entry.number} of the ledger is another one than the receipt is of."
        if found.key not in log.publics:
            return "The ledger does not know the key that signed the receipt."
    return ""


def with_digest(ledger: Ledger, digest: str) -> list[LogEntry]:
    """The entries that a file with this SHA-256 is a subject of. Raises LedgerError."""
    with ledger.reading() as (connection, _):
        return [entry for entry in rows.entries(connection) if digest in entry.body.get("subjects", {}).values()]


def record_with_code(ledger: Ledger, code: str) -> AuditRecord:
    """The record of the audit whose receipt has this code. Raises LedgerError where the ledger holds none."""
    with ledger.reading() as (connection, _):
        for entry in rows.entries(connection, kind="record"):
            if short_code(entry.leaf) == code:
                if entry.is_erased:
                    raise LedgerError(f"The audit {code} was deleted: {ledger.shown} holds no more than its place.")
                return AuditRecord.from_json(entry.body["record"])
    raise LedgerError(f"{ledger.shown} has no audit with the code {code}. Give another --ledger, or a record.json.")


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _token(body: Mapping[str, Any]) -> TimeToken:
    return TimeToken(base64.b64decode(body["response"]), str(body["authority"]))
