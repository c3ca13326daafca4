"""Notes: kinds and facts that travel from a job to a reader, and the words they are said with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.engine import doubts
from core.engine.results import checked_notes
from core.errors import PlanError
from core.metrics.words.notes import in_order, stands_first, text
from core.notes import Note, PlanEdit, as_notes, said
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.documents.json import result
from core.store.retention.rows import NOTES_GONE, erase_rows
from tests.worlds.people import dataset_of, plan_of
from tests.worlds.records import decided, record_of, scored, seen_in

ENDS = {"threshold": 0.5, "low": 0.2, "high": 99.5, "selected": 999, "people": 1_000}
FIRST, OTHER = Note("nearly_all_alike", ENDS), said("row 3 has an extra cell")


def test_a_note_travels_as_json_and_a_sentence_of_an_older_record_is_a_note_too() -> None:
    cut = PlanEdit("groups", "bins", {"age": [40]})
    note = Note("uncut_numbers", {"column": "age", "groups": 58, "cuts": [40]}, (cut,))
    assert Note.from_json(json.loads(json.dumps(note.to_json()))) == note
    assert Note.from_json("row 3 has an extra cell") == OTHER and text(OTHER) == "row 3 has an extra cell"
    assert as_notes(["twice", note, "twice"]) == (said("twice"), note)
    document = decided().to_json()
    older = AuditRecord.from_json(document | {"warnings": ["as it was"]})
    assert older.notes == (said("as it was"),) and older.to_json()["warnings"] == ["as it was"]


def test_what_could_make_the_answer_meaningless_stands_first_until_it_is_confirmed() -> None:
    assert in_order((OTHER, FIRST), ()) == (FIRST, OTHER)
    assert in_order((OTHER, FIRST), ("nearly_all_alike",)) == (OTHER, FIRST)
    assert not stands_first(FIRST, ("nearly_all_alike",)) and not stands_first(OTHER, ())


def test_result_json_holds_kind_facts_and_words() -> None:
    record = replace(decided(), notes=(OTHER, FIRST))
    first, other = result(record)["warnings"]
    assert first == {"kind": "nearly_all_alike", "facts": ENDS, "text": text(FIRST)}
    assert other == {"kind": "said", "facts": {"text": "row 3 has an extra cell"}, "text": "row 3 has an extra cell"}


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "no such kind", "facts": {}, "changes": []},
        {"kind": "nearly_all_alike", "facts": {}, "changes": []},
        {"kind": "nearly_all_alike", "facts": ENDS | {"low": "x"}, "changes": []},
        {"kind": "uncut_numbers", "facts": {"column": "c" * 9_000, "groups": 3, "cuts": []}, "changes": []},
        {"kind": "nearly_all_alike", "facts": ENDS, "changes": [["data", "trim", "x" * 99_000]]},
        {"kind": "nearly_all_alike", "facts": ENDS, "changes": [["data"]]},
        {"kind": "nearly_all_alike", "facts": 3, "changes": []},
        7,
        None,
    ],
)
def test_a_job_cannot_forge_a_note_that_breaks_a_page(forged: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        checked_notes([forged])


def test_a_plan_takes_the_edits_of_a_note() -> None:
    plan = plan_of(("g", "age"), groups="bins = {g = [1]}")
    assert plan.changed((PlanEdit("groups", "bins", {"age": [40]}),)).groups.bins == {"g": (1.0,), "age": (40.0,)}
    confirmed = plan.changed((PlanEdit("data", "confirmed", ["uncut_numbers:age"]),))
    assert confirmed.data.confirmed == ("uncut_numbers:age",) and Plan.from_toml(confirmed.to_toml()) == confirmed
    assert confirmed.question_sha256 == plan.question_sha256 and confirmed.sha256 != plan.sha256
    with pytest.raises(PlanError, match="no_such_key"):
        plan.changed((PlanEdit("data", "no_such_key", True),))


def test_a_sensitive_column_of_numbers_without_cut_points_is_asked_about(tmp_path: Path) -> None:

    rows = "".join(f"{age},{age % 5},{age % 2}\n" for age in range(18, 76))
    profile = dataset_of(f"age,few,p\n{rows}", tmp_path).profile
    (note,) = doubts.before(plan_of(("age", "few")), profile)
    assert (note.key, note.facts["groups"]) == ("uncut_numbers:age", 58)
    assert plan_of(("age", "few")).changed(note.changes).groups.bins == {"age": (40.0,)}
    assert doubts.before(plan_of(("age", "few"), groups="bins = {age = [40]}"), profile) == ()


def test_a_threshold_at_the_end_of_the_scale_is_said_and_one_inside_is_not() -> None:

    fine = scored(model=False)
    assert doubts.after(seen_in(fine), fine.plan) == ()
    decision = 'score = "s"\nthreshold = 0.2'
    ends = record_of(plan_of(label=True, decision=decision), fine.counts)
    (note,) = doubts.after(seen_in(ends), ends.plan)
    assert note.facts == {"threshold": 0.2, "low": 0.4, "high": 0.6, "selected": 300, "people": 300}
    assert "from 0.4 to 0.6" in text(note)


def test_a_note_that_quotes_cells_goes_with_the_rows_and_the_evidence_stays(tmp_path: Path) -> None:
    strange = Note("unknown_values", {"column": "job", "values": [["retired", 2]], "cells": 2, "more": 0})
    record = replace(decided(), notes=(strange, FIRST, OTHER))
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record.to_json()), encoding="utf-8")
    for _ in range(2):  # the second sweep finds nothing more to take
        erase_rows(tmp_path, lambda: record.plan)
        kept = AuditRecord.from_json(json.loads(path.read_text(encoding="utf-8")))
        assert kept.notes == (FIRST, OTHER, said(NOTES_GONE)) and "retired" not in path.read_text(encoding="utf-8")
        assert kept.judgement() == record.judgement()
