"""Matplotlib is told of a font with Chinese characters that the computer has, and of none that it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from labguide.running import fonts


@pytest.fixture(autouse=True)
def forgotten() -> None:
    fonts.cjk_family.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, **families: str) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: iter([folder]))
    monkeypatch.setattr(fonts, "_family", lambda path: families.get(path.stem, ""))
    for name in families:
        (folder / f"{name}.ttc").touch()


def test_font_that_is_here_comes_after_matplotlibs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, tmp_path, PingFang="PingFang TC", DejaVuSans="DejaVu Sans")
    fonts.configure_matplotlib(tmp_path / "config")
    written = (tmp_path / "config" / "matplotlibrc").read_text("utf-8")
    assert written.splitlines()[1:] == ["font.family: sans-serif, PingFang TC"]


def test_list_of_fonts_goes_when_the_font_changes_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "config" / "fontlist-v3.json"
    known.parent.mkdir()
    known.touch()
    use(monkeypatch, tmp_path, PingFang="PingFang TC")
    fonts.configure_matplotlib(tmp_path / "config")
    assert not known.exists()
    known.touch()
    fonts.configure_matplotlib(tmp_path / "config")
    assert known.exists()


def test_no_font_is_named_that_is_not_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, tmp_path, DejaVuSans="DejaVu Sans")
    fonts.configure_matplotlib(tmp_path / "config")
    assert "font.family" not in (tmp_path / "config" / "matplotlibrc").read_text("utf-8")


def test_file_that_is_no_font_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: iter([tmp_path]))
    (tmp_path / "wqy-broken.ttf").write_bytes(b"no font")
    assert fonts.cjk_family() == ""
