"""The Explain page: opened alone, empty, while the job runs, what it shows of a planted proxy, and one person."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.explain.checks import Check
from core.explain.grid import cell_names
from core.fixes import offer
from core.jobs import Supervisor
from core.plan import Plan
from core.progress import replace_json
from core.record import AuditRecord
from core.workspace import Against, Workspace
from pages.components import explain_found, session
from tests.pages.whole_app import WAIT_SECONDS, alone, inside_the_frame, labels, opened, press, said, tables
from tests.records import HOSTILE, scored

pytestmark = pytest.mark.jobs

__all__ = ["inside_the_frame"]

ME = "0" * 32  # the browser that `opened` pretends to be
PLAN = Plan.from_toml("""plumbline = 1
[data]
file = "people.csv"
label = "repaid"
favourable = "yes"
[decision]
model = "net.pt2"
features = ["merit", "hobby", "noise"]
[groups]
sensitive = ["gender", "town"]
""")
DRAW = np.random.default_rng(3)
N = 600


def people() -> pd.DataFrame:
    """A hobby that goes along with gender and with nothing that matters; one cell is no plain word."""
    gender, merit = DRAW.choice(["Woman", "Man"], N), DRAW.normal(0, 1, N).round(3)
    return pd.DataFrame(
        {
            "gender": gender,
            "town": np.where(np.arange(N) % 2, "North", HOSTILE),
            "merit": merit,
            "hobby": np.where(DRAW.random(N) < 0.9, gender == "Man", gender != "Man").astype(int),
            "noise": DRAW.normal(0, 1, N).round(3),
            "repaid": np.where(merit + DRAW.normal(0, 1, N) > 0, "yes", "no"),
        }
    )


PEOPLE = people()


def network(weights: list[float]) -> bytes:
    """A model that weighs merit, hobby and noise so."""
    import tempfile

    import torch

    from core.models.export import save_pt2

    layer = torch.nn.Linear(3, 1)
    layer.weight.data, layer.bias.data = torch.tensor([weights]), torch.tensor([-weights[1] / 2])
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(torch.nn.Sequential(layer, torch.nn.Sigmoid()), 3, Path(folder) / "net.pt2")
        return (Path(folder) / "net.pt2").read_bytes()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def space(home: Path) -> Iterator[Workspace]:
    space = Workspace(home, Supervisor(home, slots=1, warm=True))
    yield space
    space.close()


@pytest.fixture(autouse=True)
def one_workspace(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setattr(session, "workspace", lambda: space)


def audited(space: Workspace, weights: list[float], name: str = "") -> str:
    audit = space.put_table(space.new(ME).id, io.BytesIO(PEOPLE.to_csv(index=False).encode()), "people.csv")
    space.wait(audit.id, WAIT_SECONDS)
    space.put_model(audit.id, io.BytesIO(network(weights)), "net.pt2")
    space.run(audit.id, replace(PLAN, name=name))
    finished(space, audit.id)
    return audit.id


@pytest.fixture(scope="module")
def leaning(space: Workspace) -> str:
    """An audit of a model that leans on the hobby."""
    return audited(space, [0.5, 3.0, 0.0], "leaning")


@pytest.fixture(scope="module")
def explained(space: Workspace, leaning: str) -> str:
    """The same, explained alone."""
    space.explain(leaning, PLAN)
    finished(space, leaning)
    return leaning


@pytest.fixture(scope="module")
def compared(space: Workspace) -> str:
    """A leaning model beside one that hardly looks at the hobby, chosen on the page."""
    audited(space, [0.5, 0.1, 0.0], "fairer")
    audit_id = audited(space, [0.5, 3.0, 0.0], "leaning again")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "workspace", lambda: space)
        at = opened("explain", audit_id)
        box = widget(at, "selectbox", "compared with")
        box.select_index(box.options.index("An audit: fairer")).run()
        press(at, "Show what moved")
    finished(space, audit_id)
    return audit_id


def finished(space: Workspace, audit_id: str) -> None:
    """Wait for the audit's job; it ends well."""
    assert space.wait(audit_id, WAIT_SECONDS) is None and space.get(audit_id).problem is None


