"""The job that takes out of a PDF, which came from anybody, what a report of ours carries: its receipt and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.record.evidence.receipt import RECEIPT_FILE

if TYPE_CHECKING:
    import pikepdf

CARRIED = (RECEIPT_FILE, "result.json")


def run(folder: Path, request: dict[str, Any], progress: object) -> None:
    """in/print becomes the files that it carries, in out/ under their names; none where it is no PDF of ours."""
    import pikepdf

    try:
        with pikepdf.open(folder / "in" / "print") as document:
            found = {name: document.attachments[name].get_file().read_bytes() for name in _in(document)}
    except (pikepdf.PdfError, ValueError, TypeError, KeyError):
        return
    for name, content in found.items():
        (folder / "out" / name).write_bytes(content)


def _in(document: pikepdf.Pdf) -> list[str]:
    return [name for name in CARRIED if name in document.attachments]
