"""The Compare page: two audits picked, what differs first, then the answer, whose decisions flip, and files."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.record import AuditRecord, compare
from core.record.paired import PairedWith
from core.store.workspace import Workspace
from tests.pages.whole_app import ME, labels, opened, press, said, tables, widget
from tests.worlds.people import plan_of, selections
from tests.worlds.records import HOSTILE, decided, record_of
from tests.worlds.two_audits import CLOSING, joint_of

pytestmark = pytest.mark.jobs

BEFORE = replace(decided({"women": (200, 60, 200, 540), "men": (400, 90, 60, 450)}))
AFTER = decided({"women": (330, 80, 70, 520), "men": (395, 95, 65, 445)})


@pytest.fixture
def shelf(space: Workspace) -> "Shelf":
    for audit in space.owned_by(ME):
        space.delete(audit.id)
    return Shelf(space)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the page gives to download, by the names of the files."""
    found: dict[str, str] = {}
    button = st.download_button

    def held(label: str, data: Callable[[], str], file_name: str, *rest: Any, **options: Any) -> bool:
        found[file_name] = data()
        return button(label, data, file_name, *rest, **options)

    monkeypatch.setattr(st, "download_button", held)
    return found


class Shelf:
    """Audits of this browser, each brought in as a record."""

    def __init__(self, space: Workspace) -> None:
        self.space = space

    def put(self, record: AuditRecord, called: str) -> str:
        audit = self.space.bring_in(json.dumps(record.to_json()).encode(), "record.json", ME)
        return self.space.rename(audit.id, called).id


def pick(at: AppTest, first: str, second: str) -> AppTest:
    for name, audit_id in (("first", first), ("second", second)):
        at = widget(at, "selectbox", name).set_value(audit_id).run()
        assert not at.exception
    return at


def test_it_takes_two_audits_with_a_result(shelf: Shelf) -> None:
    shelf.put(BEFORE, "Alone")
    at = opened("compare")
    assert "It takes two audits" in said(at) and {"Go to Data", "Go to History"} <= set(labels(at))


def test_the_newer_one_is_second_and_what_changed_is_said_with_a_range(shelf: Shelf) -> None:
    first, second = shelf.put(BEFORE, "Spring"), shelf.put(AFTER, "Summer")
    at = opened("compare")
    chosen = [widget(at, "selectbox", name).value for name in ("first", "second")]
    assert chosen == [first, second] and first in str(at.query_params["with"])
    words = said(at)
    assert words.index("ranges are wider than necessary") < words.index("Of 9 comparisons of groups")
    assert "People whose g is women are selected 0.53 times as often" in words and "Plausible change" in words
    (numbers,) = [table for table in tables(at) if "Plausible change" in table]
    assert numbers["Answer"] == ["Better"] and " to " in numbers["Plausible change"][0]
    assert "Two records hold counts, so nobody's two decisions can be told" in words
    assert at.get("vega_lite_chart"), "a picture beside the numbers"


def test_swapping_turns_the_answer_over(shelf: Shelf) -> None:
    shelf.put(BEFORE, "Spring"), shelf.put(AFTER, "Summer")
    at = press(opened("compare"), "Swap the two")
    (numbers,) = [table for table in tables(at) if "Plausible change" in table]
    assert numbers["Answer"] == ["Worse"]


def test_the_same_audit_twice_is_asked_about(shelf: Shelf) -> None:
    first = shelf.put(BEFORE, "Spring")
    shelf.put(AFTER, "Summer")
    assert "Choose two different audits" in said(pick(opened("compare"), first, first))


def test_what_differs_is_said_before_the_answer(shelf: Shelf) -> None:
    stricter = replace(AFTER, provenance=replace(AFTER.provenance, data_sha256="e" * 64))
    shelf.put(BEFORE, "Spring"), shelf.put(stricter, "Summer")
    words = said(opened("compare"))
    assert "The tables are not the same file." in words
    at = opened("compare")
    headers = [header.value for header in at.header]
    assert headers.index("What differs between them") < headers.index("What changed")


def test_whose_decisions_flip_is_said_where_one_job_asked_both(shelf: Shelf) -> None:
    joint = joint_of(CLOSING, "g")
    plan = plan_of(label=True, groups='reference = {g = "men"}')
    before, after = record_of(plan, joint.before), record_of(plan, joint.after)
    shelf.put(before, "Large"), shelf.put(replace(after, paired=PairedWith(before.decided_sha256, joint)), "Small")
    at = opened("compare")
    flipped = int(joint.n[:, :, [0, 1], [1, 0]].sum())
    assert f"{flipped:,} of {joint.n.sum():,} decisions flip" in said(at)
    (numbers,) = [table for table in tables(at) if "Beside all others" in table]
    assert numbers["Flip"] == [str(n) for n in joint.n[:, :, [0, 1], [1, 0]].sum(axis=(1, 2))]
    women = "people whose g is women"
    beside = dict(zip(numbers["Group"], numbers["Beside all others"], strict=True))
    assert beside == {women: "More than chance explains", "people whose g is men": "Fewer than chance explains"}
    assert f"{women.capitalize()}: 165 of 800 flip, against 105 of 800 others." in said(at)


