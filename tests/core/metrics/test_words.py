"""What sentences are made of: groups in words, figures that add up, no rounding across a limit."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.counts.counts import Groups
from core.metrics.words import beside, chance_words, figures, group_words, limit_words, percent, share_words
from core.metrics.words.naming.terms import Terms


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ({"sex": "Female"}, "women"),
        ({"Gender": "M"}, "men"),
        ({"__group_sex": "Female"}, "women"),
        ({"protected_gender": "Male"}, "men"),
        ({"spouse_sex": "Female"}, "people whose spouse sex is Female"),
        ({"sex": "Female", "race": "Black"}, "Black women"),
        ({"race": "Black", "sex": "male"}, "Black men"),
        ({"race": "African-American"}, "African-American people"),
        ({"race": " Black\n or  African-American"}, "Black or African-American people"),
        ({"race": "Latinx", "sex": "Male"}, "Latinx men"),
        ({"race": "Latina", "sex": "Male"}, "men whose race is Latina"),
        ({"ethnicity": "Latino"}, "people whose ethnicity is Latino"),
        ({"ethnicity": "Hispanic or Latino"}, "Hispanic or Latino people"),
        ({"race": "-Black-"}, "people whose race is -Black-"),
        ({"race": "African--American"}, "people whose race is African--American"),
        ({"ethnic_group": "White", "age": "under 25"}, "White people aged under 25"),
        ({"race": "Black", "ethnicity": "Hispanic"}, "Black people whose ethnicity is Hispanic"),
        ({"race": "Other"}, "people whose race is Other"),
        ({"race": "Two or more races"}, "people whose race is Two or more races"),
        ({"team": "White"}, "people whose team is White"),
        ({"sex": "X"}, "people whose sex is X"),
        ({"team": "F"}, "people whose team is F"),
        ({"age": "under 25", "sex": "(missing)"}, "people aged under 25 whose sex is missing"),
        ({"sex": "Female", "gender": "Male"}, "women whose gender is Male"),
    ],
)
def test_groups_in_words(group: dict[str, str], words: str) -> None:
    assert group_words(group) == words


def test_groups_that_would_share_a_noun_are_named_by_their_spelling() -> None:
    groups = Groups.product(("gender", "age"), (("Female", "F", "female", "Male", "(missing)", "missing"), ("old",)))
    named = [group_words(groups.names(g)) for g in range(len(groups))]
    assert named[0] == "people whose gender is Female and age is old"
    assert named[3] == "men whose age is old", "nobody else is called men"
    assert len(set(named)) == len(named)


def test_two_spellings_of_one_word_are_each_named_as_they_are_written() -> None:
    groups = Groups.product(("race",), (("Black", "black", "White"),))
    assert [group_words(groups.names(g)) for g in range(len(groups))] == [
        "people whose race is Black",
        "people whose race is black",
        "White people",
    ]


def test_rows_that_are_no_people_are_called_what_they_are() -> None:
    assert group_words({"community": "Islanders"}, Terms("texts")) == "texts whose community is Islanders"
    assert group_words({"race": "Black"}, Terms("texts")) == "texts whose race is Black"
    assert group_words({"sex": "F", "age": "under 40"}, Terms("texts")) == "texts whose sex is F and age is under 40"


# ---------------------------------------------------------------- figures that add up


@pytest.mark.parametrize(
    ("mine", "theirs", "rates", "distance"),
    [
        ((568, 1000), (769, 1000), ("56.8 %", "76.9 %"), "20.1"),
        ((163, 255), (804, 1166), ("63.9 %", "69.0 %"), "about 5.0"),  # 5.03, though 63.9 and 69.0 are 5.1 apart
        ((222, 334), (183, 271), ("66.5 %", "67.5 %"), "about 1.1"),
        ((100, 300), (200, 300), ("33.3 %", "66.7 %"), "about 33.3"),
    ],
)
def test_rates_have_one_decimal_and_a_distance_that_does_not_follow_from_them_an_about(
    mine: tuple[int, int], theirs: tuple[int, int], rates: tuple[str, str], distance: str
) -> None:
    said = figures([mine], [theirs])
    assert (_rate(said.mine), _rate(said.theirs), said.distance) == (*rates, distance)


def test_few_people_are_counted() -> None:
    said = figures([(17, 30)], [(65, 100)])
    assert (said.mine, said.theirs, said.distance) == ("17 of 30", "65.0\u00a0% of 100", "8.3")


def test_what_lies_near_a_limit_alone_has_more_decimals() -> None:
    said = figures([(163, 255)], [(804, 1166)], 5.0)
    assert (_rate(said.mine), _rate(said.theirs), said.distance) == ("63.9 %", "69.0 %", "5.03")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ((0, 9_000), "0.0\u00a0% of 9,000"),
        ((1, 9_000), "1 of 9,000"),
        ((5, 9_000), "0.1\u00a0% of 9,000"),
        ((8_996, 9_000), "8,996 of 9,000"),
        ((1_999, 2_000), "1,999 of 2,000"),
        ((9_000, 9_000), "100.0\u00a0% of 9,000"),
    ],
)
def test_few_of_many_are_not_said_to_be_none_nor_all_but_a_few_to_be_all(share: tuple[int, int], words: str) -> None:
    assert share_words(share) == words


SHARES = st.integers(100, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=400)
@example((1, 100), (37, 2000), None, None)
@given(SHARES, SHARES, st.sampled_from([None, 5.0, 2.5]), st.sampled_from([None, 0.8]))
def test_what_is_printed_without_an_about_follows_from_the_rates(
    mine: tuple[int, int], theirs: tuple[int, int], points: float | None, ratio: float | None
) -> None:
    said = figures([mine], [theirs], points, ratio)
    first, second = map(_points, (said.mine, said.theirs))
    exact = [Fraction(*share) for share in (mine, theirs)]
    if said.distance[0].isdigit():
        assert abs(abs(first - second) - Fraction(said.distance)) < Fraction(1, 10)
        assert abs(Fraction(said.distance) - 100 * abs(exact[0] - exact[1])) <= Fraction(1, 20)
    else:
        assert said.distance.startswith(("about ", "just "))
    if said.ratio and said.ratio[0].isdigit() and said.ratio != "0":
        assert abs(first / second - Fraction(said.ratio)) < Fraction(1, 100)
        assert abs(exact[0] / exact[1] - Fraction(said.ratio)) <= Fraction(1, 200)
    assert bool(said.ratio) == (ratio is not None and theirs[0] > 0)


def _rate(words: str) -> str:
    return words.replace("\u00a0", " ").partition(" of ")[0]


def _points(words: str) -> Fraction:
    """A printed rate in points: "7.5 % of 5,421", "1 of 9,000"."""
    rate, _, n = words.replace(",", "").partition(" of ")
    return Fraction(rate.removesuffix("\u00a0%")) if "%" in rate else 100 * Fraction(int(rate), int(n))


# ---------------------------------------------------------------- rounding


@pytest.mark.parametrize(
    ("value", "limit", "digits", "words"),
    [
        (0.55, 0.8, 2, "0.55"),
        (0.8, 0.8, 2, "0.80"),
        (0.7999, 0.8, 2, "0.7999"),
        (0.7996, 0.8, 2, "0.7996"),
        (0.79999999, 0.8, 2, "just under 0.80"),
        (0.80001, 0.8, 2, "just over 0.80"),
        (0.803, 0.8, 2, "0.803"),
        (0.796, 0.8, 2, "0.796"),
        (4.999, 5.0, 1, "4.999"),
        (4.99999, 5.0, 1, "just under 5.0"),
        (5.04, 5.0, 1, "5.04"),
        (0.8749999, 0.875, 3, "just under 0.875"),
        (-0.04, -5.0, 1, "0.0"),
    ],
)
def test_rounding_never_reaches_or_crosses_a_limit(value: float, limit: float, digits: int, words: str) -> None:
    assert beside(value, limit, digits) == words


@given(st.floats(0.5, 1.1), st.sampled_from([0.8, 0.75, 0.9, 0.875]))
def test_what_is_printed_stands_on_the_same_side_as_the_value(value: float, limit: float) -> None:
    printed = beside(value, limit, 2)
    if printed.startswith("just "):
        assert printed.startswith("just under" if value < limit else "just over")
    else:
        assert (float(printed) > limit) - (float(printed) < limit) == (value > limit) - (value < limit)


@pytest.mark.parametrize(("limit", "digits", "words"), [(0.8, 2, "0.80"), (0.875, 2, "0.875"), (5.0, 1, "5.0")])
def test_limits_keep_all_their_digits(limit: float, digits: int, words: str) -> None:
    assert limit_words(limit, digits) == words


def test_chance_in_words() -> None:
    assert [chance_words(p) for p in (1e-300, 0.00099, 0.001, 0.0216, 0.049)] == [
        "fewer than 1 in 1,000", "fewer than 1 in 1,000", "about 1 in 1,000", "about 1 in 46", "about 1 in 20",
    ]  # fmt: skip


def test_a_probability_near_one_is_no_one_in_one() -> None:
    assert [chance_words(p) for p in (0.21, 0.4, 0.6, 0.95, 1.0)] == [
        "about 1 in 5", "about 1 in 2", "about 6 in 10", "more than 9 in 10", "more than 9 in 10",
    ]  # fmt: skip


def test_percent() -> None:
    assert [percent(0.0749), percent(1, 0)] == ["7.5\u00a0%", "100\u00a0%"]
