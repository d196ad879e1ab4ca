"""The search of a site in several languages: an index for each, and terms found in the middle of a sentence.

MkDocs makes one index for all languages, and the theme's search cuts words at blanks. Here the entries of each
language are kept apart while MkDocs builds one language after the other. A page tells the theme's script where its
site is, and which worker searches: its language's folder, where the index of that language is, and `worker.js`. That
one searches with `engine.js` where no blanks part the words, else with the theme's own worker. A page that is not
translated is in the index of each language that shows it, and found last.

Where pages tell nothing of the kind, as those of MkDocs' own themes, the one index stays as it is.
"""

from __future__ import annotations

import copy
import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

JOINED_LANGUAGES = frozenset({"bo", "dz", "ja", "km", "ko", "lo", "my", "th", "yue", "zh"})
"""Languages whose words no blanks part or, as in Korean, grow together, by the first part of their tags."""

_HERE = Path(__file__).parent
_FOLDER = "assets/labguide/search"
_INDEX = "search/search_index.json"
_WORKERS = "assets/javascripts/workers/search.*.js"
_OPTIONS = ("lang", "separator", "pipeline")
_CONFIG = re.compile(r'(?<=<script id="__config" type="application/json">)[^<]*(?=</script>)')
_JOINED = {"lang": [], "separator": r"[\s\-]+", "pipeline": []}
"""What the theme's script is told where `engine.js` searches: what parts the terms that it marks on a page."""


class Search:
    """Follows the build of a site, whose first language stands at its root."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._languages, self._first = languages, languages[0]
        self._worker = ""
        """The theme's own worker, as a path in the site; empty if there is one index for all languages."""
        self._written: dict[str, Any] = {}
        self._indexes: dict[str, dict[str, Any]] = {}
        self._others = set[str]()
        """Addresses of pages in another language than that in which they are built."""

    def configure(self, config: MkDocsConfig) -> None:
        """Before the first language: see whether the search can have several indexes, and what its author set."""
        plugin, i18n = _plugin(config), config.plugins.get("i18n")
        if i18n is not None:
            self._first = str(i18n.default_language)
        else:
            self._first = str(config.theme.get("language") or self._first)
            self._languages = (self._first,)
        if any(map(self._is_ours, self._languages)):
            self._worker = _worker(config)
        if self._worker:
            usual, said = _usual(config), plugin.config  # where its author said nothing, the plugin says the usual
            self._written = {name: copy.copy(said[name]) for name in usual if said[name] != usual[name]}
        if self._worker and i18n is not None:
            i18n.config.reconfigure_search = False  # it holds all entries against each other, for the one index

    def files(self) -> Mapping[str, bytes]:
        """What a site publishes to search with, by its path in the site."""
        return _files(any(map(is_joined, self._languages))) if self._worker else {}

    def listed(self, files: Files, config: MkDocsConfig) -> None:
        """Note which pages of a language are not translated."""
        language = self._language(config)
        pages = files.documentation_pages()
        self._others.update(file.url for file in pages if getattr(file, "locale", language) != language)

    def page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """A page's HTML that asks for the index of its language, and for the worker that can search it."""
        language = self._language(config)
        said = _CONFIG.search(output) if self._worker else None
        if not said:
            return output
        here, asks = posixpath.dirname(page.url) or ".", json.loads(said[0])
        asks["search"] = posixpath.relpath(f"{_FOLDER}/worker.js", here)
        if folder := self._folder(language):
            asks["base"] = f"{asks['base'].rstrip('/')}/{folder}"
        return output[: said.start()] + str(htmlsafe_json_dumps(asks, sort_keys=True)) + output[said.end() :]

    def see_index(self, config: MkDocsConfig) -> None:
        """Keep what is found in a language, when MkDocs has built it."""
        if self._worker:
            language, index = self._language(config), _plugin(config).search_index
            own = {**(_JOINED if is_joined(language) else self._theirs(config)), "fields": index.config["fields"]}
            own["labguide"] = {"joined": is_joined(language), "theme": self._worker}
            docs = [self._entry(entry, language) for entry in index.entries]
            self._indexes[language] = {"config": copy.deepcopy(own), "docs": docs}

    def _entry(self, entry: Mapping[str, Any], language: str) -> dict[str, Any]:
        """What the index of its language says of a section."""
        location = str(entry["location"])
        found = {**entry, "location": location.removeprefix(self._folder(language))}
        if location.partition("#")[0] in self._others:
            found["fallback"] = True
        if is_joined(language):  # where jieba is installed, the theme has cut the text with it
            found |= {name: entry[name].replace("\u200b", "") for name in ("title", "text")}
        return found

    def _theirs(self, config: MkDocsConfig) -> dict[str, Any]:
        """How the theme searches; as in its one index for several languages, words lose the punctuation beside them."""
        usual = _usual(config)
        return {**usual, "pipeline": [*usual["pipeline"], "trimmer"], **self._written}

    def write(self, folder: Path) -> None:
        """Put every index in its place when MkDocs is done; as a script too, for pages opened from the disk."""
        for language, index in self._indexes.items():
            path = folder / self._folder(language) / _INDEX
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(index, separators=(",", ":"), default=str, ensure_ascii=False), "utf-8")
        for place in ("", *map(self._folder, self._indexes)):
            path = folder / place / _INDEX
            if path.is_file():
                path.with_suffix(".js").write_text(f"var __index = {path.read_text('utf-8')}", "utf-8")

    def _language(self, config: MkDocsConfig) -> str:
        i18n = config.plugins.get("i18n")
        return self._first if i18n is None else str(i18n.current_language)

    def _folder(self, language: str) -> str:
        return "" if language == self._first else f"{language}/"

    def _is_ours(self, language: str) -> bool:
        """Whether the theme's search alone would not do: the first language may be one that it can."""
        return is_joined(language) or language != self._first


def is_joined(language: str) -> bool:
    """Whether what readers look for may stand anywhere in a text of this language, and not only where a word begins."""
    return language.lower().replace("_", "-").partition("-")[0] in JOINED_LANGUAGES


def _plugin(config: MkDocsConfig) -> Any:
    return config.plugins.get("material/search") or config.plugins.get("search")


def _worker(config: MkDocsConfig) -> str:
    """The theme's worker as a path in the site; empty if it has none, or could not have an index for each language.

    With a choice of versions it could not: the theme looks for that choice beside the folder of the index.
    """
    plugin, folders = _plugin(config), map(Path, config.theme.dirs)
    if plugin is None or "fields" not in plugin.config or config.extra.get("version"):
        return ""
    found = (path.relative_to(folder) for folder in folders for path in folder.glob(_WORKERS))
    return next((path.as_posix() for path in found), "")


def _usual(config: MkDocsConfig) -> dict[str, Any]:
    """What the theme's search does in the language that is built, unless its author says otherwise."""
    words: Any = config.theme.get_env().get_template("partials/language.html", None, {"config": config}).module
    lang, separator, pipeline = (str(words.t(f"search.config.{name}")) for name in _OPTIONS)
    steps = [step for step in (each.strip() for each in pipeline.split(",")) if step]
    return {"lang": [lang], "separator": separator, "pipeline": steps}


@cache
def _files(joined: bool) -> Mapping[str, bytes]:
    paths = [_HERE / "worker.js", *([_HERE / "engine.js", _HERE / "minisearch" / "minisearch.js"] if joined else [])]
    return {f"{_FOLDER}/{path.name}": path.read_bytes() for path in paths}
