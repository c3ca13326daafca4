"""Small tables of images, a plan, and a model that says how bright an image is."""

import csv
import warnings
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import torch
from PIL import Image

SIZE = (12, 10)
PEOPLE = 240
SHADES = [(200 if i % 2 else 60) + i % 5 for i in range(PEOPLE)]

# The question about all of it, for `plan.toml`.
PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "label"
favourable = "bright"
[decision]
model = "model.pt2"
image = "photo"
images = "images.zip"
image_mean = [0, 0, 0]
image_std = [1, 1, 1]
[groups]
sensitive = ["sex"]
"""


class Brightness(torch.nn.Module):
    """How bright an image is, as a probability."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = torch.nn.Parameter(torch.ones(1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return (self.gain * image).mean(dim=(1, 2, 3)).clamp(0, 1)


def brightness(path: Path) -> bytes:
    """The model's `.pt2` file, written at `path`; it takes 8 by 8 pixels, colours from 0 to 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        shapes = ({0: torch.export.Dim("rows")},)
        torch.export.save(torch.export.export(Brightness(), (torch.zeros(2, 3, 8, 8),), dynamic_shapes=shapes), path)
    return path.read_bytes()


def photo(shade: int) -> bytes:
    """A PNG of one grey."""
    file = BytesIO()
    Image.new("RGB", SIZE, (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


def table() -> str:
    """The people: a's images are brighter than b's; every third label is wrong."""
    text = StringIO()
    truth = [(i % 3 > 0) == (shade > 127) for i, shade in enumerate(SHADES)]
    rows = [("ab"[i % 2 == 0], "bright" if bright else "dark", f"{i}.png") for i, bright in enumerate(truth)]
    csv.writer(text).writerows([("sex", "label", "photo"), *rows])
    return text.getvalue()


def archive(changes: dict[str, bytes | None] | None = None) -> bytes:
    """The people's images as a zip, some of them replaced or taken out."""
    images = {f"{i}.png": photo(shade) for i, shade in enumerate(SHADES)} | (changes or {})
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in images.items():
            if content is not None:
                target.writestr(f"photos/{name}", content)
    return file.getvalue()
