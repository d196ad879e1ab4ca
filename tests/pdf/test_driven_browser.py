"""A browser that is there is found, driven over a pipe, asked for nothing else, and ends with what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from labguide import browser
from processes import runs, wait_until

PROGRAM = """
import sys
from pathlib import Path
from labguide import browser

with browser.started(browser.find()) as chromium, chromium.page() as page:
    page.open(Path(sys.argv[1]))
    print("open", flush=True)
    page.call("() => new Promise(() => {})")
"""

OLD = """#!{python}
import json, os
message = b""
while not message.endswith(b"\\0"):
    message += os.read(3, 1)
answer = {{"id": json.loads(message[:-1])["id"], "result": {{"product": "Chrome/100.0.1"}}}}
os.write(4, json.dumps(answer).encode() + b"\\0")
os.read(3, 1)
"""


def program(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


def blank(folder: Path, text: str = "<title>A page</title>") -> Path:
    path = folder / "page.html"
    path.write_text(f"<!doctype html>{text}", "utf-8")
    return path


def browsers() -> list[psutil.Process]:
    """What this process has started and is a browser, the outermost first."""
    found = psutil.Process().children(recursive=True)
    return [each for each in found if any("--user-data-dir=" in part for part in _command_line(each))]


def _command_line(process: psutil.Process) -> list[str]:
    """The words that started a process; none of one that has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_named_browser_comes_before_one_on_the_path(tmp_path: Path) -> None:
    mine = program(tmp_path / "mine", "")
    program(tmp_path / "chromium", "")
    assert browser.find({"PATH": str(tmp_path), browser.VARIABLE: str(mine)}) == mine
    assert browser.find({"PATH": str(tmp_path), browser.VARIABLE: "mine"}) == mine
    assert browser.find({"PATH": str(tmp_path)}) == tmp_path / "chromium"


def test_browser_that_playwright_fetched_is_found(tmp_path: Path) -> None:
    folder = tmp_path / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux"
    folder.mkdir(parents=True)
    mine = program(folder / "chrome", "")
    assert browser.find({"PATH": "/nowhere", "HOME": str(tmp_path)}) == mine


def test_missing_browser_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(browser.NoBrowserError, match=r"install one .* or name it in LABGUIDE_BROWSER"):
        browser.find({"PATH": "/nowhere", "HOME": str(tmp_path)})
    with pytest.raises(browser.NoBrowserError, match="LABGUIDE_BROWSER names nothing-here"):
        browser.find({"PATH": "/nowhere", browser.VARIABLE: "nothing-here"})


def test_program_that_is_no_browser_is_told_with_its_last_words(tmp_path: Path) -> None:
    fake = program(tmp_path / "fake", "#!/bin/sh\necho 'Error: no such thing' >&2\n")
    with (
        pytest.raises(browser.BrowserError, match=r"fake does not start: .*Error: no such thing"),
        browser.started(fake),
    ):
        pytest.fail("it began")


def test_browser_that_is_too_old_is_told(tmp_path: Path) -> None:
    fake = program(tmp_path / "old", OLD.format(python=sys.executable))
    told = f"is Chrome 100; this needs {browser.OLDEST} or newer"
    with pytest.raises(browser.BrowserError, match=told), browser.started(fake):
        pytest.fail("it began")


def test_no_request_leaves_the_page(page: browser.Page, tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        hosts = [f"http://{host}:{server.server_port}" for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]")]
        pictures = "".join(f'<img src="{host}/picture"><link rel="stylesheet" href="{host}/style">' for host in hosts)
        page.open(blank(tmp_path, pictures))
        got = page.call("(hosts) => Promise.all(hosts.map((it) => fetch(it).then(() => it, () => 'refused')))", hosts)
        server.shutdown()
    assert got == ["refused"] * 3
    assert asked == []


def test_fault_in_a_page_is_told_with_its_words(page: browser.Page, tmp_path: Path) -> None:
    page.open(blank(tmp_path))
    with pytest.raises(browser.BrowserError, match="RangeError: as far as that"):
        page.call("() => { throw new RangeError('as far as that') }")


def test_file_that_is_not_there_is_told(page: browser.Page, tmp_path: Path) -> None:
    with pytest.raises(browser.BrowserError, match=r"cannot open missing\.html"):
        page.open(tmp_path / "missing.html")


def crash(path: Path, family: list[psutil.Process]) -> None:
    """Open a file in a browser that is killed meanwhile; `family` then has what it had started."""
    before = browsers()
    with browser.started(browser.find()) as chromium, chromium.page() as page:
        page.open(path)
        family += [each for each in browsers() if each not in before]
        for process in family:
            process.kill()
        page.call("() => new Promise(() => {})")


def test_browser_that_crashes_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    family: list[psutil.Process] = []
    with pytest.raises(browser.BrowserError, match="ended by itself"):
        crash(blank(tmp_path), family)
    assert family
    assert not any(runs(each.pid) for each in family)


def test_browser_starts_where_paths_of_temporary_files_are_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with browser.started(browser.find()) as chromium, chromium.page() as page:
        page.open(blank(tmp_path))
        assert page.call("() => document.title") == "A page"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_browser_ends_with_the_program_however_it_ends(tmp_path: Path, ending: signal.Signals) -> None:
    temporary = Path(tempfile.mkdtemp(dir="/tmp"))
    started = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(blank(tmp_path))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    with started:
        assert started.stdout
        assert started.stdout.readline() == b"open\n"
        family = psutil.Process(started.pid).children(recursive=True)
        started.send_signal(ending)
        started.wait(60)
    wait_until(lambda: not any(runs(each.pid) for each in family))
    wait_until(lambda: not list(temporary.iterdir()))
    temporary.rmdir()
