"""At any moment the published site is the old one or the new one, whole, whatever becomes of the build."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from labguide import workdir

# A process for each step of publishing, killed as it begins that step: Python tells an audit hook of each call that
# touches the file system, and of each that goes through ctypes.
KILLED_AT_EVERY_STEP = """
import os, shutil, signal, sys
from pathlib import Path
from labguide import workdir

root, can_exchange = Path(sys.argv[1]), sys.argv[2] == "True"
if not can_exchange:
    workdir._exchange = lambda one, other: False

def fill(folder, text):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("index.html", "a.html", "b.html"):
        (folder / name).write_text(text)

def state(folder):
    return "".join(sorted(path.read_text() for path in folder.iterdir())) if folder.exists() else "gone"

def publish(kill_at):
    stage = workdir.Stage(root / "site")
    fill(stage.folder, "n")
    seen = [0]
    def hook(event, arguments):
        if event.startswith(("os.", "shutil.", "ctypes.")):
            seen[0] += 1
            if seen[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    stage.publish()
    os._exit(0)

step, found = 0, []
while True:
    step += 1
    fill(root / "site", "o")
    child = os.fork() or publish(step)
    ended = os.waitpid(child, 0)[1]
    at_once = state(root / "site")
    workdir.recover(root / "site")
    found.append((at_once, state(root / "site")))
    if not os.WIFSIGNALED(ended):
        break
print(found)
"""


def filled(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text, "utf-8")


@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "two renames"])
def test_build_killed_at_any_step_of_publishing_leaves_a_whole_site(tmp_path: Path, can_exchange: bool) -> None:
    command = [sys.executable, "-c", KILLED_AT_EVERY_STEP, str(tmp_path), str(can_exchange)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    steps = eval(done.stdout)  # noqa: S307  a list of pairs of texts, printed by the lines above
    assert len(steps) > 5
    assert {after for _, after in steps} == {"ooo", "nnn"}
    assert steps[-1] == ("nnn", "nnn")
    if can_exchange:
        assert {at_once for at_once, _ in steps} == {"ooo", "nnn"}


def test_reader_never_misses_a_page(tmp_path: Path) -> None:
    filled(tmp_path / "site", "old")
    done, missed = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                (tmp_path / "site" / "index.html").read_text("utf-8")
            except OSError as error:
                missed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        stage = workdir.Stage(tmp_path / "site")
        filled(stage.folder, str(number))
        stage.publish()
    done.set()
    reader.join()
    assert missed == []
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "199"


def test_site_that_is_a_link_stays_a_link(tmp_path: Path) -> None:
    filled(tmp_path / "www" / "lab", "old")
    (tmp_path / "site").symlink_to(tmp_path / "www" / "lab")
    for text in ("new", "newer"):
        stage = workdir.Stage(tmp_path / "site")
        filled(stage.folder, text)
        stage.publish()
        assert (tmp_path / "site").is_symlink()
        assert (tmp_path / "site" / "index.html").read_text("utf-8") == text
    assert [path.name for path in (tmp_path / "www").iterdir()] == ["lab"]


def test_site_stays_if_the_new_one_cannot_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "site", "old")
    monkeypatch.setattr(workdir, "_exchange", lambda *_: False)
    stage = workdir.Stage(tmp_path / "site")  # and nothing was built in it
    with pytest.raises(FileNotFoundError):
        stage.publish()
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "old"
