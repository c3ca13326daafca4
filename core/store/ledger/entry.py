"""One entry of a ledger: what it holds, how its leaf follows from that, and what may be erased of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.record.evidence.statement import canonical
from core.record.evidence.tree import SALT_BYTES, leaf_hash

Kind = Literal["key", "record", "files", "register", "note", "sign-off", "deletion", "time"]
# What keys and deletions say is what the rest is checked by.
ERASABLE: tuple[Kind, ...] = ("record", "files", "register", "note", "sign-off")


@dataclass(frozen=True)
class LogEntry:
    """An entry as the database holds it; `salt` and `payload` are None where they were erased.

    `number` counts from 0; `appended` is UTC, ISO 8601; `name` is one that no other entry has, or None.
    `leaf`, `salt`: 32 bytes. `payload` is a document in canonical JSON, which repeats kind, appended and name.
    """

    number: int
    kind: str
    appended: str
    name: str | None
    leaf: bytes
    salt: bytes | None
    payload: bytes | None

    @classmethod
    def made(cls, number: int, kind: Kind, appended: str, name: str | None, body: Mapping[str, Any]) -> LogEntry:
        """A new entry, with a salt of its own."""
        payload = canonical({"kind": kind, "appended": appended, "name": name, "body": dict(body)})
        salt = secrets.token_bytes(SALT_BYTES)
        return cls(number, kind, appended, name, leaf_hash(salt, payload), salt, payload)

    @property
    def is_erased(self) -> bool:
        """Whether only its leaf is left."""
        return self.payload is None

    @property
    def body(self) -> dict[str, Any]:
        """What it holds; empty where that was erased."""
        return {} if self.payload is None else dict(json.loads(self.payload)["body"])

    @property
    def label(self) -> dict[str, Any]:
        """What a deletion says of the entry that it erased."""
        return {"number": self.number, "kind": self.kind, "appended": self.appended, "name": self.name}

    @property
    def is_whole(self) -> bool:
        """Whether payload and salt give the leaf, and the columns beside say what the payload says."""
        if self.payload is None or self.salt is None:
            return False
        if leaf_hash(self.salt, self.payload) != self.leaf:
            return False
        try:
            said = json.loads(self.payload)
            beside = (said["kind"], said["appended"], said["name"]) == (self.kind, self.appended, self.name)
            return beside and isinstance(said["body"], dict)
        except (ValueError, KeyError, TypeError, RecursionError):
            return False

    @property
    def erased(self) -> LogEntry:
        """The entry with nothing but its leaf, and the columns by which the deletion is told."""
        return LogEntry(self.number, self.kind, self.appended, self.name, self.leaf, None, None)
