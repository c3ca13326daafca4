"""A log's head as a C2SP signed note: which log, how many entries, the root over them, and who signed that."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import DataError
from core.record.evidence.keys import PrivateKey, PublicKey
from core.record.evidence.tree import HASH_BYTES

_DASH = "\u2014"
_ED25519 = b"\x01"
_ID_BYTES = 4


@dataclass(frozen=True)
class Checkpoint:
    """A head: the name of the log, the number of its entries, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """The head in the text of a note, signed or not. Raises DataError where it is none."""
        lines = text.split("\n")
        try:
            origin, size, root = lines[:3]
            found = cls(origin, int(size), base64.b64decode(root, validate=True))
        except (ValueError, binascii.Error):
            raise DataError("This is not a checkpoint: three lines with name, size and root were expected.") from None
        if not text.startswith(found.text) or not origin or len(found.root) != HASH_BYTES or found.size < 0:
            raise DataError("This is not a checkpoint: its lines are not written as such a note is.")
        return found

    def signed(self, key: PrivateKey) -> str:
        """The note with the signature of one key, which is named as the log is."""
        return signed_note(self.text, self.origin, key)


def opened(note: str, keys: Iterable[PublicKey]) -> tuple[Checkpoint, PublicKey]:
    """The head in a note, and which of these keys signed it. Raises DataError where none did."""
    found = Checkpoint.from_text(note)
    text, _, _ = note.rpartition("\n\n")
    if f"{text}\n" != found.text:
        raise DataError("This is not a checkpoint: more than a name, a size and a root was signed.")
    for key in keys:
        if is_signed(note, found.origin, key):
            return found, key
    raise DataError("The checkpoint is not signed by a key that is known here.")


def signed_note(text: str, name: str, key: PrivateKey) -> str:
    """A text that ends with a line break, signed in the form c2sp.org/signed-note by the key of this name."""
    if not text.endswith("\n") or any(sign in name for sign in " +\n") or not name:
        raise DataError("Such a text or name cannot stand in a signed note.")
    signature = _key_id(name, key.public) + key.sign(text.encode())
    return f"{text}\n{_DASH} {name} {base64.b64encode(signature).decode()}\n"


def is_signed(note: str, name: str, key: PublicKey) -> bool:
    """Whether the note has a line of this key by this name, and the first such line holds."""
    text, _, lines = note.rpartition("\n\n")
    for line in lines.splitlines():
        try:
            dash, signer, written = line.split(" ")
            signature = base64.b64decode(written, validate=True)
        except (ValueError, binascii.Error):
            return False
        if dash == _DASH and signer == name and signature[:_ID_BYTES] == _key_id(name, key):
            return key.verifies(signature[_ID_BYTES:], f"{text}\n".encode())
    return False


def _key_id(name: str, key: PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_ID_BYTES]
