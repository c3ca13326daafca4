"""`[report]`: what is printed of the answer; read strictly, no part of the question."""

from dataclasses import replace
from datetime import date

import pytest

from core.errors import PlanError
from core.plan.parts import ReportPlan
from core.plan.plan import Plan
from pages.components.data.draft import Draft
from tests.worlds.people import plan_of

PLAN = plan_of()
WHOLE = ReportPlan(
    "Loans", "A. Smith", "Yearly review", date(2027, 11, 30), "logo.png", ("decision", "annex"), ("finding", "plan")
)


def test_it_is_read_as_it_was_written_and_kept_by_the_data_page() -> None:
    plan = replace(PLAN, report=WHOLE)
    assert Plan.from_toml(plan.to_toml()).report == WHOLE
    assert Draft.from_toml(Draft.from_plan(plan).to_toml()).plan == plan


def test_it_is_no_part_of_the_question_and_a_plan_without_it_is_written_as_before() -> None:
    plan = replace(PLAN, report=WHOLE)
    assert plan.question_sha256 == PLAN.question_sha256 and plan.sha256 != PLAN.sha256
    assert "report" not in PLAN.to_toml()
    assert PLAN.sha256 == "7127ea55c6eb2ace28dec3126fd3cd5dc1ca56443c52c8f686c846facebd5d0c"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('readers = ["board"]', 'readers names "board"; it takes decision, policy, annex'),
        ('readers = ["policy", "policy"]', "readers names one twice"),
        ('valid_until = "soon"', 'valid_until is "soon"; it takes a day such as'),
        ('title = "one\\ntwo"', "title is no plain text on one line"),
        (f'author = "{"a" * 121}"', "author has 121 letters; it takes at most 120"),
        ('autor = "x"', 'unknown key "autor"; did you mean "author"'),
    ],
)
def test_what_cannot_be_printed_is_refused(line: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        Plan.from_toml(f"{PLAN.to_toml()}\n[report]\n{line}\n")
