"""By whose word entries and checkpoints of a ledger hold: keys that it trusts, and time authorities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.errors import DataError
from core.record.evidence import checkpoint
from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.keys import PublicKey
from core.record.evidence.receipt import TimeToken
from core.record.evidence.time_token import attested
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry

BACKUP = "Put the last export or backup back."


def stamped(token: TimeToken, notes: list[tuple[int, str]]) -> tuple[int, str, datetime, str]:
    """The checkpoint, after its size, that a token is of; when that was attested, and by whom. Raises LedgerError."""
    refused = ""
    for size, note in reversed(notes):
        try:
            return size, note, *attested(token, note)
        except DataError as problem:
            refused = str(problem)
    raise LedgerError(f"No checkpoint of this ledger was stamped. {refused}")


def trusted_key(entry: LogEntry, known: Sequence[PublicKey], own: PublicKey | None) -> PublicKey | None:
    """The key that an entry makes known: the first of a log, this installation's own, or one that a known key endorsed.

    None for any other: whoever can write to the database could else go on signing with a key of theirs.
    """
    body = entry.body
    try:
        added = PublicKey.from_text(str(body["public"]))
        if not known or added == own:
            return added
        endorsers = [key for key in known if key.hex == body["endorsed_by"]]
        is_endorsed = any(key.verifies(bytes.fromhex(str(body["endorsement"])), added.raw) for key in endorsers)
    except (DataError, KeyError, ValueError):
        return None
    return added if is_endorsed else None


def signed_head(note: str, keys: Iterable[PublicKey]) -> tuple[Checkpoint, PublicKey]:
    """The head in a note of the database. Raises LedgerError where it was changed."""
    try:
        return checkpoint.opened(note, keys)
    except DataError as problem:
        raise LedgerError(f"A checkpoint of the ledger was changed. {problem} {BACKUP}") from None
