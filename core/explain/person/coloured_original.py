"""What a person's text or image is, and what each word or place of it did: for a page that shows the thing itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.data.images.thumbnails import are_thumbnails
from core.explain.features.grid import FINEST
from core.jobs.replaced_json import replace_json
from core.jobs.untrusted import ARRAY_CAP, FACTS_CAP, checked_array, checked_json

TEXT_FILE, IMAGE_FILE = "person_text.json", "person_image.npy"
MAP_FILES = ("person_map.npy", "person_map_after.npy")
FILES = (TEXT_FILE, IMAGE_FILE, *MAP_FILES)


@dataclass(frozen=True)
class Part:
    """A word with what follows it up to the next one, and the place of its feature, None for none."""

    text: str
    feature: int | None


@dataclass(frozen=True, eq=False)
class Original:
    """The text, or the image, of one person.

    Attributes
    ----------
    text
        The parts that together are the text; empty for a model of images.
    image
        As the model sees it, thinned for a page: uint8 of shape (h, w, 1 or 3); None for a model of texts.
    maps
        By how much each place of the image moved the score of each model: float64 of shape (rows, columns), with as
        many places as the method can tell apart, at most FINEST a side. Empty for a model of texts.
    """

    text: tuple[Part, ...] = ()
    image: npt.NDArray[np.uint8] | None = None
    maps: tuple[Floats, ...] = ()

    def write(self, out: Path) -> None:
        """Write it as files beside those of the person."""
        if self.text:
            replace_json(out / TEXT_FILE, [[part.text, part.feature] for part in self.text], synced=False)
        if self.image is not None:
            np.save(out / IMAGE_FILE, self.image)
            for name, one in zip(MAP_FILES, self.maps, strict=False):
                np.save(out / name, one)


def collect_original(out: Path, features: int, sides: int) -> Original | None:
    """What a job wrote of it, believing nothing; None where it wrote none, as older versions did.

    `features` and `sides` are how many the person has. Raises ValueError or JobError where it cannot be that person's.
    """
    if (out / TEXT_FILE).exists():
        listed = list(checked_json(out / TEXT_FILE, FACTS_CAP))
        parts = tuple(Part(str(text), None if place is None else int(place)) for text, place in listed)
        if not all(part.feature is None or 0 <= part.feature < features for part in parts):
            raise ValueError("a word belongs to no feature")
        return Original(text=parts)
    if not (out / IMAGE_FILE).exists():
        return None
    image = checked_array(out / IMAGE_FILE, ARRAY_CAP)
    if not are_thumbnails(image[None], 1):
        raise ValueError("a person's image is none")
    return Original(image=image, maps=tuple(_checked_map(out / name) for name in MAP_FILES[:sides]))


def _checked_map(path: Path) -> Floats:
    found = checked_array(path, ARRAY_CAP)
    if found.dtype != np.float64 or found.ndim != 2 or not np.isfinite(found).all():
        raise ValueError("the map of a person's image is none")
    if not 0 < min(found.shape) <= max(found.shape) <= FINEST:
        raise ValueError("the map of a person's image is too fine")
    return found
