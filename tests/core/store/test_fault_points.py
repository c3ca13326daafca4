"""Killed wherever two files change together: no audit is lost or stuck, and nothing is left that no audit names.

A child process does what a person asked and is killed at one point after the other, as they come.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import DataError
from core.jobs.supervisor import Supervisor
from core.samples import SAMPLES
from core.store.audits import AUDIT_ID
from core.store.workspace import Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.people import csv_text
from tests.worlds.workspaces import PLAN, ROWS, profiled, start, taken_over
from tests.worlds.workspaces import ended as ended

pytestmark = pytest.mark.jobs


@dataclass
class App:
    """What forks an app for each case."""

    process: subprocess.Popen[str]

    def killed(self, root: Path, scenario: str, audit: str, place: int) -> list[str]:
        """The points that were passed; the last is the one where it was killed, where there were so many."""
        assert self.process.stdin is not None and self.process.stdout is not None
        order = {"root": str(root), "scenario": scenario, "audit": audit, "place": place}
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        died = len(answer["passed"]) > place
        assert answer["code"] == (-signal.SIGKILL if died else 0), answer
        return list(answer["passed"])


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    command = [sys.executable, "-m", "tests.worlds.jobs.killed_app"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield App(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def audited(ended: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder whose audit has its answer."""
    root = tmp_path_factory.mktemp("audited") / "root"
    shutil.copytree(ended[0], root, symlinks=True)
    space = start(root)
    taken_over(space, ended[1])
    space.close()
    return root, ended[1]


def is_tidy(space: Workspace, root: Path) -> None:
    """Every audit opens, and nothing lies there that no audit names."""
    audits = [space.get(path.name) for path in (root / "audits").iterdir()]
    assert all(AUDIT_ID.fullmatch(audit.id) for audit in audits)
    assert not [part for part in (root / "audits").rglob("*.part") if part.is_file()]
    for audit in audits:
        space.status(audit.id)
        for look in (space.profile, space.record, space.summary, space.mitigation, space.explanation, space.person):
            look(audit.id)
    audits = [space.get(audit.id) for audit in audits]
    assert {path.name for path in (root / "jobs").iterdir()} <= {audit.job for audit in audits}
    uploads = {upload.digest for audit in audits for upload in audit.uploads}
    assert {path.name for path in (root / "uploads").iterdir()} <= uploads
    for audit in audits:
        assert not (space.audits.folder(audit.id) / "record.json").exists() or audit.asked is not None


def every_place(
    app: App, home: tuple[Path, str], tmp_path: Path, scenario: str, check: Callable[[Workspace, Path], None],
    prepare: Callable[[Path], object] = lambda root: None,
) -> set[str]:  # fmt: skip
    """Kill an app at each point of a scenario; `check` is asked of the app that is started after."""
    struck: set[str] = set()
    for place in range(100):
        root = tmp_path / f"{place}"
        shutil.copytree(home[0], root, symlinks=True)
        prepare(root)
        passed = app.killed(root, scenario, home[1], place)
        space = Workspace(root, Supervisor(root, slots=1, warm=False))
        try:
            is_tidy(space, root)
            check(space, root)
            for audit in space.audits.all():
                space.delete(audit.id)
            assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["ages.json", "jobs.lock"]
        finally:
            space.close()
            shutil.rmtree(root)
        if len(passed) <= place:
            return struck
        struck.add(passed[-1])
    raise AssertionError("it never came to its end")


def has_answer(audit: str) -> Callable[[Workspace, Path], None]:
    def check(space: Workspace, root: Path) -> None:
        assert space.wait(audit, SOON) is None and space.get(audit).problem is None and space.record(audit) is not None
        assert space.has_rows(audit)

    return check


def move_table_to_the_job(root: Path) -> None:
    """As a folder is whose audit was asked before the table was looked at."""
    (out,), (folder,) = (root / "jobs").glob("*/out"), (root / "audits").glob("*")
    for name in ("profile.json", "table.parquet"):
        os.replace(folder / name, out / name)


def test_a_result_is_taken_over_once_whenever_the_app_is_killed(
    app: App, ended: tuple[Path, str], tmp_path: Path
) -> None:
    struck = every_place(app, ended, tmp_path, "collect", has_answer(ended[1]), move_table_to_the_job)
    assert struck == {"table: here", "record: here", "collect: taken over", "collect: saved"}


def test_what_is_being_deleted_is_gone(app: App, ended: tuple[Path, str], tmp_path: Path) -> None:
    def gone(space: Workspace, root: Path) -> None:
        with pytest.raises(DataError):
            space.get(ended[1])
        assert not list((root / "uploads").iterdir()) and not list((root / "audits").iterdir())

    assert every_place(app, ended, tmp_path, "delete", gone) == {"delete: out of sight", "delete: uploads left"}


def test_what_was_paired_with_it_forgets_an_audit_that_is_deleted(app: App, tmp_path: Path) -> None:
    root, name = tmp_path / "paired", "Quozelbert 7741"
    space = start(root)
    first, second = (profiled(space).id for _ in range(2))
    for audit, plan in ((first, replace(PLAN, name=name)), (second, PLAN)):
        space.run(audit, plan)
        taken_over(space, audit)
    space.pair(second, first)
    taken_over(space, second)
    assert space.paired(second, first) is not None
    space.close()

    def says(root: Path, text: str) -> list[Path]:
        return [path for path in root.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]

    assert len(says(root, name)) > 2

    def whole_or_gone(space: Workspace, root: Path) -> None:
        assert space.record(second) is not None
        if first in space.audits.ids():
            space.delete(first)
        assert says(root, name) == [] and not list(root.rglob(f"*{first}*"))

    struck = every_place(app, (root, first), tmp_path, "delete", whole_or_gone)
    assert struck == {"pair: forgotten", "delete: out of sight", "delete: uploads left"}


