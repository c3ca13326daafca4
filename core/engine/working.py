"""The work on a plan's files for whoever waits for it: in sandboxed jobs, or in a folder of this process.

A table in several files is first made one, by a job of its own; then it is read as one that was looked at before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.profile import PROFILE, SECOND, TABLE, Profile
from core.data.progress import ProgressReporter, Tell
from core.data.table_files.converting import convert, part_input, request_of
from core.data.table_files.part import TableFiles, digest_of
from core.engine.far_files import brought
from core.engine.plan_files import Files
from core.engine.upload_facts import collect_profile
from core.errors import JobError
from core.jobs.run_one import JobDone, job_done, jobs_done, laid_out


@dataclass(frozen=True)
class WorkDone:
    """What a job left in `out`, its inputs' SHA-256 by name, and the profile of the table, and of a second one."""

    out: Path
    digests: dict[str, str]
    profile: Profile
    second: Profile | None = None


@contextmanager
def work_done(
    kind: str,
    request: Mapping[str, Any],
    files: Files,
    time_limit: float,
    tell: Tell | None = None,
    more: Mapping[str, Path | None] | None = None,
) -> Iterator[WorkDone]:
    """Run a job on a plan's files, and `more` inputs, to its end; as `core.jobs.run_one.job_done`.

    `time_limit` is in seconds, for each job that it takes.
    """
    with works_done(kind, [request], files, time_limit, tell, more) as (done,):
        yield done


@contextmanager
def works_done(
    kind: str,
    requests: Sequence[Mapping[str, Any]],
    files: Files,
    time_limit: float,
    tell: Tell | None = None,
    more: Mapping[str, Path | None] | None = None,
    devices: Sequence[str] = (),
) -> Iterator[list[WorkDone]]:
    """Run jobs on a plan's files side by side, one for each request; as `core.jobs.run_one.jobs_done`."""
    profiles: dict[str, Profile] = {}
    with ExitStack() as stack:
        files = stack.enter_context(brought(files, tell))
        tables = {"": files.table} | ({} if files.second is None else {SECOND: files.second})
        inputs: dict[str, Path | None] = {**files.inputs, **(more or {})}
        for prefix, table in tables.items():
            if table.single is None:
                done = stack.enter_context(_converted(table, time_limit, tell))
                profiles[prefix] = _profile_of(table, done)
                inputs |= {f"{prefix}{TABLE}": done.out / TABLE, f"{prefix}{PROFILE}": done.out / PROFILE}
        all_done = stack.enter_context(jobs_done(kind, requests, inputs, time_limit, tell, devices=devices))
        yield [_with_profiles(done, tables, profiles) for done in all_done]


def _with_profiles(done: JobDone, tables: Mapping[str, TableFiles], known: Mapping[str, Profile]) -> WorkDone:
    """What a job left, with the profiles of its tables; it looked itself at those that are not `known`."""
    profiles = {
        prefix: known.get(prefix) or collect_profile(done.out / prefix, table.name, done.digests[f"{prefix}table"])
        for prefix, table in tables.items()
    }
    digests = done.digests | {f"{prefix}table": profile.sha256 for prefix, profile in profiles.items()}
    for prefix in tables:
        for name in (TABLE, PROFILE):
            digests.pop(f"{prefix}{name}", None)
    return WorkDone(done.out, digests, profiles[""], profiles.get(SECOND))


@contextmanager
def work_laid_out(files: Files, tell: Tell | None = None) -> Iterator[Path]:
    """The folder of a job whose work is done in this process, as `core.jobs.run_one.laid_out`."""
    with brought(files, tell) as files, laid_out(files.inputs) as folder:
        for prefix, table in (("", files.table), (SECOND, files.second)):
            if table is not None and table.single is None:
                made = folder / f"{prefix}made"
                made.mkdir()
                convert(table.parts, table.name, table.passed_over, made, ProgressReporter(tell))
                for name in (TABLE, PROFILE):
                    os.replace(made / name, folder / "in" / f"{prefix}{name}")
        yield folder


@contextmanager
def looked_at(
    table: TableFiles, time_limit: float, tell: Tell | None = None, threads: int | None = None
) -> Iterator[tuple[Path, Profile]]:
    """The folder in which a job left a table, whether it was one file or several, and what it found in it.

    `threads` is how many it may use, None for one a core.
    """
    if table.single is None:
        with _converted(table, time_limit, tell, threads) as done:
            yield done.out, _profile_of(table, done)
        return
    request = {"name": table.name}
    with job_done("profile_large", request, {"table": table.single}, time_limit, tell, threads) as done:
        yield done.out, collect_profile(done.out, table.name, done.digests["table"])


@contextmanager
def _converted(
    table: TableFiles, time_limit: float, tell: Tell | None, threads: int | None = None
) -> Iterator[JobDone]:
    inputs = {part_input(place): part.path for place, part in enumerate(table.parts)}
    with job_done("convert", request_of(table), inputs, time_limit, tell, threads) as done:
        yield done


def _profile_of(table: TableFiles, done: JobDone) -> Profile:
    """What the job found in the very files that it was given. Raises JobError where it says otherwise."""
    digest = digest_of((part.digest_name, done.digests[part_input(place)]) for place, part in enumerate(table.parts))
    profile = collect_profile(done.out, table.name, digest)
    if [file.name for file in profile.files] != [part.name for part in table.parts]:
        raise JobError("The job's result was refused: it tells of other files. Run again with files you trust.")
    for name in (TABLE, PROFILE):
        if (done.out / name).is_symlink() or not (done.out / name).is_file():
            raise JobError("The job left no table behind. Run again.")
    return profile
