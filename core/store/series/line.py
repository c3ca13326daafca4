"""The audits that wait for their turn, and the thread that asks them one after another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.errors import DataError, JobError, PlumblineError
from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.store.audit import WAITING
from core.store.audits import Audit, Audits
from core.store.results import Results
from core.store.runs import Runs

LOG = logging.getLogger(__name__)
_ROUND_SECONDS = 0.5


@dataclass(frozen=True)
class BatchProgress:
    """How many audits of a drop have ended, of how many, and about how many seconds the others take, if known."""

    done: int
    total: int
    seconds_left: float | None


class WaitingLine:
    """Audits of drops, in their order; one of each visitor is kept in the queue of jobs. Any thread may call it."""

    def __init__(
        self,
        audits: Audits,
        results: Results,
        runs: Runs,
        supervisor: Supervisor,
        delete: Callable[[str], None],
        ended: Callable[[str], None],
        untold: Path,
    ) -> None:
        """Of these audits, which `runs` starts; `delete` removes a whole audit, `ended` is told one of a drop's end.

        `untold` is a folder with a file for each drop of which that was not told yet, so that a killed app tells it
        when it is started again.
        """
        self._audits, self._results, self._runs, self._jobs, self._delete = audits, results, runs, supervisor, delete
        self._ended, self._untold = ended, untold
        untold.mkdir(mode=0o700, exist_ok=True)
        self._lock, self._closed = threading.RLock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._drops: dict[str, list[str]] = {}
        self._at_work: set[str] = set()  # drops whose end was not told yet
        self._unfinished: dict[str, str] = {}  # the drop of each audit that waits or is worked on

    def resume(self) -> None:
        """Go on with what an earlier app left waiting or at work."""
        with self._lock:
            for audit in sorted(self._audits.all(), key=lambda each: each.created):
                if audit.batch is not None:
                    self._drops.setdefault(audit.batch, []).append(audit.id)
                    if audit.stage == WAITING or audit.job is not None:
                        self._unfinished[audit.id] = audit.batch
                        self._at_work.add(audit.batch)
            self._at_work |= {path.name for path in self._untold.iterdir()}
            self.start()

    def close(self) -> None:
        """Start nothing more."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def note(self, audit: Audit) -> str:
        """Know of an audit that waits on disk; gives its id."""
        with self._lock:
            self._drops.setdefault(str(audit.batch), []).append(audit.id)
            self._unfinished[audit.id] = str(audit.batch)
            self._at_work.add(str(audit.batch))
            with suppress(OSError):  # the disk is full: what waits is told all the same, unless the app is killed
                (self._untold / str(audit.batch)).touch()
        return audit.id

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

    def unfinished_drops(self) -> frozenset[str]:
        """The drops of which an audit waits or is worked on."""
        with self._lock:
            return frozenset(self._unfinished.values())

    def is_unfinished(self, audit_id: str) -> bool:
        """Whether the audit came in a drop, and waits or is worked on."""
        with self._lock:
            return audit_id in self._unfinished

    def cancel(self, batch: str) -> None:
        """Let go of what has not ended of a drop: those audits, and their files, are removed."""
        with self._lock:
            left = [each for each, drop in self._unfinished.items() if drop == batch]
            for audit_id in left:
                with suppress(DataError):  # somebody has just deleted it
                    self._delete(audit_id)
                del self._unfinished[audit_id]
                self._drops[batch].remove(audit_id)

    def start(self) -> None:
        """Have what waits asked, and told what has ended, if nothing does so yet."""
        with self._lock:
            if (self._unfinished or self._at_work) and self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._work, name="plumbline-batches", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while not self._closed.is_set():
            with self._lock:
                busy = self._round()
                ended = self._at_work - set(self._unfinished.values())
                self._at_work -= ended
                if not self._unfinished and not ended:
                    self._thread = None
                    return
            if ended:
                self._tell(ended)
            elif busy is None:
                self._closed.wait(_ROUND_SECONDS)
            else:
                with suppress(JobError):  # it was deleted meanwhile
                    self._jobs.wait(busy, _ROUND_SECONDS)

    def _tell(self, drops: set[str]) -> None:
        """Tell the end of each drop of which audits are left; whatever goes wrong there, other drops go on.

        It is then told again when the app is started again.
        """
        for drop in drops:
            try:
                for audit_id in self._drops.get(drop, [])[-1:]:
                    self._ended(audit_id)
                (self._untold / drop).unlink(missing_ok=True)
            except Exception:
                LOG.exception("the alarms of a series could not be told")

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
        if (audit.problem, audit.stage) == (kept, stage):  # as it was told before
            return audit
        with self._results.lock:
            return self._audits.save(replace(self._audits.get(audit.id), problem=kept, stage=stage))
