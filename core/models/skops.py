"""skops files (scikit-learn): only types of a fixed list are ever built."""

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError
from core.models.faults import first_line
from core.models.model import Features, Input, Model, Outputs
from core.models.recipe import Kind
from core.models.words import words

# What fitted scikit-learn models hold beside what skops itself trusts: arrays and settings that run nothing when built.
TRUSTED = words(
    """sklearn.tree._tree.Tree
    sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor
    sklearn.neural_network._stochastic_optimizers.AdamOptimizer
    sklearn.neural_network._stochastic_optimizers.SGDOptimizer
    sklearn.calibration._CalibratedClassifier
    sklearn.calibration._SigmoidCalibration
    sklearn.utils._bunch.Bunch
    sklearn.metrics._dist_metrics.EuclideanDistance64
    sklearn.metrics._dist_metrics.MinkowskiDistance64
    sklearn.metrics._dist_metrics.ManhattanDistance64
    sklearn.neighbors._kd_tree.KDTree
    sklearn.neighbors._ball_tree.BallTree
    sklearn.feature_selection._univariate_selection.f_classif
    sklearn.feature_selection._univariate_selection.chi2
    sklearn.feature_selection._mutual_info.mutual_info_classif
    sklearn.compose._column_transformer.make_column_selector
    sklearn.metrics._scorer._PassthroughScorer
    sklearn.metrics._scorer._CurveScorer
    sklearn.metrics._scorer._Scorer
    sklearn.metrics._classification.balanced_accuracy_score
    sklearn.metrics._classification.accuracy_score
    sklearn.metrics._classification.f1_score
    sklearn.utils._metadata_requests.MetadataRequest
    sklearn.utils._metadata_requests.MethodMetadataRequest
    sklearn.model_selection._split.StratifiedKFold
    sklearn.model_selection._split.KFold
    sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace
    sklearn.gaussian_process.kernels.ConstantKernel
    sklearn.gaussian_process.kernels.Product
    sklearn.gaussian_process.kernels.Sum
    sklearn.gaussian_process.kernels.RBF
    sklearn.gaussian_process.kernels.WhiteKernel
    scipy.interpolate._bsplines.BSpline
    scipy.interpolate._interpolate.interp1d
    numpy.dtype"""
)
MOST_LISTED = 4


def open_skops(path: Path, name: str, device: str) -> Model:
    """Open a skops file; scikit-learn runs on the CPU whatever the `device`. Raises ModelError."""
    estimator, said = _load(path, name)
    if not hasattr(estimator, "predict"):
        raise ModelError(
            f'"{name}" holds a {type(estimator).__name__}, which gives no decisions. Save the whole fitted classifier.'
        )
    if not hasattr(estimator, "classes_"):
        raise ModelError(
            f'"{name}" holds a {type(estimator).__name__}, which has no classes: it is not fitted, or predicts a '
            "quantity rather than an outcome. Save a fitted classifier, or put its predictions in the table as a "
            "score column."
        )
    inputs = tuple(_inputs(estimator)) or None
    method = next(m for m in ("predict_proba", "decision_function", "predict") if hasattr(estimator, m))
    return Model(
        format="skops",
        run=_Runner(name, estimator, method),
        inputs=inputs,
        width=None if inputs else getattr(estimator, "n_features_in_", None),
        dtype=np.float64,
        score_dtype=None if method == "predict" else "float64",
        classes=tuple(value.item() if isinstance(value, np.generic) else value for value in estimator.classes_),
        logits=method == "decision_function",
        warnings=said,
    )


def _load(path: Path, name: str) -> tuple[Any, tuple[str, ...]]:
    """The estimator, and what loading it warned about."""
    import skops.io

    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - TRUSTED)
            if unknown:
                raise _untrusted(name, unknown)
            estimator = skops.io.load(path, trusted=sorted(TRUSTED))
    except ModelError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside skops
        raise ModelError(
            f'"{name}" cannot be opened: it is damaged or from a version of scikit-learn that differs too much '
            f"({first_line(error)})."
        ) from None
    return estimator, tuple(dict.fromkeys(_version_words(w) for w in caught if "version" in str(w.message)))


def _untrusted(name: str, unknown: list[str]) -> ModelError:
    listed = ", ".join(unknown[:MOST_LISTED]) + (
        f" and {len(unknown) - MOST_LISTED} more" if len(unknown) > MOST_LISTED else ""
    )
    return ModelError(
        f'"{name}" holds parts that Plumbline does not build: {listed}. Only scikit-learn\'s own classifiers and '
        "transformers are opened: "
        "replace functions of your own by scikit-learn's transformers, or convert the model to ONNX with skl2onnx."
    )


def _version_words(warning: warnings.WarningMessage) -> str:
    import sklearn

    made = getattr(warning.message, "original_sklearn_version", "another version")
    return (
        f"This model was saved with scikit-learn {made}; this machine has {sklearn.__version__}, and results may "
        "differ slightly."
    )


def _inputs(estimator: Any) -> Iterator[Input]:
    """The columns that the estimator was fitted on, by name; none for one that was fitted on a nameless matrix."""
    if _reads_text(estimator):
        yield Input("text", "text")
    names = [str(column) for column in getattr(estimator, "feature_names_in_", ())]
    kinds = _kinds(estimator, names) if names else {}
    for name in names:
        kind, blank_is_missing = kinds.get(name, (None, False))
        yield Input(name, kind, blank_is_missing)


