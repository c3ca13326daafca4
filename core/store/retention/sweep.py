"""What goes with time: uploaded rows and models that nobody used for a day, and what a killed app left half done."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.profile import TABLE
from core.errors import JobError, PlumblineError
from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.store.audits import RECORD_FILE, STATE_FILE, Audit, Audits, UnreadableAudit
from core.store.blobs import Store
from core.store.disk.last_used import Ages
from core.store.results import Results
from core.store.retention.kept_list import ROWS_DELETED, note_deletion
from core.store.retention.rows import GONE, erase_rows
from core.store.uploads import SECOND_FILES

UPLOADS_KEPT_SECONDS = 24 * 3600.0
LOG = logging.getLogger(__name__)


class Retention:
    """Sweeps the audits of an installation. Any thread may call it."""

    def __init__(self, audits: Audits, results: Results, supervisor: Supervisor, store: Store, ages: Ages) -> None:
        """Of these audits, whose jobs the supervisor runs and whose files are kept in `store`."""
        self._audits, self._results, self._jobs = audits, results, supervisor
        self._store, self._ages = store, ages
        self._is_swept: dict[str, int] = {}  # audits without rows, and when their folders last changed

    def tidy(self) -> None:
        """Finish what an app that was killed left half done. Only while nobody else is at work in the folder."""
        self._audits.clear()
        for audit in self._audits.all():
            self._results.settle(audit)
        for job in self._jobs.ids - self._audits.jobs_named():
            self._jobs.delete(job)
        self._store.keep_only(self._audits.uploads_named())

    def sweep(self) -> None:
        """Remove uploaded rows and models that nobody used for a day, and what quotes them. Counts and verdicts stay.

        What goes wrong with one audit keeps no other from being swept.
        """
        self._store.sweep(UPLOADS_KEPT_SECONDS)
        for audit_id in self._audits.ids():
            try:
                with self._results.lock:
                    self._sweep_audit(audit_id)
            except (OSError, ValueError, TypeError, KeyError, PlumblineError):
                LOG.exception("the uploaded rows of one audit could not be swept")
        known = self._jobs.ids
        for job in known - self._audits.jobs_named() if known else ():  # begun, and never named
            if self._is_old(self._results.job_state(job)):
                self._jobs.delete(job)
        self._ages.keep()

    def delete_rows(self, audit_id: str) -> None:
        """Remove the uploaded rows, models and images of one audit now, and what quotes them; the record stays.

        An upload that another audit uses stays for that one. Raises JobError while a job works on them.
        """
        with self._results.lock:
            audit = self._audits.get(audit_id)
            if audit.job in self._jobs.ids:
                if not self._jobs.status(str(audit.job)).ended:
                    raise JobError("Something still works on these rows. Cancel it, or wait until it has ended.")
                audit = self._end_job(audit)
            folder = self._audits.folder(audit_id)
            had_rows = (folder / TABLE).is_file()
            erase_rows(folder, lambda: self._plan_of_record(audit_id))
            if had_rows:
                note_deletion(folder, ROWS_DELETED)
            self._audits.forget_what_was_read()
            if audit.problem not in (None, GONE):
                self._audits.save(replace(audit, problem=GONE))
        self._store.delete([upload.digest for upload in audit.uploads], lambda: self._audits.uploads_named(audit_id))

    # ------------------------------------------------------------ within

    def _sweep_audit(self, audit_id: str) -> None:
        folder = self._audits.folder(audit_id)
        table, changed = folder / TABLE, folder.stat().st_mtime_ns
        if self._is_swept.get(audit_id) == changed:
            return
        had_rows = table.is_file()
        if had_rows and not self._is_old(table):
            if self._is_old(folder / SECOND_FILES[1]):
                for name in SECOND_FILES:
                    (folder / name).unlink(missing_ok=True)
            return
        try:
            audit = self._audits.get(audit_id)
        except UnreadableAudit:
            erase_rows(folder, lambda: None)
            return
        if audit.job in self._jobs.ids:
            ended, old = self._jobs.status(str(audit.job)).ended, self._is_old(self._results.job_state(str(audit.job)))
            if not ended or not (had_rows or old):
                return
            audit = self._end_job(audit)
        erase_rows(folder, lambda: self._plan_of_record(audit_id))
        if had_rows:
            note_deletion(folder, ROWS_DELETED)
            self._audits.forget_what_was_read()
        is_old = self._is_old(folder / STATE_FILE)
        if not audit.is_listed and is_old:
            self._audits.remove(audit_id)  # nobody put a table in, and no history lists it
        elif audit.problem not in (None, GONE):
            if had_rows or is_old:
                self._audits.save(replace(audit, problem=GONE))
        elif audit.is_listed:
            self._is_swept[audit_id] = folder.stat().st_mtime_ns

    def _end_job(self, audit: Audit) -> Audit:
        """Take over what a job found, or forget a job that failed, whose words may quote the table."""
        self._results.collect(audit.id)
        audit = self._audits.get(audit.id)
        if audit.job is None:
            return audit
        job, failed = audit.job, self._jobs.status(audit.job).state == "failed"
        audit = self._audits.save(replace(audit, job=None, problem=GONE if failed else audit.problem))
        self._jobs.delete(job)
        return audit

    def _plan_of_record(self, audit_id: str) -> Plan | None:
        """The question of the evidence that is kept; None where there is no such evidence."""
        try:
            return self._audits.parsed(audit_id, RECORD_FILE, _plan)
        except PlumblineError:
            return None

    def _is_old(self, path: Path) -> bool:
        return bool(self._ages.old([path], UPLOADS_KEPT_SECONDS))


def _plan(record: Any) -> Plan:
    return Plan.from_toml(record["plan"])
