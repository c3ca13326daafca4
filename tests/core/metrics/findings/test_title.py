"""The finding as a title: every verdict, every measure, groups as badly off, rare things, crossed columns."""

import pytest

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import pairs
from core.metrics.findings.leading import leading
from core.metrics.findings.title import Title, title_of
from core.metrics.gaps import GAPS
from core.metrics.verdicts import judge
from core.metrics.words.per_hundred import as_people
from tests.worlds.people import labelled, plan_of

ALIKE = (400, 100, 100, 400)


def titled(
    table: dict[str | tuple[str, ...], tuple[int, ...]],
    measure: str = "disparate_impact",
    columns: tuple[str, ...] = ("sex",),
    data: str = "",
    policy: str = "",
    groups: str = "",
) -> Title:
    """The title about {group: (tp, fp, fn, tn)}, of the table by all of its columns."""
    plan = plan_of(columns, label=True, data=data, policy=policy, groups=groups)
    counts = labelled(table, columns)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    found = pairs(judgement, plan)
    finding = leading(GAPS[measure], [columns], found, plan)
    assert finding is not None
    return title_of(finding, found, plan)


def said(title: Title) -> tuple[str, str, str]:
    return title.verdict, title.sentence, title.below.replace("\u00a0", " ")


# ---------------------------------------------------------------- every verdict


def test_a_gap_says_who_fares_worse_than_whom_in_people() -> None:
    assert said(titled({"Female": (400, 168, 200, 232), "Male": (600, 170, 120, 110)})) == (
        "gap",
        "Women are selected less often than men: 57 of 100 against 77.",
        "That is 0.74 times as often, outside the usual limit of 0.80. "
        "Quite sure: even the most cautious estimate lies outside.",
    )


def test_a_gap_that_may_be_inside_the_limit_says_so() -> None:
    title = titled({"Female": (180, 130, 100, 116), "Male": (300, 85, 60, 55)})
    assert title.verdict == "gap"
    assert title.below.endswith("Surely a difference, but perhaps one inside the limit.")


def test_the_comparison_group_can_be_the_one_that_fares_worse() -> None:
    title = titled({"Male": (400, 100, 300, 700), "Female": (600, 300, 10, 90)})
    assert title.sentence == "Men are selected less often than women: 33 of 100 against 90."


def test_no_gap_names_both_groups() -> None:
    table = {"Female": (1_700, 0, 1_300, 0), "Male": (1_740, 0, 1_260, 0)}
    verdict, sentence, below = said(titled(table, policy='limits = [{measure = "disparate_impact", least = 0.8}]'))
    assert (verdict, sentence) == (
        "no_gap",
        "No gap found between women and men: 57 of 100 are selected, against 58.",
    )
    assert below == "Quite sure: even the least cautious estimate lies inside the plan's limit of 0.80."


def test_no_gap_between_equal_rates_says_them_once() -> None:
    table = {"Female": (5_700, 0, 4_300, 0), "Male": (5_700, 0, 4_300, 0)}
    assert titled(table).sentence == "No gap found between men and women: 57 of 100 are selected in both."


def test_what_chance_can_easily_do_is_no_finding_yet() -> None:
    policy = 'headline = "statistical_parity_difference"'
    assert said(titled({"Female": (48, 12, 24, 16), "Male": (50, 22, 15, 13)}, policy=policy)) == (
        "unclear",
        "Can't tell yet whether women are selected less often than men: 60 of 100 against 72.",
        "That is 12.0 points less, outside the usual limit of 5 points. With 100 people, that can easily be chance.",
    )


def test_a_range_that_holds_no_difference_and_one_that_matters_is_no_finding_yet() -> None:
    verdict, sentence, below = said(titled({"Female": (250, 30, 100, 120), "Male": (260, 40, 90, 110)}))
    assert verdict == "unclear" and sentence.startswith("Can't tell yet whether women are selected less often than men")
    inside = "That is 4.0 points less, inside the usual limit of 5 points."
    assert below == f"{inside} The true difference may be none, or outside."


def test_a_sure_difference_inside_the_limit_asks_whether_it_matters() -> None:
    verdict, sentence, below = said(titled({"Female": (1_100, 420, 280, 200), "Male": (1_160, 440, 240, 160)}))
    assert (verdict, below.split(". ")[-1]) == ("unclear", "It is unusual for chance alone, so look closer.")
    assert sentence.startswith("Can't tell yet whether it matters that women are selected less often than men")


def test_few_people_are_too_few() -> None:
    assert said(titled({"Female": (3, 0, 4, 0), "Male": (300, 85, 60, 55)})) == (
        "unclear",
        "Too few people to tell whether women are selected less often than men: 3 of 7 against 77 of 100.",
        "There are only 7 people to go by.",
    )


def test_several_small_groups_are_one_title() -> None:
    title = titled({"x": (3, 0, 4, 0), "y": (2, 1, 1, 0), "z": (300, 85, 60, 55)}, columns=("g",))
    assert title.sentence == "Too few people to tell about 2 groups, such as people whose g is x: 3 of 7."


def test_what_cannot_be_measured_says_why() -> None:
    verdict, sentence, below = said(titled({"Female": (0, 40, 0, 60), "Male": ALIKE}, "false_negative_rate_difference"))
    assert (verdict, sentence) == (
        "not_measurable",
        "Not measurable whether women are wrongly denied more often than men.",
    )
    assert below == "No one in the group of women has the good outcome. This is not a zero."


