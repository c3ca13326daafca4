"""Audits on disk: deleting deletes, rows go after a day, and what is kept can be read again."""

import io
import os
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DataError, ModelError
from core.samples import SAMPLES
from core.store.workspace import UPLOADS_KEPT_SECONDS, Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.workspaces import ROWS, TABLE, Open, profiled, taken_over
from tests.worlds.workspaces import ended as ended
from tests.worlds.workspaces import opened as opened
from tests.worlds.workspaces import run as run
from tests.worlds.workspaces import space as space

pytestmark = pytest.mark.jobs


def files_under(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_deleting_an_audit_deletes_its_uploads_and_results(space: Workspace, run: str, tmp_path: Path) -> None:
    taken_over(space, run)
    space.delete(run)
    with pytest.raises(DataError):
        space.get(run)
    assert sorted(path.name for path in files_under(tmp_path / "root")) == ["ages.json", "jobs.lock"]


@pytest.mark.parametrize("damaged", ["", "[]", '{"job": "1"}'])
def test_what_another_audit_keeps_of_a_pair_may_be_damaged(space: Workspace, run: str, damaged: str) -> None:
    taken_over(space, run)
    other = space.new("me")
    asked = space.audits.folder(other.id) / "pair.json"
    asked.write_text(damaged)
    space.audits.save(replace(space.get(other.id), stage="pair"))
    space.delete(run)
    assert not asked.exists() and space.audits.ids() == [other.id]


def test_an_upload_stays_while_another_audit_uses_it(space: Workspace, run: str) -> None:
    other = space.put_table(space.new().id, io.BytesIO(TABLE), "same.csv")
    space.delete(run)
    assert space.wait(other.id, SOON) is None
    assert other.table is not None
    assert space.put_table(other.id, io.BytesIO(TABLE), "same.csv").table == other.table


def test_an_upload_stays_that_somebody_puts_in_while_another_deletes_the_same(space: Workspace) -> None:
    enough = threading.Event()

    def put_and_delete() -> None:
        while not enough.is_set():
            space.delete(space.put_model(space.new().id, io.BytesIO(b"model"), "a.onnx").id)

    with ThreadPoolExecutor() as others:
        other = others.submit(put_and_delete)
        try:
            for _ in range(100):
                audit = space.put_model(space.new().id, io.BytesIO(b"model"), "b.onnx")
                assert space.model_path(audit.id), "which is an error where it is gone"
                space.delete(audit.id)
        finally:
            enough.set()
        other.result()


def test_a_sweep_for_another_waits_until_a_new_audit_is_written(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, sync, sweeps = threading.get_ident(), os.fsync, []

    def sweep_meanwhile(file: int) -> None:
        if threading.get_ident() == here:
            sweeps.append(threading.Thread(target=space.sweep))
            sweeps[-1].start()
            sweeps[-1].join(0.3)  # it ends in some milliseconds where it does not wait
        sync(file)

    monkeypatch.setattr(os, "fsync", sweep_meanwhile)
    audit = space.open_sample(SAMPLES["loans"])
    assert space.get(audit.id).table is not None and sweeps
    for sweep in sweeps:
        sweep.join(SOON)
    space.cancel(audit.id)


def test_rows_are_deleted_after_a_day_and_verdicts_stay(space: Workspace, run: str, tmp_path: Path) -> None:
    taken_over(space, run)
    assert space.has_rows(run)
    long_ago = time.time() - UPLOADS_KEPT_SECONDS - 60
    for path in files_under(tmp_path / "root"):
        os.utime(path, (long_ago, long_ago))
    space.sweep()
    assert not space.has_rows(run)
    assert space.record(run) is not None
    table = space.get(run).table
    assert table is not None
    names = [path.name for path in files_under(tmp_path / "root")]
    assert not any(table.digest in name or name == "table.parquet" for name in names)


def age(root: Path, seconds: float) -> None:
    """Let every file look as old as this."""
    for path in files_under(root):
        os.utime(path, (time.time() - seconds,) * 2)


@pytest.mark.parametrize(("seconds", "left"), [(UPLOADS_KEPT_SECONDS - 60, True), (UPLOADS_KEPT_SECONDS + 60, False)])
def test_beginning_an_audit_deletes_what_outlived_its_day(
    space: Workspace, run: str, tmp_path: Path, seconds: float, left: bool
) -> None:
    taken_over(space, run)
    age(tmp_path / "root", seconds)
    space.new()
    assert space.has_rows(run) is left
    assert len(list((tmp_path / "root" / "uploads").iterdir())) == int(left)
    assert space.record(run) is not None


def test_an_app_that_nobody_visits_deletes_what_outlived_its_day(opened: Open, run: str, tmp_path: Path) -> None:
    taken_over(opened(), run)
    space = opened(sweep_every=0.01)
    assert space.has_rows(run)
    age(tmp_path / "root", UPLOADS_KEPT_SECONDS + 60)
    until(lambda: not list((tmp_path / "root" / "uploads").iterdir()) and not space.has_rows(run))


def test_a_table_is_read_again_from_what_is_kept(space: Workspace) -> None:
    with holding_jobs():
        audit = space.put_table(space.new().id, io.BytesIO(TABLE), "people.csv")
        space.cancel(audit.id)
        status = space.wait(audit.id, SOON)
    assert status is not None and status.state == "cancelled"
    space.reread(audit.id)
    assert space.wait(audit.id, SOON) is None
    profile = space.profile(audit.id)
    assert profile is not None and profile.rows == len(ROWS)
    with pytest.raises(DataError, match="no table yet"):
        space.reread(space.new().id)


def test_a_model_whose_first_bytes_are_a_pickles_is_not_even_kept(space: Workspace, tmp_path: Path) -> None:
    audit = profiled(space)
    kept = files_under(tmp_path / "root" / "uploads")
    with pytest.raises(ModelError, match="is a pickle"):
        space.put_model(audit.id, io.BytesIO(pickle.dumps({"a": 1})), "model.onnx")
    assert files_under(tmp_path / "root" / "uploads") == kept
    assert space.get(audit.id).model is None
