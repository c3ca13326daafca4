"""Audits on disk: nothing is lost by leaving, and nothing forged is taken over."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.engine.results import FACTS_FILE, N_FILE
from core.errors import DataError
from core.plan.plan import Plan
from core.store.workspace import Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON
from tests.worlds.people import csv_text, plan_of
from tests.worlds.workspaces import PLAN, Open, profiled, taken_over
from tests.worlds.workspaces import ended as ended
from tests.worlds.workspaces import opened as opened
from tests.worlds.workspaces import run as run
from tests.worlds.workspaces import space as space

pytestmark = pytest.mark.jobs


def test_from_an_upload_to_a_verdict(space: Workspace) -> None:
    audit = profiled(space)
    profile = space.profile(audit.id)
    assert profile is not None
    assert (profile.name, profile.rows, profile.names) == ("people.csv", 60, ("g", "y", "s"))
    assert space.record(audit.id) is None
    space.run(audit.id, PLAN)
    record = taken_over(space, audit.id)
    assert record.judgement().gaps
    assert audit.table is not None
    assert record.provenance.data_sha256 == audit.table.digest
    kept = Plan.from_toml(str(space.get(audit.id).plan))
    assert kept.decision.edges == record.counts.axis.edges
    assert (space.get(audit.id).problem, space.get(audit.id).job) == (None, None)


def test_a_restarted_app_takes_over_what_ended_meanwhile_and_keeps_it(opened: Open, run: str) -> None:
    first = taken_over(opened(), run)
    again = opened()
    assert taken_over(again, run).digest == first.digest
    assert again.profile(run) is not None


def test_a_browsers_audits_newest_first(space: Workspace, run: str) -> None:
    mine = [space.new("me").id for _ in range(3)]
    space.new("you")
    space.new()
    assert [audit.id for audit in space.owned_by("me")] == [*mine[::-1], run]
    assert space.owned_by("nobody") == []


@pytest.mark.parametrize("address", ["", "x", "0" * 31, "../../etc/passwd", "0" * 32 + "/", "0" * 32 + "\n", "A" * 32])
def test_what_is_no_address_is_refused(space: Workspace, address: str) -> None:
    with pytest.raises(DataError, match="not the address of an audit"):
        space.get(address)


def test_an_audit_that_is_not_there_is_said(space: Workspace) -> None:
    with pytest.raises(DataError, match="no audit at this address"):
        space.get("0" * 32)


# ---------------------------------------------------------------- what goes wrong


def test_a_file_that_is_no_table_fails_with_its_message(space: Workspace) -> None:
    audit = space.put_table(space.new().id, io.BytesIO(b"\x80\x04\x95"), "model.pkl")
    status = space.wait(audit.id, SOON)
    assert status is not None
    assert (status.state, status.error) == ("failed", DataError)
    assert "Python pickle" in str(status.message)
    assert space.profile(audit.id) is None


def test_a_question_that_cannot_be_answered_fails_and_can_be_put_right(space: Workspace, run: str) -> None:
    space.run(run, replace(PLAN, groups=replace(PLAN.groups, sensitive=("gender",))))
    status = space.wait(run, SOON)
    assert status is not None and status.state == "failed"
    assert 'no column "gender"' in str(status.message)
    assert space.record(run) is None
    space.run(run, PLAN)
    assert taken_over(space, run).plan.groups.sensitive == ("g",)


def test_a_cancelled_audit_leaves_no_result(space: Workspace, run: str) -> None:
    with holding_jobs():
        space.run(run, PLAN)
        space.cancel(run)
        status = space.wait(run, SOON)
    assert status is not None and status.state == "cancelled"
    assert space.record(run) is None


def test_what_is_not_there_yet_is_said(space: Workspace, run: str) -> None:
    audit = space.new()
    with pytest.raises(DataError, match="no table yet"):
        space.run(audit.id, PLAN)
    with pytest.raises(DataError, match="no model yet"):
        space.inspect(run, plan_of(decision='model = "m.onnx"'))
    assert space.status(audit.id) is None
    space.cancel(audit.id)


# ---------------------------------------------------------------- forged results


def output(root: Path) -> Path:
    (out,) = (root / "jobs").glob("*/out")
    return out


@pytest.mark.parametrize(
    "forge",
    [
        lambda out: np.save(out / N_FILE, np.load(out / N_FILE) * 2),
        lambda out: (out / N_FILE).unlink(),
        lambda out: [(out / N_FILE).unlink(), (out / N_FILE).symlink_to("/etc/hostname")],
        lambda out: [(out / N_FILE).unlink(), (out / N_FILE).mkdir()],
        lambda out: (out / FACTS_FILE).write_text('{"read": NaN}'),
    ],
)
def test_a_forged_result_is_a_problem_in_words_and_nothing_of_it_is_kept(
    opened: Open, run: str, tmp_path: Path, forge: Callable[[Path], object]
) -> None:
    forge(output(tmp_path / "root"))
    space = opened()
    assert space.wait(run, SOON) is None
    assert "refused" in str(space.get(run).problem)
    assert space.record(run) is None
    assert not list((tmp_path / "root" / "jobs").glob("*/out"))


def test_an_audit_job_cannot_replace_the_profile_or_the_table(opened: Open, run: str, tmp_path: Path) -> None:
    folder, out = tmp_path / "root" / "audits" / run, output(tmp_path / "root")
    forged = {**json.loads((folder / "profile.json").read_text()), "rows": 7}
    (out / "profile.json").write_text(json.dumps(forged))
    (out / "table.parquet").write_bytes(b"something else")
    space = opened()
    taken_over(space, run)
    profile = space.profile(run)
    assert profile is not None and profile.rows == 60
    assert (folder / "table.parquet").read_bytes().startswith(b"PAR1")


@pytest.mark.parametrize("absent", ["profile.json", "table.parquet"])
def test_a_job_that_left_no_profile_or_table_is_a_problem(opened: Open, run: str, tmp_path: Path, absent: str) -> None:
    folder, out = tmp_path / "root" / "audits" / run, output(tmp_path / "root")
    for name in ("profile.json", "table.parquet"):
        os.replace(folder / name, out / name)
    (out / absent).unlink()
    space = opened()
    assert space.wait(run, SOON) is None
    assert space.get(run).problem
    assert space.record(run) is None


# ---------------------------------------------------------------- the question on the page and the question asked


def test_a_plan_changed_while_the_audit_runs_is_not_the_plan_of_its_record(space: Workspace, run: str) -> None:
    draft = replace(PLAN, decision=replace(PLAN.decision, threshold=0.9))
    space.save_plan(run, draft)
    assert taken_over(space, run).plan.decision.threshold == 0.5
    assert Plan.from_toml(str(space.get(run).plan)) == draft


def test_another_model_ends_the_job_that_works_on_the_one_before(space: Workspace, run: str) -> None:
    space.put_model(run, io.BytesIO(b"other"), "other.onnx")
    assert space.status(run) is None
    assert space.record(run) is None


def test_a_result_stays_until_the_next_question_is_under_way(space: Workspace, run: str, tmp_path: Path) -> None:
    taken_over(space, run)
    (tmp_path / "root" / "audits" / run / "table.parquet").unlink()
    with pytest.raises(DataError, match="deleted after a day"):
        space.run(run, PLAN)
    assert space.record(run) is not None


def test_another_table_forgets_what_was_known_of_the_one_before(space: Workspace, run: str) -> None:
    taken_over(space, run)
    space.put_table(run, io.BytesIO(csv_text(("h", "z"), [("a", 1), ("b", 2)]).encode()), "other.csv")
    assert space.record(run) is None
    assert space.wait(run, SOON) is None
    profile = space.profile(run)
    assert profile is not None and profile.names == ("h", "z")
    assert space.get(run).plan is None
