"""Renders the templates of one language's pages in a process of its own, while MkDocs reads the next language.

MkDocs builds one language after the other. When it has read a language's pages and has asked every plugin about
them, all that is left to do is to render each page's template and to write the file, half of the work. That changes
nothing else, so it is deferred: MkDocs gets a placeholder for each page, and a forked process, which has everything as
it stood then, writes the pages. The last language is rendered as usual. The site is the same, byte for byte.

It is done only where it is sound: on Linux, from a process with one thread (a lock that another one holds would stay
locked for ever), with two processors, and if no plugin wants to see a page after its template, or the site's files.
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

PLACEHOLDER = "deferred"
"""What MkDocs gets, and plugins see, in place of a rendered page."""
_I18N = "mkdocs_static_i18n."
_CONTEXT = (_I18N, "labguide.", "material.plugins.search.", "mkdocs.contrib.search")
"""Plugins that are known to change nothing for one page but its context."""
_FINISHED = (_I18N, "labguide.")
"""Plugins that know what to make of a placeholder; `finish` does labguide's part."""
_BUILT = (*_CONTEXT, "material.plugins.offline.")
"""Plugins that look at no page's file when a language is built: the i18n plugin builds the others then."""
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
    if sys.platform != "linux" or _processors() == 1 or not _is_alone():
        return False
    events, is_pdf = config.plugins.events, "with-pdf" in config.plugins  # which the i18n plugin tells of each page
    known = {"page_context": _CONTEXT, "post_page": _FINISHED, "post_build": _BUILT}
    return not is_pdf and all(_all_of(events[name], modules) for name, modules in known.items())


def _all_of(listeners: Sequence[object], modules: tuple[str, ...]) -> bool:
    return all(str(getattr(each, "__module__", "")).startswith(modules) for each in listeners)


def _is_alone() -> bool:
    """Whether this process has one thread only."""
    return len(list(_THREADS.iterdir())) == 1


def _processors() -> int:
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class _DeferredPage:
    """A page to render later, with what was true of it alone when it was MkDocs' turn to render it."""

    template: Template
    context: dict[str, Any]
    page: Page
    extra: dict[str, Any]
    """The configuration's `extra`: the i18n plugin leaves there the links to the page's other languages."""


class BackgroundRendering:
    """The pages of all languages but the last. `wait` has to be called when MkDocs has built them all."""

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._deferred: list[_DeferredPage] = []
        self._children: dict[int, int] = {}
        """Processes, and the pipes in which they tell what they had to say."""

    def environment(self, env: Environment) -> Any:
        """What MkDocs takes for the environment of templates, and what keeps its pages back."""
        return _DeferringEnvironment(env, self._deferred)

    def start(self) -> None:
        """Begin to render what was deferred; MkDocs has seen all pages of a language.

        All is rendered at once if there cannot be another process now. Raises `MkDocsException` as `wait` does.
        """
        if not self._deferred:
            return
        while len(self._children) >= max(1, _processors() - 1):
            self._wait_for_first()
        pages = list(self._deferred)
        self._deferred.clear()
        if not self._is_begun(pages):
            _raise(_rendered_here(pages, self._finish))

    def _is_begun(self, pages: Sequence[_DeferredPage]) -> bool:
        """Begin a process that renders pages; whether there is one."""
        if not _is_alone():  # a plugin has begun a thread since `is_possible` was asked
            return False
        _flush()  # else both processes would write what waits there
        parent, (reading, writing) = os.getpid(), os.pipe()
        try:
            child = os.fork()
        except OSError:  # there is no room for another process
            os.close(reading)
            os.close(writing)
            return False
        if child == 0:
            _work(pages, self._finish, writing, parent)
        os.close(writing)
        self._children[child] = reading
        return True

    def wait(self) -> None:
        """Return when all pages are written. What a template raised is logged, as MkDocs does.

        Raises `MkDocsException` if there is such an error.
        """
        while self._children:
            self._wait_for_first()

    def _wait_for_first(self) -> None:
        child, reading = next(iter(self._children.items()))
        with os.fdopen(reading, "rb", closefd=False) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        del self._children[child]  # only now: whoever is interrupted before has to end it
        os.close(reading)
        if not said:
            raise MkDocsException("a process that rendered pages was ended by somebody else")
        answer = json.loads(said)
        for name, level, text in answer["told"]:
            logging.getLogger(name).log(level, "%s", text)
        _raise(answer["failed"])

    def end(self) -> None:
        """End what still runs, for the site will not be published."""
        self._deferred.clear()
        while self._children:
            child, reading = self._children.popitem()
            os.close(reading)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def _raise(failed: str) -> None:
    if failed:
        raise MkDocsException(failed)


