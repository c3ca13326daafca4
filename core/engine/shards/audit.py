"""An audit whose table is counted in parts side by side: a look, the parts, and the sum, each in sandboxed jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from core.data.profile import PROFILE, TABLE
from core.data.progress import Tell
from core.engine.far_files import brought
from core.engine.plan_files import Files
from core.engine.results import read
from core.engine.run import refuse_unaskable
from core.engine.shards.counting_key import CountingKey
from core.engine.shards.driver import Driver
from core.engine.shards.edges import EDGES, are_wanted
from core.engine.shards.engine import CountingWork, EngineMaker, Partials
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard, shard_rows, shards, why_whole
from core.engine.shards.total import PARTIALS, write_partials
from core.engine.versions import versions
from core.engine.working import looked_at
from core.errors import JobError
from core.jobs.digest import sha256
from core.jobs.packed_images import packed
from core.jobs.run_one import TIME_LIMIT, job_done
from core.jobs.scratch import scratch
from core.plan.plan import Plan
from core.record import AuditRecord, Digests


@dataclass(frozen=True)
class AuditInParts:
    """An audit, and how its table was counted.

    `parts` is how many parts there are, 1 where one process counted the whole, then for the reason `whole`, if there is
    one; `kept` of them an earlier run had counted.
    """

    record: AuditRecord
    parts: int
    kept: int = 0
    whole: str | None = None


@contextmanager
def audit_in_parts(
    plan: Plan,
    files: Files,
    engine: EngineMaker,
    partials: Partials,
    time_limit: float = TIME_LIMIT,
    tell: Tell | None = None,
    each: int | None = None,
    threads: int | None = None,
    device: str | None = None,
) -> Iterator[AuditInParts]:
    """Audit files of anybody, whose rows an engine counts in parts of `each` rows.

    What the parts gave is kept until the block ends well: a run that breaks off before is taken up by the next of the
    same question and files. `time_limit` is in seconds, for the whole; `threads` is how many the looks at the table may
    use, None for one a core; `device` is where the model of one process runs, None for what the setting says. Raises as
    `audit_isolated` does, and JobError where parts could not be counted.
    """
    refuse_unaskable(plan)
    until = time.monotonic() + time_limit
    asked = files.named(plan)
    with ExitStack() as stack:
        files = stack.enter_context(brought(files, tell))
        root = stack.enter_context(scratch())
        looked, profile = stack.enter_context(looked_at(files.table, time_limit, tell, threads))
        inputs = {TABLE: _plain(looked / TABLE), PROFILE: looked / PROFILE}
        inputs |= {"model": files.model} if files.model is not None else {}
        inputs |= {"images": packed(files.images, root)} if files.images is not None else {}
        digests = {name: sha256(inputs[name]) for name in ("model", "images") if name in inputs}
        each = each or shard_rows(plan)
        key = CountingKey.of(
            asked, profile.sha256, digests.get("model"), digests.get("images"), versions()["plumbline"], each
        )
        parts, whole, kept, seconds = shards(profile.rows, each), why_whole(plan), 0, dict[str, float]()
        if whole is None and len(parts) > 1:
            begun = time.monotonic()
            if are_wanted(asked):
                found = job_done("edges", {"plan": asked.to_toml()}, inputs, until - begun, tell, threads)
                inputs[EDGES] = _plain(stack.enter_context(found).out / EDGES)
            driver = Driver(parts, key, profile, partials, until - time.monotonic())
            work = CountingWork(root, {"plan": asked.to_toml(), "each": each}, inputs, time_limit)
            kept = driver.kept()
            _driven(driver, engine, work, tell)
            seconds["count"] = round(time.monotonic() - begun, 3)
            write_partials(_contents(driver), inputs.pop(EDGES, None), root / PARTIALS)
            inputs[PARTIALS] = root / PARTIALS
        left = max(1.0, until - time.monotonic())
        done = stack.enter_context(job_done("audit", {"plan": asked.to_toml()}, inputs, left, tell, device=device))
        record = read(done.out, plan, profile.rows, Digests(profile.sha256, **digests))
        ran = replace(record.provenance, seconds=record.provenance.seconds | seconds)
        record = replace(record, provenance=ran)
        yield AuditInParts(record, len(parts) if seconds else 1, kept, whole)
        partials.forget(key.digest)


def _plain(left: Path) -> Path:
    """What a job left for others. Raises JobError where it is no file."""
    if left.is_symlink() or not left.is_file():
        raise JobError(f"A look at the table left no {left.name} behind. Run again.")
    return left


def _contents(driver: Driver) -> Iterator[tuple[Shard, bytes]]:
    """What each part gave, in the order of the table."""
    for shard, (_, written) in zip(driver.shards, driver.partials.kept(driver.key.digest), strict=True):
        yield shard, Partial.checked(written, shard, driver.key).content


def _driven(driver: Driver, engine: EngineMaker, work: CountingWork, tell: Tell | None) -> None:
    """Have the driver count in a thread of its own, which is stopped with this one: a signal meets no lock here."""
    heard: SimpleQueue[tuple[int, int, str] | BaseException | None] = SimpleQueue()

    def count() -> None:
        try:
            counting = engine(work)
            try:
                driver.count(counting)
            finally:
                counting.close()
        except BaseException as error:
            heard.put(error)
        heard.put(None)

    driver.tell = lambda *step: heard.put(step)
    thread = threading.Thread(target=count, name="plumbline-parts", daemon=True)
    thread.start()
    try:
        while (said := heard.get()) is not None:
            if isinstance(said, BaseException):
                raise said
            if tell is not None:
                tell(*said)
    finally:
        driver.stopped.set()
        thread.join()
