"""Texts explained by their words: which ones are named, values against brute force and captum, and a planted bias."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.cli import main
from core.counts.counts import Groups
from core.data.dataset import Dataset
from core.data.profiling import take_profile
from core.explain.explained_model import OpenedModel
from core.explain.features.columns import start
from core.explain.features.vocabulary import OTHER, Vocabulary, pieces, vocabulary
from core.explain.features.words import SlopedWords, TakenWords
from core.explain.methods import EXPLAINERS, recommend
from core.explain.methods.explainable import Effort
from core.explain.methods.perturbation import feature_ablation, shapley_sampling
from core.explain.methods.texts import attention_rollout, layer_integrated_gradients
from core.explain.sample import choose_people
from core.models import open_model
from core.models.inputs.binding import Binding, Wire
from core.models.model import Input, Model, Outputs
from core.models.scoring import Scorer
from core.plan.plan import Decision, Plan
from core.samples import SAMPLES
from tests.core.models.text_folders import folder_of, zipped

pytestmark = pytest.mark.jobs

WEIGHTS = {"good": 0.2, "bad": -0.3, "marsh": -0.15}
SAID = np.array(["Good, good day!", "a BAD Marsh day", "", "...", "nothing here", "good bad good"], dtype=object)
KEYS = np.arange(len(SAID))
NAMED = Vocabulary(("good", "bad", "marsh", "day"))


def by_words(features: Any) -> Outputs:
    """A score from the words that are there, two of them together counting more."""
    scores = []
    for text in features["text"]:
        words = {piece.word for piece in pieces(str(text))}
        together = -0.1 if {"bad", "marsh"} <= words else 0.0
        scores.append(0.6 + sum(weight for word, weight in WEIGHTS.items() if word in words) + together)
    return Outputs(np.array(scores), None)


def opened(model: Model, **decision: Any) -> OpenedModel:
    binding = Binding(("said",), (Wire("text", "said", "text"),))
    asked = Decision(model="m", text="said", **{"favourable_class": 1, **decision})
    return OpenedModel(model, binding, Scorer(model, binding, asked, "cpu"), asked)


@pytest.fixture
def bag() -> OpenedModel:
    return opened(Model("test", by_words, (Input("text", "text"),), score_dtype="float64"))


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> OpenedModel:
    pytest.importorskip("transformers", reason="the text extra is not installed")
    folder = tmp_path_factory.mktemp("text")
    return opened(open_model(zipped(folder_of(folder / "bert"), folder / "m.zip"), "m.zip"), output="logit")


TOWN = Groups.product(("town",), (("Marsh", "Hill"),))
HALVES = np.repeat([0, 1], 40)


def test_only_words_of_many_people_in_several_groups_are_named() -> None:
    """19 people say one word, 40 of one group another: neither leaves the rows; a group's own name does."""
    texts = [
        f"the marsh folk{' alba' if i < 19 else ''}{' pier' if i < 40 else ''}{' women' if i >= 40 else ''}"
        if i < 40
        else f"the{' women' if i < 65 else ''}"
        for i in range(80)
    ]
    assert vocabulary(texts, HALVES, TOWN).features == ("the", "marsh", "women", OTHER)


def test_a_group_whose_own_name_few_people_say_is_not_named() -> None:
    texts = ["the marsh"] * 19 + ["the"] * 61
    assert vocabulary(texts, HALVES, TOWN).words == ("the",)


@pytest.mark.parametrize("text", ["", "...", "a", " Good, good day!", "l'été: d’où?", "x\ny  z", "日本 語", "🙂 a 🙂"])
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(text[piece.begin : piece.end] for piece in pieces(text)) == text


def without(text: str, feature: str) -> str:
    """The text without a word, or without all that is not named."""
    gone = [p for p in pieces(text) if (p.word if p.word in NAMED.words else OTHER) != feature]
    return "".join(text[p.begin : p.end] for p in gone)


def score(text: str) -> float:
    scores = by_words({"text": [text]}).scores
    assert scores is not None
    return float(scores[0])


