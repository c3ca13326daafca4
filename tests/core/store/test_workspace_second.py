"""A second table, which fixes are judged on: kept like the first, and gone with it."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.supervisor import Supervisor
from core.store.workspace import UPLOADS_KEPT_SECONDS, Workspace
from tests.worlds.jobs.supervised import SOON
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

NAMES = ("g", "y", "s")
ROWS = [("ab"[i % 2], str(i % 3 % 2), str(i % 10 / 10)) for i in range(60)]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    space = Workspace(tmp_path / "root", Supervisor(tmp_path / "root", slots=1, warm=False))
    yield space
    space.close()


def put(space: Workspace, rows: int, audit_id: str | None = None) -> str:
    """Put in a table of so many rows: the second of this audit, or the first of a new one."""
    table = io.BytesIO(csv_text(NAMES, ROWS[:rows]).encode())
    audit = space.put_table(space.new("me").id, table, "t.csv") if audit_id is None else None
    audit = audit or space.put_second(str(audit_id), table, "more.csv")
    assert space.wait(audit.id, SOON) is None and space.get(audit.id).problem is None
    return audit.id


def test_it_is_kept_for_a_day_and_goes_with_the_first_table_or_the_audit(space: Workspace, tmp_path: Path) -> None:
    uploads, audit_id = tmp_path / "root" / "uploads", put(space, 60)
    put(space, 20, audit_id)
    profile = space.second_profile(audit_id)
    assert profile is not None and (profile.name, profile.rows) == ("more.csv", 20)
    assert space.profile(audit_id).rows == 60 and len(list(uploads.iterdir())) == 2  # type: ignore[union-attr]
    long_ago = time.time() - UPLOADS_KEPT_SECONDS - 60
    for path in (tmp_path / "root" / "audits" / audit_id).iterdir():
        os.utime(path, (long_ago, long_ago))
    space.sweep()
    assert space.second_profile(audit_id) is None and not space.has_rows(audit_id)
    put(space, 30, audit_id)
    space.put_table(audit_id, io.BytesIO(csv_text(NAMES, ROWS[:50]).encode()), "t.csv")
    assert space.wait(audit_id, SOON) is None
    assert space.second_profile(audit_id) is None and space.get(audit_id).second is None
    put(space, 40, audit_id)
    before = len(list(uploads.iterdir()))
    space.delete(audit_id)
    assert len(list(uploads.iterdir())) == before - 2
