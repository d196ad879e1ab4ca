"""Pictures that are too large for a page: a smaller copy is shown, and the whole one is a file beside it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

MAX_PIXELS = 6_000_000
MAX_BYTES = 2_000_000
"""A picture with more is shown as a smaller copy."""

_WIDTH, _HEIGHT = 1600, 1600
"""What a smaller copy has at most: twice the width of a page's text."""


@dataclass(frozen=True)
class Picture:
    """What is shown of a picture."""

    content: bytes | None
    """The picture to show, in the format it had; None if there is no smaller copy of one that is too large."""
    size: tuple[int, int] | None = None
    """The size of the whole picture, if `content` is a smaller copy or None."""


@lru_cache(maxsize=64)
def shown(content: bytes) -> Picture:
    """The picture itself if it is small enough, or not one that can be made smaller and light all the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _shown(content)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Picture(content if len(content) <= MAX_BYTES else None)


def _shown(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content)) as picture:
        size = picture.size
        if size[0] * size[1] <= MAX_PIXELS and len(content) <= MAX_BYTES:
            return Picture(content)
        if getattr(picture, "is_animated", False):
            return Picture(None, size)
        made, kind = picture.copy(), picture.format
    made.thumbnail((_WIDTH, _HEIGHT))
    written = io.BytesIO()
    made.save(written, kind)
    return Picture(written.getvalue() if written.tell() <= MAX_BYTES else None, size)
