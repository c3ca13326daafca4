"""An app's long audit is helped by other jobs, and whatever becomes of them, its record is that of one process."""

import csv
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core import Plan
from core.engine.api import audit_isolated
from core.engine.plan_files import Files
from core.engine.shards import assistants, shard
from core.jobs import machine
from core.metrics.words.notes import text
from core.record import AuditRecord
from core.samples import SAMPLES
from core.store.workspace import Audit, Workspace
from tests.core.engine.shards.test_parts import numbers, running_jobs
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.workspaces import start, taken_over

pytestmark = pytest.mark.jobs
COMMENTS = SAMPLES["comments"].plan
PART = 4096


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 comments, which are scored one after the other: 25 parts."""
    header, *rows = csv.reader(COMMENTS.with_name("comments.csv").read_text().splitlines())
    path = tmp_path_factory.mktemp("table") / "comments.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *(rows * 63)[:100_000]])
    return path


@pytest.fixture(scope="module")
def whole(table: Path) -> dict[str, object]:
    plan = Plan.load(COMMENTS)
    return numbers(audit_isolated(plan, Files.beside(plan, COMMENTS.parent, table=table)))


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(shard, "TEXT_ROWS", PART)
    monkeypatch.setattr(assistants, "LONG_SECONDS", 0.0)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    space = start(tmp_path / "root")
    yield space
    space.close()


def begun(space: Workspace, table: Path, name: str) -> Audit:
    """An audit that scores its rows; no other test asks by this name."""
    audit = space.new()
    with table.open("rb") as rows:
        space.put_table(audit.id, rows, table.name)
    space.wait(audit.id, SOON)
    with COMMENTS.with_name("comments.skops").open("rb") as model:
        space.put_model(audit.id, model, "comments.skops")
    return space.run(audit.id, replace(Plan.load(COMMENTS), name=name))


@contextmanager
def halted(space: Workspace, root: Path, audit: Audit) -> Iterator[None]:
    """The audit's own job has begun to score, and does not go on meanwhile."""

    def scores() -> bool:
        status = space.status(audit.id)
        return status is not None and status.what == "rows scored" and status.seconds_left is not None

    until(scores)
    (own,) = running_jobs(root)
    os.kill(own, signal.SIGSTOP)
    yield
    with suppress(ProcessLookupError):  # it was cancelled
        os.kill(own, signal.SIGCONT)


def given(root: Path, audit: Audit) -> list[str]:
    """The parts that were put among its inputs."""
    return sorted(path.name for path in (root / "jobs" / str(audit.job) / "in").glob("shard_*.part"))


def helping(root: Path) -> list[int]:
    """The processes of the jobs that help."""
    try:
        return [each for pool in (root / "assistants").glob("*/") for each in running_jobs(pool)]
    except FileNotFoundError:  # it was being made, or ended
        return []


def of_one(record: AuditRecord, whole: dict[str, object]) -> bool:
    return numbers(replace(record, plan=replace(record.plan, name=Plan.load(COMMENTS).name))) == whole


def test_an_idle_core_counts_what_an_audit_would_come_to_last(
    space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object]
) -> None:
    root, audit = tmp_path / "root", begun(space, table, "helped")
    with halted(space, root, audit):
        until(lambda: "shard_20.part" in given(root, audit))
        counted = given(root, audit)
        assert "shard_24.part" in counted and "shard_0.part" not in counted
        status = space.status(audit.id)
        assert status is not None and status.what == "rows scored"
    assert of_one(taken_over(space, audit.id), whole)
    until(lambda: not any((root / "assistants").iterdir()))


def test_an_assistant_that_dies_costs_nothing(
    space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object]
) -> None:
    root, audit = tmp_path / "root", begun(space, table, "its assistant dies")
    with halted(space, root, audit):
        until(lambda: bool(helping(root)))
        os.kill(helping(root)[0], signal.SIGKILL)
        until(lambda: not any((root / "assistants").iterdir()))
    assert of_one(taken_over(space, audit.id), whole)


def test_cancel_ends_those_who_help(space: Workspace, tmp_path: Path, table: Path) -> None:
    root, audit = tmp_path / "root", begun(space, table, "cancelled")
    with halted(space, root, audit):
        until(lambda: bool(helping(root)))
        space.cancel(audit.id)
        until(lambda: not any((root / "assistants").iterdir()))
    assert space.record(audit.id) is None


def test_who_waits_gets_the_core(space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object]) -> None:
    root, audit = tmp_path / "root", begun(space, table, "somebody waits")
    with halted(space, root, audit):
        until(lambda: bool(helping(root)))
        other = space.new()
        with COMMENTS.with_name("comments.csv").open("rb") as rows:
            space.put_table(other.id, rows, "comments.csv")
        until(lambda: not any((root / "assistants").iterdir()))
        status = space.status(other.id)
        assert status is not None and status.state == "queued"
    assert of_one(taken_over(space, audit.id), whole)


def test_a_setting_of_several_devices_has_each_of_them_count(
    space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is the audit's own; no core need be idle. No machine has these two: each says so, and counts."""
    monkeypatch.setattr(machine, "cores", lambda: 1)
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    monkeypatch.setenv(machine.DEVICE, "cuda:97,cuda:98")
    root, audit = tmp_path / "root", begun(space, table, "on several devices")
    with halted(space, root, audit):
        until(lambda: "shard_24.part" in given(root, audit))
    record = taken_over(space, audit.id)
    more = [note for note in record.notes if "failed: " in text(note)]
    assert ["(cuda:97)" in text(more[0]), "(cuda:98)" in text(more[1])] == [True, True]
    assert of_one(replace(record, notes=tuple(note for note in record.notes if note not in more)), whole)


def test_where_memory_is_short_an_audit_is_left_alone(
    space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, audit = tmp_path / "root", begun(space, table, "memory is short")
    with halted(space, root, audit):
        until(lambda: bool(helping(root)))
        monkeypatch.setattr(machine, "free_memory_bytes", lambda: 1 << 29)
        until(lambda: not any((root / "assistants").iterdir()))
    assert of_one(taken_over(space, audit.id), whole)


def test_where_no_core_is_idle_an_audit_is_left_alone(
    space: Workspace, tmp_path: Path, table: Path, whole: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 1)
    audit = begun(space, table, "alone")
    assert of_one(taken_over(space, audit.id), whole)
    assert not (tmp_path / "root" / "assistants").exists()
