"""Everything that a ledger claims of itself, checked; whatever does not hold is named, and the rest is checked on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import DataError
from core.record.evidence.checkpoint import Checkpoint
from core.record.evidence.keys import PublicKey
from core.record.evidence.tree import HASH_BYTES, MerkleTree
from core.store.ledger import rows
from core.store.ledger.database import LedgerError
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.signers import signed_head, trusted_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.ledger.ledger import Ledger


def problems(ledger: Ledger) -> list[str]:
    """What is wrong with a ledger, a sentence each; empty where every entry is what was signed and seen.

    Raises LedgerError where it cannot be read at all.
    """
    found = []
    if damage := ledger.database.damage():
        found.append(f"The file is damaged: {damage}.")
    with ledger.database.reading() as connection:
        name = rows.origin(connection)
        if name is None:
            return found
        return found + problems_within(connection, name, ledger.keys, ledger.shown)


def problems_within(connection: Connection, name: str, own: KeyFolder, shown: str) -> list[str]:
    """What is wrong with the entries and checkpoints of the log `name`, for who has these keys and saw it at `shown`.

    It reads what the transaction wrote, too. Raises LedgerError.
    """
    tree, keys, erased, told = MerkleTree(), list[PublicKey](), [], []
    found: list[str] = []
    for entry in rows.entries(connection):
        if entry.number != len(tree):
            return [*found, f"Entry {len(tree)} is missing."]
        if len(entry.leaf) != HASH_BYTES:
            return [*found, f"Entry {entry.number} was changed: its leaf is no hash."]
        tree.append(entry.leaf)
        if entry.payload is None:
            erased.append(entry)
            continue
        if not entry.is_whole:
            found.append(f"Entry {entry.number} was changed: its content does not give its leaf.")
        elif entry.kind == "key":
            if (added := trusted_key(entry, keys, own.public())) is None:
                found.append(f"Entry {entry.number} makes a key known that no key before it endorsed.")
            else:
                keys.append(added)
        elif entry.kind == "deletion":
            told.append(json.dumps(entry.body.get("of"), sort_keys=True))
    for entry in erased:
        if json.dumps(entry.label, sort_keys=True) not in told or entry.salt is not None:
            found.append(f"Entry {entry.number} was emptied, or changed after that, and no deletion tells of it.")
    found += _heads(rows.notes(connection), tree, keys, name)
    return found + _seen(own.head(shown), tree, name)


def _heads(notes: list[tuple[int, str]], tree: MerkleTree, keys: list[PublicKey], name: str) -> list[str]:
    """What is wrong with the checkpoints: there is one for each size, signed, of this tree."""
    newest = max((size for size, _ in notes), default=0)
    if newest > len(tree):
        return [f"The last {newest - len(tree)} entries are missing: the newest checkpoint counts {newest}."]
    if [size for size, _ in notes] != list(range(1, len(tree) + 1)):
        return ["The checkpoints are not one for each entry: some are missing."]
    for size, note in notes:
        try:
            head, _ = signed_head(note, keys)
        except LedgerError:
            return [f"The checkpoint of {size} entries was changed: its signature does not hold."]
        if (head.origin, head.size) != (name, size):
            return [f"The checkpoint of {size} entries is one of another ledger or size."]
        if head.root != tree.root(size):
            return [f"The tree was rewritten: its first {size} entries are not those of their signed checkpoint."]
    return []


def _seen(note: str | None, tree: MerkleTree, name: str) -> list[str]:
    """What is wrong with the ledger as a continuation of what this installation has seen of it."""
    if note is None:
        return []
    try:
        seen = Checkpoint.from_text(note)
    except DataError:
        return ["The checkpoint that is remembered beside the keys was changed."]
    if seen.origin != name:
        return [f"Another ledger stands in place of {seen.origin}, which was seen here."]
    if seen.size > len(tree):
        return [f"An older copy of the ledger stands here: it has {len(tree)} entries, and {seen.size} were seen."]
    if seen.root != tree.root(seen.size):
        return [f"The ledger was rewritten: its first {seen.size} entries are not those that were seen."]
    return []
