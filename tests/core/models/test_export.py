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

from core.data.dataset import Dataset
from core.errors import ModelError
from core.models import open_model
from core.models.export import add_recipe_to_pt2, recipe_from_sklearn, save_pt2
from core.models.inputs.binding import bind
from core.models.recipe import CategoryColumn, NumberColumn, Recipe
from core.plan.plan import Plan

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


def test_a_recipe_added_to_a_finished_file_lets_it_read_the_raw_table(
    shared: Path, tmp_path: Path, dataset_of: Callable[[str], Dataset], plan_of: Callable[..., Plan]
) -> None:
    """The Adult network was exported on a matrix of 107 columns; its own test rows, raw, give the same matrix."""
    adult = shared / "models" / "adult"
    raw = pd.read_csv(adult / "adult_test.csv", nrows=300)
    matrix = pd.read_csv(adult / "adult_test_matrix.csv.gz").iloc[:, :107]
    recipe = adult_recipe(pd.read_csv(adult / "adult_test.csv"), matrix)
    path = tmp_path / "adult_mlp.pt2"
    path.write_bytes((adult / "adult_mlp.pt2").read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        add_recipe_to_pt2(path, recipe)
    dataset = dataset_of(raw.assign(sex_again="F").to_csv(index=False))

    model = open_model(path, "adult_mlp.pt2")
    binding = bind(model, dataset.profile, plan_of())
    features = binding.features(next(dataset.batches(binding.columns_used)))

    assert len(binding.columns_used) == 13
    np.testing.assert_allclose(features, matrix.iloc[:300], atol=1e-4)
    expected = pd.read_csv(adult / "adult_expected_probabilities_first200.csv")["mlp"]
    scores = model.run(features).scores
    assert scores is not None
    np.testing.assert_allclose(scores[: len(expected)].reshape(-1), expected, atol=1e-4)


def adult_recipe(raw: pd.DataFrame, matrix: pd.DataFrame) -> Recipe:
    """The recipe that the matrix was made by, read off the two."""
    found: list[NumberColumn | CategoryColumn] = []
    for name in raw.columns[:-1]:
        if name in matrix:
            scale, mean = np.polyfit(matrix[name], raw[name], 1)
            found.append(NumberColumn(name, mean, scale))
        else:
            categories = [column.removeprefix(f"{name}_") for column in matrix if column.startswith(f"{name}_")]
            found.append(CategoryColumn(name, tuple(categories)))
    numbers = [column for column in found if isinstance(column, NumberColumn)]
    return Recipe((*numbers, *(column for column in found if isinstance(column, CategoryColumn))))


def test_a_step_that_a_recipe_cannot_say_is_named() -> None:
    transformer = make_column_transformer((PCA(1), ["hours", "x"])).fit(PEOPLE)
    with pytest.raises(ModelError, match="PCA"):
        recipe_from_sklearn(transformer)


def test_a_recipe_of_another_width_is_refused(tmp_path: Path, affine: Any) -> None:
    recipe = recipe_from_sklearn(columns().fit(PEOPLE))
    with pytest.raises(ModelError, match="makes 5 columns, but the model takes 4"):
        save_pt2(affine(4), 4, tmp_path / "model.pt2", recipe)
