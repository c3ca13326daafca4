"""skops files (scikit-learn): only types of a fixed list are ever built."""

import contextlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.data.cell_reading.advice import KEEP
from core.errors import ModelError, quoted
from core.models.library_errors import failed, first_line
from core.models.model import Features, Input, Model, Outputs
from core.models.name_lists import words
from core.models.skops.columns import inputs_of, reads_text
from core.models.skops.content_checks import check_parts

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
    functools.partial
    sklearn.utils.validation.check_array
    numpy.dtype"""
)
# Whose parts are scikit-learn's own, and what may stand beside them; the others come from a library or from the person.
OWN, KNOWN = words("sklearn functools numpy scipy"), words("builtins skops pandas")
BOOSTERS = words("xgboost lightgbm catboost")
MOST_LISTED, MOST_SCHEMA = 4, 64 << 20
TO_KNOW = (
    "Correct these cells, leave their rows out, or fit the encoder with "
    'handle_unknown="ignore" and save the model again.'
)
TO_COLUMN = "or put its predictions into a column of the table and audit that column of decisions"


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
    inputs = tuple(inputs_of(estimator)) or None
    method = next(m for m in ("predict_proba", "decision_function", "predict") if hasattr(estimator, m))
    return Model(
        format="skops",
        run=_EstimatorRunner(name, estimator, method, inputs or ()),
        decide=None if method == "predict" else _EstimatorRunner(name, estimator, "predict", inputs or ()),
        threshold=_own_threshold(estimator),
        inputs=inputs,
        width=None if inputs else getattr(estimator, "n_features_in_", None),
        dtype=np.float64,
        score_dtype=None if method == "predict" else "float64",
        classes=tuple(value.item() if isinstance(value, np.generic) else value for value in estimator.classes_),
        logits=method == "decision_function",
        warnings=said,
    )


def _own_threshold(step: Any) -> float | None:
    """The probability from which on the estimator's `predict` says its second class; None where none was set."""
    while hasattr(step, "steps"):
        step = step.steps[-1][1]
    step = getattr(step, "best_estimator_", step)
    if type(step).__name__ not in ("FixedThresholdClassifier", "TunedThresholdClassifierCV"):
        return None
    chosen = getattr(step, "best_threshold_", getattr(step, "threshold", None))
    is_probability = getattr(step, "response_method", "auto") in ("auto", "predict_proba")
    return float(chosen) if is_probability and isinstance(chosen, float | int | np.floating) else None


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
        check_parts(estimator, name)
    except ModelError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside skops
        if foreign := _foreign(path):
            raise _untrusted(name, foreign) from None
        raise ModelError(
            f'"{name}" cannot be opened: it is damaged or from a version of scikit-learn that differs too much '
            f"({first_line(error)})."
        ) from None
    return estimator, tuple(dict.fromkeys(_version_words(w) for w in caught if "version" in str(w.message)))


def _untrusted(name: str, unknown: list[str]) -> ModelError:
    listed = ", ".join(unknown[:MOST_LISTED]) + (
        f" and {len(unknown) - MOST_LISTED} more" if len(unknown) > MOST_LISTED else ""
    )
    foreign = sorted({part.partition(".")[0] for part in unknown} - OWN)
    way = _way_out(foreign)
    in_plan = "prediction = the column, under [decision]" if TO_COLUMN in way else ""
    return ModelError(f'"{name}" holds parts that Plumbline does not build: {listed}. {way}', in_plan=in_plan)


def _way_out(foreign: list[str]) -> str:
    """What helps whoever made the model: with scikit-learn's own parts, another library's, functions of their own."""
    if not foreign:
        return f"They are scikit-learn's own: convert the model to ONNX with skl2onnx, {TO_COLUMN}."
    if "imblearn" in foreign:
        return (
            "Steps of imbalanced-learn act only while a model is trained. Save the other fitted steps as scikit-learn's"
            ' pipeline: sklearn.pipeline.Pipeline([s for s in model.steps if not hasattr(s[1], "fit_resample")]).'
        )
    if BOOSTERS.intersection(foreign):
        return f"Convert the model to ONNX with onnxmltools, {TO_COLUMN}."
    return (
        "Only scikit-learn's own classifiers and transformers are opened: replace functions of your own by "
        f"scikit-learn's transformers, or convert the model to ONNX with skl2onnx, {TO_COLUMN}."
    )


def _foreign(path: Path) -> list[str]:
    """The parts of other libraries that a skops file names, read as text; none where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("schema.json") as file:
            text = file.read(MOST_SCHEMA).decode("utf-8", "replace")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return []
    modules = set(re.findall(r'"__module__": "([\w.]{1,200})"', text))
    return sorted(module for module in modules if module.partition(".")[0] not in OWN | KNOWN)


def _version_words(warning: warnings.WarningMessage) -> str:
    import sklearn

    made = getattr(warning.message, "original_sklearn_version", "another version")
    return (
        f"This model was saved with scikit-learn {made}; this machine has {sklearn.__version__}, and results may "
        "differ slightly."
    )


class _EstimatorRunner:
    """Asks the estimator for one batch of features."""

    def __init__(self, name: str, estimator: Any, method: str, inputs: tuple[Input, ...]) -> None:
        self._name, self._estimator, self._method, self._inputs = name, estimator, method, inputs

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
        if reads_text(self._estimator):
            return next(iter(features.values()))
        return pd.DataFrame(dict(features), columns=list(self._estimator.feature_names_in_), copy=False)

    def _failed(self, error: Exception, features: Features) -> ModelError:
        said = first_line(error)
        if isinstance(features, Mapping) and (unknown := self._unknown(features)):
            return ModelError(
                f'"{self._name}" fails on values that it has never seen: {unknown}. {TO_KNOW}', in_plan=KEEP
            )
        if "contains NaN" not in said or not isinstance(features, Mapping):
            return failed(self._name, said)
        empty = [column for column, cells in features.items() if cells.dtype.kind == "f" and np.isnan(cells).any()]
        return ModelError(
            f'"{self._name}" cannot take missing numbers, and there are some in {", ".join(empty)}. Fill those cells, '
            "leave their rows out, or save a model with an imputer.",
            in_plan=KEEP,
        )

    def _unknown(self, features: Mapping[str, Any]) -> str:
        """The values that the model refuses because it never saw them, with their columns; empty where there are none.

        A missing cell of a text column is a value that it may not know, too.
        """
        found = []
        for each in self._inputs:
            cells = features[each.name].tolist() if each.refuses_others else []
            strangers = [str(cell) for cell in dict.fromkeys(cells) if not each.knows(cell)]
            if strangers:
                found.append(f'{quoted(strangers)} in column "{each.name}"')
        return ", ".join(found)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """A file may ask for many worker processes; a job has its own share of the machine."""
    import joblib  # type: ignore[import-untyped]

    with joblib.parallel_config(backend="threading", n_jobs=1):
        yield
