"""Environments share the files of packages that they have in common, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local_sagemaker import images
from local_sagemaker.images.sharing import share

RECORD = """tiny/__init__.py,sha256=one,5
"tiny/a,b.py",sha256=two,5
tiny/__pycache__/__init__.cpython-311.pyc,,
tiny/own.py,sha256={own},5
tiny/__pycache__/own.cpython-311.pyc,,
../../../bin/tiny,sha256=three,5
tiny-1.0.dist-info/RECORD,,
"""
SHARED = ("tiny/__init__.py", "tiny/a,b.py", "tiny/__pycache__/__init__.cpython-311.pyc")
OWN = ("tiny/own.py", "tiny/__pycache__/own.cpython-311.pyc", "tiny-1.0.dist-info/RECORD", "../../../bin/tiny")


def environment(folder: Path, own: str, version: str = "1.0", python: str = "python3.11") -> Path:
    """Make an environment that has the package ``tiny``; return its site-packages."""
    site = folder / "lib" / python / "site-packages"
    for name in ("tiny/__pycache__", f"tiny-{version}.dist-info", "../../../bin"):
        (site / name).mkdir(parents=True)
    for name in (*SHARED, *OWN):
        (site / name.replace("1.0", version)).write_text("12345")
    (site / f"tiny-{version}.dist-info" / "RECORD").write_text(RECORD.format(own=own).replace("1.0", version))
    return site


def linked(site: Path) -> set[str]:
    return {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file() and path.stat().st_nlink > 1}


def test_what_pip_noted_to_be_the_same_is_on_the_disk_once(tmp_path: Path) -> None:
    first, second = environment(tmp_path / "first", "x"), environment(tmp_path / "second", "y")
    share(tmp_path / "second", [tmp_path / "first"])
    assert linked(first) == linked(second) == set(SHARED)
    assert all((first / name).samefile(second / name) for name in SHARED)
    assert not (tmp_path / "second" / "bin" / "tiny").samefile(tmp_path / "first" / "bin" / "tiny")


def test_a_file_that_one_environment_replaces_stays_in_the_other(tmp_path: Path) -> None:
    first, second = environment(tmp_path / "first", "x"), environment(tmp_path / "second", "x")
    share(tmp_path / "second", [tmp_path / "first"])
    (second / "new").write_text("other")
    (second / "new").replace(second / "tiny" / "own.py")
    assert (first / "tiny" / "own.py").read_text() == "12345"


@pytest.mark.parametrize("differs", [{"version": "1.1"}, {"python": "python3.12"}])
def test_another_release_or_python_is_left_alone(tmp_path: Path, differs: dict[str, str]) -> None:
    environment(tmp_path / "first", "x")
    second = environment(tmp_path / "second", "x", **differs)
    share(tmp_path / "second", [tmp_path / "first"])
    assert linked(second) == set()


def test_sharing_again_and_with_several_changes_nothing(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        environment(tmp_path / name, name)
    for _ in range(2):
        share(tmp_path / "second", [tmp_path / "first"])
        share(tmp_path / "third", [tmp_path / "first", tmp_path / "second"])
    site = tmp_path / "third" / "lib" / "python3.11" / "site-packages"
    assert (site / SHARED[0]).stat().st_nlink == 3
    assert list(tmp_path.rglob("*.link")) == []


def test_a_file_system_without_links_leaves_everything_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    environment(tmp_path / "first", "x")
    second = environment(tmp_path / "second", "x")
    monkeypatch.setattr(os, "link", refuse)
    share(tmp_path / "second", [tmp_path / "first"])
    assert linked(second) == set()
    assert (second / SHARED[0]).read_text() == "12345"


def test_what_goes_away_meanwhile_is_kept(tmp_path: Path) -> None:
    first, second = environment(tmp_path / "first", "x"), environment(tmp_path / "second", "x")
    (first / SHARED[0]).unlink()
    share(tmp_path / "second", [tmp_path / "first"])
    assert (second / SHARED[0]).read_text() == "12345"
    assert linked(second) == {SHARED[1], *OWN[:2]}


def test_what_is_installed_alone_makes_an_environment_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "HERE", tmp_path)
    (tmp_path / "some-1.txt").write_text("numpy==2.4.6\n")
    before = images._folder_name(images.Image("some:1", "some-1.txt"))
    (tmp_path / "some-1-alone.txt").write_text("tf-keras==2.21.0\n")
    assert images._folder_name(images.Image("some:1", "some-1.txt")) != before
