"""What the jobs of an installation's audits found: taken over once, every file of it checked, and read from disk."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.profile import PROFILE, SECOND, TABLE, Profile
from core.engine import results
from core.engine.upload_facts import ModelFacts, collect_model_facts, collect_profile, collect_thumbnails
from core.errors import JobError, PlumblineError
from core.explain.explanation import Explanation
from core.explain.person import Person
from core.jobs.replaced_json import replace_json
from core.jobs.supervisor import Status, Supervisor
from core.mitigate.publishing import FACTS_FILE as MITIGATION
from core.mitigate.publishing import newest
from core.mitigate.results import Mitigated
from core.plan.plan import Plan
from core.record import AuditRecord, Digests
from core.record.summary import Summary
from core.store.audits import FACTS_FILE, RECORD_FILE, Audit, Audits
from core.store.blobs import Upload
from core.store.disk.crash_points import point
from core.store.disk.last_used import Ages
from core.store.explanations import Asked, KeptExplanation
from core.store.fixes import KeptFixes, Search
from core.store.pairs import KeptPairs
from core.store.retention import summary

_LOST = "The run was lost when Plumbline was ended. Run again."


class Results:
    """What came out of the jobs that worked on audits. Any thread may call it.

    `lock` is held by whoever changes an audit: it may be taken again by who holds it.
    """

    def __init__(self, root: Path, audits: Audits, supervisor: Supervisor, ages: Ages) -> None:
        """Of the audits under `root`, with the supervisor that runs its jobs, and what notes when files were used."""
        self._root, self._audits, self._jobs, self._ages = root, audits, supervisor, ages
        self.lock = threading.RLock()

    def status(self, audit_id: str) -> Status | None:
        """Where the audit's last job stands; None where there was none, or its result was taken over."""
        with self.lock:
            self.collect(audit_id)
            job = self._audits.get(audit_id).job
            return None if job is None else self._jobs.status(job)

    def wait(self, audit_id: str, timeout: float) -> Status | None:
        """`status` once the job has ended, or after `timeout` seconds."""
        job = self._audits.get(audit_id).job
        if job is not None and job in self._jobs.ids:
            self._jobs.wait(job, timeout)
        return self.status(audit_id)

    def cancel(self, audit_id: str) -> None:
        """Kill the audit's job; nothing happens where none runs."""
        with self.lock:
            job = self._audits.get(audit_id).job
            if job is not None and job in self._jobs.ids:
                self._jobs.cancel(job)

    def profile(self, audit_id: str) -> Profile | None:
        """What one look at the table found, or None while nothing was found yet."""
        self.collect(audit_id)
        return self._audits.parsed(audit_id, PROFILE, Profile.from_json)

    def model_facts(self, audit_id: str) -> ModelFacts | None:
        """What the inspection of the model found, or None while there was none."""
        self.collect(audit_id)
        return self._audits.parsed(audit_id, FACTS_FILE, ModelFacts.from_json)

    def model_format(self, audit_id: str) -> str | None:
        """The row of `core.models.FORMATS` that a job opened the audit's model as; None while none did."""
        facts = self.model_facts(audit_id)
        return self._audits.get(audit_id).model_format or (None if facts is None else facts.format or None)

    def thumbnails(self, audit_id: str) -> npt.NDArray[np.uint8] | None:
        """A few images as the model sees them, uint8 of shape (n, h, w, 1 or 3); None where there are none."""
        self.collect(audit_id)
        path = self._audits.folder(audit_id) / THUMBNAILS
        return np.load(path, allow_pickle=False) if path.is_file() else None

    def record(self, audit_id: str) -> AuditRecord | None:
        """The audit's evidence, or None while it has not run to its end."""
        self.collect(audit_id)
        return self._audits.parsed(audit_id, RECORD_FILE, AuditRecord.from_json)

    def summary(self, audit_id: str) -> Summary | None:
        """What the history shows of the audit, or None while it has not run to its end."""
        self.collect(audit_id)
        found = summary.kept(self._audits.folder(audit_id))
        if found is None and (record := self.record(audit_id)) is not None:
            with self.lock:
                found = summary.keep(self._audits.folder(audit_id), record)
        return found

    def search(self, audit_id: str) -> Search | None:
        """What was last looked for on the Fix page, whether or not it was found; None where nothing was."""
        return self.fixes(audit_id).search

    def found_by(self, audit_id: str) -> Search | None:
        """The search that found what `mitigation` gives: the last one that came to its end; None where none did."""
        self.collect(audit_id)
        return self.fixes(audit_id).found_by

    def second_profile(self, audit_id: str) -> Profile | None:
        """What one look at the second table found; None where there is none, or its rows were deleted."""
        self.collect(audit_id)
        if not (self._audits.folder(audit_id) / f"{SECOND}{TABLE}").is_file():
            return None
        return self._audits.parsed(audit_id, f"{SECOND}{PROFILE}", Profile.from_json)

    def mitigation(self, audit_id: str) -> Mitigated | None:
        """What the search for fixes found, or None while it has not run to its end."""
        self.collect(audit_id)
        audit, profile = self._audits.get(audit_id), self.profile(audit_id)
        if audit.table is None or profile is None:
            return None
        return self.fixes(audit_id).found(profile.rows, audit.table.digest, _digest(audit.model))

    def asked_why(self, audit_id: str) -> Asked | None:
        """What was last asked of the explanation, whether or not it was found; None where nothing was."""
        return self.explained(audit_id).asked

    def explanation(self, audit_id: str) -> Explanation | None:
        """What the model looks at, or None while no explanation has run to its end."""
        self.collect(audit_id)
        audit, profile = self._audits.get(audit_id), self.profile(audit_id)
        if audit.table is None or profile is None:
            return None
        found = self.explained(audit_id).found(profile.rows, audit.table.digest, _digest(audit.model))
        if found is None or found.plan.decision.image is None:
            return found
        return replace(found, images_sha256=_digest(audit.images))

    def person(self, audit_id: str) -> Person | None:
        """The person last explained, or None while no such job has run to its end."""
        self.collect(audit_id)
        return self.explained(audit_id).person()

    def has_rows(self, audit_id: str) -> bool:
        """Whether the uploaded table is still kept, so that it can be audited again."""
        return (self._audits.folder(audit_id) / TABLE).is_file()

    # ------------------------------------------------------------ for the rest of the store

    def collect(self, audit_id: str) -> None:
        """Take over what a finished job wrote, once, and remove the job with its links to the upload.

        A kill in between leaves the job, whose result is then taken over again, or a job that no audit names.
        """
        with self.lock:
            audit = self._audits.get(audit_id)
            if audit.job is None:
                return
            if audit.job not in self._jobs.ids:
                self._audits.save(replace(audit, job=None, problem=None if self._is_here(audit) else _LOST))
                return
            status = self._jobs.status(audit.job)
            out = self._left_by(audit.job, status)
            if out is None:
                return
            try:
                taken = self._take_over(audit, out)
                if status.state in ("failed", "interrupted"):
                    taken = replace(taken, problem=status.message)
            except PlumblineError as error:
                taken = replace(audit, problem=str(error))
            point("collect: taken over")
            self._audits.save(replace(taken, job=None))
            point("collect: saved")
            self._jobs.delete(audit.job)

    def _left_by(self, job: str, status: Status) -> Path | None:
        """Where that which is to be taken over stands: all that a job found, or of one that was stopped a part."""
        if status.state == "done":
            return self._jobs.output(job)
        out = self.published(job) if status.ended else None
        return out if out is not None and newest(out) is not None else None

    def _is_here(self, audit: Audit) -> bool:
        """Whether what the audit's job was for was taken over: it was forgotten when the job began."""
        results = {"profile": PROFILE, "second": f"{SECOND}{PROFILE}", "inspect": FACTS_FILE, "audit": RECORD_FILE}
        return (self._audits.folder(audit.id) / results.get(str(audit.stage), audit.stage or PROFILE)).exists()

    def _take_over(self, audit: Audit, out: Path) -> Audit:
        """The audit with what its job found, every file of it checked."""
        folder = self._audits.folder(audit.id)
        if audit.table is None:
            raise JobError("The audit has no table any more. Upload it again.")
        if not (folder / PROFILE).exists():
            self._take_table(out, audit.table, folder, "")
        if audit.stage == "second" and audit.second is not None:
            self._take_table(out, audit.second, folder, SECOND)
        if audit.stage == "inspect":
            facts = collect_model_facts(out)
            replace_json(folder / FACTS_FILE, facts.to_json())
            if (pictures := collect_thumbnails(out)) is not None:
                _save_array(folder / THUMBNAILS, pictures)
            return replace(audit, model_format=facts.format)
        whose = rows, _, _ = self._profile_rows(audit.id), audit.table.digest, _digest(audit.model)
        if audit.stage == "audit":
            plan = Plan.from_toml(str(audit.asked))
            model = audit.model.digest if audit.model and plan.decision.model is not None else None
            images = _digest(audit.images) if plan.decision.image is not None else None
            digests = Digests(audit.table.digest, model, images)
            record = replace(results.read(out, plan, rows, digests), parent=audit.parent)
            replace_json(folder / RECORD_FILE, record.to_json())
            point("record: here")
            summary.keep(folder, record)
            stands = record.plan.to_toml() if audit.plan == audit.asked else audit.plan
            return replace(audit, plan=stands, model_format=record.model_format or audit.model_format)
        if audit.stage == "pair":
            KeptPairs(folder).take_over(str(audit.job), out, rows)
        if audit.stage == "mitigate":
            self.fixes(audit.id).take_over(str(audit.job), out, *whose, newest(out) or MITIGATION)
        if audit.stage == "explain":
            self.explained(audit.id).take_over(str(audit.job), out, *whose)
        if audit.stage == "explain_person":
            self.explained(audit.id).take_over_person(out)
        return audit

    def _take_table(self, out: Path, upload: Upload, folder: Path, prefix: str) -> None:
        """Keep a table as a look at it left it, and what was found in it: the table first, so that this may be redone.

        A table that stands here without what was found in it is the same one, from before a kill.
        """
        profile, place = collect_profile(out, upload.name, upload.digest), folder / f"{prefix}{TABLE}"
        if (out / TABLE).is_symlink() or not ((out / TABLE).is_file() or place.is_file()):
            raise JobError("The job left no table behind. Upload the table again.")
        if (out / TABLE).exists():
            os.replace(out / TABLE, place)
        self._ages.use(place)
        point("table: here")
        replace_json(folder / f"{prefix}{PROFILE}", profile.to_json())

    def published(self, job: str | None) -> Path | None:
        """Where a job publishes what it has found so far; None where there is no such job, or it does not."""
        return self._jobs.published(job) if job is not None and job in self._jobs.ids else None

    def start(self, audit: Audit, job: str, stage: str, *forgets: str) -> Audit:
        """Let a new job work on the audit, whose files of these names belong to an earlier question."""
        point("start: submitted")
        with self.lock:
            before = self._audits.get(audit.id).job
            with suppress(FileNotFoundError):
                self._ages.use(self.job_state(job))
            audit = self._audits.save(replace(audit, job=job, stage=stage, problem=None, forgets=forgets))
            point("start: saved")
            audit = self.settle(audit)
            if before is not None and before in self._jobs.ids:
                self._jobs.delete(before)
            return audit

    def job_state(self, job: str) -> Path:
        """The file that says when a job was last used."""
        return self._root / "jobs" / job / "state.json"

    def settle(self, audit: Audit) -> Audit:
        """Bring the files of an audit to what its state says."""
        audit = self._audits.finish(audit)
        self.explained(audit.id).settle(audit.job)
        return audit

    def _profile_rows(self, audit_id: str) -> int:
        profile = self._audits.parsed(audit_id, PROFILE, Profile.from_json)
        if profile is None:
            raise JobError("The audit has no table any more. Upload it again.")
        return profile.rows

    def fixes(self, audit_id: str) -> KeptFixes:
        """What is kept of the searches for fixes."""
        return KeptFixes(self._audits.folder(audit_id))

    def explained(self, audit_id: str) -> KeptExplanation:
        """What is kept of the explanations."""
        return KeptExplanation(self._audits.folder(audit_id))


def _save_array(path: Path, array: npt.NDArray[np.uint8]) -> None:
    """Write an array so that a reader sees all of it or nothing."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        np.save(file, array)
    os.replace(part, path)


def _digest(upload: Upload | None) -> str | None:
    return None if upload is None else upload.digest
