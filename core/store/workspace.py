"""The audits of one installation on disk: what was asked, which job works on it, what came out.

Everything a page shows is read from here, so a refresh, a closed tab or a restarted server loses nothing.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.engine.shards.assistants import Assistants
from core.errors import PlumblineError
from core.jobs.sandbox import Protection
from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.store.alerts.post import AlertPost
from core.store.archive import AuditArchive
from core.store.audits import Audit as Audit
from core.store.audits import Audits
from core.store.blobs import Store
from core.store.disk import clock
from core.store.disk.last_used import Ages, Clock
from core.store.explanations import Against as Against
from core.store.fixes import SoFar as SoFar
from core.store.ledger.kept import KeptLedger
from core.store.page_answers import PageAnswers
from core.store.registers import KeptRegisters
from core.store.report_files import ReportFiles
from core.store.results import Results
from core.store.retention.kept_list import KeptList
from core.store.retention.sweep import UPLOADS_KEPT_SECONDS as UPLOADS_KEPT_SECONDS
from core.store.retention.sweep import Retention
from core.store.running_search import Searching
from core.store.runs import Runs
from core.store.series.batches import MOST_LETTERS, Batches
from core.store.series.line import WaitingLine
from core.store.series.members import data_digest, in_series, series_of, without_cut
from core.store.uploads import Uploads

if TYPE_CHECKING:
    from core.record.series import Series
    from core.record.series.alert import Alert

LOG = logging.getLogger(__name__)
SWEEP_SECONDS = 15 * 60.0


class SampleFiles(Protocol):
    """A shipped sample by its name: its plan, and the files that the plan is about."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def plan(self) -> Path:
        """The plan."""

    @property
    def table(self) -> Path:
        """The table."""

    @property
    def model(self) -> Path | None:
        """The model; None without one."""

    @property
    def images(self) -> Path | None:
        """The zip of images; None without any."""


class PlanText(Protocol):
    """A plan, or what is answered of one so far."""

    def to_toml(self) -> str:
        """The text that is kept."""


