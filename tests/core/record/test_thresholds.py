"""A threshold that is tried: which ones there are, and what they change."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.counts.counts import Axis, Groups
from core.metrics.verdicts import Judgement
from core.plan.plan import Decision
from tests.worlds.people import count, plan_of
from tests.worlds.records import decided, record_of, scored
from tests.worlds.reference import Person

RULE = json.dumps(
    {"plumbline": 1, "by": [], "groups": [{"group": {}, "threshold": 0.3}], "otherwise": 0.3, "score": "score",
     "direction": "at_or_above"}
)  # fmt: skip


def rates(judgement: Judgement) -> dict[str, float | None]:
    return {g.group["g"]: g.metrics["selection_rate"].value for g in judgement.groups}


def test_a_models_thresholds_go_in_hundredths_with_the_plans_own_among_them() -> None:
    options = scored().thresholds
    assert len(options) == 102 and options[0] == 0 and options[-1] == 1
    assert 0.437 in options and options == tuple(sorted(options))


def test_a_score_columns_thresholds_are_its_own_values() -> None:
    assert scored(model=False).thresholds == (0.2, 0.4, 0.5, 0.6)


def test_many_values_are_thinned_out_and_keep_both_ends() -> None:
    axis = Axis.of(np.arange(1001) * 3.0)
    people = [Person(("ab"[i % 2],), None, False, 3.0 * i) for i in range(1001)]
    counts = count(people, axis, Groups.product(("g",), (("a", "b"),)))
    record = record_of(plan_of(decision='score = "s"\nthreshold = 1000.5'), counts)
    options = record.thresholds
    assert 50 <= len(options) <= 104 and options[0] == 0 and options[-1] == 3000 and 1000.5 in options


def test_decisions_have_no_threshold_to_move() -> None:
    assert decided().thresholds == ()


def test_a_stated_rule_has_no_threshold_to_move() -> None:
    record = scored()
    ruled = replace(record, plan=replace(record.plan, decision=Decision(model="m.onnx", rule=RULE)))
    assert ruled.thresholds == ()


def test_at_the_plans_own_threshold_nothing_changes() -> None:
    record = scored()
    assert record.judgement(0.437).gaps == record.judgement().gaps


@pytest.mark.parametrize(("threshold", "everybody"), [(0.0, 1.0), (0.61, 0.0)])
def test_another_threshold_selects_others_and_keeps_the_references(threshold: float, everybody: float) -> None:
    record = scored()
    tried = record.judgement(threshold)
    assert tried.references == record.references
    assert set(rates(tried).values()) == {everybody}


def test_where_low_scores_are_good_a_lower_threshold_selects_fewer() -> None:
    record = scored(model=False, below=True)
    assert set(rates(record.judgement(0.2)).values()) == {0.0}
    assert set(rates(record.judgement(0.6)).values()) == {0.5}
