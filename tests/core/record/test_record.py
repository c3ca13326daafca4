"""The record and result.json: everything survives, and what has no value is null with its reason."""

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import Axis, Counts, Groups
from core.errors import JobError
from core.metrics.reference import resolve
from core.metrics.second_opinion import SecondOpinion
from core.metrics.verdicts import plan_rule
from core.notes import said
from core.plan.plan import Plan
from core.record import AuditRecord, Provenance
from core.record.written_counts import (
    axis_from_json,
    axis_to_json,
    counts_from_json,
    counts_to_json,
    groups_from_json,
    groups_to_json,
)
from core.report.documents.json import as_text, result
from tests.worlds.people import AXES, count, groups_of, labelled, plan_of, worlds
from tests.worlds.reference import Person

PROVENANCE = Provenance("d" * 64, None, "cpu", None, 3, {"numpy": "2"}, {"count": 0.5})
OPINION = SecondOpinion(10, 40, 2e-16, True)


def record_of(counts: Counts, plan: Plan) -> AuditRecord:
    references = resolve(counts, plan_rule(counts, plan), plan)
    return AuditRecord(
        plan,
        counts,
        references,
        counts.people + 3,
        (1, 2),
        (said("odd"),),
        OPINION,
        PROVENANCE,
        "2026-01-01T00:00:00+00:00",
    )


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False))


@pytest.mark.parametrize("kind", AXES)
@settings(max_examples=8)
@given(st.data())
def test_counts_survive_json(kind: str, data: st.DataObject) -> None:
    groups, people = data.draw(worlds(AXES[kind]))
    counts = count(people, AXES[kind], groups)
    again = counts_from_json(through_json(counts_to_json(counts)))
    assert (again.groups, again.axis) == (counts.groups, counts.axis)
    assert np.array_equal(again.n, counts.n)
    assert np.array_equal(again.sums, counts.sums)
    assert (again + counts).people == 2 * counts.people


def test_a_record_survives_json() -> None:
    record = record_of(labelled({"a": (4, 1, 2, 3), "(missing)": (1, 1, 1, 1)}), plan_of(label=True))
    again = AuditRecord.from_json(through_json(record.to_json()))
    assert again.digest == record.digest
    assert again.judgement() == record.judgement()
    assert (again.plan, again.references, again.dropped) == (record.plan, record.references, (1, 2))
    assert again.to_json() == record.to_json()


def test_a_digest_is_of_everything() -> None:
    record = record_of(labelled({"a": (4, 1, 2, 3)}), plan_of(label=True))
    document = record.to_json()
    for key in ("created", "parent", "previous", "warnings"):
        changed = AuditRecord.from_json({**through_json(document), key: ["x"] if key == "warnings" else "x"})
        assert changed.digest != record.digest


def test_cells_without_people_are_left_out() -> None:
    counts = count([Person(("a",), True, True, 0.5)], AXES["probabilities in float64"], groups_of(1, 2))
    assert counts_to_json(counts)["n"] == [[0, 1, 501, 1]]


def damaged(**changes: Any) -> dict[str, Any]:
    document = through_json(record_of(labelled({"a": (4, 1, 2, 3)}), plan_of(label=True)).to_json())
    for path, value in changes.items():
        *where, last = path.split("__")
        part = document
        for key in where:
            part = part[key]
        part[last] = value
    return document


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        damaged(plumbline=2),
        damaged(counts=None),
        damaged(counts__n=[[9, 9, 9, 1]]),
        damaged(counts__n=[[0, 0]]),
        damaged(counts__sums=[1, 2]),
        damaged(counts__axis__edges=[1, 0]),
        damaged(counts__axis__dtype="object"),
        damaged(counts__axis__kind="verdict"),
        damaged(counts__groups__cells=[[7]]),
        damaged(counts__groups__attributes=[]),
        damaged(rows={}),
        damaged(aif360={"agrees": True}),
        damaged(provenance={"device": "cpu"}),
        damaged(references=[{"by": ["g"]}]),
    ],
)
def test_what_is_no_record_is_refused(document: Any) -> None:
    with pytest.raises(JobError):
        AuditRecord.from_json(document)


@pytest.mark.parametrize("edges", [[], [1.0, 1.0], [2.0, 1.0], [0.0, math.inf], [math.nan], [0.0, 1e301]])
def test_an_axis_needs_rising_edges(edges: list[float]) -> None:
    with pytest.raises(ValueError, match="edges"):
        axis_from_json({**axis_to_json(Axis.decisions()), "edges": edges})


@pytest.mark.parametrize(
    "change",
    [{"cells": [[0, 0]]}, {"cells": [[0], [0]]}, {"cells": [[-1]]}, {"cells": [[5]]}, {"attributes": ["g", "h"]}],
)
def test_groups_must_fit_their_attributes(change: dict[str, Any]) -> None:
    groups = Groups.product(("g",), (("a", "b"),))
    assert groups_from_json(through_json(groups_to_json(groups))) == groups
    with pytest.raises(ValueError, match="do not fit"):
        groups_from_json({**groups_to_json(groups), **change})


