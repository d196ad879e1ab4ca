"""Renders the templates of one language's pages in a process of its own, while MkDocs reads the next language.

MkDocs builds one language after the other. When it has read a language's pages and has asked every plugin about
them, all that is left to do is to render each page's template and to write the file, half of the work. That changes
nothing else, so it is put off: MkDocs gets a placeholder for each page, and a forked process, which has everything as
it stood then, writes the pages. The last language is rendered as usual. The site is the same, byte for byte.

It is done only where it is sound: on Linux, from a process with one thread (a lock that another one holds would stay
locked for ever), with two processors, and if no plugin wants to see a page after its template.
"""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import Environment, Template
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.structure.pages import Page

PLACEHOLDER = "put off"
"""What MkDocs gets, and plugins see, in place of a rendered page."""
_I18N = "mkdocs_static_i18n."
_CONTEXT = (_I18N, "labguide.", "material.plugins.search.", "mkdocs.contrib.search")
"""Plugins that are known to change nothing for one page but its context."""
_FINISHED = (_I18N, "labguide.")
"""Plugins that know what to make of a placeholder; `finish` does labguide's part."""
_THREADS = Path("/proc/self/task")
_DIE_WITH_PARENT = 1
"""Linux's PR_SET_PDEATHSIG."""

Finish = Callable[[str, Page, MkDocsConfig], str]
"""What labguide does to a page that was rendered."""
_Told = tuple[str, int, str]
"""A message: its logger, its level and its text."""

log = logging.getLogger("mkdocs.plugins.labguide")


def is_possible(config: MkDocsConfig) -> bool:
    """Whether pages may be rendered in another process: nobody else is there, and no plugin would miss them."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1 or len(list(_THREADS.iterdir())) > 1:
        return False
    events, is_pdf = config.plugins.events, "with-pdf" in config.plugins  # which the i18n plugin tells of each page
    return not is_pdf and _all_of(events["page_context"], _CONTEXT) and _all_of(events["post_page"], _FINISHED)


def _all_of(listeners: Sequence[object], modules: str | tuple[str, ...]) -> bool:
    return all(str(getattr(each, "__module__", "")).startswith(modules) for each in listeners)


@dataclass(frozen=True)
class _Put:
    """A page that was put off, with what was true of it alone when it was MkDocs' turn to render it."""

    template: Template
    context: dict[str, Any]
    page: Page
    extra: dict[str, Any]
    """The configuration's `extra`: the i18n plugin leaves there the links to the page's other languages."""


class Aside:
    """The pages of all languages but the last. `wait` has to be called when MkDocs has built them all."""

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._put: list[_Put] = []
        self._running: dict[int, int] = {}
        """Processes, and the pipes in which they tell what they had to say."""

    def environment(self, env: Environment) -> Any:
        """What MkDocs takes for the environment of templates, and what keeps its pages back."""
        return _Environment(env, self._put)

    def start(self) -> None:
        """Begin to render what was put off; MkDocs has seen all pages of a language."""
        if not self._put:
            return
        while len(self._running) >= len(os.sched_getaffinity(0)) - 1:
            self._wait_for_first()
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            _work(self._put, self._finish, writing)
        os.close(writing)
        self._running[process] = reading
        self._put.clear()

    def wait(self) -> None:
        """Return when all pages are written. What a template raised is logged, as MkDocs does.

        Raises `MkDocsException` if there is such an error.
        """
        while self._running:
            self._wait_for_first()

    def _wait_for_first(self) -> None:
        process, reading = next(iter(self._running.items()))
        with os.fdopen(reading, "rb") as pipe:
            del self._running[process]
            said = pipe.read()
        os.waitpid(process, 0)
        if not said:
            raise MkDocsException("a process that rendered pages was ended by somebody else")
        for name, level, text in (answer := json.loads(said))["told"]:
            logging.getLogger(name).log(level, text)
        if answer["failed"]:
            raise MkDocsException(answer["failed"])

    def end(self) -> None:
        """End what still runs, for the site will not be published."""
        while self._running:
            process, reading = self._running.popitem()
            os.close(reading)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


class _Environment:
    """Jinja's environment, whose templates keep back pages and render all else.

    The first page of a language is not kept back, so that labguide sees one as the theme makes it.
    """

    def __init__(self, env: Environment, put: list[_Put]) -> None:
        self._env, self._put, self._is_first = env, put, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def get_template(self, *names: Any, **options: Any) -> _Template:
        """A template as Jinja finds it; MkDocs asks for one for each page."""
        return _Template(self._env.get_template(*names, **options), self)

    def render(self, template: Template, context: dict[str, Any]) -> str:
        """What a template makes of a context, or a placeholder."""
        page = context.get("page")
        if page is None or self._is_first:
            self._is_first &= page is None
            return template.render(context)
        self._put.append(_Put(template, context, page, dict(vars(context["config"].extra))))
        return PLACEHOLDER


class _Template:
    """A template that is rendered later, if it is a page's."""

    def __init__(self, template: Template, env: _Environment) -> None:
        self._template, self._env = template, env

    def __getattr__(self, name: str) -> Any:
        return getattr(self._template, name)

    def render(self, context: dict[str, Any]) -> str:
        """Render it now or later."""
        return self._env.render(self._template, context)


def _work(put: list[_Put], finish: Finish, writing: int) -> NoReturn:
    """What the forked process does; it ends here, and nothing that its parent would do at its end is done."""
    try:
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        gc.freeze()  # else each collection would touch, and so copy, all memory
        with _gathered() as told:
            failed = _rendered(put, finish)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump({"told": told, "failed": failed}, pipe)
    finally:
        os._exit(0)


def _rendered(put: list[_Put], finish: Finish) -> str:
    """Render all pages; what went wrong with the first that cannot be rendered."""
    for each in put:
        try:
            _render(each, finish)
        except Exception as error:  # a template raises whatever it does
            why = f"{type(error).__name__}: {error}"
            logging.getLogger("mkdocs.commands.build").error(f"Error building page '{each.page.file.src_uri}': {why}")
            return why
    return ""


def _render(put: _Put, finish: Finish) -> None:
    """Render a page, as `mkdocs.commands.build` does after its last question to a plugin."""
    vars(put.context["config"].extra).update(put.extra)
    put.page.active = True
    output = finish(put.template.render(put.context), put.page, put.context["config"])
    put.page.active = False
    path = Path(put.page.file.abs_dest_path)
    if output.strip():
        path.write_bytes(output.encode("utf-8", errors="xmlcharrefreplace"))
    else:
        path.unlink()
        log.info(f"Page skipped: '{put.page.file.src_uri}'. Generated empty output.")


@contextmanager
def _gathered() -> Iterator[list[_Told]]:
    """What is logged here, for the parent to log it where it belongs."""
    told: list[_Told] = []

    class Gatherer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append((record.name, record.levelno, record.getMessage()))

    logger = logging.getLogger("mkdocs")
    logger.handlers, logger.propagate = [Gatherer(logging.INFO)], False
    yield told
