"""Whatever a job left is read as if an enemy had written it."""

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from core.errors import JobError
from core.jobs.untrusted import checked_array, checked_bytes, checked_json, erase, one_line, used


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_json_and_arrays_come_back_as_they_were_written(out: Path) -> None:
    (out / "a.json").write_text('{"n": [1, 2.5, null, "é"]}', encoding="utf-8")
    assert checked_json(out / "a.json", 100) == {"n": [1, 2.5, None, "é"]}
    for table in (np.arange(12).reshape(3, 4), np.asfortranarray(np.ones((2, 3))), np.zeros((0, 3)), np.array(7)):
        np.save(out / "a.npy", table)
        read = checked_array(out / "a.npy", 1000)
        assert np.array_equal(read, table) and read.dtype == table.dtype and read.shape == table.shape


@pytest.mark.parametrize(
    "text",
    [
        "NaN", '{"a": Infinity}', "[-Infinity]", "[1e999]", "{", "", "[" * 40 + "]" * 40, "[" * 100_000, '"\\ud800"',
        "9" * 5000,
    ],
)  # fmt: skip
def test_json_that_would_surprise_is_refused(out: Path, text: str) -> None:
    (out / "a.json").write_text(text)
    with pytest.raises(JobError, match=r"a\.json was refused: it is not the JSON"):
        checked_json(out / "a.json", 1_000_000)


def test_json_that_is_not_utf8_is_refused(out: Path) -> None:
    (out / "a.json").write_bytes(b'"\xff"')
    with pytest.raises(JobError, match="not the JSON"):
        checked_json(out / "a.json", 100)


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.abort, ())


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([1], dtype=object))
    head = file.getvalue()
    return head[: head.rindex(b"\n") + 1] + pickle.dumps(Bomb())


def saved(table: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(table))
    return file.getvalue()


def headed(header: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    "content",
    [
        pickled(),
        pickle.dumps(Bomb()),
        saved(np.arange(3, dtype=">i8")),
        saved(np.arange(3, dtype="int32")),
        saved(["text"]),
        saved(np.arange(100))[:-1],
        saved(np.arange(100)) + b"x",
        headed(b"{'descr': '<i8', 'fortran_order': False, 'shape': (-1, -8)}\n") + bytes(64),
        headed(b"{'descr': '<i8', 'fortran_order': False, 'shape': (9999999999999999999999, 0)}\n"),
        headed(b"{'descr': '<i8', 'fortran_order': False, 'shape': (" + b"1," * 100 + b")}\n") + bytes(8),
        headed(b"{'descr': [('a', '<i8')], 'fortran_order': False, 'shape': (1,)}\n") + bytes(8),
        headed(b"[" * 5000),
        b"\x93NUMPY\x03\x00",
        b"",
    ],
)
def test_an_array_that_is_not_plain_numbers_is_refused(out: Path, content: bytes) -> None:
    (out / "a.npy").write_bytes(content)
    with pytest.raises(JobError, match=r"a\.npy was refused: it is not the table of numbers"):
        checked_array(out / "a.npy", 100_000)


def test_only_plain_files_of_the_job_are_opened(out: Path) -> None:
    secret = out.parent / "secret.json"
    secret.write_text('"secret"')
    (out / "link").symlink_to(secret)
    (out / "folder").symlink_to(out.parent)
    os.link(secret, out / "second name")
    os.mkfifo(out / "pipe")
    names = ["link", "folder/secret.json", "second name", "pipe", "../secret.json", "missing", "."]
    for name in names:
        with pytest.raises(JobError, match="was refused"):
            checked_json(out / name, 100)
    with pytest.raises(JobError, match="does not stand in the job's own folder"):
        checked_json(secret, 100)


def test_a_file_over_the_cap_is_refused(out: Path) -> None:
    (out / "a").write_bytes(bytes(101))
    assert checked_bytes(out / "a", 101) == bytes(101)
    with pytest.raises(JobError, match="larger than 100 bytes"):
        checked_bytes(out / "a", 100)


def test_text_of_a_job_becomes_one_plain_line() -> None:
    assert one_line("a\n b\x1b[31m\u202ec") == "a b[31mc"
    assert one_line("x" * 2000) == "x" * 1000


def test_a_folder_goes_however_deep_it_is_and_whatever_it_forbids(out: Path) -> None:
    here = os.open(out, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deeper", dir_fd=here)
        deeper = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.mkdir("closed", 0o000, dir_fd=here)
    os.close(here)
    kept = out.parent / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (out / "link").symlink_to(kept)
    erase(out)
    assert not out.exists()
    assert (kept / "file").exists()


def test_use_of_the_disk_is_counted_to_a_cap(out: Path) -> None:
    (out / "folder").mkdir()
    for number in range(10):
        (out / "folder" / str(number)).write_bytes(bytes(8192))
    assert used(out, 100)[1] == 11
    assert used(out, 100)[0] >= 10 * 8192
    assert used(out, 0)[1] < 11
