"""The images that a table names, from one archive: found by name, decoded once, kept at the size a model takes.

Everything here runs in a job process: the archive and what is in it come from whoever uploaded them.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.images.archive import Archive
from core.data.images.decoding import Size, Unusable, decode
from core.errors import DataError
from core.plan.plan import Plan

FILE = "images"

ABSENT = "not in the archive"
# Decoding costs far more than reading back; beyond this an image is decoded each time it is asked for.
MOST_KEPT_BYTES = 2 << 30
_PROBE = Size(1, 1, 3)


class Images:
    """An archive of images. Nothing is unpacked to the disk but pixels, in a file without a name."""

    def __init__(self, path: Path, name: str) -> None:
        """Open the zip at `path`, called `name` in messages. Raises DataError for one that is not harmless."""
        self.path = path
        self._archive, self._name = Archive(path, name), name
        self._faults: dict[str, str | None] = {}
        self._kept = _Kept(_PROBE)

    def expect(self, size: Size) -> None:
        """Keep images at this size from now on, so that one look finds out whether they can be read and keeps them."""
        if self._kept.size != size:
            self._kept = _Kept(size)

    def faults(self, cells: Iterable[str]) -> list[str | None]:
        """Why the image that each cell names cannot be used; None where it can."""
        return [self._fault(cell) for cell in cells]

    def pixels(self, cells: Sequence[str], size: Size) -> npt.NDArray[np.uint8]:
        """The images that n cells name: uint8 of shape (n, height, width, channels).

        Raises DataError where one cannot be used.
        """
        self.expect(size)
        return np.stack([self._one(cell) for cell in cells]) if len(cells) else np.zeros((0, *size.shape), np.uint8)

    def _fault(self, cell: str) -> str | None:
        entry = self._archive.find(cell)
        if entry is None:
            return ABSENT
        if entry not in self._faults:
            self._decoded(entry)
        return self._faults[entry]

    def _one(self, cell: str) -> npt.NDArray[np.uint8]:
        entry = self._archive.find(cell)
        pixels = None if entry is None else self._kept.get(entry)
        if pixels is None and entry is not None:
            pixels = self._decoded(entry)
        if pixels is None:
            raise DataError(f'{self._name}: the image "{cell}" is {self._fault(cell)}. Replace it, or remove its row.')
        return pixels

    def _decoded(self, entry: str) -> npt.NDArray[np.uint8] | None:
        try:
            pixels = decode(self._archive.read(entry), self._kept.size)
        except Unusable as fault:
            self._faults[entry] = str(fault)
            return None
        self._faults[entry] = None
        self._kept.put(entry, pixels)
        return pixels


def open_images(given: Path, plan: Plan) -> Images | None:
    """The archive in a job's folder of inputs, where the plan names one. Raises DataError where it is not harmless."""
    path = given / FILE
    return Images(path, str(plan.decision.images)) if plan.decision.image is not None and path.exists() else None


class _Kept:
    """Pixels of images at one size, in a file that ends with the process."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._places: dict[str, int] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this
        weakref.finalize(self, self._file.close)

    def put(self, entry: str, pixels: npt.NDArray[np.uint8]) -> None:
        if entry in self._places or (len(self._places) + 1) * self.size.bytes > MOST_KEPT_BYTES:
            return
        self._file.seek(len(self._places) * self.size.bytes)
        self._file.write(pixels.tobytes())
        self._places[entry] = len(self._places)

    def get(self, entry: str) -> npt.NDArray[np.uint8] | None:
        place = self._places.get(entry)
        if place is None:
            return None
        self._file.seek(place * self.size.bytes)
        return np.frombuffer(self._file.read(self.size.bytes), np.uint8).reshape(self.size.shape)
