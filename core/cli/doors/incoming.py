"""Files on their way from a browser to the workspace: on disk, bounded, gone when nobody waits for them.

Streamlit would hold every uploaded file in memory for as long as its window is open. Here the layer around the server
puts the file into an unlinked temporary file and hands Streamlit a ticket in its place, a few bytes that nobody can
guess; the page that finds a ticket in an upload box opens the file with it.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from core.errors import DataError

GIGABYTE = 10**9
# Up to this many bytes of one file stay in memory.
IN_MEMORY = 1 << 18
# What the upload boxes say; the same as server.maxUploadSize in .streamlit/config.toml.
MOST_MEGABYTES = 500
KEPT_SECONDS, UNSEEN_SECONDS = 3600.0, 600.0
_SPARE_BYTES = GIGABYTE // 4
_TICKET = b"plumbline-upload "


class NoRoomError(DataError):
    """More is on its way than one visitor, or all together, may put down at once."""


@dataclass
class _Waiting:
    """One file: whose, from which window and box, how large in bytes, since when, and whether a page has opened it."""

    visitor: str
    session: str
    box: str
    size: int = 0
    file: BinaryIO | None = None
    since: float = 0.0
    name: str = ""
    is_opened: bool = False


class Incoming:
    """The files that wait, by their tickets, and how much one visitor and all together may have waiting."""

    def __init__(
        self,
        visitor_bytes: int = 2 * GIGABYTE,
        all_bytes: int = 8 * GIGABYTE,
        visitor_files: int = 20,
        all_files: int = 400,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hold at most so many bytes and files of one visitor and of all."""
        self._visitor, self._all = (visitor_files, visitor_bytes), (all_files, all_bytes)
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[bytes, _Waiting] = {}

    @contextmanager
    def arriving(self, visitor: str, session: str, box: str) -> Iterator[bytes]:
        """A ticket for a file that is about to come; taken back where the block fails. Raises NoRoomError."""
        ticket = _TICKET + secrets.token_hex(24).encode()
        with self._lock:
            self._refuse_more(visitor, files=1)
            self._waiting[ticket] = _Waiting(visitor, session, box, since=self._clock())
        try:
            yield ticket
        except BaseException:
            self.forget(ticket)
            raise

    def grows(self, ticket: bytes, by: int) -> None:
        """Count `by` more bytes, before they are written. Raises NoRoomError where it is too much."""
        with self._lock:
            waiting = self._waiting[ticket]
            if waiting.size + by > (MOST_MEGABYTES + 1) << 20:  # the form around the file counts as well
                raise NoRoomError(f"The file is larger than {MOST_MEGABYTES} MB. Put in a smaller one.")
            self._refuse_more(waiting.visitor, size=by)
            waiting.size += by

    def put(self, ticket: bytes, file: BinaryIO, name: str = "") -> None:
        """The whole file has come."""
        with self._lock:
            self._waiting[ticket].file, self._waiting[ticket].name = file, name

    def open(self, content: bytes) -> BinaryIO:
        """The file that a ticket stands for, at its beginning; what is no ticket is the file itself.

        Raises DataError where the file waits no longer.
        """
        if not content.startswith(_TICKET) or len(content) != len(_TICKET) + 48:
            return BytesIO(content)
        with self._lock:
            waiting = self._waiting.get(content)
        if waiting is None or waiting.file is None:
            raise DataError("This file waited too long here and is gone. Put it in again.")
        waiting.is_opened = True
        waiting.file.seek(0)
        return waiting.file

    def forget(self, content: bytes) -> None:
        """Let a file go: it is kept elsewhere now, or nobody wants it."""
        with self._lock:
            self._waiting.pop(content, None)

    def forget_box(self, session: str, box: str) -> None:
        """Let the file go that was taken out of its box again."""
        with self._lock:
            for ticket in [t for t, w in self._waiting.items() if (w.session, w.box) == (session, box)]:
                del self._waiting[ticket]

    def overlooked(self, session: str, before: float) -> tuple[str, ...]:
        """The names of files that came into a window's boxes before these were renewed, and that no page has seen.

        `before` is a time of the clock. They are let go: their boxes are no longer there.
        """
        with self._lock:
            lost = {
                ticket: waiting.name
                for ticket, waiting in self._waiting.items()
                if waiting.session == session and waiting.file and waiting.since < before and not waiting.is_opened
            }
            for ticket in lost:
                del self._waiting[ticket]
        return tuple(lost.values())

    def sweep(self, is_open: Callable[[str], bool]) -> None:
        """Let go what waits too long, and what waits in a window (`is_open` by its session) that is closed."""
        with self._lock:
            now = self._clock()
            for ticket, waiting in list(self._waiting.items()):
                age = now - waiting.since
                if age > KEPT_SECONDS or (age > UNSEEN_SECONDS and not is_open(waiting.session)):
                    del self._waiting[ticket]

    def _refuse_more(self, visitor: str, files: int = 0, size: int = 0) -> None:
        own = [waiting for waiting in self._waiting.values() if waiting.visitor == visitor]
        for waiting, (most_files, most_bytes) in ((own, self._visitor), ([*self._waiting.values()], self._all)):
            if len(waiting) + files > most_files or sum(w.size for w in waiting) + size > most_bytes:
                raise NoRoomError("Too many files are on their way here. Wait a minute, then put the file in again.")


WAITING = Incoming()


def refuse_full(size: int) -> None:
    """Raise NoRoomError where a file of `size` bytes would leave the disk for temporary files without room."""
    if shutil.disk_usage(tempfile.gettempdir()).free < size + _SPARE_BYTES:
        raise NoRoomError("There is no room on this computer's disk for the file. Free some, then put it in again.")
