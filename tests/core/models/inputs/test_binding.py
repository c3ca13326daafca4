"""Which columns feed which inputs, and what is said where they do not fit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Batch, Dataset
from core.errors import DataError, ModelError
from core.models.inputs.binding import bind, match
from core.models.model import Input, Model, Outputs
from core.models.recipe import CategoryColumn, NumberColumn, Recipe
from core.plan.plan import Plan

TABLE = """sex,education-num,Marital Status,age,zip,score,income
F,1,single,30,007,0.5,yes
M,,married,40,1,0.25,no
"""
MakeDataset = Callable[[str], Dataset]
MakePlan = Callable[..., Plan]


def model_of(**facts: Any) -> Model:
    return Model(format="onnx", run=lambda features: Outputs(None, None), **facts)


def rows(dataset: Dataset) -> Batch:
    return next(dataset.batches(dataset.profile.names))


@pytest.mark.parametrize(
    ("wanted", "column"),
    [
        ("education-num", "education-num"),
        (" AGE ", "age"),
        ("education_num", "education-num"),
        ("Education.Num", "education-num"),
        ("marital_status", "Marital Status"),
    ],
)
def test_names_match_as_exporters_write_them(wanted: str, column: str) -> None:
    found = match([wanted], ["sex", "education-num", "Marital Status", "age"])
    assert found.columns == {wanted: column}
    assert found.missing == ()
    assert len(found.extra) == 3


def test_an_equal_name_wins_over_a_similar_one() -> None:
    assert match(["a_b", "a-b"], ["a-b", "a_b", "a b"]).columns == {"a_b": "a_b", "a-b": "a-b"}


def test_a_name_that_fits_two_columns_is_refused_with_both() -> None:
    with pytest.raises(ModelError, match='"a_b" could be any of the columns "a-b", "a b"'):
        match(["a_b"], ["a-b", "a b"])


def test_missing_and_extra_columns_are_listed(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    model = model_of(inputs=(Input("age", "number"), Input("height", "number")))
    with pytest.raises(ModelError) as raised:
        bind(model, dataset_of(TABLE).profile, plan_of())
    assert '"height"' in str(raised.value)
    assert '"zip"' in str(raised.value)
    assert '"age"' not in str(raised.value)


def test_cells_reach_named_inputs_as_they_take_them(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    inputs = (Input("education_num", "number"), Input("zip", "text"), Input("age", None), Input("sex", None))
    dataset = dataset_of(TABLE)
    binding = bind(model_of(inputs=inputs), dataset.profile, plan_of())
    features = binding.features(rows(dataset))
    assert binding.columns_used == ("education-num", "zip", "age", "sex")
    assert isinstance(features, dict)
    np.testing.assert_array_equal(features["education_num"], [1, np.nan])
    assert features["zip"].tolist() == ["007", "1"]
    assert features["age"].dtype == np.float64
    assert features["sex"].tolist() == ["F", "M"]


def test_blank_texts_become_missing_where_the_model_knows_missing(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,job\nF,NA\nM,clerk\n")
    binding = bind(model_of(inputs=(Input("job", "text", True),)), dataset.profile, plan_of())
    features = binding.features(rows(dataset))
    assert isinstance(features, dict)
    assert np.isnan(features["job"][0])
    assert features["job"][1] == "clerk"


def test_a_text_where_a_number_belongs_is_named_with_its_row(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,age\nF,30\nM,forty\n")
    binding = bind(model_of(inputs=(Input("age", "number"),)), dataset.profile, plan_of())
    with pytest.raises(DataError, match='row 2 .*"age".*"forty"'):
        binding.features(rows(dataset))


def test_a_matrix_takes_the_numbers_without_other_roles(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,a,y,b,name\n0,1,1,2,x\n1,3,0,4,y\n")
    binding = bind(model_of(width=2), dataset.profile, plan_of(label="y"))
    features = binding.features(rows(dataset))
    assert binding.columns_used == ("a", "b")
    assert isinstance(features, np.ndarray)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, [[1, 2], [3, 4]])


def test_a_matrix_that_only_fits_with_a_sensitive_column_of_numbers_takes_it(
    dataset_of: MakeDataset, plan_of: MakePlan
) -> None:
    """Age is a group, and one of the inputs: naming it as a group takes it from no model."""
    binding = bind(model_of(width=3), dataset_of("sex,a,y,b\n0,1,1,2\n").profile, plan_of(label="y"))
    assert binding.columns_used == ("sex", "a", "b")


def test_a_matrix_takes_what_the_plan_names_in_its_order(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,a,b\n0,1,2\n")
    binding = bind(model_of(width=3, dtype=np.float64), dataset.profile, plan_of(features=["b", "sex", "a"]))
    features = binding.features(rows(dataset))
    assert isinstance(features, np.ndarray)
    assert features.dtype == np.float64
    np.testing.assert_array_equal(features, [[2, 0, 1]])


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (["a"], "1 columns are named for the model to read, and it takes 3"),
        (["a", "b", "c"], 'no column "c"'),
        ([], "takes a matrix of 3"),
    ],
)
def test_a_matrix_of_the_wrong_width_says_what_there_is(
    dataset_of: MakeDataset, plan_of: MakePlan, features: list[str], words: str
) -> None:
    with pytest.raises(ModelError, match=words) as raised:
        bind(model_of(width=3), dataset_of("sex,a,b\nF,1,2\n").profile, plan_of(features=features))
    assert '"b"' in raised.value.message or "in order" in raised.value.message
    assert raised.value.in_plan == "features = [...] under [decision]"


def test_features_name_the_columns_of_named_inputs_too(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,tweet\nF,good day\n")
    binding = bind(model_of(inputs=(Input("text", "text"),)), dataset.profile, plan_of(features=["tweet"]))
    features = binding.features(rows(dataset))
    assert isinstance(features, dict)
    assert features["text"].tolist() == ["good day"]


def test_a_single_column_model_finds_its_column_by_name(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,a,b\n0,1,2\n")
    assert bind(model_of(width=1, columns=("B",)), dataset.profile, plan_of()).columns_used == ("b",)


def test_a_recipe_finds_its_columns_under_other_spellings(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    recipe = Recipe((NumberColumn("education_num", fill=9.0), CategoryColumn("sex", ("M", "F"))))
    dataset = dataset_of(TABLE)
    binding = bind(model_of(width=3, recipe=recipe), dataset.profile, plan_of())
    assert binding.columns_used == ("education-num", "sex")
    np.testing.assert_array_equal(binding.features(rows(dataset)), [[1, 0, 1], [9, 1, 0]])
    with pytest.raises(ModelError, match="makes 3 columns, but the model takes 4"):
        bind(model_of(width=4, recipe=recipe), dataset.profile, plan_of())
    with pytest.raises(ModelError, match='lacks 1 .*"height"'):
        bind(model_of(width=1, recipe=Recipe((NumberColumn("height"),))), dataset.profile, plan_of())


@pytest.mark.parametrize(
    "model",
    [
        model_of(inputs=(Input("income", "text"),)),
        model_of(width=1, recipe=Recipe((CategoryColumn("income", ("yes",)),))),
    ],
)
def test_reading_the_outcome_is_warned_about(dataset_of: MakeDataset, plan_of: MakePlan, model: Model) -> None:
    (warning,) = bind(model, dataset_of(TABLE).profile, plan_of(label="income", favourable="yes")).warnings
    assert '"income"' in warning
    assert bind(model, dataset_of(TABLE).profile, plan_of()).warnings == ()


@pytest.mark.parametrize("cell", [" Male", "Male ", "Male", ""])
def test_a_model_gets_cells_as_they_stand(dataset_of: MakeDataset, plan_of: MakePlan, cell: str) -> None:
    dataset = dataset_of(f"sex,age,score\n{cell},1,0.5\n{cell},2,0.5\nF,3,0.5\nF,4,0.5\nF,5,0.5\n")
    assert rows(dataset).text("sex")[0] == cell
