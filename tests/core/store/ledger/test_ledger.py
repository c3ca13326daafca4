"""What is appended stands there, and nothing else: two at once, one name once, erased payloads, keys, time."""

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.record.evidence.checkpoint import opened as opened_note
from core.record.evidence.receipt import TimeToken
from core.record.evidence.tree import verify_inclusion
from core.store.ledger import rows
from core.store.ledger.checking import problems
from core.store.ledger.database import LedgerError
from core.store.ledger.entry import LogEntry
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
from core.store.ledger.transfer import export_lines, import_file
from tests.core.store.ledger.conftest import Opened
from tests.worlds.time_authority import TimeAuthority

_APPENDS = """
import sys
from pathlib import Path
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
ledger = Ledger(sys.argv[1], KeyFolder(Path(sys.argv[2])))
for n in range(int(sys.argv[4])):
    ledger.append("note", {"by": sys.argv[3], "n": n})
"""


def everything(ledger: Ledger) -> list[LogEntry]:
    with ledger.reading() as (connection, _):
        return list(rows.entries(connection))


def appending(url: str, keys: Path, who: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _APPENDS, url, str(keys), who, str(count)])


def test_entries_stand_in_their_order_under_a_signed_head(ledger: Ledger, opened: Opened) -> None:
    words = [ledger.append("note", {"n": n}) for n in range(5)]
    again = opened()
    assert [entry.kind for entry in everything(again)] == ["key"] + ["note"] * 5
    assert everything(again)[1:] == words and [entry.body for entry in words] == [{"n": n} for n in range(5)]
    assert problems(again) == []
    with again.reading() as (connection, log):
        for size, note in rows.notes(connection):
            head, _ = opened_note(note, [ledger.keys.private().public])
            assert (head.size, head.root, head.origin) == (size, log.tree.root(size), log.origin)
        leaf = words[2].leaf
        assert verify_inclusion(3, 6, leaf, log.tree.inclusion(3), log.tree.root())


def test_a_name_stands_once(ledger: Ledger, opened: Opened) -> None:
    first = ledger.append("record", {"a": 1}, "record/x")
    assert ledger.append("record", {"a": 2}, "record/x") == first == opened().append("record", {"a": 3}, "record/x")
    assert len(everything(ledger)) == 2


def test_two_processes_append_at_once_without_a_fork(url: str, opened: Opened, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    both = [appending(url, keys, who, 25) for who in "ab"]
    assert [process.wait(240) for process in both] == [0, 0]
    ledger = opened()
    assert problems(ledger) == []
    notes = [entry for entry in everything(ledger) if entry.kind == "note"]
    for who in "ab":
        assert [entry.body["n"] for entry in notes if entry.body["by"] == who] == list(range(25))
    assert [entry.kind for entry in everything(ledger)].count("key") == 1


def test_an_erased_payload_leaves_its_leaf(ledger: Ledger, opened: Opened, tmp_path: Path) -> None:
    secret = "c0ffee" * 8
    kept, gone = ledger.append("note", {"n": 1}), ledger.append("record", {"secret": secret}, "record/gone")
    ledger.erase([gone], "deleted by a person")
    again = opened()
    assert problems(again) == []
    left = everything(again)[gone.number]
    assert left == gone.erased and left.body == {} and everything(again)[kept.number] == kept
    told = everything(again)[-1]
    assert told.kind == "deletion" and told.body == {"of": gone.label, "why": "deleted by a person"}
    assert again.append("record", {"secret": secret}, "record/gone") == left, "what was deleted does not come back"
    again.erase([gone, everything(again)[0]], "again")
    assert len(everything(again)) == 4, "neither what is gone, nor a key, is erased"
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_the_key_is_this_users_alone(ledger: Ledger) -> None:
    ledger.append("note", {})
    file = ledger.keys.path / "key.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(ledger.keys.path.stat().st_mode) == 0o700
    os.chmod(file, 0o644)
    with pytest.raises(LedgerError, match="chmod 600"):
        ledger.append("note", {})
    os.chmod(file, 0o600)
    file.write_text("no key")
    with pytest.raises(LedgerError, match="Put it back"):
        ledger.append("note", {})


def test_a_new_key_is_endorsed_by_the_one_before(ledger: Ledger, opened: Opened) -> None:
    ledger.append("note", {})
    before = ledger.keys.private()
    after = ledger.renew_key()
    assert ledger.keys.private().public == after != before.public
    ledger.append("note", {})
    told = [entry for entry in everything(ledger) if entry.kind == "key"]
    assert [entry.body["endorsed_by"] for entry in told] == [None, before.public.hex]
    assert before.public.verifies(bytes.fromhex(told[1].body["endorsement"]), after.raw)
    assert problems(opened()) == []
    assert [path.stat().st_mode & 0o777 for path in ledger.keys.path.glob("key*.pem")] == [0o600, 0o600]


def test_a_key_is_put_in_place_once_the_ledger_knows_it(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path / "ledger.sqlite3"), KeyFolder(tmp_path / "keys"))
    ledger.append("note", {})
    before = ledger.keys.private().public
    with ledger.database.writing() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        connection.execute(text(full))
    with pytest.raises(LedgerError, match="Free some space"):
        ledger.renew_key()
    assert ledger.keys.private().public == before and len(list(ledger.keys.path.glob("key*.pem"))) == 1
    with ledger.database.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))
    (ledger.keys.path / "public.pem").write_text("another")
    assert ledger.renew_key() == ledger.keys.public() != before and problems(ledger) == []
    ledger.close()


