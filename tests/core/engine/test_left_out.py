"""Who is not counted is told by group, and what the answer would be with them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import fisher_exact

from core.counts.counts import Counts
from core.engine import doubts
from core.engine.counting import Counted, count
from core.engine.doubts.left_out import unlike
from core.engine.sources import source
from core.metrics.words.notes import text
from core.plan.parts import RuleContent
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.documents.json import result
from core.report.words.audit import left_out_table
from tests.worlds.people import dataset_of, labelled, plan_of, quiet, selections
from tests.worlds.records import decided, record_of, seen_in

KEEP = 'keep = [{column = "s", not_in = ["", "bad"]}]'
SCORED = 'score = "s"\nthreshold = 0.5'


def counted(content: str, plan: Plan, folder: Path) -> Counted:
    dataset = dataset_of(content, folder)
    return count(source(plan, dataset, None), dataset, plan, quiet)


def test_a_filter_s_rows_are_counted_by_group_on_every_batch(tmp_path: Path) -> None:
    rows = [("abc"[i % 3], ("bad" if i % 7 == 0 else "0.9", "0.1", "")[i % 2 + (i % 11 == 0)]) for i in range(3_000)]
    plan = plan_of(decision=SCORED, data=KEEP)
    found = counted("g,s\n" + "".join(f"{g},{s}\n" for g, s in rows), plan, tmp_path)
    expected = [sum(g == value and s in ("", "bad") for g, s in rows) for (value,) in _names(found.counts)]
    assert found.left_out.tolist() == [expected] and found.dropped == (sum(expected),)


def _names(counts: Counts) -> list[tuple[str, ...]]:
    return [tuple(counts.groups.names(g).values()) for g in range(len(counts.groups))]


def record_with(table: dict[str, tuple[int, int]], out: tuple[int, ...]) -> AuditRecord:
    counts = selections(table)
    record = record_of(plan_of(decision='prediction = "p"\nfavourable = [1]', data=KEEP), counts)
    left_out = np.asarray([out], dtype=np.int64)
    return replace(record, left_out=left_out, dropped=(sum(out),), rows_read=counts.people + sum(out))


def test_one_group_left_out_more_often_could_turn_the_answer_and_is_said_first() -> None:
    record = record_with({"f": (132, 253), "m": (200, 384)}, (145, 18))
    (note,) = doubts.after(seen_in(record, record.left_out), record.plan)  # type: ignore[arg-type]
    assert note.kind == "left_out_could_turn"
    f, m = note.facts["groups"]
    assert (f["value"], f["out"], f["people"], m["out"], m["people"]) == ("f", 145, 398, 18, 402)
    assert f["all_refused"] == 132 / 398 and f["all_selected"] == 277 / 398 and m["as_counted"] == 200 / 384
    assert "“f” 36.4\u00a0% (145 of 398)" in text(note) and "“m” 49.8\u00a0%" in text(note)


def test_shares_that_chance_explains_or_people_held_out_say_nothing() -> None:
    alike = record_with({"f": (100, 300), "m": (200, 600)}, (30, 63))
    assert doubts.after(seen_in(alike, alike.left_out), alike.plan) == ()  # type: ignore[arg-type]
    month = replace(decided().plan, data=decided().plan.data.in_month("day", "2026-03"))
    assert list(unlike(seen_in(record_of(month, alike.counts), [[250, 10]]), month)) == [], "they are in other audits"
    held = record_of(plan_of(data="held_out = 0.5"), alike.counts)
    assert list(unlike(seen_in(held, [[250, 10]]), held.plan)) == []


@pytest.mark.parametrize("out", [(3, 1), (6, 1), (9, 1), (12, 2), (40, 40), (0, 9)])
def test_more_than_chance_is_fishers_test(out: tuple[int, int]) -> None:
    record = record_with({"f": (20, 40), "m": (30, 50)}, out)
    p = fisher_exact([[out[0], 40], [out[1], 50]]).pvalue
    assert bool(list(unlike(seen_in(record, record.left_out), record.plan))) is bool(p < 0.05)  # type: ignore[arg-type]


def test_an_outcome_that_is_known_for_one_group_more_often_is_said() -> None:
    counts = labelled({"f": (40, 20, 10, 30, 60, 40), "m": (40, 20, 10, 30, 2, 1)})
    record = record_of(plan_of(label=True), counts)
    (note,) = doubts.after(seen_in(record), record.plan)
    assert note.kind == "outcome_unknown_unlike" and "“f” 50.0\u00a0% (100 of 200)" in text(note)


def test_result_and_page_show_the_table_by_group() -> None:
    record = record_with({"f": (100, 300), "m": (200, 600)}, (30, 60))
    first, second = result(record)["left_out"]
    assert first == {"reason": "s is , bad", "by": ["g"], "group": {"g": "f"}, "n": 30, "share": 30 / 330}
    assert (second["n"], second["share"]) == (60, 60 / 660)
    assert left_out_table(record)["Share left out"] == ["9.1\u00a0%", "9.1\u00a0%"]
    assert left_out_table(decided()) == {} and result(decided())["left_out"] == []


def test_a_record_keeps_the_table_and_refuses_one_that_does_not_add_up() -> None:
    record = record_with({"f": (100, 300), "m": (200, 600)}, (30, 60))
    document = record.to_json()
    again = AuditRecord.from_json(document)
    assert again.digest == record.digest and again.left_out is not None and again.left_out.tolist() == [[30, 60]]
    older = {**document, "rows": {"read": 990, "dropped": [90]}}
    assert AuditRecord.from_json(older).left_out is None
    for wrong in ([[0, 0, 90], [0, 1, 1]], [[0, 2, 90]], [[1, 0, 90]], [[0, 0, -1], [0, 1, 91]], [[0, -1, 90]]):
        with pytest.raises(Exception, match="not a whole record"):
            AuditRecord.from_json({**document, "rows": {"read": 990, "dropped": [90], "left_out": wrong}})


@pytest.mark.parametrize(("above", "expected"), [(False, 70), (True, 40)])
def test_above_selects_strictly_above_and_who_stands_on_the_threshold_is_counted(
    tmp_path: Path, above: bool, expected: int
) -> None:
    content = "g,s\n" + "a,0.5\n" * 20 + "b,0.5\n" * 10 + "a,0.75\n" * 25 + "b,0.9\n" * 15 + "b,0.25\n" * 30
    plan = plan_of(decision=SCORED + ("\nabove = true" if above else ""))
    found = counted(content, plan, tmp_path)
    record = record_of(plan, found.counts)
    selected = sum(g.metrics["selection_rate"].numerator for g in record.judgement().groups)  # type: ignore[misc]
    assert (selected, found.on_threshold) == (expected, 30)
    (note,) = doubts.after(seen_in(record, on_threshold=found.on_threshold), plan)
    assert note.kind == "many_on_the_threshold" and "30 of 100 people stand exactly on the threshold 0.5" in text(note)
    by_rule = replace(plan, decision=replace(plan.decision, threshold=None, rule=RuleContent("{}")))
    assert doubts.after(seen_in(record, on_threshold=30), by_rule) == (), "a rule file says it of each threshold"
    turned = plan.changed(note.changes)
    assert turned.decision.above is not above and turned.question_sha256 != plan.question_sha256
    assert Plan.from_toml(turned.to_toml()) == turned


def test_above_needs_a_threshold() -> None:
    from core.errors import PlanError

    for decision in ('prediction = "p"\nfavourable = [1]', 'score = "s"\nfavourable = {below = 5}'):
        with pytest.raises(PlanError, match="above"):
            plan_of(decision=f"{decision}\nabove = true")
