"""What readers and translators are told of translations, put together from steps that do not know of each other.

    Status ──▶ notices below headings · the page of each target language for its translators

How translations stand is known to `l10n`, what an edition may show to `editions`, where notices go to `weaving`.
"""

from __future__ import annotations

from labguide.translating.notices import notices
from labguide.translating.page import files, path_of
from labguide.translating.status import Status, status

__all__ = ["Status", "files", "notices", "path_of", "status"]
