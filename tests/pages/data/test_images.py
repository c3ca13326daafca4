"""The Data page with a model that looks at images: from three files to a verdict, and back out of a wrong turn."""

import os
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.images.thumbnails import FILE as THUMBNAILS
from core.engine.upload_facts import collect_thumbnails
from core.errors import JobError
from core.store.workspace import Workspace
from tests.pages.on_data_page import audit_of, plan_of, put, settled
from tests.pages.whole_app import WAIT_SECONDS, labels, opened, press, said
from tests.worlds.image_worlds import archive, brightness, table

pytestmark = pytest.mark.jobs

CHECK = "Check the model with these images"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return brightness(tmp_path_factory.mktemp("model") / "model.pt2")


def with_outcome(at: AppTest) -> AppTest:
    next(box for box in at.selectbox if "really happened" in box.label).select("label").run()
    return press(at, "Yes, that is right")


def test_three_files_in_one_drop_are_recognised_and_shown(space: Workspace, model: bytes) -> None:
    at = put(opened("data"), space, csv=table().encode(), zip=archive({"3.png": b"x"}), pt2=model)
    settled(at, space)  # the model is looked at once the table was read
    decision = plan_of(at, space).decision
    assert (decision.image, decision.images) == ("photo", "people.zip")
    text = said(at)
    assert "The first images, as the model sees them" in text
    assert "Of the first 64 rows: 1 image could not be used" in text
    pixels = space.thumbnails(audit_of(at, space).id)
    assert pixels is not None
    assert pixels.shape == (8, 8, 8, 3)
    assert pixels[:4, 0, 0, 0].tolist() == [60, 201, 62, 64]  # the fourth is left out
    assert CHECK not in labels(at)


def test_a_model_of_images_asks_for_the_zip(space: Workspace, model: bytes) -> None:
    at = settled(put(opened("data"), space, csv=table().encode(), pt2=model), space)
    assert "reads images of 8 x 8 pixels" in said(at)
    box = next(box for box in at.file_uploader if "one zip" in box.label)
    box.set_value([("photos.zip", archive(), "")]).run()
    settled(at, space)
    decision = plan_of(at, space).decision
    assert (decision.image, decision.images) == ("photo", "photos.zip")
    assert space.model_facts(audit_of(at, space).id).problem is None  # type: ignore[union-attr]


def test_colours_are_asked_and_checked_again(space: Workspace, model: bytes) -> None:
    at = settled(put(opened("data"), space, csv=table().encode(), zip=archive(), pt2=model), space)
    next(box for box in at.number_input if box.label == "Less, red").set_value(0.0).run()
    settled(press(at, CHECK), space)
    assert plan_of(at, space).decision.image_mean == (0.0, 0.5, 0.5)


@pytest.mark.parametrize(
    ("hostile", "words"),
    [(archive({"../../x.png": b"x"}), "leads out of it"), (b"PK\x03\x04 and nothing more", "is no zip archive")],
)
def test_a_hostile_zip_is_refused_in_words(space: Workspace, model: bytes, hostile: bytes, words: str) -> None:
    at = settled(put(opened("data"), space, csv=table().encode(), zip=hostile, pt2=model), space)
    assert words in said(at)
    assert space.thumbnails(audit_of(at, space).id) is None


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((9, 8, 8, 3), np.uint8),
        np.zeros((1, 129, 8, 3), np.uint8),
        np.zeros((1, 8, 8, 2), np.uint8),
        np.zeros((1, 8, 8, 3), np.int64),
        np.zeros((0, 8, 8, 3), np.uint8),
        np.zeros(5, np.uint8),
    ],
)
def test_forged_thumbnails_are_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    (tmp_path / "out").mkdir()
    np.save(tmp_path / "out" / THUMBNAILS, pixels)
    with pytest.raises(JobError):
        collect_thumbnails(tmp_path / "out")


def test_the_sample_leads_to_its_verdict_and_its_images_are_deleted_with_it(space: Workspace) -> None:
    at = press(opened("data"), "Try a sample: faces")
    audit = audit_of(at, space)
    space.wait(audit.id, WAIT_SECONDS)
    record = space.record(audit.id)
    assert record is not None
    assert record.provenance.images_sha256 == audit.images.digest  # type: ignore[union-attr]
    at = opened("audit", audit.id)
    (answer,) = (str(text.value) for text in at.text if "depot is South are taken for awake" in str(text.value))
    assert "less often than images whose depot is North" in answer
    kept = space.files.path(audit.images.digest)  # type: ignore[union-attr]
    space.delete(audit.id)
    assert not kept.exists()


def test_images_are_deleted_after_their_day(space: Workspace, model: bytes) -> None:
    at = settled(put(opened("data"), space, csv=table().encode(), zip=archive({"5.png": b"y"}), pt2=model), space)
    audit = audit_of(at, space)
    assert space.thumbnails(audit.id) is not None
    kept = [*(space.audits.folder(audit.id).glob("*.parquet")), space.files.path(audit.images.digest)]  # type: ignore[union-attr]
    for path in kept:
        os.utime(path, (0, 0))
    space.sweep()
    assert space.thumbnails(audit.id) is None
    assert not any(path.exists() for path in kept)
