"""ONNX files of all the kinds that people export, and those that reach outside the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from core.errors import ModelError
from core.models import open_model
from core.models.export import add_recipe_to_onnx
from core.models.model import Input
from core.models.recipe import NumberColumn, Recipe

FLOAT, INT, TEXT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
MakeOnnx = Callable[..., Path]
ROWS = np.array([[1.0, 2.0], [0.0, -1.0]], np.float32)


def edited(path: Path, change: Callable[[Any], None]) -> Path:
    graph = onnx.load(path, load_external_data=False)
    change(graph)
    path.write_bytes(graph.SerializeToString())
    return path


def classifier(onnx_of: MakeOnnx, zipmap: bool, **classes: Any) -> Path:
    nodes = [
        helper.make_node(
            "LinearClassifier",
            ["x"],
            ["label", "p"],
            domain="ai.onnx.ml",
            coefficients=[-1.0, -1.0, 1.0, 1.0],
            intercepts=[0.0, 0.0],
            post_transform="SOFTMAX",
            **{name.replace("int64s", "ints"): values for name, values in classes.items()},
        )
    ]
    kind = TEXT if "classlabels_strings" in classes else INT
    outputs: list[Any] = [("label", kind, [None]), ("p", FLOAT, [None, 2])]
    path = onnx_of(nodes, [("x", FLOAT, [None, 2])], outputs)
    if zipmap:
        maps = helper.make_node("ZipMap", ["p"], ["maps"], domain="ai.onnx.ml", **classes)
        value = helper.make_sequence_type_proto(
            helper.make_map_type_proto(kind, helper.make_tensor_type_proto(FLOAT, []))
        )

        def add(graph: Any) -> None:
            graph.graph.node.append(maps)
            graph.graph.output[1].CopyFrom(helper.make_value_info("maps", value))

        edited(path, add)
    return path


@pytest.mark.parametrize("zipmap", [False, True])
@pytest.mark.parametrize("classes", [{"classlabels_strings": ["no", "yes"]}, {"classlabels_int64s": [3, 7]}])
def test_probabilities_and_classes(onnx_of: MakeOnnx, zipmap: bool, classes: dict[str, Any]) -> None:
    model = open_model(classifier(onnx_of, zipmap, **classes), "model.onnx")
    outputs = model.run(ROWS)
    sums = ROWS.sum(axis=1).astype(float)
    expected = 1 / (1 + np.exp(-2 * sums))
    np.testing.assert_allclose(outputs.scores, np.column_stack([1 - expected, expected]), atol=1e-6)
    assert model.classes == tuple(next(iter(classes.values())))


def test_labels_alone(onnx_of: MakeOnnx) -> None:
    path = classifier(onnx_of, False, classlabels_strings=["no", "yes"])
    edited(path, lambda graph: graph.graph.output.pop())
    model = open_model(path, "model.onnx")
    outputs = model.run(ROWS)
    assert model.score_dtype is None
    assert outputs.labels is not None
    assert outputs.labels.tolist() == ["yes", "no"]


@pytest.mark.parametrize(
    ("element", "score_dtype"),
    [(FLOAT, "float32"), (TensorProto.DOUBLE, "float64"), (TensorProto.FLOAT16, "float32")],
)
def test_every_float_type(onnx_of: MakeOnnx, element: int, score_dtype: str) -> None:
    path = onnx_of(
        [helper.make_node("ReduceSum", ["x", "axes"], ["s"], keepdims=0)],
        [("x", element, ["n", 2])],
        [("s", element, ["n"])],
        {"axes": np.array([1])},
    )
    model = open_model(path, "model.onnx")
    scores = model.run(ROWS.astype(model.dtype)).scores
    assert scores is not None
    assert (scores.dtype, model.score_dtype) == (score_dtype, score_dtype)
    np.testing.assert_allclose(scores, [3, -1])


def named_inputs(onnx_of: MakeOnnx) -> Path:
    nodes = [
        helper.make_node("Cast", ["count"], ["c"], to=FLOAT),
        helper.make_node("Reshape", ["age", "column"], ["a"]),
        helper.make_node(
            "LabelEncoder",
            ["job"],
            ["j"],
            domain="ai.onnx.ml",
            keys_strings=["clerk"],
            values_floats=[10.0],
            default_float=0.0,
        ),
        helper.make_node("Sum", ["a", "c", "j"], ["s"]),
    ]
    inputs = [("age", FLOAT, ["n"]), ("count", INT, ["n", 1]), ("job", TEXT, ["n", 1])]
    return onnx_of(nodes, inputs, [("s", FLOAT, ["n", 1])], {"column": np.array([-1, 1])})


def test_one_input_per_column_of_any_type(onnx_of: MakeOnnx) -> None:
    model = open_model(named_inputs(onnx_of), "model.onnx")
    job = Input("job", "text", categories=frozenset({"clerk"}))
    assert model.inputs == (Input("age", "number"), Input("count", "number"), job)
    features = {
        "age": np.array([1.0, np.nan]),
        "count": np.array([2.0, 3.0]),
        "job": np.array(["clerk", ""], dtype=object),
    }
    np.testing.assert_allclose(model.run(features).scores, [[13], [np.nan]])
    with pytest.raises(ModelError, match='whole numbers in "count"'):
        model.run({**features, "count": np.array([2.0, np.nan])})


def test_external_data_is_refused_wherever_it_hides(sigmoid_onnx: MakeOnnx, onnx_of: MakeOnnx, tmp_path: Path) -> None:
    def outside(tensor: Any) -> None:
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="../../../etc/passwd")

    def in_weights(graph: Any) -> None:
        outside(graph.graph.initializer[0])

    def in_subgraph(graph: Any) -> None:
        tensor = onnx.numpy_helper.from_array(np.ones(1, np.float32), "t")
        outside(tensor)
        inner = helper.make_graph([helper.make_node("Constant", [], ["v"], value=tensor)], "inner", [], [])
        graph.graph.node.append(helper.make_node("If", ["x"], ["v"], then_branch=inner, else_branch=inner))

    for change in (in_weights, in_subgraph):
        with pytest.raises(ModelError, match=r"external data.*external_data=False"):
            open_model(edited(sigmoid_onnx(), change), "model.onnx")


def test_operators_of_other_libraries_are_refused(sigmoid_onnx: MakeOnnx) -> None:
    def change(graph: Any) -> None:
        graph.graph.node[0].domain = "my.company"

    with pytest.raises(ModelError, match="my.company"):
        open_model(edited(sigmoid_onnx(), change), "model.onnx")


@pytest.mark.parametrize(
    "node",
    [
        helper.make_node("RandomNormalLike", ["z"], ["noise"]),
        helper.make_node("Dropout", ["z", "ratio", "training"], ["noise"]),
        helper.make_node("BatchNormalization", ["z"] * 5, ["noise"], training_mode=1),
    ],
)
def test_answers_that_change_are_refused(sigmoid_onnx: MakeOnnx, node: Any) -> None:
    with pytest.raises(ModelError, match="answer differently each time"):
        open_model(edited(sigmoid_onnx(), lambda graph: graph.graph.node.append(node)), "model.onnx")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 2), ["exactly 1 rows", "static batch", "dynamic_shapes", "[None, columns]"]),
        (("n", 3, 8, 8, 8), ["5 dimensions", "images of shape"]),
        ((2, 3, 8, 8), ["exactly 2 rows", "static batch"]),
        ((), ["static batch"]),
    ],
)
def test_shapes_that_a_table_cannot_feed(onnx_of: MakeOnnx, shape: tuple[Any, ...], words: list[str]) -> None:
    path = onnx_of([helper.make_node("Sigmoid", ["x"], ["p"])], [("x", FLOAT, shape)], [("p", FLOAT, shape)])
    with pytest.raises(ModelError) as raised:
        open_model(path, "model.onnx")
    assert all(word in str(raised.value) for word in words)


def test_several_wide_inputs_and_several_results(onnx_of: MakeOnnx) -> None:
    wide = onnx_of(
        [helper.make_node("Concat", ["x", "y"], ["s"], axis=1)],
        [("x", FLOAT, ["n", 2]), ("y", FLOAT, ["n", 1])],
        [("s", FLOAT, ["n", 3])],
    )
    with pytest.raises(ModelError, match=r'several columns in "x" \(2 columns\)'):
        open_model(wide, "model.onnx")
    several = onnx_of(
        [helper.make_node("Sigmoid", ["x"], ["a"]), helper.make_node("Tanh", ["x"], ["b"])],
        [("x", FLOAT, ["n", 1])],
        [("a", FLOAT, ["n", 1]), ("b", FLOAT, ["n", 1])],
    )
    with pytest.raises(ModelError, match='several results of numbers: "a", "b"'):
        open_model(several, "model.onnx")


def test_probabilities_are_taken_where_other_numbers_stand_beside_them(onnx_of: MakeOnnx) -> None:
    path = onnx_of(
        [helper.make_node("Sigmoid", ["x"], ["probabilities"]), helper.make_node("Identity", ["x"], ["raw"])],
        [("x", FLOAT, ["n", 1])],
        [("raw", FLOAT, ["n", 1]), ("probabilities", FLOAT, ["n", 1])],
    )
    np.testing.assert_allclose(open_model(path, "model.onnx").run(np.zeros((1, 1), np.float32)).scores, [[0.5]])


def test_a_recipe_in_the_metadata(sigmoid_onnx: MakeOnnx) -> None:
    path = sigmoid_onnx()
    recipe = Recipe((NumberColumn("a"), NumberColumn("b", 1.0, 2.0, 0.5)))
    add_recipe_to_onnx(path, recipe)
    add_recipe_to_onnx(path, recipe)
    assert open_model(path, "model.onnx").recipe == recipe


def test_an_operator_onnxruntime_lacks_ends_in_words(onnx_of: MakeOnnx) -> None:
    path = onnx_of(
        [helper.make_node("NoSuchOperator", ["x"], ["p"])], [("x", FLOAT, ["n", 1])], [("p", FLOAT, ["n", 1])]
    )
    with pytest.raises(ModelError, match="cannot be opened by onnxruntime"):
        open_model(path, "model.onnx")


def test_a_matrix_of_the_wrong_width_ends_in_words(sigmoid_onnx: MakeOnnx) -> None:
    model = open_model(sigmoid_onnx(("n", None)), "model.onnx")
    assert model.width is None
    with pytest.raises(ModelError, match="failed while scoring"):
        model.run(np.zeros((2, 5), np.float32))


@pytest.mark.parametrize("endless", [False, True])
def test_functions_that_unfold_without_end_are_refused(tmp_path: Path, endless: bool) -> None:
    """Thirty functions, each of which calls the one before twice: a billion steps in a few kilobytes."""
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    functions = [helper.make_function("own", "f0", ["x"], ["y"], [helper.make_node("Neg", ["x"], ["y"])], opset[:1])]
    for i in range(1, 31):
        calls = [
            helper.make_node(f"f{i - 1}", ["x"], ["h"], domain="own"),
            helper.make_node(f"f{i if endless else i - 1}", ["h"], ["y"], domain="own"),
        ]
        functions.append(helper.make_function("own", f"f{i}", ["x"], ["y"], calls, opset))
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in ("x", "y"))
    graph = helper.make_graph([helper.make_node("f30", ["x"], ["y"], domain="own")], "graph", [x], [y])
    path = tmp_path / "model.onnx"
    model = helper.make_model(graph, opset_imports=opset, functions=functions, ir_version=8)
    path.write_bytes(model.SerializeToString())
    assert path.stat().st_size < 10_000
    with pytest.raises(ModelError, match="call each other without end"):
        open_model(path, "model.onnx")
