"""For the engineer who trained a model: write it so that Plumbline can read it, with the recipe for its columns inside.

    from core.models.export import recipe_from_sklearn, save_pt2

    recipe = recipe_from_sklearn(columns)              # a fitted ColumnTransformer: StandardScaler, OneHotEncoder
    save_pt2(network, recipe.width, "model.pt2", recipe)

A model with a recipe takes the raw table: nobody has to say which column is which, or to scale anything by hand.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ModelError
from core.models.recipe import FILE_NAME, CategoryColumn, NumberColumn, Recipe, read_recipe

if TYPE_CHECKING:
    import torch


def save_pt2(module: "torch.nn.Module", width: int, path: str | Path, recipe: Recipe | None = None) -> None:
    """Write a torch module that takes a float32 matrix of shape (rows, width) as a `.pt2` file for any number of rows.

    The module is put in evaluation mode first. Raises ModelError where the recipe makes another number of columns.
    """
    import torch

    if recipe is not None and recipe.width != width:
        raise ModelError(
            f"The recipe makes {recipe.width} columns, but the model takes {width}. Make both from the same table."
        )
    example = (torch.zeros(2, width),)
    program = torch.export.export(module.eval(), example, dynamic_shapes=({0: torch.export.Dim("rows")},))
    torch.export.save(program, path, extra_files={} if recipe is None else {FILE_NAME: recipe.to_json()})


def add_recipe_to_onnx(path: str | Path, recipe: Recipe) -> None:
    """Write a recipe into the metadata of an ONNX file that takes one matrix; replaces one that is there."""
    import onnx

    graph = onnx.load(path, load_external_data=False)
    kept = {entry.key: entry.value for entry in graph.metadata_props if entry.key != FILE_NAME}
    onnx.helper.set_model_props(graph, {**kept, FILE_NAME: recipe.to_json()})
    Path(path).write_bytes(graph.SerializeToString())


def add_recipe_to_pt2(path: str | Path, recipe: Recipe) -> None:
    """Write a recipe into a `.pt2` file that takes one matrix; replaces one that is there."""
    import torch

    program = torch.export.load(path)
    torch.export.save(program, path, extra_files={FILE_NAME: recipe.to_json()})


def recipe_from_sklearn(transformer: Any) -> Recipe:
    """The recipe that a fitted ColumnTransformer follows.

    Its parts may be StandardScaler, OneHotEncoder, "passthrough", or a pipeline of SimpleImputer and StandardScaler.
    Raises ModelError for any other part.
    """
    columns: list[NumberColumn | CategoryColumn] = []
    for _, part, names in transformer.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        columns += _columns(part, [str(name) for name in names])
    return read_recipe(Recipe(tuple(columns)).to_json())


def _columns(part: Any, names: list[str]) -> list[NumberColumn] | list[CategoryColumn]:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    if isinstance(part, Pipeline) and [type(step) for _, step in part.steps] == [SimpleImputer, StandardScaler]:
        imputer, scaler = (step for _, step in part.steps)
        return [
            NumberColumn(column.name, column.mean, column.scale, float(fill))
            for column, fill in zip(_scaled(scaler, names), imputer.statistics_, strict=True)
        ]
    if isinstance(part, StandardScaler):
        return _scaled(part, names)
    if isinstance(part, OneHotEncoder) and part.drop_idx_ is None:
        return [CategoryColumn(n, tuple(map(str, values))) for n, values in zip(names, part.categories_, strict=True)]
    if part == "passthrough" or (isinstance(part, FunctionTransformer) and part.func is None):
        return [NumberColumn(name) for name in names]
    raise ModelError(
        f"A recipe cannot say what {type(part).__name__} does for {', '.join(names)}. Use StandardScaler, "
        "OneHotEncoder or passthrough, or convert the whole pipeline to ONNX with skl2onnx."
    )


def _scaled(scaler: Any, names: list[str]) -> list[NumberColumn]:
    means = [0.0] * len(names) if scaler.mean_ is None else scaler.mean_
    scales = [1.0] * len(names) if scaler.scale_ is None else scaler.scale_
    return [NumberColumn(n, float(mean), float(scale)) for n, mean, scale in zip(names, means, scales, strict=True)]
