"""Whatever is changed behind a ledger's back is found, and named, and nothing is appended on top of it."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import DataError
from core.record.evidence.keys import PrivateKey
from core.record.evidence.tree import MerkleTree, leaf_hash
from core.store.ledger import rows
from core.store.ledger.checking import problems
from core.store.ledger.database import LedgerError
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Checkpoint, Ledger
from core.store.ledger.transfer import export_lines
from tests.core.store.ledger.conftest import Opened


@pytest.fixture
def full(ledger: Ledger, opened: Opened) -> Opened:
    """A ledger with one entry of many kinds, an erased one among them; opened anew at each call."""
    for n in range(6):
        ledger.append("record", {"n": n}, f"record/{n}")
    ledger.erase([ledger.named("record/4")[0]], "test")
    assert problems(opened()) == []
    return opened


def changed(ledger: Ledger, *statements: str, **values: object) -> None:
    with ledger.database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def found(opened: Opened) -> str:
    """What the check says."""
    ledger = opened()
    said = problems(ledger)
    ledger.close()
    assert said, "it was not found"
    return " ".join(said)


def refused(opened: Opened) -> None:
    ledger = opened()
    with pytest.raises(LedgerError):
        ledger.append("note", {})
    ledger.close()


@pytest.mark.parametrize("column", ["payload", "salt", "leaf"])
def test_every_flipped_byte_of_an_entry_is_named(full: Opened, column: str) -> None:
    ledger = full()
    entry = ledger.named("record/2")[0]
    value: bytes = getattr(entry, column)
    for place in range(len(value)):
        wrong = bytearray(value)
        wrong[place] ^= 1 << place % 8
        changed(ledger, f"UPDATE entries SET {column} = :wrong WHERE number = 3", wrong=bytes(wrong))
        assert "Entry 3 was changed" in found(full)
    changed(ledger, f"UPDATE entries SET {column} = :right WHERE number = 3", right=value)
    assert problems(full()) == []


@pytest.mark.parametrize(
    "change",
    ["kind = 'note'", "appended = '2020-01-01'", "name = 'another'", "payload = NULL, salt = NULL", "salt = NULL"],
)
@pytest.mark.parametrize("number", [3, 5])
def test_columns_beside_an_entry_are_checked_too(full: Opened, change: str, number: int) -> None:
    erased = number == 5
    if erased and "NULL" in change:
        return
    changed(full(), f"UPDATE entries SET {change} WHERE number = {number}")
    assert f"Entry {number} was" in found(full)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DELETE FROM entries WHERE number = 7"], "last 1 entries are missing"),
        (["DELETE FROM entries WHERE number = 7", "DELETE FROM checkpoints WHERE size = 8"], "older copy"),
        (["DELETE FROM entries WHERE number = 2"], "Entry 2 is missing"),
        (["DELETE FROM checkpoints WHERE size = 3"], "some are missing"),
        (
            ["UPDATE checkpoints SET note = replace(note, '8', '9') WHERE size = 8"],
            "checkpoint of 8 entries was changed",
        ),
        (
            ["UPDATE checkpoints SET note = (SELECT c.note FROM checkpoints c WHERE c.size = 2) WHERE size = 3"],
            "another",
        ),
        (["UPDATE log SET origin = 'plumbline/else'"], "another ledger"),
    ],
)
def test_what_is_dropped_or_swapped_is_named(full: Opened, statements: list[str], words: str) -> None:
    changed(full(), *statements)
    assert words in found(full)


def test_what_was_dropped_is_not_appended_on(full: Opened) -> None:
    changed(full(), "DELETE FROM entries WHERE number = 7")
    refused(full)
    changed(full(), "DELETE FROM checkpoints WHERE size = 8")
    refused(full)


def rewritten(ledger: Ledger, key: PrivateKey | None) -> None:
    """Entry 3 says another thing and has a leaf to match; with a key every checkpoint after it is signed anew."""
    payload = ledger.named("record/2")[0].payload
    assert payload is not None
    payload, salt = payload.replace(b'"n":2', b'"n":9'), b"\1" * 32
    leaf = leaf_hash(salt, payload)
    changed(ledger, "UPDATE entries SET payload=:p, salt=:s, leaf=:l WHERE number = 3", p=payload, s=salt, l=leaf)
    if key is not None:
        with ledger.database.writing() as connection:
            tree = MerkleTree(rows.leaves(connection))
            name = str(rows.origin(connection))
            for size in range(4, len(tree) + 1):
                note = Checkpoint(name, size, tree.root(size)).signed(key)
                connection.execute(text("UPDATE checkpoints SET note = :n WHERE size = :s"), {"n": note, "s": size})


def test_a_rewritten_tree_does_not_match_its_signed_heads(full: Opened) -> None:
    rewritten(full(), None)
    assert "tree was rewritten: its first 4 entries" in found(full)
    refused(full)


def test_a_tree_that_is_signed_anew_does_not_match_what_was_seen(full: Opened) -> None:
    rewritten(full(), full().keys.private())
    assert "ledger was rewritten: its first 8 entries" in found(full)
    refused(full)


def test_a_tree_that_a_stranger_signs_is_not_this_ledger(full: Opened) -> None:
    rewritten(full(), PrivateKey.generated())
    assert "checkpoint of 4 entries was changed" in found(full)
    refused(full)


def test_a_stranger_who_goes_on_with_a_key_of_their_own_is_named(full: Opened, url: str, tmp_path: Path) -> None:
    stranger = Ledger(url, KeyFolder(tmp_path / "stranger"))
    stranger.append("note", {"words": "all is well"})
    stranger.close()
    assert "Entry 8 makes a key known that no key before it endorsed" in found(full)
    refused(full)


# ---------------------------------------------------------------- files of SQLite


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, Callable[[], Ledger]]:
    path = tmp_path / "db" / "ledger.sqlite3"

    def again() -> Ledger:
        return Ledger(str(path), KeyFolder(tmp_path / "keys"))

    ledger = again()
    for n in range(5):
        ledger.append("note", {"n": n})
    ledger.close()
    settled(path)
    return path, again


def settled(path: Path) -> None:
    """Everything in the one file."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_an_old_copy_put_back_beside_a_newer_checkpoint_is_named(file: tuple[Path, Callable[[], Ledger]]) -> None:
    path, again = file
    shutil.copy(path, path.with_suffix(".old"))
    ledger = again()
    ledger.append("note", {"newer": True})
    ledger.close()
    shutil.copy(path.with_suffix(".old"), path)
    for beside in path.parent.glob("*-*"):
        beside.unlink()
    assert problems(again()) == ["An older copy of the ledger stands here: it has 6 entries, and 7 were seen."]
    with pytest.raises(LedgerError, match="An older copy"):
        again().append("note", {})


