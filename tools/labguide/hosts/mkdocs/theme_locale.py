"""Lets the themes that come with MkDocs speak a language whose tag has a hyphen.

They want `zh_TW`; the i18n plugin gives them the tag as mkdocs.yml has it, `zh-TW`, on which MkDocs ends the build. So
the plugin does not find the setting, and it is set when the plugin is done.
"""

from __future__ import annotations

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.localization import parse_locale

_THEMES = ("mkdocs", "readthedocs")
_LOCALE = "locale"


def is_theirs(config: MkDocsConfig) -> bool:
    """Whether the theme is one of those."""
    return config.theme.name in _THEMES


def hide(config: MkDocsConfig) -> None:
    """Before the i18n plugin sees the configuration; an author who sets the locale of a language has said it all."""
    language = _language(config)
    if language is not None and "-" in language.locale and _LOCALE in config.theme and not _is_said(language):
        del config.theme[_LOCALE]


def put(config: MkDocsConfig) -> None:
    """When the plugin is done with the configuration."""
    language = _language(config)
    if language is not None and _LOCALE not in config.theme:
        config.theme[_LOCALE] = parse_locale(language.locale.replace("-", "_"))


def _language(config: MkDocsConfig) -> Any:
    """What mkdocs.yml says of the language that is built next; None where nothing has to be done."""
    i18n: Any = config.plugins.get("i18n")
    if i18n is None or not is_theirs(config):
        return None
    return i18n.get_language_config(i18n.current_language or i18n.default_language)


def _is_said(language: Any) -> bool:
    theme = language.get("theme")
    return bool(theme) and _LOCALE in theme
