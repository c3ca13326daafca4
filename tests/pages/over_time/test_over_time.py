"""The page of one question over time: the sentence first, next month's tables, the curves, and every audit."""

import gzip
import json
import os
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.plan import Plan, Watch
from core.record import AuditRecord
from core.samples import LOANS_OVER_TIME, SAMPLES
from core.store.audits import blank_audit
from core.store.workspace import Workspace
from tests.pages.surface import sentences
from tests.pages.whole_app import ME, audited, finished, labels, opened, plain_words, press, said, tables, widget
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until
from tests.worlds.people import csv_text, plan_of
from tests.worlds.records import HOSTILE

pytestmark = pytest.mark.jobs

ROWS = [("ab"[i % 2], i % 3 % 2) for i in range(120)]
PLAN = plan_of()


def month(more: int) -> bytes:
    return csv_text(("g", "p"), [*ROWS, *[("b", 1)] * more]).encode()


def records() -> list[AuditRecord]:
    """The sample's twelve months: from September on women are approved less often than before."""
    return [AuditRecord.from_json(each) for each in json.loads(gzip.decompress(LOANS_OVER_TIME.read_bytes()))]


def brought(space: Workspace, months: list[AuditRecord]) -> list[str]:
    return [space.bring_in(json.dumps(each.to_json()).encode(), each.plan.data.file, ME).id for each in months]


@pytest.fixture(autouse=True)
def nobodys_audits(space: Workspace) -> Any:
    """Each test begins with a browser that has none."""
    yield
    for audit in space.owned_by(ME):
        space.delete(audit.id)


def curves(at: AppTest) -> list[dict[str, Any]]:
    """What the pictures draw, each by its datasets."""
    return [json.loads(chart.proto.spec) for chart in at.get("vega_lite_chart")]


def headline(at: AppTest) -> str:
    return plain_words(at.title[0].value)


def drop(at: AppTest, space: Workspace, **files: bytes) -> AppTest:
    """Drop files, `name=content` with the date's minus written as _, and wait until they were audited."""
    given = [(f"{name.removeprefix('m').replace('_', '-')}.csv", content, "") for name, content in files.items()]
    at.file_uploader[0].set_value(given).run()
    assert not at.exception
    until(lambda: all(space.batches.progress(audit.batch) is None for audit in space.owned_by(ME)))
    at.run()
    assert not at.exception
    return at


def test_a_newcomer_reads_what_it_is_for_and_sees_a_curve() -> None:
    at = opened("over_time")
    assert headline(at) == "Is it getting worse?" and "says when a gap has grown" in said(at)
    assert "Since September 2026 the gap between women and men has grown" in said(at)
    assert len(curves(at)) == 1 and "Go to Data" in labels(at)


def test_the_first_thing_said_is_whether_it_got_worse(space: Workspace) -> None:
    ids = brought(space, records())
    at = opened("over_time", ids[0])
    assert re.match(r"Since September 2026 the gap between women and men has grown by \d\.\d points;", headline(at))
    assert "On average over 12 audits, women are approved" in said(at) and "however often you looked" in said(at)
    assert len(curves(at)) == 2, "one for each column's largest group"
    quiet = opened("over_time", brought(space, [replace_file(records()[0], "2025-12.csv")])[0])
    assert headline(quiet).partition(" by ")[0] == headline(at).partition(" by ")[0], "whichever of them is open"


def replace_file(record: AuditRecord, name: str) -> AuditRecord:
    plan = replace(record.plan, data=replace(record.plan.data, file=name))
    return replace(record, plan=plan, provenance=replace(record.provenance, data_sha256=name.ljust(64, "0")))


def test_two_groups_whose_names_read_alike_when_joined_have_a_curve_each(space: Workspace) -> None:
    pairs = [("a-b", "c"), ("a", "b-c"), ("d", "d")]
    watch = tuple(Watch("disparate_impact", ("g", "h"), pair) for pair in pairs[:2])
    plan = plan_of(("g", "h"), groups="intersections = 2")
    plan = replace(plan, monitor=replace(plan.monitor, watch=watch))
    people = [(*pair, i % 2) for pair in pairs for i in range(100 if pair == ("d", "d") else 60)]
    at = opened("over_time", audited(space, plan, csv_text(("g", "h", "p"), people)))
    at = drop(at, space, m2026_02=csv_text(("g", "h", "p"), [*people, ("d", "d", 1)]).encode())
    assert len(curves(at)) == 2


def test_a_quiet_year_and_the_time_before_a_baseline(space: Workspace) -> None:
    for n, title in ((2, "Too early to tell: 2 of the first 3"), (8, "Since January 2026 nothing has changed")):
        for audit in space.owned_by(ME):
            space.delete(audit.id)
        at = opened("over_time", brought(space, records()[:n])[0])
        assert headline(at).startswith(title)
        assert "alarms assume" in said(at)


