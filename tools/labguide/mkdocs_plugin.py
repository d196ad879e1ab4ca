"""The host: hands what labguide wove to MkDocs. This is the only module that knows MkDocs.

MkDocs builds once for each language, the later ones from inside the first (mkdocs-static-i18n). All that is costly
happens once, before the first: read, run, weave. Afterwards MkDocs asks for pages and gets woven text.

A build writes beside the published site and takes its place only when nothing is wrong.
"""

from __future__ import annotations

import html
import logging
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.commands.serve import serve as mkdocs_serve
from mkdocs.config import config_options, load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from labguide import running, site, workdir
from labguide.backends import BACKENDS, Backend
from labguide.model import DEFAULT_LANGUAGE, Cell, Dialect, Project, Script
from labguide.problems import CannotBuildError, Problem, Problems
from labguide.weaving.outputs import HTML_FENCE
from labguide.weaving.words import words_of

log = logging.getLogger("mkdocs.plugins.labguide")

_TEMPLATES = Path(__file__).parent / "theme"
_OUTPUTS = "assets/labguide/outputs"
"""The style sheet and the script for outputs, which MkDocs publishes from the folder of templates."""


class LabguideConfig(Config):
    """The plugin's options in mkdocs.yml."""

    backend = config_options.Choice(tuple(BACKENDS), default="local")


class LabguidePlugin(BasePlugin[LabguideConfig]):
    """Weaves recordings into pages, and adds decks, notebooks and recorded pictures to the site."""

    def __init__(self) -> None:
        self.options = running.Options(frozen=bool(os.environ.get("LABGUIDE_FROZEN")))
        self.progress: running.Progress = LoggedProgress()
        self.built: Built | None = None
        self.given: site.Site | None = None
        self.problems = Problems()
        self._site: site.Site | None = None
        self._backend: Backend | None = None
        self._serving = False
        self._depth = 0
        self._stage: workdir.Stage | None = None
        self._warnings = CountHandler(level=logging.WARNING)
        self._cleanup = ExitStack()

    def use(self, backend: Backend) -> None:
        """Take this backend rather than the one that mkdocs.yml names."""
        self._backend = backend

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is a preview: then problems are shown in pages and do not end it."""
        self._serving = command == "serve"

    def on_shutdown(self) -> None:
        """Stop the backend, whatever became of the build."""
        self._cleanup.close()
        if self._backend:
            self._backend.stop()

    @event_priority(-50)  # before the i18n plugin makes the configuration one language's
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Before the first language: read, run, weave; for the later ones there is nothing left to do."""
        if self._site is None:
            self._site = self.given or self._weave_site(project_of(config), Path(config.site_dir))
            self._tell_problems()
            if not self._serving:
                self._stage = workdir.Stage(Path(config.site_dir))
                config.site_dir = str(self._stage.folder)
            _register_html_fence(config)
            _anchor_snippets(config)
            _add_templates(config)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Count how deep in languages this build is; the outermost one counts the warnings of all."""
        self._depth += 1
        if self._depth == 1:
            self._warnings = CountHandler(level=logging.WARNING)
            logging.getLogger("mkdocs").addHandler(self._warnings)

    @event_priority(-110)  # after the i18n plugin, which loses files that are added before it
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add decks, notebooks and recorded pictures."""
        assert self._site is not None
        project = project_of(config)
        dialect = _dialect(config)
        for path, content in self._site.files.items():
            files.append(File.generated(config, path, content=content))
        for path in self._site.decks:
            page = site.render_deck(path, self._site, project, dialect)
            files.append(File.generated(config, path, content=page))
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Let page templates speak the page's language."""
        env.globals["labguide_words"] = words_of
        return env

    def on_page_read_source(self, *, page: Page, config: MkDocsConfig) -> str | None:
        """The woven text of a page in place of the file's; in a preview, with its problems on top."""
        assert self._site is not None
        woven = self._site.pages.get(page.file.src_uri)
        if woven is None:
            return None
        lines = woven.text.splitlines(keepends=True)
        body = woven.document.body_line - 1
        return "".join(lines[:body]) + _notice(self.problems.at(woven.document.path)) + "".join(lines[body:])

    @event_priority(-200)  # after the i18n plugin has built the other languages
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """After the last language: put the new site in the old one's place."""
        self._depth -= 1
        if self._depth:
            return
        if self._stage and self._site and not (config.strict and self._warnings.get_counts()):
            self._stage.publish()
            self.built = Built(self._site, self._stage.published)
        self._finish(config)

    def on_build_error(self, *, error: Exception) -> None:
        """Leave the published site alone and be ready for the next build of a preview."""
        self._depth = 0
        self._finish(None)

    def _weave_site(self, project: Project, published: Path) -> site.Site:
        self._cleanup.enter_context(workdir.only_build(project, on_wait=self.progress.waiting))
        workdir.recover(published)
        self._backend = self._backend or BACKENDS[self.config.backend](project)
        self.problems = Problems()
        try:
            return site.build(project, self._backend, self.options, self.progress, self.problems)
        except CannotBuildError as error:
            raise PluginError(str(error)) from None

    def _tell_problems(self) -> None:
        for problem in self.problems:
            log.log(logging.WARNING if self._serving else logging.ERROR, str(problem))
        if len(self.problems) and not self._serving:
            raise PluginError(f"{_count(self.problems)} found; the site was not changed")

    def _finish(self, config: MkDocsConfig | None) -> None:
        logging.getLogger("mkdocs").removeHandler(self._warnings)
        if self._stage:
            self._stage.discard()
            if config:
                config.site_dir = str(self._stage.published)
        self._site, self._stage = None, None
        self._cleanup.close()


