"""skops files of all the kinds of scikit-learn model that people save."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC

from core.errors import ModelError
from core.models import open_model
from core.models.model import Input, Model
from core.models.skops.content_checks import check_parts

RNG = np.random.default_rng(0)
PEOPLE = pd.DataFrame(
    {
        "age": RNG.integers(20, 70, 80).astype(float),
        "zip": RNG.choice(["007", "7"], 80),
        "job": RNG.choice(["clerk", "nurse"], 80),
    }
)
WORKS = np.where(PEOPLE["age"] + 20 * (PEOPLE["job"] == "nurse") + RNG.normal(0, 5, 80) > 55, "yes", "no")


def by_column() -> Any:
    return make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["zip", "job"]))


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[Any], Model]:
    def save_and_open(estimator: Any) -> Model:
        path = tmp_path / "model.skops"
        skops.io.dump(estimator, path)
        return open_model(path, "model.skops")

    return save_and_open


def features(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {name: np.array(frame[name], dtype=float if name == "age" else object) for name in frame.columns}


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(by_column(), LogisticRegression()),
        make_pipeline(by_column(), RandomForestClassifier(5, n_jobs=2, random_state=0)),
        make_pipeline(by_column(), HistGradientBoostingClassifier(max_iter=3)),
        make_pipeline(by_column(), MLPClassifier(4, max_iter=300, random_state=0, tol=0.1)),
        GridSearchCV(make_pipeline(by_column(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}, cv=2),
        CalibratedClassifierCV(make_pipeline(by_column(), LinearSVC()), cv=2),
    ],
    ids=lambda estimator: type(getattr(estimator, "steps", [[0, estimator]])[-1][1]).__name__,
)
def test_named_columns_keep_their_kind_and_scores(opened: Callable[[Any], Model], estimator: Any) -> None:
    """`zip` holds "007": a text to this model, whatever the table looks like."""
    model = opened(estimator.fit(PEOPLE, WORKS))
    assert kinds(model) == [("age", "number", False), ("zip", "text", False), ("job", "text", False)]
    assert [each.categories for each in model.inputs or ()] == [None, {"007", "7"}, {"clerk", "nurse"}]
    assert model.classes == ("no", "yes")
    np.testing.assert_allclose(model.run(features(PEOPLE)).scores, estimator.predict_proba(PEOPLE), atol=1e-12)


def kinds(model: Model) -> list[tuple[str, str | None, bool]]:
    return [(each.name, each.kind, each.blank_is_missing) for each in model.inputs or ()]


def test_a_part_without_columns_says_nothing(opened: Callable[[Any], Model]) -> None:
    columns = make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), []))
    model = opened(make_pipeline(columns, LogisticRegression()).fit(PEOPLE[["age"]], WORKS))
    assert model.inputs == (Input("age", "number"),)


def test_missing_texts_are_missing_where_the_model_was_trained_with_missing(opened: Callable[[Any], Model]) -> None:
    holes = PEOPLE.assign(job=PEOPLE["job"].mask(PEOPLE.index % 9 == 0))
    encoder = make_column_transformer((OneHotEncoder(), ["job"]), (SimpleImputer(strategy="most_frequent"), ["zip"]))
    pipeline = make_pipeline(
        encoder, make_column_transformer((OneHotEncoder(), [-1]), remainder="passthrough"), LogisticRegression()
    )
    model = opened(pipeline.fit(holes, WORKS))
    assert kinds(model) == [("age", None, False), ("zip", "text", True), ("job", "text", True)]
    np.testing.assert_allclose(model.run(features(holes)).scores, pipeline.predict_proba(holes), atol=1e-12)


def test_decision_function_gives_logits(opened: Callable[[Any], Model]) -> None:
    estimator = make_pipeline(by_column(), LinearSVC()).fit(PEOPLE, WORKS)
    model = opened(estimator)
    assert model.logits
    np.testing.assert_allclose(model.run(features(PEOPLE)).scores, estimator.decision_function(PEOPLE), atol=1e-12)


def test_a_nameless_matrix(opened: Callable[[Any], Model]) -> None:
    matrix = PEOPLE[["age"]].to_numpy()
    estimator = LogisticRegression().fit(matrix, WORKS == "yes")
    model = opened(estimator)
    assert (model.inputs, model.width, model.dtype, model.classes) == (None, 1, np.float64, (False, True))
    np.testing.assert_array_equal(model.run(matrix).scores, estimator.predict_proba(matrix))


def test_missing_numbers_that_the_model_cannot_take_name_their_column(opened: Callable[[Any], Model]) -> None:
    model = opened(make_pipeline(by_column(), LogisticRegression()).fit(PEOPLE, WORKS))
    cells = features(PEOPLE)
    cells["age"][3] = np.nan
    with pytest.raises(ModelError, match="missing numbers, and there are some in age"):
        model.run(cells)
    cells["age"][3], cells["job"][4] = 1, "astronaut"
    with pytest.raises(ModelError, match='never seen: "astronaut" in column "job"'):
        model.run(cells)


def shout(x: Any) -> Any:
    return x


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (RandomForestRegressor(3).fit(PEOPLE[["age"]], PEOPLE["age"]), "no classes"),
        (StandardScaler().fit(PEOPLE[["age"]]), "no decisions"),
        (LogisticRegression(), "no classes"),
        (make_pipeline(FunctionTransformer(shout), LogisticRegression()).fit(PEOPLE[["age"]], WORKS), "shout"),
        (make_pipeline(FunctionTransformer(np.load), LogisticRegression()), "numpy.load"),
    ],
    ids=["regressor", "transformer", "unfitted", "own_function", "numpy_function"],
)
def test_what_is_no_plain_classifier_is_refused(opened: Callable[[Any], Model], estimator: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words) as raised:
        opened(estimator)
    assert "\n" not in str(raised.value)


def test_a_type_outside_the_list_is_never_built(tmp_path: Path) -> None:
    """The file names os.mkdir as a function; opening it must neither call nor import it."""
    saved = io.BytesIO()
    skops.io.dump(LogisticRegression(), saved)
    with zipfile.ZipFile(saved) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["__class__"], schema["__module__"] = "mkdir", "os"
    path = tmp_path / "hostile.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    with pytest.raises(ModelError, match="os.mkdir"):
        open_model(path, "hostile.skops")


def test_another_version_of_sklearn_is_said(opened: Callable[[Any], Model], monkeypatch: pytest.MonkeyPatch) -> None:
    estimator = LogisticRegression().fit(PEOPLE[["age"]], WORKS)
    assert opened(estimator).warnings == ()
    monkeypatch.setattr(LogisticRegression, "__getstate__", lambda self: {**self.__dict__, "_sklearn_version": "1.2.3"})
    (warning,) = opened(estimator).warnings
    assert "1.2.3" in warning


def test_texts_alone(opened: Callable[[Any], Model]) -> None:
    texts = np.array(["good day", "bad day", "good", "bad"], dtype=object)
    estimator = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0])
    model = opened(estimator)
    assert model.inputs == (Input("text", "text"),)
    np.testing.assert_array_equal(model.run({"text": texts}).scores, estimator.predict_proba(texts))


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(C=10, probability=True, random_state=0),
        FixedThresholdClassifier(LogisticRegression(), threshold=0.75, response_method="predict_proba"),
        TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy", cv=2),
        make_pipeline(StandardScaler(), FixedThresholdClassifier(LogisticRegression(), threshold=0.3)),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.filterwarnings("ignore:The `probability` parameter:FutureWarning")
def test_the_models_own_decision_is_its_predict(opened: Callable[[Any], Model], estimator: Any) -> None:
    matrix = PEOPLE[["age"]].to_numpy()
    estimator.fit(matrix, WORKS)
    model = opened(estimator)
    assert model.decide is not None
    np.testing.assert_array_equal(model.decide(matrix).labels, estimator.predict(matrix))
    fixed = getattr(estimator, "best_threshold_", getattr(estimator, "threshold", None))
    assert model.threshold == (0.3 if hasattr(estimator, "steps") else fixed)


def test_boosting_with_categories_of_a_table_is_scikit_learns_own(opened: Callable[[Any], Model]) -> None:
    holes = PEOPLE.assign(job=PEOPLE["job"].mask(PEOPLE.index % 9 == 0), age=PEOPLE["age"].mask(PEOPLE.index % 7 == 0))
    typed = holes.astype({"job": "category", "zip": "category"})
    estimator = HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype").fit(typed, WORKS)
    model = opened(estimator)
    assert kinds(model) == [("age", "number", False), ("zip", "text", False), ("job", "text", True)]
    np.testing.assert_array_equal(model.run(features(holes)).scores, estimator.predict_proba(typed))


def test_what_code_follows_without_looking_is_looked_at(opened: Callable[[Any], Model]) -> None:
    """Places in a tree that lead outside it, each changed in a model that opens as it is."""
    matrix = PEOPLE[["age", "age"]].to_numpy()
    for change in (
        lambda tree: tree.children_left.__setitem__(0, 10**6),
        lambda tree: tree.children_right.__setitem__(0, 0),
        lambda tree: tree.feature.__setitem__(0, 2),
    ):
        forest = RandomForestClassifier(2, max_depth=3, random_state=0).fit(matrix, WORKS)
        change(forest.estimators_[1].tree_)
        with pytest.raises(ModelError, match="damaged or was changed"):
            opened(forest)
    for field, value in (("left", 10**6), ("right", 0), ("feature_idx", 2)):
        boosted = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4).fit(matrix, WORKS)
        boosted._predictors[0][0].nodes[field][0] = value
        with pytest.raises(ModelError, match="damaged or was changed"):
            opened(boosted)
    machine = SVC().fit(matrix, WORKS)
    machine._n_support[0] += 1
    with pytest.raises(ModelError, match="damaged or was changed"):
        opened(machine)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (CountVectorizer(input="filename"), "reads files"),
        (CountVectorizer(tokenizer=np.char.split), "calls a function"),
    ],
)
def test_a_vectorizer_opens_no_files_and_calls_no_functions(first: Any, words: str) -> None:
    first.vocabulary_ = {"a": 0}
    with pytest.raises(ModelError, match=words):
        check_parts(make_pipeline(first, LogisticRegression()), "m.skops")


def test_a_pipeline_keeps_no_files(opened: Callable[[Any], Model]) -> None:
    with pytest.raises(ModelError, match="memory=None"):
        opened(make_pipeline(StandardScaler(), LogisticRegression(), memory="kept").fit(PEOPLE[["age"]], WORKS))


def test_steps_of_another_library_are_named_with_what_helps(opened: Callable[[Any], Model], tmp_path: Path) -> None:
    """A file as imbalanced-learn's pipeline makes one, on a machine that has no such library."""
    opened(make_pipeline(StandardScaler(), LogisticRegression()).fit(PEOPLE[["age"]], WORKS))
    source, target = next(tmp_path.glob("*.skops")), tmp_path / "imblearn.skops"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            new.writestr(entry, text.replace(b'"sklearn.pipeline"', b'"imblearn.pipeline"'))
    with pytest.raises(ModelError, match=r"imbalanced-learn act only while.*fit_resample"):
        open_model(target, "model.skops")
