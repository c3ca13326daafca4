"""What a card says of a fix: how far apart, what it costs, and whom it decides for instead."""

import pytest

from core.metrics.words.naming.terms import Terms
from core.mitigate.effect.mistake_costs import Mistakes
from core.mitigate.effect.rates_before_after import Shift, Shifts
from core.mitigate.frontier.places import Place
from core.report.words.fix_options import (
    bars_title,
    beside_its_choice,
    cautions,
    cost_line,
    gap_line,
    kind_words,
    people_line,
)
from tests.core.mitigate.effect.test_rates_before_after import asked


def moved(rate: str, **groups: tuple[int, int]) -> Shifts:
    return Shifts(rate, tuple(Shift({"sex": name}, 200, *counts) for name, counts in groups.items()))


@pytest.mark.parametrize(
    ("goal", "before", "after", "said"),
    [
        ("demographic_parity", 0.261, 0.049, "26.1 points apart before, 4.9 after."),
        ("demographic_parity", 0.12, 0.010001, "12 points apart before, 1.0001 after."),
        ("four_fifths", 0.261, 0.049, "The lowest rate is 73.9 % of the highest before, 95.1 % after."),
        ("four_fifths", 0.5, 0.2, "The lowest rate is 50 % of the highest before, 80 % after."),
    ],
)
def test_how_far_apart_is_said_in_the_goal_s_terms_and_never_on_the_wrong_side_of_what_is_accepted(
    goal: str, before: float, after: float, said: str
) -> None:
    assert gap_line(before, after, asked(goal)).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("cost", "has_outcome", "said"),
    [
        ("accuracy", True, "Right 85.2 % of the time before, 84.9 % after."),
        ("balanced_accuracy", True, "Right 85.2 % of the time before, 84.9 % after, both outcomes counted alike."),
        ("price", True, "Mistakes about 100 people cost 14.8 before, 15.1 after."),
        ("accuracy", False, "15.1 of 100 decisions change."),
    ],
)
def test_what_it_costs_is_said_in_the_chosen_measure(cost: str, has_outcome: bool, said: str) -> None:
    assert cost_line(0.148, 0.151, cost, has_outcome).replace("\u00a0", " ") == said


def test_whom_it_decides_for_instead_is_counted_of_100_whoever_moves_most_first() -> None:
    three = moved("selection_rate", female=(100, 148), male=(150, 146), other=(120, 120))
    assert people_line(three) == "24 more of 100 women are selected, 2 fewer of 100 men."
    still = moved("selection_rate", female=(100, 101), male=(150, 150))
    assert people_line(still) == "0.5 more of 100 women are selected, as many men as before."
    assert still.groups[0].of_hundred == ("50.0", "50.5") and three.groups[0].of_hundred == ("50", "74")
    assert bars_title(three) == "So many of 100 are selected"
    own = Terms(selected="approved")
    assert people_line(three, own) == "24 more of 100 women are approved, 2 fewer of 100 men."
    assert bars_title(three, own) == "So many of 100 are approved"
    good = moved("true_positive_rate", female=(100, 148), male=(150, 150))
    assert bars_title(good) == "Among those with the good outcome, so many of 100 are selected"


@pytest.mark.parametrize(
    ("after", "cost", "said"),
    [
        (
            0.416,
            "balanced_accuracy",
            "That is more than among those it was chosen on (37.2 of 100 wrong, both outcomes alike): these are"
            " others.",
        ),
        (0.3724, "accuracy", ""),
        (0.36, "accuracy", ""),
    ],
)
def test_more_mistakes_than_among_those_it_was_chosen_on_are_explained_beside_them(
    after: float, cost: str, said: str
) -> None:
    card = Place("x", "x", 0.0, (0.0, 0.0), 0.372, None)
    assert beside_its_choice(Mistakes(cost, 0.37, after, (0.0, (0.0, 0.0))), card) == said
    assert len(said.split()) <= 20


def test_what_a_lawyer_should_see_is_said_in_a_few_words_and_short_sentences() -> None:
    def place(**more: bool) -> Place:
        return Place("x", "x", 0.0, (0.0, 0.0), 0.1, None, **more)  # type: ignore[arg-type]

    settings = asked("demographic_parity")
    assert cautions(place(), settings) == ("", ())
    words, more = cautions(place(needs_attribute=True, draws_lots=True), settings)
    assert words == "needs g when deciding and draws lots" and len(more) > 4
    assert max(len(sentence.split()) for each in more for sentence in each.split(";")) <= 20
    assert len({kind_words(kind) for kind in ("for_all", "per_group", "retrained")}) == 3