def test_of_too_few_people_it_is_said_that_they_are_too_few(shelf: Shelf) -> None:
    """All 6 of a group flip and nobody else does: that is no sign of chance, and of 6 people nothing is said."""
    joint = joint_of(
        {"few": ([[0, 0], [0, 0]], [[0, 6], [0, 0]]), "rest": ([[0, 0], [0, 0]], [[200, 0], [0, 200]])}, "g"
    )
    plan = plan_of(label=True)
    before, after = record_of(plan, joint.before), record_of(plan, joint.after)
    shelf.put(before, "Large"), shelf.put(replace(after, paired=PairedWith(before.decided_sha256, joint)), "Small")
    at = opened("compare")
    words = said(at)
    assert "No group is shown to flip more often than the others." in words and "chance explains" not in words
    (numbers,) = [table for table in tables(at) if "Beside all others" in table]
    assert numbers["Group"] == ["people whose g is few", "people whose g is rest"] and numbers["Flip"] == ["6", "0"]
    assert numbers["Beside all others"] == ["Too few to tell"] * 2


def test_more_than_two_stand_in_one_table_in_the_order_that_is_picked(shelf: Shelf) -> None:
    ids = [shelf.put(record, name) for record, name in ((BEFORE, "A"), (AFTER, "B"), (decided(label=False), "C"))]
    at = pick(opened("compare"), ids[0], ids[1])
    at = widget(at, "multiselect", "more").set_value([ids[2]]).run()
    numbers = tables(at)[-1]
    assert numbers["Audit"] == ["A", "B", "C"] and numbers["Widest gap"][0] == "0.53\u00a0times"
    at = widget(at, "selectbox", "order").set_value("smallest gap first").run()
    assert tables(at)[-1]["Audit"][:2] == ["B", "A"]
    at = widget(at, "selectbox", "order").set_value("most often right first").run()
    assert tables(at)[-1]["Audit"][-1] == "C", "of which no outcome is known"


def test_the_files_hold_the_comparison(shelf: Shelf, files: dict[str, str]) -> None:
    shelf.put(BEFORE, "Spring"), shelf.put(AFTER, "Summer")
    at = opened("compare")
    labelled = [button.proto.label for button in at.get("download_button")]
    assert labelled == ["Every change (spreadsheet, .csv)", "The same for machines (comparison.json)"]
    found = compare(BEFORE, AFTER)
    document = json.loads(files["comparison.json"])
    assert document["before"] == BEFORE.digest and document["after"] == AFTER.digest
    moved = {(gap.measure, gap.change, gap.low, gap.high, gap.verdict) for gap in found.gaps}
    assert {(g["measure"], g["change"], g["low"], g["high"], g["verdict"]) for g in document["gaps"]} == moved
    assert files["comparison.csv"].startswith("\ufeff"), "a spreadsheet takes it for UTF-8 only then"
    rows = list(csv.DictReader(io.StringIO(files["comparison.csv"].removeprefix("\ufeff"))))
    assert [(row["measure"], row["verdict"]) for row in rows] == [(gap.measure, gap.verdict) for gap in found.gaps]
    for row, gap in zip(rows, found.gaps, strict=True):
        assert (float(row["change"]) if row["change"] else None) == gap.change


def test_columns_that_have_nothing_in_common_are_refused_in_words(shelf: Shelf) -> None:
    shelf.put(BEFORE, "One")
    shelf.put(record_of(plan_of(("h",)), selections({("x",): (10, 30), ("y",): (20, 30)}, ("h",))), "Other")
    assert "no sensitive column in common" in said(opened("compare"))


def test_names_out_of_tables_are_shown_as_the_text_they_are(shelf: Shelf) -> None:
    groups = {HOSTILE: (30, 60), "b": (20, 60)}
    for name in ("One", HOSTILE):
        shelf.put(record_of(plan_of(), selections(groups)), name)
        groups = {HOSTILE: (10, 60), "b": (20, 60)}
    at = opened("compare")
    assert HOSTILE in tables(at)[0]["Compared with"]
    for shown in (*at.caption, *at.markdown):
        assert "<script>" not in shown.value
    for shown in at.get("html"):
        assert "<script>alert" not in shown.proto.body


def test_a_damaged_record_is_said_and_the_page_stands(shelf: Shelf, home: Path) -> None:
    first = shelf.put(BEFORE, "Spring")
    shelf.put(AFTER, "Summer")
    opened("compare")
    (home / "audits" / first / "record.json").write_text(json.dumps({"plumbline": 1}))
    at = opened("compare")
    assert "“Spring”: This is not a whole record" in said(at) and "Run the audit again." in said(at)
    assert "It takes two audits" in said(at), "the other one is alone"
