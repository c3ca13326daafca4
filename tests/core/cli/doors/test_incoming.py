"""Files on their way in: bounded by visitor and in all, opened by their ticket alone, gone when nobody waits."""

import io
import tomllib
from pathlib import Path

import pytest

from core.cli.doors import incoming
from core.cli.doors.incoming import Incoming, NoRoomError
from core.errors import DataError

ROOT = Path(__file__).resolve().parents[4]


def put(waiting: Incoming, content: bytes, visitor: str = "a", session: str = "s", box: str = "b") -> bytes:
    with waiting.arriving(visitor, session, box) as ticket:
        waiting.grows(ticket, len(content))
        waiting.put(ticket, io.BytesIO(content))
    return ticket


def test_a_ticket_opens_its_file_and_nothing_else_is_one() -> None:
    waiting = Incoming()
    ticket = put(waiting, b"a,b\n1,2\n")
    for _ in range(2):
        assert waiting.open(ticket).read() == b"a,b\n1,2\n"
    other = ticket[:-1] + (b"0" if ticket[-1:] != b"0" else b"1")
    with pytest.raises(DataError, match="Put it in again"):
        waiting.open(other)
    assert waiting.open(b"plumbline-upload of ours").read() == b"plumbline-upload of ours"
    waiting.forget(ticket)
    with pytest.raises(DataError):
        waiting.open(ticket)


def test_one_visitor_and_all_have_a_bound_of_bytes_and_of_files() -> None:
    waiting = Incoming(visitor_bytes=100, all_bytes=150, visitor_files=3, all_files=4)
    put(waiting, bytes(60))
    with pytest.raises(NoRoomError):
        put(waiting, bytes(60))
    put(waiting, bytes(60), "b")
    with pytest.raises(NoRoomError):
        put(waiting, bytes(60), "c")
    put(waiting, b"", "c")
    put(waiting, b"", "c")
    with pytest.raises(NoRoomError):
        put(waiting, b"", "d")


def test_what_broke_off_counts_no_longer() -> None:
    waiting = Incoming(visitor_bytes=100)
    with pytest.raises(ConnectionError), waiting.arriving("a", "s", "b") as ticket:
        waiting.grows(ticket, 90)
        raise ConnectionError
    put(waiting, bytes(90))


def test_a_file_that_is_taken_out_of_its_box_or_whose_window_closed_is_gone() -> None:
    now = [0.0]
    waiting = Incoming(clock=lambda: now[0])
    taken_out, kept, left = put(waiting, b"1", box="x"), put(waiting, b"2"), put(waiting, b"3", session="closed")
    waiting.forget_box("s", "x")
    now[0] = incoming.UNSEEN_SECONDS + 1
    waiting.sweep(lambda session: session == "s")
    assert waiting.open(kept).read() == b"2"
    for gone in (taken_out, left):
        with pytest.raises(DataError):
            waiting.open(gone)
    now[0] = incoming.KEPT_SECONDS + 1
    waiting.sweep(lambda _: True)
    with pytest.raises(DataError):
        waiting.open(kept)


def test_no_file_is_larger_than_the_boxes_say() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == incoming.MOST_MEGABYTES
    waiting = Incoming()
    with pytest.raises(NoRoomError, match="500 MB"), waiting.arriving("a", "s", "b") as ticket:
        waiting.grows(ticket, 502 << 20)


def test_a_full_disk_is_said_before_it_is_full() -> None:
    with pytest.raises(NoRoomError, match="disk"):
        incoming.refuse_full(1 << 60)


def test_what_no_page_has_seen_before_its_box_was_renewed_is_known_once() -> None:
    now = [0.0]
    waiting = Incoming(clock=lambda: now[0])
    seen = put(waiting, b"1")
    waiting.open(seen)
    with waiting.arriving("a", "s", "b") as ticket:
        waiting.put(ticket, io.BytesIO(b"2"), "people.csv")
    put(waiting, b"3", session="another")
    now[0] = 2.0
    put(waiting, b"4")
    assert waiting.overlooked("s", 1.0) == ("people.csv",)
    assert waiting.overlooked("s", 1.0) == ()
