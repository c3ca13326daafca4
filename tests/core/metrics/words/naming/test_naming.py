"""Names of groups: a column's name as words, ages as ages, and never two groups with one name."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.counts.counts import Groups
from core.metrics.words import group_words
from core.metrics.words.naming.terms import Terms


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("age_cat", "old", "people whose age category is old"),
        ("marital_status", "single", "people whose marital status is single"),
        ("MaritalStatus", "single", "people whose marital status is single"),
        ("MARITAL_STATUS", "single", "people whose marital status is single"),
        ("personal _status", "single", "people whose personal status is single"),
        ("HIV_status", "positive", "people whose HIV status is positive"),
        ("Ethnie-Gruppe", "x", "people whose ethnie-gruppe is x"),
        ("herkunft.land", "Ö", "people whose herkunft land is Ö"),
        ("RAC1P", "2", "people whose “RAC1P” is 2"),
        ("<30 days late", "x", "people whose “<30 days late” is x"),
        ("is_female", "1", "people whose “is female” is 1"),
        ("foreign_worker", "yes", "people whose “foreign worker” is yes"),
        ("Black", "False", "people whose “black” is False"),
        ("where_did_you_go_to_school", "x", "people whose “where_did_you_go_to_school” is x"),
        ("_", "x", "people whose “_” is x"),
        ("cat", "siamese", "people whose cat is siamese"),
    ],
)  # fmt: skip
def test_columns_in_plain_words(column: str, value: str, words: str) -> None:
    assert group_words({column: value}) == words


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("age_cat", "25 - 45", "people aged 25 to 45"),
        ("age_cat", "Less than 25", "people aged under 25"),
        ("age_cat", "Greater than 45", "people aged over 45"),
        ("age", "under 40", "people aged under 40"),
        ("Age", "25 to under 40", "people aged 25 to under 40"),
        ("AGE_GROUP", "40 or over", "people aged 40 or over"),
        ("ageBand", "65+", "people aged 65 or over"),
        ("age", "18–24 years", "people aged 18 to 24"),
        ("age", "[25, 45)", "people aged 25 to under 45"),
        ("age", "(25, 45]", "people aged over 25 up to 45"),
        ("age", "<=25", "people aged 25 or under"),
        # Not surely an age of these people now.
        ("age", "3", "people whose age is 3"),
        ("age", "45 - 25", "people whose age is 45 - 25"),
        ("age", "100 - 200", "people whose age is 100 - 200"),
        ("age", "old", "people whose age is old"),
        ("age", "(missing)", "people whose age is missing"),
        ("age_at_arrest", "25 - 45", "people whose age at arrest is 25 - 45"),
        ("account_age", "under 5", "people whose account age is under 5"),
        ("wage", "under 40", "people whose wage is under 40"),
        ("stage", "1 - 2", "people whose stage is 1 - 2"),
    ],
)
def test_ages_where_it_surely_is_one(column: str, value: str, words: str) -> None:
    assert group_words({column: value}) == words


def test_with_sex_and_others() -> None:
    group = {"sex": "Male", "age_cat": "25 - 45", "home_town": "Ulm"}
    assert group_words(group) == "men aged 25 to 45 whose home town is Ulm"
    assert group_words({"age": "under 40"}, Terms("texts")) == "texts whose age is under 40"
    assert (
        group_words({"age": "under 40", "age_cat": "25 - 45"}) == "people aged under 40 whose age category is 25 - 45"
    )
    assert group_words({"home_town": "Ulm", "home town": "x"}) == (
        "people whose “home_town” is Ulm and “home town” is x"
    )


COLUMNS = st.lists(
    st.sampled_from(["age", "age_cat", "ageCat", "AGE cat", "sex", "gender", "is_old", "is old", "Race"]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip
VALUES = st.lists(
    st.sampled_from(["25 - 45", "25-45", "25 to 45", "<25", "under 25", "45+", "1", "yes", "F", "Female", "(missing)"]),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@given(COLUMNS, st.data())
def test_no_two_groups_have_one_name(columns: list[str], data: st.DataObject) -> None:
    values = tuple(tuple(data.draw(VALUES)) for _ in columns)
    groups = Groups.product(tuple(columns), values)
    named = [group_words(groups.names(g)) for g in range(len(groups))]
    assert len(set(named)) == len(list(product(*values)))
