"""A Chromium that is on this computer, driven over a pipe: it opens no port, asks no other host, and is never fetched.

    executable = browser.find()
    with browser.started(executable) as chromium, chromium.page() as page:
        page.open(path)
        page.evaluate("document.title")

It has a profile of its own, and ends with everything that it started, whatever ends this program: see `lifeline`.
Whatever goes wrong is a `BrowserError`, whose text is for the user; what did not end in its time too.
"""

from __future__ import annotations

from labguide.browser.finding import VARIABLE, NoBrowserError, find
from labguide.browser.pages import Browser, Page, Paper
from labguide.browser.pipe import BrowserError
from labguide.browser.starting import OLDEST, started

__all__ = ["OLDEST", "VARIABLE", "Browser", "BrowserError", "NoBrowserError", "Page", "Paper", "find", "started"]
