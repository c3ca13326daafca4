"""A stand-in for a model that cannot be trained here: a logistic regression on the same columns.

It shows what weights may be expected to do when the engineers train their own model with them; it is not that model.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.counts.counts import FAVOURABLE, UNKNOWN
from core.data.profile import Profile
from core.errors import DataError, quoted
from core.mitigate.plans import STAND_IN_CLASSES, STAND_IN_FORMAT
from core.mitigate.training.learnable import learnable
from core.mitigate.training.refitting import fitted
from core.mitigate.training.rows import TrainingRows
from core.models.inputs.binding import Binding, Wire
from core.plan.plan import Plan

FILE = f"stand-in.{STAND_IN_FORMAT.ending}"
MOST_CATEGORIES = 50
STEPS = 1_000

Columns = tuple[str, ...]


def stand_in_columns(
    binding: Binding | None, profile: Profile, plan: Plan, features: tuple[str, ...] | None
) -> Columns:
    """The columns a stand-in may learn from: the model's own, else those the plan names, else what is suggested."""
    columns = binding.columns_used if binding is not None else features or learnable(profile, plan)
    for name in columns:
        profile.column(name)
    return tuple(name for name in dict.fromkeys(columns) if name != plan.data.label)


def stand_in_binding(columns: Columns, left_out: Columns, profile: Profile) -> Binding:
    """The columns a stand-in reads: those it may learn from, but for those left out. DataError without any."""
    columns = tuple(name for name in columns if name not in left_out)
    if not columns and left_out:
        raise DataError(
            f"Every column that a stand-in could read may have been filled in after the outcome: {quoted(left_out)}."
            " Say which were known before the decision, or choose a way that needs no training, such as thresholds."
        )
    if not columns:
        raise DataError(
            f"{profile.name} has no column that a stand-in could learn from besides outcome, score and groups. Add the"
            " columns that the model reads, or choose a way that needs no training, such as thresholds."
        )
    return Binding(
        columns, tuple(Wire(c, c, "number" if profile.column(c).kind == "number" else "text") for c in columns)
    )


def fit_stand_in(rows: TrainingRows, binding: Binding, weighted: bool, reads_text: bool = False) -> Any:
    """The stand-in fitted to the rows whose outcome is known, with their weights or without.

    Texts are taken word by word where the model `reads_text`, else as categories.
    """
    import pandas as pd

    known = rows.labels != UNKNOWN
    assert isinstance(rows.features, dict)
    table = pd.DataFrame({name: cells[known] for name, cells in rows.features.items()})
    settings = {"logisticregression__sample_weight": rows.weights[known]} if weighted else {}
    outcome = np.where(rows.labels[known] == FAVOURABLE, *STAND_IN_CLASSES)
    pipeline = _words(binding.columns_used[0]) if reads_text else _pipeline(binding)
    return fitted(pipeline, table, outcome, settings, "the stand-in")


def _words(column: str) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(ColumnTransformer([("words", TfidfVectorizer(), column)]), LogisticRegression(max_iter=STEPS))


def _pipeline(binding: Binding) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [wire.column for wire in binding.wires if wire.kind == "number"]
    texts = [wire.column for wire in binding.wires if wire.kind == "text"]
    filled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MOST_CATEGORIES)
    kinds = (("numbers", filled, numbers), ("texts", categories, texts))
    table = ColumnTransformer([(name, step, columns) for name, step, columns in kinds if columns])
    return make_pipeline(table, LogisticRegression(max_iter=STEPS))
