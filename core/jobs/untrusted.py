"""What a job wrote, read as if an enemy had written it: plain files inside its out/, bounded, without surprises."""

import json
import math
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import JobError, PlumblineError

MOST_NESTED = 32
DTYPES = ("int64", "float64", "uint8")
# What a page can show, and what a job has reason to write: bytes of a JSON file and of an array.
MOST_TEXTS, LONGEST_TEXT = 100, 2_000
FACTS_CAP, ARRAY_CAP = 16 << 20, 256 << 20
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


@contextmanager
def believing_nothing() -> Iterator[None]:
    """Whatever is wrong with a job's files is one kind of error, and no exception of a parser reaches a page."""
    try:
        yield
    except PlumblineError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise JobError(
            f"The job's result was refused: {error}. The model file may be damaged or hostile; nothing of it was kept."
        ) from None


def checked_bytes(path: Path, cap_bytes: int) -> bytes:
    """Read one file of a job's out/. Raises JobError unless it is a plain file there, with one name, within the cap."""
    try:
        _refuse_outside(path)
        # Without O_NONBLOCK, opening a named pipe waits for ever.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as problem:
        raise _refusal(path, f"it cannot be opened ({problem.strerror})") from problem
    try:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _refusal(path, "it is not a plain file")
        with os.fdopen(opened, "rb", closefd=False) as file:
            content = file.read(cap_bytes + 1)
    finally:
        os.close(opened)
    if len(content) > cap_bytes:
        raise _refusal(path, f"it is larger than {cap_bytes:,} bytes")
    return content


def checked_json(path: Path, cap_bytes: int) -> Any:  # noqa: ANN401  whoever reads it checks its shape
    """Read JSON of a job's out/. Raises JobError on NaN, infinity, broken text, or nesting deeper than MOST_NESTED."""
    content = checked_bytes(path, cap_bytes)
    try:
        value = json.loads(content.decode("utf-8"))
        _refuse_unusual(value)
    except (ValueError, RecursionError) as problem:
        raise _refusal(path, "it is not the JSON that was expected") from problem
    return value


def checked_array(path: Path, cap_bytes: int) -> NDArray[Any]:
    """Read an array of a job's out/: int64, float64 or uint8, of any shape, no pickle, no more bytes than it says."""
    content = checked_bytes(path, cap_bytes)
    file = BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        shape, by_column, dtype = HEADERS[version](file)
        _refuse_header(shape, dtype, len(content) - file.tell())
        return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape, order="F" if by_column else "C")
    except Exception as problem:  # the header is text in Python's syntax: there is no end to how it can be wrong
        raise _refusal(path, "it is not the table of numbers that was expected") from problem


def checked_texts(values: list[Any]) -> tuple[str, ...]:
    """Sentences of a job, cut to what a page can show."""
    return tuple(str(value)[:LONGEST_TEXT] for value in values[:MOST_TEXTS])


def one_line(text: object, length: int = 1000) -> str:
    """Text of a job as one line for a page: no line breaks, no control characters, at most `length` long."""
    return "".join(letter for letter in " ".join(str(text).split()) if letter.isprintable())[:length]


def erase(folder: Path) -> None:
    """Remove a folder whatever a job made of it: folders that may not be listed, or nested deeper than a path is long.

    Folders are moved up into `folder` and emptied there, one level at a time.
    """
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    pending = [folder]
    while pending:
        inside = pending.pop()
        os.chmod(inside, 0o700)
        for entry in list(os.scandir(inside)):
            if entry.is_dir(follow_symlinks=False):
                place = folder / secrets.token_hex(16)
                os.chmod(entry.path, 0o700)
                os.rename(entry.path, place)
                pending.append(place)
            else:
                os.unlink(entry.path)
        if inside != folder:
            os.rmdir(inside)
    os.rmdir(folder)


def used(folder: Path, most_entries: int) -> tuple[int, int]:
    """Bytes on disk and number of entries below a folder; counting stops once there are more than `most_entries`."""
    size, entries, pending = 0, 0, [str(folder)]
    while pending and entries <= most_entries:
        try:
            found = list(os.scandir(pending.pop()))
        except OSError:
            continue
        for entry in found:
            entries += 1
            try:
                size += entry.stat(follow_symlinks=False).st_blocks * 512
            except OSError:
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
    return size, entries


def _refuse_outside(path: Path) -> None:
    out = next((parent for parent in path.parents if parent.name == "out"), None)
    if out is None or out.is_symlink() or not path.parent.resolve().is_relative_to(out.resolve()):
        raise _refusal(path, "it does not stand in the job's own folder")


def _refuse_unusual(value: object) -> None:
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        if depth > MOST_NESTED or (isinstance(item, float) and not math.isfinite(item)):
            raise ValueError
        if isinstance(item, str):
            item.encode("utf-8")
        elif isinstance(item, dict):
            pending += [(inner, depth + 1) for pair in item.items() for inner in pair]
        elif isinstance(item, list):
            pending += [(inner, depth + 1) for inner in item]


def _refuse_header(shape: tuple[int, ...], dtype: np.dtype[Any], size: int) -> None:
    if dtype.name not in DTYPES or not dtype.isnative or min(shape, default=0) < 0:
        raise ValueError
    if math.prod(shape) * dtype.itemsize != size:
        raise ValueError


def _refusal(path: Path, why: str) -> JobError:
    return JobError(f"The run's file {one_line(path.name, 80)} was refused: {why}. Run again with a model you trust.")
