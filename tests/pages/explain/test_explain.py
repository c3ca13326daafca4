"""The Explain page: opened alone, empty, while the job runs, what it shows of a planted proxy, and one person."""

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.explain.explanation import Explanation
from core.explain.features.grid import cell_names
from core.explain.methods import EXPLAINERS
from core.explain.sanity_checks.check import Check
from core.store.workspace import Workspace
from pages.components.explain import found as explain_found
from tests.pages import whole_app
from tests.pages.on_explain_page import PEOPLE, PLAN, audited, first_sentence, numbers
from tests.pages.whole_app import WAIT_SECONDS, alone, finished, kept, labels, opened, press, said, tables, widget
from tests.worlds import toys
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.models.hobby_network import network
from tests.worlds.records import HOSTILE, scored

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def warm() -> bool:
    return True


@pytest.fixture(scope="module")
def leaning(space: Workspace) -> str:
    """An audit of a model that leans on the hobby."""
    return audited(space, 0.5, 3.0, "leaning")


@pytest.fixture(scope="module")
def explained(space: Workspace, leaning: str) -> str:
    """The same, explained alone."""
    space.explain(leaning, PLAN)
    finished(space, leaning)
    return leaning


# ---------------------------------------------------------------- before there is an explanation


def test_opened_alone_it_leads_to_data_and_the_sample() -> None:
    at = alone("explain")
    assert at.title[0].value == "No audit is open"
    assert "Go to Data" in labels(at)


def test_an_audit_that_has_not_run_says_what_is_missing(space: Workspace) -> None:
    assert "This audit has not run yet" in said(opened("explain", space.new().id))


def test_a_column_cannot_be_asked_why(space: Workspace, home: Path) -> None:
    audit_id = kept(space, home, scored(model=False))
    at = opened("explain", audit_id)
    assert "a column cannot be asked why" in said(at) and "Show what it looks at" not in labels(at)
    assert "What does it look at?" not in labels(opened("audit", audit_id))


def test_rows_that_were_deleted_are_asked_for_again(space: Workspace, home: Path) -> None:
    at = opened("explain", kept(space, home, scored()))
    assert "deleted after a day" in said(at)
    assert next(button for button in at.button if button.label == "Show what it looks at").disabled


def test_the_audit_page_leads_here_and_the_recommended_way_says_why(leaning: str) -> None:
    at = press(opened("audit", leaning), "What does it look at?")
    assert (
        "Integrated gradients" in said(at)
        and "Recommended here" in said(at)
        and re.search(r"Takes (under )?\d", said(at))
    )


def test_other_ways_say_what_they_cannot_do_and_refused_ones_why(space: Workspace, home: Path, leaning: str) -> None:
    at = opened("explain", leaning)
    ways = widget(at, "radio", "method")
    captions = dict(zip(ways.options, ways.proto.captions, strict=True))
    assert captions["Integrated gradients"].startswith("Recommended.")
    assert "do not add up" in captions["Leaving out one by one"]
    onnx = said(opened("explain", kept(space, home, scored())))
    assert "Shapley values, sampled" in onnx
    assert "Not here: Integrated gradients; it needs a model that shows its inner workings" in onnx


