"""A ledger that is written to: each append is one transaction with its entry and its signed checkpoint.

Whoever opens it compares its newest checkpoint with the newest that this installation has seen: a ledger that is not
its continuation is not written to.
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.keys import PrivateKey, PublicKey
from core.record.evidence.receipt import SigningKey, TimeToken
from core.record.evidence.time_token import time_request
from core.record.evidence.tree import MerkleTree, verify_consistency
from core.store.ledger import rows
from core.store.ledger.checking import problems_within
from core.store.ledger.database import Database, LedgerError
from core.store.ledger.entry import ERASABLE, Kind, LogEntry
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.signers import BACKUP, signed_head, stamped, trusted_key

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass
class Log:
    """What was read of a log: its name, its tree, its keys with the entries that made them known, its newest note."""

    origin: str
    tree: MerkleTree = field(default_factory=MerkleTree)
    keys: list[SigningKey] = field(default_factory=list)
    note: str = ""

    @property
    def publics(self) -> list[PublicKey]:
        """The keys alone, the newest first."""
        return [each.public for each in reversed(self.keys)]


class Ledger:
    """One ledger. Any thread may call it, and other processes may write to it at the same time."""

    def __init__(self, url: str, keys: KeyFolder) -> None:
        """At a URL or a path (SQLite), signed with the key in `keys`. Nothing is opened or made before it is needed."""
        self.database, self.keys = Database(url), keys
        self._lock = threading.RLock()
        self._log: Log | None = None
        self._is_prepared = False

    @property
    def shown(self) -> str:
        """Its address, as a message shows it: without a password."""
        return self.database.shown

    # ------------------------------------------------------------ writing

    def append(self, kind: Kind, body: Mapping[str, Any], name: str | None = None) -> LogEntry:
        """Add an entry; one with this name already is given back as it is. Raises LedgerError."""
        with self._writing() as (connection, log):
            known = None if name is None else rows.one_entry(connection, name=name)
            return known or self._add(connection, log, kind, body, name)

    def erase(self, which: Iterable[LogEntry], why: str) -> None:
        """Let only the leaves of these entries stay, and say so in an entry each. Raises LedgerError.

        What was erased before is overwritten again: whoever did it may have ended before that.
        """
        is_any_erased = False
        with self._writing() as (connection, log):
            for entry in which:
                kept = rows.one_entry(connection, number=entry.number)
                is_any_erased |= kept is not None and kept.is_erased
                if kept is None or kept.is_erased or kept.kind not in ERASABLE:
                    continue
                rows.erase_payload(connection, kept.number)
                self._add(connection, log, "deletion", {"of": kept.label, "why": why})
                is_any_erased = True
        if is_any_erased:
            self.database.overwrite_erased()

    def renew_key(self) -> PublicKey:
        """Sign with a new key from now on, which the one so far endorses in the ledger. Raises LedgerError."""
        after = PrivateKey.generated()
        with self._writing() as (connection, log):  # which makes sure that the ledger knows the key so far
            self._add_key(connection, log, after, self.keys.private())
        self.keys.replace(after)  # not before the ledger knows it: a key that nobody endorsed is a stranger's
        return after.public

    def time_request(self) -> bytes:
        """What to ask a time authority about the newest checkpoint (DER). Raises LedgerError where there is none."""
        with self.reading() as (_, log):
            return time_request(log.note)

    def keep_time(self, token: TimeToken) -> LogEntry:
        """Keep what a time authority answered. Raises LedgerError where it is about no checkpoint of this ledger."""
        with self.reading() as (connection, _):
            size, note, moment, authority = stamped(token, rows.notes(connection))
        said = {"checkpoint": note, "size": size, "moment": moment.isoformat(), "by": authority}
        token_json = {"response": base64.b64encode(token.response).decode(), "authority": token.authority}
        return self.append("time", {**said, **token_json})

    def take_in(self, origin: str, entries: Iterable[LogEntry], notes: Mapping[int, str]) -> int:
        """Append what an export holds beyond what stands here; returns how many entries.

        Raises LedgerError where the export is no continuation of this ledger, or does not hold itself, and then changes
        nothing. A ledger whose database was lost is brought back by an export that continues what was seen of it.
        """
        added = 0
        with self._connected(writes=True) as connection:
            known = rows.origin(connection)
            if known is None:
                rows.name_log(connection, origin)
            elif known != origin:
                raise LedgerError(f"The export is of another ledger, {origin}. This one is {known}.")
            there = rows.leaves(connection)
            for entry in entries:
                if entry.number < len(there):
                    if there[entry.number] != entry.leaf:
                        raise LedgerError(
                            f"The export has another entry {entry.number}. It was changed, or this ledger was."
                        )
                    continue
                rows.put_entry(connection, entry)
                rows.put_note(connection, entry.number + 1, notes[entry.number + 1])
                added += 1
            if wrong := problems_within(connection, origin, self.keys, self.shown):
                raise LedgerError(f"Nothing was taken in: with the export the ledger would not hold. {wrong[0]}")
            newest = rows.newest_note(connection)
        if newest is not None:
            self.keys.keep_head(self.shown, newest[1])
        return added

    # ------------------------------------------------------------ reading

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, Log]]:
        """The log at one moment. Raises LedgerError where it has no entry, or is not what was signed and seen."""
        with self._connected(writes=False) as connection:
            log = self._read(connection)
            if not len(log.tree):
                raise LedgerError(f"The ledger {self.shown} is empty. The first audit makes its first entry.")
            yield connection, log

    def is_begun(self) -> bool:
        """Whether there is an entry."""
        with self._lock:
            if not self.database.exists():
                return False
        with self._connected(writes=False) as connection:
            return rows.origin(connection) is not None

    def named(self, beginning: str) -> list[LogEntry]:
        """The entries whose names begin so, in their order."""
        with self.reading() as (connection, _):
            return list(rows.entries(connection, named=beginning))

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    # ------------------------------------------------------------ within

    @contextmanager
    def _connected(self, writes: bool) -> Iterator[Connection]:
        with self._lock:
            if not self._is_prepared:
                if not writes and not self.database.exists():  # a mistyped address makes no file
                    raise LedgerError(
                        f"There is no ledger at {self.shown} yet. Audit with --ledger, give another address, or import"
                        " an export."
                    )
                self.database.prepare()
                self._is_prepared = True
            try:
                with self.database.writing() if writes else self.database.reading() as connection:
                    yield connection
            except BaseException:
                self._log = None  # what was added to the tree may not have been kept
                raise

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, Log]]:
        """A transaction in a log that has its name and this installation's key; its head is remembered at the end."""
        key = self.keys.private()
        with self._connected(writes=True) as connection:
            if rows.origin(connection) is None:
                rows.name_log(connection, f"plumbline/{secrets.token_hex(8)}")
            log = self._read(connection)
            if key.public not in log.publics:
                self._add_key(connection, log, key, None)
            yield connection, log
        self.keys.keep_head(self.shown, log.note)

    def _read(self, connection: Connection) -> Log:
        """The log, read on from where it was read to, and compared with what was signed and what was seen."""
        origin = rows.origin(connection) or ""
        log = self._log if self._log is not None and self._log.origin == origin else Log(origin)
        start = len(log.tree)
        for leaf in rows.leaves(connection, start):
            log.tree.append(leaf)
        for entry in rows.entries(connection, start, "key"):
            if entry.is_whole and (added := trusted_key(entry, log.publics, self.keys.public())) is not None:
                log.keys.append(SigningKey(added, entry.number))
        self._compare(log, rows.newest_note(connection))
        self._log = log
        return log

    def _compare(self, log: Log, newest: tuple[int, str] | None) -> None:
        """Raise LedgerError where the entries are not those of the newest checkpoint, or not those seen before."""
        size = len(log.tree)
        if newest is None:
            head = Checkpoint(log.origin, 0, MerkleTree().root())
        else:
            log.note = newest[1]
            head, _ = signed_head(log.note, log.publics)
            if head.origin != log.origin:
                raise LedgerError(f"The checkpoint is of another ledger, {head.origin}. {BACKUP}")
        seen = self.keys.head(self.shown)
        if seen is not None:
            self._compare_seen(log, Checkpoint.from_text(seen), head)
        if head.size > size:
            raise LedgerError(
                f"The last {head.size - size} entries are missing: the checkpoint counts {head.size}. {BACKUP}"
            )
        if head.size < size or head.root != log.tree.root():
            raise LedgerError(
                f"Entries were changed: they are not those of the signed checkpoint of {head.size}. {BACKUP}"
            )

    def _compare_seen(self, log: Log, seen: Checkpoint, head: Checkpoint) -> None:
        if log.origin != seen.origin:
            raise LedgerError(
                f"{seen.origin} was seen at {self.shown}, and is not there now. Put it back, or remove"
                f" {self.keys.seen(self.shown)} to begin another ledger."
            )
        if head.size < seen.size:
            raise LedgerError(
                f"An older copy of the ledger stands here: it has {head.size} entries, and {seen.size} were seen."
                " Put the newer one back."
            )
        size, root = len(log.tree), log.tree.root()
        if size >= seen.size and not verify_consistency(
            seen.size, seen.root, size, root, log.tree.consistency(seen.size)
        ):
            raise LedgerError(f"The ledger was rewritten: its first {seen.size} entries are not those seen. {BACKUP}")

    def _add_key(self, connection: Connection, log: Log, key: PrivateKey, before: PrivateKey | None) -> None:
        by = None if before is None else before.public.hex
        endorsement = None if before is None else before.sign(key.public.raw).hex()
        body = {**key.public.to_json(), "public": key.public.hex, "endorsed_by": by, "endorsement": endorsement}
        log.keys.append(SigningKey(key.public, len(log.tree)))
        self._add(connection, log, "key", body, signs=key)

    def _add(
        self,
        connection: Connection,
        log: Log,
        kind: Kind,
        body: Mapping[str, Any],
        name: str | None = None,
        signs: PrivateKey | None = None,
    ) -> LogEntry:
        entry = LogEntry.made(len(log.tree), kind, datetime.now(UTC).isoformat(timespec="seconds"), name, body)
        rows.put_entry(connection, entry)
        log.tree.append(entry.leaf)
        log.note = Checkpoint(log.origin, len(log.tree), log.tree.root()).signed(signs or self.keys.private())
        rows.put_note(connection, len(log.tree), log.note)
        return entry
