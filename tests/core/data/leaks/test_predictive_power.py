"""How well a column foretells an outcome, beside scikit-learn, and which columns are suspected."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from core.data.leaks.predictive_power import FOLDS, Foretells, area, foretells, numbers, texts, together
from core.data.leaks.suspects import is_sample, suspects
from core.metrics.words.notes import text

N = 2000


def world(seed: int = 0) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Who has the good outcome, folds, and columns: one honest, one chance, one each kind of leak."""
    draw = np.random.default_rng(seed)
    good = draw.random(N) < 0.55
    honest = good + draw.normal(0, 1.6, N)
    told = np.where(draw.random(N) < 0.03, ~good, good).astype(float)
    later = np.where(good & (draw.random(N) < 0.95), np.nan, draw.normal(0, 1, N))
    some = np.where(~good & (draw.random(N) < 0.3), draw.normal(0, 1, N), np.nan)
    days = np.where(good, 700, 400) + draw.normal(0, 130, N)
    columns = {"honest": honest, "chance": draw.normal(0, 1, N), "told": told, "some": some, "later": later}
    return good, np.arange(N) % FOLDS, columns | {"days": days}


def found(good: np.ndarray, folds: np.ndarray, columns: dict[str, np.ndarray]) -> dict[str, Foretells]:
    return {name: foretells(numbers(cells), good, folds) for name, cells in columns.items()}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60))
def test_the_area_is_scikit_learns(people: list[tuple[int, bool]]) -> None:
    score, good = (np.array(side) for side in zip(*people, strict=True))
    if good.all() or not good.any():
        assert area(score, (~good).astype(int), good.astype(int)) is None
        return
    assert area(score, (~good).astype(int), good.astype(int)) == pytest.approx(roc_auc_score(good, score))


def test_a_column_foretells_what_scikit_learn_finds_and_chance_foretells_nothing() -> None:
    good, folds, columns = world()
    told = found(good, folds, columns)
    assert told["honest"].auc == pytest.approx(roc_auc_score(good, columns["honest"]), abs=0.02)
    assert told["chance"].auc == pytest.approx(0.5, abs=0.03)
    assert told["told"].auc == pytest.approx(0.97, abs=0.01)
    assert together({name: told[name] for name in ("honest", "chance")}, good) == pytest.approx(
        told["honest"].auc, abs=0.03
    )


def test_what_is_learned_by_heart_foretells_nothing() -> None:
    good, folds, _ = world()
    names = np.array([f"person {i}" for i in range(N)], dtype=object)
    assert foretells(texts(names, np.zeros(N, dtype=bool)), good, folds).auc == 0.5


def test_each_kind_of_leak_is_suspected_and_no_honest_column() -> None:
    good, folds, columns = world()
    notes = suspects(found(good, folds, columns), good, now=0.7)
    assert {note.facts["column"]: note.facts["how"] for note in notes} == {
        "told": "tells",
        "later": "tells",
        "days": "tells" if found(good, folds, columns)["days"].auc >= 0.95 else "together",
        "some": "filled",
    }
    assert {note.key for note in notes} >= {"leak:told", "leak:some"}
    assert all("Was it known before the decision?" in text(note) for note in notes)


@pytest.mark.parametrize("seed", range(20))
def test_a_clean_table_raises_no_suspicion(seed: int) -> None:
    draw = np.random.default_rng(seed)
    merit = draw.normal(0, 1, N)
    good = draw.random(N) < 1 / (1 + np.exp(-1.5 * merit))
    columns = {f"x{i}": merit + draw.normal(0, 1, N) for i in range(4)}
    columns["often empty"] = np.where(draw.random(N) < 0.5, np.nan, merit)
    assert suspects(found(good, np.arange(N) % FOLDS, columns), good, now=0.75) == ()


def test_of_few_people_nothing_is_suspected() -> None:
    good = np.array([True, False] * 30)
    assert suspects(found(good, np.arange(60) % FOLDS, {"same": good.astype(float)}), good, None) == ()


def test_a_sample_follows_from_hashes_alone() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**63, 100_000).astype(np.uint64)
    taken = is_sample(hashes, 10_000)
    assert taken.sum() == pytest.approx(10_000, rel=0.05)
    assert (is_sample(hashes[::-1], 10_000) == taken[::-1]).all() and is_sample(hashes[:50], 100).all()
