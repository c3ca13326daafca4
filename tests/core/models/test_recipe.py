"""The recipe: how a table becomes a matrix, and how strictly it is read."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Batch
from core.errors import ModelError
from core.models.recipe import CategoryColumn, NumberColumn, Recipe, read_recipe

AGE = {"name": "age", "kind": "number", "mean": 40, "scale": 10, "fill": 35}
JOB = {"name": "job", "kind": "category", "categories": ["clerk", "nurse", "1"]}


def test_numbers_are_scaled_and_categories_become_columns(batch_of: Callable[[str], Batch]) -> None:
    batch = batch_of("age,job\n50, nurse \n,1.0\n30,astronaut\n")
    recipe = read_recipe(json.dumps({"columns": [AGE, JOB]}))
    matrix = recipe.apply(batch)
    assert matrix.dtype == np.float32
    assert (recipe.width, recipe.names) == (4, ("age", "job"))
    np.testing.assert_array_equal(matrix, [[1, 0, 1, 0], [-0.5, 0, 0, 1], [-1, 0, 0, 0]])


def test_without_a_fill_a_missing_number_stays_missing(batch_of: Callable[[str], Batch]) -> None:
    matrix = Recipe((NumberColumn("age"),)).apply(batch_of("age,x\nNA,1\n2,1\n"))
    np.testing.assert_array_equal(matrix, [[np.nan], [2]])


def test_written_and_read_again_it_is_the_same() -> None:
    recipe = Recipe((NumberColumn("age", 1.5, 2.0, 3.0), CategoryColumn("jób", ("a", "b"))))
    assert read_recipe(recipe.to_json()) == recipe
    (column,) = read_recipe(Recipe((NumberColumn("age"),)).to_json()).columns
    assert isinstance(column, NumberColumn)
    assert math.isnan(column.fill)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ([], "nothing else"),
        ({"columns": [AGE], "code": "x"}, "nothing else"),
        ({"columns": []}, "between 1 and"),
        ({"columns": [{"kind": "number"}]}, "entry 1 has no name"),
        ({"columns": [AGE, {"name": "x", "kind": "python"}]}, 'entry 2 \\("x"\\)'),
        ({"columns": [{**AGE, "code": "x"}]}, "unknown keys"),
        ({"columns": [{**AGE, "scale": 0}]}, "scale .* is 0"),
        ({"columns": [{**AGE, "mean": "40"}]}, "mean .* is not a number"),
        ({"columns": [{**AGE, "mean": True}]}, "mean .* is not a number"),
        ({"columns": [{**AGE, "fill": math.inf}]}, "fill .* is not a number"),
        ({"columns": [{**JOB, "categories": []}]}, "at least one"),
        ({"columns": [{**JOB, "categories": [1]}]}, "at least one"),
        ({"columns": [{**JOB, "categories": ["1", "1.0"]}]}, "a value twice"),
        ({"columns": [AGE, AGE]}, "a column twice"),
    ],
)
def test_anything_but_a_plain_recipe_is_refused(document: Any, words: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ModelError, match=words):
        read_recipe(text)
