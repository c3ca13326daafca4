"""Wrong codes slow the next one down, by address and in all; whoever has the right one comes in."""

from core.cli.doors.admission import Door
from core.cli.doors.rate_limit import LONGEST, MANY, PAUSE, Tries

CODE = "ABCDEFGH23"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_further_wrong_code_waits_longer_up_to_a_minute() -> None:
    clock = Clock()
    tries = Tries(clock)
    waits = []
    for _ in range(12):
        tries.wrong("198.51.100.7")
        waits.append(tries.wait("198.51.100.7"))
        clock.now += waits[-1]
    assert waits[:2] == [0, 0] and waits == sorted(waits) and waits[-1] == LONGEST
    clock.now += 4000
    assert tries.wait("198.51.100.7") == 0


def test_many_addresses_wait_together_and_no_longer_than_a_pause() -> None:
    clock = Clock()
    tries = Tries(clock)
    for i in range(MANY + 1):
        tries.wrong(f"198.51.100.{i}")
    assert tries.wait("203.0.113.1") == PAUSE
    clock.now += PAUSE
    assert tries.wait("203.0.113.1") == 0


def test_one_network_of_the_sixth_version_is_one_place() -> None:
    tries = Tries(Clock())
    for i in range(4):
        tries.wrong(f"2001:db8:1:2::{i}")
    assert tries.wait("2001:db8:1:2:ffff::9") > 0
    assert tries.wait("2001:db8:1:3::1") == 0


def test_while_an_address_waits_not_even_the_right_code_is_looked_at() -> None:
    clock = Clock()
    door = Door(CODE, Tries(clock))
    for _ in range(3):
        assert "not the join code" in door.knock("WRONG", "198.51.100.7").words
    held = door.knock(CODE, "198.51.100.7")
    assert held.given is None and held.wait_seconds == 1 and "Wait 1 second," in held.words
    clock.now += 1
    assert door.knock(CODE, "198.51.100.7").given
    assert door.knock("WRONG", "198.51.100.7").wait_seconds == 0, "the right one cleared it"


def test_a_pass_is_good_for_the_app_that_gave_it() -> None:
    door, other = Door(CODE), Door(CODE)
    given = door.knock("abcde fgh23", "127.0.0.1").given
    assert given and door.visitor(given) and other.visitor(given) is None
    for forged in (None, "", ".", given[:-1], given.replace(given[0], "g", 1), "é." + "é" * 64):
        assert door.visitor(forged) is None
