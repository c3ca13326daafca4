"""Ledgers in SQLite and in PostgreSQL, for tests that must hold in both."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
from tests.worlds.postgresql import server

Opened = Callable[[], Ledger]
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger" / "ledger.sqlite3")
    base = request.getfixturevalue("postgresql")
    name = f"ledger{next(_NUMBERS)}"
    engine = create_engine(
        f"{base}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{base}/{name}"


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Iterator[Opened]:
    """Opens the ledger as another process would: with nothing remembered but what lies on disk."""
    ledgers: list[Ledger] = []

    def again() -> Ledger:
        ledgers.append(Ledger(url, KeyFolder(tmp_path / "keys")))
        return ledgers[-1]

    yield again
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened: Opened) -> Ledger:
    return opened()
