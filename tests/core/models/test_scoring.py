"""How outputs are read, and that the number of rows scored at once changes no score."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Batch, Dataset
from core.data.profiling import take_profile
from core.errors import ModelError
from core.models.inputs.binding import Binding
from core.models.model import Model, Outputs
from core.models.outputs import favourable_scores, interpreted
from core.models.scoring import FIRST_ROWS, MOST_ROWS, Scorer
from core.plan.parts import Position
from core.plan.plan import Decision


def model_of(run: Callable[[Any], Outputs] = lambda features: Outputs(None, None), **facts: Any) -> Model:
    return Model(format="onnx", run=run, **facts)


def scores_of(values: Any, dtype: Any = np.float32, classes: Any = None, **decision: Any) -> np.ndarray:
    return favourable_scores(Outputs(np.array(values, dtype), None), Decision(**decision), model_of(classes=classes))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("values", [[0.2, 0.9], [[0.2], [0.9]], [[0.8, 0.2], [0.1, 0.9]]])
def test_probabilities_are_the_favourable_class_in_the_models_own_type(values: Any, dtype: Any) -> None:
    scores = scores_of(values, dtype)
    assert (scores.dtype, scores.shape) == (dtype, (2,))
    np.testing.assert_array_equal(scores, np.array([0.2, 0.9], dtype))


def test_class_0_of_one_number_is_the_rest() -> None:
    np.testing.assert_array_equal(scores_of([0.25, 1.0], favourable_class=0), np.float32([0.75, 0.0]))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [(0, 0.125), ("b", 0.25), ((0, 1), 0.375), (("c", 0), 0.75), ((2, "c"), 0.625)],
)
def test_classes_by_place_and_by_name_and_several_together(chosen: Any, expected: float) -> None:
    scores = scores_of([[0.125, 0.25, 0.625]], classes=("a", "b", "c"), favourable_class=chosen)
    assert scores.tolist() == [expected]


def test_an_integer_is_that_class_where_classes_are_numbers_and_a_place_where_they_are_texts() -> None:
    assert scores_of([[0.25, 0.75]], classes=(7, 0), favourable_class=0).tolist() == [0.75]
    assert scores_of([[0.25, 0.75]], classes=(7, 0), favourable_class="0").tolist() == [0.75]
    assert scores_of([[0.25, 0.75]], classes=(1, 2), favourable_class=1).tolist() == [0.25]
    assert scores_of([[0.25, 0.75]], classes=(-1.0, 1.0), favourable_class=-1).tolist() == [0.25]
    assert scores_of([[0.25, 0.75]], classes=(False, True), favourable_class="True").tolist() == [0.75]
    assert scores_of([[0.25, 0.75]], classes=(False, True), favourable_class=0).tolist() == [0.25]
    assert scores_of([[0.25, 0.75]], classes=("a", "b"), favourable_class=1).tolist() == [0.75]
    assert scores_of([[0.25, 0.75]], classes=(1, 2), favourable_class=Position(1)).tolist() == [0.75]


@pytest.mark.parametrize(
    ("chosen", "classes", "words"),
    [
        ("d", ("a", "b"), 'no class named "d".*0 = "a", 1 = "b"'),
        (2, ("a", "b"), 'good class, 2, is none .*0 = "a", 1 = "b"'),
        (-1, None, "number from 0 to 1"),
        ("yes", None, "does not name its classes"),
        ((0, 1), ("a", "b"), "Every class"),
        (0, (1, 2), "Its classes are 1, 2"),
        (Position(2), (1, 2), "at position 2"),
        (1, ("1", "2"), '"1" or the one at position 1, which is "2"'),
    ],
)
def test_a_class_that_is_not_there_is_refused_with_those_that_are(chosen: Any, classes: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words) as refused:
        scores_of([[0.5, 0.5]], classes=classes, favourable_class=chosen)
    assert "favourable_class" not in refused.value.message, "a page asks for the class, and knows no such key"
    assert "favourable_class" in refused.value.in_plan


@pytest.mark.parametrize("values", [[1.5, 0.2], [[-0.5, 1.5]], [[120.0, 3.0]]])
def test_numbers_that_are_no_probabilities_are_refused_with_the_way_out(values: Any) -> None:
    with pytest.raises(ModelError, match='output = "logit"'):
        scores_of(values)


def test_rounding_past_the_ends_is_not_refused() -> None:
    assert scores_of([1 + 5e-7, -5e-7]).tolist() == [1.0, 0.0]
    assert scores_of([[0.5, 0.5000003, 0.0]], favourable_class=(0, 1)).tolist() == [1.0]


def test_logits_become_probabilities_before_the_threshold() -> None:
    np.testing.assert_allclose(
        scores_of([0.0, 2.0, -1000.0, 1000.0], output="logit"), [0.5, 1 / (1 + np.exp(-2)), 0, 1], atol=1e-7
    )
    columns = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
    exact = np.exp(columns - columns.max(axis=1, keepdims=True))
    exact /= exact.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        scores_of(columns, np.float64, output="logit", favourable_class=2), exact[:, 2], atol=1e-15
    )
    assert scores_of([0.0], output="logit").dtype == np.float32


def test_a_model_that_shows_its_scores_to_be_logits_needs_no_word_in_the_plan() -> None:
    outputs = Outputs(np.array([-3.0, 3.0]), None)
    scores = favourable_scores(outputs, Decision(), model_of(logits=True, score_dtype="float64"))
    np.testing.assert_allclose(scores, 1 / (1 + np.exp([3.0, -3.0])))


@pytest.mark.parametrize(
    ("labels", "classes", "chosen", "expected"),
    [
        ([0, 1, 1], None, 1, [False, True, True]),
        ([[0], [1], [1]], None, 0, [True, False, False]),
        ([3, 7, 7], (3, 7), 7, [False, True, True]),
        (["no", "yes", "maybe"], ("maybe", "no", "yes"), ("yes", 0), [False, True, True]),
        (["no", "yes", "yes"], None, "yes", [False, True, True]),
        ([False, True, True], None, 1, [False, True, True]),
        ([False, True, True], (False, True), 1, [False, True, True]),
    ],
)
def test_labels_are_decisions(labels: Any, classes: Any, chosen: Any, expected: list[bool]) -> None:
    model = model_of(classes=classes, score_dtype=None)
    decided = favourable_scores(Outputs(None, np.array(labels)), Decision(favourable_class=chosen), model)
    assert decided.dtype == np.bool_
    assert decided.tolist() == expected


def test_a_label_outside_the_models_own_classes_is_refused() -> None:
    model = model_of(classes=("no", "yes"), score_dtype=None)
    with pytest.raises(ModelError, match='"perhaps", which is none of its classes'):
        favourable_scores(Outputs(None, np.array(["yes", "perhaps"])), Decision(favourable_class="yes"), model)


def test_labels_that_never_are_the_named_class_are_refused() -> None:
    decision = Decision(favourable_class="ja")
    seen = interpreted(Outputs(None, np.array(["no", "yes"])), decision, model_of(score_dtype=None)).labels
    assert seen is not None
    with pytest.raises(ModelError, match='"no", "yes"'):
        seen.warnings()


def test_labels_cannot_be_read_as_probabilities() -> None:
    with pytest.raises(ModelError, match='output = "class"'):
        favourable_scores(Outputs(None, np.array([0, 1])), Decision(output="probability"), model_of(score_dtype=None))


def test_class_output_of_numbers() -> None:
    assert scores_of([0.0, 1.0], output="class").tolist() == [False, True]
    chosen = {"output": "class", "favourable_class": 1}
    assert scores_of([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]], **chosen).tolist() == [True, False]
    with pytest.raises(ModelError, match="3 numbers for each person.*from 0 to 2"):
        scores_of([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]], output="class")
    with pytest.raises(ModelError, match="between the classes"):
        scores_of([0.3, 1.0], output="class")


def test_results_of_more_than_two_dimensions_are_refused() -> None:
    with pytest.raises(ModelError, match="shape 2 by 3 by 4"):
        scores_of(np.zeros((2, 3, 4)))


ROWS = 1000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("table")
    path = folder / "table.csv"
    path.write_text("x\n" + "\n".join(str(i / ROWS) for i in range(ROWS)) + "\n")
    profile = take_profile(path, "table.csv", folder, lambda done, total, what: None)
    return Dataset(folder / "table.parquet", profile, ("",))


@pytest.fixture
def batch(table: Dataset) -> Batch:
    return next(table.batches(("x",)))


BINDING = Binding(("x",))


def first_column(features: Any) -> Outputs:
    return Outputs(features[:, 0], None)


def limited(most: int, seen: list[int]) -> Callable[[Any], Outputs]:
    """A machine with memory for `most` rows at once."""

    def run(features: Any) -> Outputs:
        seen.append(len(features))
        if len(features) > most:
            raise MemoryError
        return first_column(features)

    return run


@pytest.mark.parametrize("most", [1, 7, 999, 10**9])
def test_out_of_memory_halves_the_batch_and_changes_no_score(batch: Batch, most: int) -> None:
    seen: list[int] = []
    scorer = Scorer(model_of(limited(most, seen)), BINDING, Decision(), "cpu")
    np.testing.assert_array_equal(scorer.score(batch), np.float32(np.arange(ROWS) / ROWS))
    assert scorer.batch_size <= most
    failures = [rows for rows in seen if rows > most]
    assert failures == sorted(failures, reverse=True)
    assert len(failures) <= 10


def test_a_single_row_that_does_not_fit_is_said(batch: Batch) -> None:
    with pytest.raises(ModelError, match="more memory for a single row"):
        Scorer(model_of(limited(0, [])), BINDING, Decision(), "cpu").score(batch)


def test_a_model_with_a_largest_batch_is_never_given_more(batch: Batch) -> None:
    seen: list[int] = []
    scorer = Scorer(model_of(limited(10**9, seen), rows=(1, 64)), BINDING, Decision(), "cpu")
    scorer.score(batch)
    assert max(seen) == scorer.batch_size == 64


def test_the_batch_grows_only_while_that_pays(monkeypatch: pytest.MonkeyPatch, batch: Batch) -> None:
    """On a clock where twice the rows take twice the time plus a constant, growing pays until the constant is small."""
    now = [0.0]
    monkeypatch.setattr("core.models.scoring.time.perf_counter", lambda: now[0])

    def run(features: Any) -> Outputs:
        now[0] += 1 + len(features) / 100_000
        return first_column(features)

    def constant_rate(features: Any) -> Outputs:
        now[0] += len(features) / 100_000
        return first_column(features)

    large = replace(batch, rows=np.arange(200_000), columns={"x": batch.columns["x"].take([0] * 200_000)})
    grown, kept = (Scorer(model_of(r), BINDING, Decision(), "cpu") for r in (run, constant_rate))
    grown.score(large)
    kept.score(large)
    assert grown.batch_size == MOST_ROWS["cpu"]
    assert kept.batch_size == FIRST_ROWS


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_result_that_is_no_number_names_its_row(batch: Batch, value: float) -> None:
    def run(features: Any) -> Outputs:
        values = features[:, 0].copy()
        values[values == np.float32(0.5)] = value
        return Outputs(values, None)

    model = model_of(run, rows=(1, 64))
    with pytest.raises(ModelError, match=r"row 501 below the header.*not a finite number"):
        Scorer(model, BINDING, Decision(), "cpu").score(batch)


@pytest.mark.parametrize(
    "outputs",
    [Outputs(np.zeros(3), None), Outputs(np.zeros((1, ROWS)), None), Outputs(None, np.zeros(3)), Outputs(None, None)],
)
def test_another_number_of_results_than_rows_is_refused(batch: Batch, outputs: Outputs) -> None:
    with pytest.raises(ModelError, match="for 1000 rows"):
        Scorer(model_of(lambda features: outputs), BINDING, Decision(), "cpu").score(batch)


@pytest.mark.parametrize(
    ("model", "decision", "dtype"),
    [
        (model_of(score_dtype="float64"), Decision(), "float64"),
        (model_of(score_dtype=None), Decision(), None),
        (model_of(), Decision(output="class"), None),
    ],
)
def test_a_scorer_says_beforehand_what_it_gives(model: Model, decision: Decision, dtype: str | None) -> None:
    scorer = Scorer(model, BINDING, decision, "cpu")
    assert (scorer.dtype, scorer.decides) == (dtype, dtype is None)
    assert scorer.columns_used == ("x",)


def test_no_rows_give_no_scores(batch: Batch) -> None:
    nobody = batch.take(np.zeros(ROWS, bool))
    assert Scorer(model_of(first_column), BINDING, Decision(), "cpu").score(nobody).shape == (0,)
