"""The Explain page before and after: a fairer model, another threshold, a fix, and who changed sides."""

from dataclasses import replace

import pytest

from core.mitigate.search import offer
from core.plan.parts import MitigationPlan
from core.store.workspace import Against, Workspace
from pages.components import session
from tests.pages.on_explain_page import PLAN, audited, first_sentence, numbers
from tests.pages.whole_app import finished, opened, press, said, tables, widget

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def warm() -> bool:
    return True


@pytest.fixture(scope="module")
def compared(space: Workspace) -> str:
    """A leaning model beside one that hardly looks at the hobby, chosen on the page."""
    audited(space, 0.5, 0.1, "fairer")
    audit_id = audited(space, 0.5, 3.0, "leaning again")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "workspace", lambda: space)
        at = opened("explain", audit_id)
        box = widget(at, "selectbox", "compared with")
        box.select_index(box.options.index("An audit: fairer")).run()
        press(at, "Show what moved")
    finished(space, audit_id)
    return audit_id


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
    assert "Who changed" not in [s.value for s in at.header]
    assert len([t for t in tables(at) if "Points on average" in t]) == 1
    at = opened("explain", compared)
    assert "“hobby” moved the scores of" in first_sentence(at)
    widget(at, "button_group", "alone or beside").set_value("This model alone").run()
    assert not at.exception and "apart from" in first_sentence(at)


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
    assert "Selected, with a score of" in words and "Turned down, with a score of" in words


def test_another_threshold_changes_decisions_and_no_reason(space: Workspace) -> None:
    audit_id = audited(space, 0.5, 3.0, "threshold")
    stricter = replace(PLAN, decision=replace(PLAN.decision, threshold=0.7))
    space.explain(audit_id, PLAN, against=Against("A stricter threshold", stricter))
    finished(space, audit_id)
    at = opened("explain", audit_id)
    assert not at.exception and any("score is the same in both" in str(text.value) for text in at.markdown)
    found = space.explanation(audit_id)
    assert found is not None and found.changed
    assert "decided about in another way" in said(at) and "whose score changed most" not in said(at)
    assert len([t for t in tables(at) if "Points on average" in t]) == 1


def test_a_fix_is_compared_by_a_button_of_its_own(space: Workspace) -> None:
    audit_id = audited(space, 0.3, 0.4)
    plan = replace(PLAN, mitigate=MitigationPlan(goal="demographic_parity", by=("gender",)))
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
