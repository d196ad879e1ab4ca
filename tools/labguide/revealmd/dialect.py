"""The Markdown of decks: the site's own, and what decks have that pages may not have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markdown import Markdown
from pymdownx import emoji

from labguide.model import Dialect
from labguide.revealmd import extension

_OWN = "labguide.revealmd.extension:DeckExtension"
_ADDED: Mapping[str, Mapping[str, Any]] = {
    "attr_list": {},
    "md_in_html": {},
    "sane_lists": {},
    "tables": {},
    "pymdownx.highlight": {},
    "pymdownx.superfences": {},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {"subscript": False},
    "pymdownx.magiclink": {},
    "pymdownx.arithmatex": {"generic": True, "inline_syntax": ["round"]},
    "pymdownx.emoji": {"emoji_index": emoji.gemoji},
}
"""Extensions that decks have in any case, and their options where the site has none of them."""


@lru_cache(maxsize=8)
def of_decks(site: Dialect) -> Dialect:
    """The dialect of a site's decks."""
    if _OWN in site.extensions:
        return site
    known = {_plain(name) for name in site.extensions}
    new = [name for name in _ADDED if _plain(name) not in known]
    configs = {name: dict(options or {}) for name, options in site.configs.items()}
    configs |= {name: {**_ADDED[name], **configs.get(name, {})} for name in new}
    emojis = next((name for name in configs if _plain(name) == "emoji"), "pymdownx.emoji")
    configs[emojis] = _as_characters(configs.get(emojis, {}))
    superfences = next((name for name in site.extensions if _plain(name) == "superfences"), "pymdownx.superfences")
    configs[superfences] = _with_diagrams(configs.get(superfences, {}))
    return Dialect((*site.extensions, *new, _OWN), configs)


def _as_characters(emojis: Mapping[str, Any]) -> dict[str, Any]:
    """The options of pymdownx.emoji with characters for emojis: as pictures they would come from another host.

    What is no character, such as an icon of the theme, is made by the site's own generator.
    """
    others = emojis.get("emoji_generator", emoji.to_alt)

    def made(index: str, name: str, alias: Any, code: str | None, *more: Any) -> Any:
        return (emoji.to_alt if code else others)(index, name, alias, code, *more)

    return {**emojis, "emoji_generator": made}


def _plain(name: str) -> str:
    return name.rpartition(".")[2]


def _with_diagrams(superfences: Mapping[str, Any]) -> dict[str, Any]:
    """The options of superfences with a fence for diagrams, which a script of the deck draws."""
    others = [fence for fence in superfences.get("custom_fences", ()) if fence["name"] != "mermaid"]
    mermaid = {"name": "mermaid", "class": "mermaid", "format": extension.diagram}
    return {**superfences, "custom_fences": [*others, mermaid]}


def converter(dialect: Dialect, overrides: Mapping[str, Mapping[str, Any]]) -> Markdown:
    """A converter for a dialect; `overrides` are options that count more than the site's."""
    configs = {name: dict(options) for name, options in dialect.configs.items() if options}
    for name, options in overrides.items():
        configs[name] = {**configs.get(name, {}), **options}
    return Markdown(extensions=list(dialect.extensions), extension_configs=configs)
