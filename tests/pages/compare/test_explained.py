"""What two models look at, side by side on the Compare page, where both audits were explained."""

from dataclasses import replace

import pytest

from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.compare.test_compare import pick
from tests.pages.whole_app import ME, finished, opened, said, tables

pytestmark = pytest.mark.jobs


def test_features_of_both_stand_beside_each_other_once_both_were_explained(space: Workspace) -> None:
    first = finished(space, space.open_sample(SAMPLES["loans"], ME).id)
    record = space.record(first)
    assert record is not None
    second = space.duplicate(first, "Stricter").id
    stricter = replace(record.plan, decision=replace(record.plan.decision, threshold=0.6))
    space.run(second, stricter)
    finished(space, second)
    space.explain(first, record.plan, "feature_ablation", 50)
    finished(space, first)
    at = pick(opened("compare"), first, second)
    assert "The second audit was not explained yet" in said(at)
    space.explain(second, stricter, "feature_ablation", 50)
    finished(space, second)
    (numbers,) = [table for table in tables(pick(opened("compare"), first, second)) if "Feature" in table]
    explained = space.explanation(first)
    assert explained is not None
    shares = dict(zip(explained.features, explained.before.shares.tolist(), strict=True))
    for name, cell in zip(numbers["Feature"], numbers["First"], strict=True):
        assert cell == f"{100 * shares[name]:.0f}\u00a0%"
    assert sum(shares.values()) == pytest.approx(1) and numbers["First"] == numbers["Second"], (
        "only the threshold moved"
    )
