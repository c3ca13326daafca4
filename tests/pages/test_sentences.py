"""What stands on a page before anything is opened on it is said in sentences of at most twenty words."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import MitigationPlan
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.compare.test_compare import pick
from tests.pages.surface import sentences, with_open_steps
from tests.pages.whole_app import ME, WAIT_SECONDS, finished, opened, said, widget

pytestmark = pytest.mark.jobs

MOST_WORDS = 20
PAGES = ("data", "audit", "fix", "explain", "report", "compare", "over_time", "history", "help")


@pytest.fixture(scope="module")
def warm() -> bool:
    return True


@pytest.fixture(scope="module")
def audited(space: Workspace) -> str:
    """The loans, audited, and nothing more asked."""
    return finished(space, space.open_sample(SAMPLES["loans"], ME).id)


@pytest.fixture(scope="module")
def answered(space: Workspace) -> str:
    """The loans with all that the app finds: their audit, fixes and what the model looks at."""
    audit_id = finished(space, space.open_sample(SAMPLES["loans"], ME).id)
    record = space.record(audit_id)
    assert record is not None
    asked = replace(record.plan, mitigate=MitigationPlan(goal="demographic_parity", by=("gender",)))
    space.mitigate(audit_id, asked, ("reweighing", "thresholds", "equalized_odds_mix"), "no")
    finished(space, audit_id)
    space.explain(audit_id, record.plan)
    return finished(space, audit_id)


@pytest.fixture(scope="module")
def two(space: Workspace, audited: str) -> tuple[str, str]:
    """The loans at two thresholds."""
    record, second = space.record(audited), space.duplicate(audited, "Stricter").id
    assert record is not None
    space.run(second, replace(record.plan, decision=replace(record.plan.decision, threshold=0.6)))
    return audited, finished(space, second)


def too_long(page: str, audit_id: str | None) -> list[str]:
    return long_ones(opened(page, audit_id))


def long_ones(at: AppTest) -> list[str]:
    found = sentences(at)
    assert found
    return [f"{len(each.split())}: {each}" for each in found if len(each.split()) > MOST_WORDS]


@pytest.mark.parametrize("page", PAGES)
def test_before_anything_is_asked(page: str) -> None:
    assert too_long(page, None) == []


def test_while_the_data_page_asks(space: Workspace) -> None:
    with SAMPLES["loans"].table.open("rb") as table:
        audit_id = space.put_table(space.new(ME).id, table, "loans.csv").id
    space.wait(audit_id, WAIT_SECONDS)
    at = with_open_steps(opened("data", audit_id), audit_id)
    assert "Compare by" in sentences(at) and long_ones(at) == []


@pytest.mark.parametrize("page", PAGES[:8])
def test_before_fixes_and_reasons_are_asked_for(audited: str, page: str) -> None:
    assert too_long(page, audited) == []


@pytest.mark.parametrize("asked", [False, True])
def test_of_two_audits_that_differ(space: Workspace, two: tuple[str, str], asked: bool) -> None:
    """Every question, by the column and the crossed columns whose groups have the longest names."""
    if asked:
        space.pair(two[1], two[0])
        finished(space, two[1])
    at = pick(opened("compare", two[1]), *two)
    assert ("so each range is as narrow as it can be" in said(at)) is asked and "It is not decided" in said(at)
    columns, questions = widget(at, "selectbox", "by").options, widget(at, "selectbox", "question").options
    crossed = [name for name in columns if " × " in name]
    assert len(questions) > 6 and crossed
    assert long_ones(at) == []
    for by in (columns[0], crossed[-1]):
        at = widget(at, "selectbox", "by").select(by).run()
        for question in questions:
            at = widget(at, "selectbox", "question").select(question).run()
            assert "In the second: " in said(at) and long_ones(at) == []


@pytest.mark.parametrize("page", PAGES[:8])
def test_with_all_that_the_app_finds(answered: str, page: str) -> None:
    assert too_long(page, answered) == []
