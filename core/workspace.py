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

import numpy as np
import numpy.typing as npt

from core.collect import ModelFacts, collect_model_facts, collect_profile, collect_record, collect_thumbnails
from core.collect_mitigation import Mitigated
from core.errors import DataError, JobError, PlumblineError
from core.explain.person_found import Person
from core.explanation import Explanation
from core.images import FILE as IMAGES
from core.images.thumbnails import FILE as THUMBNAILS
from core.jobs import Status, Supervisor
from core.kept_audits import Audit as Audit
from core.kept_audits import KeptAudits
from core.kept_explanation import Against as Against
from core.kept_explanation import Asked, KeptExplanation
from core.kept_fixes import KeptFixes, Search
from core.models.content import HEAD_BYTES
from core.models.glance import refuse_at_a_glance
from core.plan import Plan
from core.profile import PROFILE, TABLE, Profile
from core.progress import replace_json
from core.record import AuditRecord
from core.samples import SAMPLES
from core.sandbox import Protection
from core.store import Store, Upload, shown_name

LOG = logging.getLogger(__name__)
UPLOADS_KEPT_SECONDS = 24 * 3600.0
SWEEP_SECONDS = 15 * 60.0
_RECORD, _FACTS = "record.json", "model.json"
# What an inspection leaves.
_LOOK = (_FACTS, THUMBNAILS)


