"""tar.gz in and out, and zip in. What comes in is not trusted."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

MAX_MEMBERS = 100_000
MAX_BYTES = 20 * 1024**3
"""Limits of an unpacked archive, against one that is small only while it is packed."""


class BadArchiveError(Exception):
    """An archive that cannot be read, reaches outside its folder, or is too large."""


def pack(folder: Path, archive: Path) -> None:
    """Write everything in `folder` to `archive`, a tar.gz whose paths are relative to the folder."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


def unpack(archive: Path, folder: Path) -> None:
    """Extract `archive` into `folder`.

    Python's ``data`` filter (PEP 706) refuses absolute paths, ``..``, links that leave the folder and devices.
    Raises BadArchiveError.
    """
    try:
        with tarfile.open(archive, "r:*") as tar:
            _extract(tar, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchiveError(f"{archive.name}: {error}") from error


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    total = 0
    for count, member in enumerate(tar):
        total += member.size
        if count >= MAX_MEMBERS or total > MAX_BYTES:
            raise BadArchiveError(f"It holds more than {MAX_MEMBERS} files or {MAX_BYTES} bytes")
        tar.extract(member, folder, filter="data")


def unpack_zip(archive: Path, folder: Path) -> None:
    """Extract `archive`, a zip, into `folder`; the library keeps every member below it.

    Raises BadArchiveError.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_BYTES:
                raise BadArchiveError(f"It holds more than {MAX_MEMBERS} files or {MAX_BYTES} bytes")
            for member in members:
                opened.extract(member, folder)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise BadArchiveError(f"{archive.name}: {error}") from error
