"""A logo of somebody's own: a PNG or JPEG of modest size, written anew, so that nothing else that was in it stays."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.errors import DataError

MOST_BYTES, MOST_PIXELS = 1_000_000, 4_000
_WIDE, _HIGH = 640, 160
_KINDS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The logo job: in/logo, which came from anybody, becomes out/logo.png."""
    (folder / "out" / "logo.png").write_bytes(clean_logo((folder / "in" / "logo").read_bytes()))


def clean_logo(content: bytes) -> bytes:
    """The picture as a PNG of at most 640 by 160 pixels. Raises DataError where it is none, or too large.

    Its kind is told by its first bytes, and its size is asked before it is unpacked.
    """
    from PIL import Image, UnidentifiedImageError

    kind = next((name for name, begin in _KINDS.items() if content.startswith(begin)), None)
    if kind is None:
        raise DataError("The logo is no PNG or JPEG picture. Save it as one of the two and try again.")
    if len(content) > MOST_BYTES:
        raise DataError(f"The logo has {len(content):,} bytes; it may have {MOST_BYTES:,}. Save a smaller one.")
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            if max(opened.size) > MOST_PIXELS:
                raise DataError(f"The logo is over {MOST_PIXELS:,} pixels wide or high. Save a smaller one.")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise DataError("The logo cannot be read as a picture. Save it anew as PNG or JPEG and try again.") from None
    picture.thumbnail((_WIDE, _HIGH))
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
