"""The files of a table in several, as an installation keeps them: their names, their order, and room for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import DataError
from core.plan.notation.natural_order import natural
from core.store.blobs import GIGABYTE, Upload, shown_name


def shown_path(name: str) -> str:
    """A file's name with the folders before it, each as `shown_name` shows one."""
    return "/".join(map(shown_name, name.split("/")))


def refuse_lacking_room(files: Iterable[Path], free_bytes: int) -> None:
    """Raise DataError where files take more bytes than there are; one that has gone is said when it is read."""
    needed = sum(path.stat().st_size for path in files if path.is_file())
    if needed > free_bytes:
        sizes = (
            f"The files take {needed / GIGABYTE:,.1f} GB, and {free_bytes / GIGABYTE:,.1f} GB are free to keep them."
        )
        raise DataError(f"{sizes} Free some space, or name fewer files.")


def in_order(parts: Sequence[Upload]) -> tuple[Upload, ...]:
    """The files of a table as they are read, each by a name of its own. Raises DataError where two hold the same."""
    by_digest: dict[str, Upload] = {}
    named: dict[str, Upload] = {}
    for part in sorted(parts, key=lambda part: (natural(part.name), part.name)):
        same, copies, name = by_digest.setdefault(part.digest, part), 1, part.name
        if same is not part:
            raise DataError(
                f"{part.name} holds the same as {same.name}, and its people would be counted twice. Take one of the two"
                " out."
            )
        while name in named:
            copies += 1
            name = f"{part.name} ({copies})"
        named[name] = replace(part, name=name)
    return tuple(named.values())
