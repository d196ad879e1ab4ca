"""Lets Matplotlib draw Chinese, Japanese and Korean: tells it of a font that this computer has for them.

Matplotlib's own font has Latin letters only, and draws a box for each other character. Since 3.6 it looks a missing
character up in the next font of `font.family`; but a name there that it cannot find is a warning on every picture, so
only a font that is there is named. Scripts that set `font.family` themselves, as seaborn's themes do, name their own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageFont

_FILES = (
    "NotoSansTC*",
    "NotoSansCJK*Regular*",
    "NotoSansCJK*",
    "NotoSansHK*",
    "SourceHanSans*Regular*",
    "SourceHanSans*",
    "TaipeiSansTC*",
    "PingFang*",
    "msjh.tt?",
    "STHeiti*",
    "Hiragino Sans GB*",
    "wqy-*",
    "DroidSansFallback*",
    "NotoSansSC*",
    "msyh.tt?",
    "uming*",
    "ukai*",
)
"""What fonts with Chinese characters are called as files, those with the forms used in Taiwan first."""

_HEADER = "# Written by labguide: Latin in Matplotlib's own font, Chinese, Japanese and Korean in one that is here.\n"


def configure_matplotlib(folder: Path) -> None:
    """Write `matplotlibrc` into the folder that kernels get as MPLCONFIGDIR; leave it alone if it says so already.

    Matplotlib keeps a list there of the fonts that it once found. One that was installed since is not in it, so the
    list goes when the font changes.
    """
    family = cjk_family()
    wanted = f"{_HEADER}font.family: sans-serif, {family}\n" if family else _HEADER
    path = folder / "matplotlibrc"
    if not path.is_file() or path.read_text("utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        for known in folder.glob("fontlist-*.json"):
            known.unlink()
        path.write_text(wanted, "utf-8")


@cache
def cjk_family() -> str:
    """The name of a font with Chinese characters that Matplotlib would find here; empty if there is none."""
    files = sorted(path for folder in _folders() for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    for pattern in _FILES:
        for path in files:
            if path.match(pattern) and (family := _family(path)):
                return family
    return ""


_SUFFIXES = (".ttf", ".ttc", ".otf")


def _family(path: Path) -> str:
    """The family of a file's first font: of a collection, Matplotlib reads no other."""
    try:
        return ImageFont.truetype(str(path)).getname()[0] or ""
    except OSError:
        return ""


def _folders() -> Iterator[Path]:
    """Where Matplotlib looks for fonts (`matplotlib.font_manager`), as far as they are there."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    linux = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts", home / ".fonts")
    mac = (Path("/Library/Fonts"), Path("/System/Library/Fonts"), home / "Library" / "Fonts")
    windows = (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",)
    places = {"darwin": mac, "win32": windows}.get(sys.platform, linux)
    return (folder for folder in places if folder.is_dir())
