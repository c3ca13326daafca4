"""A workspace as an app left it, with one audit whose job has ended: copied for each test."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.jobs.supervisor import Supervisor
from core.record import AuditRecord
from core.store.workspace import Audit, Workspace
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.people import csv_text, plan_of

ROWS = [("ab"[i % 2], str(i % 3 % 2), str(i % 10 / 10)) for i in range(60)]
TABLE = csv_text(("g", "y", "s"), ROWS).encode()
PLAN = plan_of(decision='score = "s"\nthreshold = 0.5', label=True)
Open = Callable[..., Workspace]


def start(root: Path, **options: Any) -> Workspace:
    return Workspace(root, Supervisor(root, slots=1, warm=False), **options)


def profiled(space: Workspace) -> Audit:
    """An audit whose table was looked at."""
    audit = space.put_table(space.new("me").id, io.BytesIO(TABLE), "people.csv")
    assert space.wait(audit.id, SOON) is None
    return space.get(audit.id)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder as an app left it whose audit's job has ended and was not taken over yet, and the audit's id."""
    root = tmp_path_factory.mktemp("ended") / "root"
    space = start(root)
    audit = space.run(profiled(space).id, PLAN)
    until((root / "jobs" / str(audit.job) / "out" / "done").exists)
    space.close()
    return root, audit.id


@pytest.fixture
def opened(tmp_path: Path, ended: tuple[Path, str]) -> Iterator[Open]:
    """Opens a copy of that folder as an app does when it starts, after closing what was open before."""
    shutil.copytree(ended[0], tmp_path / "root", symlinks=True)
    spaces: list[Workspace] = []

    def again(**options: Any) -> Workspace:
        for space in spaces:
            space.close()
        spaces[:] = [start(tmp_path / "root", **options)]
        return spaces[0]

    yield again
    for space in spaces:
        space.close()


@pytest.fixture
def space(opened: Open) -> Workspace:
    return opened()


@pytest.fixture
def run(ended: tuple[Path, str]) -> str:
    """The id of the audit in that folder."""
    return ended[1]


def taken_over(space: Workspace, audit_id: str) -> AuditRecord:
    assert space.wait(audit_id, SOON) is None
    record = space.record(audit_id)
    assert record is not None, space.get(audit_id).problem
    return record
