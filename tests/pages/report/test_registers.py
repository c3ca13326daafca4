"""The registers on the Report page: written, changed, taken out, printed, and nothing typed is lost."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.replaced_json import replace_json
from core.mitigate.advice.duplicates import decisions_sha256
from core.mitigate.search import offer
from core.plan.parts import MitigationPlan
from core.record.registers import BiasScenario, Registers
from core.report.pair.fix_result import FixResult
from core.store.workspace import Workspace
from tests.pages.on_fix_page import PLAN, TABLE
from tests.pages.report.test_report import preview
from tests.pages.whole_app import ME, WAIT_SECONDS, audited, kept, opened, tables, widget
from tests.worlds.records import HOSTILE, decided

pytestmark = pytest.mark.jobs


def typed(at: AppTest, column: str, text: str, entry: int = 0) -> None:
    widget(at, "text_area", f"register scenarios {entry} {column}").set_value(text).run()
    assert not at.exception


def pressed(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception


def test_an_entry_is_written_changed_and_taken_out(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    widget(at, "button_group", "report/readers").set_value(["policy"]).run()
    typed(at, "group", HOSTILE)
    typed(at, "owner", "Ana")
    assert space.registers.of(audit_id) == Registers(), "typed is not kept yet"
    pressed(at, "Add it")
    assert space.registers.of(audit_id).scenarios == (BiasScenario(group=HOSTILE, owner="Ana"),)
    assert "<h2>What could go wrong</h2>" in preview(at) and "<script>alert" not in preview(at)
    assert any(HOSTILE in table.get("Group at risk", []) for table in tables(at))
    typed(at, "group", "second")
    pressed(at, "Add it")
    widget(at, "selectbox", "register scenarios entry").set_value(1).run()
    typed(at, "owner", "Ben", entry=1)
    pressed(at, "Keep the change")
    assert [row.owner for row in space.registers.of(audit_id).scenarios] == ["Ben", ""]
    widget(at, "selectbox", "register scenarios entry").set_value(1).run()
    pressed(at, "Take it out")
    assert [row.group for row in space.registers.of(audit_id).scenarios] == ["second"]


def test_nothing_typed_is_lost_by_a_run_or_a_look_at_another_page(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    at = opened("report", audit_id)
    typed(at, "hazard", "turned down wrongly")
    widget(at, "selectbox", "register").set_value("responses").run()
    widget(at, "selectbox", "register").set_value("scenarios").run()
    assert widget(at, "text_area", "register scenarios 0 hazard").value == "turned down wrongly"
    at.switch_page("pages/audit.py").run()
    at.switch_page("pages/report.py").run()
    assert widget(at, "text_area", "register scenarios 0 hazard").value == "turned down wrongly"


def test_an_empty_entry_is_not_kept(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, decided())
    pressed(opened("report", audit_id), "Add it")
    assert space.registers.of(audit_id) == Registers()


def test_what_else_was_considered_is_filled_from_the_search(space: Workspace, home: Path) -> None:
    audit_id = audited(space, PLAN, TABLE)
    space.mitigate(
        audit_id, replace(PLAN, mitigate=MitigationPlan(by=("g",))), ("thresholds", "shared_threshold"), "no"
    )
    assert space.wait(audit_id, WAIT_SECONDS) is None
    at = opened("report", audit_id)
    widget(at, "selectbox", "register").set_value("alternatives").run()
    pressed(at, "Fill from the search for fixes")
    now, *others = space.registers.of(audit_id).alternatives
    found = space.mitigation(audit_id)
    assert found is not None and len(others) >= 2
    assert (now.candidate, now.accepted, now.difference) == ("The model as it is", "yes", "")
    for entry in others:
        assert entry.candidate and entry.accepted == "no" and entry.reason
        assert re.fullmatch(r"\d+\.\d of 100 decisions wrong \(\d+\.\d to \d+\.\d\)", entry.performance)
        assert re.search(r"points \(\d+\.\d to \d+\.\d\)$", entry.disparity)
        assert "with the model in use, and" in entry.difference and "plausible change" in entry.difference
    child, (fix, *_) = kept(space, home, decided()), offer(found, ("thresholds",)).fixes
    for decides, accepted in (("d" * 64, set()), (decisions_sha256(fix), {fix.title})):
        pair = FixResult(fix.title, "", "", "", "met", "", (), (), "", decides=decides)
        state = home / "audits" / child / "state.json"
        replace_json(state, json.loads(state.read_text()) | {"owner": ME, "original": audit_id, "fix": pair.to_text()})
        pressed(at, "Fill from the search for fixes")
        rows = space.registers.of(audit_id).alternatives[1:]
        assert {row.candidate for row in rows if row.accepted == "yes"} == accepted, "another fix may have its title"
    widget(at, "button_group", "report/readers").set_value(["policy"]).run()
    assert "<h2>What else was considered</h2>" in preview(at) and others[0].candidate in preview(at)
