"""What people put into the audits of one installation: tables, models, images; kept for a day, deleted on request."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from core.data.images import FILE as IMAGES
from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.profile import PROFILE, SECOND, TABLE, refuse_lacking
from core.errors import DataError, JobError, PlumblineError
from core.jobs.supervisor import KILLED_SECONDS, Supervisor
from core.models.recognition import HEAD_BYTES
from core.models.refusals.glance import refuse_at_a_glance
from core.plan.plan import Plan
from core.store.audits import FACTS_FILE, RECORD_FILE, STATE_FILE, Audit, UnreadableAudit
from core.store.blobs import Store, Upload, shown_name
from core.store.disk import clock
from core.store.disk.ages import Ages, Clock
from core.store.disk.faults import point
from core.store.explanations import ASKED as EXPLANATION_ASKED
from core.store.explanations import FOUND as EXPLANATION
from core.store.fixes import ALL as ALL_FIXES
from core.store.fixes import Second
from core.store.results import AuditResults
from core.store.retention.rows import GONE, erase_rows
from core.store.retention.summary import SUMMARY_FILE

UPLOADS_KEPT_SECONDS = 24 * 3600.0
# What an inspection leaves, and what a look at a second table.
LOOK = (FACTS_FILE, THUMBNAILS)
SECOND_FILES = (f"{SECOND}{PROFILE}", f"{SECOND}{TABLE}")
ANSWER = (RECORD_FILE, SUMMARY_FILE)
EXPLAINED = (EXPLANATION_ASKED, EXPLANATION)
LOG = logging.getLogger(__name__)


class AuditUploads(AuditResults):
    """The audits under one folder, with the files that were put into them. Any thread may call it."""

    def __init__(self, root: Path, supervisor: Supervisor, now: Clock = clock.now) -> None:
        """Use `root`, and the supervisor that runs the jobs; `now` tells the moment, by which uploads grow old."""
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(root, supervisor, Ages(root / "ages.json", now))
        self._store = Store(root / "uploads", ages=self._ages)
        self._is_swept: dict[str, int] = {}  # audits without rows, and when their folders last changed

    def put_table(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded table and look at it in a job. What was known of an earlier table is forgotten."""
        audit = self.get(audit_id)
        with self._store.putting(source, name) as upload:
            point("put: stored")
            fresh = replace(audit, table=upload, second=None, original=None, plan=None, sample=None)
            forgets = (PROFILE, TABLE, *SECOND_FILES, *LOOK, *ANSWER, *ALL_FIXES, *EXPLAINED)
            return self._look(fresh, upload, "profile", *forgets)

    def put_second(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep a second table, which fixes are judged on, and look at it in a job."""
        audit = self.get(audit_id)
        with self._store.putting(source, name) as upload:
            return self._look(replace(audit, second=upload), upload, "second", *SECOND_FILES)

    def drop_second(self, audit_id: str) -> Audit:
        """Judge fixes on people of the first table again."""
        with self._lock:
            return self._settle(self._save(replace(self.get(audit_id), second=None, forgets=SECOND_FILES)))

    def reread(self, audit_id: str) -> Audit:
        """Look once more at the table that is kept already, after a look that was broken off."""
        audit = self.get(audit_id)
        if audit.table is None:
            raise DataError("There is no table yet. Upload one first.")
        return self._look(audit, audit.table)

    def put_model(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded model; `inspect` looks at it. Raises ModelError where its first bytes show what it is."""
        _glance(source, name)
        with self._store.putting(source, name) as upload, self._lock:
            return self._with_input(replace(self.get(audit_id), model=upload))

    def put_images(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded zip of images, which the table names; `inspect` looks at it."""
        with self._store.putting(source, name) as upload, self._lock:
            return self._with_input(replace(self.get(audit_id), images=upload))

    def model_path(self, audit_id: str) -> Path | None:
        """Where the audit's model is kept; None where there is none."""
        model = self.get(audit_id).model
        return None if model is None else self._store.path(model.digest)

    def delete(self, audit_id: str) -> None:
        """Remove the audit, its jobs and its result, and its uploads unless another audit uses them.

        One that cannot be read goes with all that its files still say of jobs and uploads.
        """
        try:
            audit = self.get(audit_id)
            jobs, uploads = {str(audit.job)}, {upload.digest for upload in audit.uploads}
        except UnreadableAudit:
            jobs, uploads = self._hexadecimal(audit_id, 32), self._hexadecimal(audit_id, 64)
        mine = jobs & self._jobs.ids
        for job in mine:
            self._jobs.cancel(job)
            if not self._jobs.wait(job, KILLED_SECONDS).ended:
                raise JobError("The run could not be stopped yet. Try to delete it again in a minute.")
        with self._lock:
            self._remove(audit_id)
        for job in mine:
            self._jobs.delete(job)
        point("delete: uploads left")
        self._store.delete(uploads, self._wanted)

    def tidy(self) -> None:
        """Finish what an app that was killed left half done. Only while nobody else is at work in the folder."""
        self._clear()
        for audit in self._all():
            self._settle(audit)
        for job in self._jobs.ids - self._named_jobs():
            self._jobs.delete(job)
        self._store.keep_only(self._wanted())

    def sweep(self) -> None:
        """Remove uploaded rows and models that nobody used for a day, and what quotes them. Counts and verdicts stay.

        What goes wrong with one audit keeps no other from being swept.
        """
        self._store.sweep(UPLOADS_KEPT_SECONDS)
        for audit_id in self._ids():
            try:
                with self._lock:
                    self._sweep_audit(audit_id)
            except (OSError, ValueError, TypeError, KeyError, PlumblineError):
                LOG.exception("the uploaded rows of one audit could not be swept")
        known = self._jobs.ids
        for job in known - self._named_jobs() if known else ():  # begun, and never named
            if self._is_old(self._job_state(job)):
                self._jobs.delete(job)
        self._ages.keep()

    # ------------------------------------------------------------ within

    def _inputs(self, audit: Audit, with_model: bool = True) -> Mapping[str, Path]:
        if audit.table is None:
            raise DataError("There is no table yet. Upload one first.")
        folder = self._folder(audit.id)
        if not (folder / PROFILE).is_file():
            inputs = {"table": self._store.use(audit.table.digest)}
        else:
            if not (folder / TABLE).is_file():
                raise DataError(
                    "The uploaded table was deleted after a day, as announced. Upload it again to audit it again."
                )
            self._ages.use(folder / TABLE)
            inputs = {TABLE: folder / TABLE, PROFILE: folder / PROFILE}
        if with_model:
            if audit.model is None:
                raise DataError("There is no model yet. Upload one, or choose a score or decision column.")
            inputs["model"] = self._store.use(audit.model.digest)
            if audit.images is not None:
                inputs[IMAGES] = self._store.use(audit.images.digest)
        return inputs

    def _judging(self, audit: Audit) -> Second:
        """The second table of an audit, which has every column of the first."""
        first, second = self.profile(audit.id), self.second_profile(audit.id)
        if first is None or second is None:
            raise DataError("The second table is not here any more. Upload it again.")
        refuse_lacking(second, first)
        self._ages.use(self._folder(audit.id) / f"{SECOND}{TABLE}")
        return Second(second.name, second.rows, second.sha256)

    def _with_input(self, audit: Audit) -> Audit:
        """Keep the audit with a new file, without what an inspection found or is about to find in those before it."""
        ends = audit.job is not None and audit.stage != "profile"  # it works on the files before this one
        kept = self._settle(self._save(replace(audit, job=None if ends else audit.job, forgets=LOOK)))
        if ends and audit.job in self._jobs.ids:
            self._jobs.delete(str(audit.job))
        return kept

    def _look(self, audit: Audit, table: Upload, stage: str = "profile", *forgets: str) -> Audit:
        inputs = {"table": self._store.path(table.digest)}
        job = self._jobs.submit("profile", {"name": table.name}, inputs, audit.owner)
        return self._start(audit, job, stage, *forgets)

    def _sweep_audit(self, audit_id: str) -> None:
        folder = self._folder(audit_id)
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
            audit = self.get(audit_id)
        except UnreadableAudit:
            erase_rows(folder, lambda: None)
            return
        if audit.job in self._jobs.ids:
            ended, old = self._jobs.status(str(audit.job)).ended, self._is_old(self._job_state(str(audit.job)))
            if not ended or not (had_rows or old):
                return
            audit = self._end_job(audit)
        erase_rows(folder, lambda: self._plan_of_record(audit_id))
        is_old = self._is_old(folder / STATE_FILE)
        if audit.table is None and is_old:
            self._remove(audit_id)  # nobody put a table in, and no history lists it
        elif audit.problem not in (None, GONE):
            if had_rows or is_old:
                self._save(replace(audit, problem=GONE))
        elif audit.table is not None:
            self._is_swept[audit_id] = folder.stat().st_mtime_ns

    def _end_job(self, audit: Audit) -> Audit:
        """Take over what a job found, or forget a job that failed, whose words may quote the table."""
        self._collect(audit.id)
        audit = self.get(audit.id)
        if audit.job is None:
            return audit
        job, failed = audit.job, self._jobs.status(audit.job).state == "failed"
        audit = self._save(replace(audit, job=None, problem=GONE if failed else audit.problem))
        self._jobs.delete(job)
        return audit

    def _plan_of_record(self, audit_id: str) -> Plan | None:
        """The question of the evidence that is kept; None where there is no such evidence."""
        try:
            return self._parsed(audit_id, RECORD_FILE, lambda record: Plan.from_toml(record["plan"]))
        except PlumblineError:
            return None

    def _is_old(self, path: Path) -> bool:
        return bool(self._ages.old([path], UPLOADS_KEPT_SECONDS))

    def _wanted(self) -> set[str]:
        """The digests of the uploads that some audit names."""
        listed = {upload.digest for audit in self._all() for upload in audit.uploads}
        return listed.union(*(self._hexadecimal(audit_id, 64) for audit_id in self._ids_unreadable()))

    def _named_jobs(self) -> set[str]:
        """The jobs that some audit names."""
        listed = {audit.job for audit in self._all() if audit.job is not None}
        return listed.union(*(self._hexadecimal(audit_id, 32) for audit_id in self._ids_unreadable()))


def _glance(source: BinaryIO | Path, name: str) -> None:
    """Refuse a model by its first bytes, before it is kept."""
    if isinstance(source, Path):
        return  # only what ships with the app comes as a path
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    refuse_at_a_glance(source.read(HEAD_BYTES), size, shown_name(name))
    source.seek(0)