def test_each_point_leads_to_its_audit_by_a_click_and_by_the_table(space: Workspace) -> None:
    ids = brought(space, records())
    at = opened("over_time", ids[3])
    (table,) = [each for each in tables(at) if "Beside the first audits" in each][:1]
    assert table["Audit"][0] == "2026-01" and table["Beside the first audits"][:4] == ["One of the first"] * 3 + [
        "As before"
    ]
    assert table["Beside the first audits"][-1] == "Alarm"
    drawn = next(shown.proto.body for shown in at.get("html") if "Beside the first audits" in shown.proto.body)
    assert [drawn.count(f'href="audit?audit={audit_id}"') for audit_id in ids] == [1] * 12
    picture = str(at.get("vega_lite_chart")[0].proto)
    assert all(audit_id in picture for audit_id in ids)


def test_next_months_tables_are_dropped_at_once_one_broken_and_one_twice(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "p"), ROWS))
    at = opened("over_time", first)
    assert headline(at).startswith("Too early to tell: 1 of the first 3")
    files = {f"m2026_{number:02}": month(number) for number in range(1, 4)}
    at = drop(at, space, **files, m2026_04=b"\x80\x04\x95", m2026_05=month(2))
    assert "“2026-04.csv” has no result." in said(at) and "Python pickle" in said(at)
    assert "“2026-05.csv” holds the same as “2026-02.csv”. It was audited once." in said(at)
    assert len(space.owned_by(ME)) == 5, "the first, three months, and the broken one"
    (table,) = [each for each in tables(at) if "Beside the first audits" in each]
    assert table["Audit"] == ["t.csv", *(f"2026-{number:02}" for number in range(1, 4))]
    assert str(at.query_params["audit"]).count(first), "the audit that was open stays open"
    at = press(at, "Remove it")
    assert "has no result" not in said(at) and len(space.owned_by(ME)) == 4


def test_a_drop_at_work_says_how_far_it_is_and_a_refresh_loses_nothing(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "p"), ROWS))
    with holding_jobs():
        at = opened("over_time", first)
        given = [(f"2026-{number:02}.csv", month(number), "") for number in range(1, 4)]
        at.file_uploader[0].set_value(given).run()
        for again in (at, opened("over_time", first), opened("over_time")):
            assert "0 of 3 done" in "".join(str(one.proto) for one in again.get("progress"))
            assert "Cancel the rest" in labels(again)
        waits = next(audit.id for audit in space.owned_by(ME) if audit.stage == "waiting")
        for page in ("data", "audit"):
            assert headline(opened(page, waits)) == "This audit waits for its turn"
        assert "It waits for its turn among the tables" in said(opened("history"))
        assert headline(press(opened("audit", waits), "See it over time")) == "3 tables are still being audited."
        press(opened("over_time", first), "Cancel the rest")
    assert [audit.id for audit in space.owned_by(ME)] == [first]
    assert "Cancel the rest" not in labels(opened("over_time", first))


def test_a_drop_without_a_table_says_so(space: Workspace) -> None:
    loans = SAMPLES["loans"]
    assert loans.model is not None
    at = opened("over_time", finished(space, space.open_sample(loans, ME).id))
    at.file_uploader[0].set_value([("next.pt2", loans.model.read_bytes(), "")]).run()
    assert "There is no table in next.pt2. Put in a table together with it." in said(at)


def test_a_table_whose_name_tells_no_month_is_asked_about(space: Workspace) -> None:
    months = [
        replace_file(record, name) for record, name in zip(records(), ("b.csv", "a.csv", "2026-03.csv"), strict=False)
    ]
    ids = brought(space, months)
    at = opened("over_time", ids[0])
    assert "Which month is each of these about?" in said(at)
    at = widget(at, "text_input", "period").set_value("2025-12").run()
    assert space.get(ids[0]).period == "2025-12" and not at.exception
    (table,) = [each for each in tables(at) if "Beside the first audits" in each][:1]
    assert table["Audit"] == ["a.csv", "2025-12", "2026-03"]


def test_other_gaps_can_be_watched_and_stay_so(space: Workspace) -> None:
    ids = brought(space, records())
    at = opened("over_time", ids[0])
    box = at.multiselect[0]
    chosen = next(name for name in box.options if "Coast" in name and "points" in name)
    box.set_value([box.options.index(chosen)] if isinstance(box.value[0], int) else [chosen]).run()
    at = press(at, "Watch these")
    assert len(curves(at)) == 1 and "region is Coast" in said(at)
    assert len(curves(opened("over_time", ids[5]))) == 1, "it is kept"
    record = space.record(ids[0])
    assert record is not None and record.plan.monitor.watch == (), "the evidence stays as it is"
    assert len(curves(press(opened("over_time", ids[0]), "As at first"))) == 2


