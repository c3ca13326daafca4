"""Answers leave at once, also on a connection that was used before."""

import socket
import sys

import pytest

from core.cli.doors import no_delay


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands the listening socket's setting on")
def test_what_a_door_accepts_sends_at_once_although_it_was_bound_without_naming_tcp() -> None:
    with socket.socket(socket.AF_INET) as door, socket.socket(socket.AF_INET) as visitor:
        door.bind(("127.0.0.1", 0))
        door.listen()
        assert door.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        assert no_delay.send_at_once() >= 1
        visitor.connect(door.getsockname())
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        assert visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
