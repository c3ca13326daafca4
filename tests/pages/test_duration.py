"""A time that is said beforehand is a range in round numbers that holds half and twice what is reckoned."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pages.components.duration import between, left

_UNITS = {"s": 1, "min": 60, "h": 3600}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "under 1 s"), (1.2, "under 3 s"), (8, "3 to 20 s"), (10, "5 to 20 s"), (50, "20 s to 2 min")]
    + [(600, "5 to 20 min"), (3000, "20 min to 2 h"), (80000, "over 10 h")],
)
def test_a_range_in_round_numbers(seconds: float, words: str) -> None:
    assert between(seconds) == words


@given(some.floats(0.5, 40_000))
def test_the_range_holds_half_and_twice_as_much_and_hardly_more(seconds: float) -> None:
    said = between(seconds)
    units = re.findall(r"\b(?:s|min|h)\b", said)
    numbers = [
        float(number) * _UNITS[units[min(place, len(units) - 1)]]
        for place, number in enumerate(re.findall(r"[\d.]+", said))
    ]
    assert numbers[-1] >= 2 * seconds and numbers[-1] <= 4.8 * seconds
    if not said.startswith("under"):
        assert seconds / 4.8 <= numbers[0] <= seconds / 2


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(110, 440, "about 1 to 10 min left"), (0, 900, "at most 15 min left"), (0, 852.3, "at most 15 min left")]
    + [(0.1, 0.4, "about to end"), (5, 20, "about 5 to 20 s left"), (4000, 16000, "about 1 to 5 h left")],
)
def test_what_is_left_of_another_run(least: float, most: float, words: str) -> None:
    assert left(least, most) == words