class _DeferringEnvironment:
    """Jinja's environment, whose templates keep back pages and render all else.

    The first page of a language is not kept back, so that labguide sees one as the theme makes it.
    """

    def __init__(self, env: Environment, deferred: list[_DeferredPage]) -> None:
        self._env, self._deferred, self._is_first = env, deferred, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def get_template(self, *names: Any, **options: Any) -> _DeferringTemplate:
        """A template as Jinja finds it; MkDocs asks for one for each page."""
        return _DeferringTemplate(self._env.get_template(*names, **options), self)

    def render(self, template: Template, context: dict[str, Any]) -> str:
        """What a template makes of a context, or a placeholder."""
        page = context.get("page")
        if page is None or self._is_first:
            self._is_first &= page is None
            return template.render(context)
        self._deferred.append(_DeferredPage(template, context, page, dict(vars(context["config"].extra))))
        return PLACEHOLDER


class _DeferringTemplate:
    """A template that is rendered later, if it is a page's."""

    def __init__(self, template: Template, env: _DeferringEnvironment) -> None:
        self._template, self._env = template, env

    def __getattr__(self, name: str) -> Any:
        return getattr(self._template, name)

    def render(self, context: dict[str, Any]) -> str:
        """Render it now or later."""
        return self._env.render(self._template, context)


def _work(pages: Sequence[_DeferredPage], finish: Finish, writing: int, parent: int) -> NoReturn:
    """What the forked process does; it ends here, and nothing that its parent would do at its end is done.

    Ctrl-C reaches both processes; the parent decides, and what it does about signals is not for its child to do.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:  # else it was gone before it could be said
            gc.freeze()  # else each collection would touch, and so copy, all memory
            with _gathered() as told:
                failed = _rendered(pages, finish)
            _flush()
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump({"told": told, "failed": failed}, pipe)
    finally:
        os._exit(0)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody listens any more
            stream.flush()


def _rendered_here(pages: Sequence[_DeferredPage], finish: Finish) -> str:
    """The same in this process, which goes on afterwards as if nothing had been deferred."""
    extra = vars(pages[0].context["config"].extra)
    before = dict(extra)
    try:
        return _rendered(pages, finish)
    finally:
        extra.clear()
        extra.update(before)


def _rendered(pages: Sequence[_DeferredPage], finish: Finish) -> str:
    """Render all pages; what went wrong with the first that cannot be rendered."""
    for each in pages:
        try:
            _render(each, finish)
        except Exception as error:  # a template raises whatever it does
            why = f"{type(error).__name__}: {error}"
            logging.getLogger("mkdocs.commands.build").error(f"Error building page '{each.page.file.src_uri}': {why}")
            return why
    return ""


def _render(deferred: _DeferredPage, finish: Finish) -> None:
    """Render a page, as `mkdocs.commands.build` does after its last question to a plugin."""
    page, config = deferred.page, deferred.context["config"]
    vars(config.extra).update(deferred.extra)
    page.active, config._current_page = True, page
    try:
        output = finish(deferred.template.render(deferred.context), page, config)
    finally:
        page.active, config._current_page = False, None
    path = Path(page.file.abs_dest_path)
    if output.strip():
        path.write_bytes(output.encode("utf-8", errors="xmlcharrefreplace"))
    else:
        path.unlink()
        log.info(f"Page skipped: '{page.file.src_uri}'. Generated empty output.")


@contextmanager
def _gathered() -> Iterator[list[_Told]]:
    """What is logged here, for the parent to log it where it belongs."""
    told: list[_Told] = []

    class Gatherer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append((record.name, record.levelno, record.getMessage()))

    logger = logging.getLogger("mkdocs")
    logger.handlers, logger.propagate = [Gatherer()], False
    yield told
