"""Only the people that a search for fixes holds out: an audit of them counts just whom a fix is judged on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.engine.counting import count
from core.engine.sources import source
from core.errors import PlanError
from core.mitigate.counted_decisions import observe
from core.mitigate.plans import of_the_judged
from core.mitigate.splits import REPORT, divide
from core.plan.plan import Plan
from tests.worlds.people import csv_text, dataset_of, plan_of, quiet

PLAN = plan_of(
    label=True, decision='score = "s"\nthreshold = 0.5', data='keep = [{column = "g", not_in = ["c"]}]', run="seed = 3"
)
DRAW = np.random.default_rng(7)
ROWS = [
    ("abc"[DRAW.choice(3, p=[0.6, 0.3, 0.1])], str(DRAW.choice(["0", "1", ""])), f"{DRAW.integers(10) / 10}")
    for _ in range(600)
]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return dataset_of(csv_text(("g", "y", "s"), ROWS), tmp_path)


def held_out(share: float) -> Plan:
    return replace(PLAN, data=replace(PLAN.data, held_out=share))


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_an_audit_of_people_held_out_counts_the_report_part_and_nobody_else(dataset: Dataset, share: float) -> None:
    plan = held_out(share)
    counted = count(source(plan, dataset, None), dataset, plan, quiet)
    judged = observe(divide(PLAN, dataset, share, None, quiet), PLAN, None, quiet, "").counts(REPORT)
    assert (counted.counts.n == judged.n).all() and 0 < counted.kept < len(ROWS)
    among_c = sum(row[0] == "c" for row in ROWS)
    assert counted.dropped == (among_c, len(ROWS) - among_c - counted.kept) and counted.read == len(ROWS)


def test_a_search_on_people_held_out_divides_only_them(dataset: Dataset) -> None:
    plan = held_out(0.5)
    among = divide(plan, dataset, 0.5, None, quiet)
    first = divide(PLAN, dataset, 0.5, None, quiet).tables[0]
    assert sum(among.sizes().values()) == first.sizes()["report"] and len(among.tables[0].dropped) == plan.sieves


def test_a_fix_found_among_people_held_out_is_audited_on_those_of_them_whom_it_was_judged_on(tmp_path: Path) -> None:
    dataset, plan, share = dataset_of(csv_text(("g", "y", "s"), ROWS), tmp_path), held_out(0.5), 0.4
    judged = observe(divide(plan, dataset, share, None, quiet), plan, None, quiet, "").counts(REPORT).n.sum(axis=2)
    again = of_the_judged(plan, share)
    counted = count(source(again, dataset, None), dataset, again, quiet).counts.n.sum(axis=2)
    assert np.abs(counted - judged).max() <= 1 < judged.sum()  # each group and outcome to the nearest person


def test_the_plan_file_keeps_it_and_refuses_what_is_no_share(table_text: Callable[[str], str]) -> None:
    assert Plan.from_toml(held_out(0.25).to_toml()).data.held_out == 0.25
    assert held_out(0.25).question_sha256 != PLAN.question_sha256
    with pytest.raises(PlanError, match="held_out is the share"):
        Plan.from_toml(table_text("held_out = 1.0"))


@pytest.fixture
def table_text() -> Callable[[str], str]:
    return lambda line: PLAN.to_toml().replace('file = "t.csv"', f'file = "t.csv"\n{line}')