def widget(at: AppTest, kind: str, name: str) -> Any:
    return next(found for found in at.get(kind) if str(found.key).endswith(f"/{name}"))


def numbers(table: dict[str, list[str]], column: str, group: str) -> float:
    """The points of a column and group in a picture's table."""
    places = zip(table["Column"], table["Group"], table["Points on average"], strict=True)
    (points,) = (points for name, whose, points in places if (name, whose) == (column, group))
    return float(points.replace("−", "-"))


def first_sentence(at: AppTest) -> str:
    """What the page says first, in bold."""
    bold = next(str(text.value) for text in at.markdown if str(text.value).startswith("**") and "“" in str(text.value))
    return bold.replace("\\", "").replace("\u2060", "").replace("\u00a0", " ").strip("*")


def kept(space: Workspace, home: Path, record: AuditRecord) -> str:
    """An audit whose record a job left some time ago."""
    audit = space.new()
    replace_json(home / "audits" / audit.id / "record.json", record.to_json())
    return audit.id


# ---------------------------------------------------------------- before there is an explanation


def test_opened_alone_it_leads_to_data_and_the_sample() -> None:
    at = alone("explain")
    assert at.header[0].value == "No audit is open"
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
    assert "Integrated gradients" in said(at) and "Recommended here" in said(at) and "About " in said(at)


def test_other_ways_say_what_they_cannot_do_and_refused_ones_why(space: Workspace, home: Path, leaning: str) -> None:
    at = opened("explain", leaning)
    ways = widget(at, "radio", "method")
    captions = dict(zip(ways.options, ways.proto.captions, strict=True))
    assert captions["Integrated gradients"].startswith("Recommended.")
    assert "do not add up" in captions["Leaving out one by one"]
    onnx = said(opened("explain", kept(space, home, scored())))
    assert "Shapley values, sampled" in onnx
    assert "Not here: Integrated gradients; it needs a model that shows its inner workings" in onnx


def test_a_running_job_shows_how_it_stands_and_can_be_cancelled(space: Workspace) -> None:
    audit_id = audited(space, [0.5, 3.0, 0.0])
    at = press(opened("explain", audit_id), "Show what it looks at")
    assert "Cancel" in labels(at) and "One person" not in [s.value for s in at.subheader]
    assert "Cancel" in labels(opened("explain", audit_id))  # as after a refresh
    space.cancel(audit_id)
    space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert "Cancelled" in said(at) and "Show what it looks at" in labels(at)


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
    widget(at, "button_group", "whose scores").set_value("the refused").run()
    assert not at.exception and "In the denials of women" in said(at)
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


def test_what_can_be_taken_away_is_offered(explained: str) -> None:
    named = [button.proto.label for button in opened("explain", explained).get("download_button")]
    assert any("attribution.json" in label for label in named) and any(".csv" in label for label in named)


# ---------------------------------------------------------------- before and after


def test_after_a_fairer_model_the_page_says_that_the_proxy_left(compared: str) -> None:
    at = opened("explain", compared)
    first = first_sentence(at)
    assert "“hobby” moved the scores of" in first and first.count("points") >= 2
    assert "relied on “hobby”" in said(at) and "% less" in said(at) and "not the cause" in said(at)
    before, after, change = (t for t in tables(at) if "Points on average" in t)
    moved = numbers(after, "hobby", "Woman") - numbers(before, "hobby", "Woman")
    assert abs(numbers(after, "hobby", "Woman")) < 2 < abs(numbers(before, "hobby", "Woman"))
    assert numbers(change, "hobby", "Woman") == pytest.approx(moved, abs=0.11)
    assert len(at.get("vega_lite_chart")) == 3 and "compared with: An audit: fairer" in said(at)


