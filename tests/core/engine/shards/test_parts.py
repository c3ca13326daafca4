"""A table counted in parts gives the record of one process, however the parts were counted, interrupted or repeated."""

import json
import os
import random
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.engine.api import audit_here, audit_isolated
from core.engine.plan_files import Files, files_of
from core.engine.shards.audit import AuditInParts, audit_in_parts
from core.engine.shards.engine import ChunkEnded, Delivered, EngineMaker, Partials, PartialsInMemory
from core.engine.shards.local_pool import LocalPool, local_pool
from core.engine.shards.shard import Shard
from core.errors import DataError, JobError
from core.jobs.folder import Folder
from core.jobs.process import Process
from core.plan.plan import Plan
from core.record import AuditRecord
from core.samples import SAMPLES
from tests.core.engine.test_sums import ALWAYS, HEADER, PLANS
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until
from tests.worlds.people import csv_text
from tests.worlds.shard_engines import EngineHere, Seen, here, write_table

pytestmark = pytest.mark.jobs
ROWS = [
    (f"P{i % 9}", "abA"[i % 3], str(18 + i % 50), "10"[i % 2], "01"[i % 2], f"0.{i % 97:02}", "1.5", "2", "good")
    for i in range(60)
]
TABLE = csv_text(HEADER, [*ROWS, *ALWAYS])  # 63 rows
EACH = 7
WHOLE = ("people held out", "people with several rows", "weights of people with several rows", "a rule that draws lots")


def numbers(record: AuditRecord) -> dict[str, Any]:
    """The record without what no two runs share."""
    document = replace(record, created="").to_json()
    for key in ("seconds", "batch_size"):
        document["provenance"].pop(key)
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def in_parts(
    plan: Plan, files: Files, engine: EngineMaker, partials: Partials | None = None, each: int = EACH
) -> AuditInParts:
    with audit_in_parts(plan, files, engine, partials or PartialsInMemory(), each=each) as found:
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(files_of(write_table(tmp_path, TABLE)))


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("name", [name for name in PLANS if name not in WHOLE])
def test_any_number_of_workers_and_any_order_give_the_same_record(files: Files, name: str, workers: int) -> None:
    whole, seen = numbers(audit_here(PLANS[name], files)), Seen()
    found = in_parts(PLANS[name], files, here(workers, seed=workers, seen=seen))
    assert numbers(found.record) == whole
    assert (found.parts, found.whole) == (9, None)
    assert sorted(seen.asked) == list(range(9)) and len(seen.chunks) >= workers


@pytest.mark.parametrize("name", WHOLE)
def test_what_parts_do_not_add_up_to_is_counted_by_one_process_which_says_why(files: Files, name: str) -> None:
    plan, seen = PLANS[name], Seen()
    found = in_parts(plan, files, here(2, seen=seen))
    assert numbers(found.record) == numbers(audit_here(plan, files))
    assert found.parts == 1 and found.whole and seen.chunks == []


def test_jobs_of_this_machine_count_a_models_scores_to_the_last_bit(tmp_path: Path) -> None:
    """The rows of a batch reach the model together, as they do without parts."""
    loans = SAMPLES["loans"].plan
    table = tmp_path / "many.parquet"
    pd.concat([pd.read_csv(loans.with_name("loans.csv"))] * 80).to_parquet(table)
    plan = Plan.load(loans)
    files, steps = Files.beside(plan, loans.parent, table=table), list[tuple[int, int, str]]()
    whole = numbers(audit_isolated(plan, files))
    with audit_in_parts(plan, files, local_pool(2), PartialsInMemory(), tell=_heard(steps), each=1 << 16) as found:
        assert numbers(found.record) == whole
        assert found.parts == 3
    scored = [done for done, total, what in steps if what == "rows scored" and total == 160_000]
    assert scored == sorted(scored) and scored[-1] == 160_000


def _heard(steps: list[tuple[int, int, str]]) -> Any:
    return lambda *step: steps.append(step)


