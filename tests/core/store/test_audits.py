"""Audits of several people in one folder: what one does to theirs is no fault of another's."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DataError
from core.jobs.replaced_json import replace_json
from core.store.audits import Audit, Audits, UnreadableAudit
from core.store.blobs import Upload

MINE, OTHER = "a" * 32, "b" * 32


def test_a_history_is_listed_while_another_person_deletes_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audits = Audits(tmp_path)
    mine, theirs = audits.new(MINE), audits.new(OTHER)
    read = Audits.get

    def read_as_it_is_deleted(self: Audits, audit_id: str) -> Audit:
        if audit_id == theirs.id:
            shutil.rmtree(tmp_path / "audits" / audit_id)
        return read(self, audit_id)

    monkeypatch.setattr(Audits, "get", read_as_it_is_deleted)
    assert audits.owned_by(MINE) == [mine]
    assert not (tmp_path / "audits" / theirs.id).exists()


# ---------------------------------------------------------------- one bad file


def kept(root: Path, owner: str = MINE) -> tuple[Audit, Path]:
    """An audit with a table, and the file that says what is known of it."""
    audits = Audits(root)
    audit = replace(audits.new(owner), table=Upload("a" * 64, "t.csv", 5))
    audits.save(audit)
    return audit, root / "audits" / audit.id / "state.json"


DAMAGED = {
    "empty": "",
    "torn": '{"id": "',
    "zeros": "\0" * 300,
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "nothing in it": "{}",
    "another audit": '{"id": "%s", "created": "2026-01-01"}' % ("c" * 32),
    "no date": '{"id": "ID", "created": "yesterday"}',
    "no text": '{"id": "ID", "created": "2026-01-01", "job": 7}',
    "an upload that is none": '{"id": "ID", "created": "2026-01-01", "table": "t.csv"}',
    "nested": "[" * 100_000,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_an_audit_that_cannot_be_read_is_one_entry_of_its_owner_and_hides_no_other(tmp_path: Path, text: str) -> None:
    audit, state = kept(tmp_path)
    other, _ = kept(tmp_path)
    state.write_text(text.replace("ID", audit.id))
    audits = Audits(tmp_path)
    with pytest.raises(UnreadableAudit, match=r"state\.json is damaged, or a newer Plumbline wrote it\. Open it"):
        audits.get(audit.id)
    assert audits.owned_by(MINE) == [other]
    assert audits.unreadable(MINE) == [audit.id] and audits.unreadable(OTHER, or_nobodys=True) == []


def test_one_that_does_not_say_whose_it_is_is_shown_only_where_all_are_ones_own(tmp_path: Path) -> None:
    audit, state = kept(tmp_path)
    state.write_text("")
    (state.parent / "owner").unlink()
    assert Audits(tmp_path).unreadable(MINE) == []
    assert Audits(tmp_path).unreadable(MINE, or_nobodys=True) == [audit.id]


def test_what_a_newer_plumbline_wrote_is_kept(tmp_path: Path) -> None:
    audit, state = kept(tmp_path)
    newer = json.loads(state.read_text()) | {"shared_with": ["them"], "version": 7}
    newer["table"]["rows"] = 9
    state.write_text(json.dumps(newer))
    audits = Audits(tmp_path)
    assert audits.get(audit.id) == audit
    audits.save(replace(audits.get(audit.id), problem="none"))
    assert json.loads(state.read_text()) == newer | {"problem": "none"}
    audits.save(replace(audits.get(audit.id), table=Upload("b" * 64, "u.csv", 6)))
    assert "rows" not in json.loads(state.read_text())["table"], "it was another table's"


def test_an_older_state_lacks_what_came_later(tmp_path: Path) -> None:
    audit, state = kept(tmp_path)
    state.write_text(json.dumps({"id": audit.id, "created": audit.created, "owner": MINE}))
    assert Audits(tmp_path).get(audit.id) == replace(audit, table=None)


def test_a_file_is_parsed_once_until_it_changes_or_its_audit_goes(tmp_path: Path) -> None:
    audits, parsed = Audits(tmp_path), []

    def parse(document: dict[str, int]) -> int:
        parsed.append(document)
        return document["n"]

    audit = audits.new(MINE)
    path = tmp_path / "audits" / audit.id / "counts.json"
    assert audits.parsed(audit.id, path.name, parse) is None
    replace_json(path, {"n": 1})
    assert [audits.parsed(audit.id, path.name, parse) for _ in range(3)] == [1, 1, 1] and len(parsed) == 1
    replace_json(path, {"n": 2})
    assert audits.parsed(audit.id, path.name, parse) == 2 and len(parsed) == 2
    path.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"its file counts\.json cannot be read"):
        audits.parsed(audit.id, path.name, parse)
    replace_json(path, {"n": 2})
    audits.parsed(audit.id, path.name, parse)
    audits.remove(audit.id)
    assert audits._read.cache_info().currsize == 0, "nothing of a deleted audit stays in memory"
