"""What pages say of their language, whatever theme renders them: to readers, to search engines, and where nothing is.

All of it is put into the content and the head of a page, because no two themes have the same templates. A page that is
not translated is there in the language of the guide; it says so, and names the original as the page that counts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from labguide.hosts.mkdocs import configuration, theme_locale
from labguide.model import Project, Woven
from labguide.weaving.notices import ORIGINAL
from labguide.weaving.words import words_of

MISSING_PAGE = "404.html"
SITEMAP = "sitemap.xml"

_ALTERNATE = re.compile(r"[ \t]*<link\b[^>]*\shreflang=[^>]*>[ \t]*\n?")
_CANONICAL = re.compile(r"""[ \t]*<link\b[^>]*\srel=["']?canonical\b[^>]*>[ \t]*\n?""")
_CONTENTS = ' data-md-component="toc"'
"""What marks the list of a page's headings in Material."""
_HTML = re.compile(r"<html\b(?P<attributes>[^>]*)>")
_LANG = re.compile(r"""\slang=(?:"[^"]*"|'[^']*'|[^\s>]+)""")
_TO_ORIGINAL = re.compile(rf'(\shref="){re.escape(ORIGINAL)}(#[^"]*)?"')

_OF_SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_OF_XHTML = "{http://www.w3.org/1999/xhtml}"


class Languages:
    """The languages of one site, noted while MkDocs builds it."""

    def __init__(self, project: Project, decks: Mapping[str, Woven]) -> None:
        self._project, self._decks = project, decks
        self._fallbacks = set[str]()
        self._missing: dict[str, str] = {}

    def listed(self, files: Files) -> None:
        """Note the pages of one language that stand in for a translation."""
        self._fallbacks.update(file.url for file in files.documentation_pages() if _is_fallback(file))

    def content(self, page: Page, content: str, config: MkDocsConfig) -> str:
        """A page's content, after the ways to other languages where the theme has none, and what says that it is not
        translated, if it is not."""
        content = self._marked(page, content, config)
        return content if configuration.is_material(config) else f"{self._switch(page, config)}{content}"

    def _switch(self, page: Page, config: MkDocsConfig) -> str:
        others = {
            language: file for language, file in _alternates(page.file).items() if language != _language(page.file)
        }
        links = ", ".join(
            f'<a href="{html.escape(get_relative_url(file.url, page.url))}" hreflang="{language}" lang="{language}">'
            f"{html.escape(_name(language, config))}</a>"
            for language, file in others.items()
        )
        title = html.escape(words_of(_language(page.file))["languages"])
        return f'<nav class="labguide-languages" aria-label="{title}">{links}</nav>\n' if links else ""

    def _marked(self, page: Page, content: str, config: MkDocsConfig) -> str:
        if not _is_fallback(page.file):
            return content
        written, language = _written(page.file), _language(page.file)
        text = words_of(language)["untranslated"].format(language=_name(written, config))
        title = f'<p class="admonition-title">{html.escape(text)}</p>'
        notice = f'<div class="admonition note labguide-untranslated" role="note">{title}</div>'
        return f'{notice}\n<div lang="{written}">\n{content}\n</div>'

    def with_original(self, page: Page, content: str) -> str:
        """A page's content with the links to its original."""
        if ORIGINAL not in content:
            return content
        original = _alternates(page.file).get(self._project.languages[0], page.file)
        address = html.escape(get_relative_url(original.url, page.url))
        return _TO_ORIGINAL.sub(lambda found: f'{found[1]}{address}{found[2] or ""}"', content)

    def page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """A finished page whose head names its language, its translations, and the page that counts."""
        head, end, body = output.partition("</head>")
        if not end:
            return output
        more = [_captions(self._project.languages)]
        if _language(page.file):
            head = _ALTERNATE.sub("", _tagged(head, _language(page.file)))
            more += self._links(page, config)
        elif theme_locale.is_theirs(config):
            head = _tagged(head, self._project.languages[0])
        if _is_fallback(page.file):
            head = _CANONICAL.sub("", head, count=1)
            body = body.replace(_CONTENTS, f'{_CONTENTS} lang="{_written(page.file)}"')
        return "".join((head, *(f"{each}\n" for each in more), end, body))

    def _links(self, page: Page, config: MkDocsConfig) -> Iterator[str]:
        def address(file: File) -> str:
            found = urljoin(config.site_url, file.url) if config.site_url else get_relative_url(file.url, page.url)
            return html.escape(found)

        if _is_fallback(page.file):
            original = _alternates(page.file).get(_written(page.file), page.file)
            yield f'<link rel="canonical" href="{address(original)}">'
            return
        # Material's script looks for a sitemap behind each rel="alternate"; a second word hides the link from it.
        relation = "alternate translation" if configuration.is_material(config) else "alternate"
        found = self._translations(page.file)
        for language, file in found.items():
            yield f'<link rel="{relation}" hreflang="{language}" href="{address(file)}">'
        if self._project.languages[0] in found:
            original = found[self._project.languages[0]]
            yield f'<link rel="{relation}" hreflang="x-default" href="{address(original)}">'

    def _translations(self, file: File) -> dict[str, File]:
        """A page in each language that it is written in, its own among them; nothing if that is only one."""
        found = {language: each for language, each in _alternates(file).items() if not _is_fallback(each)}
        ordered = {language: found[language] for language in self._project.languages if language in found}
        return ordered if len(ordered) > 1 else {}

    def switches(self, config: MkDocsConfig) -> None:
        """Let the page for what is not there lead to the first page of each language, and not to the page before it."""
        file = "" if config.use_directory_urls else "index.html"
        found = config.extra.get("alternate") or []
        for each in found:
            if each.get("lang") in self._project.languages:
                folder = "" if each["lang"] == self._project.languages[0] else f"{each['lang']}/"
                each["link"] = f"{folder}{file}" or "."
        if hasattr(config.extra, "alternate"):  # what templates read; the i18n plugin left there those of a page
            config.extra.alternate = found

    def missing(self, output: str, language: str) -> str:
        """The page for what is not there, of one language; a site has one at its root, which is the guide's own."""
        self._missing[language] = _ALTERNATE.sub("", output)
        return self._missing[language]

    def finish(self, folder: Path) -> None:
        """Put each language's page for what is not there where some servers look for it: in the folder of its pages."""
        for language, output in self._missing.items():
            own = folder if language == self._project.languages[0] else folder / language
            if own.is_dir():
                (own / MISSING_PAGE).write_text(output, "utf-8")

    def sitemap(self, output: str, config: MkDocsConfig) -> str:
        """A sitemap without pages that are only there for want of a translation, and with all decks.

        It is empty without `site_url`: only whole addresses may stand in it.
        """
        if not config.site_url:
            return ""
        tree = _parsed(output)
        if tree is None:
            return output
        fallbacks = {urljoin(config.site_url, url) for url in self._fallbacks}
        for url in list(tree):
            if url.findtext(f"{_OF_SITEMAPS}loc") in fallbacks:
                tree.remove(url)
            else:
                self._mend(url, fallbacks)
        for path, woven in self._decks.items():
            tree.append(self._of_deck(path, woven, config.site_url))
        ElementTree.indent(tree, "    ")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(tree, "unicode")}\n'

    def _mend(self, url: ElementTree.Element, fallbacks: set[str]) -> None:
        links = {each.get("hreflang", ""): each for each in url.findall(f"{_OF_XHTML}link")}
        found = {name: each.get("href", "") for name, each in links.items() if each.get("href") not in fallbacks}
        for each in links.values():
            url.remove(each)
        self._link(url, found)

    def _link(self, url: ElementTree.Element, found: Mapping[str, str]) -> None:
        """Name a page's translations in its entry, and the one for readers of all other languages."""
        known = {language: found[language] for language in self._project.languages if language in found}
        original = known.get(self._project.languages[0])
        if len(known) > 1:
            for language, address in {**known, **({"x-default": original} if original else {})}.items():
                ElementTree.SubElement(
                    url, f"{_OF_XHTML}link", {"rel": "alternate", "hreflang": language, "href": address}
                )

    def _of_deck(self, path: str, woven: Woven, site_url: str) -> ElementTree.Element:
        url = ElementTree.Element(f"{_OF_SITEMAPS}url")
        ElementTree.SubElement(url, f"{_OF_SITEMAPS}loc").text = urljoin(site_url, path)
        same = {
            each.document.language: urljoin(site_url, other)
            for other, each in self._decks.items()
            if each.document.name == woven.document.name
        }
        self._link(url, same)
        return url