def running_jobs(root: Path) -> list[int]:
    """The processes of the jobs that run in a folder."""
    records = [Folder(folder).record() for folder in (root / "jobs").iterdir()]
    return [record.pid for record in records if record is not None and record.state == "running" and record.pid]


class Mortal(LocalPool):
    """A pool whose first job is killed as soon as it runs."""

    killed = 0

    def submit(self, chunk: tuple[Shard, ...], is_last: bool = False) -> None:
        super().submit(chunk, is_last)
        if not self.killed:
            (self.killed,) = running_jobs(self.root)
            os.kill(self.killed, signal.SIGKILL)


def test_what_a_dead_job_did_not_count_goes_out_again(files: Files) -> None:
    plan, pools = PLANS["a score"], list[Mortal]()

    def mortal(work: Any) -> Mortal:
        pools.append(Mortal(work, 2))
        return pools[-1]

    found = in_parts(plan, files, mortal, each=16)
    assert numbers(found.record) == numbers(audit_here(plan, files))
    assert found.parts == 4 and pools[0].killed


def test_a_part_that_fails_every_time_is_named_and_the_others_are_kept(files: Files) -> None:
    plan, partials, seen = PLANS["a score"], PartialsInMemory(), Seen()
    engine = here(2, seen=seen, fate=lambda shard: shard.index != 4)
    with pytest.raises(JobError, match=r"t\.csv, rows 29 to 35: counting failed 3 times\. 8 of 9 parts are counted"):
        in_parts(plan, files, engine, partials)
    assert 3 <= seen.asked.count(4) <= 6  # beside those before it, which its job may have taken with it
    again = Seen()
    found = in_parts(plan, files, here(2, seen=again), partials)
    assert (again.asked, found.kept) == ([4], 8)
    assert numbers(found.record) == numbers(audit_here(plan, files))
    finished = in_parts(plan, files, here(2), partials)
    assert finished.kept == 0  # nothing of an audit that came to its end stays


def test_where_every_part_fails_the_run_ends_soon(files: Files) -> None:
    seen = Seen()
    with pytest.raises(JobError, match="0 of 9 parts are counted"):
        in_parts(PLANS["a score"], files, here(1, seen=seen, fate=lambda shard: False))
    assert len(seen.chunks) <= 12


def test_a_row_that_cannot_be_counted_ends_the_run_with_its_place(tmp_path: Path) -> None:
    rows = [*ROWS, *ALWAYS, ("P1", "a", "30", "1", "1", "", "1", "1", "good")]
    files = Files(files_of(write_table(tmp_path, csv_text(HEADER, rows))))
    with pytest.raises(DataError, match='row 64 below the header, column "s": no score'):
        in_parts(PLANS["a score"], files, local_pool(2), each=40)


class Slow(EngineHere):
    """An engine whose first worker gets on only while no other has anything to do."""

    def events(self) -> Iterator[Delivered | ChunkEnded]:
        slow = self._seen.chunks[0]
        self._waiting.sort(key=lambda waiting: waiting[0] == slow)
        chunk, left = self._waiting[0]
        if left and self._fate(left[0]):
            yield Delivered(left[0], self._seen.contents[left.pop(0)])
        elif left:
            self._waiting.pop(0)
            yield ChunkEnded(chunk, JobError("The run crashed."))
        else:
            self._waiting.pop(0)
            yield ChunkEnded(chunk)


