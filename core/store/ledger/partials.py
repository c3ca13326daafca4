"""What the parts of a large table gave, kept beside the ledger until their audit is whole: each once, and no row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from core.store.ledger.database import Database

# A run that nobody takes up again for so long is forgotten by the next one.
KEPT_FOR = timedelta(days=7)


class KeptPartials:
    """The parts in a ledger's database, as `core.engine.shards.engine.Partials` asks for them; they are no entries."""

    def __init__(self, database: Database) -> None:
        """In a database that is made, or brought to this version, where it has to be. Raises LedgerError."""
        self._database = database
        database.prepare()
        self._forget_old()

    def kept(self, counting: str) -> Iterator[tuple[int, bytes]]:
        """What is kept of a counting, by the places of its parts, rising. Raises LedgerError."""
        from sqlalchemy import select

        from core.store.ledger.tables import PARTIALS

        of_it = select(PARTIALS.c.shard, PARTIALS.c.content).where(PARTIALS.c.counting == counting)
        with self._database.reading() as connection:
            for index, content in connection.execute(of_it.order_by(PARTIALS.c.shard)):
                yield int(index), bytes(content)

    def put_once(self, counting: str, index: int, content: bytes) -> bool:
        """Keep what a part gave; whether it was not kept already, and then stays as it is. Raises LedgerError."""
        from sqlalchemy import insert, select

        from core.store.ledger.tables import PARTIALS

        there = select(PARTIALS.c.shard).where(PARTIALS.c.counting == counting, PARTIALS.c.shard == index)
        with self._database.writing() as connection:  # nobody else writes in between
            if connection.execute(there).first() is not None:
                return False
            row = {"counting": counting, "shard": index, "kept": _now().isoformat(), "content": content}
            connection.execute(insert(PARTIALS).values(**row))
        return True

    def forget(self, counting: str) -> None:
        """Keep no part of a counting any more. Raises LedgerError."""
        from sqlalchemy import delete

        from core.store.ledger.tables import PARTIALS

        with self._database.writing() as connection:
            connection.execute(delete(PARTIALS).where(PARTIALS.c.counting == counting))

    def _forget_old(self) -> None:
        from sqlalchemy import delete

        from core.store.ledger.tables import PARTIALS

        with self._database.writing() as connection:
            connection.execute(delete(PARTIALS).where(PARTIALS.c.kept < (_now() - KEPT_FOR).isoformat()))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
