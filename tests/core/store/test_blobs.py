"""Uploads are kept by what they hold, whatever they are called, and never half."""

import errno
import hashlib
import io
import os
import stat
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from core.errors import DataError
from core.store.blobs import Store, Upload


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "uploads", cap_bytes=3_000_000)


def put(store: Store, source: BinaryIO | Path, name: str) -> Upload:
    with store.putting(source, name) as upload:
        return upload


def kept(store: Store, tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "uploads").iterdir())


def test_an_upload_is_found_by_the_digest_of_its_bytes(store: Store) -> None:
    content = b"age,sex\n" * 300_000
    upload = put(store, io.BytesIO(content), "people.csv")
    assert (upload.digest, upload.size, upload.name) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
        "people.csv",
    )
    assert store.path(upload.digest).read_bytes() == content


def test_a_file_on_disk_and_the_same_bytes_from_a_browser_are_kept_once(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_bytes(b"a,b\n")
    assert put(store, source, "people.csv").digest == put(store, io.BytesIO(b"a,b\n"), "other.csv").digest
    assert len(kept(store, tmp_path)) == 1


def test_only_this_user_may_read_and_nobody_may_write(store: Store, tmp_path: Path) -> None:
    path = store.path(put(store, io.BytesIO(b"a"), "a.csv").digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE((tmp_path / "uploads").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd"])
def test_a_name_never_becomes_a_path(store: Store, tmp_path: Path, name: str) -> None:
    upload = put(store, io.BytesIO(b"a"), name)
    assert upload.name == "passwd"
    assert kept(store, tmp_path) == [upload.digest]


def test_a_name_loses_characters_that_turn_text_around(store: Store) -> None:
    assert put(store, io.BytesIO(b"a"), "gpj\u202e\x00.exe\n").name == "gpj.exe"
    assert put(store, io.BytesIO(b"a"), "\x00").name == "upload"


def test_more_than_the_cap_is_refused_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"big\.csv is larger than 0\.003 GB"):
        put(store, io.BytesIO(bytes(3_000_001)), "big.csv")
    assert kept(store, tmp_path) == []


class FullDisk(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_in_words_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no space left on the disk to keep people.csv"):
        put(store, FullDisk(), "people.csv")
    assert kept(store, tmp_path) == []


def test_a_file_that_cannot_be_read_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"people\.csv cannot be read \(No such file"):
        put(store, tmp_path / "people.csv", "people.csv")


@pytest.mark.parametrize("digest", ["", "..", "a" * 63, "A" * 64, "a" * 64 + "\n", "../" + "a" * 61])
def test_what_is_no_digest_is_refused(store: Store, digest: str) -> None:
    with pytest.raises(DataError, match="not the name of an upload"):
        store.path(digest)
    with pytest.raises(DataError, match="not the name of an upload"):
        store.delete([digest], wanted=set)


def test_a_deleted_upload_is_gone(store: Store) -> None:
    upload = put(store, io.BytesIO(b"a"), "a.csv")
    store.delete([upload.digest], wanted=set)
    store.delete([upload.digest], wanted=set)
    with pytest.raises(DataError, match="no longer kept"):
        store.path(upload.digest)


def test_what_somebody_wants_or_is_just_putting_is_not_deleted(store: Store, tmp_path: Path) -> None:
    wanted, other = put(store, io.BytesIO(b"a"), "a.csv").digest, put(store, io.BytesIO(b"b"), "b.csv").digest
    with store.putting(io.BytesIO(b"b"), "same.csv"):
        store.delete([wanted, other], wanted=lambda: {wanted})
        assert kept(store, tmp_path) == sorted([wanted, other])
    store.delete([wanted, other], wanted=lambda: {wanted})
    assert kept(store, tmp_path) == [wanted]


def test_retention_removes_what_nobody_put_again(store: Store, tmp_path: Path) -> None:
    old, again = put(store, io.BytesIO(b"old"), "o"), put(store, io.BytesIO(b"again"), "a")
    broken_off = tmp_path / "uploads" / "part-0"
    broken_off.touch()
    for path in (store.path(old.digest), store.path(again.digest), broken_off):
        os.utime(path, (time.time() - 7200,) * 2)
    put(store, io.BytesIO(b"again"), "a")
    assert store.sweep(older_than_seconds=3600) == 2
    assert kept(store, tmp_path) == [again.digest]