def test_a_worker_that_is_done_takes_over_what_a_slow_one_still_has(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.shards.driver.TAKEN_OVER_SECONDS", 0.0)
    plan, seen = PLANS["a score"], Seen()
    found = in_parts(plan, files, lambda work: Slow(work, 2, random.Random(0), seen, lambda shard: True))
    assert numbers(found.record) == numbers(audit_here(plan, files))
    assert [len(chunk) for chunk in seen.chunks[:3]] == [5, 4, 3]
    assert set(seen.chunks[2]) < set(seen.chunks[0]) and 0 not in seen.asked[9:]


def test_a_part_that_kills_whoever_takes_it_over_is_not_taken_over_again(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.shards.driver.TAKEN_OVER_SECONDS", 0.0)
    seen = Seen()
    with pytest.raises(JobError, match=r"rows 29 to 35: counting failed 3 times\. 8 of 9 parts are counted"):
        in_parts(PLANS["a score"], files, lambda work: Slow(work, 2, random.Random(0), seen, lambda s: s.index != 4))
    assert seen.asked.count(4) == 3 and {4} < {shard.index for shard in seen.chunks[2]}


class Interrupted(BaseException):
    """Somebody ends the run."""


def test_a_late_copy_after_the_run_was_ended_counts_nobody_twice(files: Files) -> None:
    plan, partials, seen = PLANS["a score"], PartialsInMemory(), Seen()

    def end(done: int, total: int, what: str) -> None:
        if what == "rows scored" and done:
            raise Interrupted

    with (
        pytest.raises(Interrupted),
        audit_in_parts(plan, files, here(2, seen=seen), partials, tell=end, each=EACH),
    ):
        pass
    (counting,) = partials._contents
    before = dict(partials.kept(counting))
    for shard, content in list(seen.contents.items()):  # whatever was under way arrives after all
        assert partials.put_once(counting, shard.index, content) is (shard.index not in before)
    again = Seen()
    found = in_parts(plan, files, here(2, seen=again), partials)
    assert found.kept == len(seen.contents) and not {shard.index for shard in seen.contents} & set(again.asked)
    assert numbers(found.record) == numbers(audit_here(plan, files))


def test_another_question_or_table_takes_up_nothing(files: Files, tmp_path: Path) -> None:
    partials = PartialsInMemory()
    with pytest.raises(JobError):
        in_parts(PLANS["a score"], files, here(2, fate=lambda shard: shard.index != 8), partials)
    for plan, given in (
        (PLANS["a score from above on"], files),
        (PLANS["a score"], Files(files_of(write_table(tmp_path, TABLE + TABLE.splitlines()[-1])))),
    ):
        assert in_parts(plan, given, here(2), partials).kept == 0


def test_what_is_kept_of_another_part_is_not_believed(files: Files) -> None:
    plan, partials = PLANS["a score"], PartialsInMemory()
    with pytest.raises(JobError):
        in_parts(plan, files, here(2, fate=lambda shard: shard.index != 8), partials)
    (contents,) = partials._contents.values()
    contents[0], contents[1] = contents[1], contents[0]
    found = in_parts(plan, files, here(2), partials)
    assert found.kept == 0 and numbers(found.record) == numbers(audit_here(plan, files))


def test_what_is_kept_and_was_damaged_is_counted_again(files: Files) -> None:
    plan, partials = PLANS["a score"], PartialsInMemory()
    with pytest.raises(JobError):
        in_parts(plan, files, here(2, fate=lambda shard: shard.index != 8), partials)
    (contents,) = partials._contents.values()
    contents[3] = contents[3][:-1]
    found = in_parts(plan, files, here(2), partials)
    assert found.kept == 0 and numbers(found.record) == numbers(audit_here(plan, files))


def test_a_look_at_a_large_table_may_last_as_long_as_the_audit(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.queue.LOOK_SECONDS", 0.0)
    assert in_parts(PLANS["a score"], files, here(2)).parts == 9


def test_an_interrupted_run_leaves_no_job_and_no_folder(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    pools, running = list[LocalPool](), list[Process]()

    def pool(work: Any) -> LocalPool:
        pools.append(LocalPool(work, 2))
        threading.Thread(target=interrupt).start()
        return pools[0]

    def interrupt() -> None:
        until(lambda: bool(pools) and len(running_jobs(pools[0].root)) == 2)
        running.extend(map(Process.of, running_jobs(pools[0].root)))
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def end(number: int, frame: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, end)
    try:
        with holding_jobs("count"), pytest.raises(Interrupted):
            in_parts(PLANS["a score"], files, pool)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert len(running) == 2 and not any(each.alive() for each in running)
    assert list(home.iterdir()) == []
