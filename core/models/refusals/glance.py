"""What a file's first bytes alone give away, before it is kept: that it is one of those which are never opened.

Nothing is opened or unpacked, so this may run outside a job; it only spares the person the way to one.
"""

from pathlib import Path

from core.errors import ModelError
from core.models import FORMATS
from core.models.recognition import Content
from core.models.refusals import REFUSED, SAVED_BY_TORCH

_LENGTH, _NAME = slice(26, 28), 30  # of the first entry's name, in a zip's first bytes


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
