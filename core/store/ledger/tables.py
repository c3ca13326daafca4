"""The tables of a ledger's database, as SQLAlchemy knows them; `migrations` makes them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()
LOG = Table("log", METADATA, Column("origin", String(200), primary_key=True))
ENTRIES = Table(
    "entries",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("appended", String(40), nullable=False),
    Column("name", String(300), unique=True),
    Column("leaf", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    Column("payload", LargeBinary),
)
CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
PARTIALS = Table(
    "partials",
    METADATA,
    Column("counting", String(64), primary_key=True),
    Column("shard", BigInteger, primary_key=True, autoincrement=False),
    Column("kept", String(40), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