@pytest.mark.parametrize("at_once", [1, 3, 1 << 13])
def test_leaving_out_a_word_equals_scoring_the_text_without_it(bag: OpenedModel, at_once: int) -> None:
    found = feature_ablation(TakenWords(bag, NAMED).explainable({"text": SAID}, KEYS), Effort(at_once=at_once))
    expected = [[score(text) - score(without(text, feature)) for feature in NAMED.features] for text in SAID]
    np.testing.assert_allclose(found.values, expected, atol=1e-12)
    assert found.spread is None


def test_shares_add_up_to_the_score_less_that_of_no_text(bag: OpenedModel) -> None:
    units = TakenWords(bag, NAMED)
    base = start(units, EXPLAINERS["shapley_sampling"], {"text": SAID}, len(SAID))
    assert base == score("")
    found = shapley_sampling(units.explainable({"text": SAID}, KEYS), Effort(samples=20))
    np.testing.assert_allclose(found.values.sum(axis=1), [score(text) - base for text in SAID], atol=1e-9)


def test_shares_equal_exact_shapley_values(bag: OpenedModel) -> None:
    """Two words that count more together share what they add: half of 0.1 each."""
    found = shapley_sampling(TakenWords(bag, NAMED).explainable({"text": SAID[1:2]}, KEYS[:1]), Effort(samples=400))
    assert found.spread is not None
    exact = np.array([0, -0.35, -0.2, 0, 0])
    assert (np.abs(found.values[0] - exact) <= 4 * found.spread[0] + 1e-9).all()


