"""The Data page: what the person calls the decision, and what coded values mean."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import WordsPlan
from core.store.workspace import Workspace
from tests.pages import whole_app
from tests.pages.on_data_page import CONFIRM, PEOPLE, PLAN, audit_of, opened, plan_of, press, put, said
from tests.pages.whole_app import WAIT_SECONDS

pytestmark = pytest.mark.jobs
CODED = PEOPLE.replace("\nm,", "\n1,").replace("\nf,", "\n2,")
_GOOD, _OTHER = "words/selected", "words/turned down"


def box(at: AppTest, space: Workspace, name: str) -> Any:
    return at.text_input(key=f"{audit_of(at, space).id}/{name}")


def shown(at: AppTest, space: Workspace) -> tuple[str, str]:
    return box(at, space, _GOOD).value, box(at, space, _OTHER).value


def test_words_are_suggested_follow_the_decision_and_are_kept_with_it(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    column = f"{audit_of(at, space).id}/decision column"
    assert at.selectbox(key=column).value == "hired" and shown(at, space) == ("hired", "rejected")
    assert "Suggested: the column of decisions is called so." in said(at).replace("\\", "")
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("hired").run()
    press(at, CONFIRM)
    at.selectbox(key=column).select("approved").run()
    assert shown(at, space) == ("approved", "turned down"), "nobody touched the earlier suggestion"
    assert 'Someone with "yes" in "approved" was approved.' in said(at).replace("\\", "")
    press(at, CONFIRM)
    assert plan_of(at, space).words == WordsPlan("approved", "turned down")


def test_typed_words_hold_whatever_is_suggested_and_are_there_again_in_another_window(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    box(at, space, _GOOD).set_value("waved through").run()
    at.selectbox(key=f"{audit_id}/decision column").select("approved").run()
    assert shown(at, space)[0] == "waved through"
    again = opened(audit_id)
    assert again.text_input(key=f"{audit_id}/{_GOOD}").value == "waved through"
    assert "was waved through." in said(again).replace("\\", "")


def test_an_emptied_suggestion_stays_away(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    box(at, space, _GOOD).set_value("").run()
    box(at, space, _OTHER).set_value("").run()
    again = opened(audit_id)
    assert again.text_input(key=f"{audit_id}/{_GOOD}").value in ("", "selected")
    assert "was selected." in said(again).replace("\\", "")


@pytest.mark.parametrize("typed", ["<b>hired</b>", "=1+1", "*hired*", ":smile:"])
def test_what_is_no_word_is_refused_and_what_was_kept_stays(space: Workspace, typed: str) -> None:
    at = put(opened(), space, toml=f'{PLAN}\n[words]\nselected = "hired"\nturned_down = "sent home"', csv=PEOPLE)
    assert shown(at, space) == ("hired", "sent home")
    box(at, space, _GOOD).set_value(typed).run()
    assert not at.exception and any("Letters only" in error.value for error in at.error)
    assert plan_of(at, space).words == WordsPlan("hired", "sent home")
    box(at, space, _GOOD).set_value("sent home").run()
    assert any("two different words" in error.value for error in at.error)


def test_a_plan_without_words_is_offered_none(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert shown(at, space) == ("", "") and "words" not in str(audit_of(at, space).plan)


def test_coded_values_are_named_kept_and_said_in_the_answer(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=CODED)
    audit_id = audit_of(at, space).id
    assert "What do the values of “sex” mean?" in said(at)
    box(at, space, "called/sex/1").set_value("men").run()
    box(at, space, "called/sex/2").set_value("men").run()
    assert any("Two values are called “men”" in error.value for error in at.error)
    assert plan_of(at, space).words.labels == {"sex": {"1": "men"}}
    box(at, space, "called/sex/2").set_value("women").run()
    box(at, space, _GOOD).set_value("hired").run()
    assert plan_of(at, space).words == WordsPlan("hired", None, {"sex": {"1": "men", "2": "women"}})
    assert opened(audit_id).text_input(key=f"{audit_id}/called/sex/2").value == "women"
    press(at, "Run the audit")
    space.wait(audit_id, WAIT_SECONDS)
    answer = whole_app.said(whole_app.opened("audit", audit_id))
    assert "en are hired" in answer and "are selected" not in answer and "sex is" not in answer


def test_values_that_say_themselves_what_they_are_get_no_boxes(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert "What do the values of" not in said(at)


def test_a_name_for_a_value_that_no_row_has_is_said_to_name_nothing(space: Workspace) -> None:
    named = f'{PLAN}\n[words.labels]\nsex = {{"1" = "men", "2" = "women", "3" = "others"}}'
    at = put(opened(), space, toml=named, csv=CODED)
    warned = [warning.value.replace("\\", "") for warning in at.warning if "names nothing here" in warning.value]
    assert len(warned) == 1 and "“others” names nothing here: no group of “sex” is “3”." in warned[0]
    assert "Without one, go on: nothing changes." in warned[0]
    several = named.replace('"3" = "others"', '"3" = "others", "4" = "no answer"')
    told = said(put(opened(), space, toml=several, csv=CODED)).replace("\\", "")
    assert "“others”, “no answer” name nothing here: no group of “sex” is “3”, “4”." in told
    fits = named.replace('"3" = "others"', '"(missing)" = "people who did not say"')
    assert "nothing here" not in said(put(opened(), space, toml=fits, csv=CODED))
