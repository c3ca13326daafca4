"""Ed25519 keys of an installation: the one that signs, and what others need to check with."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core.errors import DataError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
RAW_BYTES = 32


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked with: its 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != RAW_BYTES:
            raise DataError(f"This is not a public key: it has {len(self.raw)} bytes in place of {RAW_BYTES}.")

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """The key from 64 hexadecimal digits or from PEM. Raises DataError where it is neither."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

        text = text.strip()
        try:
            if not text.startswith("-----"):
                return cls(binascii.unhexlify(text))
            found = load_pem_public_key(text.encode())
        except ValueError:
            raise DataError("This is not a public key. Give 64 digits from 0 to f, or a PEM file.") from None
        if not isinstance(found, Ed25519PublicKey):
            raise DataError(f"This public key is not of the kind {ALGORITHM}, which Plumbline signs with.")
        return cls(found.public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def hex(self) -> str:
        """64 hexadecimal digits."""
        return self.raw.hex()

    @cached_property
    def pem(self) -> str:
        """The key as OpenSSL reads it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.opened.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is of these bytes by this key."""
        from cryptography.exceptions import InvalidSignature

        try:
            self.opened.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @property
    def opened(self) -> Ed25519PublicKey:
        """The library's own."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw)

    def to_json(self) -> dict[str, str]:
        """As a receipt holds it."""
        return {"algorithm": ALGORITHM, "hex": self.hex, "pem": self.pem}


class PrivateKey:
    """A key that signs."""

    def __init__(self, opened: Ed25519PrivateKey) -> None:
        """Of the library's own."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self.opened = opened
        self.public = PublicKey(opened.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generated(cls) -> PrivateKey:
        """A new one."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, text: bytes) -> PrivateKey:
        """The key in a PEM file. Raises DataError where it holds none."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            found = load_pem_private_key(text, password=None)
        except (ValueError, TypeError):
            raise DataError("The file does not hold a private key in PEM.") from None
        if not isinstance(found, Ed25519PrivateKey):
            raise DataError(f"The file holds a private key that is not of the kind {ALGORITHM}.")
        return cls(found)

    def to_pem(self) -> bytes:
        """As a file that nobody else may read holds it."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self.opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes: 64 bytes."""
        return self.opened.sign(data)
