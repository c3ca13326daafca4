"""A few images as a page shows them: pixels only, never a file that somebody else made."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FILE = "thumbnails.npy"
MOST, MOST_SIDE = 8, 128


def thumbnails(pixels: npt.NDArray[np.uint8], most: int = MOST) -> npt.NDArray[np.uint8]:
    """The first of n images, uint8 of shape (n, h, w, c), thinned to at most MOST_SIDE pixels a side."""
    step = -(-max(pixels.shape[1:3]) // MOST_SIDE)
    return np.ascontiguousarray(pixels[:most, ::step, ::step])


def are_thumbnails(pixels: npt.NDArray[np.generic], most: int = MOST) -> bool:
    """Whether an array is what `thumbnails` gives."""
    return (
        pixels.dtype == np.uint8
        and pixels.ndim == 4
        and 0 < pixels.shape[0] <= most
        and 0 < min(pixels.shape[1:3]) <= max(pixels.shape[1:3]) <= MOST_SIDE
        and pixels.shape[3] in (1, 3)
    )
