"""What commands do with ledgers and receipts: which ledger is meant, and the receipt beside the results of an audit."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.engine.earlier_record import open_record
from core.errors import DataError
from core.record import AuditRecord
from core.store.ledger.installation import LEDGER, home_folder, key_folder, ledger_url

if TYPE_CHECKING:
    from core.store.ledger.ledger import Ledger

OWN = "own"
Prove = Callable[[Mapping[str, bytes]], bytes]  # the receipt for files by name, as its text
_CODE = re.compile(r"[A-Za-z2-7]{4}(-[A-Za-z2-7]{4}){3}")


def add_ledger(command: argparse.ArgumentParser, used: str) -> None:
    """Let a command be told which ledger is meant."""
    command.add_argument(
        "--ledger", metavar="URL", help=f"{used}: a path, postgresql://user@host/name, or {OWN} for the app's"
    )


@contextmanager
def opened_ledger(stated: str | None) -> Iterator[Ledger]:
    """The ledger that was asked for, else that of the environment, else the installation's own."""
    from core.store.ledger.ledger import Ledger

    home = home_folder()
    ledger = Ledger(stated if stated not in (None, OWN) and stated else ledger_url(home), key_folder(home))
    try:
        yield ledger
    finally:
        ledger.close()


def named_record(name: Path, stated: str | None) -> AuditRecord:
    """The record in a file or folder, or of the audit whose receipt has this code, out of the ledger."""
    if name.exists() or not _CODE.fullmatch(str(name)):
        return open_record(name)
    from core.store.ledger.audit_entries import record_with_code

    with opened_ledger(stated) as ledger:
        return record_with_code(ledger, str(name).upper())


def with_receipt(
    record: AuditRecord, files: Callable[[str | None, Prove | None], dict[str, bytes]], stated: str | None
) -> dict[str, bytes]:
    """The files of an audit, by name, and the receipt for them where a ledger is used.

    `files` makes them, and is told the code that a report among them may print, and what makes the receipt that a
    file may carry; None without a ledger.
    """
    if stated is None and LEDGER not in os.environ:
        return files(None, None)
    from core.record.evidence.receipt import RECEIPT_FILE
    from core.record.evidence.words import short_code
    from core.report.documents.json import receipt_files
    from core.store.ledger.audit_entries import append_record, receipt

    with opened_ledger(stated) as ledger:
        entry = append_record(ledger, record, "command")

        def prove(some: Mapping[str, bytes]) -> bytes:
            return receipt(ledger, entry, receipt_files(record, some)).to_text().encode()

        made = files(short_code(entry.leaf), prove)
        return {**made, RECEIPT_FILE: prove(made)}


def read_bytes(path: Path) -> bytes:
    """The content of a file that a person named. Raises DataError."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path} cannot be read ({problem.strerror}). Correct its path.") from None
