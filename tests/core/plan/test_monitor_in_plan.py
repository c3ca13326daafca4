"""`[monitor]`: read, written, refused, and no part of the question."""

from __future__ import annotations

from typing import Any

import pytest
import tomli_w

from core.errors import PlanError
from core.plan.plan import MonitorPlan, Plan, Watch

WATCH = {"measure": "disparate_impact", "by": "sex", "group": "Female"}
CROSSED = {"measure": "accuracy_difference", "by": ["sex", "race"], "group": ["Female", "Black"]}


def plan(**monitor: Any) -> Plan:
    document = {
        "plumbline": 1,
        "data": {"file": "t.csv", "label": "y", "favourable": 1},
        "decision": {"prediction": "d", "favourable": [1]},
        "groups": {"sensitive": ["sex", "race"]},
        "monitor": monitor,
    }
    return Plan.from_toml(tomli_w.dumps(document))


def test_a_plan_says_what_is_watched_and_is_written_so_that_it_is_read_again() -> None:
    read = plan(watch=[WATCH, CROSSED], baseline=6, date="month", webhook="ops", email="anna@example.org")
    assert read.monitor == MonitorPlan(
        (
            Watch("disparate_impact", ("sex",), ("Female",)),
            Watch("accuracy_difference", ("sex", "race"), ("Female", "Black")),
        ),
        6,
        "month",
        "ops",
        ("anna@example.org",),
    )
    assert Plan.from_toml(read.to_toml()) == read


def test_what_is_watched_is_no_part_of_the_question() -> None:
    assert plan(watch=[WATCH], baseline=4).question_sha256 == plan().question_sha256
    assert "monitor" not in plan().to_toml()


@pytest.mark.parametrize(
    ("monitor", "says"),
    [
        ({"watch": [WATCH | {"group": g} for g in "abcd"]}, "names 4 gaps; it takes at most 3"),
        ({"watch": [WATCH, WATCH]}, "names a gap twice"),
        ({"watch": [WATCH | {"by": "age"}]}, "not among the sensitive columns"),
        ({"watch": [WATCH | {"group": ["Female", "Black"]}]}, "by and group go together"),
        ({"watch": [CROSSED | {"by": ["sex", "sex"]}]}, "name each column once"),
        ({"baseline": 2}, "baseline is 2; it takes 3 to 12"),
        ({"bands": 1}, "unknown key"),
        ({"webhook": "https://hooks.example.org/t0ken"}, "webhook is a name such as"),
        ({"email": ["anna@example.org\nBcc: eve@evil.example"]}, "which is no address such as"),
        ({"email": [f"a{i}@example.org" for i in range(11)]}, "lists 11 addresses; it takes at most 10"),
    ],
)
def test_what_cannot_be_watched_is_refused(monitor: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        plan(**monitor)
