"""The navigation as a line of steps: what has come to a result bears a tick, on every page."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import MitigationPlan
from core.store.workspace import Workspace
from tests.pages.on_fix_page import PLAN, TABLE
from tests.pages.whole_app import audited, finished, opened

pytestmark = pytest.mark.jobs


def ticked(at: AppTest) -> list[str]:
    """The steps with a tick."""
    (style,) = (box.proto.body for box in at.get("html") if "NavLink" in box.proto.body)
    rule = style.rpartition("}\n")[2]
    return re.findall(r"\[label=(\w+)\] p::before", rule) if "✓" in rule else []


def test_a_step_has_a_tick_once_it_came_to_a_result(space: Workspace, home: Path) -> None:
    assert ticked(opened("data")) == []
    assert ticked(opened("data", space.new().id)) == []
    audit_id = audited(space, PLAN, TABLE)
    assert ticked(opened("audit", audit_id)) == ["Data", "Audit"]
    space.mitigate(audit_id, replace(PLAN, mitigate=MitigationPlan(by=("g",))), ("thresholds",), "no")
    assert ticked(opened("history", finished(space, audit_id))) == ["Data", "Audit", "Fix"]
    for kept in home.rglob("search.json"):
        kept.write_bytes(kept.read_bytes()[:-9])
    at = opened("history", audit_id)
    assert not at.exception and ticked(at) == [], "an audit with a damaged file can still be looked for, and deleted"
