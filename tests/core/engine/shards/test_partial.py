"""The parts of a table, and what one of them gave: bytes of something else are not taken for it."""

from dataclasses import replace

import pytest

from core.engine.shards.counting_key import CountingKey
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard, shards
from core.errors import JobError

KEY = CountingKey("p", "t", "m", None, "0.2.0", 7)
SHARD = Shard(1, 7, 7)


@pytest.mark.parametrize(
    ("shard", "key", "words"),
    [
        (Shard(1, 7, 6), KEY, "another part of the table"),
        (Shard(2, 7, 7), KEY, "another part of the table"),
        (SHARD, replace(KEY, table="u"), "with another table"),
        (SHARD, replace(KEY, model="n"), "with another model"),
        (SHARD, replace(KEY, plan="q"), "with another plan"),
        (SHARD, replace(KEY, version="0.1.0"), "counted by Plumbline 0.1.0, and this is 0.2.0"),
    ],
)
def test_bytes_of_something_else_are_refused(shard: Shard, key: CountingKey, words: str) -> None:
    written = Partial(shard, key, b"content").to_bytes()
    assert Partial.checked(written, shard, key).content == b"content"
    with pytest.raises(JobError, match=words):
        Partial.checked(written, SHARD, KEY)


@pytest.mark.parametrize("written", [b"", b"\n", b"{}\n", b"[1]\nx", b'{"shard": 1}\nx', b"{" * 5000, b"\xff\nx"])
def test_bytes_of_no_part_are_refused(written: bytes) -> None:
    with pytest.raises(JobError):
        Partial.checked(written, SHARD, KEY)


@pytest.mark.parametrize(("rows", "each"), [(1, 7), (7, 7), (8, 7), (63, 7), (1000, 1)])
def test_parts_are_the_rows_once_each(rows: int, each: int) -> None:
    parts = shards(rows, each)
    assert [row for part in parts for row in part.span] == list(range(rows))
    assert [part.index for part in parts] == list(range(len(parts))) and all(part.rows <= each for part in parts)
