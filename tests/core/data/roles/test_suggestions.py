"""What a table's columns are taken for, and the sentences that a person confirms."""

import pytest

from core.data.profile import Column, Kind, Profile
from core.data.roles import suggestions
from core.plan.parts import Condition, Decision
from core.plan.plan import Plan
from core.report.words.plan import decision_sentence, outcome_sentence
from core.samples import SAMPLES


def column(name: str, *texts: str, kind: Kind = "text", many: bool = False, unique: bool = False) -> Column:
    numbers = [float(text) for text in texts] if kind == "number" else []
    values = tuple((text, 10) for text in texts)
    low, high = (min(numbers), max(numbers)) if numbers else (None, None)
    return Column(name, kind, 0, None if many else len(texts), values, low, high, unique)


def profile(*columns: Column) -> Profile:
    return Profile("people.csv", "0" * 64, "CSV", 100, columns)


def number(name: str, *values: float, many: bool = False) -> Column:
    return column(name, *(f"{value:g}" for value in values), kind="number", many=many)


COMPAS = profile(
    column("id", *map(str, range(30)), kind="number", many=True, unique=True),
    column("sex", "Male", "Female"),
    number("age", *range(18, 70)),
    column("age_cat", "25 - 45", "Greater than 45", "Less than 25"),
    column("race", "African-American", "Caucasian", "Other"),
    number("decile_score", *range(1, 11)),
    column("score_text", "Low", "High", "Medium"),
    number("two_year_recid", 0, 1),
)


# ---------------------------------------------------------------- roles


def test_a_well_known_table_is_read_as_a_person_would() -> None:
    found = suggestions.outcome_column(COMPAS)
    assert found is not None and found.value == "two_year_recid"
    decision, score = suggestions.decision_column(COMPAS), suggestions.score_column(COMPAS)
    assert decision is not None and decision.value == "score_text"
    assert score is not None and score.value == "decile_score"
    assert suggestions.identifiers(COMPAS) == ("id",)


def test_of_two_columns_about_the_same_trait_the_one_with_fewer_values_comes_first() -> None:
    assert [s.value for s in suggestions.sensitive_columns(COMPAS)] == ["sex", "race", "age_cat", "age"]


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("Geschlecht", "sex or gender"),
        ("Género", "sex or gender"),
        ("is_female", "sex or gender"),
        ("ethnic_origin", "race or ethnic origin"),
        ("applicantRace", "race or ethnic origin"),
        ("Âge", "age"),
        ("disabled", "disability"),
        ("Religion", "religion"),
        ("native-country", "nationality"),
        ("Staatsangehörigkeit", "nationality"),
        ("marital.status", "family status"),
    ],
)
def test_sensitive_columns_are_known_by_name_in_some_languages(name: str, trait: str) -> None:
    (found,) = suggestions.sensitive_columns(profile(column(name, "a", "b"), column("shoe", "a", "b")))
    assert found == suggestions.Suggestion(name, suggestions.READS_LIKE + trait)


@pytest.mark.parametrize("name", ["percentage", "trace", "mileage", "sextant", "wages", "package", "language_score"])
def test_a_word_inside_another_word_says_nothing(name: str) -> None:
    assert suggestions.sensitive_columns(profile(column(name, "a", "b"))) == ()


def dummies(stem: str, **ones: int) -> list[Column]:
    """A column of 0 and 1 for each value, with so many ones of 100."""
    return [
        Column(f"{stem}_{value}", "number", 0, 2, (("0.0", 100 - n), ("1.0", n)), 0.0, 1.0) for value, n in ones.items()
    ]


def plain_column(name: str, **people: int) -> Column:
    return Column(name, "text", 0, len(people), tuple(people.items()))


def test_of_columns_that_spell_out_a_plain_one_only_the_plain_one_is_suggested() -> None:
    table = profile(
        *dummies("sex", Female=33, Male=67),
        *dummies("race", Black=10, White=85, Other=5),
        plain_column("__group_sex", Male=67, Female=33),
    )
    assert [found.value for found in suggestions.sensitive_columns(table)] == ["__group_sex", "race_White"]
    sex, race = suggestions.spelt_out(table)
    assert (sex.plain, sex.spare) == ("__group_sex", ("sex_Female", "sex_Male"))
    assert (race.plain, race.spare) == (None, ("race_Black", "race_Other"))


def test_of_a_pair_of_halves_one_is_suggested() -> None:
    table = profile(*dummies("sex", Female=50, Male=50), plain_column("sex_of_child", Male=60, Female=40))
    assert [found.value for found in suggestions.sensitive_columns(table)] == ["sex_Female", "sex_of_child"]


def test_columns_of_yes_and_no_that_do_not_add_up_to_everybody_are_each_a_column_of_its_own() -> None:
    table = profile(*dummies("is", female=30, foreigner=40))
    assert suggestions.spelt_out(table) == ()
    assert [found.value for found in suggestions.sensitive_columns(table)] == ["is_female", "is_foreigner"]


def test_a_column_of_very_many_texts_makes_no_groups() -> None:
    names = [f"country {i}" for i in range(suggestions.FEW_VALUES + 1)]
    assert suggestions.sensitive_columns(profile(column("nationality", *names))) == ()
    assert suggestions.sensitive_columns(profile(column("nationality", *names, many=True))) == ()


