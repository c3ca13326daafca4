"""What an engineer writes with core.models.export, Plumbline reads, and the scores are the pipeline's own."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.data import Dataset
from core.errors import ModelError
from core.models import open_model
from core.models.export import recipe_from_sklearn, save_pt2
from core.models.features import bind
from core.plan import Plan

PEOPLE = pd.DataFrame(
    {"age": [30.0, 41.0, np.nan], "hours": [40.0, 20.0, 10.0], "job": ["a", "b", "a"], "x": [1.0, 2, 3]}
)


def columns() -> Any:
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer(
        (scaled, ["age"]), (StandardScaler(), ["hours"]), (OneHotEncoder(), ["job"]), ("passthrough", ["x"])
    )


def test_a_saved_network_reads_the_raw_table(
    tmp_path: Path, affine: Any, dataset_of: Callable[[str], Dataset], plan_of: Callable[..., Plan]
) -> None:
    transformer = columns()
    matrix = transformer.fit_transform(PEOPLE).astype(np.float32)
    recipe = recipe_from_sklearn(transformer)
    network, path = affine(recipe.width), tmp_path / "model.pt2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(network, recipe.width, path, recipe)
    dataset = dataset_of(PEOPLE.assign(sex="F").to_csv(index=False))

    model = open_model(path, "model.pt2")
    binding = bind(model, dataset.profile, plan_of())
    features = binding.features(next(dataset.batches(binding.columns_used)))

    np.testing.assert_allclose(features, matrix, atol=1e-6)
    np.testing.assert_allclose(
        model.run(features).scores, network(torch.from_numpy(matrix)).detach().numpy(), atol=1e-6
    )


def test_a_step_that_a_recipe_cannot_say_is_named() -> None:
    transformer = make_column_transformer((PCA(1), ["hours", "x"])).fit(PEOPLE)
    with pytest.raises(ModelError, match="PCA"):
        recipe_from_sklearn(transformer)


def test_a_recipe_of_another_width_is_refused(tmp_path: Path, affine: Any) -> None:
    recipe = recipe_from_sklearn(columns().fit(PEOPLE))
    with pytest.raises(ModelError, match="makes 5 columns, but the model takes 4"):
        save_pt2(affine(4), 4, tmp_path / "model.pt2", recipe)
