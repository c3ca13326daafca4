"""The folder in which `plumbline monitor` keeps its audits: one folder for each table, or month of one, by its digest.

An audit's folder gets its name when it is whole, so that a killed run leaves none by halves.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.cli.files import writing
from core.engine.earlier_record import open_record
from core.errors import DataError, PlanError
from core.plan.plan import Plan
from core.record import AuditRecord
from core.record.series.asked_again import asked_as_first
from core.record.series.periods import period_of

SERIES = "series.json"
_MOST_BYTES = 64 * 1024 * 1024
_FOREIGN = (
    "was not written by plumbline monitor, and would be lost. Move it elsewhere, or give another folder with --out."
)
_DIGEST = re.compile("[0-9a-f]{64}")
_AUDITS, _MONTHS, _PART, _LOCK = "audits", "months.json", ".part-", ".lock"


@dataclass
class KeptAudits:
    """The audits in a folder, and the plan that asks for more of them.

    `by_part` are the audits by the digest of their table, with a month of it behind where it was cut into months;
    `months` those of each table that was. `given` are the digests of the tables of this run, by their names.
    """

    folder: Path
    plan: Plan
    by_part: dict[str, AuditRecord]
    months: dict[str, list[str]]
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def at(cls, folder: Path, plan: Plan) -> Iterator[KeptAudits]:
        """Those in a folder, which nobody else writes to until the context ends.

        Raises DataError where another run is at work there, an audit is damaged, or a file that it would write is
        somebody else's; PlanError where they ask another question than the plan.
        """
        _refuse_foreign(folder / SERIES, plan)
        _read_months(folder / _MONTHS, plan)
        with writing(folder), (folder / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataError(f"Another run is at work in {folder}. Wait for it, or give another --out.") from None
            (folder / _AUDITS).mkdir(exist_ok=True)
            for part in folder.glob(f"{_PART}*"):
                shutil.rmtree(part) if part.is_dir() else part.unlink()
            yield cls(folder, plan, dict(_read(folder / _AUDITS, plan)), _read_months(folder / _MONTHS, plan))

    @property
    def records(self) -> tuple[AuditRecord, ...]:
        """All audits."""
        return tuple(self.by_part.values())

    @property
    def counted(self) -> tuple[AuditRecord, ...]:
        """All audits but those that went out of date: a table of this run may hold again what it held before them."""
        return tuple(record for record in self.records if not self._is_outdated(record))

    def _is_outdated(self, record: AuditRecord) -> bool:
        """Whether it is no older than the audit of what the table of its name holds now, and another one."""
        file = record.plan.data.file
        now = [
            each.created
            for each in self.records
            if each.plan.data.file == file and each.provenance.data_sha256 == self.given.get(file)
        ]
        return bool(now) and record.provenance.data_sha256 != self.given.get(file) and record.created >= max(now)

    @property
    def first(self) -> AuditRecord | None:
        """The earliest in time, with whose groups the others compare; None before there is one."""
        return min(self.records, key=lambda record: (period_of(record.plan).order, record.created), default=None)

    def asks(self, file: str, month: str | None = None) -> Plan:
        """What the next table, or a month of it, is asked: at the first audit's edges, against its own groups."""
        plan = asked_as_first(self.plan, self.first, file)
        if month is None or plan.monitor.date is None:
            return plan
        return replace(plan, data=plan.data.in_month(plan.monitor.date, month))

    def cut(self, digest: str, months: list[str]) -> None:
        """Keep which months a table has."""
        self.months[digest] = months
        self.write(_MONTHS, json.dumps(self.months))

    def add(self, name: str, record: AuditRecord) -> None:
        """Keep an audit: record.json and result.json, whole or not at all. `name` is that of `by_part`."""
        from core.report.documents.json import audit_texts

        part = self.folder / f"{_PART}{name}"
        with writing(part):
            for file, text in audit_texts(record).items():
                _write(part / file, text)
            os.replace(part, self.folder / _AUDITS / name)
        self.by_part[name] = record

    def write(self, name: str, text: str) -> None:
        """Put a file in place of the one of that name, so that a reader sees the old or the new one."""
        part = self.folder / f"{_PART}{name}"
        with writing(self.folder):
            _write(part, text)
            os.replace(part, self.folder / name)


def _refuse_foreign(path: Path, plan: Plan) -> None:
    """Raise DataError where the file is none of `plumbline monitor`'s, PlanError where it is of another question."""
    if not os.path.lexists(path):
        return
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST_BYTES))
        asked = str(document["question_sha256"]) if document["plumbline"] == 1 else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        asked = None
    if asked is None:
        raise DataError(f"{path} {_FOREIGN}")
    if asked != plan.series_sha256:
        raise PlanError(f"{path} is about another question than this plan asks. Give another folder with --out.")


def _write(path: Path, text: str) -> None:
    """Write a file that is on disk before anything gets its name."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path, plan: Plan) -> Iterator[tuple[str, AuditRecord]]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):  # of a file system or a desktop, as .DS_Store
            continue
        try:
            record = open_record(path)
        except DataError as error:
            raise DataError(f"{error} Or remove {path}: its table is then audited again.") from None
        if record.plan.series_sha256 != plan.series_sha256:
            raise PlanError(
                f"{folder.parent} holds audits of another question than this plan asks. Give another folder with --out."
            )
        if not path.name.startswith(record.provenance.data_sha256):
            raise DataError(f"{path} holds the audit of another table. Remove it: its table is then audited again.")
        yield path.name, record


def _read_months(path: Path, plan: Plan) -> dict[str, list[str]]:
    """Which months each table has, where the plan has them cut. Raises DataError where somebody else wrote the file."""
    if plan.monitor.date is None or not os.path.lexists(path):
        return {}
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
        if all(_DIGEST.fullmatch(digest) and isinstance(months, list) for digest, months in found.items()):
            return {digest: [str(month) for month in months] for digest, months in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        pass
    raise DataError(f"{path} {_FOREIGN}")
