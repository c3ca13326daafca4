"""A model that reads what was filled in after the outcome: said on the Data page, whenever the outcome is settled."""

import numpy as np
import pandas as pd
import pytest

from core.store.workspace import Workspace
from tests.pages.on_data_page import CONFIRM, audit_of, opened, plan_of, press, put, said, settled
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs


def people() -> pd.DataFrame:
    """240 people, of whom all but 4 have the outcome that `closed` says."""
    draw = np.random.default_rng(0)
    hired = draw.permutation(np.arange(240) % 2)
    closed = np.where(np.arange(240) < 4, 1 - hired, hired)
    return pd.DataFrame({"sex": draw.choice(["f", "m"], 240), "closed": closed, "hired": hired})


def model() -> bytes:
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    table = people()
    inputs = table[["closed"]].to_numpy(np.float32)
    fitted = LogisticRegression().fit(inputs, table["hired"])
    trained = to_onnx(fitted, inputs[:1], initial_types=None, options={"zipmap": False})
    trained.graph.input[0].name = trained.graph.node[0].input[0] = "closed"
    return bytes(trained.SerializeToString())


def test_inputs_are_checked_also_where_the_outcome_is_settled_while_the_model_is_looked_at(space: Workspace) -> None:
    with holding_jobs("inspect"):
        at = put(opened(), space, csv=people().to_csv(index=False), onnx=model()).run()
        audit = audit_of(at, space)
        assert audit.stage == "inspect", "the look at the model runs, and knows no outcome"
        at.selectbox(key=f"{audit.id}/outcome").select("hired").run()
        press(at, CONFIRM)
    settled(at, space)
    assert "“closed” alone nearly tells the outcome" in said(at)
    press(at, "It is right as it is")
    assert plan_of(at, space).data.confirmed == ("leak:closed",)