def test_from_the_audit_page_the_model_is_shown_alone_and_the_comparison_is_a_click_away(compared: str) -> None:
    at = press(opened("audit", compared), "What does it look at?")
    assert "apart from" in first_sentence(at) and "compared with" not in said(at)
    assert "Who changed" not in [s.value for s in at.subheader]
    assert len([t for t in tables(at) if "Points on average" in t]) == 1
    at = opened("explain", compared)
    assert "“hobby” moved the scores of" in first_sentence(at)
    widget(at, "button_group", "alone or beside").set_value("This model alone").run()
    assert not at.exception and "apart from" in first_sentence(at)


def test_of_an_image_nothing_is_asked_that_a_person_cannot_change(
    space: Workspace, explained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = space.explanation(explained)
    assert found is not None
    seen = replace(found, before=replace(found.before, features=cell_names(1, 3)))
    monkeypatch.setattr(explain_found, "load", lambda audit_id: seen)
    at = opened("explain", explained)
    assert not at.exception and "One person" in [s.value for s in at.subheader]
    assert not at.get("multiselect")


def test_who_changed_is_listed_and_a_picked_one_is_explained_before_and_after(space: Workspace, compared: str) -> None:
    at = opened("explain", compared)
    listed = next(t for t in tables(at) if "Score before" in t)
    found = space.explanation(compared)
    assert found is not None and len(listed["Row"]) == len(found.changed) > 0
    shifts = [abs(one.score_after - one.score_before) for one in found.changed]
    assert listed["Row"] == [str(one.row + 1) for one in found.changed] and shifts == sorted(shifts, reverse=True)
    widget(at, "selectbox", "changed person").select_index(0).run()
    finished(space, compared)
    at.run()
    assert not at.exception and space.person(compared).row == found.changed[0].row  # type: ignore[union-attr]
    words = said(at)
    assert "Selected, with a score of" in words and "Refused, with a score of" in words


def test_another_threshold_changes_decisions_and_no_reason(space: Workspace) -> None:
    audit_id = audited(space, [0.5, 3.0, 0.0], "threshold")
    stricter = replace(PLAN, decision=replace(PLAN.decision, threshold=0.7))
    space.explain(audit_id, PLAN, against=Against("A stricter threshold", stricter))
    finished(space, audit_id)
    at = opened("explain", audit_id)
    assert not at.exception and any("score is the same in both" in str(text.value) for text in at.markdown)
    found = space.explanation(audit_id)
    assert found is not None and found.changed
    assert len([t for t in tables(at) if "Points on average" in t]) == 1


def test_a_fix_is_compared_by_a_button_of_its_own(space: Workspace) -> None:
    audit_id = audited(space, [0.3, 0.4, 0.0])
    plan = replace(PLAN, mitigate={"goal": "demographic_parity", "by": ["gender"]})
    space.mitigate(audit_id, plan, ("fairness_loss",), "no")
    finished(space, audit_id)
    at = opened("fix", audit_id)
    picks = widget(at, "radio", f"picked fix/{space.search(audit_id).id}")  # type: ignore[union-attr]
    offered = offer(space.mitigation(audit_id), ("fairness_loss",)).fixes  # type: ignore[arg-type]
    picks.set_value(next(fix.id for fix in offered if fix.title == picks.options[0])).run()
    press(at, "See what moved")
    finished(space, audit_id)
    page = opened("explain", audit_id)
    assert "compared with: A fix:" in said(page)
    before, after, _ = (t for t in tables(page) if "Points on average" in t)
    gaps = [numbers(t, "hobby", "Man") - numbers(t, "hobby", "Woman") for t in (before, after)]
    assert "“hobby” moved the scores of" in first_sentence(page) and gaps[1] < 0.7 * gaps[0]
    assert "relied on “hobby”" in said(page) and "% less" in said(page)


# ---------------------------------------------------------------- one person


def test_one_person_is_explained_with_reasons_and_what_would_change_it(space: Workspace, explained: str) -> None:
    refused = int(PEOPLE.index[(PEOPLE["hobby"] == 0) & (PEOPLE["merit"] > 0)][0])
    at = opened("explain", explained)
    widget(at, "number_input", "row").set_value(refused + 1).run()
    press(at, "Explain this person")
    finished(space, explained)
    at.run()
    words = said(at)
    assert not at.exception and "Refused, with a score of" in words
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
