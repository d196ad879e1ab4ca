"""Starts a browser, and ends it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from labguide import variables
from labguide.browser.pages import Browser
from labguide.browser.pipe import BrowserError, Pipe
from labguide.problems import one_line
from lifeline import Lifeline

OLDEST = 131
"""The first Chromium that prints numbers on pages (boxes in the margin of `@page`)."""

_START = 60.0
"""Seconds until it has to answer; on a new machine the first start is slow."""
_END = 5.0
"""Seconds in which it may end by itself."""

_ARGUMENTS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check"),
    # Nothing is asked of any host: no name is known, an address is reached through a proxy that is not there, and
    # the browser's own services are off. Pages are read from the disk.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync"),
    *("--disable-extensions", "--disable-domain-reliability", "--metrics-recording-only", "--disable-breakpad"),
    *("--webrtc-ip-handling-policy=disable_non_proxied_udp", "--password-store=basic", "--use-mock-keychain"),
    # The same picture on every machine, as far as that is possible.
    *("--force-color-profile=srgb", "--font-render-hinting=none", "--hide-scrollbars", "--mute-audio", "--disable-gpu"),
    # What is not seen counts too, and a small /dev/shm, as in containers, is enough.
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-dev-shm-usage"),
)
_WITHOUT_SANDBOX = "--no-sandbox"
_LONGEST = 38
"""Bytes of the folder for temporary files: a socket's path has 65 more, and may have 104 on macOS, 108 on Linux."""
_SHORT = ("/tmp", "/var/tmp")  # noqa: S108  the folder made there is private
_FONTS = ("FONTCONFIG_FILE", "FONTCONFIG_PATH")


@contextmanager
def started(executable: Path) -> Iterator[Browser]:
    """A browser without a window. Raises `BrowserError` if it does not start, or is too old.

    Where its sandbox cannot work (as root, and in most containers) it does without: all that it opens is the
    project's own.
    """
    with contextlib.ExitStack() as stack:
        sandboxed = os.geteuid() != 0
        try:
            browser = stack.enter_context(_running(executable, () if sandboxed else (_WITHOUT_SANDBOX,)))
        except BrowserError as error:
            if not sandboxed or "sandbox" not in str(error):
                raise
            browser = stack.enter_context(_running(executable, (_WITHOUT_SANDBOX,)))
        yield browser


@contextmanager
def _running(executable: Path, more: Sequence[str]) -> Iterator[Browser]:
    with TemporaryDirectory(prefix="labguide-", dir=_temporary()) as name, contextlib.ExitStack() as afterwards:
        folder = Path(name)
        with Lifeline(folder) as line:
            process, pipe = _start(executable, folder, more, line)
            afterwards.callback(process.wait)
            try:
                _check(executable, pipe)
                yield Browser(pipe)
                with contextlib.suppress(BrowserError):
                    pipe.call("Browser.close", seconds=_END)
                    pipe.end(_END)
            finally:
                pipe.close()


def _temporary() -> str | None:
    """Where its folder may be: the usual place, unless paths of sockets there become too long."""
    if len(os.fsencode(gettempdir())) <= _LONGEST:
        return None
    return next((each for each in _SHORT if os.access(each, os.W_OK | os.X_OK)), None)


def _start(executable: Path, folder: Path, more: Sequence[str], line: Lifeline) -> tuple[subprocess.Popen[bytes], Pipe]:
    its_reads, our_writes = os.pipe()
    our_reads, its_writes = os.pipe()
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(its_reads), str(its_writes)]
    own = {name: os.environ[name] for name in _FONTS if name in os.environ}
    profile = f"--user-data-dir={folder / 'profile'}"
    with (folder / "stderr").open("wb") as words:
        process = subprocess.Popen(
            [*launcher, str(executable), *_ARGUMENTS, *more, profile, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            env=line.mark({**variables.needed(os.environ), **own, "TMPDIR": str(folder)}),
            pass_fds=(its_reads, its_writes),
            start_new_session=True,  # Ctrl-C is for this program, which then ends the browser
        )
    os.close(its_reads)
    os.close(its_writes)
    return process, Pipe(our_reads, our_writes, lambda: _last_words(folder / "stderr"))


def _check(executable: Path, pipe: Pipe) -> None:
    """Raise `BrowserError` if this is no browser, or one that is too old."""
    try:
        product = str(pipe.call("Browser.getVersion", seconds=_START)["product"])
    except BrowserError as error:
        raise BrowserError(f"{executable} does not start: {error}") from None
    name, _, version = product.partition("/")
    major = version.partition(".")[0]
    if major.isdigit() and int(major) < OLDEST:
        raise BrowserError(f"{executable} is {name} {major}; this needs {OLDEST} or newer")


def _last_words(path: Path) -> str:
    """What it said at last, in one line: of several, those that tell of an error."""
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    own = [line for line in lines if "dbus" not in line]  # it always misses the desktop
    telling = [line for line in own if "FATAL" in line or "rror" in line or "sandbox" in line] or own
    return one_line(" ".join(telling[-3:]))[-600:]