def test_another_ledger_in_its_place_is_named(file: tuple[Path, Callable[[], Ledger]], tmp_path: Path) -> None:
    path, again = file
    other = Ledger(str(tmp_path / "other.sqlite3"), KeyFolder(tmp_path / "other"))
    for n in range(9):
        other.append("note", {"n": n})
    other.close()
    settled(tmp_path / "other.sqlite3")
    shutil.copy(tmp_path / "other.sqlite3", path)
    assert "Another ledger stands in place of plumbline/" in " ".join(problems(again()))
    path.unlink()
    with pytest.raises(LedgerError, match="is not there now. Put it back"):
        again().append("note", {})


def test_a_flipped_byte_anywhere_in_the_file_is_found_or_changes_nothing(
    file: tuple[Path, Callable[[], Ledger]],
) -> None:
    path, again = file
    before = path.read_bytes()
    whole = list(export_lines(again()))
    noticed = 0
    for place in range(0, len(before), 211):
        wrong = bytearray(before)
        wrong[place] ^= 1 << place % 8
        path.write_bytes(bytes(wrong))
        ledger = again()
        try:
            said = problems(ledger)
            same = said or list(export_lines(ledger)) == whole
        except DataError:
            said = same = ["refused"]
        finally:
            ledger.close()
            for beside in path.parent.glob("*-*"):
                beside.unlink()
        noticed += bool(said)
        assert same, f"byte {place} was changed, and nothing is said"
    assert noticed > 5
