"""Which fix is tried first: over many sets of fixes never one that another beats, and one that meets the goal."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.mitigate.frontier.places import PRESENT, Place
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from core.report.advice.choosing import Advice, advise
from tests.worlds.people import plan_of

ASKED = Settings.of(replace(plan_of(), mitigate=MitigationPlan(at_most=0.01)))
AGAINST = ("It says yes to 97 of 100.",)


def place(name: str, gap: float, cost: float, measurable: bool = True, **more: object) -> Place:
    return Place(name, name, gap, (gap, gap) if measurable else None, cost, None, **more)  # type: ignore[arg-type]


NOW = place(PRESENT, 0.10, 0.15)


@pytest.mark.parametrize(
    ("offered", "first", "meets"),
    [
        ([place("a", 0.008, 0.2), place("b", 0.009, 0.18), place("c", 0.05, 0.15)], "b", True),
        ([place("far", 0.03, 0.15), place("near", 0.015, 0.2)], "near", False),
        ([place("degenerate", 0.0, 0.1, against=AGAINST), place("b", 0.009, 0.18)], "b", True),
        ([place("degenerate", 0.0, 0.1, against=AGAINST)], None, False),
        # Hardly dearer than the cheapest, and no sensitive value is needed; much dearer, and it is.
        ([place("each", 0.009, 0.18, needs_attribute=True), place("all", 0.008, 0.182)], "all", True),
        ([place("each", 0.009, 0.18, needs_attribute=True), place("all", 0.008, 0.25)], "each", True),
        ([place("lots", 0.009, 0.18, draws_lots=True), place("none", 0.008, 0.181)], "none", True),
        ([place("worse", 0.12, 0.1)], None, False),
        ([place("unknown", 0.0, 0.1, measurable=False), place("b", 0.009, 0.18)], "b", True),
        ([], None, False),
    ],
)
def test_the_first_to_try(offered: list[Place], first: str | None, meets: bool) -> None:
    found = advise([NOW, *offered], ASKED, True)
    assert (found.id, found.meets) == (first, meets)


def test_nothing_is_first_where_the_present_gap_is_not_measurable() -> None:
    found = advise([place(PRESENT, 0.2, 0.15, measurable=False), place("a", 0.0, 0.1)], ASKED, True)
    assert (found.id, found.reason) == (None, "")


def test_the_reason_is_said_and_what_speaks_against_each_other_one() -> None:
    laid = [
        NOW,
        place("all", 0.008, 0.18, changed=0.1),
        place("each", 0.009, 0.179, needs_attribute=True),
        place("beaten", 0.009, 0.2, draws_lots=True),
        place("far", 0.05, 0.15),
        place("one answer", 0.0, 0.1, against=AGAINST),
    ]
    found = advise(laid, ASKED, True)
    assert found.id == "all"
    assert found.reason == (
        "It meets your goal on these people, needs no g when deciding and costs hardly more than the cheapest"
        " usable one that does."
    )
    assert found.against == {
        "each": "It needs g when deciding.",
        "beaten": "“all” is no worse on either count, and better on one. It draws lots.",
        "far": "It misses your goal here.",
        "one answer": AGAINST[0],
    }


def test_what_the_first_asks_of_people_stands_beside_its_reason() -> None:
    found = advise([NOW, place("each", 0.008, 0.18, needs_attribute=True, draws_lots=True)], ASKED, True)
    assert found.reason == (
        "It meets your goal on these people and is the only usable one that does. It needs g when deciding. It draws"
        " lots."
    )


def test_where_none_meets_the_goal_it_says_so_and_names_the_nearest() -> None:
    found = advise([NOW, place("far", 0.05, 0.15), place("near", 0.0246, 0.2)], ASKED, True, "texts")
    assert found.reason.replace("\u00a0", " ") == (
        "No fix that can be used meets your goal, a gap of at most 1 point, on these texts. near comes nearest, with a"
        " gap of 2.5 points."
    )


SHARES = st.floats(0, 1) | st.sampled_from([0.0, 0.0099, 0.01, 0.0104, 0.02, 0.1, 0.1004, 0.15])
FLAGS = st.booleans()
FIXES = st.builds(
    lambda gap, cost, measurable, against, attribute, lots, wider, sided, changed: Place(
        "",
        "",
        gap,
        (gap, gap) if measurable else None,
        cost,
        None,
        changed,
        AGAINST if against else (),
        attribute,
        lots,
        wider,
        sided,
    ),
    SHARES,
    SHARES,
    st.sampled_from([True, True, False]),
    st.sampled_from([False, False, True]),
    FLAGS,
    FLAGS,
    FLAGS,
    FLAGS,
    SHARES,
)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(FIXES, max_size=12),
    SHARES,
    SHARES,
    st.sampled_from([("demographic_parity", 0.01), ("demographic_parity", 0.1), ("four_fifths", 0.2)]),
    FLAGS,
)
def test_the_first_is_never_beaten_as_shown_and_meets_the_goal_where_any_does(
    offered: list[Place], gap: float, cost: float, goal: tuple[str, float], has_outcome: bool
) -> None:
    asked = Settings.of(replace(plan_of(), mitigate=MitigationPlan(goal=goal[0], at_most=goal[1])))
    named = [replace(each, id=str(i), title=str(i)) for i, each in enumerate(offered)]
    now = place(PRESENT, gap, cost)
    found: Advice = advise([now, *named], asked, has_outcome)
    usable = [each for each in named if each.is_measurable and not each.against]
    assert set(found.against) == {each.id for each in named} - {found.id}
    if found.id is None:
        assert all(each.shown(asked)[0] >= now.shown(asked)[0] for each in usable)
        return
    first = named[int(found.id)]
    assert first in usable and first.shown(asked)[0] < now.shown(asked)[0]
    mine = first.shown(asked)
    for other in usable:
        theirs = other.shown(asked)
        assert not (theirs[0] <= mine[0] and theirs[1] <= mine[1] and theirs != mine)
        if other.gap <= asked.at_most:
            assert first.gap <= asked.at_most and found.meets
    assert found.meets == (first.gap <= asked.at_most)
    assert found.reason.startswith("It meets" if found.meets else "No fix")
