"""The Data page: what cells mean is offered or asked with a button, and a clean table is asked nothing."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from core.store.workspace import Workspace
from tests.pages.on_data_page import CONFIRM, PEOPLE, PLAN, opened, plan_of, press, put, run_button_is_disabled, said

pytestmark = pytest.mark.jobs

SPELLINGS = ["TRUE", "True", "FALSE", "NULL", "0"]
ODD = "gender,income,workclass,hired,approved\n" + "".join(
    f'{["Female", "female", "Male"][i % 3]},"$2{i % 9},{100 + i}",{["Private", "?"][i % 7 == 0]},'
    f"{SPELLINGS[i % 5]},{'yes' if i % 4 else 'no'}\n"
    for i in range(200)
)
ASKED = PLAN.replace('"sex"', '"gender", "income"').replace('"yes"\n[decision]', '"TRUE"\n[decision]')
OFFERS = {"Read as numbers", "Take the spaces away", "Count as not known", "It is right as it is"}


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def test_a_clean_table_is_offered_and_asked_nothing(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE, toml=PLAN)
    assert OFFERS.isdisjoint(buttons(at))
    assert not at.warning
    assert not run_button_is_disabled(at)


def test_odd_cells_are_asked_about_and_each_answer_is_a_key_of_the_plan(space: Workspace) -> None:
    at = put(opened(), space, csv=ODD, toml=ASKED)
    assert run_button_is_disabled(at)
    assert "Step 2: answer the question under it." in said(at)
    assert "“True” (40)" in said(at).replace("\\", "")
    press(at, "They mean “TRUE”")
    assert plan_of(at, space).data.favourable.values == ("TRUE", "True")  # type: ignore[union-attr]
    press(at, "Count them as not known")
    assert "NULL" in plan_of(at, space).data.missing
    assert "Female, female" in said(at).replace("\\", "")
    press(at, "Join these spellings")
    assert plan_of(at, space).groups.join == {"gender": {"Female": ("female",)}}
    assert "Female, female" not in said(at).replace("\\", "")
    press(at, "Count as not known")
    assert "?" in plan_of(at, space).data.missing
    press(at, "Read as numbers")
    assert plan_of(at, space).data.numbers.keys() == {"income"}
    at.text_input(key=next(t.key for t in at.text_input if "income" in t.label)).set_value("25000").run()
    assert plan_of(at, space).groups.bins == {"income": (25000.0,)}
    assert OFFERS.isdisjoint(buttons(at))
    assert not run_button_is_disabled(at)
    press(at, "Undo")
    assert not at.exception


def test_what_was_answered_about_cells_is_told_as_done_and_open_again_once_undone(space: Workspace) -> None:
    table = PEOPLE.replace("hired", "outcome", 1).splitlines()
    spaced = [f"{line},{' Private' if i % 7 else ' ?'}" for i, line in enumerate(table[1:])]
    at = put(opened(), space, csv="\n".join([f"{table[0]},workclass", *spaced]) + "\n")
    assert "with spaces around them" in said(at) and "count as a value of their own" in said(at)
    press(at, "Take the spaces away")
    assert "with spaces around them" not in said(at) and "✓ spaces around cells are taken away" in said(at)
    press(at, "Count as not known")
    assert "count as a value of their own" not in said(at) and "counts as not known" in said(at)
    press(at, "Undo")
    assert "with spaces around them" in said(at) and "count as a value of their own" not in said(at)


def test_more_values_than_two_are_listed_before_they_are_confirmed(space: Workspace) -> None:
    values = ["yes", "waiting", "no"]
    at = put(opened(), space, csv=PEOPLE.replace("hired", "outcome") + "".join(f"m,30,{v},no\n" for v in values))
    assert "Every other value" in said(at)
    assert "waiting \\(1 rows\\)" in said(at)


def test_each_answer_of_a_button_is_one_line_with_the_way_back(space: Workspace) -> None:
    rows = [(sex, y, d, 10 + 7 * i) for i, (sex, y, d) in enumerate(product(["Male", "Female"], ["yes", "no"], [1, 0]))]
    table = "sex,outcome,approved,Freq\n" + "".join(f"{s},{y},{d},{n}\n" for s, y, d, n in rows)
    at = put(opened(), space, csv=table)
    press(at, "Count “Freq” people for each row")
    assert plan_of(at, space).data.count == "Freq"
    assert "✓ each row stands for as many people as “Freq” says" in said(at)
    press(at, "Undo")
    assert plan_of(at, space).data.count is None and "stands for as many people" not in said(at)
    press(at, "It is right as it is")
    assert "✓ Right as it is, you said of “Freq”" in said(at)
    press(at, "Undo")
    assert plan_of(at, space).data.confirmed == ()


def test_joined_spellings_can_be_parted_again(space: Workspace) -> None:
    plan = ASKED.replace("[groups]", '[groups]\njoin = {gender = {Female = ["female"]}}')
    at = put(opened(), space, csv=ODD, toml=plan)
    assert "✓ “Female”, “female” are one group of “gender”" in said(at)
    at.button(key=next(b.key for b in at.button if b.key and "join gender" in b.key)).click().run()
    assert plan_of(at, space).groups.join == {}


def test_what_is_offered_with_a_button_is_said_once(space: Workspace) -> None:
    at = put(opened(), space, csv=ODD, toml=ASKED)
    assert said(at).count("with spaces around") + said(at).count("have spaces around") <= 1
    # The outcome's is asked in its own step.
    offered = [line for line in said(at).splitlines() if "These may mean “not known”" in line]
    assert len(offered) == 1 and "workclass" in offered[0] and "NULL" not in offered[0]
    assert 'may mean "not known"; they count' not in said(at)


def test_other_values_that_were_listed_are_confirmed_with_the_answer(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE.replace("hired", "outcome") + "m,30,waiting,no\n")
    assert "Every other value counts as not good" in said(at)
    press(at, CONFIRM)
    assert plan_of(at, space).data.confirmed == ("other_values:outcome",)
