"""Several tables put in at once: each becomes an audit of one series, and they are asked one after another.

An audit whose turn has not come is on disk with its table and its question, so a killed app loses none: the next one
goes on with those that wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO
from uuid import uuid4

from core.data.profile import PROFILE, TABLE
from core.errors import DataError
from core.plan.plan import Plan
from core.record.series.asked_again import asked_again
from core.store.archive import AuditArchive, Shelved
from core.store.audit import WAITING
from core.store.audits import Audit, Audits, blank_audit
from core.store.blobs import Store, Upload
from core.store.disk.crash_points import point
from core.store.disk.last_used import Ages
from core.store.results import Results
from core.store.series.line import WaitingLine
from core.store.series.members import data_digest, in_series
from core.store.uploads import Uploads, glance

MOST_LETTERS = 120  # of an audit's name
Put = tuple[BinaryIO, str]
_NOT_HERE = {
    "model": "The model of the first audit is not here. Put it in together with the tables.",
    "images": "The images of the first audit are not here. Put them in, as one zip, together with the tables.",
}


@dataclass(frozen=True)
class Begun:
    """What became of the files of one drop: the audits that were begun, and the names of files that are here already.

    Beside each such name stands what the same bytes were called before.
    """

    batch: str
    audits: tuple[str, ...]
    twice: tuple[tuple[str, str], ...]


class Batches:
    """The drops of an installation. Any thread may call it."""

    def __init__(
        self,
        audits: Audits,
        results: Results,
        archive: AuditArchive,
        store: Store,
        uploads: Uploads,
        ages: Ages,
        line: WaitingLine,
    ) -> None:
        """Of these audits, which wait in `line`; files are kept in `store`, and `ages` notes when they are used."""
        self._audits, self._results, self._archive = audits, results, archive
        self._store, self._uploads, self._ages = store, uploads, ages
        self.line = line
        self.progress, self.is_unfinished, self.cancel = line.progress, line.is_unfinished, line.cancel
        self.unfinished_drops = line.unfinished_drops

    # ------------------------------------------------------------ what pages call

    def begin(
        self,
        first_id: str,
        files: Sequence[Put],
        model: Put | None = None,
        images: Put | None = None,
        owner: str | None = None,
    ) -> Begun:
        """Audit each table as the audit `first_id` was, whose model and images serve where no other is given.

        They are begun by `owner`, or by the browser that began the first. A table that its series has already is not
        audited again. Raises DataError where the audit has no result, or what decided in it is not here any more,
        ModelError where the model's first bytes show that it is none to open.
        """
        first, record = self._for(first_id, owner), self._results.record(first_id)
        if record is None:
            raise DataError("This audit has no result yet. Run it, then put in the next tables.")
        batch, series = uuid4().hex, record.plan.series_sha256
        known = self._known(first, series)
        begun: list[str] = []
        twice: list[tuple[str, str]] = []
        with ExitStack() as puts:
            kept_model = self._other(puts, model, first.model, record.plan.decision.model is not None, "model")
            kept_images = self._other(puts, images, first.images, record.plan.decision.image is not None, "images")
            puts.callback(self.line.start)  # those before one that cannot be kept are asked all the same
            for file, name in files:
                with self._store.putting(file, name) as table:
                    if table.digest in known:
                        twice.append((table.name, known[table.digest]))
                        continue
                    known[table.digest] = table.name
                    plan = asked_again(record, table.name)
                    new = self._new(
                        first, plan, table, kept_model, kept_images, batch, series, PurePath(table.name).stem
                    )
                    self._audits.begin(new)
                    point("batch: begun one")
                    begun.append(self.line.note(new))
        return Begun(batch, tuple(begun), tuple(twice))

    def cut(self, audit_id: str, column: str, owner: str | None = None) -> Begun:
        """Audit each month that a column of dates names in the audit's table, as the audit was: one audit a month.

        They are begun by `owner`, or by the browser that began the audit. Raises DataError where the rows are not here
        any more, or the column names no months.
        """
        audit, record = self._for(audit_id, owner), self._results.record(audit_id)
        profile = self._results.profile(audit_id)
        days = None if profile is None or column not in profile.names else profile.column(column).days
        if record is None or audit.table is None or days is None or not days.months:
            raise DataError(f"No months can be told by {column}. Choose another column of dates.")
        self._uploads.inputs(audit, with_model=record.plan.decision.model is not None)
        folder, batch, series = self._audits.folder(audit_id), uuid4().hex, record.plan.series_sha256
        known = self._cut_before(audit, series)
        plan = asked_again(record, audit.table.name)
        begun: list[str] = []
        for month in (month for month, _ in days.months if (column, month) not in known):
            asked = replace(plan, data=plan.data.in_month(column, month))
            new = self._new(audit, asked, audit.table, audit.model, audit.images, batch, series, month)
            new = replace(new, parts=audit.parts)
            self._audits.begin(new, [(folder / name, name) for name in (PROFILE, TABLE)])
            self._ages.use(self._audits.folder(new.id) / TABLE)
            begun.append(self.line.note(new))
        self.line.start()
        return Begun(batch, tuple(begun), ())

    def name_period(self, audit_id: str, period: str) -> Audit:
        """Keep what somebody says the audit's table is about; nothing leaves it to the file's name again."""
        with self._results.lock:
            return self._audits.save(replace(self._audits.get(audit_id), period=" ".join(period.split())[:40] or None))

    # ------------------------------------------------------------ begin

    def _for(self, audit_id: str, owner: str | None) -> Audit:
        """The audit as one that this browser began."""
        audit = self._audits.get(audit_id)
        return audit if owner is None else replace(audit, owner=owner)

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
            if what == "model":
                glance(*given)
            return puts.enter_context(self._store.putting(*given))
        if kept is None:
            raise DataError(_NOT_HERE[what])
        try:
            return puts.enter_context(self._store.putting(self._store.use(kept.digest), kept.name))
        except DataError:
            raise DataError(
                f"“{kept.name}” was deleted after a day, as announced. Put it in again, together with the tables."
            ) from None

    def _new(
        self,
        first: Audit,
        plan: Plan,
        table: Upload,
        model: Upload | None,
        images: Upload | None,
        batch: str,
        series: str,
        period: str,
    ) -> Audit:
        """An audit that waits for its turn, called after the first one and its period."""
        name = first.called or plan.name
        return replace(
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
            called=f"{name}, {period}"[:MOST_LETTERS] if name else None,
        )

    def _cut_before(self, audit: Audit, series: str) -> set[tuple[str, str]]:
        """The months of this table that the series has, each with the column that cut it out."""
        found: set[tuple[str, str]] = set()
        for other in self._audits.all():
            if other.series == series and other.table == audit.table and other.owner == audit.owner:
                plan = Plan.from_toml(str(other.asked or other.plan))
                found |= {(rule.column, rule.month) for rule in plan.data.keep if rule.month is not None}
        return found


def _file(entry: Shelved) -> str:
    table = entry.audit.table
    return entry.name if table is None else table.name
