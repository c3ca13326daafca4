"""The ledger beside the audits of an app: what finished is appended, what was deleted is erased there too.

What is still to do follows from the files: an audit with a record and without a note of its entry, a deletion that was
begun. So nothing is lost where the app is killed; the next one goes on.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import DataError, JobError, PlumblineError
from core.jobs.replaced_json import replace_json
from core.record import AuditRecord
from core.record.evidence.receipt import Receipt
from core.record.evidence.verification import Strength
from core.record.evidence.words import short_code
from core.store.audits import AUDIT_ID, ENTRY_FILE, RECORD_FILE, Audits, UnreadableAudit
from core.store.disk.crash_points import point
from core.store.ledger.audit_entries import append_record, digest_of_record, receipt
from core.store.ledger.checking import problems
from core.store.ledger.entry import LogEntry
from core.store.ledger.installation import key_folder
from core.store.ledger.ledger import Ledger

LOG = logging.getLogger(__name__)
# A database, its migrations and cryptography are a second of imports: not while the first page, or an answer, is drawn.
FIRST_SECONDS, EVERY_SECONDS = 20.0, 10.0


# What people say of an audit: a sign-off has a name, a role and words.
Said = Literal["register", "note", "sign-off"]
SAID: tuple[Said, ...] = ("register", "note", "sign-off")
# It stands in an audit's folder once something was said of it.
SAID_FILE = "said"


@dataclass(frozen=True)
class Noted:
    """What stands beside a record of its entry: its number, the digest of what the ledger keeps, and the short code."""

    number: int
    digest: str
    code: str


class KeptLedger:
    """The ledger of a workspace. Any thread may call it; where `url` is None, there is none and nothing happens."""

    def __init__(self, root: Path, audits: Audits, url: str | None) -> None:
        """Of the audits under `root`, at this address."""
        self._audits, self._begun = audits, root / "ledger" / "deleted"
        self._ledger = None if url is None else Ledger(url, key_folder(root))
        self._lock, self._closed = threading.RLock(), threading.Event()
        self._thread: threading.Thread | None = None
        # What the check found, and what keeps the ledger from being brought up to date: only the first is of records.
        self._trouble, self._unwritten, self._is_checked = "", "", False

    @property
    def trouble(self) -> str:
        """Why the ledger cannot be trusted or written, in words; empty where nothing is known to be wrong."""
        return " ".join(dict.fromkeys(said for said in (self._trouble, self._unwritten) if said))

    def begin(self) -> None:
        """Check everything, and from now on append what finishes, in a thread of its own."""
        if self._ledger is not None:
            self._thread = threading.Thread(target=self._work, name="plumbline-ledger", daemon=True)
            self._thread.start()

    def settle(self) -> None:
        """Append every record that the ledger does not have, and erase what was deleted. Raises PlumblineError."""
        if self._ledger is None:
            return
        with self._lock:
            for audit_id in self._audits.ids():
                if self._is_pending(audit_id):
                    with suppress(JobError):  # a damaged record, which its page tells of
                        self._append(self._ledger, audit_id)
            for begun in filter(lambda path: AUDIT_ID.fullmatch(path.name), self._begun.glob("*")):
                if not self._audits.folder(begun.name).exists():
                    self._erase(self._ledger, begun.name)
                begun.unlink(missing_ok=True)
            self._unwritten = ""

    def check(self) -> None:
        """Look at every entry, whether the ledger is what was signed and seen; `trouble` tells it.

        Once, and again after the ledger could not be used.
        """
        with self._lock:
            if self._ledger is not None and not self._is_checked and self._ledger.is_begun():
                self._trouble = " ".join(problems(self._ledger))
                self._is_checked = True

    def holds(self, audit_id: str) -> bool:
        """Whether the ledger has an entry of the audit's record, as far as is noted beside that."""
        return self._ledger is not None and (self._audits.folder(audit_id) / ENTRY_FILE).is_file()

    def strength(self, audit_id: str) -> Strength | None:
        """What a badge says of an audit's record (see `core.record.evidence.words`); None while no entry is made of it.

        It opens no database: it compares the record with the entry that was made of it, and repeats what the last check
        of the ledger found.
        """
        noted = self._audits.parsed(audit_id, ENTRY_FILE, _noted)
        now = self._audits.parsed(audit_id, RECORD_FILE, digest_of_record)
        if self._ledger is None or noted is None or now is None:
            return None
        return "signed" if noted.digest == now and not self._trouble else "changed"

    def code(self, audit_id: str) -> str | None:
        """The short code of the entry of an audit, made now where there is none; None where there can be none."""
        with self._lock:
            try:
                if self._ledger is not None and self._is_pending(audit_id):
                    self._append(self._ledger, audit_id)
            except (PlumblineError, OSError) as problem:
                self._tell(problem)
            noted = self._audits.parsed(audit_id, ENTRY_FILE, _noted)
            return None if self._ledger is None or noted is None else noted.code

    def say(self, audit_id: str, kind: Said, body: Mapping[str, Any]) -> LogEntry:
        """Append what was said of an audit: a sign-off as {"name", "role", "words"}, a note, a register.

        Raises DataError where the audit has no record, or the ledger cannot be written.
        """
        ledger = self._of(audit_id)
        with self._lock:
            of = self._append(ledger, audit_id)
            (self._audits.folder(audit_id) / SAID_FILE).touch()
            return ledger.append(kind, {"of": of.number, **body}, f"{kind}/{audit_id}/{secrets.token_hex(8)}")

    def said(self, audit_id: str, kind: Said) -> list[LogEntry]:
        """What was said of an audit's present record in this way, the oldest first; `trouble` tells what kept it.

        Where nothing was ever said of the audit, no database is opened.
        """
        noted = self._audits.parsed(audit_id, ENTRY_FILE, _noted)
        if self._ledger is None or noted is None or not (self._audits.folder(audit_id) / SAID_FILE).exists():
            return []
        try:
            found = self._ledger.named(f"{kind}/{audit_id}/")
        except PlumblineError as problem:
            self._tell(problem)
            return []
        return [entry for entry in found if entry.body.get("of") == noted.number]

    def receipt(self, audit_id: str, files: Mapping[str, bytes]) -> Receipt:
        """A receipt for an audit and for files that were made from it, by name.

        Raises DataError where the audit has no record, or the ledger cannot be written.
        """
        ledger = self._of(audit_id)
        with self._lock:
            return receipt(ledger, self._append(ledger, audit_id), files)

    @contextmanager
    def deleting(self, audit_id: str) -> Iterator[None]:
        """A block that deletes an audit; at its end the ledger keeps nothing of it but the places of its entries."""
        is_told = self._ledger is not None and self._was_run(audit_id)
        if is_told:
            self._begun.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._begun / audit_id).touch()
            point("ledger: deletion begun")
        yield
        if is_told:
            try:
                self.settle()
            except (PlumblineError, OSError) as problem:
                self._tell(problem)

    def close(self) -> None:
        """Let go of the ledger; what is still to do is done at the next start."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        if self._ledger is not None:
            self._ledger.close()

    # ------------------------------------------------------------ within

    def _of(self, audit_id: str) -> Ledger:
        if self._ledger is None:
            raise DataError("This app keeps no ledger, so there is no receipt.")
        if not (self._audits.folder(audit_id) / RECORD_FILE).exists():
            raise DataError("This audit has not run to its end. Run it, then ask again.")
        if self._is_brought(audit_id):
            raise DataError("This record was brought in, and is in no ledger here. Ask where the audit ran.")
        return self._ledger

    def _was_run(self, audit_id: str) -> bool:
        """Whether the ledger may hold something of an audit."""
        try:
            return self._audits.get(audit_id).asked is not None
        except UnreadableAudit:
            return True
        except DataError:
            return False

    def _is_pending(self, audit_id: str) -> bool:
        """Whether the ledger does not have the record as it stands: a note of its entry has the date of its record."""
        folder = self._audits.folder(audit_id)
        try:
            dated = (folder / RECORD_FILE).stat().st_mtime_ns
        except FileNotFoundError:
            return False
        try:
            return (folder / ENTRY_FILE).stat().st_mtime_ns != dated
        except FileNotFoundError:
            return not self._is_brought(audit_id)

    def _is_brought(self, audit_id: str) -> bool:
        """Whether its record came from elsewhere: this installation did not find it, and does not sign it."""
        try:
            return self._audits.get(audit_id).brought is not None
        except PlumblineError:  # it cannot be read, or was deleted at this moment
            return False

    def _append(self, ledger: Ledger, audit_id: str) -> LogEntry:
        """The entry of an audit's record, appended where there is none; and the note of it beside the record."""
        folder = self._audits.folder(audit_id)
        dated = (folder / RECORD_FILE).stat()
        try:
            record = AuditRecord.from_json(json.loads((folder / RECORD_FILE).read_text(encoding="utf-8")))
        except ValueError:
            raise JobError("The record of this audit is damaged. Run it again.") from None
        entry = append_record(ledger, record, audit_id)
        point("ledger: appended")
        noted = Noted(entry.number, digest_of_record(record.to_json()), short_code(entry.leaf))
        replace_json(folder / ENTRY_FILE, asdict(noted))
        os.utime(folder / ENTRY_FILE, ns=(dated.st_atime_ns, dated.st_mtime_ns))
        return entry

    def _erase(self, ledger: Ledger, audit_id: str) -> None:
        if not ledger.is_begun():
            return
        of = ledger.named(f"record/{audit_id}/")
        files = [each for entry in of for each in ledger.named(f"files/{entry.number}/")]
        said = [each for kind in SAID for each in ledger.named(f"{kind}/{audit_id}/")]
        ledger.erase([*of, *files, *said], "deleted by a person")

    def _work(self) -> None:
        wait = FIRST_SECONDS
        while not self._closed.wait(wait):
            self._look()
            wait = EVERY_SECONDS

    def _look(self) -> None:
        """Check everything, then bring the ledger up to date; what is wrong is told, and ends nothing."""
        try:
            self.check()
            self.settle()
        except (PlumblineError, OSError) as problem:
            self._tell(problem)

    def _tell(self, problem: Exception) -> None:
        LOG.error("the ledger could not be brought up to date: %s", problem)
        said = str(problem) if isinstance(problem, PlumblineError) else "The ledger cannot be written."
        if said != self._unwritten:
            self._unwritten, self._is_checked = said, False


def _noted(document: dict[str, Any]) -> Noted:
    return Noted(int(document["number"]), str(document["digest"]), str(document["code"]))