class Workspace:
    """The audits under one folder, their files, and the supervisor that runs their jobs. Any thread may call it.

    It has its parts and offers what pages call of them under one name each: see `Audits`, `Uploads`, `Runs`,
    `Results`, `Searching` and `AuditArchive`.
    """

    def __init__(
        self,
        root: Path,
        supervisor: Supervisor | None = None,
        sweep_every: float = SWEEP_SECONDS,
        now: Clock = clock.now,
        turns: bool = False,
        ledger: str | None = None,
        alarms: Callable[[Series], Sequence[Alert]] | None = None,
    ) -> None:
        """Use `root`, made if missing, and sweep it every so many seconds, also while nobody visits.

        `now` tells the moment, by which uploads grow old; with `turns` visitors take turns, as in a shared app;
        `ledger` is a path or URL of the ledger that finished audits go into, none where None; `alarms` gives what a
        series raises alarms about, which is told once a drop has ended.
        """
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.jobs = Supervisor(root, turns=turns) if supervisor is None else supervisor
        ages = Ages(root / "ages.json", now)
        self.files = Store(root / "uploads", ages=ages)
        self.audits = audits = Audits(root)
        self.ledger = KeptLedger(root, audits, ledger)
        results = Results(root, audits, self.jobs, ages)
        uploads = Uploads(audits, results, self.jobs, self.files, ages)
        searching = Searching(audits, results)
        self._assistants = Assistants(root / "assistants", self.jobs)
        runs = Runs(audits, results, uploads, self.jobs, self.files, ages, self._assistants)
        archive = AuditArchive(audits, results)
        self._lock, self._results = results.lock, results
        self._retention = Retention(audits, results, self.jobs, self.files, ages)

        self.answers, self.report_files = PageAnswers(audits), ReportFiles(audits, self.jobs)
        self.registers = KeptRegisters(audits, results.lock)
        self.get, self.owned_by, self.unreadable = audits.get, audits.owned_by, audits.unreadable
        self.put_table, self.put_parts, self.put_listed = uploads.put_table, uploads.put_parts, uploads.put_listed
        self.put_second, self.drop_second = uploads.put_second, uploads.drop_second
        self.put_model, self.put_images, self.reread = uploads.put_model, uploads.put_images, uploads.reread
        self.model_path, self.beginning, self._delete = uploads.model_path, uploads.beginning, uploads.delete
        self.duplicate = uploads.duplicate
        self.inspect, self.run, self.mitigate, self.audit_fix = runs.inspect, runs.run, runs.mitigate, runs.audit_fix
        self.explain, self.explain_person = runs.explain, runs.explain_person
        self.status, self.wait, self.cancel = results.status, results.wait, results.cancel
        self.profile, self.second_profile, self.has_rows = results.profile, results.second_profile, results.has_rows
        self.model_facts, self.model_format = results.model_facts, results.model_format
        self.thumbnails = results.thumbnails
        self.record, self.summary, self.result_mark = results.record, results.summary, audits.result_mark
        self.search, self.found_by, self.mitigation = results.search, results.found_by, results.mitigation
        self.so_far, self.found_so_far = searching.so_far, searching.found
        self.asked_why, self.explanation, self.person = results.asked_why, results.explanation, results.person
        self.explained, self.receipt = results.explained, self.ledger.receipt
        self.bring_in, self.describe, self.listed = archive.bring_in, archive.describe, archive.listed
        self.entry, self.pair, self.paired = archive.entry, runs.pair, runs.paired
        self.tidy, self.delete_rows = self._retention.tidy, self._retention.delete_rows
        line = WaitingLine(audits, results, runs, self.jobs, self.delete, self._tell_alarms, root / "untold")
        self.batches = Batches(audits, results, archive, self.files, uploads, ages, line)
        self.alerts, self._alarms = AlertPost(root, os.environ), alarms
        self.what_is_kept = KeptList(audits, self.files, ages, UPLOADS_KEPT_SECONDS).of

        self.tidy()
        self.sweep()
        self._closed = threading.Event()
        self._sweeper = threading.Thread(
            target=self._keep_sweeping, args=(sweep_every,), name="plumbline-sweep", daemon=True
        )
        self._sweeper.start()
        self.batches.line.resume()
        self.alerts.begin()
        self.ledger.begin()

    def _tell_alarms(self, audit_id: str) -> None:
        """Have the alarms of the audit's series told to whom its first audit names, unless more of it is to come."""
        audit = self.get(audit_id)
        listed = [self.entry(audit)] if audit.owner is None else self.listed(audit.owner)
        members = in_series(listed, str(audit.series))
        if self._alarms is None or any(self.batches.is_unfinished(each.audit.id) for each in members):
            return
        read = [(each.audit, self.record(each.audit.id)) for each in members if each.summary and not each.damaged]
        told = [(each, record) for each, record in read if record is not None]
        if not told:
            return
        first, record = told[0]
        monitor = record.plan.monitor if first.plan is None else Plan.from_toml(first.plan).monitor
        if monitor.webhook is not None or monitor.email:
            self.alerts.tell(self._alarms(series_of(without_cut(told), monitor)), monitor)

    # ------------------------------------------------------------ opening

    def new(self, owner: str | None = None) -> Audit:
        """An audit with nothing in it yet; what older ones uploaded and outlived its day goes now."""
        try:
            self.sweep()
        except OSError:  # a disk that is full, say: the next round comes
            LOG.exception("old uploads could not be swept")
        return self.audits.new(owner)

    def open_sample(self, sample: SampleFiles, owner: str | None = None) -> Audit:
        """A new audit of a shipped sample, started at once."""
        plan = Plan.from_toml(sample.plan.read_text(encoding="utf-8"))
        with ExitStack() as puts:
            table, model, images = (
                None if file is None else puts.enter_context(self.files.putting(file, file.name))
                for file in (sample.table, sample.model, sample.images)
            )
            audit = replace(self.new(owner), sample=sample.name, table=table, model=model, images=images)
            with self._lock:  # a sweep removes what it finds half written in an audit without rows
                self.audits.save(audit)
        with self.beginning(audit.id):
            return self.run(audit.id, plan)

    # ------------------------------------------------------------ what stands on the page

    def pick(self, audit_id: str, fix_id: str | None, so_far: SoFar | None = None) -> None:
        """Keep which fix the person looks at, of those found or of those that a search has found `so_far`."""
        with self._lock:
            self._results.fixes(audit_id).pick(fix_id, so_far)

    def save_plan(self, audit_id: str, plan: PlanText) -> Audit:
        """Keep the question as it stands on the page, without asking it."""
        text = plan.to_toml()
        with self._lock:
            return self.audits.save(replace(self.get(audit_id), plan=text))

    def rename(self, audit_id: str, name: str) -> Audit:
        """Keep what somebody calls the audit; its question and its record keep their own name. None: theirs again."""
        called = " ".join(name.split())[:MOST_LETTERS] or None
        with self._lock:
            return self.audits.save(replace(self.get(audit_id), called=called))

    def delete(self, audit_id: str) -> None:
        """Remove the audit and all that belongs to it (`Uploads.delete`); the ledger keeps its entries' places."""
        with suppress(PlumblineError):  # a damaged audit is deleted as well
            self.alerts.forget(data_digest(self.get(audit_id), self._results))
        with self.ledger.deleting(audit_id):
            self._delete(audit_id)

    # ------------------------------------------------------------ the installation

    @property
    def protection(self) -> Protection:
        """What keeps an upload in its job's folder on this machine."""
        return self.jobs.protection

    def sweep(self) -> None:
        """Remove uploaded rows and models that nobody used for a day, and what quotes them."""
        self._retention.sweep()

    def close(self) -> None:
        """Let go of the folder; jobs that run go on."""
        self._closed.set()
        self._sweeper.join()
        self.batches.line.close()
        self.alerts.close()
        self.ledger.close()
        self._assistants.close()
        self.jobs.close()

    def _keep_sweeping(self, every: float) -> None:
        while not self._closed.wait(every):
            try:
                self.sweep()
            except OSError:  # a file that went in between, or a disk that fails: the next round comes
                LOG.exception("old uploads could not be swept")
