"""An audit of files for whoever waits for it: in a sandboxed job, or in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.data.cell_reading.months import months
from core.data.column_days import MOST_MONTHS
from core.data.progress import ProgressReporter, Tell
from core.engine.job import audit_folder
from core.engine.paired_audit import Earlier, PairedAudits
from core.engine.pairing import EARLIER, beside
from core.engine.plan_files import Files
from core.engine.results import read, read_pair
from core.engine.upload_facts import collect_profile
from core.engine.working import work_done, work_laid_out
from core.errors import DataError, PlanError
from core.jobs.run_one import TIME_LIMIT, job_done
from core.plan.plan import Plan
from core.record import AuditRecord, Digests

if TYPE_CHECKING:
    from core.engine.shards.cluster.keys import ClusterKeys
    from core.engine.shards.engine import EngineMaker


def audit_isolated(plan: Plan, files: Files, time_limit: float = TIME_LIMIT, tell: Tell | None = None) -> AuditRecord:
    """Audit in a sandboxed job, as the app does, and take its result over. `time_limit` is in seconds."""
    with work_done("audit", {"plan": files.named(plan).to_toml()}, files, time_limit, tell) as done:
        return read(done.out, plan, done.profile.rows, Digests(**done.digests))


def counting_engine(
    workers: int | None, devices: Sequence[str] | None, on: str | None, keys: ClusterKeys | None
) -> EngineMaker | None:
    """What counts the parts of a table, as a program asks for it; None where one process counts all.

    Raises PlanError where what is asked makes no sense, or cannot be had.
    """
    from core.engine.shards.asked import LOCAL, asked_engine
    from core.engine.shards.cluster.keys import PEM_FILES, cluster_keys

    if keys is not None and on in (None, LOCAL):
        raise PlanError("keys are certificates of a cluster, and on names none. Give on='tls://HOST:PORT' with them.")
    called = {name: f"keys=ClusterKeys({name}=...)" for name in PEM_FILES}
    return asked_engine(workers, devices, on, lambda: cluster_keys({} if keys is None else vars(keys), called))


def audit_by_parts(
    plan: Plan,
    files: Files,
    engine: EngineMaker,
    time_limit: float = TIME_LIMIT,
    tell: Tell | None = None,
    device: str | None = None,
) -> AuditRecord:
    """Audit in sandboxed jobs; an engine counts the parts of a large table side by side.

    `time_limit` is in seconds; `device` as for `core.engine.shards.audit.audit_in_parts`.
    """
    from core.engine.shards.audit import audit_in_parts
    from core.engine.shards.engine import PartialsInMemory

    with audit_in_parts(plan, files, engine, PartialsInMemory(), time_limit, tell, device=device) as found:
        return found.record


def audit_pair_isolated(
    plan: Plan, files: Files, earlier: Earlier, time_limit: float = TIME_LIMIT, tell: Tell | None = None
) -> PairedAudits:
    """Audit what decided earlier and what the plan names on the same people, in one sandboxed job.

    Raises PlanError where the two cannot be paired, and as `audit_isolated` does.
    """
    question = beside(plan, earlier.plan)
    request = {"plan": files.named(plan).to_toml(), "earlier": files.named(question).to_toml()}
    with work_done("audit", request, files, time_limit, tell, {EARLIER: earlier.model}) as done:
        digests = Digests(done.digests["table"], done.digests.get("model"), done.digests.get("images"))
        earlier_model = done.digests.get(EARLIER)
        return PairedAudits(*read_pair(done.out, plan, question, done.profile.rows, digests, earlier_model))


def months_isolated(table: Path, column: str, time_limit: float = TIME_LIMIT) -> tuple[str, ...]:
    """The months of a table's column of dates, such as "2026-03", in order, by a sandboxed job that looks at it.

    Raises DataError where the table or its dates cannot be read, or there are too many months.
    """
    with job_done("profile", {"name": table.name}, {"table": table}, time_limit) as done:
        found = months(collect_profile(done.out, table.name, done.digests["table"]), column).months
    if not found:
        raise DataError(f"{table.name} has days of over {MOST_MONTHS} months. Give a table of fewer.")
    return tuple(month for month, _ in found)


def audit_here(plan: Plan, files: Files, tell: Tell | None = None) -> AuditRecord:
    """Audit in this process: the model file is opened here, and nothing shuts it in."""
    with work_laid_out(files, tell) as folder:
        record = audit_folder(folder / "in", folder / "out", files.named(plan), ProgressReporter(tell))
    return replace(record, plan=replace(record.plan, data=record.plan.data.in_file(plan.data.file, plan.data.files)))
