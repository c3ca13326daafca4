"""Turns of visitors: one run each, two that wait, and nobody is passed over for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import JobError
from core.jobs.sharing.turns import MOST_WAITING, in_turn, refuse_crowd

Owners = list[str | None]


def order(waiting: Owners, running: Owners, **last_turn: float) -> tuple[list[tuple[int, str | None]], int]:
    """The places and owners of those that wait, in their turn, and how many may start."""
    had: dict[str | None, float] = {**last_turn}
    return in_turn(list(enumerate(waiting)), list(enumerate(running)), lambda job: job[1], had)


def test_with_one_slot_visitors_alternate() -> None:
    found, startable = order(["ann", "ann", "ben"], [], ann=7.0)
    assert (found, startable) == ([(2, "ben"), (0, "ann"), (1, "ann")], 2)
    assert order(["ann", "ben"], [], ann=7.0, ben=6.0)[0] == [(1, "ben"), (0, "ann")]


def test_whoever_has_nothing_running_goes_first() -> None:
    found, startable = order(["ann", "ann", "ben", None], ["ann"])
    assert found == [(2, "ben"), (3, None), (0, "ann"), (1, "ann")]
    assert startable == 2


OWNERS = st.lists(st.sampled_from(["ann", "ben", "cho", None]), max_size=12)


@given(OWNERS, OWNERS)
def test_everybody_gets_one_at_a_time_in_the_order_they_came(
    waiting: list[str | None], running: list[str | None]
) -> None:
    found, startable = order(waiting, running)
    assert sorted(at for at, _ in found) == list(range(len(waiting)))
    starting = [owner for _, owner in found[:startable] if owner]
    assert len(set(starting)) == len(starting) and not set(starting) & set(running)
    for whose in set(waiting):
        places = [at for at, owner in found if owner == whose]
        assert places == sorted(places)
    idle = {owner for owner in waiting if owner not in running and owner} | ({None} & set(waiting))
    assert {owner for _, owner in found[:startable]} == idle


def test_nobody_fills_the_queue() -> None:
    refuse_crowd(["ann"] * (MOST_WAITING - 1) + ["ben"] * MOST_WAITING, "ann")
    refuse_crowd([None] * 50, None)
    with pytest.raises(JobError, match="others want their turn"):
        refuse_crowd(["ann"] * MOST_WAITING, "ann")
