"""Audits of a ledger that a later one is measured against: the last, or the last that somebody signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import PlumblineError
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.words import short_code
from core.store.ledger import rows
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.ledger import Ledger

if TYPE_CHECKING:
    from sqlalchemy import Connection

# How alike a plan's question is; 0 for another question. Of audits as alike the last one counts.
Likeness = Callable[[Plan], int]


@dataclass(frozen=True, eq=False)
class LoggedAudit:
    """An audit that stands in a ledger: its record, the code of its receipt, and the names of those who signed it."""

    record: AuditRecord
    code: str
    signers: tuple[str, ...]


def last_audit(ledger: Ledger, likeness: Likeness, signed: bool) -> LoggedAudit | None:
    """The last audit of the question that is most alike, and was signed where `signed`; None where there is none.

    Raises LedgerError where the ledger cannot be read, or is not what was signed and seen.
    """
    with ledger.reading() as (connection, _):
        signers, best, found = _signers(connection), 0, None
        for entry in rows.entries(connection, kind="record"):
            if entry.is_erased or (signed and entry.number not in signers):
                continue
            alike = _likeness(entry, likeness)
            if alike and alike >= best:
                best, found = alike, entry
        return None if found is None else _logged(found, signers)


def audit_named(ledger: Ledger, name: str) -> LoggedAudit:
    """The audit whose receipt has this code, or whose entry has this number. Raises LedgerError where there is none."""
    with ledger.reading() as (connection, _):
        for entry in rows.entries(connection, kind="record"):
            if name.upper() == short_code(entry.leaf) or name == str(entry.number):
                if entry.is_erased:
                    raise LedgerError(f"The audit {name} was deleted: {ledger.shown} holds no more than its place.")
                return _logged(entry, _signers(connection))
    raise LedgerError(f"{ledger.shown} has no audit {name}. Give another --ledger, or a record.json.")


def head(ledger: Ledger) -> Checkpoint:
    """The newest checkpoint: how many entries, and the root over them. Raises LedgerError where there is none."""
    with ledger.reading() as (_, log):
        return Checkpoint.from_text(log.note)


def _signers(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Who signed, by the number of the entry of what was signed."""
    found: dict[int, tuple[str, ...]] = {}
    for entry in rows.entries(connection, kind="sign-off"):
        if not entry.is_erased:
            of = int(entry.body["of"])
            found[of] = (*found.get(of, ()), str(entry.body.get("name", "")))
    return found


def _likeness(entry: LogEntry, likeness: Likeness) -> int:
    try:
        return likeness(Plan.from_toml(entry.body["record"]["plan"]))
    except (PlumblineError, KeyError, TypeError):  # an entry of a later version
        return 0


def _logged(entry: LogEntry, signers: Mapping[int, tuple[str, ...]]) -> LoggedAudit:
    record = AuditRecord.from_json(entry.body["record"])
    return LoggedAudit(record, short_code(entry.leaf), signers.get(entry.number, ()))
