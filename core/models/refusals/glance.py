"""What a file's ends alone give away, before it is kept: whether it is a model, and one that is never opened.

Nothing is opened or unpacked, so this may run outside a job; it only spares the person the way to one.
"""

import io
import os
import zipfile
from pathlib import Path
from pickle import STOP
from typing import BinaryIO

from core.errors import ModelError
from core.models import FORMATS
from core.models.recognition import HEAD_BYTES, OLD_PICKLE, Content, entry_names
from core.models.refusals import REFUSED, SAVED_BY_TORCH

_LENGTH, _NAME = slice(26, 28), 30  # of the first entry's name, in a zip's first bytes


# A zip lists its entries at its end. A model's few thousand fit into these bytes; of a longer list nothing is told.
_LIST_BYTES = 1 << 18


def is_model(source: BinaryIO) -> bool:
    """Whether a file that may be anything holds a model, of a format that is opened or of one that is refused."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = source.read(HEAD_BYTES)
    source.seek(max(0, size - _LIST_BYTES))
    tail = source.read()
    source.seek(0)
    if OLD_PICKLE.match(head) and not tail.endswith(STOP):
        return False  # a table of one column may begin like a pickle without a mark
    content = Content(Path(), size, head, _listed(tail) if head.startswith(b"PK\x03\x04") else frozenset())
    if SAVED_BY_TORCH.is_one(content):  # before those that would read its pickle
        return True
    known = (*(row.is_one for row in FORMATS.values()), *(row.is_one for row in REFUSED if row.is_model))
    return any(is_one(content) for is_one in known)


def _listed(tail: bytes) -> frozenset[str]:
    """The entries that the end of a zip lists."""
    try:
        with zipfile.ZipFile(io.BytesIO(tail)) as archive:
            return entry_names(archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()


def refuse_at_a_glance(head: bytes, size: int, name: str) -> None:
    """Raise ModelError where a file of `size` bytes that begins like this would be refused by `open_model`."""
    content = Content(Path(), size, head, frozenset())
    if content.is_zip:
        found = SAVED_BY_TORCH if _first_entry(head) == "data.pkl" else None
    elif any(known.is_one(content) for known in FORMATS.values()):
        found = None
    else:
        found = next((refusal for refusal in REFUSED if refusal.is_one(content)), None)
    if found is not None:
        raise ModelError(f'"{name}" {found.says}', snippet=found.snippet)


def _first_entry(head: bytes) -> str:
    """The name of a zip's first entry, without its folder."""
    end = _NAME + int.from_bytes(head[_LENGTH], "little")
    return head[_NAME:end].decode("utf-8", "replace").rpartition("/")[2]
