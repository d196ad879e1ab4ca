"""Labelled pictures of Image Classification's channels, and what is done to each before a network sees it.

Two formats: RecordIO as MXNet's im2rec writes it, a header and an encoded picture in each record; or picture files in
one channel and, in a channel of the same name with ``_lst``, a list of them: index, label and path, between tabs.
Source: developer guide, "Input/Output Interface for the Image Classification Algorithm"; MXNet, `recordio.IRHeader`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import recordio
from ...shape import TrainingInput, UserError

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

Pixels = Any
"""A NumPy array of uint8."""

RECORDIO = "application/x-recordio"
PICTURE_TYPES = ("application/x-image", "image/png", "image/jpeg")
_HEADER = struct.Struct("<IfQQ")
"""flag, label, id, id2; a flag above zero says how many labels follow instead."""

MOST_HUE, MOST_OTHER = 36, 50
MOST_DEGREES, MOST_SHEAR, MOST_STRETCH = 10, 0.1, 0.25
"""Limits of augmentation, as documented; hue, saturation and lightness are of 255."""


class NotAPictureError(ValueError):
    """Bytes that Pillow cannot read as a picture."""


@dataclass(frozen=True)
class Picture:
    """An encoded picture, in memory or in a file, and its class; `name` is for people."""

    label: int
    source: bytes | Path
    name: str

    def open(self) -> Image:
        """Decode the picture. Raises NotAPictureError."""
        try:
            return decode(self.source if isinstance(self.source, bytes) else self.source.read_bytes())
        except NotAPictureError as error:
            raise NotAPictureError(f"{self.name}: {error}") from error


def decode(data: bytes) -> Image:
    """Return the picture that `data` encodes, as PNG or JPEG. Raises NotAPictureError."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        picture.load()
    except UnidentifiedImageError as error:
        raise NotAPictureError("This is not a PNG or JPEG picture") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPictureError(f"This is not a PNG or JPEG picture: {error}") from error
    return picture


def read(job: TrainingInput, channel: str, classes: int) -> list[Picture]:
    """Return the pictures of a channel. Raises UserError."""
    files = job.paths(channel)
    kind = job.content_type(channel, RECORDIO)
    if kind not in (RECORDIO, *PICTURE_TYPES):
        raise UserError(f"Content type '{kind}' is not one of {RECORDIO}, {', '.join(PICTURE_TYPES)}")
    try:
        found = list(_from_recordio(files) if kind == RECORDIO else _from_list(job, channel))
    except (ValueError, OverflowError, struct.error) as error:
        raise UserError(f"Unable to read data channel '{channel}' as '{kind}': {error}") from error
    for picture in found:
        if not 0 <= picture.label < classes:
            raise UserError(f"The data channel '{channel}' has the label {picture.label}, but num_classes is {classes}")
    if not found:
        raise UserError(f"The data channel '{channel}' has no pictures")
    return found


def _from_recordio(files: Sequence[Path]) -> Iterator[Picture]:
    # im2rec leaves an index and a list beside its records.
    for file in [each for each in files if each.suffix == ".rec"] or files:
        for number, record in enumerate(recordio.records(file.read_bytes()), start=1):
            flag, label, _, _ = _HEADER.unpack_from(record)
            if flag > 1:
                raise ValueError("a record has several labels, which is not supported")
            if flag:
                (label,) = struct.unpack_from("<f", record, _HEADER.size)
            yield Picture(int(label), record[_HEADER.size + 4 * flag :], f"Record {number} of {file.name}")


def _from_list(job: TrainingInput, channel: str) -> Iterator[Picture]:
    folder = job.folder(channel)
    for file in job.paths(f"{channel}_lst"):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if line.strip():
                yield _listed(line, folder, f"{file.name}:{number}")


def _listed(line: str, folder: Path, place: str) -> Picture:
    cells = line.rstrip().split("\t")
    if len(cells) != 3:
        raise ValueError(f"{place}: a line has an index, one label and a path, with tabs between them")
    path = folder / cells[2].lstrip("/")
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError(f"{place}: there is no {cells[2]} in the channel")
    return Picture(int(float(cells[1])), path, cells[2])


@dataclass(frozen=True)
class Format:
    """What a network takes: pictures of `channels`, `height` and `width`, from ones whose shorter side is `resize`."""

    channels: int
    height: int
    width: int
    resize: int | None

    def prepare(self, picture: Image) -> Pixels:
        """Return the middle of a picture, of shape (height, width, channels)."""
        covering = self._cover(picture)
        left, top = ((have - want) // 2 for have, want in zip(covering.size, (self.width, self.height), strict=True))
        return self._array(covering, left, top)

    def augment(self, picture: Image, kind: str, chance: numpy.random.Generator) -> Pixels:
        """Return some part of a picture, perhaps mirrored, and changed as `kind` of augmentation_type says."""
        from PIL import Image

        if kind == "crop_color_transform":
            picture = _transform(picture, chance)
        if kind != "crop" and self.channels == 3:
            picture = _change_color(picture.convert("RGB"), chance)
        if chance.random() < 0.5:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        covering = self._cover(picture)
        left = chance.integers(0, covering.width - self.width, endpoint=True)
        top = chance.integers(0, covering.height - self.height, endpoint=True)
        return self._array(covering, int(left), int(top))

    def _cover(self, picture: Image) -> Image:
        """Return a picture whose shorter side is `resize`, but that is not smaller than what the network takes."""
        scale = self.resize / min(picture.size) if self.resize else 1.0
        scale = max(scale, self.width / picture.width, self.height / picture.height)
        mode = picture.convert("RGB" if self.channels == 3 else "L")
        return mode if scale == 1 else mode.resize((round(picture.width * scale), round(picture.height * scale)))

    def _array(self, picture: Image, left: int, top: int) -> Pixels:
        import numpy

        cut = numpy.asarray(picture.crop((left, top, left + self.width, top + self.height)))
        return cut.reshape(self.height, self.width, self.channels)


def _change_color(picture: Image, chance: numpy.random.Generator) -> Image:
    import numpy
    from PIL import Image

    limits = (MOST_HUE, MOST_OTHER, MOST_OTHER)
    values = numpy.asarray(picture.convert("HSV")).astype(int) + [chance.integers(-most, most + 1) for most in limits]
    values[..., 0] %= 256
    changed = values.clip(0, 255).astype(numpy.uint8).tobytes()
    return Image.frombytes("HSV", picture.size, changed).convert("RGB")


def _transform(picture: Image, chance: numpy.random.Generator) -> Image:
    from PIL import Image

    stretch = 1 + chance.uniform(-MOST_STRETCH, MOST_STRETCH)
    turned = picture.rotate(chance.uniform(-MOST_DEGREES, MOST_DEGREES), Image.Resampling.BILINEAR)
    slant = (1.0, chance.uniform(-MOST_SHEAR, MOST_SHEAR), 0.0, 0.0, 1.0, 0.0)
    sheared = turned.transform(turned.size, Image.Transform.AFFINE, slant, Image.Resampling.BILINEAR)
    return sheared.resize((max(1, round(picture.width * stretch)), picture.height))