@pytest.mark.parametrize("n", [1, 3, 4, 12])
def test_its_sentences_are_short(space: Workspace, n: int) -> None:
    at = opened("over_time", brought(space, records()[:n])[0])
    assert [each for each in sentences(at) if len(each.split()) > 20] == []


def test_where_a_watched_group_is_not_in_the_first_month_the_largest_are_watched(space: Workspace) -> None:
    ids = brought(space, records()[1:])
    record = space.record(ids[0])
    assert record is not None
    watch = (Watch("disparate_impact", ("region",), ("Nowhere",)),)
    space.save_plan(ids[0], replace(record.plan, monitor=replace(record.plan.monitor, watch=watch)))
    at = opened("over_time", ids[0])
    assert "nobody in the first audit is it" in said(at) and "the largest groups are watched" in said(at)
    assert len(curves(at)) == 2 and len(curves(press(at, "As at first"))) == 2
    assert "nobody in the first audit" not in said(opened("over_time", ids[0]))


def test_one_group_alone_cannot_be_watched(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "p"), [("a", i % 2) for i in range(60)]))
    at = opened("over_time", first)
    assert headline(at).startswith("Nothing can be watched") and curves(at) == []


def test_history_leads_to_it(space: Workspace) -> None:
    ids = brought(space, records()[:4])
    at = opened("history")
    assert "See 4 audits over time" in labels(at)
    at = press(at, "See 4 audits over time")
    assert headline(at).startswith("Since January 2026") and str(at.query_params["audit"]) in "".join(ids)


def test_names_from_outside_are_shown_as_the_texts_they_are(space: Workspace) -> None:
    months = [replace_file(record, f"{number} {HOSTILE[:60]}.csv") for number, record in enumerate(records()[:5])]
    plan = months[0].plan
    named = [replace(each, plan=replace(each.plan, name=HOSTILE)) for each in months]
    at = opened("over_time", brought(space, named)[0])
    assert plan.name not in said(at)
    for shown in (*at.title, *at.subheader, *at.caption, *at.markdown):
        assert "<script>" not in shown.value
    assert all("<script>alert" not in shown.proto.body for shown in at.get("html")), "only scripts of the app's own"
    named_by_file = next(table for table in tables(at) if "Beside the first audits" in table)["Audit"]
    assert any("<script>" in name for name in named_by_file)


def test_1000_audits_open_in_under_a_second(space: Workspace, home: Path) -> None:
    """Seconds of the processor: a series of twelve among a thousand audits of another question."""
    ids = brought(space, records())
    other = brought(space, [replace(records()[0], plan=other_question(records()[0].plan))])[0]
    many = [replace(blank_audit(ME), brought="other.json", asked=space.get(other).asked) for _ in range(1_000)]
    for audit in many:
        (home / "audits" / audit.id).mkdir()
        for name in ("record.json", "summary.json"):
            os.link(home / "audits" / other / name, home / "audits" / audit.id / name)
        (home / "audits" / audit.id / "state.json").write_text(json.dumps(audit.to_json()))
    at = opened("over_time", ids[0])
    before = time.process_time()
    at.run()
    took = time.process_time() - before
    for audit in many:
        shutil.rmtree(home / "audits" / audit.id)
    assert headline(at).startswith("Since September 2026") and took < 1


def other_question(plan: Plan) -> Plan:
    return replace(plan, policy=replace(plan.policy, headline="statistical_parity_difference"))


def test_a_table_of_several_months_can_be_cut_and_the_whole_is_no_point_of_its_curve(space: Workspace) -> None:
    rows = [(*row, f"2026-{number:02}-10") for number in range(1, 5) for row in ROWS]
    whole = audited(space, PLAN, csv_text(("g", "p", "day"), rows))
    at = opened("over_time", whole)
    assert "“people.csv” holds 4 months**, by its column “day”." in said(at)
    with holding_jobs():
        at = press(at, "Audit each of the 4 months")
        assert headline(at) == "4 months are still being audited." and "Which month" not in said(at)
    until(lambda: all(space.batches.progress(audit.batch) is None for audit in space.owned_by(ME)))
    at = opened("over_time", whole)
    (table,) = [each for each in tables(at) if "Beside the first audits" in each]
    assert table["Audit"] == [f"2026-{number:02}" for number in range(1, 5)]
    assert "holds 4 months" not in said(at) and "Which month" not in said(at)


def test_what_else_changed_is_folded_below(space: Workspace) -> None:
    at = opened("over_time", brought(space, records())[0])
    folded = next(each for each in at.expander if each.label.startswith("What else changed"))
    assert not folded.proto.expanded and "than chance" in folded.text[0].value
