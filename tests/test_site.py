"""The whole tool as its users run it: the command line, real MkDocs, two languages, the local SageMaker."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "site_project"
BIN = Path(sys.executable).parent


def labguide(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project's folder."""
    return subprocess.run(
        [BIN / "labguide", *arguments],
        cwd=project,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def contents(folder: Path) -> dict[str, str]:
    """A hash of every file below a folder, by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built once; tests that change anything take a copy."""
    folder = tmp_path_factory.mktemp("built") / "project"
    shutil.copytree(PROJECT, folder)
    done = labguide(folder, "build")
    assert done.returncode == 0, done.stderr
    assert "3 pages, 2 decks, 4 notebooks; scripts: 2 run, 0 reused" in done.stderr
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A built project of the test's own."""
    return Path(shutil.copytree(built, tmp_path / "project"))


def read(project: Path, path: str) -> str:
    return (project / "site" / path).read_text("utf-8")


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text("utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), "utf-8")


def test_page_shows_recorded_output_in_both_languages(built: Path) -> None:
    for page, heading in (("lesson/index.html", "A lesson"), ("zh-TW/lesson/index.html", "一課")):
        html = read(built, page)
        assert heading in html
        assert "The bucket smworkshop-111122223333 is in us-east-1" in re.sub("<[^>]+>", "", html)


def test_value_stands_in_its_sentence(built: Path) -> None:
    assert "<p>Half of it is 21.0.</p>" in read(built, "lesson/index.html")


def test_table_inside_a_tab_is_html(built: Path) -> None:
    html = read(built, "lesson/index.html")
    mark = r'data-recorded="local, [0-9-]+"'
    assert re.search(rf'<div class="recorded-html" {mark}>\s*<div>\s*<table border="1" class="dataframe">', html)


def test_picture_is_published_and_linked_from_both_languages(built: Path) -> None:
    assert (built / "site" / "recorded" / "draw" / "line-1.png").read_bytes().startswith(b"\x89PNG")
    assert 'src="../recorded/draw/line-1.png"' in read(built, "lesson/index.html")
    assert 'src="../../recorded/draw/line-1.png"' in read(built, "zh-TW/lesson/index.html")


def test_deck_shows_recorded_output_in_both_languages(built: Path) -> None:
    for deck in ("slides/deck.html", "slides/deck.zh-TW.html"):
        assert "is in us-east-1" in re.sub("<[^>]+>", "", read(built, deck))


def test_notebooks_are_published_cleared_and_executed(built: Path) -> None:
    assert '"outputs": []' in read(built, "notebooks/draw.ipynb")
    assert "image/png" in read(built, "notebooks/draw-executed.ipynb")
    assert "畫一條線" in read(built, "notebooks/draw-executed.zh-TW.ipynb")


def test_second_build_runs_nothing(project: Path) -> None:
    assert "scripts: 0 run, 2 reused" in labguide(project, "build").stderr


def test_two_builds_of_one_tree_are_byte_identical(project: Path, tmp_path: Path) -> None:
    labguide(project, "build")
    before = contents(project / "site")
    shutil.rmtree(project / ".labguide")
    labguide(project, "build")
    assert contents(project / "site") == before


def test_build_on_another_machine_leaves_recordings_alone(project: Path) -> None:
    before = contents(project / "recordings")
    shutil.rmtree(project / ".labguide")
    assert "scripts: 2 run, 0 reused" in labguide(project, "build").stderr
    assert contents(project / "recordings") == before


def test_mkdocs_builds_the_same_by_itself(project: Path) -> None:
    labguide(project, "build")
    before = contents(project / "site")
    shutil.rmtree(project / "site")
    done = subprocess.run(
        [BIN / "mkdocs", "build", "--strict"],
        cwd=project,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert contents(project / "site") == before


def test_problems_are_told_at_once_and_the_site_stands(project: Path) -> None:
    before = contents(project / "site")
    edit(project, "docs/lesson.md", "bucket#make", "bucket#maek")
    edit(project, "slides/deck.md", "# A deck", "# A deck\n\n```sh\nls\n```")
    edit(project, "notebooks/draw.py", "answer = 42", "answer = 42 / 0")
    done = labguide(project, "build")
    assert done.returncode == 1
    problems = [line for line in done.stderr.splitlines() if re.match(r"\S+\.(md|py):\d+: ", line)]
    assert [line.partition(" ")[0] + line.rpartition(" ")[2] for line in problems] == [
        "docs/lesson.md:9:[unknown-cell]",
        "notebooks/draw.py:15:[cell-raised]",
        "slides/deck.md:6:[unrun-code]",
    ]
    assert contents(project / "site") == before


def test_broken_link_is_told_and_the_site_stands(project: Path) -> None:
    before = contents(project / "site")
    edit(project, "docs/index.md", "(lesson.md)", "(lessen.md)")
    done = labguide(project, "build")
    assert done.returncode == 1
    assert "lessen.md" in done.stderr
    assert contents(project / "site") == before
    assert not (project / ".site.new").exists()


def test_site_that_a_killed_build_had_moved_aside_is_there_again_though_the_next_one_fails(project: Path) -> None:
    before = contents(project / "site")
    (project / "site").rename(project / ".site.old")
    edit(project, "docs/lesson.md", "bucket#make", "bucket#maek")
    assert labguide(project, "build", "--frozen").returncode == 1
    assert contents(project / "site") == before


def test_files_are_included_wherever_the_build_is_begun(project: Path, tmp_path: Path) -> None:
    options = "pymdownx.snippets: {check_paths: true, auto_append: [snippets/terms.md]}"
    edit(project, "mkdocs.yml", "  - attr_list", f"  - abbr\n  - {options}\n  - attr_list")
    (project / "snippets" / "terms.md").write_text("*[S3]: Simple Storage Service\n", "utf-8")
    (project / "snippets" / "part.md").write_text("S3 holds {value}`draw#half`.\n", "utf-8")
    edit(project, "docs/lesson.md", "# A lesson", '--8<-- "snippets/part.md"\n\n;--8<-- "shown.md"\n\n# A lesson')
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "part.md").write_text("another project's file\n", "utf-8")
    done = labguide(tmp_path, "build", "--project", str(project))
    assert done.returncode == 0, done.stderr
    page = read(project, "lesson/index.html")
    assert '<p><abbr title="Simple Storage Service">S3</abbr> holds 21.0.</p>' in page
    assert "<p>--8&lt;-- &quot;shown.md&quot;</p>" in page or '<p>--8&lt;-- "shown.md"</p>' in page


def test_code_that_nobody_ran_says_so_in_its_language(project: Path) -> None:
    code = "\n```rust\nfn main() {}\n```\n"
    for path in ("docs/lesson.md", "docs/lesson.zh-TW.md", "slides/deck.md"):
        text = (project / path).read_text("utf-8")
        slide = (
            "\n---\n" if path.startswith("slides/") else ""
        )  # the last one ends with notes, which students do not get
        (project / path).write_text(text + slide + code, "utf-8")
    done = labguide(project, "build")
    assert done.returncode == 0, done.stderr
    for path, label in (("lesson", "Not run"), ("zh-TW/lesson", "未執行"), ("slides/deck.html", "Not run")):
        page = read(project, path if path.endswith(".html") else f"{path}/index.html")
        assert re.search(rf'<p><span class="not-run">{label}</span></p>\s*<div class="highlight', page)


def test_frozen_build_runs_nothing(project: Path) -> None:
    shutil.rmtree(project / ".labguide")
    assert "scripts: 0 run, 2 reused" in labguide(project, "build", "--frozen").stderr


def test_two_builds_at_once_both_succeed(project: Path) -> None:
    shutil.rmtree(project / ".labguide")
    command = [BIN / "labguide", "build"]
    builds = [subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    texts = [build.communicate(timeout=120)[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0]
    assert sum("2 run" in text for text in texts) == 1


def test_project_without_mkdocs_yml_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = labguide(tmp_path, "build")
    assert done.returncode == 1
    assert "no mkdocs.yml in" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_script_is_wrong_use(project: Path) -> None:
    done = labguide(project, "run", "bukcet")
    assert done.returncode == 2
    assert 'no script "bukcet"' in done.stderr


def test_preview_follows_edits_and_shows_problems_in_the_page(project: Path) -> None:
    port = _free_port()
    server = subprocess.Popen(
        [BIN / "labguide", "serve", "--address", f"127.0.0.1:{port}"], cwd=project, stderr=subprocess.DEVNULL
    )
    try:
        page = f"http://127.0.0.1:{port}/lesson/"
        _wait_for(page, "Half of it is 21.0.")
        edit(project, "notebooks/draw.py", "answer = 42", "answer = 50")
        _wait_for(page, "Half of it is 25.0.")
        edit(project, "docs/lesson.md", "bucket#make", "bucket#maek")
        _wait_for(page, "docs/lesson.md:9: no cell &quot;maek&quot;")
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) in (0, 130)


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(url: str, text: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    seen = ""
    while text not in seen:
        assert time.monotonic() < deadline, f"{text!r} never came; last seen:\n{seen[:2000]}"
        time.sleep(0.2)
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                seen = answer.read().decode()
        except OSError:
            continue
