"""What a refused plan says: names as a person writes them, never as Python prints a list."""

import re
from collections.abc import Callable

import pytest

from core.counts.rule_file import RuleFile
from core.errors import MOST_QUOTED, PlanError, quoted
from core.mitigate.settings import Settings
from core.plan.plan import Plan
from tests.worlds.people import plan_of

TWO = plan_of(("g", "h")).to_toml()


def rule(**row: str) -> dict[str, object]:
    return {
        "plumbline": 1, "by": ["g", "h"], "groups": [{"group": row, "threshold": 0.5}], "otherwise": 0.5,
        "score": "score", "direction": "at_or_above",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (lambda: plan_of(("g", "h"), groups='reference = {k = "a", l = "b"}'), 'names "k", "l", not among .* "g", "h"'),
        (lambda: plan_of(("g", "h"), groups="bins = {k = [1]}"), 'cuts "k", which is not among .* columns "g", "h"'),
        (
            lambda: Settings.of(Plan.from_toml(TWO + '[mitigate]\nby = ["k"]\n')),
            r'those of "k"\. Name sensitive .*: "g", "h"',
        ),
        (lambda: Settings.of(Plan.from_toml(TWO + "[mitigate]\nby = []\n")), r"those of no column\. Name sensitive"),
        (lambda: Plan.from_toml(TWO.replace('prediction = "p"', 'prediction = ["p"]')), r'prediction is \["p"\]; it'),
        (lambda: Plan.from_toml(TWO.replace('file = "t.csv"', "file = []")), "file lists no file. Name the files"),
        (
            lambda: Plan.from_toml(TWO.replace('file = "t.csv"', "file = 2026-11-21")),
            'file is "2026-11-21"; it',
        ),
        (lambda: RuleFile.from_json(rule(g="a", k="b")), 'a group names "g", "k" and not "g", "h"'),
    ],
)
def test_names_stand_in_quotation_marks(refused: Callable[[], object], said: str) -> None:
    with pytest.raises(PlanError) as told:
        refused()
    assert re.search(said, str(told.value)) and "'" not in str(told.value)


def test_of_many_names_the_first_few_are_shown() -> None:
    names = [f"c{i}" for i in range(MOST_QUOTED + 3)]
    assert quoted(names).endswith(f'"c{MOST_QUOTED - 1}" and 3 more') and quoted(names[:2]) == '"c0", "c1"'
