"""Which questions were answered otherwise than they are seeded with, while a part of a page is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_CHANGED: ContextVar[list[str] | None] = ContextVar("changed", default=None)


@contextmanager
def noticed() -> Iterator[list[str]]:
    """The keys of the widgets that are seeded in the block, and hold another answer by now."""
    changed: list[str] = []
    before = _CHANGED.set(changed)
    try:
        yield changed
    finally:
        _CHANGED.reset(before)


def note(key: str, answer: Any, seeded: Any) -> None:
    """Note a widget whose answer is not what it is seeded with; several choices are the same ones in any order."""
    changed = _CHANGED.get()
    if changed is not None and _in_any_order(answer) != _in_any_order(seeded):
        changed.append(key)


def _in_any_order(answer: Any) -> Any:
    return sorted(map(str, answer)) if isinstance(answer, list | tuple) else answer
