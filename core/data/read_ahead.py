"""Pieces of a table worked on by several threads of this process, in order: most of such work leaves Python's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Found = TypeVar("Found")


def threads() -> int:
    """How many threads this process may use, as it was started: Arrow asks the same variable."""
    import pyarrow as pa

    return int(pa.cpu_count())


def read_ahead(pieces: Iterable[Piece], pool: Executor) -> Iterator[Piece]:
    """The same pieces in their order, each taken in the pool while the one before it is used: one lies ready, no more.

    Raises what taking a piece raises, when it is that piece's turn.
    """
    waiting = iter(pieces)
    coming = pool.submit(_next, waiting)
    while piece := coming.result():
        coming = pool.submit(_next, waiting)
        yield piece[0]


def side_by_side(work: Callable[[Piece], Found], pieces: Iterable[Piece]) -> Iterator[Found]:
    """What some work gives for each piece, in their order; as many are worked on as there are threads.

    Raises what it raises for a piece, when it is that piece's turn.
    """
    at_once = threads()
    if at_once == 1:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(at_once) as pool:
        under_way: deque[Future[Found]] = deque()
        for piece in pieces:
            under_way.append(pool.submit(work, piece))
            if len(under_way) > at_once:
                yield under_way.popleft().result()
        for future in under_way:
            yield future.result()


def _next(pieces: Iterator[Piece]) -> tuple[Piece] | None:
    """The next piece, in a tuple of its own, since a future may carry no StopIteration; None at the end."""
    for piece in pieces:
        return (piece,)
    return None