def test_a_new_way_is_offered_as_its_row_says(leaning: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.add(monkeypatch, EXPLAINERS, toys.EVEN_SHARES)
    ways = widget(opened("explain", leaning), "radio", "method")
    captions = dict(zip(ways.options, ways.proto.captions, strict=True))
    assert captions["Even shares"].startswith("Gives all columns the same share. Takes")


def test_a_model_shows_its_inner_workings_whatever_its_file_is_called(space: Workspace) -> None:
    """It is a torch.export file by its content; another audit's beside it, too."""
    named = replace(PLAN, decision=replace(PLAN.decision, model="net.model"))
    fewer = PEOPLE.head(500).to_csv(index=False)
    whole_app.audited(space, named, fewer, network(0.5, 1.0))
    at = opened("explain", whole_app.audited(space, named, fewer, network(0.5, 3.0)))
    assert "Integrated gradients" in widget(at, "radio", "method").options
    beside = widget(at, "selectbox", "compared with")
    beside.set_value(next(option for option in beside.options if option.startswith("An audit"))).run()
    assert "Integrated gradients" in widget(at, "radio", "method").options


def test_a_running_job_shows_how_it_stands_and_can_be_cancelled(space: Workspace) -> None:
    audit_id = audited(space, 0.5, 3.0)
    with holding_jobs():
        at = press(opened("explain", audit_id), "Show what it looks at")
        assert "Cancel" in labels(at) and "One person" not in [s.value for s in at.header]
        assert "Cancel" in labels(opened("explain", audit_id))  # as after a refresh
        space.cancel(audit_id)
        space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert "Cancelled" in said(at) and "Show what it looks at" in labels(at)


def test_an_explanation_that_comes_while_the_page_is_drawn_is_shown(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_id, load = audited(space, 0.5, 3.0, "meanwhile"), explain_found.load
    with ExitStack() as held:
        held.enter_context(holding_jobs())
        at = press(opened("explain", audit_id), "Show what it looks at")

        def a_moment_too_early(audit_id: str) -> Explanation | None:
            found = load(audit_id)
            held.close()
            finished(space, audit_id)
            return found

        monkeypatch.setattr(explain_found, "load", a_moment_too_early)
        at.run()
    assert "“hobby”" in first_sentence(at) and "Explain this person" in labels(at)


# ---------------------------------------------------------------- a planted proxy


def test_a_planted_proxy_is_the_first_thing_the_page_says(explained: str) -> None:
    at = opened("explain", explained)
    first = first_sentence(at)
    assert "apart from" in first and "“hobby”" in first and "“hobby” goes along with gender" in first
    assert widget(at, "selectbox", "explained by").options[widget(at, "selectbox", "explained by").value] == "gender"
    assert "In the scores of women" in said(at) or "In the scores of men" in said(at)


def test_the_table_twin_says_the_same_as_the_explanation(space: Workspace, explained: str) -> None:
    found = space.explanation(explained)
    assert found is not None
    (table,) = (t for t in tables(opened("explain", explained)) if "Points on average" in t)
    grouped = found.before.by(("gender",))
    for g in range(len(grouped.groups)):
        who = grouped.groups.names(g)["gender"]
        total = 100 * grouped.sums[0, g].sum(axis=0) / grouped.n[g].sum()
        for f, feature in enumerate(found.features):
            assert numbers(table, feature, who) == pytest.approx(total[f], abs=0.051)
    assert table["Goes along with"][table["Column"].index("hobby")] == "gender"


def test_denials_and_grants_have_pictures_of_their_own(space: Workspace, explained: str) -> None:
    at = opened("explain", explained)
    widget(at, "button_group", "whose scores").set_value("turned down").run()
    assert not at.exception and "Among those turned down, in the scores of women" in said(at)
    (table,) = (t for t in tables(at) if "Points on average" in t)
    found = space.explanation(explained)
    assert found is not None
    refused = found.before.by(("gender",)).n[:, 0].tolist()
    assert {f"{n:,}" for n in refused} == set(table["People"])


def test_a_hostile_group_name_is_shown_as_text(explained: str) -> None:
    at = opened("explain", explained)
    box = widget(at, "selectbox", "explained by")
    box.select_index(box.options.index("town")).run()
    assert not at.exception
    shown = next(t for t in tables(at) if "Points on average" in t)
    assert " ".join(HOSTILE.split()) in shown["Group"]


def checked(space: Workspace, audit_id: str, monkeypatch: pytest.MonkeyPatch, *checks: Check) -> AppTest:
    """The page with these checks behind the picture."""
    found = space.explanation(audit_id)
    assert found is not None
    judged = replace(found, checks=checks)
    monkeypatch.setattr(explain_found, "load", lambda audit_id: judged)
    return opened("explain", audit_id)


def test_a_failed_check_says_why_and_takes_the_colours_away(
    space: Workspace, explained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Check("completeness", "passed", "it adds up", 0.001, 0.01)
    at = checked(space, explained, monkeypatch, passed, Check("randomisation", "failed", "it stays alike", 0.9, 0.5))
    assert "Do not rely on this picture" in said(at) and "it stays alike" in said(at)
    assert "✗ Passes 1 of 2 checks" in [box.label for box in at.expander]
    assert '"#B34A00"' not in at.get("vega_lite_chart")[0].proto.spec


def test_what_cannot_be_checked_is_never_passed(
    space: Workspace, explained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Check("completeness", "passed", "it adds up", 0.001, 0.01)
    at = checked(space, explained, monkeypatch, passed, Check("randomisation", "not_checkable", "no module"))
    assert "✓ Passes 1 of 1 checks, 1 cannot be made here" in [box.label for box in at.expander]
    assert '"#B34A00"' in at.get("vega_lite_chart")[0].proto.spec
    (table,) = (t for t in tables(at) if "Check" in t)
    assert table["Result"] == ["✓ passed", "– not checkable"]


def test_the_rows_begin_with_the_deepest_colour(explained: str) -> None:
    (table,) = (t for t in tables(opened("explain", explained)) if "Points on average" in t)
    deepest: dict[str, float] = {}
    for name, words in zip(table["Column"], table["Points on average"], strict=True):
        deepest[name] = max(deepest.get(name, 0.0), abs(float(words.replace("−", "-"))))
    assert list(deepest) == sorted(deepest, key=lambda name: -deepest[name]) and len(deepest) == 3


def test_what_can_be_taken_away_is_offered(explained: str) -> None:
    named = [button.proto.label for button in opened("explain", explained).get("download_button")]
    assert any("attribution.json" in label for label in named) and any(".csv" in label for label in named)


# ---------------------------------------------------------------- one person


def test_one_person_is_explained_with_reasons_and_what_would_change_it(space: Workspace, explained: str) -> None:
    refused = int(PEOPLE.index[(PEOPLE["hobby"] == 0) & (PEOPLE["merit"] > 0)][0])
    at = opened("explain", explained)
    widget(at, "number_input", "row").set_value(refused + 1).run()
    press(at, "Explain this person")
    finished(space, explained)
    at.run()
    words = said(at)
    assert not at.exception and "Turned down, with a score of" in words
    assert "“hobby” 1 instead of 0" in words
    (table,) = (t for t in tables(at) if "This person's value" in t)
    assert table["Column"][0] == "hobby" and table["This person's value"][0] == "0"


def test_what_a_person_cannot_change_is_not_proposed(space: Workspace, explained: str) -> None:
    refused = int(PEOPLE.index[(PEOPLE["hobby"] == 0) & (PEOPLE["merit"] > 0)][0])
    at = opened("explain", explained)
    widget(at, "number_input", "row").set_value(refused + 1).run()
    widget(at, "multiselect", "unchangeable").set_value(["hobby"]).run()
    press(at, "Explain this person")
    finished(space, explained)
    at.run()
    assert not at.exception and "“hobby” 1 instead" not in said(at)


def test_of_an_image_nothing_is_asked_that_a_person_cannot_change(
    space: Workspace, explained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = space.explanation(explained)
    assert found is not None
    seen = replace(found, before=replace(found.before, features=cell_names(1, 3)))
    monkeypatch.setattr(explain_found, "load", lambda audit_id: seen)
    at = opened("explain", explained)
    assert not at.exception and "One person" in [s.value for s in at.header]
    assert not at.get("multiselect")
