"""Refits: the same pipeline with weights or without, saved as the skops file that came."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.errors import ModelError
from core.mitigate.training.refitting import Refittable, save, weight_name
from core.mitigate.training.rows import TrainingRows
from core.models import open_model
from core.plan.plan import Decision

DRAW = np.random.default_rng(0)
PEOPLE = pd.DataFrame({"age": DRAW.normal(40, 10, 300), "job": DRAW.choice(["clerk", "nurse"], 300)})
LABELS = (PEOPLE["age"] + 10 * (PEOPLE["job"] == "nurse") + DRAW.normal(0, 8, 300) > 45).to_numpy(dtype=np.int64)
NAMES = np.where(LABELS == 1, "good", "bad")
WEIGHTS = np.where(LABELS == 1, 4.0, 1.0)
ROWS = TrainingRows(
    {"age": PEOPLE["age"].to_numpy(), "job": PEOPLE["job"].to_numpy(dtype=object)}, LABELS,
    np.zeros(300, dtype=np.int64), WEIGHTS,
)  # fmt: skip
GOOD = Decision(model="m", favourable_class="good")


def pipeline(last: Any) -> Any:
    return make_pipeline(make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["job"])), last)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Refittable]:
    def open_it(estimator: Any, decision: Decision = GOOD) -> Refittable:
        skops.io.dump(estimator, tmp_path / "model.skops")
        return Refittable(tmp_path / "model.skops", "model.skops", decision)

    return open_it


def chances(estimator: Any) -> np.ndarray:
    found: np.ndarray = estimator.predict_proba(PEOPLE)[:, list(estimator.classes_).index("good")]
    return found


def test_with_weights_it_is_scikit_learns_own_weighted_fit(opened: Callable[..., Refittable]) -> None:
    refit = opened(pipeline(LogisticRegression()).fit(PEOPLE, NAMES))
    own = pipeline(LogisticRegression()).fit(PEOPLE, NAMES, logisticregression__sample_weight=WEIGHTS)
    assert chances(refit.fit(ROWS, True, 0)) == pytest.approx(chances(own), abs=1e-12)


def test_without_weights_it_is_the_plain_fit_and_weights_change_it(opened: Callable[..., Refittable]) -> None:
    fitted = pipeline(LogisticRegression()).fit(PEOPLE, NAMES)
    refit = opened(fitted)
    assert chances(refit.fit(ROWS, False, 0)) == pytest.approx(chances(fitted), abs=1e-12)
    assert chances(refit.fit(ROWS, True, 0)).mean() > chances(fitted).mean() + 0.05


def test_people_of_unknown_outcome_are_left_out(opened: Callable[..., Refittable]) -> None:
    refit = opened(pipeline(LogisticRegression()).fit(PEOPLE, NAMES))
    unknown = replace(ROWS, labels=np.where(np.arange(300) < 50, 2, LABELS))
    own = pipeline(LogisticRegression()).fit(PEOPLE[50:], NAMES[50:])
    assert chances(refit.fit(unknown, False, 0)) == pytest.approx(chances(own), abs=1e-12)


def test_the_result_opens_as_the_upload_did(opened: Callable[..., Refittable], tmp_path: Path) -> None:
    refit = opened(pipeline(LogisticRegression()).fit(PEOPLE, NAMES))
    save(refit.fit(ROWS, True, 0), tmp_path / "after.skops")
    after = open_model(tmp_path / "after.skops", "after")
    assert (after.format, after.inputs, after.classes) == ("skops", refit.model.inputs, refit.model.classes)


def test_random_parts_follow_the_seed(opened: Callable[..., Refittable]) -> None:
    refit = opened(pipeline(RandomForestClassifier(5)).fit(PEOPLE, NAMES))
    first, again, other = (chances(refit.fit(ROWS, True, seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_a_finished_search_is_fitted_as_what_it_found(opened: Callable[..., Refittable]) -> None:
    search = GridSearchCV(pipeline(LogisticRegression()), {"logisticregression__C": [0.01, 1.0]}, cv=2)
    refit = opened(search.fit(PEOPLE, NAMES))
    own = pipeline(LogisticRegression(C=search.best_params_["logisticregression__C"]))
    own.fit(PEOPLE, NAMES, logisticregression__sample_weight=WEIGHTS)
    assert chances(refit.fit(ROWS, True, 0)) == pytest.approx(chances(own), abs=1e-12)


def test_a_matrix_model_and_the_other_class_as_the_good_one(opened: Callable[..., Refittable]) -> None:
    matrix = PEOPLE[["age"]].to_numpy()
    refit = opened(LogisticRegression().fit(matrix, 1 - LABELS), Decision(model="m", favourable_class=0))
    again = refit.fit(replace(ROWS, features=matrix), False, 0)
    own = LogisticRegression().fit(matrix, 1 - LABELS)
    assert again.predict_proba(matrix) == pytest.approx(own.predict_proba(matrix), abs=1e-12)


def test_weights_reach_the_last_step_of_nested_pipelines() -> None:
    nested = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression()))
    assert weight_name(nested, "m") == "pipeline__logisticregression__sample_weight"


def test_an_estimator_without_weights_is_refused_with_words(opened: Callable[..., Refittable]) -> None:
    refit = opened(pipeline(KNeighborsClassifier()).fit(PEOPLE, NAMES))
    with pytest.raises(ModelError, match="ends in a KNeighborsClassifier, which cannot be fitted with weights"):
        refit.fit(ROWS, True, 0)
    assert chances(refit.fit(ROWS, False, 0)).shape == (300,)


def test_more_than_two_classes_are_refused(opened: Callable[..., Refittable]) -> None:
    three = np.where(PEOPLE["age"] > 50, "old", NAMES)
    with pytest.raises(ModelError, match="tells 3 classes apart"):
        opened(pipeline(LogisticRegression()).fit(PEOPLE, three))


def test_rows_that_cannot_be_fitted_are_said_in_words(opened: Callable[..., Refittable]) -> None:
    refit = opened(pipeline(LogisticRegression()).fit(PEOPLE, NAMES))
    with pytest.raises(ModelError, match="could not be fitted again to these rows: .*2 classes"):
        refit.fit(replace(ROWS, labels=np.ones(300, dtype=np.int64)), True, 0)
