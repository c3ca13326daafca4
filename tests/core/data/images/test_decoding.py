"""Single images: pixels as Pillow itself gives them, and words for every file that is no image to use."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.data.images import decoding
from core.data.images.decoding import Size, Unusable, decode

SMALL = Size(4, 6, 3)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def saved(image: Image.Image, kind: str, **settings: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "GIF", "JPEG"])
def test_each_format_is_resized_as_pillow_does(kind: str) -> None:
    content = saved(Image.fromarray(noise(9, 13)), kind)
    expected = Image.open(BytesIO(content)).convert("RGB").resize((6, 4), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(decode(content, SMALL), np.asarray(expected))


def test_an_image_of_the_models_size_keeps_its_pixels() -> None:
    pixels = noise(4, 6)
    np.testing.assert_array_equal(decode(saved(Image.fromarray(pixels), "PNG"), SMALL), pixels)


def test_grey_is_one_channel() -> None:
    pixels = decode(saved(Image.fromarray(noise(4, 6)), "PNG"), Size(4, 6, 1))
    np.testing.assert_array_equal(pixels[..., 0], np.asarray(Image.fromarray(noise(4, 6)).convert("L")))


def test_a_turned_photograph_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    pixels = noise(6, 4)
    content = saved(Image.fromarray(pixels), "PNG", exif=exif)
    np.testing.assert_array_equal(decode(content, SMALL), np.rot90(pixels, -1))


def test_a_photograph_with_a_second_image_behind_it_is_a_photograph() -> None:
    first, second = (Image.fromarray(noise(4, 6) // scale) for scale in (1, 2))
    content = saved(first, "MPO", save_all=True, append_images=[second])
    assert decode(content, SMALL).shape == SMALL.shape


def film() -> bytes:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def huge() -> bytes:
    """A PNG of a few bytes that says it is 100,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + saved(Image.new("RGB", (1, 1)), "PNG")[33:]


UNUSABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "damaged"),
    "text": (lambda: b"hello", "damaged"),
    "cut short": (lambda: saved(Image.fromarray(noise(50, 50)), "PNG")[:-3000], "damaged"),
    "cut JPEG": (lambda: saved(Image.fromarray(noise(50, 50)), "JPEG")[:900], "damaged"),
    "SVG": (lambda: b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "bare SVG": (lambda: b"\xef\xbb\xbf <SVG onload='x'></SVG>", "SVG"),
    "film": (film, "a film"),
    "huge": (huge, "larger than 50 million pixels"),
    "deep": (lambda: saved(Image.fromarray(np.full((4, 4), 60_000, np.uint16)), "PNG"), "more than 8 bits"),
    "TIFF": (lambda: saved(Image.new("RGB", (4, 4)), "TIFF"), "damaged"),
    "PostScript": (lambda: saved(Image.new("RGB", (4, 4)), "EPS"), "damaged"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_is_no_image_is_named(kind: str) -> None:
    make, words = UNUSABLE[kind]
    with pytest.raises(Unusable, match=words):
        decode(make(), SMALL)


def test_the_pixels_are_counted_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST_PIXELS", 24)
    assert decode(saved(Image.new("RGB", (6, 4)), "PNG"), SMALL).shape == SMALL.shape
    with pytest.raises(Unusable, match="larger than"):
        decode(saved(Image.new("RGB", (5, 5)), "PNG"), SMALL)
