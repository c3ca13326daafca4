"""The ledger of an installation: an append-only log of records and what follows them, in SQLite or PostgreSQL.

Each entry is a leaf of an RFC 9162 tree; after each append a signed checkpoint is kept. A payload can be erased while
its leaf stays. The key, and the newest checkpoint that was seen, lie outside the database.
"""
