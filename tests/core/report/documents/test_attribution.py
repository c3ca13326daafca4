"""What of an explanation is taken away: every number of both models, and no cell that a spreadsheet would compute."""

import csv
import io

import numpy as np
import pytest

from core.counts.counts import Groups
from core.explain.explanation import Explanation
from core.explain.groups.attribution import Attribution
from core.explain.groups.paired import Paired
from core.plan.plan import Plan
from core.report.documents.attribution import attribution_csv, attribution_json

PLAN = Plan.from_toml(
    'plumbline = 1\n[data]\nfile = "t.csv"\n[decision]\nmodel = "m.onnx"\n[groups]\nsensitive = ["g"]\n'
)
GROUPS, FEATURES = Groups(("g",), (("=1+1", "b"),), ((0,), (1,))), ("@job", "debt")
CELLS, SELECTED = np.asarray([0, 0, 1, 1]), np.asarray([False, True, False, False])
BEFORE = np.asarray([[0.1, 0.2], [0.3, 0.0], [-0.1, 0.1], [-0.3, 0.1]])


def explanation(two: bool) -> Explanation:
    paired = Paired.of(GROUPS, FEATURES, CELLS, SELECTED, BEFORE, BEFORE / 2) if two else None
    before = Attribution.of(GROUPS, FEATURES, CELLS, SELECTED, BEFORE)
    return Explanation(
        plan=PLAN,
        plan_after=PLAN if two else None,
        method="feature_ablation",
        before=before,
        after=None if paired is None else paired.after,
        paired=paired,
        changed=(),
        telling=(),
        kept=4,
        base=(0.5, 0.5) if two else (0.5,),
        proxies={"g": (0.4, 0.0)},
        checks=(),
        checks_after=(),
        device="cpu",
        warnings=(),
        data_sha256="d" * 64,
        model_sha256=None,
    )


def rows(found: Explanation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(attribution_csv(found))))


def test_the_csv_holds_the_mean_of_each_group_in_points() -> None:
    (row,) = (r for r in rows(explanation(False)) if (r["group"], r["decision"], r["feature"]) == ("b", "all", "debt"))
    assert float(row["mean_points"]) == pytest.approx(10) and row["people"] == "2" and row["which"] == "before"
    (nobody,) = (
        r
        for r in rows(explanation(False))
        if (r["group"], r["decision"], r["feature"])[:2] == ("b", "selected") and r["feature"] == "debt"
    )
    assert nobody["mean_points"] == "" and nobody["people"] == "0"


def test_two_models_give_before_after_and_change() -> None:
    found = rows(explanation(True))
    means = {
        r["which"]: float(r["mean_points"])
        for r in found
        if (r["group"], r["decision"], r["feature"]) == ("b", "all", "debt")
    }
    assert means == {"before": 10, "after": 5, "change": -5}
    document = attribution_json(explanation(True))
    assert [
        g["mean"][1] for g in document["after"]["change"] if g["group"] == {"g": "b"} and g["selected"] is None
    ] == [pytest.approx(-0.05)]
    assert "after" not in attribution_json(explanation(False))


def test_no_cell_begins_like_a_formula() -> None:
    text = attribution_csv(explanation(True))
    assert {r["group"] for r in rows(explanation(True))} == {"'=1+1", "b"} and ",@job" not in text
