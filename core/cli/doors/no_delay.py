"""Answers leave at once: what keeps a page's eighty small files from waiting for one another."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

_OPEN_FILES = Path("/proc/self/fd")


def send_at_once() -> int:
    """Turn Nagle's algorithm off for every connection that this process will accept; how many doors it has.

    Streamlit binds its socket without naming TCP, and asyncio, which asks for the name, then leaves the algorithm on:
    every answer on a connection that was used before waits 40 ms for the browser's delayed acknowledgement (uvicorn's
    issue 3149). Linux hands the listening socket's setting on to what it accepts; elsewhere nothing is done.
    """
    return sum(_told(int(file)) for file in os.listdir(_OPEN_FILES)) if _OPEN_FILES.is_dir() else 0


def _told(file: int) -> bool:
    with suppress(OSError), socket.socket(fileno=os.dup(file)) as opened:  # no socket, or closed since it was listed
        tcp = opened.family in (socket.AF_INET, socket.AF_INET6)
        if tcp and opened.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return True
    return False