def test_a_last_column_of_two_values_may_be_the_outcome_but_not_one_column_of_a_row_of_dummies() -> None:
    found = suggestions.outcome_column(profile(column("job", "a", "b", "c"), column("classification", "<=50K", ">50K")))
    assert found is not None and found.reason == "it is the last column and has two values"
    assert suggestions.outcome_column(profile(number("job_A1", 0, 1), number("job_A2", 0, 1))) is None


def test_a_quantity_named_after_the_income_is_no_outcome_but_a_last_column_may_be() -> None:
    share = number("installment_as_income_perc", 1, 2, 3, 4)
    assert suggestions.outcome_column(profile(share, column("telephone", "none", "yes"), number("n", 1, 2, 3))) is None
    found = suggestions.outcome_column(profile(column("job", "a", "b"), number("outcome", 1, 2, 3)))
    assert found is not None and found.value == "outcome"


def test_a_repeated_column_is_not_the_outcome() -> None:
    found = suggestions.outcome_column(profile(number("recid", 0, 1), number("recid (2)", 0, 1)))
    assert found is not None and found.value == "recid"


def test_nothing_is_suggested_where_nothing_points_to_it() -> None:
    plain = profile(column("shoe", "a", "b", "c"), number("height", *range(150, 190)))
    assert suggestions.outcome_column(plain) is None
    assert suggestions.decision_column(plain) is None
    assert suggestions.score_column(plain) is None
    assert suggestions.sensitive_columns(plain) == ()


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("asked", "good"),
    [
        (column("repaid", "yes", "no"), "yes"),
        (column("income", "<=50K", ">50K"), ">50K"),
        (number("two_year_recid", 0, 1), "0"),
        (column("default", "yes", "no"), "no"),
        (number("hired", 0, 1), "1"),
        (column("Kredit", "ja", "nein"), "ja"),
        (column("decision", "not approved", "approved"), "approved"),
        (column("score_text", "High", "Medium", "Low"), "Low"),
    ],
)
def test_the_good_value(asked: Column, good: str) -> None:
    found = suggestions.good_value(asked)
    assert found is not None and found.value == good
    assert found.reason


@pytest.mark.parametrize("asked", [number("class", 1, 2), column("grade", "A", "B"), column("recid", "x", "z")])
def test_no_good_value_is_guessed(asked: Column) -> None:
    assert suggestions.good_value(asked) is None


def test_cut_points() -> None:
    assert suggestions.cut_points(number("age", *range(18, 80))) == (40.0,)
    assert suggestions.cut_points(number("years", *range(0, 41))) == (20.0,)
    assert suggestions.cut_points(number("age", *range(50, 80))) == (65.0,), "nobody is under 40 here"
    assert suggestions.cut_points(number("is_foreign", 0, 1)) == (), "two numbers are two groups already"
    assert suggestions.cut_points(column("age_cat", "young", "old")) == ()


def test_texts_that_may_mean_not_known() -> None:
    table = profile(column("job", "clerk", "?"), column("country", " ?", "US"), column("note", "None", "NA"))
    assert suggestions.unknown_texts(table) == {"?": ("job", "country"), "None": ("note",)}


def test_a_low_score_is_better_where_names_say_so() -> None:
    assert suggestions.lower_is_better("decile_score", None, ["Low"]) is not None
    assert suggestions.lower_is_better("risk", None) is not None
    assert suggestions.lower_is_better("decile_score", "two_year_recid") is not None
    assert suggestions.lower_is_better("score", "hired", ["yes"]) is None


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (Condition(values=(">50K",)), 'Someone with ">50K" in "income" got the good outcome.'),
        (Condition(values=("a", 2)), 'Someone with "a" or "2" in "income" got the good outcome.'),
        (Condition(at_least=5), 'Someone with 5 or more in "income" got the good outcome.'),
        (Condition(below=0.5), 'Someone with less than 0.5 in "income" got the good outcome.'),
    ],
)
def test_the_sentence_about_the_outcome(condition: Condition, sentence: str) -> None:
    assert outcome_sentence("income", condition) == sentence


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Decision(score="s", prediction="p", favourable=Condition(values=("Low",))), '"Low" in "p" was selected'),
        (Decision(score="s", threshold=0.25), '0.25 or more in "s" is selected'),
        (Decision(score="s", favourable=Condition(below=5)), 'less than 5 in "s" is selected'),
        (Decision(model="m", output="class"), "the good class is selected"),
        (Decision(model="m", output="probability", threshold=0.437), "a probability of 0.437 or more"),
        (Plan.from_toml(SAMPLES["loans"].plan.read_text()).decision, "a probability of 0.5 or more"),
    ],
)
def test_the_sentence_about_the_decision(decision: Decision, words: str) -> None:
    assert words in decision_sentence(decision)


def test_where_no_outcome_tells_what_is_good_the_class_is_named() -> None:
    decision = Decision(model="m", output="probability", favourable_class=1)
    assert "gives class 1 a probability of 0.5 or more" in decision_sentence(decision, names_class=True)
    of_words = Decision(model="m", output="class", favourable_class=("low", "medium"))
    assert "puts in class low or medium is selected" in decision_sentence(of_words, names_class=True)


def test_the_column_of_the_longest_texts_is_what_a_model_reads() -> None:
    said = column("said", "what a lovely evening", "thank you all for the soup", many=True)
    titles = column("job", "head of sales", "clerk")
    found = suggestions.text_column(profile(titles, said))
    assert found is not None and found.value == "said"
    assert suggestions.text_column(profile(titles)) is None
