"""Words on a terminal: names, cells and plans may hold what a terminal would obey, and it never reaches one."""

from __future__ import annotations

import os
import sys
from typing import TextIO

# Joiners of letters, which Persian and the scripts of India need, and blanks that no line breaks at: no terminal obeys
# them.
_HARMLESS = "\u200c\u200d\u00a0\u202f"


def shown(text: str) -> str:
    r"""The text with every control character and turn of direction spelled out, such as \x1b; line breaks stay."""
    return "".join(
        letter if letter.isprintable() or letter in _HARMLESS or letter == "\n" else _spelled(letter) for letter in text
    )


def say(*lines: str) -> None:
    r"""Print lines for the person. A line break within one is spelled out: a file's name could forge a line by it."""
    _write(sys.stdout, "".join(shown(line).replace("\n", r"\n") + "\n" for line in lines))


def complain(text: str) -> None:
    """Print one line on what went wrong."""
    _write(sys.stderr, f"plumbline: {shown(' '.join(text.split()))}\n")


def _write(stream: TextIO, text: str) -> None:
    # A terminal that is not in UTF-8 has no sign for some letters: they are spelled out too.
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:  # whoever read has left, as `head` does: the rest goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
