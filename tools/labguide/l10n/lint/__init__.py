"""Says what is wrong with the words of a translation: usage from elsewhere, refused terms, what was left in English.

    file ──reading──▶ passages     what people read, code and links masked, columns kept
         ──taiwan──▶               words and characters that are not Taiwan's, half-width punctuation
         ──words──▶                what the glossary refuses, and terms that are missing
         ──english──▶              paragraphs that nobody translated

Errors are certain: a text that has one is mended, or the glossary allows it. Hints may be wrong, and fail nothing.
"""

from __future__ import annotations

from labguide.l10n.lint.checking import Findings, check, check_files

__all__ = ["Findings", "check", "check_files"]
