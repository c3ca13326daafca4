"""The places where two files change together. A process may end at any of them; a test makes it end at each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_struck: list[Callable[[str], None]] = []


def point(name: str) -> None:
    """One of two files has changed and the other has not. Nothing happens here but in a test."""
    for strike in _struck:
        strike(name)


@contextmanager
def striking(strike: Callable[[str], None]) -> Iterator[None]:
    """Call `strike` with the name of every point that is passed until the block ends."""
    _struck.append(strike)
    try:
        yield
    finally:
        _struck.remove(strike)
