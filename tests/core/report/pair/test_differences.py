"""In what two audits differ, said before any change; and in words that fit one breath each."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.plan.data_part import Keep
from core.plan.parts import Condition, Limit
from core.record import AuditRecord
from core.report.pair.differences import ASPECTS, differences
from core.report.pair.side_by_side import PAIRED, WIDER, SideBySide
from tests.worlds.people import plan_of, selections
from tests.worlds.records import HOSTILE, decided, record_of, scored


def planned(record: AuditRecord, part: str, **changes: object) -> AuditRecord:
    plan = record.plan
    return replace(record, plan=replace(plan, **{part: replace(getattr(plan, part), **changes)}))


def ran(record: AuditRecord, **changes: object) -> AuditRecord:
    return replace(record, provenance=replace(record.provenance, **changes))


ONE = scored()
EDITS: dict[str, Callable[[], AuditRecord]] = {
    "rows": lambda: planned(ONE, "data", count="times"),
    "outcome": lambda: planned(ONE, "data", favourable=Condition(at_least=3.0)),
    "filters": lambda: replace(planned(ONE, "data", keep=(Keep("days", between=(-30, 30)),)), dropped=(7,)),
    "groups": lambda: planned(ONE, "groups", bins={"g": (40.0,)}),
    "references": lambda: ONE.compared_with({"g": "b"}),
    "data": lambda: ran(ONE, data_sha256="e" * 64),
    "images": lambda: ran(ONE, images_sha256="e" * 64),
    "model": lambda: ran(ONE, model_sha256="e" * 64),
    "decision": lambda: planned(ONE, "decision", threshold=0.6),
    "limits": lambda: planned(ONE, "policy", limits=(Limit("disparate_impact", least=0.9),)),
    "confidence": lambda: planned(ONE, "run", confidence=0.9),
    "versions": lambda: ran(ONE, versions={"numpy": "2.5"}),
}


@pytest.mark.parametrize("kind", EDITS)
def test_each_thing_in_which_two_audits_can_differ_is_named_and_no_other(kind: str) -> None:
    for pair in ((ONE, EDITS[kind]()), (EDITS[kind](), ONE)):
        (found,) = differences(*pair)
        assert found.kind == kind
        assert all(len(sentence.split()) <= 20 for sentence in re.split(r"(?<=[.:])\s", found.text)), found.text


def test_groups_that_are_in_one_audit_only_are_named() -> None:
    one, other = (record_of(plan_of(), selections(dict.fromkeys(names, (30, 60)))) for names in ("ab", "ac"))
    (found,) = [each for each in differences(one, other) if each.kind == "values"]
    assert "In the first: a, b. In the second: a, c." in found.text
    assert not [gap for gap in SideBySide.of(one, other).comparison.gaps if "c" in gap.group.values()]


def test_every_row_is_tried() -> None:
    assert {*EDITS, "values"} == set(ASPECTS)


def test_what_decides_is_said_of_both() -> None:
    (found,) = differences(ONE, EDITS["decision"]())
    assert "0.437 or more" in found.text and "0.6 or more" in found.text


def test_an_audit_differs_in_nothing_from_itself_and_is_paired_with_itself() -> None:
    found = SideBySide.of(ONE, ONE)
    assert found.differences == () and found.is_paired
    lines = list(found.lines())
    assert lines[0] == PAIRED and lines[-1] == "No decision flips." and "0 better, 0 worse" in lines[1]


def test_what_differs_stands_first_and_the_width_of_ranges_is_said() -> None:
    found = SideBySide.of(ONE, EDITS["decision"]())
    lines, document = list(found.lines()), found.to_json()
    assert lines[0].startswith("It is not decided in the same way.") and lines[1] == WIDER
    assert document["warnings"] == [found.differences[0].text, WIDER]
    assert document["differences"] == [{"kind": "decision", "text": found.differences[0].text}]
    assert document["paired"] is False and document["flips"] == [] == document["people"]


def test_every_change_has_a_range_or_says_why_not() -> None:
    found = SideBySide.of(decided(), decided({"a": (45, 20, 5, 30), "b": (10, 9, 25, 56), "c": (2, 1, 3, 1)}))
    for gap in found.comparison.gaps:
        assert (gap.low is not None and gap.high is not None) or gap.reason


def test_text_out_of_a_table_stays_text() -> None:
    one = record_of(
        plan_of(data=f"label = {HOSTILE!r}\nfavourable = 1"), selections({HOSTILE: (30, 60), "b": (20, 60)})
    )
    found = differences(one, ran(planned(one, "data", favourable=Condition(values=("yes",))), data_sha256="f" * 64))
    assert {each.kind for each in found} == {"outcome", "data"}
    assert any(HOSTILE in each.text for each in found), "words hold it as it is: who shows it, escapes it"
