"""Hands a finished site to MkDocs, which asks for pages one by one, and looks at what MkDocs makes of them.

MkDocs builds once for each language, the later ones from inside the first (mkdocs-static-i18n). All that is costly
was done before: here woven text is handed out. Each deck is rendered while its own language is built, for then
MkDocs knows the pages that the deck links to.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from labguide import deck_pages, decks, drawing, editions, lines
from labguide.assembly import Site
from labguide.hosts import leftovers
from labguide.hosts.mkdocs import background, configuration, withheld
from labguide.hosts.mkdocs.colouring import Colouring
from labguide.hosts.mkdocs.deck_links import BY_SOURCE, DeckLinks, from_source, in_site
from labguide.hosts.mkdocs.languages import MISSING_PAGE, SITEMAP, Languages
from labguide.hosts.mkdocs.page_data import PageData
from labguide.hosts.mkdocs.printing import Printing
from labguide.hosts.mkdocs.search import Search
from labguide.model import DEFAULT_LANGUAGE, Place, Project
from labguide.problems import Problem, Problems
from labguide.sources import is_markdown
from labguide.weaving import typesetting
from labguide.weaving.words import words_of

_TEMPLATES = Path(__file__).parents[2] / "theme"
_ASSETS = "assets/labguide"
"""The folder of style sheets and scripts, which MkDocs publishes from the folder of templates."""
_STYLES = ("languages.css", "outputs.css", "pages.css", "cards.css")
_SCRIPTS = ("outputs.js", "pages.js", "drawing.js", "schedule.js")
_PROGRESS = "progress.js"
_WORKER = f"{_ASSETS}/iframe-worker.js"
_OTHERS_WORKER = "unpkg.com/iframe-worker"
"""What Material's own plugin `offline` would load for the same from another host."""
_UNKNOWN_THEME = (
    "theme: labguide has no page templates for the theme %s: its pages say which language they are in and link to the "
    "others, but progress and the page for what is not there are the theme's own, or missing"
)
_log = logging.getLogger("labguide.hosts.mkdocs")