# ---------------------------------------------------------------- every measure


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("disparate_impact", "Women are selected less often than men: 40 of 100 against 60."),
        ("statistical_parity_difference", "Women are selected less often than men: 40 of 100 against 60."),
        (
            "false_negative_rate_difference",
            "Women are wrongly denied more often than men: 40 of 100 with the good outcome, against 20.",
        ),
        (
            "false_positive_rate_difference",
            "Men are wrongly granted more often than women: 40 of 100 without the good outcome, against 20.",
        ),
        (
            "equal_opportunity_difference",
            "Women are selected less often than men: 60 of 100 with the good outcome, against 80.",
        ),
        (
            "average_odds_difference",
            "Women are selected less often than men: 40 of 100 averaged over both outcomes, against 60.",
        ),
        (
            "predictive_parity_difference",
            "Men are found to have the good outcome less often than women: 67 of 100 selected, against 75.",
        ),
    ],
)  # fmt: skip
def test_each_measure_has_its_own_words(measure: str, sentence: str) -> None:
    title = titled({"Female": (3_000, 1_000, 2_000, 4_000), "Male": (4_000, 2_000, 1_000, 3_000)}, measure)
    assert title.verdict == "gap" and title.sentence == sentence


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("accuracy_difference", "Women are judged rightly less often than men: 60 of 100 against 80."),
        ("error_rate_difference", "Women are judged wrongly more often than men: 40 of 100 against 20."),
    ],
)
def test_being_judged_rightly_has_its_own_words(measure: str, sentence: str) -> None:
    title = titled({"Female": (300, 200, 200, 300), "Male": (400, 100, 100, 400)}, measure)
    assert title.verdict == "gap" and title.sentence == sentence


def test_no_measure_is_without_words() -> None:
    table = {"Female": (300, 100, 200, 400), "Male": (400, 200, 100, 300)}
    for measure in GAPS.values():
        if measure.is_tested:
            title = titled(table, measure.name)
            assert len(max(title.sentence.split(". "), key=len).split()) <= 20


def test_errors_among_known_outcomes_say_so() -> None:
    table = {"Female": (300, 100, 200, 400), "Male": (400, 200, 100, 300)}
    title = titled(table, "false_negative_rate_difference", data="refused_known = false")
    assert title.below.endswith("Only people whose outcome is known are counted.")
    assert "known" not in titled(table, data="refused_known = false").below


# ---------------------------------------------------------------- groups, rates and columns


def test_two_groups_as_badly_off_are_both_named() -> None:
    table = {"x": (200, 200, 300, 300), "y": (100, 100, 150, 150), "z": (700, 700, 300, 300)}
    assert titled(table, columns=("g",)).sentence == (
        "People whose g is x and people whose g is y are selected less often than people whose g is z. "
        "That is 40 of 100 each against 70."
    )


def test_many_groups_as_badly_off_are_counted() -> None:
    table = dict.fromkeys("abcde", (100, 100, 150, 150)) | {"z": (700, 700, 300, 300)}
    assert "people whose g is b, people whose g is c and 2 more groups" in titled(table, columns=("g",)).sentence


def test_rare_things_are_told_of_more_than_100() -> None:
    title = titled({"Female": (2, 2, 5_000, 4_996), "Male": (20, 20, 5_000, 4_960)})
    assert title.sentence == "Women are selected less often than men: 4 of 10,000 against 40."
    title = titled({"Female": (31, 31, 4_969, 4_969), "Male": (70, 70, 4_930, 4_930)})
    assert title.sentence == "Women are selected less often than men: 6 of 1,000 against 14."


def test_people_are_of_more_than_100_only_where_100_would_mislead() -> None:
    for (k, n), (k2, n2), words in (
        ((568, 1000), (769, 1000), ("57 of 100", "77 of 100")),
        ((565, 1000), (569, 1000), ("565 of 1,000", "569 of 1,000")),
        ((0, 1000), (3, 1000), ("0 of 1,000", "3 of 1,000")),
        ((997, 1000), (1000, 1000), ("997 of 1,000", "1,000 of 1,000")),
        ((0, 1000), (1000, 1000), ("0 of 100", "100 of 100")),
        ((12, 40), (769, 1000), ("12 of 40", "77 of 100")),
        ((500, 1000), (500, 1000), ("50 of 100", "50 of 100")),
    ):
        assert tuple(people.words for people in as_people([(k, n)], [(k2, n2)])) == words


def test_crossed_columns_say_once_what_both_groups_share() -> None:
    table = {
        ("Female", "40 to 60"): (200, 84, 100, 116),
        ("Male", "40 to 60"): (300, 85, 60, 55),
    }
    title = titled(table, columns=("sex", "age"), groups="intersections = 2")
    assert title.sentence == "Women are selected less often than men among people aged 40 to 60: 57 of 100 against 77."
    assert len(title.sentence.split()) <= 20


def test_crossed_columns_that_share_nothing_name_both_groups() -> None:
    table = {("Female", "under 40"): (200, 84, 100, 116), ("Male", "40 to 60"): (300, 85, 60, 55)}
    title = titled(table, columns=("sex", "age"), groups="intersections = 2")
    assert title.sentence == "Women aged under 40 are selected less often than men aged 40 to 60: 57 of 100 against 77."
