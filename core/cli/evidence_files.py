"""What commands do with ledgers and receipts: which ledger is meant, and the receipt beside the results of an audit."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.record import AuditRecord
from core.store.ledger.installation import LEDGER, home_folder, key_folder, ledger_url

if TYPE_CHECKING:
    from core.store.ledger.ledger import Ledger

OWN = "own"


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


def with_receipt(record: AuditRecord, texts: Mapping[str, str], stated: str | None) -> dict[str, str]:
    """The files of an audit's results, by name, and the receipt for them where a ledger is used."""
    if stated is None and LEDGER not in os.environ:
        return dict(texts)
    from core.record.evidence.receipt import RECEIPT_FILE
    from core.store.ledger.audit_entries import append_record, receipt

    files = {name: text.encode() for name, text in texts.items()}
    with opened_ledger(stated) as ledger:
        entry = append_record(ledger, record, "command", files)
        return {**texts, RECEIPT_FILE: receipt(ledger, entry, files).to_text()}


def read_bytes(path: Path) -> bytes:
    """The content of a file that a person named. Raises DataError."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path} cannot be read ({problem.strerror}). Correct its path.") from None
