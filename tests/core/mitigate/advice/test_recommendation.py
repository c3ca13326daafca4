"""Which fix is recommended and why: over many sets never one that another beats, and one that meets the goal."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.words.naming.terms import Terms
from core.mitigate.advice.recommendation import Recommendation, advise
from core.mitigate.frontier.places import PRESENT, Place
from core.mitigate.goals.goal_test import Kept
from core.mitigate.mitigations import KINDS
from core.mitigate.settings import Settings
from core.plan.parts import MitigationPlan
from tests.worlds.people import plan_of

ASKED = Settings.of(replace(plan_of(), mitigate=MitigationPlan(at_most=0.01)))
AGAINST = ("It says yes to 97 of 100.",)


def place(name: str, gap: float, cost: float, measurable: bool = True, **more: object) -> Place:
    return Place(name, name, gap, (gap, gap) if measurable else None, cost, None, **more)  # type: ignore[arg-type]


NOW = place(PRESENT, 0.10, 0.15)
LOSS = "No group gains: the gap closes because fewer men are selected. 9 fewer of 100 men."
BOTH = place("both", 0.009, 0.18, draws_lots=True, needs_attribute=True)


@pytest.mark.parametrize(
    ("offered", "first", "meets"),
    [
        ([place("a", 0.008, 0.2), place("b", 0.009, 0.18), place("c", 0.05, 0.15)], "b", True),
        ([place("far", 0.03, 0.15), place("near", 0.015, 0.2)], "near", False),
        ([place("degenerate", 0.0, 0.1, against=AGAINST), place("b", 0.009, 0.18)], "b", True),
        ([place("degenerate", 0.0, 0.1, against=AGAINST)], None, False),
        # Hardly dearer than the cheapest, and no sensitive value is needed; much dearer, and it is.
        # The fewest legal cautions first, then the price: but not at any price.
        ([place("each", 0.009, 0.18, needs_attribute=True), place("all", 0.008, 0.182)], "all", True),
        ([place("each", 0.001, 0.18, needs_attribute=True), place("all", 0.008, 0.197)], "all", True),
        ([place("each", 0.009, 0.18, needs_attribute=True), place("all", 0.008, 0.25)], "each", True),
        ([place("each", 0.009, 0.10, needs_attribute=True), place("all", 0.008, 0.149)], "all", True),
        ([place("each", 0.009, 0.10, needs_attribute=True), place("all", 0.008, 0.151)], "each", True),
        ([place("lots", 0.009, 0.18, draws_lots=True), place("none", 0.008, 0.181)], "none", True),
        ([BOTH, place("lots", 0.008, 0.19, draws_lots=True)], "lots", True),
        ([place("dear", 0.001, 0.19), place("cheap", 0.009, 0.18)], "cheap", True),
        ([place("fewer", 0.009, 0.18, changed=0.1), place("more", 0.009, 0.18, changed=0.2)], "fewer", True),
        # Where nobody gains is set aside while another reaches the goal, whatever that one asks or costs.
        ([place("loss", 0.0, 0.1, levelling=LOSS), place("dear", 0.009, 0.3, needs_attribute=True)], "dear", True),
        ([place("loss", 0.0, 0.1, levelling=LOSS), place("misses", 0.02, 0.1)], "loss", True),
        ([place("worse", 0.12, 0.1)], None, False),
        ([place("unknown", 0.0, 0.1, measurable=False), place("b", 0.009, 0.18)], "b", True),
        ([], None, False),
    ],
)
def test_the_first_to_try(offered: list[Place], first: str | None, meets: bool) -> None:
    found = advise([NOW, *offered], ASKED, True)
    assert (found.id, found.meets) == (first, meets)


ONE = place("one", 0.008, 0.18)
EACH = place("each", 0.009, 0.179, needs_attribute=True, kind="per_group")
LOTS = place("lots", 0.009, 0.17, draws_lots=True, needs_attribute=True, kind="per_group")


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        ([ONE], "It is the only usable fix that reaches your goal."),
        (
            [place("one", 0.008, 0.17), EACH],
            "It reaches your goal, needs no g when deciding, and makes the fewest mistakes.",
        ),
        (
            [ONE, EACH],
            "It reaches your goal and needs no g when deciding. “each” makes 0.1 fewer mistakes of 100.",
        ),
        ([EACH, LOTS], "It reaches your goal and draws no lots. “lots” makes 0.9 fewer mistakes of 100."),
        ([place("a", 0.008, 0.17), ONE], "It reaches your goal and makes the fewest mistakes."),
        (
            [EACH, place("dear", 0.008, 0.25)],
            "It reaches your goal; a fix that needs no g when deciding makes 7.1 more mistakes of 100.",
        ),
        (
            [EACH, place("dearer", 0.008, 0.19, needs_attribute=True)],
            "It reaches your goal and makes the fewest mistakes. Every fix that does needs g when deciding.",
        ),
    ],
)
def test_why_it_is_this_one_is_one_sentence_of_few_words(offered: list[Place], reason: str) -> None:
    found = advise([NOW, *offered], ASKED, True)
    assert (found.reason, found.then) == (reason, "")
    assert found.meets and found.id in {place.id for place in offered} and len(reason.split()) <= 20


DOWN = place("down", 0.001, 0.1, levelling=LOSS)


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (
            [ONE, DOWN],
            "It is the only usable fix that reaches your goal with a gain for some group. Set aside: 1 that reaches it"
            " only because fewer are selected.",
        ),
        (
            [ONE, EACH, DOWN, replace(DOWN, id="too")],
            "It reaches your goal and needs no g when deciding. “each” makes 0.1 fewer mistakes of 100."
            " Set aside: 2 that reach it only because fewer are selected.",
        ),
        (
            [EACH, place("dearer", 0.008, 0.19, needs_attribute=True), DOWN],
            "It reaches your goal and makes the fewest mistakes of those by which a group gains. Set aside: 1 that"
            " reaches it only because fewer are"
            " selected.",
        ),
        ([DOWN], f"It is the only usable fix that reaches your goal. {LOSS}"),
    ],
)
def test_where_some_only_lose_that_is_said_beside_the_reason(offered: list[Place], reason: str) -> None:
    found = advise([NOW, *offered], ASKED, True)
    assert found.meets and found.reason == reason
    assert max(len(sentence.split()) for sentence in reason.split(". ")) <= 20


def test_what_costs_is_called_by_the_measure_that_was_chosen() -> None:
    laid = [NOW, ONE, EACH]
    assert "changes 0.1 fewer decisions of 100" in advise(laid, ASKED, False).reason
    priced = Settings.of(
        replace(plan_of(), mitigate=MitigationPlan(price={"wrongly_denied": 1, "wrongly_granted": 5}, at_most=0.01))
    )
    assert "“each” costs 0.1 less for 100 texts" in advise(laid, priced, True, Terms("texts")).reason
    cheapest = [NOW, place("one", 0.008, 0.17), EACH]
    assert advise(cheapest, priced, True).reason.endswith("and costs least of those that do.")
    assert advise(cheapest, ASKED, False).reason.endswith("and changes the fewest decisions of those that do.")


@pytest.mark.parametrize(
    ("now", "offered", "kept", "reason", "then"),
    [
        (place(PRESENT, 0.2, 0.15, measurable=False), [ONE], "unclear", "too few people of two groups", "larger table"),
        (NOW, [ONE], "met", "the model as it is already reaches your goal", "smaller gap"),
        (NOW, [ONE], "unclear", "these people cannot tell yet whether your goal is missed", "larger table"),
        (NOW, [place("far", 0.05, 0.15), place("near", 0.0246, 0.2)], "not_met",
         "no usable fix reaches your goal, a gap of at most 1 point", "“near” comes nearest, with a gap of 2.5"),
        (NOW, [place("near", 0.0246, 0.2, levelling=LOSS)], "not_met", "no usable fix reaches your goal", LOSS),
        (NOW, [place("bad", 0.0, 0.1, against=AGAINST)], "not_met", "something speaks against every", "Compare all"),
        (NOW, [], "not_met", "something speaks against every fix", "another goal"),
        (NOW, [place("worse", 0.2, 0.1)], "not_met", "no usable fix brings the groups nearer", "another goal"),
    ],
)  # fmt: skip
def test_where_nothing_can_be_recommended_it_says_so_and_what_to_do(
    now: Place, offered: list[Place], kept: Kept, reason: str, then: str
) -> None:
    found = advise([now, *offered], ASKED, True, now_kept=kept)
    said = found.reason.replace("\u00a0", " ")
    assert not found.meets and said.startswith("Nothing is recommended: ") and reason in said
    assert then in found.then.replace("\u00a0", " ")
    sentences = [each for words in (said, found.then) for each in words.split(". ")]
    assert max(len(each.split()) for each in sentences) <= 20
    assert (found.id is None) == (kept != "not_met" or "near" not in [each.id for each in offered])


def test_there_is_one_option_of_each_kind_the_recommended_first() -> None:
    laid = [
        NOW,
        place("lots", 0.009, 0.10, draws_lots=True, needs_attribute=True, kind="per_group"),
        place("each", 0.009, 0.12, needs_attribute=True, kind="per_group"),
        place("far", 0.05, 0.12, kind="retrained"),
        place("trained, bad", 0.0, 0.1, against=AGAINST, kind="retrained"),
        place("one", 0.009, 0.14),
        place("one, dearer", 0.008, 0.15),
    ]
    assert advise(laid, ASKED, True).options == ("one", "each", "far")
    assert advise([*laid[:5], place("wider", 0.2, 0.1)], ASKED, True).options == ("each", "far")


def test_what_speaks_against_each_other_one_is_said() -> None:
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
    assert found.against == {
        "each": "It needs g when deciding.",
        "beaten": "“all” is no worse on either count, and better on one. It draws lots.",
        "far": "It misses your goal here.",
        "one answer": AGAINST[0],
    }


SHARES = st.floats(0, 1) | st.sampled_from([0.0, 0.0099, 0.01, 0.0104, 0.02, 0.1, 0.1004, 0.15])
FLAGS = st.booleans()
FIXES = st.builds(
    lambda gap, cost, measurable, against, attribute, lots, wider, sided, levels_down, changed, kind: Place(
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
        levelling=LOSS if levels_down else "",
        kind=kind,
    ),
    SHARES,
    SHARES,
    st.sampled_from([True, True, False]),
    st.sampled_from([False, False, True]),
    FLAGS,
    FLAGS,
    FLAGS,
    FLAGS,
    FLAGS,
    SHARES,
    st.sampled_from(KINDS),
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
    found: Recommendation = advise([now, *named], asked, has_outcome)
    usable = [each for each in named if each.is_measurable and not each.against]
    assert set(found.against) == {each.id for each in named} - {found.id}
    if found.id is None:
        assert all(each.shown(asked)[0] >= now.shown(asked)[0] for each in usable)
        return
    first = named[int(found.id)]
    assert first in usable and first.shown(asked)[0] < now.shown(asked)[0]
    mine = first.shown(asked)
    closer = [other for other in usable if other.shown(asked)[0] < now.shown(asked)[0]]
    meeting = [other for other in closer if other.gap <= asked.at_most]
    gaining = [other for other in meeting if not other.levelling] or meeting
    assert first in gaining or not meeting
    cheapest = min((other.shown(asked)[1] for other in gaining), default=mine[1])
    assert mine[1] <= max(1.1 * cheapest, now.shown(asked)[1]) or not meeting
    for other in usable:
        theirs = other.shown(asked)
        is_set_aside = bool(other.levelling and not first.levelling)
        if not is_set_aside and other.cautions + other.is_one_sided <= first.cautions and not other.is_one_sided:
            assert not (theirs[0] <= mine[0] and theirs[1] <= mine[1] and theirs != mine)
        if other.gap <= asked.at_most:
            assert first.gap <= asked.at_most and found.meets
    assert found.meets == (first.gap <= asked.at_most)
    assert found.reason.startswith("It " if found.meets else "Nothing is recommended: ")
    best = [named[int(name)] for name in found.options]
    assert best[0] is first and len({each.kind for each in best}) == len(best)
    assert all(each in usable and each.shown(asked)[0] < now.shown(asked)[0] for each in best)
