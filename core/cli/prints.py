"""What a report's PDF carries for whoever checks it: its receipt and its numbers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from core.record.evidence.receipt import RECEIPT_FILE

if TYPE_CHECKING:
    import pikepdf

_MAGIC = b"%PDF-"
_CARRIED = (RECEIPT_FILE, "result.json")


def is_print(content: bytes) -> bool:
    """Whether a file is a PDF."""
    return content.startswith(_MAGIC)


def carried(path: Path, content: bytes) -> dict[Path, bytes]:
    """The files that a PDF carries, as if they lay in a folder of its name; none where it has no receipt in it."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as document:
            found = {name: document.attachments[name].get_file().read_bytes() for name in _in(document)}
    except (pikepdf.PdfError, ValueError, TypeError, KeyError):
        return {}
    return {path / name: held for name, held in found.items()} if RECEIPT_FILE in found else {}


def _in(document: pikepdf.Pdf) -> list[str]:
    return [name for name in _CARRIED if name in document.attachments]