def _reads_text(step: Any) -> bool:
    """Whether the estimator starts with a vectorizer, or several side by side: it takes texts and no table."""
    if hasattr(step, "steps"):
        return _reads_text(step.steps[0][1])
    if hasattr(step, "transformer_list"):
        return any(_reads_text(part) for _, part in step.transformer_list)
    inside = [getattr(step, name) for name in ("best_estimator_", "estimator_") if hasattr(step, name)]
    inside += [part.estimator for part in getattr(step, "calibrated_classifiers_", ())]
    inside += list(getattr(step, "estimators_", ()))
    return any(map(_reads_text, inside)) or type(step).__module__ == "sklearn.feature_extraction.text"


def _kinds(step: Any, names: list[str]) -> dict[str, tuple[Kind, bool]]:
    """What each column is, and whether its missing cells are NaN, where a fitted step says so."""
    if hasattr(step, "steps"):
        return _first_said(_kinds(part, names) for _, part in step.steps)
    if hasattr(step, "transformers_"):
        parts = ((part, _selected(columns, names)) for _, part, columns in step.transformers_)
        return _first_said(_kinds(part, columns) for part, columns in parts if columns)
    if inner := _fitted_inside(step):
        return _first_said(_kinds(part, names) for part in inner)
    if len(getattr(step, "categories_", ())) == len(names):
        return {name: _category_kind(values) for name, values in zip(names, step.categories_, strict=True)}
    if hasattr(step, "vocabulary_"):
        return dict.fromkeys(names, ("text", False))
    if getattr(getattr(step, "statistics_", None), "dtype", None) == np.dtype(object):
        return dict.fromkeys(names, ("text", True))
    if getattr(step, "n_features_in_", None) == len(names) and isinstance(step, _numeric_steps()):
        return dict.fromkeys(names, ("number", False))
    return {}


def _fitted_inside(step: Any) -> list[Any]:
    """The fitted estimators that a search, a vote or a calibration is made of."""
    calibrated = [part.estimator for part in getattr(step, "calibrated_classifiers_", ())]
    found = [getattr(step, name) for name in ("best_estimator_", "estimator_") if hasattr(step, name)]
    several = getattr(step, "estimators_", ())
    return [part for part in (*calibrated, *found, *several) if hasattr(part, "feature_names_in_")]


def _numeric_steps() -> tuple[type, ...]:
    """Steps that compute with what they are given, so it must be numbers."""
    from sklearn.base import ClassifierMixin, OneToOneFeatureMixin

    return ClassifierMixin, OneToOneFeatureMixin


def _first_said(parts: Iterator[dict[str, tuple[Kind, bool]]]) -> dict[str, tuple[Kind, bool]]:
    """The first word on each column counts: it comes from the step that meets the table's cells."""
    said: dict[str, tuple[Kind, bool]] = {}
    for part in parts:
        said = part | said
    return said


def _selected(columns: Any, names: list[str]) -> list[str]:
    """The names that a ColumnTransformer's part works on, however it lists them."""
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice):
        return names[columns]
    if isinstance(columns, int | np.integer):
        return [names[columns]]
    listed = list(columns)
    if listed and all(isinstance(flag, bool | np.bool_) for flag in listed):
        return [name for name, flag in zip(names, listed, strict=True) if flag]
    return [str(c) if isinstance(c, str) else names[c] for c in listed]


def _category_kind(values: Any) -> tuple[Kind, bool]:
    texts = [value for value in values if isinstance(value, str)]
    missing = any(value is None or value != value for value in values)
    return ("text", missing) if texts else ("number", False)


class _Runner:
    """Asks the estimator for one batch of features."""

    def __init__(self, name: str, estimator: Any, method: str) -> None:
        self._name, self._estimator, self._method = name, estimator, method

    def __call__(self, features: Features) -> Outputs:
        rows = self._rows(features)
        try:
            with _one_thread(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = np.asarray(getattr(self._estimator, self._method)(rows))
        except MemoryError:
            raise
        except Exception as error:  # any transformer can refuse a cell, each in its own way
            raise self._failed(error, features) from None
        return (
            Outputs(None, values) if self._method == "predict" else Outputs(values.astype(np.float64, copy=False), None)
        )

    def _rows(self, features: Features) -> Any:
        import pandas as pd

        if not isinstance(features, Mapping):
            return features
        if _reads_text(self._estimator):
            return next(iter(features.values()))
        return pd.DataFrame(dict(features), columns=list(self._estimator.feature_names_in_), copy=False)

    def _failed(self, error: Exception, features: Features) -> ModelError:
        said = first_line(error)
        if "contains NaN" not in said or not isinstance(features, Mapping):
            return ModelError(f'"{self._name}" failed while scoring: {said}')
        empty = [column for column, cells in features.items() if cells.dtype.kind == "f" and np.isnan(cells).any()]
        return ModelError(
            f'"{self._name}" cannot take missing numbers, and there are some in {", ".join(empty)}. Fill those cells, '
            "leave the rows out with keep, or save a model with an imputer."
        )


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """A file may ask for many worker processes; a job has its own share of the machine."""
    import joblib  # type: ignore[import-untyped]

    with joblib.parallel_config(backend="threading", n_jobs=1):
        yield
