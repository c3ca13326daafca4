"""Receipts as an installation makes them, of invented audits."""

from collections.abc import Mapping
from pathlib import Path

import pikepdf

from core.record import AuditRecord
from core.record.evidence.receipt import Receipt
from core.store.ledger.audit_entries import append_record, receipt
from core.store.ledger.key_folder import KeyFolder
from core.store.ledger.ledger import Ledger
from tests.worlds.records import decided

REPORT = b"<h1>Gap</h1>\n"


def installation(folder: Path) -> Ledger:
    """The ledger of an installation whose folder is this."""
    return Ledger(str(folder / "ledger" / "ledger.sqlite3"), KeyFolder(folder / "keys"))


def receipt_of(ledger: Ledger, files: Mapping[str, bytes], record: AuditRecord | None = None) -> Receipt:
    """That of an audit and of files that were made from it."""
    return receipt(ledger, append_record(ledger, record or decided(), "a"), files)


def printed(path: Path, carried: dict[str, bytes]) -> Path:
    """A PDF of one page that carries these files."""
    with pikepdf.new() as document:
        document.add_blank_page()
        for name, content in carried.items():
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
        document.save(path)
    return path
