"""Entries and checkpoints read from a ledger's tables and written there, inside a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.record.evidence.tree import HASH_BYTES
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 200


def origin(connection: Connection) -> str | None:
    """The log's name; None where nothing was appended yet."""
    from core.store.ledger.tables import LOG

    names = [str(name) for name in connection.execute(LOG.select()).scalars()]
    if len(names) > 1:
        raise LedgerError("The ledger has two names. Its table log was changed by another program.")
    return names[0] if names else None


def name_log(connection: Connection, name: str) -> None:
    """Give a new log its name."""
    from core.store.ledger.tables import LOG

    connection.execute(LOG.insert().values(origin=name))


def leaves(connection: Connection, start: int = 0) -> list[bytes]:
    """The hashes of all leaves from number `start` on. Raises LedgerError where a number is missing."""
    from sqlalchemy import select

    from core.store.ledger.tables import ENTRIES

    asked = select(ENTRIES.c.number, ENTRIES.c.leaf).where(ENTRIES.c.number >= start).order_by(ENTRIES.c.number)
    found: list[bytes] = []
    for number, leaf in connection.execute(asked):
        if number != start + len(found):
            raise LedgerError(
                f"Entry {start + len(found)} is missing from the ledger. Put the last export or backup back."
            )
        found.append(_bytes(leaf))
        if len(found[-1]) != HASH_BYTES:
            raise LedgerError(f"Entry {number} was changed: its leaf is no hash. Put the last export or backup back.")
    return found


def entries(
    connection: Connection, start: int = 0, kind: str | None = None, named: str | None = None
) -> Iterator[LogEntry]:
    """The entries from number `start` on, in their order; of one kind, or whose names begin so, where that is given."""
    from sqlalchemy import select

    from core.store.ledger.tables import ENTRIES

    asked = select(ENTRIES).where(ENTRIES.c.number >= start).order_by(ENTRIES.c.number)
    if kind is not None:
        asked = asked.where(ENTRIES.c.kind == kind)
    if named is not None:
        asked = asked.where(ENTRIES.c.name.startswith(named, autoescape=True))
    with connection.execute(asked.execution_options(yield_per=_AT_ONCE)) as found:
        for row in found:
            yield _entry(row)


def one_entry(connection: Connection, *, number: int | None = None, name: str | None = None) -> LogEntry | None:
    """The entry with this number, or with this name; None where there is none."""
    from sqlalchemy import select

    from core.store.ledger.tables import ENTRIES

    which = ENTRIES.c.number == number if name is None else ENTRIES.c.name == name
    row = connection.execute(select(ENTRIES).where(which)).first()
    return None if row is None else _entry(row)


def put_entry(connection: Connection, entry: LogEntry) -> None:
    """Append the entry."""
    from core.store.ledger.tables import ENTRIES

    connection.execute(
        ENTRIES.insert().values(
            number=entry.number,
            kind=entry.kind,
            appended=entry.appended,
            name=entry.name,
            leaf=entry.leaf,
            salt=entry.salt,
            payload=entry.payload,
        )
    )


def erase_payload(connection: Connection, number: int) -> None:
    """Let only the leaf of an entry stay."""
    from core.store.ledger.tables import ENTRIES

    connection.execute(ENTRIES.update().where(ENTRIES.c.number == number).values(salt=None, payload=None))


def notes(connection: Connection, start: int = 0) -> list[tuple[int, str]]:
    """The signed checkpoints of trees of `start` leaves or more, each after its size."""
    from sqlalchemy import select

    from core.store.ledger.tables import CHECKPOINTS

    asked = select(CHECKPOINTS).where(CHECKPOINTS.c.size >= start).order_by(CHECKPOINTS.c.size)
    return [(int(size), str(note)) for size, note in connection.execute(asked)]


def newest_note(connection: Connection) -> tuple[int, str] | None:
    """The last of them; None where there is none."""
    from sqlalchemy import select

    from core.store.ledger.tables import CHECKPOINTS

    row = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)).first()
    return None if row is None else (int(row[0]), str(row[1]))


def put_note(connection: Connection, size: int, note: str) -> None:
    """Keep the checkpoint of a size."""
    from core.store.ledger.tables import CHECKPOINTS

    connection.execute(CHECKPOINTS.insert().values(size=size, note=note))


def _entry(row: Sequence[Any]) -> LogEntry:
    number, kind, appended, name, leaf, salt, payload = row
    return LogEntry(
        int(number),
        str(kind),
        str(appended),
        None if name is None else str(name),
        _bytes(leaf),
        None if salt is None else _bytes(salt),
        None if payload is None else _bytes(payload),
    )


def _bytes(value: object) -> bytes:
    """What stands in a column of bytes; SQLite lets others write text or numbers there."""
    return value if isinstance(value, bytes) else bytes(value) if isinstance(value, memoryview) else str(value).encode()