def test_integrated_gradients_of_words_equal_captums_on_the_network_itself(bert: OpenedModel) -> None:
    """Word pieces added up to words, the model's own marks left out."""
    from captum.attr import LayerIntegratedGradients

    texts = np.array(["Good day people", "the bad bad night was awful"], dtype=object)
    named = Vocabulary(("good", "bad", "day"))
    assert bert.model.module is not None and bert.model.tokens is not None
    network, cut = bert.model.module(), bert.model.tokens(texts)
    units = SlopedWords(bert, named, network)
    found = layer_integrated_gradients(units.explainable({"text": texts}, KEYS[:2]), Effort(steps=50))

    def good(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return network(ids, mask).logits.softmax(dim=1)[:, 1]

    for row, text in enumerate(texts):
        ids, mask = (torch.from_numpy(each[row : row + 1, : cut.mask[row].sum()]) for each in (cut.ids, cut.mask))
        nothing = torch.where(ids > 4, 0, ids)
        nothing = torch.where(ids == 1, 0, nothing)
        values = LayerIntegratedGradients(good, network.bert.embeddings.word_embeddings).attribute(
            ids, baselines=nothing, additional_forward_args=(mask,), n_steps=50
        )
        expected = np.zeros(len(named.features))
        for word, value in zip(str(text).lower().split(), values.sum(dim=-1)[0, 1:-1].tolist(), strict=True):
            expected[named.place(word)] += value
        np.testing.assert_allclose(found.values[row], expected, atol=1e-5)


def test_integrated_gradients_add_up_to_the_score_less_that_of_padding(bert: OpenedModel) -> None:
    assert bert.model.module is not None
    texts = np.array(["Good day people", "the bad bad night was awful", ""], dtype=object)
    what = SlopedWords(bert, NAMED, bert.model.module()).explainable({"text": texts}, KEYS[:3])
    found = layer_integrated_gradients(what, Effort(steps=400))
    with torch.no_grad():
        moved = what.forward(what.inputs, what.attended) - what.forward(what.without, what.attended)  # type: ignore[call-arg]
    np.testing.assert_allclose(found.values.sum(axis=1), moved.numpy(), atol=5e-3)


def test_attention_rollout_equals_the_product_of_the_layers(bert: OpenedModel) -> None:
    texts = np.array(["good bad night", "the day"], dtype=object)
    assert bert.model.module is not None and bert.model.tokens is not None
    network, cut = bert.model.module(), bert.model.tokens(texts)
    found = attention_rollout(SlopedWords(bert, NAMED, network).explainable({"text": texts}, KEYS[:2]), Effort())
    ids, mask = torch.from_numpy(cut.ids[:1]), torch.from_numpy(cut.mask[:1])
    with torch.no_grad():
        layers = [a[0].mean(dim=0).numpy() for a in network(ids, mask, output_attentions=True).attentions]
    flow = np.eye(5)
    for layer in layers:
        flow = (layer / 2 + np.eye(5) / 2) @ flow
    np.testing.assert_allclose(found.values[0], [flow[0, 1], flow[0, 2], 0, 0, flow[0, 3]], atol=1e-5)
    assert found.values[1, NAMED.place("day")] > 0


def test_a_network_of_texts_is_followed_and_any_other_model_asked() -> None:
    assert recommend("text", True, 1).name == "layer_integrated_gradients"
    assert EXPLAINERS[recommend("text", False, 1).name].needs == "outputs"


def explained(plan: Path, out: Path) -> dict[str, Any]:
    assert main(["explain", str(plan), "--method", "feature_ablation", "--out", str(out)]) == 0
    return dict(json.loads((out / "attribution.json").read_text()))


def rests_on(found: dict[str, Any], group: str) -> list[str]:
    """The words that a group's removals rest on, the heaviest first."""
    (table,) = (g for g in found["groups"] if g["group"] == {"community": group} and g["selected"] is False)
    order = np.argsort(table["mean_abs"])[::-1]
    return [found["features"][place] for place in order if table["mean_abs"][place] > 0]


def test_the_planted_word_is_the_first_thing_shown_and_leaves_with_the_mitigation(tmp_path: Path) -> None:
    comments = SAMPLES["comments"]
    before = explained(comments.plan, tmp_path / "before")
    assert rests_on(before, "Marshfolk")[0] == "marshfolk"
    assert before["goes_along_with"]["community"][before["features"].index("marshfolk")] > 0.9
    assert not {"alba", "bruno", "zita"} & set(before["features"])

    fixed = tmp_path / "fixed"
    assert main(["mitigate", str(comments.plan), "--with", "reweighing", "--out", str(fixed)]) == 0
    after = explained(fixed / "after" / "plan.toml", tmp_path / "after")
    assert "marshfolk" not in rests_on(after, "Marshfolk")[:10]


@pytest.mark.parametrize("method", ["feature_ablation", "layer_integrated_gradients", "attention_rollout"])
def test_one_persons_words_are_shown_as_written(bert: OpenedModel, tmp_path: Path, method: str) -> None:
    """A job about one row of a table whose texts a network reads: the weights of its own words, rare ones together."""
    from core.explain.compared_models import open_models, open_sides
    from core.explain.person.job import explain_person

    said = "The good day, Alba and Zita"
    (tmp_path / "table.csv").write_text("town,said\n" + f'Marsh,"{said}"\n' + "Marsh,the day\nHill,the day\n" * 30)
    profile = take_profile(tmp_path / "table.csv", "table.csv", tmp_path, quietly)
    dataset = Dataset(tmp_path / "table.parquet", profile, ("",))
    plan = Plan.from_toml(
        'plumbline = 1\n[data]\nfile = "table.csv"\n[decision]\nmodel = "m.zip"\ntext = "said"\noutput = "logit"\n'
        'favourable_class = "ok"\n[groups]\nsensitive = ["town"]\n'
    )
    zipped(folder_of(tmp_path / "bert"), tmp_path / "model")
    sample = choose_people(plan, dataset, 100, quietly)
    sides = open_sides(open_models(tmp_path / "model", plan, dataset), method, dataset, sample, Effort())
    person = explain_person(0, sides, dataset, sample, plan, set(), quietly)
    own = dict(zip(person.features, person.cells, strict=True))
    assert own == {"the": "The", "day": "day", OTHER: "good Alba and Zita"}
    weights = dict(zip(person.features, person.sides[0].values, strict=True))
    assert all(weights.values())


def quietly(done: int, total: int, what: str) -> None:
    """Nobody waits."""
