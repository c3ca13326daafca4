"""Models that read one text: which column feeds them, and lower case without the machine's locale."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from onnx import TensorProto, helper
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from core.data.dataset import Dataset
from core.errors import ModelError
from core.models import open_model
from core.models.inputs.binding import bind
from core.models.model import Input, Model, Outputs
from core.plan.plan import Plan

MakeOnnx = Callable[..., Path]
MakeDataset = Callable[[str], Dataset]
MakePlan = Callable[..., Plan]
TEXT, FLOAT = TensorProto.STRING, TensorProto.FLOAT
SAID = np.array(["Good day", "BAD Day", "good", "bad", "ÄRGER", "Ärger"] * 4, dtype=object)
WELL = np.array([1, 0, 1, 0, 1, 0] * 4)


def nothing(features: Any) -> Outputs:
    return Outputs(None, None)


READER = Model("test", nothing, (Input("text", "text"),))


def test_the_plans_column_feeds_the_one_text_whatever_its_name(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,tweet,text\na,Hello  there,x\nb,,y\n")
    binding = bind(READER, dataset.profile, plan_of(text="tweet"))
    batch = next(dataset.batches(binding.columns_used))
    assert binding.columns_used == ("tweet",)
    assert binding.features(batch)["text"].tolist() == ["Hello  there", ""]


def test_an_unnamed_text_is_asked_for(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,tweet\na,Hello\n")
    with pytest.raises(ModelError, match=r'columns are "sex", "tweet".* text = "..." under'):
        bind(READER, dataset.profile, plan_of())
    with pytest.raises(ModelError, match='no column "twet".* another column for text'):
        bind(READER, dataset.profile, plan_of(text="twet"))


def test_text_for_a_model_of_other_inputs_is_refused(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,tweet\na,Hello\n")
    two = Model("test", nothing, (Input("a", "text"), Input("b", "number")))
    for model in (two, Model("test", nothing, width=3)):
        with pytest.raises(ModelError, match="Name no column of texts"):
            bind(model, dataset.profile, plan_of(text="tweet"))


def test_a_text_that_is_the_outcome_is_warned_about(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of("sex,tweet\na,1\nb,0\n")
    assert "outcome" in bind(READER, dataset.profile, plan_of(label="tweet", text="tweet")).warnings[0]


def normalised(onnx_of: MakeOnnx, extra: list[Any] | None = None, **settings: Any) -> Path:
    """Texts in, 1 where a text is "ärger" in the case that the settings make, else 0."""
    told = {"case_change_action": "LOWER", "is_case_sensitive": 0, **settings}
    nodes = [
        helper.make_node("Reshape", ["said", "shape"], ["flat"]),
        helper.make_node("StringNormalizer", ["flat"], ["lowered"], **told),
        helper.make_node("LabelEncoder", ["lowered"], ["p"], domain="ai.onnx.ml", keys_strings=["ärger"],
                         values_floats=[1.0], default_float=0.0),
        *(extra or []),
    ]  # fmt: skip
    return onnx_of(nodes, [("said", TEXT, [None])], [("p", FLOAT, [None])], {"shape": np.array([-1])})


def test_lower_case_needs_no_locale_of_the_machine(onnx_of: MakeOnnx) -> None:
    """Also a locale that is nowhere; İ, whose lower case is two letters, stays one."""
    for settings in ({}, {"locale": "xx_YY.none"}):
        model = open_model(normalised(onnx_of, **settings), "said.onnx")
        assert model.inputs == (Input("said", "text"),)
        outputs = model.run({"said": np.array(["ÄRGER", "Ärger", "arger", "", "İ"], dtype=object)})
        assert outputs.scores is not None
        assert outputs.scores.ravel().tolist() == [1, 1, 0, 0, 0]


def test_stop_words_meet_the_lowered_texts(onnx_of: MakeOnnx) -> None:
    model = open_model(normalised(onnx_of, stopwords=["The"]), "said.onnx")
    outputs = model.run({"said": np.array(["THE", "ÄRGER"], dtype=object)})
    assert outputs.scores is not None
    assert outputs.scores.ravel().tolist() == [1]


def test_a_text_that_is_used_as_it_is_too_stays_the_locales_business(onnx_of: MakeOnnx) -> None:
    also = helper.make_node("LabelEncoder", ["flat"], ["q"], domain="ai.onnx.ml", keys_strings=["A"],
                            values_int64s=[1], default_int64=0)  # fmt: skip
    with pytest.raises(ModelError, match="which this machine does not have"):
        open_model(normalised(onnx_of, [also], locale="xx_YY.none"), "said.onnx")


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(make_union(TfidfVectorizer(), TfidfVectorizer(analyzer="char")), LogisticRegression()),
        make_pipeline(TfidfVectorizer(), CalibratedClassifierCV(LinearSVC(), cv=2)),
        CalibratedClassifierCV(make_pipeline(TfidfVectorizer(), LinearSVC()), cv=2),
        GridSearchCV(make_pipeline(CountVectorizer(), LogisticRegression()), {"logisticregression__C": [1, 2]}, cv=2),
        VotingClassifier([("a", make_pipeline(CountVectorizer(), LogisticRegression()))], voting="soft"),
    ],
    ids=["union", "calibrated_end", "calibrated", "search", "vote"],
)
def test_scikit_learns_text_models_of_every_make_read_one_text(estimator: Any, tmp_path: Path) -> None:
    skops.io.dump(estimator.fit(SAID, WELL), tmp_path / "m.skops")
    model = open_model(tmp_path / "m.skops", "m.skops")
    assert model.reads_text
    scores = model.run({"text": SAID}).scores
    np.testing.assert_allclose(scores, estimator.predict_proba(SAID), atol=1e-12)
