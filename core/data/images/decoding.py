"""One image file as pixels, whatever was written into it: the size is looked at before anything is unpacked."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MOST_PIXELS = 50_000_000
HEAD_BYTES = 4096

BROKEN = "damaged, or no JPEG, PNG, WebP, GIF or BMP"
HUGE = f"larger than {MOST_PIXELS // 1_000_000} million pixels"
DRAWING = "a drawing (SVG) and no photograph"
MOVING = "a film of several images"
DEEP = "of more than 8 bits a colour"

_MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")


class Unusable(Exception):
    """An image that cannot be used; the words say what it is instead."""


@dataclass(frozen=True)
class Size:
    """What a model takes: height and width in pixels; 3 channels for colour, 1 for grey."""

    height: int
    width: int
    channels: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """As an array has it."""
        return self.height, self.width, self.channels

    @property
    def bytes(self) -> int:
        """Bytes of one image."""
        return self.height * self.width * self.channels


def decode(content: bytes, size: Size) -> npt.NDArray[np.uint8]:
    """The image in a file's bytes, upright, brought to `size` by Pillow's bilinear filter: uint8 of size.shape.

    Raises Unusable with what it is instead.
    """
    from PIL import Image

    if _is_svg(content[:HEAD_BYTES]):
        raise Unusable(DRAWING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's views on a file that came from anywhere
        try:
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                _refuse(opened)
                return _pixels(opened, size)
        except (Unusable, MemoryError):
            raise
        except Image.DecompressionBombError:
            raise Unusable(HUGE) from None
        except Exception:  # a damaged file can fail anywhere inside Pillow, each format in its own way
            raise Unusable(BROKEN) from None


def _is_svg(head: bytes) -> bool:
    """Whether a file begins as text between angle brackets that soon says svg."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and b"<svg" in head.lower()


def _refuse(opened: Any) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise Unusable(HUGE)
    # Phones put further images, such as a depth map, behind a photograph: that is no film.
    if opened.format != "MPO" and getattr(opened, "is_animated", False):
        raise Unusable(MOVING)
    if opened.mode not in _MODES:
        raise Unusable(DEEP)


def _pixels(opened: Any, size: Size) -> npt.NDArray[np.uint8]:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(opened).convert("RGB" if size.channels == 3 else "L")
    fitted = upright.resize((size.width, size.height), Image.Resampling.BILINEAR)
    return np.asarray(fitted, dtype=np.uint8).reshape(size.shape)
