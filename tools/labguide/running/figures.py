"""Draws a figure of Matplotlib a second time for each language that its labels are known in.

Its text is run inside the kernel, before `companion`, in the same namespace. A figure that is shown is drawn as ever;
then once more with each text of it replaced that the labels know, and these pictures become further forms of the same
output: `image/png;language=zh-TW` beside `image/png`. Then every text is what it was.

A text is known as a whole, or with `{}` for each number in it: `{} games` knows `3 games` and `1,234 games`.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_NUMBER = re.compile(r"(?<![\w.,])[-+\u2212]?\d+(?:[.,]\d+)*")
_GAP = re.compile(r"\{(\d*)\}")


class Figures:
    """What figures say in other languages: `labels` has, for each, the texts and what they are there."""

    def __init__(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        self.said: dict[str, set[str]] = {language: set() for language in labels}
        """The labels that figures had, by language."""
        self._labels = labels

    def install(self, shell: Any) -> None:
        """Take part in all that shows something: `plt.show()`, `display(figure)`, the end of a cell."""
        plain = shell.display_formatter.format

        def with_languages(shown: Any, *which: Any, **named: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            data, about = plain(shown, *which, **named)
            if _is_figure(shown) and _pictures(data):
                for language in self._labels:
                    more, more_about = self._drawn(shown, language, lambda: plain(shown, *which, **named))
                    data.update(more)
                    about.update(more_about)
            return data, about

        if self._labels:
            shell.display_formatter.format = with_languages

    def _drawn(self, figure: Any, language: str, draw: Callable[[], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The pictures of a figure in a language, and what is said about them; none if it has no label."""
        with _replaced(figure, lambda text: self._in_language(text, language)) as changed:
            data, about = draw()
        if not changed:
            return {}, {}
        name = {mime: f"{mime};language={language}" for mime in _pictures(data)}
        return (
            {name[mime]: data[mime] for mime in name},
            {name[mime]: about[mime] for mime in name if mime in about},
        )

    def _in_language(self, text: str, language: str) -> str:
        labels = self._labels[language]
        if text in labels:
            self.said[language].add(text)
            return labels[text]
        numbers, gapped = _NUMBER.findall(text), _NUMBER.sub("{}", text)
        if not numbers or gapped not in labels:
            return text
        self.said[language].add(gapped)
        in_order = iter(numbers)
        return _GAP.sub(lambda gap: numbers[int(gap[1])] if gap[1] else next(in_order), labels[gapped])


def _is_figure(shown: Any) -> bool:
    module: Any = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(shown, module.Figure)


def _pictures(data: Mapping[str, Any]) -> list[str]:
    return [mime for mime in data if mime.startswith("image/")]


@contextlib.contextmanager
def _replaced(figure: Any, instead: Callable[[str], str]) -> Iterator[dict[int, str]]:
    """Within the block, the texts of a figure are others; yields those that are. Texts at ticks are set as it is drawn.

    Nobody is told that anything changed, or a figure on a screen would be drawn at each text.
    """
    texts: Any = sys.modules["matplotlib.text"].Text
    plainly = texts.set_text
    before: dict[int, tuple[Any, str]] = {}
    changed: dict[int, str] = {}

    def set_text(artist: Any, text: Any) -> None:
        own = "" if text is None else str(text)
        other = instead(own)
        before[id(artist)] = (artist, own)
        if other != own:
            changed[id(artist)] = own
        plainly(artist, other)

    told, figure.stale_callback = figure.stale_callback, None
    stale = figure.stale
    texts.set_text = set_text
    try:
        for artist in figure.findobj(texts):
            artist.set_text(artist.get_text())
        yield changed
    finally:
        texts.set_text = plainly
        for artist, text in before.values():
            artist.set_text(text)
        if figure.get_layout_engine() is not None:  # it has made room for the other texts
            figure.draw_without_rendering()
        figure.stale = stale
        figure.stale_callback = told
