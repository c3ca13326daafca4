"""Two versions of a model that people have, put in by hand: each is audited, and the Explain page shows what moved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.plan import Plan
from core.store.workspace import Workspace
from tests.pages.on_data_page import CONFIRM, audit_of, settled
from tests.pages.whole_app import finished, opened, press, said, tables, widget
from tests.worlds.versions import World, adult, remarks, tweets

pytestmark = pytest.mark.jobs


def put(space: Workspace, *files: tuple[str, bytes]) -> AppTest:
    """The Data page with these files in one drop, once the table and the model were looked at."""
    at = opened("data")
    at.file_uploader[0].set_value([(name, content, "") for name, content in files]).run()
    return settled(settled(at, space), space)


def box(at: AppTest, kind: str, label: str) -> Any:
    """The first widget of this kind whose label says so."""
    return next(found for found in at.get(kind) if label in found.label)


def audited_by_hand(space: Workspace, world: World) -> str:
    """The files in one drop, then the questions one by one; returns the audit."""
    at = put(space, *((path.name, path.read_bytes()) for path in world.files(world.model)))
    assert world.rows in said(at)
    box(at, "selectbox", "What really happened").select(world.label).run()
    box(at, "multiselect", "The good outcome").set_value([world.good]).run()
    settled(press(at, CONFIRM), space)
    assert "✓ gives" in said(at)
    if world.good_class is not None:
        options = box(at, "selectbox", "Good for the person is").options
        box(at, "selectbox", "Good for the person is").select_index(options.index(world.good_class)).run()
    settled(press(at, CONFIRM), space)
    box(at, "multiselect", "who belongs to which group").set_value([world.group]).run()
    press(at, "Run the audit")
    return finished(space, audit_of(at, space).id)


def audited_by_plan(space: Workspace, world: World, plan: Plan) -> None:
    """The second version, in one drop with the first one's plan."""
    files = [(path.name, path.read_bytes()) for path in world.files(world.beside)]
    at = put(space, *files, ("plan.toml", plan.to_toml().encode()))
    assert "✓ **4 The groups**" in "\n".join(step.label for step in at.expander)
    press(at, "Run the audit")
    finished(space, audit_of(at, space).id)


@pytest.mark.parametrize("made", [tweets, remarks, adult])
def test_two_versions_of_a_model_are_audited_and_the_page_shows_what_moved(
    made: Callable[[Path, Path], World], space: Workspace, tmp_path: Path, shared: Path
) -> None:
    (tmp_path / "beside").mkdir()
    world = made(tmp_path, shared)
    audit_id = audited_by_hand(space, world)
    record = space.record(audit_id)
    assert record is not None
    audited_by_plan(space, world, record.plan)

    at = opened("explain", audit_id)
    other = widget(at, "selectbox", "compared with")
    other.select_index(next(i for i, name in enumerate(other.options) if name.startswith("An audit: "))).run()
    if world.way is not None:
        widget(at, "radio", "method").set_value(world.way).run()
    press(at, "Show what moved")
    finished(space, audit_id)
    at = opened("explain", audit_id)
    # In bold, or in plain letters and said to be in doubt where a check failed.
    first = next(line for line in said(at).splitlines() if world.cause in line)
    assert "before" in first, first
    assert "This describes the model, not the cause" in said(at)
    assert world.left is None or f"the model no longer relies on {world.left}" in said(at)
    assert {"Before", "After", "Difference"} <= {name.strip("*") for name in said(at).splitlines()}
    assert len(at.get("vega_lite_chart")) == 3 and len([t for t in tables(at) if "Points on average" in t]) == 3
