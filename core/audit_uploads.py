"""What people put into the audits of one installation: tables, models, images; kept for a day, deleted on request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from core.audit_results import FACTS_FILE, RECORD_FILE, AuditResults
from core.errors import DataError
from core.images import FILE as IMAGES
from core.images.thumbnails import FILE as THUMBNAILS
from core.jobs import Supervisor
from core.kept_audits import Audit
from core.kept_explanation import KeptExplanation
from core.kept_fixes import KeptFixes, Second
from core.models.content import HEAD_BYTES
from core.models.glance import refuse_at_a_glance
from core.profile import PROFILE, SECOND, TABLE, refuse_lacking
from core.store import Store, Upload, shown_name, untouched

UPLOADS_KEPT_SECONDS = 24 * 3600.0
# What an inspection leaves, and what a look at a second table.
LOOK = (FACTS_FILE, THUMBNAILS)
SECOND_FILES = (f"{SECOND}{PROFILE}", f"{SECOND}{TABLE}")


class AuditUploads(AuditResults):
    """The audits under one folder, with the files that were put into them. Any thread may call it."""

    def __init__(self, root: Path, supervisor: Supervisor) -> None:
        """Use `root`, and the supervisor that runs the jobs."""
        super().__init__(root, supervisor)
        self._store = Store(root / "uploads")

    def put_table(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded table and look at it in a job. What was known of an earlier table is forgotten."""
        audit = self.get(audit_id)
        with self._store.putting(source, name) as upload:
            self._forget(audit_id, PROFILE, TABLE, *SECOND_FILES, *LOOK, RECORD_FILE)
            self._fixes(audit_id).forget_looks()
            self._explained(audit_id).forget()
            return self._look(replace(audit, table=upload, second=None, original=None, plan=None, sample=None), upload)

    def put_second(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep a second table, which fixes are judged on, and look at it in a job."""
        audit = self.get(audit_id)
        with self._store.putting(source, name) as upload:
            self._forget(audit_id, *SECOND_FILES)
            return self._look(replace(audit, second=upload), upload, "second")

    def drop_second(self, audit_id: str) -> Audit:
        """Judge fixes on people of the first table again."""
        with self._lock:
            self._forget(audit_id, *SECOND_FILES)
            return self._save(replace(self.get(audit_id), second=None))

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
            return self._save(replace(self._unlooked(audit_id), model=upload))

    def put_images(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded zip of images, which the table names; `inspect` looks at it."""
        with self._store.putting(source, name) as upload, self._lock:
            return self._save(replace(self._unlooked(audit_id), images=upload))

    def model_path(self, audit_id: str) -> Path | None:
        """Where the audit's model is kept; None where there is none."""
        model = self.get(audit_id).model
        return None if model is None else self._store.path(model.digest)

    def delete(self, audit_id: str) -> None:
        """Remove the audit, its jobs and its result, and its uploads unless another audit uses them."""
        audit = self.get(audit_id)
        if audit.job is not None:
            self._jobs.delete(audit.job)
        shutil.rmtree(self._folder(audit_id))
        self._store.delete(
            [upload.digest for upload in audit.uploads],
            wanted=lambda: {upload.digest for other in self._all() for upload in other.uploads},
        )

    def sweep(self) -> None:
        """Remove uploaded rows and models that nobody used for a day. Counts and verdicts stay."""
        self._store.sweep(UPLOADS_KEPT_SECONDS)
        for table in untouched(self._audits.glob(f"*/{TABLE}"), UPLOADS_KEPT_SECONDS):
            table.unlink(missing_ok=True)
            (table.parent / THUMBNAILS).unlink(missing_ok=True)
            KeptFixes(table.parent).forget_models()
            KeptExplanation(table.parent).forget_people()
        for table in untouched(self._audits.glob(f"*/{SECOND}{TABLE}"), UPLOADS_KEPT_SECONDS):
            table.unlink(missing_ok=True)

    # ------------------------------------------------------------ within

    def _inputs(self, audit: Audit, with_model: bool = True) -> Mapping[str, Path]:
        if audit.table is None:
            raise DataError("There is no table yet. Upload one first.")
        folder = self._folder(audit.id)
        inputs = {"table": self._store.path(audit.table.digest)}
        if (folder / PROFILE).is_file():
            if not (folder / TABLE).is_file():
                raise DataError(
                    "The uploaded table was deleted after a day, as announced. Upload it again to audit it again."
                )
            os.utime(folder / TABLE)
            inputs = {TABLE: folder / TABLE, PROFILE: folder / PROFILE}
        if with_model:
            if audit.model is None:
                raise DataError("There is no model yet. Upload one, or choose a score or decision column.")
            inputs["model"] = self._store.path(audit.model.digest)
            if audit.images is not None:
                inputs[IMAGES] = self._store.path(audit.images.digest)
        return inputs

    def _judging(self, audit: Audit) -> Second:
        """The second table of an audit, which has every column of the first."""
        first, second = self.profile(audit.id), self.second_profile(audit.id)
        if first is None or second is None:
            raise DataError("The second table is not here any more. Upload it again.")
        refuse_lacking(second, first)
        os.utime(self._folder(audit.id) / f"{SECOND}{TABLE}")
        return Second(second.name, second.rows, second.sha256)

    def _unlooked(self, audit_id: str) -> Audit:
        """The audit without what an inspection found or is about to find."""
        audit = self.get(audit_id)
        if audit.job is not None and audit.stage != "profile":  # it works on the files before this one
            self._jobs.delete(audit.job)
            audit = replace(audit, job=None)
        self._forget(audit_id, *LOOK)
        return audit

    def _look(self, audit: Audit, table: Upload, stage: str = "profile") -> Audit:
        job = self._jobs.submit("profile", {"name": table.name}, {"table": self._store.path(table.digest)})
        return self._start(audit, job, stage)


def _glance(source: BinaryIO | Path, name: str) -> None:
    """Refuse a model by its first bytes, before it is kept."""
    if isinstance(source, Path):
        return  # only what ships with the app comes as a path
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    refuse_at_a_glance(source.read(HEAD_BYTES), size, shown_name(name))
    source.seek(0)
