"""Uploaded tables that are packed: unpacked, or refused in one clear line."""

import bz2
import gzip
import lzma
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from core.data.readers import compressed
from tests.worlds.table_looks import TABLE, Look, refusal, zipped
from tests.worlds.table_looks import look as look

PACKED = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zip": lambda data: zipped(("t.csv", data)),
    "zstandard": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKED)
def test_packed_tables_are_unpacked(look: Look, name: str) -> None:
    profile, rows = look(PACKED[name](TABLE))
    assert rows == [("Ann", "1"), ("Bob", "2")]
    assert profile.words.endswith(f", {name}")


@pytest.mark.parametrize("name", PACKED)
def test_what_unpacks_to_too_much_is_refused_before_the_disk_is_full(
    look: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(compressed, "UNPACKED_CAP", 1 << 20)
    assert "unpacks to more than" in refusal(look, PACKED[name](b"a,b\n" + b"1,x\n" * 600_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("unpacked")) <= 1 << 20


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zip"])
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_damaged_archives_are_refused(look: Look, name: str, damage: str) -> None:
    content = bytearray(PACKED[name]("".join(f"{i},{i * i}\n" for i in range(3_000)).encode()))
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2 : len(content) // 2 + 40] = b"\xff" * 40
    assert f"The {name} archive cannot be unpacked" in refusal(look, bytes(content))


def test_a_refused_zip_is_closed(look: Look, tmp_path: Path) -> None:
    content = bytearray(zipped(("t.csv", "".join(f"{i},{i * i}\n" for i in range(3_000)).encode())))
    content[len(content) // 2 : len(content) // 2 + 40] = b"\xff" * 40
    for refused in (bytes(content), zipped(("a.csv", TABLE), ("b.csv", TABLE))):
        refusal(look, refused)
        assert not [name for name in psutil.Process().open_files() if Path(name.path).is_relative_to(tmp_path)]


def test_a_zip_must_hold_one_table(look: Look) -> None:
    assert "holds 2 files" in refusal(look, zipped(("a.csv", TABLE), ("b.csv", TABLE)))
    assert "holds 0 files" in refusal(look, zipped(("folder/", b"")))
    assert len(look(zipped(("folder/a.csv", TABLE), ("__MACOSX/._a.csv", b"x")))[1]) == 2


def test_a_zip_with_a_password_is_refused(look: Look) -> None:
    content = bytearray(zipped(("a.csv", TABLE)))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(look, bytes(content))
