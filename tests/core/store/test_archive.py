"""Audits as an archive: described, found, kept together by project, and brought in as records."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DataError
from core.record import AuditRecord
from core.record.summary import Summary
from core.store import archive
from core.store.archive import Shelved, found, in_order, projects, tidy
from core.store.audits import Audit, Audits
from core.store.blobs import Upload
from core.store.disk.clock import now
from core.store.workspace import Workspace
from tests.worlds.records import HOSTILE, decided, scored
from tests.worlds.workspaces import start

ME = "a" * 32


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    space = start(tmp_path / "root")
    yield space
    space.close()


def content(record: AuditRecord) -> bytes:
    return json.dumps(record.to_json()).encode()


# ---------------------------------------------------------------- brought in


@pytest.mark.parametrize("make", [decided, scored, lambda: decided(label=False)])
def test_a_record_that_is_brought_in_is_the_same_record(space: Workspace, make: type[AuditRecord]) -> None:
    record = make()
    audit = space.bring_in(content(record), "spring/record.json", ME)
    kept = space.record(audit.id)
    assert kept is not None and kept.digest == record.digest and kept.judgement().gaps == record.judgement().gaps
    assert audit.brought == "record.json" and not space.has_rows(audit.id)
    assert [entry.audit.id for entry in space.listed(ME)] == [audit.id]
    assert space.listed("b" * 32) == []


def test_a_record_goes_out_and_comes_in_again_unchanged(space: Workspace) -> None:
    first = space.bring_in(content(decided()), "record.json", ME)
    out = space.record(first.id)
    assert out is not None
    again = space.record(space.bring_in(content(out), "record.json", ME).id)
    assert again is not None and again.digest == out.digest


def test_it_outlives_the_day_after_which_uploads_go(tmp_path: Path) -> None:
    moment = now()
    space = start(tmp_path / "root", now=lambda: moment)
    audit, draft = space.bring_in(content(decided()), "record.json", ME), space.new(ME)
    space.sweep()
    moment = replace(moment, ticks=moment.ticks + 3 * 86_400)
    space.sweep()
    assert space.record(audit.id) is not None
    with pytest.raises(DataError, match="no audit at this address"):
        space.get(draft.id)  # nobody put anything into it
    space.close()


NONSENSE = {
    "no json": (b"{", "is not JSON"),
    "nested": (b"[" * 200_000, "is not JSON"),
    "a list": (b"[]", "holds no record"),
    "a result": (b'{"plumbline": 1, "findings": []}', "without the counts"),
    "binary": (b"\x80\x04\x95", "is not JSON"),
}


@pytest.mark.parametrize("why", NONSENSE)
def test_what_is_no_record_is_refused_and_nothing_is_kept(space: Workspace, why: str) -> None:
    given, words = NONSENSE[why]
    with pytest.raises(DataError, match=words):
        space.bring_in(given, "record.json", ME)
    assert space.owned_by(ME) == []


def test_a_record_that_does_not_fit_itself_is_refused_and_nothing_is_kept(space: Workspace) -> None:
    whole = decided().to_json()
    groups = whole["counts"]["groups"]
    for change in (
        {"plumbline": 2},
        {"plan": "plumbline = 1"},
        {"plan": whole["plan"].replace('["g"]', '["h"]').replace('"g",', '"h",')},
        {"counts": {**whole["counts"], "n": []}},
        {"counts": {**whole["counts"], "n": [[0, 0, 0, 2**70]]}},
        {"counts": {**whole["counts"], "n": [[0, 9, 0, 1]]}},
        {"counts": {**whole["counts"], "groups": {**groups, "cells": [[7]]}}},
        {"counts": {**whole["counts"], "axis": {**whole["counts"]["axis"], "edges": [2, 1]}}},
        {"references": [{"by": ["nobody"], "values": ["x"]}]},
        {"provenance": {}},
        {"warnings": [{"kind": "no such kind", "facts": {}}]},
    ):
        if json.dumps(whole | change) == json.dumps(whole):
            continue
        with pytest.raises(DataError, match=r"record\.json"):
            space.bring_in(json.dumps(whole | change).encode(), "record.json", ME)
    assert space.owned_by(ME) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BROUGHT_BYTES", 10)
    with pytest.raises(DataError, match="larger than"):
        space.bring_in(content(decided()), "record.json", ME)


# ---------------------------------------------------------------- described and found


def test_what_somebody_writes_is_kept_and_found_again(space: Workspace, tmp_path: Path) -> None:
    audit = space.bring_in(content(decided()), "march.json", ME)
    space.describe(audit.id, notes="  Shown to the board.\nAsk again in May. ", tags=("Board, spring", "board", ""))
    space.rename(audit.id, "Credit")
    kept = Audits(tmp_path / "root").get(audit.id)
    assert kept.notes == "Shown to the board.\nAsk again in May." and kept.tags == ("Board", "spring")
    other = space.bring_in(content(scored()), "april.json", ME)
    entries = space.listed(ME)
    for words, ids in (
        ("credit", [audit.id]), ("BOARD may", [audit.id]), ("march", [audit.id]), ("april", [other.id]),
        ("", [other.id, audit.id]), ("board april", []), ("spring", [audit.id]),
    ):  # fmt: skip
        assert [entry.audit.id for entry in found(entries, words)] == ids, words
    assert [entry.audit.id for entry in found(entries, "", ("BOARD",))] == [audit.id]
    space.describe(audit.id, notes="", tags=())
    assert (space.get(audit.id).notes, space.get(audit.id).tags) == (None, ())


def test_tags_are_few_short_and_never_twice() -> None:
    assert tidy((" a  b ,c", "C", "", ",")) == ("a b", "c")
    assert len(tidy(tuple(str(i) for i in range(99)))) == 12 and len(tidy(("x" * 500,))[0]) == 40


def test_older_and_newer_versions_state_files_are_read(tmp_path: Path, space: Workspace) -> None:
    audit = space.describe(space.bring_in(content(decided()), "r.json", ME).id, "note", ("tag",))
    document = audit.to_json()
    assert Audit.from_json(document) == audit
    for name in ("notes", "tags", "copy_of", "brought"):
        document.pop(name)
    old = Audit.from_json(document)
    assert (old.notes, old.tags, old.copy_of, old.brought) == (None, (), None, None)


# ---------------------------------------------------------------- order and projects


def entry(name: str, day: int, people: int = 10, verdict: str | None = "gap", **of: str | None) -> Shelved:
    question = str(of.pop("question", None) or name)
    audit = Audit(name, f"2026-01-{day:02}T00:00:00+00:00", table=Upload("d", f"{name}.csv", 1), **of)  # type: ignore[arg-type]
    return Shelved(audit, None if verdict == "none" else Summary(name, people, "people", verdict, question, question))


def ids(entries: list[Shelved]) -> list[str]:
    return [each.audit.id for each in entries]


def test_each_order_puts_the_newer_of_equals_first() -> None:
    shelf = [
        entry("b", 1, 30, "no_gap"), entry("a", 2, 10, "gap"), entry("c", 3, 30, "gap"), entry("d", 4, 5, "none"),
    ]  # fmt: skip
    assert ids(in_order(shelf, "newest")) == ["d", "c", "a", "b"]
    assert ids(in_order(shelf, "oldest")) == ["b", "a", "c", "d"]
    assert ids(in_order(shelf, "people")) == ["c", "b", "a", "d"]
    assert ids(in_order(shelf, "answer")) == ["c", "a", "b", "d"]
    assert [each.name for each in in_order(shelf, "name")] == ["a", "b", "c", "d.csv"]


def test_an_original_its_fixes_its_copies_and_later_audits_of_its_question_stand_together() -> None:
    shelf = [
        entry("original", 1, question="q"), entry("other", 2), entry("fix", 3, original="original"),
        entry("copy", 4, copy_of="original"), entry("fix of copy", 5, original="copy"),
        entry("again", 6, question="q"), entry("alone", 7, original="deleted"),
    ]  # fmt: skip
    families = [ids(family) for family in projects(in_order(shelf, "newest"))]
    assert families == [["alone"], ["again", "fix of copy", "copy", "fix", "original"], ["other"]]


def test_audits_without_a_result_are_no_project_for_that() -> None:
    shelf = [entry("one", 1, verdict="none"), entry("two", 2, verdict="none")]
    assert [len(family) for family in projects(shelf)] == [1, 1]


def test_a_duplicate_stays_in_the_project_with_the_tags(space: Workspace) -> None:
    audit = space.audits.save(replace(space.new(ME), tags=("spring",)))
    assert Audit.from_json(audit.to_json()).tags == ("spring",)


def test_text_of_a_person_is_found_as_it_is(space: Workspace) -> None:
    audit = space.bring_in(content(decided()), "r.json", ME)
    space.describe(audit.id, HOSTILE, (HOSTILE,))
    assert found(space.listed(ME), "<script>")[0].audit.notes == HOSTILE


def test_a_disk_that_is_full_keeps_nothing_of_a_record(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.store.audits.replace_json", full)
    with pytest.raises(DataError, match="Free some space"):
        space.bring_in(content(decided()), "r.json", ME)
    monkeypatch.undo()
    assert space.owned_by(ME) == []


def test_a_line_that_an_older_version_kept_tells_its_series_too(space: Workspace) -> None:
    audit = space.bring_in(content(scored()), "record.json", ME)
    path = space.audits.folder(audit.id) / "summary.json"
    document = json.loads(path.read_text())
    del document["series"]
    path.write_text(json.dumps(document))
    (entry,) = space.listed(ME)
    assert entry.series == scored().plan.series_sha256 == json.loads(path.read_text())["series"]
