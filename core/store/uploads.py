"""What people put into the audits of one installation: tables, models, images; kept for a day, deleted on request."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from core.data.images import FILE as IMAGES
from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.profile import PROFILE, SECOND, TABLE
from core.data.second_table import refuse_lacking
from core.data.table_files.converting import part_input, request_of
from core.data.table_files.part import TableFiles, TablePart, digest_of
from core.errors import DataError, JobError, PlumblineError
from core.jobs.supervisor import KILLED_SECONDS, Supervisor
from core.models.recognition import HEAD_BYTES
from core.models.refusals.glance import refuse_at_a_glance
from core.plan.tables.data import called
from core.store.audits import ENTRY_FILE, FACTS_FILE, RECORD_FILE, Audit, Audits, UnreadableAudit, blank_audit
from core.store.blobs import Store, Upload, shown_name
from core.store.disk.crash_points import point
from core.store.disk.last_used import Ages
from core.store.explanations import ASKED as EXPLANATION_ASKED
from core.store.explanations import FOUND as EXPLANATION
from core.store.fixes import ALL as ALL_FIXES
from core.store.fixes import JudgingTable
from core.store.pairs import KeptPairs
from core.store.results import Results
from core.store.retention.summary import SUMMARY_FILE
from core.store.table_parts import StoredPart, in_order, refuse_lacking_room, shown_parts, shown_path

# What an inspection leaves, and what a look at a second table.
LOOK = (FACTS_FILE, THUMBNAILS)
SECOND_FILES = (f"{SECOND}{PROFILE}", f"{SECOND}{TABLE}")
ANSWER = (RECORD_FILE, SUMMARY_FILE, ENTRY_FILE)
EXPLAINED = (EXPLANATION_ASKED, EXPLANATION)
_OTHER_DELETED = "The audit that this one was to be compared with was deleted. Choose another on the Compare page."


class Uploads:
    """The files that people put into audits. Any thread may call it."""

    def __init__(self, audits: Audits, results: Results, supervisor: Supervisor, store: Store, ages: Ages) -> None:
        """Of these audits, whose jobs the supervisor runs; files are kept in `store`, and `ages` notes their use."""
        self._audits, self._results, self._jobs = audits, results, supervisor
        self._store, self._ages = store, ages

    def put_table(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded table and look at it in a job. What was known of an earlier table is forgotten."""
        with self._store.putting(source, name) as upload:
            point("put: stored")
            return self._begin_with(audit_id, upload)

    def put_parts(self, audit_id: str, files: Sequence[tuple[BinaryIO, str]]) -> Audit:
        """Keep several files that are one table, and look at them in a job, as `put_table` does with one.

        They are read in the natural order of their names. Raises DataError where two hold the same bytes.
        """
        shown = [(file, shown_name(name)) for file, name in files]
        return self._put_parts(audit_id, [(file, TablePart(Path(name), name)) for file, name in shown])

    def put_listed(self, audit_id: str, table: TableFiles) -> Audit:
        """Keep a table that lies on this machine and look at it in a job, as `put_table` and `put_parts` do.

        The files keep the names of their folders, which may be columns. Raises DataError where the disk lacks room.
        """
        if table.single is not None:
            return self.put_table(audit_id, table.single, table.single.name)
        refuse_lacking_room([part.path for part in table.parts], self._store.free_bytes)
        files = [(part.path, part) for part in shown_parts(table)]
        return self._put_parts(audit_id, files, shown_name(table.name), tuple(map(shown_path, table.passed_over)))

    def _put_parts(
        self,
        audit_id: str,
        files: Sequence[tuple[BinaryIO | Path, TablePart]],
        name: str | None = None,
        passed_over: tuple[str, ...] = (),
    ) -> Audit:
        """Keep the files as these parts; the table is called `name`, else after them. All are kept, or none is."""
        kept: list[StoredPart] = []
        try:
            with ExitStack() as puts:
                for file, part in files:
                    kept.append(StoredPart.of(puts.enter_context(self._store.putting(file, part.name)), part))
                parts = in_order(kept)
                digest = digest_of((part.digest_name, part.digest) for part in parts)
                size = sum(part.size for part in parts)
                table = Upload(digest, name or called([part.name for part in parts]), size)
                return self._begin_with(audit_id, table, parts, passed_over)
        except PlumblineError:
            self._store.delete([upload.digest for upload in kept], self._audits.uploads_named)
            raise

    def put_second(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep a second table, which fixes are judged on, and look at it in a job."""
        audit = self._audits.get(audit_id)
        with self._store.putting(source, name) as upload:
            return self._look(replace(audit, second=upload), upload, "second", *SECOND_FILES)

    def drop_second(self, audit_id: str) -> Audit:
        """Judge fixes on people of the first table again."""
        with self._results.lock:
            return self._results.settle(
                self._audits.save(replace(self._audits.get(audit_id), second=None, forgets=SECOND_FILES))
            )

    def reread(self, audit_id: str) -> Audit:
        """Look once more at the table that is kept already, after a look that was broken off."""
        audit = self._audits.get(audit_id)
        if audit.table is None:
            raise DataError("There is no table yet. Upload one first.")
        return self._look(audit, audit.table)

    def put_model(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded model; `inspect` looks at it. Raises ModelError where its first bytes show what it is."""
        glance(source, name)
        with self._store.putting(source, name) as upload, self._results.lock:
            return self._with_input(replace(self._audits.get(audit_id), model=upload, model_format=None))

    def put_images(self, audit_id: str, source: BinaryIO | Path, name: str) -> Audit:
        """Keep an uploaded zip of images, which the table names; `inspect` looks at it."""
        with self._store.putting(source, name) as upload, self._results.lock:
            return self._with_input(replace(self._audits.get(audit_id), images=upload))

    @contextmanager
    def beginning(self, audit_id: str) -> Iterator[None]:
        """A block that puts into a new audit what it is to start with; where that is refused, the audit goes."""
        try:
            yield
        except PlumblineError:
            with suppress(PlumblineError, OSError):  # what was refused is what the person must read
                self.delete(audit_id)
            raise

    def model_path(self, audit_id: str) -> Path | None:
        """Where the audit's model is kept; None where there is none."""
        model = self._audits.get(audit_id).model
        return None if model is None else self._store.path(model.digest)

    def duplicate(self, audit_id: str, called: str, owner: str | None = None) -> Audit:
        """A new audit with the same files and the same question, not asked yet, begun by `owner`, or the same browser.

        Raises DataError where the rows or the model are not here any more, or the table is still being read.
        """
        audit, folder = self._audits.get(audit_id), self._audits.folder(audit_id)
        self.inputs(audit, with_model=audit.model is not None)
        names = [name for name in (PROFILE, TABLE, *LOOK) if (folder / name).is_file()]
        if TABLE not in names:
            raise DataError("The table is still being read. Duplicate the audit when that is done.")
        copy = replace(
            blank_audit(owner or audit.owner),
            sample=audit.sample,
            table=audit.table,
            parts=audit.parts,
            model=audit.model,
            images=audit.images,
            model_format=audit.model_format,
            plan=audit.plan or audit.asked,
            called=called,
            tags=audit.tags,
            copy_of=audit_id,
        )
        self._audits.begin(copy, [(folder / name, name) for name in names])
        self._ages.use(self._audits.folder(copy.id) / TABLE)
        return copy

    def delete(self, audit_id: str) -> None:
        """Remove the audit, its jobs and its result, and its uploads unless another audit uses them.

        Those that were paired with it forget its half, and a job that pairs them now ends. One that cannot be read goes
        with all that its files still say of jobs and uploads.
        """
        try:
            audit = self._audits.get(audit_id)
            jobs, uploads = {str(audit.job)}, {upload.digest for upload in audit.uploads}
        except UnreadableAudit:
            jobs, uploads = self._audits.hexadecimal(audit_id, 32), self._audits.hexadecimal(audit_id, 64)
        jobs |= {str(other.job) for other in self._audits.all() if self._is_paired_now(other, audit_id)}
        mine = jobs & self._jobs.ids
        for job in mine:
            self._jobs.cancel(job)
            if not self._jobs.wait(job, KILLED_SECONDS).ended:
                raise JobError("The run could not be stopped yet. Try to delete it again in a minute.")
        with self._results.lock:
            for other in self._audits.all():
                if self._is_paired_now(other, audit_id):
                    self._audits.save(replace(other, job=None, problem=_OTHER_DELETED))
            for each in self._audits.ids():
                KeptPairs(self._audits.folder(each)).forget(audit_id)
            self._audits.remove(audit_id)
        for job in mine:
            self._jobs.delete(job)
        point("delete: uploads left")
        self._store.delete(uploads, self._audits.uploads_named)

    def _is_paired_now(self, audit: Audit, earlier_id: str) -> bool:
        """Whether the audit's job pairs it with that one."""
        with suppress(DataError):  # a damaged file says of no job
            return audit.stage == "pair" and KeptPairs(self._audits.folder(audit.id)).asks(audit.job, earlier_id)
        return False

    # ------------------------------------------------------------ for the rest of the store

    def inputs(self, audit: Audit, with_model: bool = True) -> Mapping[str, Path]:
        """The files that a job of this audit works on, by their names there. Raises DataError where one is missing."""
        if audit.table is None:
            raise DataError("There is no table yet. Upload one first.")
        folder = self._audits.folder(audit.id)
        if not (folder / PROFILE).is_file():
            if audit.parts:
                raise DataError("The files of the table are not read yet. Wait until they are, or put them in again.")
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

    def judging(self, audit: Audit) -> JudgingTable:
        """The second table of an audit, which has every column of the first."""
        first, second = self._results.profile(audit.id), self._results.second_profile(audit.id)
        if first is None or second is None:
            raise DataError("The second table is not here any more. Upload it again.")
        refuse_lacking(second, first)
        self._ages.use(self._audits.folder(audit.id) / f"{SECOND}{TABLE}")
        return JudgingTable(second.name, second.rows, second.sha256)

    def _with_input(self, audit: Audit) -> Audit:
        """Keep the audit with a new file, without what an inspection found or is about to find in those before it."""
        ends = audit.job is not None and audit.stage != "profile"  # it works on the files before this one
        kept = self._results.settle(self._audits.save(replace(audit, job=None if ends else audit.job, forgets=LOOK)))
        if ends and audit.job in self._jobs.ids:
            self._jobs.delete(str(audit.job))
        return kept

    def _begin_with(
        self, audit_id: str, table: Upload, parts: tuple[StoredPart, ...] = (), passed_over: tuple[str, ...] = ()
    ) -> Audit:
        put = replace(self._audits.get(audit_id), table=table, parts=parts, passed_over=passed_over)
        audit = replace(put, plan=None, sample=None)
        fresh = replace(audit, second=None, original=None, brought=None)
        forgets = (PROFILE, TABLE, *SECOND_FILES, *LOOK, *ANSWER, *ALL_FIXES, *EXPLAINED)
        return self._look(fresh, table, "profile", *forgets)

    def _files(self, audit: Audit, table: Upload) -> TableFiles:
        parts = [each.at(self._store.path(each.digest)) for each in audit.parts]
        return TableFiles(table.name, (), tuple(parts), audit.passed_over)

    def _look(self, audit: Audit, table: Upload, stage: str = "profile", *forgets: str) -> Audit:
        kind, request = "profile", dict[str, Any](name=table.name)
        if stage == "profile" and audit.parts:
            kind, request = "profile_parts", request_of(self._files(audit, table))
            inputs = {part_input(place): self._store.path(part.digest) for place, part in enumerate(audit.parts)}
        else:
            inputs = {"table": self._store.path(table.digest)}
        job = self._jobs.submit(kind, request, inputs, audit.owner)
        return self._results.start(audit, job, stage, *forgets)


def glance(source: BinaryIO | Path, name: str) -> None:
    """Refuse a model by its first bytes, before it is kept."""
    if isinstance(source, Path):
        return  # only what ships with the app comes as a path
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    refuse_at_a_glance(source.read(HEAD_BYTES), size, shown_name(name))
    source.seek(0)
