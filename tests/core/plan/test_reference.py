"""The plan file's reference, core/plan/README.md, beside the code that reads plans: neither names a key alone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from core.errors import PlanError
from core.metrics.gaps import GAPS
from core.metrics.policies import POLICIES
from core.mitigate.goals import COSTS, GOALS
from core.mitigate.settings import Settings
from core.plan.plan import Plan

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = (ROOT / "core" / "plan" / "README.md").read_text(encoding="utf-8")
LOANS = (ROOT / "core" / "samples" / "loans.toml").read_text(encoding="utf-8")
STRANGER = "zzzz"
A_MODELS = "[decision] favourable_class"  # and no score's, so that no plan has both
# Where each table of a plan stands, in a plan that has them all.
PLACES: dict[str, tuple[str | int, ...]] = {
    "Top level": (),
    "[data]": ("data",),
    "[data] favourable": ("data", "favourable"),
    "[data] keep": ("data", "keep", 0),
    "[decision]": ("decision",),
    "[decision] favourable": ("decision", "favourable"),
    A_MODELS: ("decision", "favourable_class"),
    "[groups]": ("groups",),
    "[policy]": ("policy",),
    "[policy] limits": ("policy", "limits", 0),
    "[mitigate]": ("mitigate",),
    "[mitigate] price": ("mitigate", "price"),
    "[run]": ("run",),
    "[words]": ("words",),
    "[report]": ("report",),
    "[monitor]": ("monitor",),
    "[monitor] watch": ("monitor", "watch", 0),
}


def every_table() -> dict[str, Any]:
    return {
        "plumbline": 1,
        "data": {
            "file": "t.csv",
            "label": "y",
            "favourable": {"at_least": 5},
            "keep": [{"column": "days", "between": [0, 1]}],
        },
        "decision": {"score": "s", "favourable": {"below": 5}},
        "groups": {"sensitive": ["sex"]},
        "policy": {"limits": [{"measure": "disparate_impact", "least": 0.8}]},
        "mitigate": {"price": {"wrongly_denied": 1, "wrongly_granted": 5}},
        "run": {"seed": 1},
        "words": {"selected": "approved"},
        "report": {"author": "somebody"},
        "monitor": {"watch": [{"measure": "disparate_impact", "by": "sex", "group": "Female"}]},
    }


def read(document: dict[str, Any]) -> Plan:
    """The plan, with what reads `[mitigate]`."""
    plan = Plan.from_toml(tomli_w.dumps(document))
    Settings.of(plan)
    return plan


def known(place: tuple[str | int, ...]) -> set[str]:
    """The keys that the reader knows there, as it says to who writes another one."""
    document: Any = every_table()
    if place == PLACES[A_MODELS]:
        document["decision"]["favourable_class"] = {"position": 1}
    table = document
    for step in place:
        table = table[step]
    table[STRANGER] = 1
    with pytest.raises(PlanError, match=f'unknown key "{STRANGER}"') as refused:
        read(document)
    return set(re.findall(r"\w+", str(refused.value).split("; it knows ")[1]))


def named() -> dict[str, set[str]]:
    """The keys that the reference names under each heading with a table of keys."""
    found = {}
    for section in re.split(r"^##+ ", REFERENCE, flags=re.MULTILINE)[1:]:
        heading, rest = section.split("\n", 1)
        keys = set(re.findall(r"^\| `(\w+)` \|", rest, flags=re.MULTILINE))
        for title in re.findall(r"`([^`]+)`", heading) or [heading]:
            found[title] = keys
    return found


def test_the_reference_has_a_table_for_each_of_the_plans() -> None:
    assert set(named()) == set(PLACES)


@pytest.mark.parametrize("table", PLACES)
def test_it_names_every_key_of_the_reader_and_no_other(table: str) -> None:
    assert named()[table] == known(PLACES[table])


def test_the_plan_that_has_every_table_is_read() -> None:
    read(every_table())


def test_it_shows_the_samples_plan_and_examples_that_are_read() -> None:
    blocks = re.findall(r"```toml\n(.+?)```", REFERENCE, flags=re.DOTALL)
    assert blocks[0] == LOANS and len(blocks) > 5
    for block in blocks:
        read({**tomllib.loads(LOANS), **tomllib.loads(block)})


def test_it_names_every_goal_cost_measure_and_policy() -> None:
    for name in (*GOALS, *COSTS, *GAPS, *POLICIES):
        assert re.search(rf"[`\"]{name}[`\"]", REFERENCE), name
