"""Several tables put in at once: each becomes an audit of one series, and they are asked one after another.

An audit whose turn has not come is on disk with its table and its question, so a killed app loses none: the next one
goes on with those that wait.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO
from uuid import uuid4

from core.errors import DataError, JobError, PlumblineError
from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.asked_again import asked_again
from core.store.archive import AuditArchive, Shelved
from core.store.audit import WAITING
from core.store.audits import Audit, Audits, blank_audit
from core.store.blobs import Store, Upload
from core.store.disk.crash_points import point
from core.store.results import Results
from core.store.runs import Runs
from core.store.series.members import data_digest, in_series

LOG = logging.getLogger(__name__)
_ROUND_SECONDS = 0.5
Put = tuple[BinaryIO, str]


@dataclass(frozen=True)
class Begun:
    """What became of the files of one drop: the audits that were begun, and the names of files that are here already.

    Beside each such name stands what the same bytes were called before.
    """

    batch: str
    audits: tuple[str, ...]
    twice: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BatchProgress:
    """How many audits of a drop have ended, of how many, and about how many seconds the others take, if known."""

    done: int
    total: int
    seconds_left: float | None


class Batches:
    """The drops of an installation. Any thread may call it; one of its own starts what waits."""

    def __init__(
        self,
        audits: Audits,
        results: Results,
        runs: Runs,
        archive: AuditArchive,
        supervisor: Supervisor,
        store: Store,
        delete: Callable[[str], None],
    ) -> None:
        """Of these audits, which `runs` starts; files are kept in `store`, and `delete` removes a whole audit."""
        self._audits, self._results, self._runs, self._archive = audits, results, runs, archive
        self._jobs, self._store, self._delete = supervisor, store, delete
        self._lock, self._closed = threading.RLock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._drops: dict[str, list[str]] = {}
        self._unfinished: dict[str, str] = {}  # the drop of each audit that waits or is worked on, in their order

    def resume(self) -> None:
        """Go on with what an earlier app left waiting or at work."""
        with self._lock:
            for audit in sorted(self._audits.all(), key=lambda each: each.created):
                if audit.batch is not None:
                    self._drops.setdefault(audit.batch, []).append(audit.id)
                    if audit.stage == WAITING or audit.job is not None:
                        self._unfinished[audit.id] = audit.batch
            self._start()

    def close(self) -> None:
        """Start nothing more."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    # ------------------------------------------------------------ what pages call

    def begin(self, first_id: str, files: Sequence[Put], model: Put | None = None, images: Put | None = None) -> Begun:
        """Audit each table as the audit `first_id` was, whose model and images serve where no other is given.

        A table that its series has already is not audited again. Raises DataError where the audit has no result, or
        what decided in it is not here any more.
        """
        first, record = self._audits.get(first_id), self._results.record(first_id)
        if record is None:
            raise DataError("This audit has no result yet. Run it, then put in the next tables.")
        batch, series = uuid4().hex, record.plan.series_sha256
        known = self._known(first, series)
        begun: list[str] = []
        twice: list[tuple[str, str]] = []
        with ExitStack() as puts:
            kept_model = self._other(puts, model, first.model, record.plan.decision.model is not None, "model")
            kept_images = self._other(puts, images, first.images, record.plan.decision.image is not None, "images")
            for file, name in files:
                with self._store.putting(file, name) as table:
                    if table.digest in known:
                        twice.append((table.name, known[table.digest]))
                        continue
                    known[table.digest] = table.name
                    audit = self._new(first, record, table, kept_model, kept_images, batch, series)
                    point("batch: begun one")
                    with self._lock:
                        self._drops.setdefault(batch, []).append(audit.id)
                        self._unfinished[audit.id] = batch
                    begun.append(audit.id)
            self._start()
        return Begun(batch, tuple(begun), tuple(twice))

    def progress(self, batch: str | None) -> BatchProgress | None:
        """How far a drop has come; None where all of it has ended."""
        with self._lock:
            ids = list(self._drops.get(batch or "", ()))
            left = [each for each in ids if each in self._unfinished]
        if not left:
            return None
        done = len(ids) - len(left)
        with suppress(DataError):
            began = datetime.fromisoformat(self._audits.get(ids[0]).created).timestamp()
            pace = (time.time() - began) / done if done else None
            return BatchProgress(done, len(ids), None if pace is None else pace * len(left))
        return BatchProgress(done, len(ids), None)

    def cancel(self, batch: str) -> None:
        """Let go of what has not ended of a drop: those audits, and their files, are removed."""
        with self._lock:
            left = [each for each, drop in self._unfinished.items() if drop == batch]
            for audit_id in left:
                with suppress(DataError):  # somebody has just deleted it
                    self._delete(audit_id)
                del self._unfinished[audit_id]
                self._drops[batch].remove(audit_id)

    def name_period(self, audit_id: str, period: str) -> Audit:
        """Keep what somebody says the audit's table is about; nothing leaves it to the file's name again."""
        with self._results.lock:
            return self._audits.save(replace(self._audits.get(audit_id), period=" ".join(period.split())[:40] or None))

    # ------------------------------------------------------------ begin

    def _known(self, first: Audit, series: str) -> dict[str, str]:
        """The digests of the tables that the series has, each with the name it came by."""
        listed = [] if first.owner is None else self._archive.listed(first.owner)
        members: list[Shelved] = in_series([*listed, self._archive.entry(first)], series)
        found = {data_digest(each.audit, self._results): each for each in reversed(members)}
        return {digest: _file(each) for digest, each in found.items() if digest is not None}

    def _other(self, puts: ExitStack, given: Put | None, kept: Upload | None, needed: bool, what: str) -> Upload | None:
        """The file that is given, else the first audit's own; None where the question needs none."""
        if not needed:
            return None
        if given is not None:
            return puts.enter_context(self._store.putting(*given))
        if kept is None:
            raise DataError(f"The {what} of the first audit are not here. Put them in together with the tables.")
        try:
            return puts.enter_context(self._store.putting(self._store.use(kept.digest), kept.name))
        except DataError:
            raise DataError(
                f"“{kept.name}” was deleted after a day, as announced. Put it in again, together with the tables."
            ) from None

    def _new(
        self,
        first: Audit,
        record: AuditRecord,
        table: Upload,
        model: Upload | None,
        images: Upload | None,
        batch: str,
        series: str,
    ) -> Audit:
        plan = asked_again(record, table.name)
        return self._audits.begin(
            replace(
                blank_audit(first.owner),
                table=table,
                model=model,
                images=images,
                model_format=first.model_format,
                plan=plan.to_toml(),
                stage=WAITING,
                tags=first.tags,
                series=series,
                batch=batch,
            )
        )

    # ------------------------------------------------------------ the thread that starts what waits

    def _start(self) -> None:
        with self._lock:
            if self._unfinished and self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._work, name="plumbline-batches", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while not self._closed.is_set():
            with self._lock:
                busy = self._round()
                if not self._unfinished:
                    self._thread = None
                    return
            if busy is None:
                self._closed.wait(_ROUND_SECONDS)
            else:
                with suppress(JobError):  # it was deleted meanwhile
                    self._jobs.wait(busy, _ROUND_SECONDS)

    def _round(self) -> str | None:
        """Take over what has ended, and keep one audit of each visitor in the queue; gives a job that is at work."""
        busy: str | None = None
        queued: set[str | None] = set()
        for audit_id in list(self._unfinished):
            try:
                audit = self._audits.get(audit_id)
                if audit.job is None and audit.stage == WAITING and audit.owner not in queued:
                    audit = self._ask(audit)
                if audit.job is not None:
                    status = self._results.status(audit_id)
                    if status is not None and not status.ended:
                        busy = busy or audit.job
                        if status.state == "queued":
                            queued.add(audit.owner)
                        continue
                if audit.stage != WAITING:
                    del self._unfinished[audit_id]
            except DataError:  # it was deleted, or cannot be read
                del self._unfinished[audit_id]
            except Exception:  # whatever is the matter with one, the others are still asked
                LOG.exception("an audit of a series could not be asked")
                del self._unfinished[audit_id]
        return busy

    def _ask(self, audit: Audit) -> Audit:
        """Ask an audit whose turn has come; one that cannot be asked now waits on, one that never can says why."""
        try:
            return self._runs.run(audit.id, Plan.from_toml(str(audit.plan)))
        except JobError as error:  # the visitor has other work waiting, or the disk is full
            kept, stage = error.message, WAITING
        except PlumblineError as error:
            kept, stage = error.message, "audit"
        with self._results.lock:
            return self._audits.save(replace(self._audits.get(audit.id), problem=kept, stage=stage))


def _file(entry: Shelved) -> str:
    table = entry.audit.table
    return entry.name if table is None else table.name
