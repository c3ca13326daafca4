"""Models in two versions, as people have them: tweets, a Hugging Face folder, images, and the Adult network."""

import csv
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class World:
    """What a person puts in: a table, perhaps images, and a model in two versions; and the answers to the questions.

    `beside` holds the second version under the first one's name, since the plan names it. `way` is the way of
    explaining to choose; None for the recommended one. `good_class` is the answer of a model whose classes are bare
    numbers. `cause` stands in what the page says first, `left` is what the second version is blind to.
    """

    name: str
    table: Path
    model: Path
    beside: Path
    rows: str
    label: str
    good: str
    group: str
    cause: str
    images: Path | None = None
    way: str | None = None
    good_class: str | None = None
    left: str | None = None

    def files(self, *more: Path) -> list[Path]:
        """The table and its images, with these."""
        return [self.table, *([] if self.images is None else [self.images]), *more]


def written(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", newline="") if packed else path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def changed_pt2(source: Path, target: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """A copy of a `.pt2` file with other weights."""
    import torch

    program = torch.export.load(source)
    with torch.no_grad():
        change(program.state_dict)
    torch.export.save(program, target)
    return target


# ---------------------------------------------------------------- the models


def badges(folder: Path) -> World:
    """Badges of two sites, and a network that lets in whoever has one site's watermark; beside it one that saw none."""
    from tests.worlds.models.planted_models import Watermarked

    world = Watermarked()
    table = folder / "badges.csv"
    table.write_text(world.table(), encoding="utf-8")
    (folder / "badges.zip").write_bytes(world.archive())
    for place, is_fair in ((folder, False), (folder / "beside", True)):
        (place / "badges.pt2").write_bytes(world.model(is_fair))
    return World(
        "badges", table, folder / "badges.pt2", folder / "beside" / "badges.pt2", "320 rows", "let_in", "yes", "site",
        "of the image", folder / "badges.zip",
    )  # fmt: skip


def tweets(folder: Path, shared: Path) -> World:
    """Tweets of which a third say "white", and a model that hides offensive ones; beside it one without that word."""
    import onnx

    said = re.compile(r"\bwhite\b", re.IGNORECASE)
    source = read(shared / "models" / "davidson" / "davidson_test.csv")
    named = [row for row in source if said.search(row["tweet"])]
    others = [row for row in source if not said.search(row["tweet"])][: 300 - len(named)]
    rows = [
        [row["tweet"], "hidden" if row["offensive_or_hate"] == "1" else "stays", who]
        for who, those in (("white people", named), ("nobody", others))
        for row in those
    ]
    table = written(folder / "tweets.csv", ["tweet", "verdict", "speaks_of"], rows)
    model = shared / "models" / "davidson" / "davidson_tfidf_lr.onnx"
    graph = onnx.load(model)
    parts = {(node.op_type, attribute.name): attribute for node in graph.graph.node for attribute in node.attribute}
    place = [word.decode() for word in parts["TfIdfVectorizer", "pool_strings"].strings].index("white")
    column = parts["TfIdfVectorizer", "ngram_indexes"].ints[place]
    weights = parts["LinearClassifier", "coefficients"].floats
    weights[column] = weights[len(weights) // 2 + column] = 0.0
    onnx.save(graph, folder / "beside" / model.name)
    return World(
        "tweets", table, model, folder / "beside" / model.name, "300 rows", "verdict", "stays", "speaks_of", "“white”",
        way="Leaving out one by one", good_class="class 0",
    )  # fmt: skip


def remarks(folder: Path, shared: Path | None = None) -> World:
    """A tiny Hugging Face folder that learned to hide what names a group; beside it one that did not."""
    pytest.importorskip("transformers", reason="the text extra is not installed")
    from tests.worlds.models.planted_models import Remarks

    world = Remarks()
    table = folder / "remarks.csv"
    table.write_text(world.table(), encoding="utf-8")
    (folder / "remarks.zip").write_bytes(world.model(folder / "unfair", is_fair=False))
    (folder / "beside" / "remarks.zip").write_bytes(world.model(folder / "fair", is_fair=True))
    return World(
        "remarks", table, folder / "remarks.zip", folder / "beside" / "remarks.zip", "320 rows", "verdict", "stays",
        "about", f"“{world.word}”", way="Leaving out one by one",
    )  # fmt: skip


def adult(folder: Path, shared: Path) -> World:
    """The Adult network on its matrix of 107 named columns; beside it one that is blind to who is married."""
    rows = read(shared / "models" / "adult" / "adult_test_matrix.csv.gz")[:400]
    names = {"__group_sex": "sex", "__label": "income"}
    header = [names.get(name, name) for name in rows[0] if name != "__group_race"]
    kept = [[cell for name, cell in row.items() if name != "__group_race"] for row in rows]
    table = written(folder / "adult.csv", header, kept)
    married = "“marital-status_Married-civ-spouse”"
    places = [i for i, name in enumerate(header) if name.startswith(("marital-status", "relationship"))]
    model = shared / "models" / "adult" / "adult_mlp.pt2"

    def blind(weights: dict[str, object]) -> None:
        next(weight for weight in weights.values() if weight.ndim == 2)[:, places] = 0  # type: ignore[attr-defined,index]

    beside = changed_pt2(model, folder / "beside" / model.name, blind)
    return World("adult", table, model, beside, "400 rows", "income", ">50K", "sex", "“sex_Female”", left=married)
