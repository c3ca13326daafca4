"""The audits of one installation on disk: what was uploaded, what was asked, which job works on it, what came out.

Everything a page shows is read from here, so a refresh, a closed tab or a restarted server loses nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from core.audit_results import FACTS_FILE, RECORD_FILE, AuditResults
from core.errors import DataError
from core.images import FILE as IMAGES
from core.images.thumbnails import FILE as THUMBNAILS
from core.jobs import Supervisor
from core.kept_audits import Audit as Audit
from core.kept_explanation import Against as Against
from core.kept_explanation import Asked, KeptExplanation
from core.kept_fixes import KeptFixes, Search, Second
from core.mitigate.settings import Settings
from core.models.content import HEAD_BYTES
from core.models.glance import refuse_at_a_glance
from core.plan import Plan
from core.profile import PROFILE, SECOND, TABLE, refuse_lacking
from core.samples import SAMPLES
from core.sandbox import Protection
from core.store import Store, Upload, shown_name

LOG = logging.getLogger(__name__)
UPLOADS_KEPT_SECONDS = 24 * 3600.0
SWEEP_SECONDS = 15 * 60.0
# What an inspection leaves.
_LOOK = (FACTS_FILE, THUMBNAILS)
_SECOND = (f"{SECOND}{PROFILE}", f"{SECOND}{TABLE}")


class Workspace(AuditResults):
    """The audits under one folder, and the supervisor that runs their jobs. Any thread may call it."""

    def __init__(self, root: Path, supervisor: Supervisor | None = None, sweep_every: float = SWEEP_SECONDS) -> None:
        """Use `root`, made if missing, and sweep it every so many seconds, also while nobody visits."""
        super().__init__(root, Supervisor(root) if supervisor is None else supervisor)
        self._store = Store(root / "uploads")
        self.sweep()
        self._closed = threading.Event()
        self._sweeper = threading.Thread(
            target=self._keep_sweeping, args=(sweep_every,), name="plumbline-sweep", daemon=True
        )
        self._sweeper.start()

    # ------------------------------------------------------------ opening

    def new(self, owner: str | None = None) -> Audit:
        """An audit with nothing in it yet; what older ones uploaded and outlived its day goes now."""
        self.sweep()
        return super().new(owner)

    def open_sample(self, name: str, owner: str | None = None) -> Audit:
        """A new audit of a shipped sample, started at once."""
        sample = SAMPLES[name]
        plan = Plan.from_toml(sample.plan.read_text(encoding="utf-8"))
        audit = replace(
            self.new(owner),
            sample=name,
            table=self._store.put(sample.table, sample.table.name),
            model=self._store.put(sample.model, sample.model.name),
            images=None if sample.images is None else self._store.put(sample.images, sample.images.name),
        )
        self._save(audit)
        return self.run(audit.id, plan)

    # ------------------------------------------------------------ what a person puts in

    def put_table(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded table and look at it in a job. What was known of an earlier table is forgotten."""
        audit = self.get(audit_id)
        upload = self._store.put(source, name)
        self._forget(audit_id, PROFILE, TABLE, *_SECOND, *_LOOK, RECORD_FILE)
        self._fixes(audit_id).forget_looks()
        self._explained(audit_id).forget()
        return self._look(replace(audit, table=upload, second=None, plan=None, sample=None), upload)

    def put_second(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep a second table, which fixes are judged on, and look at it in a job."""
        audit = self.get(audit_id)
        upload = self._store.put(source, name)
        self._forget(audit_id, *_SECOND)
        return self._look(replace(audit, second=upload), upload, "second")

    def drop_second(self, audit_id: str) -> Audit:
        """Judge fixes on people of the first table again."""
        with self._lock:
            self._forget(audit_id, *_SECOND)
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
        upload = self._store.put(source, name)
        with self._lock:
            return self._save(replace(self._unlooked(audit_id), model=upload))

    def put_images(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded zip of images, which the table names; `inspect` looks at it."""
        upload = self._store.put(source, name)
        with self._lock:
            return self._save(replace(self._unlooked(audit_id), images=upload))

    def inspect(self, audit_id: str, plan: Plan) -> Audit:
        """See in a job what the model expects and gives on the first rows of the table."""
        audit = self.get(audit_id)
        job = self._jobs.submit("inspect", {"plan": plan.to_toml()}, self._inputs(audit))
        self._forget(audit_id, *_LOOK)
        return self._start(audit, job, "inspect")

    def run(self, audit_id: str, plan: Plan) -> Audit:
        """Ask the question: audit the table, and the model where the plan names one, in a job."""
        audit = self.get(audit_id)
        job = self._jobs.submit(
            "audit", {"plan": plan.to_toml()}, self._inputs(audit, with_model=plan.decision.model is not None)
        )
        self._forget(audit_id, RECORD_FILE)
        self._fixes(audit_id).forget()
        self._explained(audit_id).forget()
        return self._start(replace(audit, plan=plan.to_toml(), asked=plan.to_toml()), job, "audit")

    def mitigate(self, audit_id: str, plan: Plan, names: tuple[str, ...], trained_here: str) -> Audit:
        """Look for fixes in a job: what `names` says is tried on the question, whose `[mitigate]` says what for.

        `trained_here` is the person's answer whether the model was trained on these rows: "yes", "no" or "unknown".
        Where `[mitigate] evaluate` names a table, it is the second one. Raises DataError where that lacks a column.
        """
        audit = self.get(audit_id)
        inputs = dict(self._inputs(audit, with_model=plan.decision.model is not None))
        second = None
        if Settings.of(plan).evaluate is not None:
            second = self._judging(audit)
            inputs |= {name: self._folder(audit_id) / name for name in _SECOND}
        job = self._jobs.submit("mitigate", {"plan": plan.to_toml(), "with": list(names)}, inputs)
        self._fixes(audit_id).begin(Search(job, plan.to_toml(), names, trained_here, second))
        return self._start(audit, job, "mitigate")

    def audit_fix(
        self, audit_id: str, plan: Plan, model: bytes | None, parent: str, second: Second | None = None
    ) -> Audit:
        """A new audit of the same table, or of the second one, with a fix in place, begun by the same browser.

        `model` is the fixed model's file, or None where the fix is a rule over the scores that are there; `parent` is
        the digest of the record that the fix is for; `second` is the table that the fix was judged on. Raises DataError
        where rows or model are not here any more.
        """
        audit = self.get(audit_id)
        self._inputs(audit, with_model=model is None and plan.decision.model is not None)
        table = audit.table
        if second is not None:
            self._judging(audit)
            table = audit.second
            if table is None or table.digest != second.sha256:
                raise DataError(f"{second.name} is not here any more. Upload it again, and find fixes again.")
        kept = audit.model if model is None else self._store.put(BytesIO(model), str(plan.decision.model))
        child = replace(self.new(audit.owner), table=table, model=kept, images=audit.images, parent=parent)
        for name in (PROFILE, TABLE):
            given = name if second is None else f"{SECOND}{name}"
            os.link(self._folder(audit_id) / given, self._folder(child.id) / name)
        self._save(replace(child, original=audit_id))
        return self.run(child.id, plan)

    def explain(
        self,
        audit_id: str,
        plan: Plan,
        method: str | None = None,
        rows: int | None = None,
        against: Against | None = None,
    ) -> Audit:
        """Explain in a job what the audit's model looks at, beside a second one on the same people where there is one.

        `method` is a row of EXPLAINERS, the recommended one where None; `rows` is how many people to explain at most.
        """
        audit = self.get(audit_id)
        inputs = dict(self._inputs(audit, with_model=plan.decision.model is not None))
        kept = self._explained(audit_id)
        kept.keep_second(None if against is None else against.model)
        inputs |= kept.inputs
        asked = Asked.of(plan, method, rows, against)
        job = self._jobs.submit("explain", asked.request(), inputs)
        kept.begin(replace(asked, id=job))
        return self._start(audit, job, "explain")

    def explain_person(self, audit_id: str, row: int, unchangeable: tuple[str, ...] = ()) -> Audit:
        """Explain in a job why one row of the table (from 0) was decided as it was, by what was last asked.

        `unchangeable` names columns that the person cannot change. Raises DataError where nothing was asked yet.
        """
        audit, kept = self.get(audit_id), self._explained(audit_id)
        asked = kept.asked
        if asked is None:
            raise DataError("Nothing was explained yet. Explain the model first, then one person.")
        inputs = {**self._inputs(audit), **kept.inputs}
        request = {**asked.request(), "row": row, "unchangeable": list(unchangeable)}
        job = self._jobs.submit("explain_person", request, inputs)
        kept.begin_person(row)
        return self._start(audit, job, "explain_person")

    def model_path(self, audit_id: str) -> Path | None:
        """Where the audit's model is kept; None where there is none."""
        model = self.get(audit_id).model
        return None if model is None else self._store.path(model.digest)

    def pick(self, audit_id: str, fix_id: str | None) -> None:
        """Keep which fix the person looks at."""
        with self._lock:
            self._fixes(audit_id).pick(fix_id)

    def save_plan(self, audit_id: str, plan: Plan) -> Audit:
        """Keep the question as it stands on the page, without asking it."""
        with self._lock:
            return self._save(replace(self.get(audit_id), plan=plan.to_toml()))

    # ------------------------------------------------------------ keeping and deleting

    def delete(self, audit_id: str) -> None:
        """Remove the audit, its jobs and its result, and its uploads unless another audit uses them."""
        audit = self.get(audit_id)
        if audit.job is not None:
            self._jobs.delete(audit.job)
        shutil.rmtree(self._folder(audit_id))
        kept = {upload.digest for other in self._all() for upload in other.uploads}
        for upload in audit.uploads:
            if upload.digest not in kept:
                self._store.delete(upload.digest)

    def sweep(self) -> None:
        """Remove uploaded rows and models that nobody used for a day. Counts and verdicts stay."""
        self._store.sweep(UPLOADS_KEPT_SECONDS)
        for table in self._audits.glob(f"*/{TABLE}"):
            if time.time() - table.stat().st_mtime > UPLOADS_KEPT_SECONDS:
                table.unlink(missing_ok=True)
                (table.parent / THUMBNAILS).unlink(missing_ok=True)
                KeptFixes(table.parent).forget_models()
                KeptExplanation(table.parent).forget_people()
        for table in self._audits.glob(f"*/{SECOND}{TABLE}"):
            if time.time() - table.stat().st_mtime > UPLOADS_KEPT_SECONDS:
                table.unlink(missing_ok=True)

    @property
    def protection(self) -> Protection:
        """What keeps an upload in its job's folder on this machine."""
        return self._jobs.protection

    def close(self) -> None:
        """Let go of the folder; jobs that run go on."""
        self._closed.set()
        self._sweeper.join()
        self._jobs.close()

    # ------------------------------------------------------------ within

    def _keep_sweeping(self, every: float) -> None:
        while not self._closed.wait(every):
            try:
                self.sweep()
            except OSError:  # a file that went in between, or a disk that fails: the next round comes
                LOG.exception("old uploads could not be swept")

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
        self._forget(audit_id, *_LOOK)
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
