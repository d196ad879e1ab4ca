"""Colours a block of code once in a build, however many pages and languages show it.

Pages in two languages quote the same cells, and to colour code is a fifth of what Markdown takes.
"""

from __future__ import annotations

from typing import Any

from markdown import Extension, Markdown
from pymdownx.highlight import Highlight, HighlightExtension


class Colouring(Extension):
    """A Markdown extension for all converters of a build; comes after pymdownx.highlight."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        """Have a converter's fences coloured here."""
        for extension in md.registeredExtensions:
            if isinstance(extension, HighlightExtension):
                extension.get_pymdownx_highlighter = self._highlighter

    def _highlighter(self) -> type[Highlight]:
        known = self._known

        class Remembering(Highlight):  # type: ignore[misc]
            """Colours what was not coloured yet."""

            def highlight(self, *args: Any, **options: Any) -> Any:
                if options.get("inline") or self.title_mode != "text" or self.auto_title_map:
                    return super().highlight(*args, **options)  # what it yields may belong to one page
                settings = {name: value for name, value in vars(self).items() if name != "md"}
                if not (self.line_spans or self.line_anchors):
                    options.pop("code_block_count", None)  # which is part of the ids of lines alone
                key = repr((settings, args, options))
                if key not in known:
                    known[key] = super().highlight(*args, **options)
                return known[key]

        return Remembering
