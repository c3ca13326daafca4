"""Archives of images: what is found in a plain one, and that a hostile one is refused whole before anything opens."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.data.images import archive
from core.data.images.archive import Archive
from core.data.images.decoding import Unusable
from core.errors import DataError


def zip_of(path: Path, entries: dict[str, bytes], packed: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packed) as target:
        for name, content in entries.items():
            target.writestr(zipfile.ZipInfo(name), content, packed)
    return path


@pytest.mark.parametrize(
    ("entries", "cell", "found"),
    [
        (["a/1.png", "b/1.png"], "b/1.png", "b/1.png"),
        (["a/1.png", "b/1.png"], "1.png", None),
        (["a/1.png", "b/1.png"], "c/1.png", None),
        (["faces/a/1.png", "faces/b/2.png"], "b/2.png", "faces/b/2.png"),
        (["faces/1.png"], " ./1.png ", "faces/1.png"),
        (["1.png"], "images\\1.png", "1.png"),
        (["1.png"], "../../1.png", "1.png"),
        (["1.png"], "", None),
        (["1.png", "__MACOSX/._1.png", ".DS_Store"], "._1.png", None),
    ],
)
def test_a_cell_names_an_entry(tmp_path: Path, entries: list[str], cell: str, found: str | None) -> None:
    opened = Archive(zip_of(tmp_path / "a.zip", dict.fromkeys(entries, b"x")), "a.zip")
    assert opened.find(cell) == found


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    opened = Archive(zip_of(tmp_path / "a.zip", {"1.png": b"abc" * 9}, zipfile.ZIP_DEFLATED), "a.zip")
    assert opened.read("1.png") == b"abc" * 9


def climbing(path: Path) -> None:
    zip_of(path, {"../1.png": b"x"})


def climbing_by_backslash(path: Path) -> None:
    zip_of(path, {"a\\..\\..\\1.png": b"x"})


def absolute(path: Path) -> None:
    zip_of(path, {"/etc/passwd": b"x"})


def on_a_drive(path: Path) -> None:
    zip_of(path, {"C:\\1.png": b"x"})


def link(path: Path) -> None:
    entry = zipfile.ZipInfo("1.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(entry, "/etc/passwd")


def twice(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "w") as target:
        target.writestr("1.png", b"a")
        target.writestr("1.png", b"b")


def locked(path: Path) -> None:
    zip_of(path, {"1.png": b"x"})
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def odd_packing(path: Path) -> None:
    zip_of(path, {"1.png": b"x" * 100}, zipfile.ZIP_LZMA)


def bomb(path: Path) -> None:
    zip_of(path, {"1.bmp": bytes(archive.BOMB_BYTES + 1)}, zipfile.ZIP_DEFLATED)


def overlapping(path: Path) -> None:
    """Two entries that share the bytes of one: a bomb needs no more than that."""
    zip_of(path, {"1.png": b"x" * 1000, "2.png": b"y"})
    content = bytearray(path.read_bytes())
    second = content.rfind(b"PK\x01\x02")
    content[second + 20 : second + 28] = (5000).to_bytes(4, "little") * 2
    path.write_bytes(content)


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "climbing": (climbing, "leads out of it"),
    "climbing by backslash": (climbing_by_backslash, "leads out of it"),
    "absolute": (absolute, "leads out of it"),
    "on a drive": (on_a_drive, "leads out of it"),
    "link": (link, "a link or a device"),
    "twice": (twice, "two files of one name"),
    "locked": (locked, "password"),
    "odd packing": (odd_packing, "unusual way"),
    "bomb": (bomb, "only be a trap"),
    "overlapping": (overlapping, "more than it can hold"),
    "no zip": (lambda path: path.write_bytes(b"PK no"), "is no zip archive"),
    "cut short": (lambda path: path.write_bytes(zip_of(path, {"1": b"x"}).read_bytes()[:-9]), "cut short"),
    "empty": (lambda path: zip_of(path, {}), "holds no files"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_whole_and_in_words(tmp_path: Path, kind: str) -> None:
    make, words = HOSTILE[kind]
    make(tmp_path / "a.zip")
    with pytest.raises(DataError) as refusal:
        Archive(tmp_path / "a.zip", "a.zip")
    assert words in str(refusal.value)
    assert "a.zip" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    with pytest.raises(DataError, match="more than 3 files"):
        Archive(zip_of(tmp_path / "a.zip", {f"{i}.png": b"x" for i in range(4)}), "a.zip")


def test_an_entry_that_is_damaged_or_huge_is_unusable_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_of(tmp_path / "a.zip", {"1.png": b"abcdef", "2.png": b"good", "3.png": b"x" * 50})
    path.write_bytes(path.read_bytes().replace(b"abcdef", b"abcdeg"))
    monkeypatch.setattr(archive, "MOST_IMAGE_BYTES", 40)
    opened = Archive(path, "a.zip")
    assert opened.read("2.png") == b"good"
    with pytest.raises(Unusable, match="damaged"):
        opened.read("1.png")
    with pytest.raises(Unusable, match="a file of more than"):
        opened.read("3.png")
