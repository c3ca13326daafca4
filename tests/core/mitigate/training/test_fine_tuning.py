"""Fine-tuning: it starts from the upload, its losses count, and the result is a `.pt2` like the one that came."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.mitigate.training.fine_tuning import EPOCHS
from core.mitigate.training.fine_tuning_pt2 import TunableProgram
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import Aim
from core.models import open_model
from core.models.export import save_pt2
from core.models.model import Model
from core.models.outputs.tensors import favourable_logit
from core.models.recipe import NumberColumn, Recipe
from core.plan.plan import Decision

pytestmark = pytest.mark.jobs

DECISION = Decision(model="m")
DRAW = np.random.default_rng(0)
FEATURES = DRAW.normal(size=(600, 3)).astype(np.float32)
GROUPS = DRAW.integers(0, 2, 600)
FEATURES[:, 2] = GROUPS
LABELS = (FEATURES[:, 0] + 1.5 * GROUPS + DRAW.normal(size=600) > 0.5).astype(np.int64)


def rows(part: slice, **changes: Any) -> TrainingRows:
    made = TrainingRows(FEATURES[part], LABELS[part], GROUPS[part].astype(np.int64), np.ones(len(LABELS[part])))
    return replace(made, **changes)


FIT, CHOOSE = rows(slice(0, 400)), rows(slice(400, 600))


class Net(torch.nn.Module):
    def __init__(self, last: Callable[[torch.Tensor], torch.Tensor] = torch.sigmoid, outputs: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, outputs))
        self.last = last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.layers(x))


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(net: torch.nn.Module, recipe: Recipe | None = None) -> Path:
        path = tmp_path / "model.pt2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
            save_pt2(net, 3, path, recipe)
        return path

    return save


def opened(path: Path, decision: Decision = DECISION, threshold: float = 0.5) -> TunableProgram:
    return TunableProgram(path, "m.pt2", decision, threshold, "cpu")


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def tuned(path: Path, aim: Aim, tmp_path: Path, fit: TrainingRows = FIT, seed: int = 0) -> np.ndarray:
    """The scores of the tuned model, saved and opened again as an upload is."""
    tunable = opened(path)
    out = tmp_path / f"tuned-{len(list(tmp_path.iterdir()))}.pt2"
    tunable.save(tunable.tune(fit, CHOOSE, aim, seed, quiet), out)
    scores = open_model(out, "tuned").run(FEATURES).scores
    assert scores is not None
    return scores[:, 0]


def gap(scores: np.ndarray) -> float:
    rates = [np.mean(scores[g == GROUPS] >= 0.5) for g in (0, 1)]
    return float(abs(rates[1] - rates[0]))


def test_training_lowers_the_loss_on_others_and_reports_each_epoch(saved: Callable[..., Path]) -> None:
    told: list[int] = []
    made = opened(saved(Net())).tune(FIT, CHOOSE, Aim(), 0, lambda done, total: told.append(done) or None)
    assert made.last_loss < made.first_loss - 0.05
    assert told == list(range(1, made.epochs + 1)) and made.kept <= made.epochs <= EPOCHS


def test_it_is_reproducible_by_its_seed(saved: Callable[..., Path], tmp_path: Path) -> None:
    path, aim = saved(Net()), Aim("equal_opportunity", 1.0)
    first, again, other = (tuned(path, aim, tmp_path, seed=seed) for seed in (3, 3, 4))
    assert (first == again).all() and (first != other).any()


def test_a_price_on_the_gap_closes_it(saved: Callable[..., Path], tmp_path: Path) -> None:
    path = saved(Net())
    without, priced = (tuned(path, Aim("demographic_parity", s), tmp_path) for s in (0.0, 4.0))
    assert gap(without) > 0.3 > 0.1 > gap(priced)


def test_a_round_learns_from_so_many_of_very_many_rows(saved: Callable[..., Path]) -> None:
    model = opened(saved(Net()))
    assert [model.drawn_a_round(rows) for rows in (9_800, 204_800, 6_000_000)] == [9_800, 204_800, 204_800]


def test_weights_change_what_is_learned(saved: Callable[..., Path], tmp_path: Path) -> None:
    path = saved(Net())
    heavy = replace(FIT, weights=np.where(FIT.labels == 1, 5.0, 1.0))
    assert tuned(path, Aim(), tmp_path, heavy).mean() > tuned(path, Aim(), tmp_path).mean() + 0.1


def test_people_of_unknown_outcome_do_not_count_in_the_task(saved: Callable[..., Path], tmp_path: Path) -> None:
    path = saved(Net())
    unknown = replace(FIT, labels=np.where(np.arange(400) < 100, 2, FIT.labels))
    weightless = replace(FIT, weights=np.where(np.arange(400) < 100, 0.0, 1.0))
    assert (tuned(path, Aim(), tmp_path, unknown) == tuned(path, Aim(), tmp_path, weightless)).all()


def test_the_upload_itself_is_unchanged_and_the_recipe_stays(saved: Callable[..., Path], tmp_path: Path) -> None:
    recipe = Recipe((NumberColumn("a"), NumberColumn("b", mean=1.0, scale=2.0), NumberColumn("c", fill=0.0)))
    path = saved(Net(), recipe)
    before = path.read_bytes()
    tuned(path, Aim(), tmp_path)
    assert path.read_bytes() == before
    assert open_model(next(tmp_path.glob("tuned-*")), "tuned").recipe == recipe


def test_a_model_that_no_epoch_makes_better_stays_as_it_was(saved: Callable[..., Path], tmp_path: Path) -> None:
    path = saved(Net())
    wrong = replace(FIT, labels=1 - FIT.labels)
    made = opened(path).tune(wrong, rows(slice(0, 400)), Aim(), 0, quiet)
    assert made.kept == 0 and made.last_loss == made.first_loss
    out = tmp_path / "same.pt2"
    opened(path).save(made, out)
    before, same = (open_model(each, "m").run(FEATURES).scores for each in (path, out))
    assert before is not None and (same == before).all()


@pytest.mark.parametrize(
    ("last", "outputs", "decision"),
    [
        (torch.sigmoid, 1, Decision(model="m")),
        (torch.sigmoid, 1, Decision(model="m", favourable_class=0)),
        (lambda z: z, 1, Decision(model="m", output="logit")),
        (lambda z: z, 1, Decision(model="m", output="logit", favourable_class=0)),
        (lambda z: z[:, 0], 1, Decision(model="m", output="logit")),
        (lambda z: z.softmax(dim=1), 3, Decision(model="m", favourable_class=(0, 2))),
        (lambda z: z, 3, Decision(model="m", output="logit", favourable_class=1)),
    ],
)
def test_outputs_of_every_kind_become_the_logit_of_the_score_that_is_audited(
    last: Callable[[torch.Tensor], torch.Tensor], outputs: int, decision: Decision, saved: Callable[..., Path]
) -> None:
    from core.models.outputs import favourable_scores

    model: Model = open_model(saved(Net(last, outputs)), "m")
    audited = favourable_scores(model.run(FEATURES), decision, model)
    assert model.module is not None
    with torch.no_grad():
        logits = favourable_logit(model.module()(torch.from_numpy(FEATURES)), decision, model)
    assert logits.sigmoid().numpy() == pytest.approx(audited, abs=1e-5)


@pytest.mark.parametrize("decision", [Decision(model="m"), Decision(model="m", output="logit", favourable_class=0)])
def test_training_is_towards_the_good_outcome(decision: Decision, saved: Callable[..., Path], tmp_path: Path) -> None:
    from core.models.outputs import favourable_scores

    tunable = opened(saved(Net(torch.sigmoid if decision.output is None else lambda z: z)), decision)
    out = tmp_path / "tuned.pt2"
    tunable.save(tunable.tune(FIT, CHOOSE, Aim(), 0, quiet), out)
    model = open_model(out, "m")
    scores = favourable_scores(model.run(FEATURES), decision, model)
    assert np.mean((scores >= 0.5) == (LABELS == 1)) > 0.7


def test_what_cannot_be_trained_is_refused_with_words(saved: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match="gives labels and no scores"):
        opened(saved(Net()), Decision(model="m", output="class"))
    with pytest.raises(ModelError, match="threshold between 0 and 1"):
        opened(saved(Net()), threshold=1.0)
    with pytest.raises(ModelError, match="no weights to train"):
        opened(saved(Fixed()))
    with pytest.raises(ModelError, match="no slope or is not a finite number"):
        opened(saved(Net(lambda z: (z > 0).float()))).tune(FIT, CHOOSE, Aim(), 0, quiet)


class Fixed(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum(dim=1, keepdim=True).sigmoid()
