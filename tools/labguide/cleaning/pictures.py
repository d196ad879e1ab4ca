"""Compares recorded pictures by what they show: pixels, not bytes. Metadata and compression do not count."""

from __future__ import annotations

import base64
import hashlib
import io
import warnings

from PIL import Image, ImageChops, ImageSequence

PIXEL_TOLERANCE = 3
"""Of 255, in each channel: what rounding may change, and no eye can see."""


def is_picture(mime: str) -> bool:
    """Whether a MIME type is a picture of pixels, which the notebook format keeps in base64; a drawing is text."""
    return mime.startswith("image/") and not mime.startswith("image/svg+xml")


def same(old: str, new: str) -> bool:
    """Whether two pictures, in base64, have one size and nowhere differ by more than `PIXEL_TOLERANCE`.

    An animation counts frame by frame. What cannot be read as a picture is compared by its bytes.
    """
    if old == new:
        return True
    before, after = _frames(old), _frames(new)
    return bool(before) and len(before) == len(after) and all(map(_same_frame, before, after))


def _same_frame(before: Image.Image, after: Image.Image) -> bool:
    return before.size == after.size and _largest_difference(before, after) <= PIXEL_TOLERANCE


def describe(content: str) -> str:
    """One line about a picture: its size and a hash of its pixels."""
    frames = _frames(content)
    if not frames:
        return f"a picture that cannot be read, {hashlib.sha256(str(content).encode()).hexdigest()[:12]}"
    pixels = hashlib.sha256(b"".join(frame.tobytes() for frame in frames)).hexdigest()[:12]
    several = f" in {len(frames)} frames" if len(frames) > 1 else ""
    return f"a picture of {frames[0].width} x {frames[0].height} pixels{several}, {pixels}"


def difference(old: str, new: str) -> str:
    """One line about how two pictures differ; empty if they cannot be laid over each other."""
    pairs = list(zip(_frames(old), _frames(new), strict=False))
    before, after = next((pair for pair in pairs if not _same_frame(*pair)), (None, None))
    if before is None or after is None or before.size != after.size:
        return ""
    masks = [
        channel.point(lambda level: 255 if level > PIXEL_TOLERANCE else 0) for channel in _difference(before, after)
    ]
    merged = masks[0]
    for mask in masks[1:]:
        merged = ImageChops.lighter(merged, mask)
    changed = merged.histogram()[255]
    share = changed / (before.width * before.height)
    return f"{changed} pixels ({share:.2%}) differ, by up to {_largest_difference(before, after)} of 255"


def _frames(content: str) -> list[Image.Image]:
    """The picture's pixels with transparency, frame by frame; none if Pillow cannot read it or finds it too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(base64.b64decode(content)))
            return [frame.convert("RGBA") for frame in ImageSequence.Iterator(picture)]
    except (OSError, ValueError, TypeError, SyntaxError, EOFError, Image.DecompressionBombError):
        return []


def _difference(before: Image.Image, after: Image.Image) -> tuple[Image.Image, ...]:
    # Channel by channel: the transparency of a difference is itself a difference.
    return tuple(ImageChops.difference(one, other) for one, other in zip(before.split(), after.split(), strict=True))


def _largest_difference(before: Image.Image, after: Image.Image) -> int:
    return max(int(channel.getextrema()[1]) for channel in _difference(before, after))  # type: ignore[arg-type]