class Handover:
    """One site on its way through MkDocs. What cannot be published is in `problems` when `finish` was called.

    With `notices`, each page begins with its own problems: a preview shows them instead of ending.
    """

    def __init__(
        self,
        project: Project,
        woven: Site,
        problems: Problems,
        *,
        notices: bool = False,
        printing: Printing | None = None,
    ) -> None:
        self.project, self.site, self.problems = project, woven, problems
        self._notices, self._printing = notices, printing
        self._links = DeckLinks(project, woven.decks, problems)
        self._data = PageData(project, woven.pages, None)
        self._languages = Languages(project, woven.decks)
        self._search = Search(project.languages)
        self._decks: dict[str, str] = {}
        self._foreign: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._drawn: frozenset[str] = frozenset()
        self._asked = set[str]()
        self._seen: dict[tuple[str, int], list[Problem]] = {}
        self._says_permalink = False
        self._background, self._listed = background.BackgroundRendering(self._as_read), 0

    def configure(self, config: MkDocsConfig) -> None:
        """Teach MkDocs' extensions and theme what woven text needs."""
        config.mdx_configs.update(configuration.dialect(config).configs)
        config.markdown_extensions.append(Colouring())  # type: ignore[arg-type]  # Python-Markdown takes objects too
        self._says_permalink = "permalink_title" in config.mdx_configs.get("toc", {})
        course = configuration.course(config)
        self._data = PageData(self.project, self.site.pages, course)
        withheld.leave_out(config, self.project, self.site.withheld)
        self._search.configure(config)
        _add_templates(config, (*_SCRIPTS, *([] if course is None else [_PROGRESS])))

    def add_files(self, files: Files, config: MkDocsConfig) -> None:
        """Add notebooks, recorded pictures and places for decks to a language's files."""
        self._speak(config)
        published = {file.dest_uri: file for file in files if file.inclusion.is_included()}
        for file in published.values():
            self._tell_unread(file)
        for path, content in {**dict.fromkeys(self.site.decks, b""), **self.site.files}.items():
            if path in published and published[path].generated_by is None:
                self._tell_collision(path, published[path])
            if path in files.src_uris:
                files.remove(files.src_uris[path])
            files.append(File.generated(config, path, content=content))

    def navigation(self, nav: Navigation, files: Files) -> Navigation:
        """The navigation without pages that this edition does not publish; mkdocs.yml may name them."""
        return withheld.pruned(nav, self.project, self.site.withheld)

    def _speak(self, config: MkDocsConfig) -> None:
        """Let Markdown's own words be in the language that is built, unless the project says them."""
        if "toc" in config.markdown_extensions and not self._says_permalink:
            title = words_of(_language(config) or self.project.languages[0])["permalink"]
            config.mdx_configs["toc"] = {**config.mdx_configs.get("toc", {}), "permalink_title": title}
        _name_toggles(config, _language(config) or self.project.languages[0], self.project.languages)

    def _tell_unread(self, file: File) -> None:
        """MkDocs copies `PAGE.MD` as it is, so its readers would see quotes, and code that nobody ran."""
        if file.generated_by is None and is_markdown(Path(file.src_uri)) and not file.is_documentation_page():
            place = Place(f"{self.project.docs_dir}/{file.src_uri}")
            message = "MkDocs takes this for no page, and would publish the file as it is"
            self.problems.add(place, "unread-page", message, "write the extension in small letters")

    def see_navigation(self, nav: Navigation, config: MkDocsConfig) -> None:
        """Note the order of a language's pages, if they are to be printed."""
        if self._printing:
            self._printing.see_navigation(nav, _language(config) or self.project.languages[0], config)

    def source(self, page: Page) -> str | None:
        """The text of a page in place of its file's; None for a page that is not of this project."""
        woven = self.site.pages.get(page.file.src_uri)
        if woven is None:
            return None
        self._asked.add(page.file.src_uri)
        body = woven.document.body_line - 1
        told = [problem for path in sorted(woven.document.files) for problem in self.problems.at(path)]
        notice = _notice(told) if self._notices else ""
        if not notice:
            return woven.text
        written = lines.split(woven.text)
        return "\n".join([*written[:body], notice, *written[body:], ""])

    def body(self, page: Page) -> str | None:
        """The text of a page for which `source` was not asked, below its front matter; None for all others."""
        woven = self.site.pages.get(page.file.src_uri)
        if woven is None or page.file.src_uri in self._asked:
            return None
        written = lines.split(woven.text)
        return "\n".join(written[woven.document.body_line - 1 :]).lstrip("\n")

    def see_markdown(self, page: Page, markdown: str) -> None:
        """Keep the text of a page that labguide did not read, for `see_content`."""
        if page.file.src_uri not in self.site.pages:
            self._foreign[page.file.src_uri] = markdown

    def see_content(self, page: Page, content: str) -> str:
        """Hold a page's HTML against what was woven, and return it, in a preview with the problems found."""
        content = typesetting.typeset(in_site(content, page.url), self._language_of(page))
        self._data.read(page, content)
        seen = (page.file.src_uri, hash(content))  # a page that is not translated is built in each language
        if seen not in self._seen:
            self._seen[seen] = list(self._found(page, content))
            for problem in self._seen[seen]:
                self.problems.include(problem)
        self._drawn |= drawing.needed(content)
        content = self._languages.with_original(page, drawing.neutral(content))
        return _notice(self._seen[seen]) + content if self._notices else content

    def _language_of(self, page: Page) -> str:
        """The language that a page is written in."""
        woven = self.site.pages.get(page.file.src_uri)
        return woven.document.language if woven else self.project.languages[0]

    def shown(self, page: Page, config: MkDocsConfig) -> None:
        """Put around a page's content what readers see and no search finds, when plugins have indexed it."""
        content = self._languages.content(page, page.content or "", config)
        page.content = self._printing.mark(content) if self._printing else content

    def finished_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """A page of the site as readers get it, unless it is rendered later."""
        return output if output == background.PLACEHOLDER else self._as_read(output, page, config)

    def _as_read(self, output: str, page: Page, config: MkDocsConfig) -> str:
        return self._search.page(self._languages.page(output, page, config), page, config)

    def before_template(self, name: str, config: MkDocsConfig) -> None:
        """Let what is no page know the languages."""
        if name == MISSING_PAGE:
            self._languages.switches(config)

    def finished_template(self, output: str, name: str, config: MkDocsConfig) -> str:
        """What is no page of the site, as readers and search engines get it."""
        if name == MISSING_PAGE:
            return self._languages.missing(output, _language(config) or self.project.languages[0])
        return self._languages.sitemap(output, config) if name == SITEMAP else output

    def _found(self, page: Page, content: str) -> Problems:
        uri, found = page.file.src_uri, Problems()
        path = f"{self.project.docs_dir}/{uri}"
        if uri in self.site.pages:
            leftovers.check(self.project, self.site.pages[uri], content, found)
        else:
            foreign = leftovers.Foreign(path, _origin(page.file), self._foreign.get(uri, ""), content)
            leftovers.check_foreign(self.project, foreign, self.site.pages.values(), found)
        for text in (page.title, page.meta.get("title"), page.meta.get("description")):
            leftovers.check_text(Place(path), str(text or ""), found)
        return found

    def badge(self, language: str) -> dict[str, str]:
        """What the header of a page says of the edition; nothing in the student's."""
        words = editions.words_of(language)
        return {"name": words["edition"], "note": words["edition_note"]} if self.project.edition != "student" else {}

    def page_data(self, page: Page | None, language: str, base: str) -> dict[str, Any]:
        """What a page tells its own scripts."""
        return self._data.of(page, language, base)

    def render_decks(self, files: Files, config: MkDocsConfig) -> None:
        """Put decks into their places, when all pages of a language have been read."""
        language = _language(config) or self.project.languages[0]
        self._links.published(files)
        self._data.listed(language, files)
        self._languages.listed(files)
        self._search.listed(files, config)
        for path, woven in self.site.decks.items():
            if woven.document.language == language:
                self._decks[path] = self._deck(path, files, _brand(config, files))
            files.src_uris[path].content_string = self._decks.get(path, "")
        self._add_libraries(files, config)
        for file in files.documentation_pages():
            if file.page and file.src_uri in self.site.pages:
                self._urls[file.src_uri] = file.url
                self._note_links(file.page)

    def _add_libraries(self, files: Files, config: MkDocsConfig) -> None:
        """Publish what searches, and what draws formulas and diagrams, now that it is known whether there are any."""
        for path, content in {**drawing.files(self._drawn), **self._search.files()}.items():
            if path not in files.src_uris:
                files.append(File.generated(config, path, content=content))

    def templates(self, env: Environment, config: MkDocsConfig) -> Environment:
        """The environment of a language's templates; unless it is the last one, its pages may be rendered later."""
        self._listed += 1
        is_last = self._listed == len(self.project.languages)
        if is_last or self._notices or not background.is_possible(config):
            return env
        deferring: Environment = self._background.environment(env)
        return deferring

    def pages_seen(self) -> None:
        """All pages of a language went through MkDocs: those that were deferred can be rendered beside what follows."""
        self._background.start()

    def end(self) -> None:
        """Let go of everything, whatever became of the build."""
        self._background.end()

    def see_index(self, config: MkDocsConfig) -> None:
        """After each language, while its part of the search is by itself."""
        self._search.see_index(config)

    def finish(self, folder: Path) -> None:
        """After the last language: what can be done only when everything is there, in the folder of the site."""
        self._background.wait()
        if self.project.edition == "instructor":
            (folder / "robots.txt").write_text("User-agent: *\nDisallow: /\n", "utf-8")
        for path, content in self.site.files.items():
            if path.endswith(".html") and BY_SOURCE in content:
                (folder / path).write_bytes(from_source(content, path, self._urls))
        self._languages.finish(folder)
        self._links.check()
        self._data.check(self.problems)
        self._search.write(folder)

    def _deck(self, path: str, files: Files, brand: decks.Brand) -> str:
        woven = self.site.decks[path]
        try:
            address, home = self._links.address(path, files), self._links.home(path, files)
            page = deck_pages.render(path, self.site.pages, self.site.decks, self.project, address, home, brand)
        except Exception as error:  # an extension raises whatever it does
            message = f"this deck cannot be rendered: {type(error).__name__}: {error}"
            self.problems.add(Place(woven.document.path), "mkdocs", message, "mend the deck")
            return ""
        self._links.rendered(path, page)
        self._drawn |= drawing.needed(page)
        leftovers.check(self.project, woven, page, self.problems)
        for name in ("title", "subtitle"):
            leftovers.check_text(Place(woven.document.path), str(woven.document.meta.get(name, "")), self.problems)
        return page

    def _note_links(self, page: Page) -> None:
        for file, anchors in (page.links_to_anchors or {}).items():
            self._links.from_page(self.site.pages[page.file.src_uri], file, anchors)

    def _tell_collision(self, path: str, other: File) -> None:
        place = Place(f"{self.project.docs_dir}/{other.src_uri}")
        message = f"labguide publishes {path} too, so one of the two would be lost"
        self.problems.add(place, "duplicate-file", message, "give this file another name")