class Workspace(KeptAudits):
    """The audits under one folder, and the supervisor that runs their jobs. Any thread may call it."""

    def __init__(self, root: Path, supervisor: Supervisor | None = None, sweep_every: float = SWEEP_SECONDS) -> None:
        """Use `root`, made if missing, and sweep it every so many seconds, also while nobody visits."""
        super().__init__(root)
        self._store = Store(root / "uploads")
        self._jobs = Supervisor(root) if supervisor is None else supervisor
        self._lock = threading.RLock()
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
        self._forget(audit_id, PROFILE, TABLE, *_LOOK, _RECORD)
        self._fixes(audit_id).forget_looks()
        self._explained(audit_id).forget()
        return self._look(replace(audit, table=upload, plan=None, sample=None), upload)

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
        self._forget(audit_id, _RECORD)
        self._fixes(audit_id).forget()
        self._explained(audit_id).forget()
        return self._start(replace(audit, plan=plan.to_toml(), asked=plan.to_toml()), job, "audit")

    def mitigate(self, audit_id: str, plan: Plan, names: tuple[str, ...], trained_here: str) -> Audit:
        """Look for fixes in a job: what `names` says is tried on the question, whose `[mitigate]` says what for.

        `trained_here` is the person's answer whether the model was trained on these rows: "yes", "no" or "unknown".
        """
        audit = self.get(audit_id)
        inputs = self._inputs(audit, with_model=plan.decision.model is not None)
        job = self._jobs.submit("mitigate", {"plan": plan.to_toml(), "with": list(names)}, inputs)
        self._fixes(audit_id).begin(Search(job, plan.to_toml(), names, trained_here))
        return self._start(audit, job, "mitigate")

    def audit_fix(self, audit_id: str, plan: Plan, model: bytes | None, parent: str) -> Audit:
        """A new audit of the same table with a fix in place, begun by the same browser.

        `model` is the fixed model's file, or None where the fix is a rule over the scores that are there; `parent` is
        the digest of the record that the fix is for.
        """
        audit = self.get(audit_id)
        self._inputs(audit, with_model=model is None and plan.decision.model is not None)
        kept = audit.model if model is None else self._store.put(BytesIO(model), str(plan.decision.model))
        child = replace(self.new(audit.owner), table=audit.table, model=kept, images=audit.images, parent=parent)
        for name in (PROFILE, TABLE):
            os.link(self._folder(audit_id) / name, self._folder(child.id) / name)
        self._save(child)
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

    # ------------------------------------------------------------ what came out

    def status(self, audit_id: str) -> Status | None:
        """Where the audit's last job stands; None where there was none, or its result was taken over."""
        self._collect(audit_id)
        job = self.get(audit_id).job
        return None if job is None else self._jobs.status(job)

    def wait(self, audit_id: str, timeout: float) -> Status | None:
        """`status` once the job has ended, or after `timeout` seconds."""
        job = self.get(audit_id).job
        if job is not None:
            self._jobs.wait(job, timeout)
        return self.status(audit_id)

    def cancel(self, audit_id: str) -> None:
        """Kill the audit's job; nothing happens where none runs."""
        job = self.get(audit_id).job
        if job is not None:
            self._jobs.cancel(job)

    def profile(self, audit_id: str) -> Profile | None:
        """What one look at the table found, or None while nothing was found yet."""
        self._collect(audit_id)
        document = self._read(audit_id, PROFILE)
        return None if document is None else Profile.from_json(document)

    def model_facts(self, audit_id: str) -> ModelFacts | None:
        """What the inspection of the model found, or None while there was none."""
        self._collect(audit_id)
        document = self._read(audit_id, _FACTS)
        return None if document is None else ModelFacts.from_json(document)

    def thumbnails(self, audit_id: str) -> npt.NDArray[np.uint8] | None:
        """A few images as the model sees them, uint8 of shape (n, h, w, 1 or 3); None where there are none."""
        self._collect(audit_id)
        path = self._folder(audit_id) / THUMBNAILS
        return np.load(path, allow_pickle=False) if path.is_file() else None

    def record(self, audit_id: str) -> AuditRecord | None:
        """The audit's evidence, or None while it has not run to its end."""
        self._collect(audit_id)
        document = self._read(audit_id, _RECORD)
        return None if document is None else AuditRecord.from_json(document)

    def search(self, audit_id: str) -> Search | None:
        """What was last looked for on the Fix page, whether or not it was found; None where nothing was."""
        return self._fixes(audit_id).search

    def mitigation(self, audit_id: str) -> Mitigated | None:
        """What the search for fixes found, or None while it has not run to its end."""
        self._collect(audit_id)
        audit, profile = self.get(audit_id), self.profile(audit_id)
        if audit.table is None or profile is None:
            return None
        return self._fixes(audit_id).found(profile.rows, audit.table.digest, _digest(audit.model))

    def asked_why(self, audit_id: str) -> Asked | None:
        """What was last asked of the explanation, whether or not it was found; None where nothing was."""
        return self._explained(audit_id).asked

    def explanation(self, audit_id: str) -> Explanation | None:
        """What the model looks at, or None while no explanation has run to its end."""
        self._collect(audit_id)
        audit, profile = self.get(audit_id), self.profile(audit_id)
        if audit.table is None or profile is None:
            return None
        return self._explained(audit_id).found(profile.rows, audit.table.digest, _digest(audit.model))

    def person(self, audit_id: str) -> Person | None:
        """The person last explained, or None while no such job has run to its end."""
        self._collect(audit_id)
        return self._explained(audit_id).person()

    def has_rows(self, audit_id: str) -> bool:
        """Whether the uploaded table is still kept, so that it can be audited again."""
        return (self._folder(audit_id) / TABLE).is_file()

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

    def _collect(self, audit_id: str) -> None:
        """Take over what a finished job wrote, once, and remove the job with its links to the upload."""
        with self._lock:
            audit = self.get(audit_id)
            if audit.job is None or self._jobs.status(audit.job).state != "done":
                return
            try:
                taken = self._take_over(audit, self._jobs.output(audit.job))
            except PlumblineError as error:
                taken = replace(audit, problem=str(error))
            self._jobs.delete(audit.job)
            self._save(replace(taken, job=None))

    def _take_over(self, audit: Audit, out: Path) -> Audit:
        """The audit with what its job found, every file of it checked."""
        folder = self._folder(audit.id)
        if audit.table is None:
            raise JobError("The audit has no table any more. Upload it again.")
        if not (folder / PROFILE).exists():
            profile = collect_profile(out, audit.table.name, audit.table.digest)
            replace_json(folder / PROFILE, profile.to_json())
            if (out / TABLE).is_symlink() or not (out / TABLE).is_file():
                raise JobError("The job left no table behind. Upload the table again.")
            os.replace(out / TABLE, folder / TABLE)
        if audit.stage == "inspect":
            replace_json(folder / _FACTS, collect_model_facts(out).to_json())
            pictures = collect_thumbnails(out)
            if pictures is not None:
                np.save(folder / THUMBNAILS, pictures)
        if audit.stage == "audit":
            plan = Plan.from_toml(str(audit.asked))
            model = audit.model.digest if audit.model and plan.decision.model is not None else None
            images = _digest(audit.images) if plan.decision.image is not None else None
            record = collect_record(out, plan, self._profile_rows(audit.id), audit.table.digest, model, images)
            record = replace(record, parent=audit.parent)
            replace_json(folder / _RECORD, record.to_json())
            return replace(audit, plan=record.plan.to_toml()) if audit.plan == audit.asked else audit
        if audit.stage == "mitigate":
            rows = self._profile_rows(audit.id)
            self._fixes(audit.id).take_over(out, rows, audit.table.digest, _digest(audit.model))
        if audit.stage == "explain":
            rows = self._profile_rows(audit.id)
            self._explained(audit.id).take_over(out, rows, audit.table.digest, _digest(audit.model))
        if audit.stage == "explain_person":
            self._explained(audit.id).take_over_person(out)
        return audit

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

    def _unlooked(self, audit_id: str) -> Audit:
        """The audit without what an inspection found or is about to find."""
        audit = self.get(audit_id)
        if audit.job is not None and audit.stage != "profile":  # it works on the files before this one
            self._jobs.delete(audit.job)
            audit = replace(audit, job=None)
        self._forget(audit_id, *_LOOK)
        return audit

    def _look(self, audit: Audit, table: Upload) -> Audit:
        job = self._jobs.submit("profile", {"name": table.name}, {"table": self._store.path(table.digest)})
        return self._start(audit, job, "profile")

    def _start(self, audit: Audit, job: str, stage: str) -> Audit:
        with self._lock:
            before = self.get(audit.id).job
            audit = self._save(replace(audit, job=job, stage=stage, problem=None))
            if before is not None:
                self._jobs.delete(before)
            return audit

    def _profile_rows(self, audit_id: str) -> int:
        return Profile.from_json(self._read(audit_id, PROFILE)).rows

    def _fixes(self, audit_id: str) -> KeptFixes:
        return KeptFixes(self._folder(audit_id))

    def _explained(self, audit_id: str) -> KeptExplanation:
        return KeptExplanation(self._folder(audit_id))


def _glance(source: BinaryIO | Path, name: str) -> None:
    """Refuse a model by its first bytes, before it is kept."""
    if isinstance(source, Path):
        return  # only what ships with the app comes as a path
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    refuse_at_a_glance(source.read(HEAD_BYTES), size, shown_name(name))
    source.seek(0)


def _digest(upload: Upload | None) -> str | None:
    return None if upload is None else upload.digest
