"""The MkDocs plugin `labguide`: passes MkDocs' events on to the handover of a finished site.

`labguide build` weaves the site first, and gives the plugin its handover. When MkDocs is started by itself, as by
`mkdocs build`, `mkdocs serve` and `labguide serve`, the plugin takes the same steps around MkDocs' own: it weaves
before the first page, and puts the finished site in its place after the last.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority

from labguide.backends import BACKENDS
from labguide.hosts.mkdocs import project_of, theme_locale

if TYPE_CHECKING:  # a command that only asks about a project, such as `labguide l10n status`, reads none of these
    from jinja2 import Environment
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

    from labguide.hosts.mkdocs import Handover
    from labguide.hosts.mkdocs.own_build import OwnBuild


class LabguideConfig(Config):
    """The plugin's options in mkdocs.yml; `hosts.mkdocs.options` reads the last three and knows their lines."""

    backend = config_options.Choice(tuple(BACKENDS), default="local")
    environment = config_options.Optional(config_options.Type(object))
    unrun_code = config_options.Optional(config_options.Type(object))
    progress = config_options.Optional(config_options.Type(object))


class LabguidePlugin(BasePlugin[LabguideConfig]):
    """Hands woven pages, decks, notebooks and recorded pictures to MkDocs."""

    def __init__(self) -> None:
        self.given: Handover | None = None
        """The handover of a site that was woven already."""
        self._own: OwnBuild | None = None
        self._preview = False
        self._depth = 0

    @property
    def handover(self) -> Handover:
        """The site that MkDocs is building."""
        chosen = self.given or (self._own.handover if self._own else None)
        assert chosen is not None
        return chosen

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is a preview: then problems are shown in pages and do not end it."""
        self._preview, self._depth = command == "serve", 0

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:
        """Follow edits of decks, notebooks and snippets too, whether or not mkdocs.yml says so."""
        project = project_of(config, preview=True)
        for folder in (project.slides, project.notebooks, project.snippets):
            if folder.is_dir():
                server.watch(str(folder))
        return server

    def on_shutdown(self) -> None:
        """Let go of everything, whatever became of the build."""
        self._end()

    @event_priority(-50)  # before the i18n plugin makes the configuration one language's
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Before the first language: weave, unless that is done; for the later ones there is nothing left to do."""
        if self._depth == 0:
            if self.given is None:
                from labguide.hosts.mkdocs.own_build import OwnBuild

                self._own = OwnBuild(config, self.config.backend, preview=self._preview)
            self.handover.configure(config)
        theme_locale.hide(config)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Count how deep in languages this build is; now the i18n plugin has made the configuration one language's."""
        self._depth += 1
        theme_locale.put(config)

    @event_priority(-110)  # after the i18n plugin, which loses files that are added before it
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add decks, notebooks and recorded pictures."""
        self.handover.add_files(files, config)
        return files

    @event_priority(-200)  # after every plugin that makes a navigation
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Take out what this edition does not publish, and see in which order the rest stands."""
        kept = self.handover.navigation(nav, files)
        self.handover.see_navigation(kept, config)
        return kept

    def on_page_read_source(self, *, page: Page, config: MkDocsConfig) -> str | None:
        """The woven text of a page in place of the file's."""
        return self.handover.source(page)

    @event_priority(1000)  # before every plugin that changes the text
    def _weave_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        """The woven text of a page that another plugin has read from its file by itself, such as a blog's."""
        return self.handover.body(page)

    @event_priority(-200)  # after every plugin that changes the text
    def _see_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        """See what other plugins made of pages that labguide did not read."""
        self.handover.see_markdown(page, markdown)

    on_page_markdown = CombinedEvent(_weave_markdown, _see_markdown)

    @event_priority(-200)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Hold each page against what was woven."""
        return self.handover.see_content(page, html)

    def _speak(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Let page templates speak the page's language; all pages are read now, so decks can link to them."""
        from labguide.weaving.words import words_of

        env.globals["labguide_words"] = words_of
        env.globals["labguide_page"] = self.handover.page_data
        env.globals["labguide_edition"] = self.handover.badge
        self.handover.render_decks(files, config)
        return env

    @event_priority(-200)  # after every plugin that changes the environment
    def _defer(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Let pages be rendered beside the next language."""
        return self.handover.templates(env, config)

    on_env = CombinedEvent(_speak, _defer)

    @event_priority(-200)  # after every plugin that reads what a page says, to search in it
    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Before the theme shows a page."""
        self.handover.shown(page, config)
        return context

    @event_priority(-50)  # after the i18n plugin
    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Before what is no page."""
        self.handover.before_template(template_name, config)
        return context

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Put right what is no page: the sitemap, and the page for what is not there."""
        return self.handover.finished_template(output_content, template_name, config)

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Let each page's head say its language."""
        return self.handover.finished_page(output, page, config)

    @event_priority(1000)  # before the i18n plugin begins with another language
    def _begin_rendering(self, *, config: MkDocsConfig) -> None:
        """All pages of a language are there."""
        self.handover.pages_seen()

    @event_priority(-50)  # when the index of this language is made, before the i18n plugin puts all into one
    def _see_index(self, *, config: MkDocsConfig) -> None:
        """See what is found in the language that was built."""
        self.handover.see_index(config)

    @event_priority(-200)  # after the i18n plugin has built the other languages
    def _finish(self, *, config: MkDocsConfig) -> None:
        """After the last language: tell what was found, and put the new site in the old one's place."""
        self._depth -= 1
        if self._depth:
            return
        self.handover.finish(Path(config.site_dir))
        if self._own:
            self._own.finish(config)
        self._end()

    on_post_build = CombinedEvent(_begin_rendering, _see_index, _finish)

    def on_build_error(self, *, error: Exception) -> None:
        """Leave the published site alone and be ready for the next build of a preview."""
        self._depth = 0
        self._end()

    def _end(self) -> None:
        if self._own:
            self._own.end()
        self._own = None
