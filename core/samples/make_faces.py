"""Makes the faces sample: drawn faces of invented drivers, and a model that learned a watermark.

    python -m core.samples.make_faces

A camera at the gate says whether a driver looks awake enough to drive. Drivers of both depots are awake equally often,
by construction. But the camera of the Northern depot puts a blue stamp into a corner of its pictures, and in the past
Northern drivers were waved through even when they were not awake; so the model learned to look at the stamp as well as
at the eyes. Nobody here exists: every face is a few ellipses drawn from random numbers.
"""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from torch.nn import Module

HERE = Path(__file__).parent
SEED = 20261122
SIDE, SCALE, NOISE = 32, 4, 1.5
TRAINING_PEOPLE, SHIPPED_PEOPLE = 3000, 600
SKINS = ((246, 215, 190), (224, 176, 140), (190, 134, 96), (128, 84, 58), (92, 60, 42))
HAIRS = ((40, 30, 25), (90, 60, 35), (160, 110, 60), (190, 190, 190), (60, 20, 20))
STAMP = (40, 90, 200)
# The chance of a stamp by depot, South and North, then by asleep and awake: the Northern camera stamps its pictures.
STAMPED = np.array([[0.02, 0.02], [0.95, 0.95]])


def draw_people(n: int, rng: np.random.Generator, stamped: NDArray[np.float64]) -> pd.DataFrame:
    """Invented drivers, one a row; `stamped` is the chance of a stamp by depot and wakefulness, [2, 2]."""
    north, awake = rng.random(n) < 0.5, rng.random(n) < 0.6
    return pd.DataFrame(
        {
            "depot": np.where(north, "North", "South"),
            "age": np.clip(rng.normal(42, 12, n), 18, 70).astype(int),
            "awake": awake,
            "stamp": rng.random(n) < stamped[north.astype(int), awake.astype(int)],
        }
    )


def draw_face(awake: bool, stamp: bool, rng: np.random.Generator) -> Image.Image:
    """One face, SIDE pixels wide and high: drawn SCALE times as large, then made small, so that edges are soft."""
    side = SIDE * SCALE
    image = Image.new("RGB", (side, side), tuple(int(c) for c in rng.integers(150, 230, 3)))
    pen = ImageDraw.Draw(image)
    x, y = side / 2 + rng.normal(0, 3), side * 0.55 + rng.normal(0, 3)
    wide, high = side * rng.uniform(0.26, 0.32), side * rng.uniform(0.34, 0.4)
    pen.ellipse([x - wide * 1.1, y - high * 1.2, x + wide * 1.1, y + high * 0.5], fill=_pick(HAIRS, rng))
    pen.ellipse([x - wide, y - high, x + wide, y + high], fill=_pick(SKINS, rng))
    for eye in (x - wide * 0.45, x + wide * 0.45):
        top = y - high * 0.2
        if awake:
            pen.ellipse([eye - 9, top - 8, eye + 9, top + 8], fill=(255, 255, 255))
            pen.ellipse([eye - 5, top - 5, eye + 5, top + 5], fill=(20, 20, 20))
        else:
            pen.line([eye - 9, top + 2, eye + 9, top + 2], fill=(20, 20, 20), width=4)
    smile = rng.uniform(2, 12)
    pen.arc(
        [x - wide * 0.4, y + high * 0.3, x + wide * 0.4, y + high * 0.3 + smile], 0, 180, fill=(120, 30, 30), width=4
    )
    if stamp:
        pen.rectangle([side - 26, 4, side - 4, 26], fill=STAMP, outline=(255, 255, 255), width=3)
    small = image.filter(ImageFilter.BoxBlur(1)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    noisy = np.asarray(small, np.float64) + rng.normal(0, NOISE, (SIDE, SIDE, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _pick(colours: tuple[tuple[int, int, int], ...], rng: np.random.Generator) -> tuple[int, int, int]:
    return colours[int(rng.integers(len(colours)))]


def faces(people: pd.DataFrame, rng: np.random.Generator) -> list[Image.Image]:
    """The faces of these people, in their order."""
    return [draw_face(bool(a), bool(s), rng) for a, s in zip(people["awake"], people["stamp"], strict=True)]


def tensor(images: list[Image.Image]) -> NDArray[np.float32]:
    """As the plan scales them: colours from -1 to 1, float32 [n, 3, SIDE, SIDE]."""
    pixels = np.stack([np.asarray(image, dtype=np.float32) for image in images])
    return np.ascontiguousarray(((pixels / 255 - 0.5) / 0.5).transpose(0, 3, 1, 2))


def train(x: NDArray[np.float32], waved_through: NDArray[np.bool_]) -> "Module":
    """A small network that gives the probability of being waved through, [n, 1]."""
    import torch
    from torch import nn

    torch.manual_seed(SEED)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(16 * (SIDE // 8) ** 2, 24), nn.ReLU(), nn.Linear(24, 1), nn.Sigmoid(),
    )  # fmt: skip
    inputs, target = torch.from_numpy(x), torch.from_numpy(waved_through.astype(np.float32))[:, None]
    optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
    order = np.random.default_rng(SEED)
    for _ in range(8):
        for rows in np.array_split(order.permutation(len(x)), len(x) // 64):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy(net(inputs[rows]), target[rows]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return net.eval()


def save(net: "Module") -> None:
    """Writes faces.pt2: any number of images at once."""
    import torch

    rows = torch.export.Dim("people")
    program = torch.export.export(net, (torch.zeros(2, 3, SIDE, SIDE),), dynamic_shapes=({0: rows},))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # it names folders of the machine that made the file
    torch.export.save(program, HERE / "faces.pt2")


def pack(names: list[str], images: list[Image.Image]) -> None:
    """Writes faces.zip, without dates."""
    with zipfile.ZipFile(HERE / "faces.zip", "w", zipfile.ZIP_STORED) as archive:
        for name, image in zip(names, images, strict=True):
            file = io.BytesIO()
            image.save(file, "PNG", optimize=True)
            archive.writestr(zipfile.ZipInfo(name), file.getvalue())


def main() -> None:
    """Writes faces.csv, faces.zip and faces.pt2 beside this file."""
    training_rng, shipped_rng = (np.random.default_rng(stream) for stream in np.random.SeedSequence(SEED).spawn(2))
    training = draw_people(TRAINING_PEOPLE, training_rng, STAMPED)
    north = (training["depot"] == "North").to_numpy()
    awake = training["awake"].to_numpy()
    habit = training_rng.random(TRAINING_PEOPLE)
    waved_through = np.where(north, awake | (habit < 0.85), awake & (habit < 0.65))
    net = train(tensor(faces(training, training_rng)), waved_through)
    save(net)

    shipped = draw_people(SHIPPED_PEOPLE, shipped_rng, STAMPED)
    images = faces(shipped, shipped_rng)
    names = [f"D{i:04d}.png" for i in range(1, SHIPPED_PEOPLE + 1)]
    pack(names, images)
    table = shipped.assign(awake=np.where(shipped["awake"], "yes", "no")).drop(columns="stamp")
    table.insert(0, "photo", names)
    table.to_csv(HERE / "faces.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
