"""The ledger beside the audits of an app: what finished is appended, what was deleted is erased there too.

What is still to do follows from the files: an audit with a record and without a note of its entry, a deletion that was
begun. So nothing is lost where the app is killed; the next one goes on.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import DataError, JobError, PlumblineError
from core.jobs.replaced_json import replace_json
from core.record import AuditRecord
from core.record.evidence.receipt import Receipt
from core.record.evidence.verification import Strength
from core.store.audits import ENTRY_FILE, RECORD_FILE, Audits
from core.store.disk.crash_points import point
from core.store.ledger.audit_entries import append_record, name_of, receipt
from core.store.ledger.checking import problems
from core.store.ledger.entry import LogEntry
from core.store.ledger.installation import key_folder
from core.store.ledger.ledger import Ledger

LOG = logging.getLogger(__name__)
# A database, its migrations and cryptography are a second of imports: not while the first page, or an answer, is drawn.
FIRST_SECONDS, EVERY_SECONDS = 20.0, 10.0


class KeptLedger:
    """The ledger of a workspace. Any thread may call it; where `url` is None, there is none and nothing happens."""

    def __init__(self, root: Path, audits: Audits, url: str | None) -> None:
        """Of the audits under `root`, at this address."""
        self._audits, self._begun = audits, root / "ledger" / "deleted"
        self._ledger = None if url is None else Ledger(url, key_folder(root))
        self._lock, self._closed = threading.RLock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble, self._is_checked = "", False

    @property
    def trouble(self) -> str:
        """Why the ledger cannot be trusted or written, in words; empty where nothing is known to be wrong."""
        return self._trouble

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
            for begun in self._begun.glob("*"):
                if not self._audits.folder(begun.name).exists():
                    self._erase(self._ledger, begun.name)
                begun.unlink(missing_ok=True)

    def check(self) -> None:
        """Look once, at every entry, whether the ledger is what was signed and seen; `trouble` tells it."""
        with self._lock:
            if self._ledger is not None and not self._is_checked and self._ledger.is_begun():
                self._trouble = " ".join(problems(self._ledger))
                self._is_checked = True

    def strength(self, audit_id: str) -> Strength | None:
        """What a badge says of an audit's record (see `core.record.evidence.words`); None while no entry is made of it.

        It opens no database: it compares the record with the entry that was made of it, and repeats what the last check
        of the ledger found.
        """
        entry = self._audits.parsed(audit_id, ENTRY_FILE, lambda noted: str(noted["name"]))
        now = self._audits.parsed(audit_id, RECORD_FILE, lambda document: name_of(audit_id, document))
        if self._ledger is None or entry is None or now is None:
            return None
        return "signed" if entry == now and not self._trouble else "changed"

    def receipt(self, audit_id: str, files: Mapping[str, bytes]) -> Receipt:
        """A receipt for an audit and for files that were made from it, by name.

        Raises DataError where the audit has no record, or the ledger cannot be written.
        """
        if self._ledger is None:
            raise DataError("This app keeps no ledger, so there is no receipt.")
        with self._lock:
            path = self._audits.folder(audit_id)
            if not (path / RECORD_FILE).exists():
                raise DataError("This audit has not run to its end. Run it, then ask for the receipt.")
            return receipt(self._ledger, self._append(self._ledger, audit_id), files)

    @contextmanager
    def deleting(self, audit_id: str) -> Iterator[None]:
        """A block that deletes an audit; at its end the ledger keeps nothing of it but the places of its entries."""
        path = self._audits.folder(audit_id)
        is_told = self._ledger is not None and (path / RECORD_FILE).exists()
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

    def _is_pending(self, audit_id: str) -> bool:
        folder = self._audits.folder(audit_id)
        return (folder / RECORD_FILE).exists() and not (folder / ENTRY_FILE).exists()

    def _append(self, ledger: Ledger, audit_id: str) -> LogEntry:
        folder = self._audits.folder(audit_id)
        try:
            record = AuditRecord.from_json(json.loads((folder / RECORD_FILE).read_text(encoding="utf-8")))
        except ValueError:
            raise JobError("The record of this audit is damaged. Run it again.") from None
        entry = append_record(ledger, record, audit_id)
        point("ledger: appended")
        if not (folder / ENTRY_FILE).exists():
            replace_json(folder / ENTRY_FILE, {"number": entry.number, "name": entry.name})
        return entry

    def _erase(self, ledger: Ledger, audit_id: str) -> None:
        if not ledger.is_begun():
            return
        of = ledger.named(f"record/{audit_id}/")
        files = [each for entry in of for each in ledger.named(f"files/{entry.number}/")]
        ledger.erase([*of, *files], "deleted by a person")

    def _work(self) -> None:
        wait = FIRST_SECONDS
        while not self._closed.wait(wait):
            self._look()
            wait = EVERY_SECONDS

    def _look(self) -> None:
        """Check everything once, then bring the ledger up to date; what is wrong is told, and ends nothing."""
        try:
            self.check()
            self.settle()
        except (PlumblineError, OSError) as problem:
            self._tell(problem)

    def _tell(self, problem: Exception) -> None:
        LOG.error("the ledger could not be brought up to date: %s", problem)
        self._trouble = str(problem) if isinstance(problem, PlumblineError) else "The ledger cannot be written."
