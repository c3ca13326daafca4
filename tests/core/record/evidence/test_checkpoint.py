"""Signed notes, against the example that Go's own library signs, and heads that were changed."""

import base64
import hashlib

import pytest

from core.errors import DataError
from core.record.evidence.checkpoint import Checkpoint, is_signed, opened, signed_note
from core.record.evidence.keys import PrivateKey, PublicKey

# golang.org/x/mod/sumdb/note: a verifier's key, and a note that its signer made.
VERIFIER = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo"
    " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
ROOT = hashlib.sha256(b"root").digest()
HEAD = Checkpoint("plumbline/0123456789abcdef", 7, ROOT)


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generated()


def test_a_published_note_is_read() -> None:
    name, _, written = VERIFIER.split("+", 2)
    public = PublicKey(base64.b64decode(written)[1:])
    assert is_signed(NOTE, name, public)
    assert not is_signed(NOTE.replace("This", "That"), name, public)
    assert not is_signed(NOTE, "example.com/bar", public)


def test_a_head_is_signed_and_opened(key: PrivateKey) -> None:
    note = HEAD.signed(key)
    assert note.startswith(f"plumbline/0123456789abcdef\n7\n{base64.b64encode(ROOT).decode()}\n\n\u2014 plumbline/")
    assert opened(note, [PrivateKey.generated().public, key.public]) == (HEAD, key.public)


def test_every_flipped_bit_of_a_head_is_found(key: PrivateKey) -> None:
    note = HEAD.signed(key).encode()
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            found, _ = opened(changed.decode(), [key.public])
        except (DataError, UnicodeDecodeError):
            continue
        assert found == HEAD, "what is still read is what was signed"


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n-1\nAAAA\n", "a\n01\n" + base64.b64encode(ROOT).decode() + "\n", "a\nx\nAAAA\n", "a\n1\nAAAA\n"],
)
def test_what_is_no_head_is_refused(text: str, key: PrivateKey) -> None:
    with pytest.raises(DataError, match="not a checkpoint"):
        Checkpoint.from_text(text)
    if text:
        with pytest.raises(DataError, match="not a checkpoint"):
            opened(signed_note(text, "a", key), [key.public])


def test_more_lines_than_a_head_has_are_refused(key: PrivateKey) -> None:
    with pytest.raises(DataError, match="more than"):
        opened(signed_note(f"{HEAD.text}another line\n", HEAD.origin, key), [key.public])


def test_keys_as_digits_and_as_pem(key: PrivateKey) -> None:
    public = key.public
    assert PublicKey.from_text(public.hex) == PublicKey.from_text(public.pem) == public
    assert PrivateKey.from_pem(key.to_pem()).public == public
    for wrong in ("", "ab", "zz" * 32, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(DataError, match="not a public key"):
            PublicKey.from_text(wrong)
    with pytest.raises(DataError, match="private key"):
        PrivateKey.from_pem(public.pem.encode())
