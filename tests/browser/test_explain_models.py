"""Before and after in real Chromium, on models that people have: a face network, a tweet model, a Hugging Face
folder and the Adult network. Each is audited by hand, its plan is dropped again with another version, and the two are
compared.

Where PLUMBLINE_SCREENSHOTS names a folder, the page is pictured there: wide in both themes, and narrow.
"""

import csv
import gzip
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SECONDS, App, choose, press, put, settled

pytestmark = pytest.mark.browser

CONFIRM, LAST = "Yes, that is right", "attribution.json"
WIDE, NARROW, HIGH = 1280, 400, 900


@dataclass(frozen=True)
class World:
    """What a person puts in: a table, perhaps images, and a model in two versions; and the answers to the questions.

    `beside` holds the second version under the first one's name, since the plan names it. `way` is the way of
    explaining to choose; None for the recommended one. `good_class` is the answer of a model whose classes are bare
    numbers. `cause` stands in what the page says first.
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


def faces(folder: Path, shared: Path) -> World:
    """Sixty faces, and a network that says whose is a woman's; beside it one that saw less colour."""
    people = read(shared / "data" / "faces" / "labels.csv")[:60]
    names = ["file", "gender", "age_group"]
    table = written(folder / "faces.csv", names, [[person[name] for name in names] for person in people])
    with zipfile.ZipFile(folder / "faces.zip", "w") as archive:
        for person in people:
            archive.write(shared / "data" / "faces" / person["file"], person["file"])
    model = shared / "models" / "faces" / "face_gender_cnn.pt2"

    def weaker(weights: dict[str, object]) -> None:
        next(weight for weight in weights.values() if weight.ndim == 4)[:, 1:] *= 0.2  # type: ignore[attr-defined,index]

    beside = changed_pt2(model, folder / "beside" / model.name, weaker)
    return World(
        "faces", table, model, beside, "60 rows", "gender", "female", "age_group", "of the image", folder / "faces.zip"
    )


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
    places = [i for i, name in enumerate(header) if name.startswith(("marital-status", "relationship"))]
    model = shared / "models" / "adult" / "adult_mlp.pt2"

    def blind(weights: dict[str, object]) -> None:
        next(weight for weight in weights.values() if weight.ndim == 2)[:, places] = 0  # type: ignore[attr-defined,index]

    beside = changed_pt2(model, folder / "beside" / model.name, blind)
    return World("adult", table, model, beside, "400 rows", "income", ">50K", "sex", "“age”")


# ---------------------------------------------------------------- what a person does


def audited_by_hand(page: Page, world: World) -> str:
    """The files in one drop, then the questions one by one; returns the audit's address."""
    put(page, *world.files(world.model))
    expect(page.get_by_text(world.rows).first).to_be_visible()
    choose(page, "What really happened", world.label)
    choose(page, "The good outcome", world.good)
    press(page, CONFIRM)
    expect(page.get_by_text("✓ gives").first).to_be_visible()
    if world.good_class is not None:
        choose(page, "Good for the person is", world.good_class)
    press(page, CONFIRM)
    choose(page, "who belongs to which group", world.group)
    press(page, "Run the audit")
    expect(page.get_by_role("heading", name="The answer")).to_be_visible()
    return page.url


def audited_by_plan(page: Page, app: App, world: World, plan: Path) -> None:
    """The second version, in one drop with the plan that was downloaded."""
    page.goto(app.address)
    put(page, *world.files(plan, world.beside))
    expect(page.get_by_text("✓ 4 The groups").first).to_be_visible()
    press(page, "Run the audit")
    expect(page.get_by_role("heading", name="The answer")).to_be_visible()


def downloaded_plan(page: Page, to: Path) -> Path:
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="The plan (.toml)").click()
    download.value.save_as(to)
    return to


def compared(page: Page, world: World) -> None:
    press(page, "What does it look at?")
    choose(page, "Compare it with", re.compile("^An audit: "))
    if world.way is not None:
        page.get_by_text("Other ways").click()
        page.get_by_test_id("stRadio").get_by_text(world.way).click()
        settled(page)
    press(page, "Show what moved")
    expect(page.get_by_role("button", name=LAST)).to_be_visible()


def seen(page: Page, name: str) -> None:
    """Pictures of the whole page for whoever wants to look, where PLUMBLINE_SCREENSHOTS names a folder."""
    folder = os.environ.get("PLUMBLINE_SCREENSHOTS")
    if not folder:
        return
    for theme, width in (("light", WIDE), ("dark", WIDE), ("light", NARROW)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": HIGH})
        page.reload()
        expect(page.get_by_role("button", name=LAST)).to_be_visible()
        settled(page)
        height = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": width, "height": height + 20})
        settled(page)
        page.wait_for_timeout(2 * SECONDS)  # for the pictures, which nobody can wait for otherwise
        page.screenshot(path=Path(folder) / f"{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": WIDE, "height": HIGH})


@pytest.mark.parametrize("made", [tweets, remarks, adult, faces])
def test_two_versions_of_a_model_are_audited_and_the_page_shows_what_moved(
    made: Callable[[Path, Path], World], page: Page, app: App, tmp_path: Path, shared: Path
) -> None:
    (tmp_path / "beside").mkdir()
    world = made(tmp_path, shared)
    address = audited_by_hand(page, world)
    plan = downloaded_plan(page, tmp_path / "plan.toml")
    audited_by_plan(page, app, world, plan)
    page.goto(address)
    compared(page, world)
    seen(page, world.name)
    # In bold, or in plain letters and said to be in doubt where a check failed.
    said = re.compile(f"{re.escape(world.cause)}.* before")
    expect(page.get_by_test_id("stMain").get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("this describes the model, not the cause").first).to_be_visible()
    for title in ("Before", "After", "Difference"):
        expect(page.get_by_text(title, exact=True).first).to_be_visible()
    pictures = page.get_by_test_id("stVegaLiteChart")
    expect(pictures.nth(2).locator("canvas, svg").first).to_be_visible()
    page.set_viewport_size({"width": NARROW, "height": HIGH})
    expect(page.get_by_text("this describes the model, not the cause").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
