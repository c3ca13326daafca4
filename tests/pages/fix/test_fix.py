"""The Fix page: opened alone, empty, before a search, and while it runs."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.mitigate.mitigations import MITIGATIONS
from core.plan.parts import MitigationPlan
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.core.models.text_folders import folder_of, zipped
from tests.pages.on_fix_page import PLAN, TABLE
from tests.pages.whole_app import WAIT_SECONDS, alone, audited, kept, labels, opened, press, said, tables, widget
from tests.worlds import toys
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.people import csv_text, plan_of
from tests.worlds.records import decided, scored

pytestmark = pytest.mark.jobs

AIF360 = [row.name for row in MITIGATIONS.values() if row.title.startswith("AIF360")]


@pytest.fixture(scope="module")
def ran(space: Workspace) -> str:
    """An audit that ran to its end, in which a fix may be looked for."""
    return audited(space, PLAN, TABLE)


def tried(at: AppTest) -> dict[str, str]:
    """What the list says of each way, whether it is tried."""
    return dict(zip(tables(at)[0]["Way"], tables(at)[0]["Tried"], strict=True))


# ---------------------------------------------------------------- before a search


def test_opened_alone_it_leads_to_data_and_the_sample() -> None:
    at = alone("fix")
    assert at.title[0].value == "No audit is open"
    assert "Go to Data" in labels(at)


def test_an_audit_that_has_not_run_says_what_is_missing(space: Workspace) -> None:
    assert "This audit has not run yet" in said(opened("fix", space.new().id))


def test_the_audit_page_leads_here(ran: str) -> None:
    at = press(opened("audit", ran), "What would fix this?")
    assert "Find fixes" in labels(at)


def test_a_plan_s_own_share_for_the_judgement_is_said_and_kept(space: Workspace) -> None:
    audit_id = audited(space, replace(PLAN, mitigate=MitigationPlan(holdout=0.25)), TABLE)
    at = opened("fix", audit_id)
    assert "25 % of the people in your table are set aside" in said(at)
    press(at, "Find fixes")
    search = space.search(audit_id)
    assert search is not None and Plan.from_toml(search.plan).mitigate.holdout == 0.25
    space.cancel(audit_id)


def test_texts_are_called_texts_before_anything_was_found(space: Workspace) -> None:
    audit = space.open_sample(SAMPLES["comments"])
    space.wait(audit.id, WAIT_SECONDS)
    at = opened("fix", audit.id)
    assert widget(at, "radio", "trained").label == "Was the model trained on the texts in this table?"
    assert "It splits these texts" in said(at) and "% of the texts in your table are set aside" in said(at)


def test_rows_that_were_deleted_are_asked_for_again(space: Workspace, home: Path) -> None:
    at = opened("fix", kept(space, home, scored(model=False)))
    assert "deleted after a day" in said(at)
    assert next(button for button in at.button if button.label == "Find fixes").disabled


def test_without_outcomes_only_goals_about_selection_are_offered_and_no_price_is_asked(
    space: Workspace, home: Path
) -> None:
    at = opened("fix", kept(space, home, decided(label=False)))
    assert widget(at, "selectbox", "goal").options == [
        "Every group is selected equally often",
        "Every group is selected at least four fifths as often as the group most often selected",
    ]
    assert not [box for box in at.selectbox if str(box.key).endswith("/cost")]


def test_decisions_alone_lead_to_no_dead_end(space: Workspace, home: Path) -> None:
    alone_kept = kept(space, home, decided(label=False))
    at = opened("audit", alone_kept)
    assert "What would fix this?" not in labels(at) and "not the scores behind them" in said(at)
    at = opened("fix", alone_kept)
    button = next(button for button in at.button if button.label == "Find fixes")
    assert button.proto.type == "secondary" and button.disabled
    assert "What would fix this?" in labels(opened("audit", kept(space, home, decided())))


def test_what_cannot_be_tried_says_why(ran: str) -> None:
    rows = tried(opened("fix", ran))
    learns = "a Hugging Face folder or a .pt2 file"
    assert rows["Training with a price on the gap"] == f"no: it needs a model that can go on learning, {learns}"
    assert rows["AIF360: equalized odds"] == "no: AIF360 has it for other goals"
    assert rows["A threshold for each group"] == rows["A threshold for each group, with lots"] == "yes"


def test_a_new_way_is_offered_as_its_row_says(ran: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.add(monkeypatch, MITIGATIONS, toys.EVERYBODY)
    at = opened("fix", ran)
    assert tried(at)["Everybody gets it"] == "yes"
    assert "Everybody gets it" in widget(at, "multiselect", "left out").options


def test_a_network_of_texts_can_be_trained_with_a_price_on_the_gap(space: Workspace, tmp_path: Path) -> None:
    """It is a Hugging Face folder by its content, whatever its file is called."""
    pytest.importorskip("transformers", reason="the text extra is not installed")
    decision = 'model = "said.model"\ntext = "said"\noutput = "logit"\nfavourable_class = 0'
    rows = [("ab"[i % 2], str(i % 3 % 2), f"the {('good', 'bad')[i % 5 % 2]} day is a night") for i in range(200)]
    network = zipped(folder_of(tmp_path / "bert"), tmp_path / "bert.zip").read_bytes()
    audit_id = audited(space, plan_of(decision=decision, label=True), csv_text(("g", "y", "said"), rows), network)
    at = opened("fix", audit_id)
    assert tried(at)["Training with a price on the gap"] == "yes"
    press(at, "Find fixes")
    search = space.search(audit_id)
    assert search is not None and "fairness_loss" in search.names
    space.cancel(audit_id)


def test_what_each_way_does_is_said_in_plain_words_and_short_sentences(ran: str) -> None:
    at = opened("fix", ran)
    words = [*tables(at)[0]["What it does"], *tables(at)[0]["Tried"], *(caption.value for caption in at.caption)]
    assert not [word for word in ("gradient", "rule file", "posterior", "regulari") if word in " ".join(words)]
    sentences = [each for said_of_it in words for each in re.split(r"(?<=[.;!?])\s+", said_of_it)]
    assert [each for each in sentences if len(each.split()) > 20] == []


def test_lots_for_one_rate_are_no_way_to_equalize_two(ran: str) -> None:
    at = opened("fix", ran)
    widget(at, "selectbox", "goal").set_value("equalized_odds").run()
    assert tried(at)["A threshold for each group, with lots"].startswith("no: for two kinds of mistake")


def few(good: int) -> Any:
    """An audit in which so many people of group c have the good outcome."""
    people = {"a": (40, 20, 10, 30), "b": (10, 5, 25, 60), "c": (good, 40, 0, 50)}
    return decided(people)


@pytest.mark.parametrize(
    ("good", "said_of_it"),
    [
        (0, "no: there is nobody with the good outcome among people whose g is c"),
        (
            3,
            "yes, but there are only 3 people with the good outcome among people whose g is c, and they would weigh"
            " much",
        ),
        (30, "yes"),
    ],
)
def test_the_list_says_where_few_people_stand_behind_a_weight(
    space: Workspace, home: Path, good: int, said_of_it: str
) -> None:
    rows = tried(opened("fix", kept(space, home, few(good))))
    assert rows["Training with weights"] == said_of_it


def test_the_answer_about_training_says_what_follows(ran: str) -> None:
    at = opened("fix", ran)
    assert "may look better" in said(at)
    widget(at, "radio", "trained").set_value("no").run()
    assert "compared as they stand" in said(at)


# ---------------------------------------------------------------- a search


def test_a_search_can_be_cancelled_and_the_part_without_training_is_offered(space: Workspace) -> None:
    audit_id = audited(space, PLAN, TABLE)
    at = opened("fix", audit_id)
    widget(at, "multiselect", "left out").set_value([n for n in AIF360 if n != "eq_odds_postprocessing"]).run()
    with holding_jobs():
        press(at, "Find fixes")
        assert "Cancel" in labels(at)
        space.cancel(audit_id)
        space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert "Cancelled" in said(at)
    press(at, "Look at thresholds only, which needs no training")
    space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert not at.exception
    assert widget(at, "radio", "picked fix").options[0].startswith("A threshold for each group")


def test_the_price_of_mistakes_is_asked_and_stands_in_the_plan(space: Workspace, ran: str) -> None:
    at = opened("fix", ran)
    widget(at, "selectbox", "cost").set_value("price").run()
    widget(at, "number_input", "wrongly_denied").set_value(5.0).run()
    widget(at, "multiselect", "left out").set_value(
        ["equalized_odds_mix", "reweighing", "reject_option", "calibrated_eq_odds"]
    ).run()
    press(at, "Find fixes")
    asked = Plan.from_toml(str(space.search(ran).plan)).mitigate  # type: ignore[union-attr]
    assert asked.price == {"wrongly_denied": 5.0, "wrongly_granted": 1.0}
    space.wait(ran, WAIT_SECONDS)
    at.run()
    assert "lowest price" in said(at) and not at.exception
