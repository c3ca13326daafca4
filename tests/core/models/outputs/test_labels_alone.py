"""Models that give labels alone and name no classes, from the file to the counts: judged over the whole run."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from core.data.dataset import BATCH_ROWS, Dataset
from core.engine.counting import Counted, count
from core.engine.sources import source
from core.errors import ModelError
from core.notes import said
from core.plan.plan import Plan
from tests.worlds.shards import counted_in_shards, facts, pass_over, summed

ROWS = 40


@pytest.fixture
def numbered(onnx_of: Callable[..., Path]) -> Path:
    """Label 1 where x is above 0, else 0: whole numbers without names."""
    nodes = [
        helper.make_node("Greater", ["x", "zero"], ["above"]),
        helper.make_node("Cast", ["above"], ["label"], to=TensorProto.INT64),
    ]
    weights = {"zero": np.float32([0])}
    return onnx_of(nodes, [("x", TensorProto.FLOAT, [None, 1])], [("label", TensorProto.INT64, [None, 1])], weights)


@pytest.fixture
def worded(onnx_of: Callable[..., Path]) -> Path:
    """Label "yes" where x is above 0, else "no"."""
    nodes = [
        helper.make_node("Greater", ["x", "zero"], ["above"]),
        helper.make_node("Where", ["above", "yes", "no"], ["label"]),
    ]
    weights = {"zero": np.float32([0]), "yes": np.array(["yes"], object), "no": np.array(["no"], object)}
    return onnx_of(nodes, [("x", TensorProto.FLOAT, [None, 1])], [("label", TensorProto.STRING, [None, 1])], weights)


def people(xs: list[int]) -> str:
    return "sex,x\n" + "".join(f"{'ab'[i % 2]},{x}\n" for i, x in enumerate(xs))


def audited(model: Path, dataset: Dataset, plan: Plan) -> Counted:
    return count(source(plan, dataset, model), dataset, plan, lambda done, total, what: None)


def selected(counted: Counted) -> int:
    return int(counted.counts.n[:, :, 1].sum())


@pytest.mark.parametrize("file", ["numbered", "worded"])
@pytest.mark.parametrize("ups_first", [True, False])
def test_a_batch_without_the_good_label_is_no_reason_to_refuse(
    file: str, ups_first: bool, request: pytest.FixtureRequest, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    """The good label stands in one of the two batches only."""
    ups = [1] * BATCH_ROWS
    xs = ups + [0] * ROWS if ups_first else [0] * BATCH_ROWS + [1] * ROWS
    chosen = 1 if file == "numbered" else "yes"
    plan = plan_of(features=["x"], favourable_class=chosen)
    dataset = dataset_of(people(xs))
    counted = audited(request.getfixturevalue(file), dataset, plan)
    assert selected(counted) == sum(xs)
    assert counted.notes(dataset.profile) == ()


def test_a_good_label_that_nobody_gets_is_refused_with_those_they_got(
    numbered: Path, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    dataset = dataset_of(people([0, 1] * ROWS))
    with pytest.raises(ModelError, match='gave nobody the good answer 7; it gave "0", "1"'):
        audited(numbered, dataset, plan_of(features=["x"], favourable_class=7))


def test_a_word_left_at_the_number_of_the_default_is_refused_with_the_words(
    worded: Path, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    with pytest.raises(ModelError, match='it gave "no", "yes".*in quotation marks'):
        audited(worded, dataset_of(people([0, 1] * ROWS)), plan_of(features=["x"]))


def test_a_model_that_says_no_to_everybody_is_audited_and_said(
    numbered: Path, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    dataset = dataset_of(people([0] * ROWS))
    counted = audited(numbered, dataset, plan_of(features=["x"]))
    assert selected(counted) == 0
    assert counted.notes(dataset.profile) == (said('the model gave nobody the good answer 1; it gave "0"'),)


def test_one_of_several_good_labels_that_nobody_gets_is_said(
    worded: Path, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    plan = plan_of(features=["x"], favourable_class=["yes", "perhaps"])
    dataset = dataset_of(people([0, 1] * ROWS))
    counted = audited(worded, dataset, plan)
    assert selected(counted) == ROWS
    assert counted.notes(dataset.profile) == (
        said('the model gave nobody the good answer perhaps; it gave "no", "yes"'),
    )


def test_the_labels_named_are_the_same_in_whatever_parts_they_were_given(
    onnx_of: Callable[..., Path], dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    """The model's label is x itself, 0 to 29; the first ones by number are named, also where a part has others only."""
    nodes = [helper.make_node("Cast", ["x"], ["label"], to=TensorProto.INT64)]
    model = onnx_of(nodes, [("x", TensorProto.FLOAT, [None, 1])], [("label", TensorProto.INT64, [None, 1])], {})
    xs = list(range(30)) * 3
    random.Random(2).shuffle(xs)
    dataset, plan = dataset_of(people(xs)), plan_of(features=["x"], favourable_class=[1, 77])
    one = pass_over(source(plan, dataset, model), dataset, plan)
    whole = summed(one, counted_in_shards(one, [0] * 90))
    assert whole.notes(dataset.profile) == (
        said(
            'the model gave nobody the good answer 77; it gave "0", "1", "10", "11", "2", "3", "4", "5", "6", "7"'
            " and more"
        ),
    )
    by_label = counted_in_shards(one, xs)
    for shards in (by_label, by_label[::-1], counted_in_shards(one, [i % 4 for i in range(90)])):
        assert facts(summed(one, shards)) == facts(whole)


def test_a_threshold_on_labels_alone_is_refused_and_never_ignored(
    numbered: Path, dataset_of: Any, plan_of: Callable[..., Plan]
) -> None:
    with pytest.raises(ModelError, match="labels and no scores.* no threshold under"):
        audited(numbered, dataset_of(people([0, 1])), plan_of(features=["x"], threshold=0.7))
