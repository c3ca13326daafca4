"""`[words]`: what a person calls the decision and the values, read strictly; no part of the question."""

import json
from dataclasses import replace

import pytest

from core.errors import PlanError
from core.plan.parts import WordsPlan
from core.plan.plan import Plan
from tests.worlds.people import plan_of

PLAN = plan_of(("g", "h"))
LINES = PLAN.to_toml()
WORDS = """[words]
selected = " approved "
turned_down = "turned down"

[words.labels.g]
1 = "men"
"2" = "Deaf people"
"""


def worded(lines: str) -> Plan:
    return Plan.from_toml(f"{LINES}\n{lines}")


def test_they_are_read_and_written_again() -> None:
    plan = worded(WORDS)
    assert plan.words == WordsPlan("approved", "turned down", {"g": {"1": "men", "2": "Deaf people"}})
    assert Plan.from_toml(plan.to_toml()) == plan
    assert worded('[words]\nselected = "rated low-risk"').words.selected == "rated low-risk"
    assert worded('[words]\nselected = "angenommen für d\'Höhe"').words.selected == "angenommen für d'Höhe"


def test_they_are_no_part_of_the_question_and_a_plan_without_them_is_written_as_before() -> None:
    assert worded(WORDS).question_sha256 == PLAN.question_sha256
    assert worded(WORDS).sha256 != PLAN.sha256
    for nothing in ("", "[words]", "[words.labels]", "[words.labels.g]"):
        plan = worded(nothing)
        assert plan == PLAN and plan.sha256 == PLAN.sha256 and "words" not in plan.to_toml()
    # As version 0.2.0 gave it, which had no words.
    assert PLAN.sha256 == "c82f62d28a593258deeed90239221c253299dcfbed64c50ccaecdf50ef49df5d"


@pytest.mark.parametrize(
    "said",
    [
        "", " ", "<b>approved</b>", "*approved*", "[a](http://evil.example)", "=1+1", "-1", "+a", "@a", "a\nb", "a\tb",
        "a\u202eb", "a\u200bb", "a\u2028b", ":smile:", "a{b}", "$x$", "a_b", "1st", "www.evil.example", "a" * 41,
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["selected", "turned_down"])
def test_what_is_no_word_is_refused_by_table_and_key(said: str, key: str) -> None:
    with pytest.raises(PlanError, match=rf"^\[words\] {key} "):
        worded(f"[words]\n{key} = {json.dumps(said)}")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("[words]\nselected = 1", r"^\[words\] selected is 1; it takes a text in quotes."),
        ("[words]\nselect = \"a\"", "unknown key \"select\"; did you mean \"selected\"?"),
        ("[words]\nselected = \"a\"\nturned_down = \"a\"", "are both \"a\""),
        ("[words.labels.k]\n1 = \"a\"", r'^\[words\] labels names "k", not among the sensitive columns "g", "h"'),
        ("[words.labels.g]\n1 = \"Men\"\n2 = \"men\"", r'^\[words\] labels g calls two values "Men"'),
        ("[words.labels.g]\n1 = 2", r"^\[words\] labels g 1 is 2; it takes a text"),
        ("[words.labels.g]\n1 = \" \"", 'names "1" by no plain text'),
        ("[words.labels.g]\n1 = \"a\\nb\"", 'names "1" by no plain text'),
        ("[words.labels.g]\n1 = \"a\\u202eb\"", 'names "1" by no plain text'),
        (f"[words.labels.g]\n1 = \"{'a' * 61}\"", 'names "1" in 61 letters; it takes at most 60'),
        ("[words]\nlabels = 1", r"^\[words\] labels is 1; it takes a table."),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_by_table_and_key(lines: str, said: str) -> None:
    with pytest.raises(PlanError, match=said.replace("?", r"\?") if "did you" in said else said):
        worded(lines)


def test_they_can_be_taken_away_again() -> None:
    assert replace(worded(WORDS), words=WordsPlan()) == PLAN
