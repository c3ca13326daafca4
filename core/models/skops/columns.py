"""Which columns a fitted scikit-learn estimator reads, and what it knows of their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.models.model import Input


def inputs_of(estimator: Any) -> Iterator[Input]:
    """The columns that the estimator was fitted on, by name; none for one that was fitted on a nameless matrix."""
    if reads_text(estimator):
        yield Input("text", "text")
    names = [str(column) for column in getattr(estimator, "feature_names_in_", ())]
    said = _said(estimator, names) if names else {}
    for name in names:
        yield said.get(name, Input(name, None))


def reads_text(step: Any) -> bool:
    """Whether the estimator starts with a vectorizer, or several side by side: it takes texts and no table."""
    if hasattr(step, "steps"):
        return reads_text(step.steps[0][1])
    if hasattr(step, "transformer_list"):
        return any(reads_text(part) for _, part in step.transformer_list)
    inside = [getattr(step, name) for name in ("best_estimator_", "estimator_") if hasattr(step, name)]
    inside += [part.estimator for part in getattr(step, "calibrated_classifiers_", ())]
    inside += list(getattr(step, "estimators_", ()))
    return any(map(reads_text, inside)) or type(step).__module__ == "sklearn.feature_extraction.text"


def _said(step: Any, names: list[str]) -> dict[str, Input]:
    """What each column is, whether its missing cells are NaN and which values are known, where a step says so."""
    if hasattr(step, "steps"):
        filled = hasattr(step.steps[0][1], "statistics_")
        return _first_said((_said(part, names) for _, part in step.steps), filled)
    if hasattr(step, "transformers_"):
        parts = ((part, _selected(columns, names)) for _, part, columns in step.transformers_)
        return _first_said(_said(part, columns) for part, columns in parts if columns)
    if getattr(step, "_preprocessor", None) is not None:  # HistGradientBoosting with categories
        return _said(step._preprocessor, names)
    if inner := _fitted_inside(step):
        return _first_said(_said(part, names) for part in inner)
    if len(getattr(step, "categories_", ())) == len(names):
        refuses = getattr(step, "handle_unknown", "") == "error"
        return {name: _categories(name, values, refuses) for name, values in zip(names, step.categories_, strict=True)}
    if hasattr(step, "vocabulary_"):
        return {name: Input(name, "text") for name in names}
    if getattr(getattr(step, "statistics_", None), "dtype", None) == np.dtype(object):
        return {name: Input(name, "text", blank_is_missing=True) for name in names}
    computes = type(step).__name__ == "FunctionTransformer" and step.func is not None
    numeric = computes or isinstance(step, _numeric_steps())
    if getattr(step, "n_features_in_", len(names)) == len(names) and numeric:
        return {name: Input(name, "number") for name in names}
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


def _first_said(parts: Iterator[dict[str, Input]], filled: bool = False) -> dict[str, Input]:
    """The first word on each column counts: it comes from the step that meets the table's cells.

    What an imputer has `filled` are still the table's own texts, so the step after it may name the categories.
    """
    said: dict[str, Input] = {}
    for place, part in enumerate(parts):
        for name, found in part.items():
            first = said.setdefault(name, found)
            if filled and place == 1 and first.kind == "text" == found.kind:
                said[name] = replace(first, categories=found.categories, refuses_others=found.refuses_others)
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


def _categories(name: str, values: Any, refuses: bool) -> Input:
    texts = frozenset(value for value in values if isinstance(value, str))
    missing = any(value is None or value != value for value in values)
    if texts:
        return Input(name, "text", missing, texts, refuses)
    numbers = frozenset(float(value) for value in values if value is not None and value == value)
    return Input(name, "number", categories=numbers, refuses_others=refuses)
