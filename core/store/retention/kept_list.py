"""What is kept of one audit, for how long, and what was deleted: for whoever answers for the data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.profile import PROFILE, SECOND, TABLE
from core.errors import DataError
from core.jobs.replaced_json import replace_json
from core.record.registers import REGISTERS_FILE
from core.store.audits import ENTRY_FILE, RECORD_FILE, Audit, Audits
from core.store.blobs import Store
from core.store.disk.last_used import Ages
from core.store.explanations import FOUND as EXPLANATION
from core.store.fixes import FOUND as FIXES
from core.store.page_answers import ANSWERS_FILE
from core.store.pairs import FOLDER as PAIRS

DELETIONS_FILE = "deletions.json"
ROWS_DELETED = "The uploaded rows, and what quoted them"
COLUMNS = ("What", "Name", "State", "Bytes", "Until")
_WITH_THE_ROWS = (
    ("The table as it was read", TABLE),
    ("First rows and values", PROFILE),
    ("The second table as it was read", f"{SECOND}{TABLE}"),
    ("Small copies of images", THUMBNAILS),
    ("Answers that stand in no plan yet", ANSWERS_FILE),
)
_WITH_THE_AUDIT = (
    ("Counts and verdicts, no rows", RECORD_FILE),
    ("Counts of the fixes that were found", FIXES),
    ("Sums of what the model looks at", EXPLANATION),
    ("Counts of another model's decisions about them", PAIRS),
    ("Registers", REGISTERS_FILE),
)


@dataclass(frozen=True)
class KeptThing:
    """One thing: what it is, the name it came with, whether it is kept, its size in bytes, and until when."""

    what: str
    name: str
    state: str
    size: int | None
    until: str

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The row of `COLUMNS`."""
        return self.what, self.name, self.state, "" if self.size is None else f"{self.size:,}", self.until


class KeptList:
    """Lists what is kept of each audit. Any thread may call it."""

    def __init__(self, audits: Audits, store: Store, ages: Ages, kept_seconds: float) -> None:
        """Of these audits, whose uploads `store` keeps for so many seconds after their last use."""
        self._audits, self._store, self._ages, self._seconds = audits, store, ages, kept_seconds

    def of(self, audit_id: str, users: Mapping[str, Mapping[str, str]] | None = None) -> tuple[KeptThing, ...]:
        """What is kept of an audit, then what was deleted. Raises DataError where there is no such audit.

        `users` are the audits that may be named as users of a file: names by ids, by the digest of each upload.
        """
        audit, folder = self._audits.get(audit_id), self._audits.folder(audit_id)
        return (
            *self._uploads(audit, folder, users or {}),
            *self._derived(folder),
            *_staying(folder),
            *_in_ledger(folder),
            *_deleted(folder),
        )

    def _uploads(self, audit: Audit, folder: Path, users: Mapping[str, Mapping[str, str]]) -> Iterator[KeptThing]:
        gave_up = not (folder / TABLE).is_file() and any(each["what"] == ROWS_DELETED for each in _read(folder))
        roles = (
            *(("Table", part) for part in audit.parts or (audit.table,)),
            ("Model", audit.model),
            ("Images", audit.images),
            ("Second table", audit.second),
        )
        for what, upload in roles:
            if upload is None:
                continue
            try:
                path = self._store.path(upload.digest)
            except DataError:
                yield KeptThing(what, upload.name, "deleted", None, "")
            else:
                others = [name for user, name in users.get(upload.digest, {}).items() if user != audit.id]
                yield KeptThing(what, upload.name, _kept_words(others, gave_up), upload.size, self._until(path))

    def _derived(self, folder: Path) -> Iterator[KeptThing]:
        """What quotes the rows, and goes with them."""
        table = folder / TABLE
        for what, name in _WITH_THE_ROWS:
            path = folder / name
            if path.is_file() and table.is_file():
                yield KeptThing(what, "", "kept", path.stat().st_size, self._until(table))

    def _until(self, path: Path) -> str:
        """When a file goes if nobody uses it again, by the clock that nobody sets."""
        left = timedelta(seconds=max(0.0, self._seconds - self._ages.age(path)))
        return f"{datetime.now(UTC) + left:%Y-%m-%d %H:%M} UTC, if not used again"


def _kept_words(others: Sequence[str], gave_up: bool) -> str:
    """That a file is kept, and for which others; one that was given up and is still there serves another audit."""
    if not others:
        return "kept for another audit, which uses the same file" if gave_up else "kept"
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    named = f"the audit “{others[0]}”{more}"
    return f"kept for {named}, which use{'' if more else 's'} the same file" if gave_up else f"kept, also for {named}"


def _staying(folder: Path) -> Iterator[KeptThing]:
    columns = () if (folder / TABLE).is_file() else (("Names and counts of the columns", PROFILE),)
    for what, name in (*_WITH_THE_AUDIT, *columns):
        path = folder / name
        files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
        if files:
            size = sum(each.stat().st_size for each in files)
            yield KeptThing(what, "", "kept", size, "until you delete the audit")


def _in_ledger(folder: Path) -> Iterator[KeptThing]:
    if (folder / ENTRY_FILE).is_file():
        until = "until you delete the audit; its place, without content, stays"
        yield KeptThing("Counts and verdicts in the ledger", "", "kept", None, until)


def _deleted(folder: Path) -> Iterator[KeptThing]:
    for entry in _read(folder):
        yield KeptThing(entry["what"], "", f"deleted {entry['when']}", None, "")


def note_deletion(folder: Path, what: str) -> None:
    """Write down beside the audit that something of it was deleted now."""
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    replace_json(folder / DELETIONS_FILE, [*_read(folder), {"what": what, "when": when}])


def _read(folder: Path) -> list[dict[str, str]]:
    try:
        document = json.loads((folder / DELETIONS_FILE).read_text(encoding="utf-8"))
        return [{"what": str(entry["what"]), "when": str(entry["when"])} for entry in document]
    except (OSError, ValueError, TypeError, KeyError):
        return []
