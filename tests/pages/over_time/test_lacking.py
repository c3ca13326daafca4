"""A later table that lacks what the first one has: a column, or the group that the others are compared with."""

from collections.abc import Iterator

import pytest

from core.store.workspace import Workspace
from tests.pages.over_time.test_over_time import PLAN, ROWS, drop, headline
from tests.pages.whole_app import ME, audited, opened, press, said
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs


@pytest.fixture(autouse=True)
def nobodys_audits(space: Workspace) -> Iterator[None]:
    """Each test begins with a browser that has none."""
    yield
    for audit in space.owned_by(ME):
        space.delete(audit.id)


def test_one_that_lacks_the_first_tables_comparison_group_says_which_and_what_to_do(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "p"), ROWS))
    other = csv_text(("g", "p"), [("x" if group == "a" else group, chosen) for group, chosen in ROWS])
    shown = said(drop(opened("over_time", first), space, m2026_02=other.encode()))
    assert "“2026-02.csv” has no result." in shown and 'The reference "a" does not occur in g.' in shown
    assert "the one that “people.csv”, the first table, has. Write that group in the table as it stands there" in shown
    assert "put it in again, and remove this one." in shown


def test_one_that_lacks_a_column_is_opened_to_be_answered_again(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "p"), ROWS))
    at = drop(opened("over_time", first), space, m2026_02=csv_text(("g", "q"), ROWS).encode())
    assert "“2026-02.csv” has no result." in said(at) and 'no column "p"' in said(at)
    (other,) = [audit.id for audit in space.owned_by(ME) if audit.id != first]
    press(at, "Open it")
    space.wait(other, 180)
    at = opened("data", other)
    assert headline(at) == "What should be audited?" and "The plan names columns that this table does not have" in said(
        at
    )
