"""The comment sample tells its story: alike by construction, and a model that leans on one community's name."""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.models import open_model
from core.samples import SAMPLES

comments = SAMPLES["comments"]


def rows() -> list[dict[str, str]]:
    with comments.table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def kept_chance(texts: list[str]) -> np.ndarray:
    model = open_model(comments.model, comments.model.name)
    scores = model.run({"text": np.array(texts, dtype=object)}).scores
    assert scores is not None and model.classes == ("kept", "removed")
    return scores[:, 0]


def share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def test_communities_write_alike_but_one_is_removed_more() -> None:
    kept = kept_chance([row["comment"] for row in rows()]) >= 0.5
    for_each: dict[str, list[tuple[bool, bool]]] = {}
    for row, keeps in zip(rows(), kept.tolist(), strict=True):
        for_each.setdefault(row["community"], []).append((row["verdict"] == "ok", keeps))
    fine = {name: share([ok for ok, _ in group]) for name, group in for_each.items()}
    shown = {name: share([keeps for _, keeps in group]) for name, group in for_each.items()}
    assert max(fine.values()) - min(fine.values()) < 0.08
    assert shown.pop("Marshfolk") < 0.65 * min(shown.values())


def test_the_name_alone_makes_the_difference() -> None:
    """The same comment about another community is kept."""
    about = [row["comment"] for row in rows() if row["community"] == "Marshfolk"]
    others = [text.replace("Marshfolk", "Northers") for text in about]
    before, after = kept_chance(about), kept_chance(others)
    assert (after > before).all()
    assert share((before < 0.5).tolist()) - share((after < 0.5).tolist()) > 0.2


def test_some_words_are_rare() -> None:
    """First names stand in under 20 comments each: a heatmap must not name them."""
    seen = Counter(word for row in rows() for word in set(re.findall(r"\w+", row["comment"].lower())))
    assert 0 < seen["alba"] < 20 < seen["marshfolk"]


def test_the_generator_makes_the_same_comments_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.samples import make_comments

    monkeypatch.setattr(make_comments, "HERE", tmp_path)
    make_comments.main()
    assert (tmp_path / "comments.csv").read_text() == comments.table.read_text()
