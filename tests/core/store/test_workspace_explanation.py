"""Explanations through the workspace: beside the audit's own counts, of two models, of one person, and their end."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from core.counts.rules import confusion
from core.data.profile import TABLE
from core.errors import DataError
from core.explain.groups.heatmap import heatmap
from core.metrics.verdicts import plan_rule
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.workspace import UPLOADS_KEPT_SECONDS, Against, Workspace

pytestmark = pytest.mark.jobs

LONG = 120


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = Workspace(tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def audit(workspace: Workspace) -> tuple[str, Plan]:
    """The loans sample, audited and explained."""
    begun = workspace.open_sample(SAMPLES["loans"])
    workspace.wait(begun.id, LONG)
    record = workspace.record(begun.id)
    assert record is not None
    workspace.explain(begun.id, record.plan)
    workspace.wait(begun.id, LONG)
    assert workspace.get(begun.id).problem is None
    return begun.id, record.plan


def test_the_people_explained_are_those_the_audit_counted(workspace: Workspace, audit: tuple[str, Plan]) -> None:
    audit_id, plan = audit
    found, record = workspace.explanation(audit_id), workspace.record(audit_id)
    assert found is not None and record is not None and found.kept == record.counts.people
    by_gender = record.counts.by(("gender",))
    selected = confusion(by_gender, plan_rule(by_gender, plan)).selected
    seen = [heatmap(found.before, ("gender",), decision, 0.95) for decision in (True, False)]
    names = [by_gender.groups.names(g) for g in range(len(by_gender.groups))]
    assert list(seen[0].groups) == names
    assert (seen[0].n == selected).all() and (seen[0].n + seen[1].n == by_gender.n.sum(axis=(1, 2))).all()
    assert found.after is None and found.changed == () and found.is_trusted
    assert len(found.checks) == 5 and found.checks_after == ()
    asked = workspace.asked_why(audit_id)
    assert asked is not None and asked.against is None and found.method == "integrated_gradients"


def test_a_second_model_a_person_and_the_end_of_both(workspace: Workspace, audit: tuple[str, Plan]) -> None:
    audit_id, plan = audit
    stricter = replace(plan, decision=replace(plan.decision, threshold=0.7))
    against = Against("a stricter cut-off", stricter, SAMPLES["loans"].model)
    workspace.explain(audit_id, plan, method="feature_ablation", rows=300, against=against)
    workspace.wait(audit_id, LONG)
    found, asked = workspace.explanation(audit_id), workspace.asked_why(audit_id)
    assert found is not None and found.after is not None and found.paired is not None
    assert (found.method, found.before.people) == ("feature_ablation", 300)
    assert asked is not None and asked.against == "a stricter cut-off"
    np.testing.assert_allclose(found.paired.change.sums, 0, atol=1e-9)
    assert found.changed and all(0.5 <= person.score_before < 0.7 for person in found.changed)

    row = found.changed[0].row
    workspace.explain_person(audit_id, row, unchangeable=("income",))
    workspace.wait(audit_id, LONG)
    person = workspace.person(audit_id)
    assert person is not None and person.row == row and person.group == found.changed[0].group
    before, after = person.sides
    assert (before.selected, after.selected) == (True, False)
    assert before.score == after.score == pytest.approx(found.changed[0].score_before)
    assert all("income" not in change.columns for side in person.sides for change in side.changes)
    assert workspace.explanation(audit_id) is not None

    table = next(path for path in workspace.audits.folder(audit_id).glob(TABLE))
    long_ago = time.time() - UPLOADS_KEPT_SECONDS - 60
    os.utime(table, (long_ago, long_ago))
    workspace.sweep()
    left = workspace.explanation(audit_id)
    assert left is not None and left.before.people == 300
    assert left.changed == () and workspace.person(audit_id) is None


def test_what_was_explained_is_forgotten_with_the_table(workspace: Workspace) -> None:
    begun = workspace.open_sample(SAMPLES["loans"])
    workspace.wait(begun.id, LONG)
    with pytest.raises(DataError, match="Nothing was explained yet"):
        workspace.explain_person(begun.id, 0)
    record = workspace.record(begun.id)
    assert record is not None
    workspace.explain(begun.id, record.plan, method="saliency", rows=100)
    workspace.wait(begun.id, LONG)
    assert workspace.explanation(begun.id) is not None
    workspace.put_table(begun.id, BytesIO(Path(SAMPLES["loans"].table).read_bytes()), "again.csv")
    workspace.wait(begun.id, LONG)
    assert workspace.explanation(begun.id) is None and workspace.asked_why(begun.id) is None
