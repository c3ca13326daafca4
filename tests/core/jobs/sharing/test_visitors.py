"""Visitors of a shared app through the workspace: turns, and a disk that is full when somebody comes."""

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DataError, JobError
from core.jobs.supervisor import Supervisor
from core.store.workspace import Audit, Workspace
from tests.worlds.jobs.supervised import PROGRAM
from tests.worlds.workspaces import TABLE

pytestmark = pytest.mark.jobs


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """A shared app with one slot, whose looks at tables end only when they are cancelled."""
    supervisor = Supervisor(tmp_path, slots=1, warm=False, program=PROGRAM, turns=True)
    space = Workspace(tmp_path, supervisor)
    yield space
    for audit in space.owned_by("ann") + space.owned_by("ben"):
        space.cancel(audit.id)
    space.close()


def uploaded(space: Workspace, owner: str) -> Audit:
    return space.put_table(space.new(owner).id, io.BytesIO(TABLE), "people.csv")


def place(space: Workspace, audit: Audit) -> int | None:
    status = space.status(audit.id)
    assert status is not None
    return status.place


def test_a_visitor_with_many_uploads_keeps_nobody_waiting_behind_them_all(space: Workspace) -> None:
    anns = [uploaded(space, "ann") for _ in range(3)]
    with pytest.raises(JobError, match="Wait until one has begun, or cancel one"):
        uploaded(space, "ann")
    bens = uploaded(space, "ben")
    assert [place(space, audit) for audit in (*anns, bens)] == [None, 2, 3, 1]
    space.cancel(anns[1].id)
    assert place(space, uploaded(space, "ann")) == 3


def test_a_full_disk_is_said_in_words_when_an_audit_begins(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for broken in ("core.store.audits.replace_json", "core.store.workspace.Workspace.sweep"):
        with monkeypatch.context() as patched:
            patched.setattr("core.store.audits.replace_json", full)
            patched.setattr(broken, full)
            with pytest.raises(DataError, match="No space left on device"):
                space.new("ann")
    assert list((tmp_path / "audits").iterdir()) == []