@dataclass(frozen=True)
class Built:
    """A finished build: what it consists of and the folder in which it stands."""

    site: site.Site
    folder: Path


class LoggedProgress:
    """Tells of runs in MkDocs' own log."""

    def waiting(self) -> None:
        """Say why nothing happens."""
        log.info("another build of this project is running; waiting for it")

    def begin(self, scripts: int, reused: int) -> None:
        """Say how many scripts will run."""
        log.info(f"{scripts} scripts to run, {reused} recordings are fresh")

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """Name the cell, for those who want to know."""
        log.debug(f"{script.name}: {cell.name} ({number}/{len(script.code_cells)})")

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """Say how long a script took."""
        log.info(f"{script.name}: {'ran' if ok else 'failed'} in {seconds:.1f} s")

    def skipped(self, script: Script) -> None:
        """Say which script is waiting for another to be mended."""
        log.info(f"{script.name}: not tried, it comes after one that failed")


def build(root: Path, options: running.Options, progress: running.Progress, backend: Backend) -> Built:
    """Build the site of the project in `root`.

    Raises `CannotBuildError` if anything is wrong; what is wrong was logged, and the published site stands as it was.
    """
    config = _load(root, strict=True)
    plugin = config.plugins["labguide"]
    assert isinstance(plugin, LabguidePlugin)
    plugin.options, plugin.progress = options, progress
    plugin.use(backend)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    except (Abort, PluginError) as error:
        raise CannotBuildError(_one_line(error)) from None
    finally:
        config.plugins.on_shutdown()
    assert plugin.built is not None
    return plugin.built


def render(root: Path, woven: site.Site, folder: Path) -> None:
    """Render a site that was woven already into another folder; what `--strict` would refuse is in MkDocs' log.

    A page that cannot be rendered raises whatever its Markdown extension raises.
    """
    config = _load(root, strict=False)
    plugin = config.plugins["labguide"]
    assert isinstance(plugin, LabguidePlugin)
    plugin.given = woven
    config.site_dir = str(folder)
    _warn_of_links(config)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    finally:
        config.plugins.on_shutdown()


def serve(root: Path, address: str) -> None:
    """Preview the project in `root` on an address such as `127.0.0.1:8000`, following edits until Ctrl-C."""
    _load(root, strict=False)
    mkdocs_serve(config_file=str(root / "mkdocs.yml"), dev_addr=address, livereload=True, strict=False)