def _brand(config: MkDocsConfig, files: Files) -> decks.Brand:
    """What a language's configuration says of the site, for the foot of its decks."""
    written = str(config.theme.get("logo") or "")
    logo = files.get_file_from_path(written) if written else None
    return decks.Brand(config.site_name or "", config.copyright or "", logo.url if logo else None)


def _origin(file: File) -> str:
    return f"the plugin {file.generated_by} made" if file.generated_by else "MkDocs found by itself"


def _language(config: MkDocsConfig) -> str | None:
    i18n = config.plugins.get("i18n")
    return str(i18n.current_language) if i18n is not None else None


def _name_toggles(config: MkDocsConfig, language: str, languages: Sequence[str]) -> None:
    """Let the buttons of the theme's palettes speak a language, where they say what its handbook says."""
    words, palette = words_of(language), config.theme.get("palette") or []
    for each in palette if isinstance(palette, list) else [palette]:
        toggle = each.get("toggle") if isinstance(each, dict) else None
        for name in ("to_dark", "to_light", "to_system"):
            usual = {words_of(other)[name] for other in (DEFAULT_LANGUAGE, *languages)}
            if isinstance(toggle, dict) and toggle.get("name") in usual:
                toggle["name"] = words[name]


def _add_templates(config: MkDocsConfig, scripts: Sequence[str]) -> None:
    """Put this package's page templates before the theme's, after those of the project.

    A theme that has no such blocks as Material's keeps its own templates, and gets styles and scripts only.
    """
    own, dirs = str(_TEMPLATES), config.theme.dirs
    if own not in dirs:
        if configuration.is_material(config):
            dirs.insert(1 if config.theme.custom_dir else 0, own)
        else:
            dirs.append(own)
            _log.warning(_UNKNOWN_THEME, config.theme.name)
        # First, so that a project's own style sheets may change what they say of outputs.
        config.extra_css[:0] = [f"{_ASSETS}/{name}" for name in _STYLES]
        config.extra_javascript[:0] = [f"{_ASSETS}/{name}" for name in scripts]
        others = (each for each in config.extra.get("polyfills", ()) if _OTHERS_WORKER not in str(each))
        config.extra["polyfills"] = [_WORKER, *others]


def _notice(problems: list[Problem]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{html.escape(str(problem))}</li>" for problem in problems)
    title = f'<p class="admonition-title">{len(problems)} problem{"s" if len(problems) != 1 else ""}</p>'
    return f'<div class="admonition failure">{title}<ul>{items}</ul></div>\n'