def _alternates(file: File) -> Mapping[str, File]:
    """A page in every language that is built, as the i18n plugin tells; some are there for want of a translation."""
    found: Mapping[str, File] = getattr(file, "alternates", {})
    return found


def _language(file: File) -> str:
    """The language of the site that a page belongs to; empty if the i18n plugin does not say."""
    return str(getattr(file, "locale_alternate_of", ""))


def _written(file: File) -> str:
    return str(getattr(file, "locale", ""))


def _is_fallback(file: File) -> bool:
    return bool(_language(file)) and _written(file) != _language(file)


def _name(language: str, config: MkDocsConfig) -> str:
    """What a language is called in mkdocs.yml; its tag if it is not there."""
    i18n: Any = config.plugins.get("i18n")
    return next((each.name for each in i18n.config.languages if each.locale == language), language)


def _captions(languages: Sequence[str]) -> str:
    """The words above outputs, which style sheets show, in each language of a site."""
    rules = (
        f":lang({language}){{--labguide-recorded:{_css(words['caption_recorded'])};"
        f"--labguide-error:{_css(words['caption_error'])}}}"
        for language in languages
        if (words := words_of(language))
    )
    return f"<style>{''.join(rules)}</style>"


def _css(text: str) -> str:
    """A text as a string of CSS within HTML."""
    return '"' + re.sub(r'[\\"<>&]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def _tagged(output: str, language: str) -> str:
    """A page that says its language as BCP 47 has it; some themes write `zh_TW`, or nothing."""
    found = _HTML.search(output)
    if found is None:
        return output
    tag = f'<html lang="{language}"{_LANG.sub("", found["attributes"])}>'
    return f"{output[: found.start()]}{tag}{output[found.end() :]}"


def _parsed(output: str) -> ElementTree.Element | None:
    """A sitemap as a tree; None for what an author's own template makes of it."""
    ElementTree.register_namespace("", _OF_SITEMAPS.strip("{}"))
    ElementTree.register_namespace("xhtml", _OF_XHTML.strip("{}"))
    try:
        return ElementTree.fromstring(output)  # noqa: S314 - what was rendered here
    except ElementTree.ParseError:
        return None