# ---------------------------------------------------------------- result.json


def numbers_in(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_in(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner, path)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield path, value


@pytest.mark.parametrize("kind", AXES)
@settings(max_examples=8)
@given(st.data())
def test_no_number_of_a_result_is_infinite_and_none_has_a_value_that_has_none(kind: str, data: st.DataObject) -> None:
    axis = AXES[kind]
    groups, people = data.draw(worlds(axis))
    decision = (
        'score = "s"\nthreshold = 0.5'
        if kind != "decisions" and not axis.decided
        else 'prediction = "p"\nfavourable = [1]'
    )
    record = record_of(
        count(people, axis, groups), plan_of(groups.attributes, decision=decision, label=data.draw(st.booleans()))
    )
    document = json.loads(as_text(result(record)))
    assert all(math.isfinite(number) for _, number in numbers_in(document))
    for group in document["groups"]:
        for name, estimate in group["metrics"].items():
            assert (estimate["value"] is None) is ("reason" in estimate), name
            if estimate["value"] is None:
                assert (estimate["low"], estimate["high"]) == (None, None)
            elif estimate["low"] is not None:
                assert estimate["low"] <= estimate["value"] + 1e-12
                assert estimate["value"] <= estimate["high"] + 1e-12
            if estimate.get("denominator") == 0:
                assert estimate["value"] is None
    for gap in document["gaps"]:
        assert (gap["value"] is None) is (gap["verdict"] == "not_measurable")
        if gap["value"] is None:
            assert gap["reason"]
            assert [gap[key] for key in ("low", "high", "p_value", "p_adjusted")] == [None] * 4


def test_a_result_holds_what_others_build_on() -> None:
    plan = plan_of(("g", "h"), label=True)
    counts = labelled(
        {("a", "x"): (90, 5, 10, 95), ("b", "x"): (20, 5, 80, 95), ("b", "y"): (0, 3, 0, 2, 4, 4)}, ("g", "h")
    )
    document = result(record_of(counts, plan))
    assert list(document) == [
        "plumbline", "rows", "dropped", "left_out", "references", "population", "groups", "gaps", "findings", "aif360",
        "warnings", "provenance",
    ]  # fmt: skip
    assert document["rows"] == {"read": 416, "kept": 413, "labelled": 405}
    assert document["references"][0] == {"by": ["g"], "reference": {"g": "b"}}
    assert [group["by"] for group in document["groups"]] == [["g"]] * 2 + [["h"]] * 2 + [["g", "h"]] * 3
    first = document["gaps"][0]
    assert list(first) == [
        "by", "measure", "group", "reference", "value", "low", "high", "p_value", "p_adjusted", "comparisons", "limit",
        "limit_source", "differs", "breaks_limit", "verdict", "reason",
    ]  # fmt: skip
    assert (first["limit"], first["limit_source"]) == ([0.8, 1.25], "default")
    for finding in document["findings"]:
        assert document["gaps"][finding["gaps"][0]]["verdict"] == finding["verdict"]
    assert set(document["population"]) == {"theil_index"}
    assert document["provenance"]["plan_sha256"] == plan.sha256
    assert document["provenance"]["question_sha256"] == plan.question_sha256
    unmeasurable = next(g for g in document["groups"] if g["group"] == {"g": "b", "h": "y"})
    assert unmeasurable["metrics"]["true_positive_rate"] == {
        "value": None, "low": None, "high": None, "numerator": 0, "denominator": 0,
        "reason": "no one in this group has the good outcome",
    }  # fmt: skip


METRICS_WITH_LABELS = {
    "selection_rate", "base_rate", "false_negative_rate", "false_positive_rate", "true_positive_rate",
    "true_negative_rate",
    "accuracy", "error_rate", "positive_predictive_value", "negative_predictive_value", "balanced_accuracy", "f1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "label", "names"),
    [
        ("decisions", True, METRICS_WITH_LABELS),
        ("decisions", False, {"selection_rate"}),
        ("deciles", True, METRICS_WITH_LABELS | {"mean_score", "roc_auc"}),
        ("probabilities in float32", True, METRICS_WITH_LABELS | {"mean_score", "roc_auc", "brier_score"}),
        ("probabilities in float32", False, {"selection_rate", "mean_score"}),
    ],
)
def test_which_metrics_a_group_has(kind: str, label: bool, names: set[str]) -> None:
    people = [Person(("a",), True, True, 1.0), Person(("a",), False, True, 1.0)]
    decision = 'prediction = "p"\nfavourable = [1]' if kind == "decisions" else 'score = "s"\nthreshold = 1'
    document = result(record_of(count(people, AXES[kind], groups_of(1, 1)), plan_of(decision=decision, label=label)))
    assert set(document["groups"][0]["metrics"]) == names
    assert ("theil_index" in document["population"]) is label


def test_json_is_written_without_nan_and_with_every_letter() -> None:
    assert as_text({"é": 1}) == '{\n "é": 1\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        as_text({"x": math.nan})
