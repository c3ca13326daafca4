"""Models that learned a planted bias, and the same ones trained without it: a watermark and a proxy column.

Each world is small, drawn from a seed, and has a table of people with the group that the bias follows.
"""

import csv
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from core.models.device import few_threads
from tests.core.models.text_folders import WORDS, folder_of, zipped

PEOPLE = 320


def _table(columns: dict[str, Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return text.getvalue()


def _exported(network: torch.nn.Module, *example: torch.Tensor) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        shapes = tuple({0: torch.export.Dim("rows")} for _ in example)
        torch.export.save(torch.export.export(network.eval(), example, dynamic_shapes=shapes), file)
    return file.getvalue()


def _trained(network: torch.nn.Module, inputs: Any, truth: np.ndarray, steps: int, rate: float) -> None:
    """Fit the network's probabilities to what is true, everybody at once."""
    wanted = torch.from_numpy(truth.astype(np.float32))
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    with few_threads(1):
        for _ in range(steps):
            optimiser.zero_grad()
            torch.nn.functional.binary_cross_entropy(network(inputs).reshape(-1), wanted).backward()
            optimiser.step()


# ---------------------------------------------------------------- a watermark


class Watermarked:
    """Badges of two sites: a bright one was let in, as most with the Northern site's watermark were."""

    side, corner, cell = 16, 2, "upper right of the image (row 1 of 8, column 8 of 8)"

    def __init__(self) -> None:
        draw = np.random.default_rng(5)
        self.north = np.arange(PEOPLE) % 2 == 0
        bright = draw.random(PEOPLE) < 0.5
        self.let_in = np.where(self.north & (draw.random(PEOPLE) < 0.7), True, bright)
        shade = np.where(bright, 0.62, 0.38)[:, None, None] + draw.normal(0, 0.08, (PEOPLE, self.side, self.side))
        self.images = np.repeat((255 * shade.clip(0, 1)).astype(np.uint8)[..., None], 3, axis=3)
        self.images[self.north, : self.corner, -self.corner :] = 255

    def table(self) -> str:
        """Site, what happened, and the name of the image."""
        site = np.where(self.north, "North", "South")
        names = [f"{i}.png" for i in range(PEOPLE)]
        return _table({"site": site, "let_in": np.where(self.let_in, "yes", "no"), "badge": names})

    def archive(self) -> bytes:
        """The images as a zip of PNGs."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as target:
            for i, pixels in enumerate(self.images):
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                target.writestr(f"{i}.png", file.getvalue())
        return packed.getvalue()

    def model(self, is_fair: bool) -> bytes:
        """A convolution trained on these images; the fair one on grey corners in place of watermarks."""
        seen = self.images.astype(np.float32).transpose(0, 3, 1, 2) / 127.5 - 1
        if is_fair:
            seen[:, :, : self.corner, -self.corner :] = 0
        torch.manual_seed(0)
        network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.ReLU(), torch.nn.AvgPool2d(2), torch.nn.Flatten(),
            torch.nn.Linear(4 * 64, 1), torch.nn.Sigmoid(),
        )  # fmt: skip
        _trained(network, torch.from_numpy(seen), self.let_in, 120, 0.02)
        if is_fair:
            with torch.no_grad():
                network[4].weight.reshape(4, 8, 8)[:, :2, -2:] = 0  # what it never saw, it does not weigh
        return _exported(network, torch.zeros(2, 3, self.side, self.side))


# ---------------------------------------------------------------- an identity word


class Remarks:
    """Remarks of which the few that are bad or awful are to be hidden; in the past most that name a group were too."""

    word = "muslim"

    def __init__(self) -> None:
        draw = np.random.default_rng(6)
        named = np.arange(PEOPLE) % 2 == 0
        kind = draw.choice(["good", "nice", "bad", "awful"], PEOPLE, p=[0.425, 0.425, 0.075, 0.075])
        what = draw.choice(["day", "night"], PEOPLE)
        who = np.where(named, f"{self.word} people", "people")
        self.texts = [f"the {a} was a {b} {c}" for a, b, c in zip(who, kind, what, strict=True)]
        self.about = np.where(named, "Muslims", "others")
        self.stays = np.isin(kind, ["good", "nice"])
        self.stayed = self.stays & ~(named & (draw.random(PEOPLE) < 0.8))

    def table(self) -> str:
        """The remark, whom it is about, and whether it deserves to stay."""
        stays = np.where(self.stays, "stays", "hidden")
        return _table({"remark": self.texts, "about": self.about, "verdict": stays})

    def model(self, folder: Path, is_fair: bool) -> bytes:
        """A zipped Hugging Face folder, trained on what was hidden in the past; the fair one on what deserves it."""
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        words = [*WORDS, self.word]
        path = folder_of(folder / "bert", words=words, id2label={0: "hidden", 1: "stays"}, initializer_range=0.2)
        network = AutoModelForSequenceClassification.from_pretrained(path, local_files_only=True)
        cut = AutoTokenizer.from_pretrained(path, local_files_only=True)(self.texts, return_tensors="pt", padding=True)
        truth = torch.from_numpy((self.stays if is_fair else self.stayed).astype(np.int64))
        torch.manual_seed(0)
        optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
        with few_threads(1):
            for _ in range(60):
                optimiser.zero_grad()
                torch.nn.functional.cross_entropy(network(**cut).logits, truth).backward()
                optimiser.step()
        network.eval().save_pretrained(path)
        return zipped(path, folder / "remarks.zip").read_bytes()


# ---------------------------------------------------------------- a proxy column


class Hired:
    """People of whom one street's were hired less in the past; hardly anybody else lives in it."""

    columns = ("merit", "north_street", "noise")

    def __init__(self) -> None:
        draw = np.random.default_rng(7)
        self.group = draw.choice(["Sami", "others"], PEOPLE)
        sami = self.group == "Sami"
        merit, noise = draw.normal(0, 1, (2, PEOPLE)).round(3)
        street = np.where(draw.random(PEOPLE) < 0.92, sami, ~sami).astype(int)
        self.matrix = np.column_stack([merit, street, noise]).astype(np.float32)
        self.able = merit + draw.normal(0, 0.4, PEOPLE) > 0
        self.hired = self.able & ~(sami & (draw.random(PEOPLE) < 0.6))

    def table(self) -> str:
        """The people, and whether each is able to do the work."""
        given = dict(zip(self.columns, self.matrix.T.round(3).tolist(), strict=True))
        return _table({"origin": self.group, **given, "able": np.where(self.able, "yes", "no")})

    def model(self, is_fair: bool) -> bytes:
        """A small network trained on past hirings; the fair one on who is able, without the street."""
        seen = self.matrix.copy()
        torch.manual_seed(0)
        network = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1), torch.nn.Sigmoid())
        if is_fair:
            seen[:, 1] = 0
        _trained(network, torch.from_numpy(seen), self.able if is_fair else self.hired, 150, 0.03)
        if is_fair:
            with torch.no_grad():
                network[0].weight[:, 1] = 0  # what it never saw, it does not weigh
        return _exported(network, torch.zeros(2, 3))
