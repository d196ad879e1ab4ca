"""What a machine that translates has to be able to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Provider(Protocol):
    """A service that translates text with tags in it.

    It leaves what stands in `<span translate="no">` as it is, and keeps `<span id="1">` around the words that it holds.
    """

    name: str
    """As people know it: `Amazon Translate`."""
    most_bytes: int
    """What one request may have, in UTF-8."""

    def usd(self, characters: int) -> float:
        """What so many characters cost, in US dollars."""

    def begins(self, terms: Mapping[str, str], source: str, target: str) -> str:
        """What it would make in somebody's account for these terms, in a sentence; empty if nothing."""

    def translate(self, texts: Sequence[str], terms: Mapping[str, str], source: str, target: str) -> list[str]:
        """These texts in another language, one for one; `terms` are words and how to say them.

        Languages are BCP 47 tags. Leaves nothing behind. Raises CannotBuildError if the service is out of reach or
        refuses.
        """


def _amazon() -> Provider:
    from labguide.l10n.drafting.amazon import AmazonTranslate

    return AmazonTranslate()


PROVIDERS: Mapping[str, Callable[[], Provider]] = {"amazon": _amazon}
"""The services, by what the command line calls them."""
