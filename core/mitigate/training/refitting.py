"""Refits of scikit-learn pipelines with the weights of each person, saved as the skops file that came."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import FAVOURABLE, UNKNOWN, Floats
from core.errors import ModelError
from core.mitigate.training.rows import TrainingRows
from core.models import open_model
from core.models.library_errors import first_line
from core.models.model import Features
from core.models.outputs.classes import favourable_indices
from core.models.skops import TRUSTED
from core.plan.plan import Decision

SEED_LIMIT = 2**32


class Refittable:
    """A skops file opened to be fitted again. Raises ModelError where it has not two outcomes."""

    def __init__(self, path: Path, name: str, decision: Decision) -> None:
        """Open the file at `path`; `decision` says which class is the good outcome."""
        import skops.io

        self._name = name
        self.model = open_model(path, name)
        classes = self.model.classes or ()
        good = favourable_indices(decision, classes, len(classes))
        if len(classes) != 2:
            raise ModelError(
                f'"{name}" tells {len(classes)} classes apart; only a model of two outcomes can be fitted again from'
                " the outcome column. Take the weights away and fit it where it was made."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = skops.io.load(path, trusted=sorted(TRUSTED))
        # A finished search is fitted again as what it found.
        self._estimator = getattr(opened, "best_estimator_", opened)
        self._good, self._other = classes[good[0]], classes[1 - good[0]]

    def fit(self, rows: TrainingRows, weighted: bool, seed: int) -> Any:
        """The same pipeline fitted to the rows whose outcome is known, with their weights or without.

        Raises ModelError where the estimator takes no weights, or cannot be fitted to these rows.
        """
        known = rows.labels != UNKNOWN
        outcome = np.where(rows.labels[known] == FAVOURABLE, self._good, self._other)
        settings = {weight_name(self._estimator, self._name): rows.weights[known]} if weighted else {}
        return fitted(self._fresh(seed), self._table(rows.features, known), outcome, settings, self._name)

    def save(self, estimator: Any, path: Path) -> None:
        """Write what `fit` gave as a skops file."""
        save(estimator, path)

    def _fresh(self, seed: int) -> Any:
        """The pipeline unfitted, every random part of it seeded."""
        from sklearn.base import clone

        estimator = clone(self._estimator)
        random = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
        return estimator.set_params(**dict.fromkeys(random, seed % SEED_LIMIT))

    def _table(self, features: Features, known: npt.NDArray[np.bool_]) -> Any:
        """The rows whose outcome is known, as the pipeline was first fitted on them."""
        import pandas as pd

        if not isinstance(features, Mapping):
            return features[known]
        if not hasattr(self._estimator, "feature_names_in_"):
            return next(iter(features.values()))[known]
        return pd.DataFrame({name: cells[known] for name, cells in features.items()})


def weight_name(estimator: Any, name: str) -> str:
    """What `fit` calls the weights: "sample_weight", behind the names of the steps that lead to the last one.

    Raises ModelError where the last step takes none.
    """
    from sklearn.utils.validation import has_fit_parameter

    path, last = [], estimator
    while hasattr(last, "steps"):
        step, last = last.steps[-1]
        path.append(step)
    if not has_fit_parameter(last, "sample_weight"):
        raise ModelError(
            f'"{name}" ends in a {type(last).__name__}, which cannot be fitted with weights. Use an estimator whose fit'
            " takes sample_weight, such as LogisticRegression or RandomForestClassifier, or another mitigation."
        )
    return "__".join([*path, "sample_weight"])


def fitted(estimator: Any, table: Any, outcome: npt.NDArray[Any], settings: dict[str, Floats], name: str) -> Any:
    """The estimator after `fit`. Raises ModelError with the library's own words where that fails."""
    import joblib  # type: ignore[import-untyped]

    try:
        with joblib.parallel_config(backend="threading", n_jobs=1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return estimator.fit(table, outcome, **settings)
    except MemoryError:
        raise
    except Exception as error:  # any step can refuse a cell, each in its own way
        raise ModelError(
            f'"{name}" could not be fitted again to these rows: {first_line(error)}. Correct the rows, or take the'
            " weights away and fit it where it was made."
        ) from None


def save(estimator: Any, path: Path) -> None:
    """Write a fitted estimator as a skops file."""
    import skops.io

    skops.io.dump(estimator, path)