def test_what_is_read_is_of_one_moment(ledger: Ledger, opened: Opened) -> None:
    ledger.append("note", {"n": 1})
    with ledger.reading() as (connection, log):
        opened().append("note", {"n": 2})
        assert len(list(rows.entries(connection))) == len(log.tree) == len(rows.notes(connection)) == 2


def test_a_time_authority_stamps_a_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append("note", {})
    authority = TimeAuthority(tmp_path / "authority")
    answer = authority.answer(ledger.time_request())
    ledger.append("note", {"later": True})
    entry = ledger.keep_time(TimeToken(answer, authority.chain))
    assert entry.body["size"] == 2 and entry.body["by"] == "CN=TestTime" and problems(ledger) == []
    with pytest.raises(LedgerError, match="No checkpoint of this ledger was stamped"):
        ledger.keep_time(TimeToken(answer[:-9] + b"\0" * 9, authority.chain))


def test_an_export_is_the_ledger_elsewhere(ledger: Ledger, tmp_path: Path) -> None:
    for n in range(4):
        gone = ledger.append("note", {"n": n})
    ledger.erase([gone], "test")
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(export_lines(ledger)))
    copy = Ledger(str(tmp_path / "copy.sqlite3"), KeyFolder(tmp_path / "other keys"))
    assert import_file(copy, file) == 6 and import_file(copy, file) == 0
    assert everything(copy) == everything(ledger) and problems(copy) == []
    ledger.append("note", {"n": 5})
    file.write_text("\n".join(export_lines(ledger)))
    assert import_file(copy, file) == 1
    copy.append("note", {"elsewhere": True})
    assert problems(copy) == []
    ledger.append("note", {"here": True})
    file.write_text("\n".join(export_lines(ledger)))
    with pytest.raises(LedgerError, match="another entry 7"):
        import_file(copy, file)
    file.write_text(file.read_text()[:-20])
    with pytest.raises(LedgerError, match="damaged"):
        import_file(copy, file)
    head, first, second, *rest = export_lines(ledger)
    numbered = json.dumps(json.loads(first) | {"number": 10**30})
    for damaged in ([head, first, *rest], [head, numbered, second], [head, "[" * 200_000]):
        file.write_text("\n".join(damaged))
        with pytest.raises(LedgerError, match="damaged"):
            import_file(copy, file)
    copy.close()


def exported(ledger: Ledger, file: Path, **wrong: dict[str, object]) -> Path:
    """An export in which the lines of some entries, `n3` for entry 3, say other things."""
    head, *lines = [json.loads(line) for line in export_lines(ledger)]
    for name, said in wrong.items():
        lines[int(name[1:])] |= said
    file.write_text("\n".join(json.dumps(line) for line in [head, *lines]))
    return file


