"""What is kept of an audit, until when, and what was deleted: listed as it is on disk; and rows deleted on request."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import JobError
from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.record.registers import BiasScenario, Registers
from core.samples import SAMPLES
from core.store.disk.clock import Moment
from core.store.disk.clock import now as clock_now
from core.store.workspace import UPLOADS_KEPT_SECONDS, Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON
from tests.worlds.marked import found_in, with_marks

pytestmark = pytest.mark.jobs
PLAN = Plan.from_toml(SAMPLES["loans"].plan.read_text(encoding="utf-8"))


class Later:
    """The machine's clock, which the test moves on."""

    passed = 0.0

    def __call__(self) -> Moment:
        moment = clock_now()
        return replace(moment, ticks=moment.ticks + self.passed, calendar=moment.calendar + self.passed)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def space(tmp_path: Path, later: Later) -> Iterator[Workspace]:
    space = Workspace(tmp_path / "root", Supervisor(tmp_path / "root", slots=1, warm=False), now=later)
    yield space
    space.close()


def audited(space: Workspace) -> str:
    table, model = io.BytesIO(with_marks(SAMPLES["loans"].table.read_bytes(), 300)), SAMPLES["loans"].model
    assert model is not None
    audit_id = space.put_table(space.new("me").id, table, "people.csv").id
    assert space.wait(audit_id, SOON) is None
    space.put_model(audit_id, io.BytesIO(model.read_bytes()), "loans.pt2")
    space.run(audit_id, PLAN)
    assert space.wait(audit_id, SOON) is None and space.record(audit_id) is not None
    space.registers.keep(audit_id, Registers((BiasScenario("women"),)))
    return audit_id


def states(space: Workspace, audit_id: str) -> dict[str, str]:
    return {thing.what: thing.state.split()[0] for thing in space.what_is_kept(audit_id)}


STAYS = {"Counts and verdicts, no rows": "kept", "Registers": "kept"}
AFTERWARDS = {
    "Table": "deleted", "Model": "deleted", **STAYS, "Names and counts of the columns": "kept",
    "The uploaded rows, and what quoted them": "deleted",
}  # fmt: skip


def test_the_list_is_of_what_is_there_and_says_until_when(space: Workspace, later: Later, tmp_path: Path) -> None:
    audit_id = audited(space)
    assert states(space, audit_id) == {
        "Table": "kept", "Model": "kept", "The table as it was read": "kept", "First rows and values": "kept", **STAYS,
    }  # fmt: skip
    table, *_ = space.what_is_kept(audit_id)
    assert (table.name, table.size) == ("people.csv", space.get(audit_id).table.size)  # type: ignore[union-attr]
    assert table.until.endswith("UTC, if not used again")
    assert all(thing.until == "until you delete the audit" for thing in space.what_is_kept(audit_id)[-2:])
    later.passed = UPLOADS_KEPT_SECONDS + 60
    space.sweep()
    assert states(space, audit_id) == AFTERWARDS
    assert found_in(tmp_path / "root") == []
    space.sweep()
    assert sum("deleted 20" in thing.state for thing in space.what_is_kept(audit_id)) == 1, "said once"


def test_rows_deleted_now_are_gone_everywhere_and_the_record_stays(space: Workspace, tmp_path: Path) -> None:
    audit_id = audited(space)
    assert found_in(tmp_path / "root")
    space.delete_rows(audit_id)
    assert found_in(tmp_path / "root") == []
    assert states(space, audit_id) == AFTERWARDS
    assert not space.has_rows(audit_id) and space.record(audit_id) is not None
    assert space.registers.of(audit_id).scenarios[0].group == "women"


def test_what_another_audit_uses_stays_for_that_one(space: Workspace) -> None:
    audit_id = audited(space)
    copy = space.duplicate(audit_id, "again").id
    space.delete_rows(audit_id)
    assert space.has_rows(copy) and not space.has_rows(audit_id)
    space.run(copy, PLAN)
    assert space.wait(copy, SOON) is None and space.record(copy) is not None


def test_rows_that_a_job_works_on_are_not_deleted(space: Workspace) -> None:
    audit_id = audited(space)
    with holding_jobs():
        space.run(audit_id, PLAN)
        with pytest.raises(JobError, match="still works on these rows"):
            space.delete_rows(audit_id)
        assert space.has_rows(audit_id)
        space.cancel(audit_id)
