"""Models that read images: what one image must be, and the tensor that a table's column of file names becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.data.images.decoding import Size
from core.data.profile import Profile
from core.errors import ModelError
from core.plan.plan import Plan

if TYPE_CHECKING:
    from core.models.model import Array

CHANNELS = (1, 3)
MOST_SIDE = 2048
# Numbers that go through a model at once: some hundred small images, or a few large ones.
MOST_NUMBERS = 1 << 22
WHITE = 255
_SCALE = {"image_mean": "one number is taken off each", "image_std": "each is divided by one number"}


@dataclass(frozen=True)
class ImageInput:
    """What a model takes for one image: its size, and whether colours stand last, [h, w, c], or first, [c, h, w]."""

    size: Size
    colours_last: bool = False

    @property
    def most_rows(self) -> int:
        """How many images are held as numbers at once."""
        return max(1, MOST_NUMBERS // self.size.bytes)


def picture(shape: Sequence[object], name: str) -> ImageInput:
    """The image that an input of shape [n, a, b, c] takes. Raises ModelError where it is none of a fixed size."""
    sides = [side for side in shape[1:] if isinstance(side, int)]
    if len(sides) != 3:
        raise ModelError(
            f'"{name}" reads images but leaves their size open. Export it with only the first dimension dynamic, so '
            "that its file says how many pixels it takes."
        )
    first, middle, last = sides
    if first in CHANNELS:
        found = ImageInput(Size(middle, last, first))
    elif last in CHANNELS:
        found = ImageInput(Size(first, middle, last), colours_last=True)
    else:
        raise ModelError(
            f'"{name}" takes {first} x {middle} x {last} numbers, which is no image: one of them must be 3 for colour, '
            "or 1 for grey, first or last."
        )
    if not 0 < min(found.size.height, found.size.width) <= max(found.size.height, found.size.width) <= MOST_SIDE:
        raise ModelError(f'"{name}" takes images of more than {MOST_SIDE:,} pixels a side. Export a smaller model.')
    return found


@dataclass(frozen=True)
class ImageColumn:
    """A column of file names that feeds a model's images; `mean` and `std` have one number for each channel."""

    column: str
    picture: ImageInput
    mean: tuple[float, ...]
    std: tuple[float, ...]
    dtype: npt.DTypeLike

    def tensor(self, batch: Batch) -> Array:
        """(colour / 255 - mean) / std of each row's image: shape (n, c, h, w), or (n, h, w, c) with colours last.

        Raises DataError where an image cannot be used.
        """
        if batch.images is None:
            raise ModelError(
                "The model reads images, and there is no zip of images. Put it in.",
                in_plan='images = "images.zip" under [decision]',
            )
        pixels = batch.images.pixels(batch.text(self.column).tolist(), self.picture.size)
        mean, std = (np.asarray(each, dtype=np.float32) for each in (self.mean, self.std))
        scaled = (pixels.astype(np.float32) / np.float32(WHITE) - mean) / std
        ordered = scaled if self.picture.colours_last else scaled.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(ordered, dtype=self.dtype)


def image_column(read: ImageInput | None, dtype: npt.DTypeLike, profile: Profile, plan: Plan) -> ImageColumn | None:
    """The column of images that the plan names for a model; None where neither speaks of images.

    Raises ModelError where only one of the two does, or the colour scale does not fit.
    """
    column = plan.decision.image
    if read is None and column is None:
        return None
    if read is None:
        raise ModelError(
            "A column of images is named, but this model reads columns of the table. Leave the images out, or choose"
            " the model that reads the images.",
            in_plan="neither image nor images under [decision]",
        )
    if column is None:
        raise ModelError(
            f"The model reads images of {read.size.width} x {read.size.height} pixels. Name the column that holds the "
            "file names, and the zip that holds the files.",
            in_plan='image = "file" and images = "images.zip" under [decision]',
        )
    profile.column(column)
    mean, std = (_each(key, getattr(plan.decision, key), read.size.channels) for key in _SCALE)
    return ImageColumn(column, read, mean, std, dtype)


def _each(key: str, numbers: tuple[float, ...], channels: int) -> tuple[float, ...]:
    """One number for each channel; equal numbers serve any."""
    if len(numbers) == channels:
        return numbers
    if len(set(numbers)) == 1:
        return numbers[:1] * channels
    raise ModelError(
        f"The model reads grey images, so {_SCALE[key]}, and here are {len(numbers)} that differ. Make them equal.",
        in_plan=f"{key} = [{numbers[0]:g}], or another number, under [decision]",
    )