def project_of(config: MkDocsConfig) -> Project:
    """The project that a MkDocs configuration belongs to, with the languages its i18n plugin builds."""
    root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
    i18n = config.plugins.get("i18n")
    if i18n is None:
        return Project(root, (DEFAULT_LANGUAGE,), dialect=_dialect(config))
    languages = sorted(i18n.config.languages, key=lambda each: not each.default)
    return Project(root, tuple(each.locale for each in languages if each.build), dialect=_dialect(config))


def _dialect(config: MkDocsConfig) -> Dialect:
    return Dialect(tuple(config.markdown_extensions), config.mdx_configs)


def open_project(root: Path) -> Project:
    """The project in a folder. Raises `CannotBuildError` if it has no usable mkdocs.yml."""
    return project_of(_load(root, strict=False))


def _load(root: Path, *, strict: bool) -> MkDocsConfig:
    path = root / "mkdocs.yml"
    if not path.is_file():
        raise CannotBuildError(f"no mkdocs.yml in {root}; go to the workshop's folder, or name it with --project")
    try:
        config = load_config(str(path), strict=strict)
    except (ConfigurationError, Abort) as error:
        raise CannotBuildError(f"mkdocs.yml: {_one_line(error)}") from None
    if "labguide" not in config.plugins:
        raise CannotBuildError('mkdocs.yml:1: the plugin "labguide" is missing; add it under `plugins:` [bad-config]')
    return config


def _warn_of_links(config: MkDocsConfig) -> None:
    """MkDocs only mentions some broken links unless it is told to warn; what a project ignores stays ignored."""
    links = config.validation.links
    for kind in ("anchors", "absolute_links", "unrecognized_links"):
        if links[kind] == logging.INFO:
            links[kind] = logging.WARNING


def _register_html_fence(config: MkDocsConfig) -> None:
    """Teach superfences the fence in which a cell's HTML output comes: see `weaving.outputs.HTML_FENCE`."""
    superfences: dict[str, Any] = config.mdx_configs.setdefault("pymdownx.superfences", {})
    fences: list[dict[str, Any]] = superfences.setdefault("custom_fences", [])
    if not any(fence["name"] == HTML_FENCE for fence in fences):
        fences.append({"name": HTML_FENCE, "class": HTML_FENCE, "format": _html_as_it_is})


def _anchor_snippets(config: MkDocsConfig) -> None:
    """Let pymdownx.snippets find files from the project's folder, wherever the build was begun.

    labguide has put in what documents include; what is left to the extension is what it appends to every page.
    """
    snippets: dict[str, Any] = config.mdx_configs.setdefault("pymdownx.snippets", {})
    bases = snippets.get("base_path", ["."])
    root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
    several = [bases] if isinstance(bases, str) else bases
    snippets["base_path"] = [str(root / base) if isinstance(base, str) else base for base in several]


def _add_templates(config: MkDocsConfig) -> None:
    """Put this package's page templates before the theme's, after those of the project."""
    own, dirs = str(_TEMPLATES), config.theme.dirs
    if config.theme.name == "material" and own not in dirs:
        dirs.insert(1 if config.theme.custom_dir else 0, own)
        # First, so that a project's own style sheets may change what they say of outputs.
        config.extra_css.insert(0, f"{_OUTPUTS}.css")
        config.extra_javascript.insert(0, f"{_OUTPUTS}.js")


def _html_as_it_is(source: str, *_: Any, classes: list[str] | None = None, **more: Any) -> str:
    marks = "".join(f' {name}="{html.escape(value)}"' for name, value in (more.get("attrs") or {}).items())
    return f'<div class="{" ".join([HTML_FENCE, *(classes or [])])}"{marks}>\n{source}\n</div>'


def _notice(problems: list[Problem]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{html.escape(str(problem))}</li>" for problem in problems)
    title = f'<p class="admonition-title">{_count(problems)}</p>'
    return f'<div class="admonition failure">{title}<ul>{items}</ul></div>\n\n'


def _count(problems: Problems | list[Problem]) -> str:
    return f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
