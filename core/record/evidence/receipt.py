"""A receipt: one JSON file that shows, without this program, what was found and that nothing was changed since.

envelope     DSSE around an in-toto statement (see `statement`), signed by the installation
entry        the place of the statement's entry in the ledger: index, hash of its leaf, proof of inclusion
checkpoint   the signed head of the ledger that the proof leads to
key, keys    the public key, and those before it with the entry since which each signed
time         optional: an RFC 3161 time token over the checkpoint
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.errors import DataError
from core.record.evidence.keys import PrivateKey, PublicKey
from core.record.evidence.statement import PAYLOAD_TYPE, statement

RECEIPT_FILE = "receipt.json"
VERSION = 1
_ALGORITHMS = {"tree": "RFC 9162, SHA-256", "signature": "Ed25519", "envelope": "DSSE v1", "checkpoint": "C2SP note"}


@dataclass(frozen=True)
class Inclusion:
    """Where an entry stands in a ledger: index from 0, hash of its leaf, and the proof up to the checkpoint's root."""

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True)
class TimeToken:
    """The answer of a time authority (DER), and the certificates of that authority (PEM), the root among them."""

    response: bytes
    authority: str


@dataclass(frozen=True)
class SigningKey:
    """A public key of an installation, and the index of the entry that made it known."""

    public: PublicKey
    since: int


@dataclass(frozen=True)
class Receipt:
    """See the module. `envelope` is the DSSE envelope as plain JSON values, `checkpoint` a signed note."""

    envelope: Mapping[str, Any]
    entry: Inclusion
    checkpoint: str
    key: PublicKey
    keys: tuple[SigningKey, ...]
    time: TimeToken | None = None

    @cached_property
    def statement(self) -> dict[str, Any]:
        """What was signed. Raises DataError where it cannot be read."""
        try:
            found: dict[str, Any] = json.loads(_bytes(self.envelope["payload"]))
            _ = [(each["name"], each["digest"]["sha256"]) for each in found["subject"]], found["predicate"]["code"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise DataError("The receipt does not hold a statement about an audit.") from None
        return found

    @property
    def subjects(self) -> dict[str, str]:
        """The SHA-256 of each file that it is about, by name."""
        return {str(each["name"]): str(each["digest"]["sha256"]) for each in self.statement["subject"]}

    @property
    def predicate(self) -> dict[str, Any]:
        """What it states: result, verdicts, versions, code, and when."""
        stated: dict[str, Any] = self.statement["predicate"]
        return stated

    @property
    def code(self) -> str:
        """The short code that a printed report shows."""
        return str(self.predicate["code"])

    def to_text(self) -> str:
        """The file: each value on a line of its own, so that plain tools find it."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        time = self.time and {
            "response": base64.b64encode(self.time.response).decode(), "authority": self.time.authority,
        }  # fmt: skip
        return {
            "plumbline_receipt": VERSION,
            "algorithms": _ALGORITHMS,
            "envelope": dict(self.envelope),
            "entry": {
                "index": self.entry.index,
                "leaf": self.entry.leaf.hex(),
                "proof": [each.hex() for each in self.entry.proof],
            },
            "checkpoint": self.checkpoint,
            "key": self.key.to_json(),
            "keys": [{**each.public.to_json(), "since": each.since} for each in self.keys],
            "time": time,
        }

    @classmethod
    def from_json(cls, document: Any) -> Receipt:
        """The receipt from `to_json`'s values. Raises DataError where they are none."""
        try:
            if document["plumbline_receipt"] != VERSION:
                raise DataError(f"This receipt is of format {document['plumbline_receipt']}. Update Plumbline.")
            entry, time = document["entry"], document["time"]
            return cls(
                envelope=dict(document["envelope"]),
                entry=Inclusion(
                    int(entry["index"]), bytes.fromhex(entry["leaf"]), tuple(map(bytes.fromhex, entry["proof"]))
                ),
                checkpoint=str(document["checkpoint"]),
                key=_key(document["key"]),
                keys=tuple(SigningKey(_key(each), int(each["since"])) for each in document["keys"]),
                time=None if time is None else TimeToken(_bytes(time["response"]), str(time["authority"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise DataError("This is not a whole receipt. Get it again from whoever made it.") from None


def is_receipt(document: object) -> bool:
    """Whether a JSON document says that it is one."""
    return isinstance(document, dict) and "plumbline_receipt" in document


def sealed(subjects: Mapping[str, str], predicate: Mapping[str, Any], key: PrivateKey) -> dict[str, Any]:
    """The DSSE envelope around a statement, signed with this key."""
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner

    envelope = Envelope(statement(subjects, predicate), PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(key.opened))
    sealed_one: dict[str, Any] = envelope.to_dict()
    return sealed_one


def is_sealed(envelope: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether this key signed the envelope."""
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import Error
    from securesystemslib.signer import SSlibKey

    try:
        opened = Envelope.from_dict(json.loads(json.dumps(dict(envelope))))  # it takes apart what it is given
        return opened.payload_type == PAYLOAD_TYPE and bool(opened.verify([SSlibKey.from_crypto(key.opened)], 1))
    except (Error, ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return False


def _key(document: Mapping[str, Any]) -> PublicKey:
    """A key that stands there twice: as digits, and as PEM, which the steps by hand use."""
    found = PublicKey.from_text(document["hex"])
    if document["pem"] != found.pem:
        raise DataError("The public key in the receipt was changed: its PEM and its digits are not the same key.")
    return found


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
