"""Models whose classes are bare numbers: the good value of the label says which is good, also when it comes later."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.store.workspace import Workspace
from tests.pages.on_data_page import CONFIRM, audit_of, opened, plan_of, press, put, said, settled

pytestmark = pytest.mark.jobs

DRAW = np.random.default_rng(0)


def model() -> bytes:
    """A file that gives one number for each row, and names no classes."""
    from onnx import TensorProto, helper

    x, p = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("x", "p"))
    graph = helper.make_graph([helper.make_node("Sigmoid", ["x"], ["p"])], "graph", [x], [p])
    opset = [helper.make_opsetid("", 17)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())


def people() -> pd.DataFrame:
    table = pd.DataFrame({"sex": DRAW.choice(["f", "m"], 120), "x": DRAW.normal(0, 1, 120).round(3)})
    return table.assign(defaulted=(table["x"] > 0.2).astype(int))


def good_class(at: AppTest) -> str:
    (box,) = (box for box in at.selectbox if box.label == "Good for the person is")
    return str(box.options[box.value])


def test_the_good_class_follows_the_good_value_that_is_settled_after_the_model_was_looked_at(space: Workspace) -> None:
    table = people()
    at = settled(put(opened(), space, csv=table.to_csv(index=False), onnx=model()), space)
    assert good_class(at) == "a high number"  # nothing is known of the outcome yet
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/outcome").select("defaulted").run()
    next(box for box in at.multiselect if box.label == "The good outcome for the person").set_value(["0"]).run()
    settled(press(at, CONFIRM), space)
    assert good_class(at) == "a low number"
    press(at, CONFIRM)
    assert plan_of(at, space).decision.favourable_class == 0


def numbered() -> bytes:
    """A model whose classes are 1 and 2."""
    import skops.io
    from sklearn.linear_model import LogisticRegression

    table = people()
    return bytes(skops.io.dumps(LogisticRegression().fit(table[["x"]], np.where(table["x"] > 0, 1, 2))))


def test_where_nothing_tells_which_class_is_good_it_is_asked_and_nothing_is_chosen(space: Workspace) -> None:
    """Classes 1 and 2, and an outcome of yes and no: the person says it, and the plan names that class."""
    table = people()
    table["repaid"] = np.where(table.pop("defaulted"), "yes", "no")
    at = settled(put(opened(), space, csv=table.to_csv(index=False), skops=numbered()), space)
    settled(press(at, CONFIRM), space)
    (box,) = (box for box in at.selectbox if box.label == "Good for the person is")
    assert (box.options, box.value) == (["class 1", "class 2"], None)
    assert CONFIRM not in [button.label for button in at.button]
    box.select_index(0).run()
    press(at, CONFIRM)
    assert plan_of(at, space).decision.favourable_class == 1


def test_without_an_outcome_the_sentence_names_the_class_that_is_taken_for_good(space: Workspace) -> None:
    table = people().drop(columns="defaulted")
    at = settled(put(opened(), space, csv=table.to_csv(index=False), skops=numbered()), space)
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("No column says what really happened").run()
    settled(press(at, CONFIRM), space)
    (box,) = (box for box in at.selectbox if box.label == "Good for the person is")
    box.select_index(1).run()
    assert "the model gives class 2 a probability" in said(at)
