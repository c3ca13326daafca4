"""Words that stopped a newcomer are explained one click away on each page on which they stand."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import GroupsPlan, MitigationPlan
from core.report.glossary.entry import address
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.on_fix_page import PLAN, TABLE, cards
from tests.pages.surface import with_open_steps
from tests.pages.whole_app import ME, audited, finished, labels, opened, plain_words, said, tables

pytestmark = pytest.mark.jobs

# What stands on a page, and the term that explains it.
STOPPED = {
    "plausible": "plausible_range",
    "lots": "lots",
    "threshold": "threshold",
    "among fixes that reach it": "least_cost",
    "price on the gap": "price_on_the_gap",
    "stand-in": "stand_in",
    "weights": "weights",
    "four-fifths": "four_fifths",
    "no group gains": "levelling_down",
    "without the good outcome": "other_outcome",
    "crossed columns": "crossed_columns",
    "limit": "limit",
}
_ASKED = ("selectbox", "multiselect", "number_input", "radio", "select_slider", "checkbox", "markdown", "text")


@pytest.fixture(scope="module")
def searched(space: Workspace) -> str:
    """An audit of two columns and both crossed, whose fixes were looked for: thresholds, lots and weights."""
    plan = replace(PLAN, groups=GroupsPlan(sensitive=("g", "x"), intersections=2))
    audit_id = audited(space, plan, TABLE)
    asked = replace(plan, mitigate=MitigationPlan(goal="demographic_parity", by=("g",)))
    space.mitigate(audit_id, asked, ("reweighing", "thresholds", "equalized_odds_mix"), "unknown")
    return finished(space, audit_id)


def surface(at: AppTest) -> str:
    """All words of the page, of its boxes and buttons too."""
    asked = [widget.label for kind in _ASKED[:-2] for widget in at.get(kind)]
    cells = [f"{name} {' '.join(column)}" for table in tables(at) for name, column in table.items()]
    return plain_words("\n".join([said(at), *labels(at), *asked, *cells, *cards(at)])).casefold()


def explained(at: AppTest) -> str:
    """What question marks and links of the page say."""
    return "\n".join(str(one.proto) for kind in _ASKED for one in [*at.get(kind), *at.caption])


@pytest.fixture(scope="module")
def explained_too(space: Workspace) -> str:
    """The loans, audited, and what their model looks at."""
    audit_id = finished(space, space.open_sample(SAMPLES["loans"], ME).id)
    record = space.record(audit_id)
    assert record is not None
    space.explain(audit_id, record.plan)
    return finished(space, audit_id)


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("audit", {"plausible", "threshold", "crossed columns", "limit"}),
        ("fix", {"lots", "threshold", "weights", "among fixes that reach it"}),
    ],
)
def test_a_word_that_stopped_a_newcomer_is_explained_where_it_stands(searched: str, page: str, least: set[str]) -> None:
    assert unexplained(page, searched, least) == []


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("data", set()),
        ("audit", {"plausible", "threshold", "limit"}),
        ("fix", {"lots", "threshold", "price on the gap"}),
        ("explain", {"plausible"}),
        ("report", set()),
        ("history", set()),
    ],
)
def test_so_it_is_where_a_model_was_asked_what_it_looks_at(explained_too: str, page: str, least: set[str]) -> None:
    assert unexplained(page, explained_too, least) == []


def test_so_it_is_where_the_data_page_asks(searched: str) -> None:
    assert unexplained("data", searched, {"threshold"}) == []


def unexplained(page: str, audit_id: str, least: set[str]) -> list[str]:
    """The words of the list that stand on the page, at least these, and that nothing on it explains."""
    at = opened(page, audit_id)
    if page == "data":
        with_open_steps(at, audit_id)
    words, help_there = surface(at), explained(at)
    standing = {word for word in STOPPED if word in words}
    assert least <= standing
    return [word for word in standing if f"term={address(STOPPED[word])}" not in help_there]