def test_an_export_that_does_not_hold_is_not_taken_in(ledger: Ledger, tmp_path: Path) -> None:
    for n in range(4):
        ledger.append("note", {"n": n})
    file, copy = tmp_path / "export.jsonl", Ledger(str(tmp_path / "copy.sqlite3"), KeyFolder(tmp_path / "other"))
    crafted_key = LogEntry.made(0, "key", "2026-01-01T00:00:00+00:00", None, {"nothing": 1})
    crafted_deletion = LogEntry.made(2, "deletion", "2026-01-01T00:00:00+00:00", None, {"nothing": 1})
    for wrong, words in (
        ({"n2": {"checkpoint": "no note"}}, "The checkpoint of 3 entries was changed"),
        ({"n2": {"salt": None, "payload": None}}, "Entry 2 was emptied"),
        ({"n2": {"leaf": "00", "salt": None, "payload": None}}, "its leaf is no hash"),
        ({"n0": line_of(crafted_key)}, "Entry 0 makes a key known"),
        ({"n2": line_of(crafted_deletion)}, "would not hold"),
        ({"n2": {"number": float("inf")}}, "damaged"),
    ):
        with pytest.raises(LedgerError, match=words):
            import_file(copy, exported(ledger, file, **wrong))
    assert not copy.is_begun() and import_file(copy, exported(ledger, file)) == 5 and problems(copy) == []
    copy.close()


def line_of(entry: LogEntry) -> dict[str, object]:
    """The line of an export for an entry."""
    assert entry.salt is not None and entry.payload is not None
    payload = base64.b64encode(entry.payload).decode()
    return {**entry.label, "leaf": entry.leaf.hex(), "salt": entry.salt.hex(), "payload": payload}


def test_a_lost_database_comes_back_by_an_export(tmp_path: Path) -> None:
    path, keys, file = tmp_path / "ledger.sqlite3", KeyFolder(tmp_path / "keys"), tmp_path / "export.jsonl"
    ledger = Ledger(str(path), keys)
    ledger.append("note", {"n": 1})
    older = exported(ledger, file).read_text()
    ledger.append("note", {"n": 2})
    exported(ledger, file)
    ledger.close()
    for part in tmp_path.glob("ledger.sqlite3*"):
        part.unlink()
    (tmp_path / "older.jsonl").write_text(older)
    again = Ledger(str(path), keys)
    with pytest.raises(LedgerError, match="it has 2 entries, and 3 were seen"):
        import_file(again, tmp_path / "older.jsonl")
    assert import_file(again, file) == 3 and problems(again) == []
    again.append("note", {"n": 3})
    again.close()


def test_a_path_is_a_path_whatever_its_letters(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path / "what? ever%20#1.sqlite3"), KeyFolder(tmp_path / "keys"))
    ledger.append("note", {})
    ledger.close()
    assert (tmp_path / "what? ever%20#1.sqlite3").is_file()


@pytest.mark.parametrize("version", ["3", "10", "next"])
def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path, version: str) -> None:
    ledger = Ledger(str(tmp_path / "newer"), KeyFolder(tmp_path / "keys"))
    ledger.append("note", {})
    with ledger.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    ledger.close()
    again = Ledger(str(tmp_path / "newer"), KeyFolder(tmp_path / "keys"))
    with pytest.raises(LedgerError, match="written by a newer Plumbline"):
        again.append("note", {})
    again.close()


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    for url, words in (
        ("mysql://host/name", "no address"),
        ("nonsense://", "no address"),
        ("postgresql://u:pw@h:port/x", r"//\*\*\*@h:port/x is no address"),
        ("postgresql://nobody@127.0.0.1:1/none", "server runs"),
    ):
        with pytest.raises(LedgerError, match=words):
            Ledger(url, keys).append("note", {})
    (tmp_path / "text").write_text("no database, but a text that is longer than nothing" * 99)
    with pytest.raises(LedgerError, match="damaged"):
        Ledger(str(tmp_path / "text"), keys).append("note", {})
    ledger = Ledger(str(tmp_path / "new"), keys)
    assert not ledger.is_begun()
    with pytest.raises(LedgerError, match="There is no ledger at"), ledger.reading():
        pass
    assert not (tmp_path / "new").exists(), "to read makes nothing"
    ledger.close()