def test_a_pair_that_is_being_made_ends_with_the_audit_that_is_deleted(tmp_path: Path) -> None:
    root, name = tmp_path / "root", "Quozelbert 7741"
    space = start(root)
    first, second = (profiled(space).id for _ in range(2))
    for audit, plan in ((first, replace(PLAN, name=name)), (second, PLAN)):
        space.run(audit, plan)
        taken_over(space, audit)
    with holding_jobs():
        space.pair(second, first)
        space.delete(first)
    assert "was deleted" in str(space.get(second).problem) and space.record(second) is not None
    assert not [path for path in root.rglob("*") if path.is_file() and name.encode() in path.read_bytes()]
    space.close()


def test_an_audit_is_begun_whole_or_not_at_all(app: App, audited: tuple[Path, str], tmp_path: Path) -> None:
    assert every_place(app, audited, tmp_path, "begin", has_answer(audited[1])) == {"new: written"}


def test_another_table_takes_the_place_of_the_first_with_all_that_was_known_of_it(
    app: App, audited: tuple[Path, str], tmp_path: Path
) -> None:
    def old_or_new(space: Workspace, root: Path) -> None:
        audit = space.get(audited[1])
        assert audit.table is not None
        if audit.table.name == "people.csv":
            has_answer(audited[1])(space, root)
        else:
            assert space.record(audit.id) is None and audit.forgets == () and audit.job is not None
            assert space.summary(audit.id) is None

    struck = every_place(app, audited, tmp_path, "put another table", old_or_new)
    assert {"upload: copied", "put: stored", "start: submitted", "start: saved"} <= struck
    assert {"forget: before record.json", "forget: before table.parquet", "forget: before fixes"} <= struck


@pytest.mark.parametrize("scenario", ["run again", "put a second table", "put a model"])
def test_a_question_is_the_earlier_one_with_its_answer_or_the_new_one(
    app: App, audited: tuple[Path, str], tmp_path: Path, scenario: str
) -> None:
    def old_or_new(space: Workspace, root: Path) -> None:
        audit = space.get(audited[1])
        assert space.has_rows(audit.id) and audit.forgets == ()
        assert (space.record(audit.id) is None) is (scenario == "run again" and audit.job is not None)

    every_place(app, audited, tmp_path, scenario, old_or_new)


def test_the_audit_of_a_fix_is_there_with_its_rows_or_not_at_all(
    app: App, audited: tuple[Path, str], tmp_path: Path
) -> None:
    def whole(space: Workspace, root: Path) -> None:
        has_answer(audited[1])(space, root)
        for audit in space.audits.all():
            assert space.has_rows(audit.id) and audit.table is not None and audit.plan is not None

    assert "audit_fix: begun" in every_place(app, audited, tmp_path, "audit a fix", whole)


def test_fixes_are_taken_over_whole(app: App, tmp_path: Path) -> None:
    root = tmp_path / "searched"
    space = start(root)
    table = io.BytesIO(csv_text(("g", "y", "s"), ROWS * 10).encode())
    audit = space.put_table(space.new("me").id, table, "people.csv").id
    space.wait(audit, SOON)
    space.run(audit, PLAN)
    taken_over(space, audit)
    job = str(space.mitigate(audit, PLAN, ("thresholds",), "no").job)
    until(lambda: space.jobs.status(job).ended)
    assert space.jobs.status(job).state == "done", space.jobs.status(job).message
    space.close()

    def found(space: Workspace, root: Path) -> None:
        has_answer(audit)(space, root)
        assert space.mitigation(audit) is not None and space.found_by(audit) is not None

    struck = every_place(app, (root, audit), tmp_path, "collect", found)
    assert {"fixes: some moved", "fixes: all moved", "fixes: earlier ones gone", "fixes: here"} <= struck


def test_an_explanation_and_a_person_are_taken_over_whole_and_rows_go_whole(app: App, tmp_path: Path) -> None:
    root = tmp_path / "explained"
    space = start(root)
    audit = space.open_sample(SAMPLES["loans"]).id
    plan = taken_over(space, audit).plan
    job = str(space.explain(audit, plan, "feature_ablation", 50).job)
    until(lambda: space.jobs.status(job).ended)
    space.close()

    def explained(space: Workspace, root: Path) -> None:
        has_answer(audit)(space, root)
        assert space.explanation(audit) is not None

    struck = every_place(app, (root, audit), tmp_path, "collect", explained)
    assert {"explanation: some moved", "explanation: here"} <= struck

    space = start(root)
    taken_over(space, audit)
    job = str(space.explain_person(audit, 3).job)
    until(lambda: space.jobs.status(job).ended)
    space.close()

    def told(space: Workspace, root: Path) -> None:
        explained(space, root)
        assert space.person(audit) is not None

    assert "person: here" in every_place(app, (root, audit), tmp_path, "collect", told)

    def without_rows(space: Workspace, root: Path) -> None:
        space.sweep()
        assert not space.has_rows(audit) and space.record(audit) is not None and space.person(audit) is None
        assert not list(root.rglob("*.parquet"))

    struck = every_place(app, (root, audit), tmp_path, "a day later", without_rows)
    assert "sweep: some rows gone" in struck
