"""The command on a table of images: who is counted, who is left out and how that is said, and what is refused."""

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cli import main
from tests.worlds.image_worlds import PLAN, archive, brightness, photo, table

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return brightness(tmp_path_factory.mktemp("model") / "model.pt2")


@pytest.fixture
def folder(tmp_path: Path, model: bytes) -> Path:
    (tmp_path / "people.csv").write_text(table())
    (tmp_path / "images.zip").write_bytes(archive())
    (tmp_path / "model.pt2").write_bytes(model)
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path


def replaced(folder: Path, changes: dict[str, bytes | None]) -> None:
    """The archive with these images replaced, or taken out."""
    (folder / "images.zip").write_bytes(archive(changes))


def audited(folder: Path) -> dict[str, Any]:
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / "out")]) == 0
    return dict(json.loads((folder / "out" / "result.json").read_text()))


def selected(result: dict[str, Any]) -> dict[str, float]:
    return {group["group"]["sex"]: group["metrics"]["selection_rate"]["value"] for group in result["groups"]}


@pytest.mark.process
def test_people_are_counted_by_what_their_images_show(folder: Path) -> None:
    result = audited(folder)
    assert result["rows"] == {"read": 240, "kept": 240, "labelled": 240}
    assert selected(result) == {"a": 1.0, "b": 0.0}
    assert result["provenance"]["images_sha256"]
    assert result["warnings"] == []


def test_an_explanation_says_which_images_it_looked_at(folder: Path) -> None:
    asked = ["explain", str(folder / "plan.toml"), "--method", "saliency", "--out", str(folder / "out")]
    assert main(asked) == 0
    found = json.loads((folder / "out" / "attribution.json").read_text())
    digest = hashlib.sha256((folder / "images.zip").read_bytes()).hexdigest()
    assert found["provenance"]["images_sha256"] == digest
    assert found["features"][0] == "upper left of the image (row 1 of 8, column 1 of 8)"


def test_a_folder_serves_as_well_as_a_zip(folder: Path) -> None:
    first = audited(folder)
    with zipfile.ZipFile(folder / "images.zip") as packed:
        packed.extractall(folder / "unpacked")
    (folder / "unpacked" / "link.png").symlink_to("/etc/passwd")
    (folder / "plan.toml").write_text(PLAN.replace("images.zip", "unpacked"))
    assert audited(folder)["groups"] == first["groups"]


def test_people_without_a_usable_image_are_left_out_and_named(folder: Path) -> None:
    replaced(folder, {"4.png": None, "16.png": b"no image", "89.png": b"<svg/>", "90.png": photo(9)[:40]})
    result = audited(folder)
    assert result["rows"] == {"read": 240, "kept": 236, "labelled": 236}
    assert result["dropped"] == [4]
    (words,) = [warning["text"] for warning in result["warnings"]]
    assert words.startswith("4 images could not be used, and their people are not counted")
    assert "no JPEG, PNG, WebP, GIF or BMP: rows 17, 91" in words
    assert "not in the archive: row 5" in words
    assert "SVG) and no photograph: row 90" in words
    assert {group["group"]["sex"]: group["n"] for group in result["groups"]} == {"a": 119, "b": 117}
    assert selected(result) == {"a": 1.0, "b": 0.0}


def test_rows_without_a_usable_image_are_named_by_file_where_a_table_has_several(folder: Path) -> None:
    replaced(folder, {"4.png": None, "130.png": None, "131.png": None})
    header, *lines = table().splitlines(keepends=True)
    for name, part in (("a.csv", lines[:120]), ("b.csv", lines[120:])):
        (folder / name).write_text(header + "".join(part))
    (folder / "plan.toml").write_text(PLAN.replace('"people.csv"', '["a.csv", "b.csv"]'))
    (words,) = [warning["text"] for warning in audited(folder)["warnings"]]
    assert "not in the archive: row 5 of a.csv; row 11, 12 of b.csv" in words


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no archive": (lambda folder: (folder / "images.zip").unlink(), "images.zip is not there"),
    "no zip": (lambda folder: (folder / "images.zip").write_bytes(b"x"), "is no zip archive"),
    "climbing": (lambda folder: replaced(folder, {"../../../x.png": b""}), "leads out of it"),
    "no image at all": (
        lambda folder: replaced(folder, {f"{i}.png": None for i in range(239)} | {"239.png": b"x"}),
        "no row is left. 240 images could not be used",
    ),
    "no such column": (
        lambda folder: (folder / "plan.toml").write_text(PLAN.replace('"photo"', '"foto"')),
        'no column "foto"',
    ),
    "another class": (
        lambda folder: (folder / "plan.toml").write_text(PLAN.replace("[groups]", "favourable_class = 7\n[groups]")),
        "model.pt2: The good class, 7, is none of the model's classes",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str], why: str) -> None:
    spoil, words = REFUSED[why]
    spoil(folder)
    assert main(["audit", str(folder / "plan.toml"), "--out", str(folder / "out")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (folder / "out" / "result.json").exists()


def test_the_public_faces_are_selected_as_their_own_library_says(shared: Path, tmp_path: Path) -> None:
    table = shared / "models" / "faces" / "face_gender_cnn_predictions.csv"
    for ending in ("pt2", "onnx"):
        (tmp_path / "plan.toml").write_text(f"""plumbline = 1
[data]
file = "{table}"
label = "gender"
favourable = "female"
[decision]
model = "{table.with_name(f"face_gender_cnn.{ending}")}"
output = "logit"
threshold = 0.5
image = "file"
images = "{shared / "data" / "faces"}"
[groups]
sensitive = ["race"]
""")
        result = audited(tmp_path)
        with table.open() as file:
            rows = list(csv.DictReader(file))
        for group in result["groups"]:
            scores = [float(row["prob_female"]) for row in rows if row["race"] == group["group"]["race"]]
            assert group["n"] == len(scores)
            assert group["metrics"]["selection_rate"]["value"] == np.mean(np.asarray(scores) >= 0.5)
            assert group["metrics"]["mean_score"]["value"] == pytest.approx(np.mean(scores), abs=2e-6)
