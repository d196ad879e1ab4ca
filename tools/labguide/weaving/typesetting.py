"""What is put right in finished HTML for readers of a language, whatever has rendered it.

A line break in the source is a space between words. Between two characters as wide as a Chinese one there are no
spaces, so there it is nothing; Korean, which has spaces, keeps them. What a page's author left to the renderer to say,
the title of a note, is said in the page's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from labguide import blocks
from labguide.model import Dialect
from labguide.weaving.words import words_of

_WIDE = (
    "\u2e80-\u2fdf\u3001-\u3030\u303d-\u30ff"  # radicals, punctuation, kana
    "\u3105-\u312f\u31a0-\u31ff\u3220-\u3247\u3280-\u4dbf\u4e00-\u9fff"  # Bopomofo, characters in circles, Han
    "\ua000-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6"  # Yi, Han again, full-width signs
    "\U00016fe0-\U00018d08\U0001aff0-\U0001b2fb\U00020000-\U0003fffd"
)
"""Characters whose East Asian width is wide or full, but for Hangul and what is a picture rather than a letter."""

_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t]*\n[ \t]*(?=[{_WIDE}])")
_PART = re.compile(
    r"(?P<code><(?P<name>pre|code|kbd|samp|script|style|textarea|svg|math|template)\b.*?</(?P=name)\s*>|<!--.*?-->)"
    r"|(?P<tag></?(?P<element>[a-zA-Z][\w-]*)(?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>)"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_INLINE = r"(?:a|abbr|b|bdi|cite|del|dfn|em|i|ins|label|mark|q|s|small|span|strong|su[bp]|time|u|var)"
_TAGS = rf"(?:</?{_INLINE}\b[^>]*>)*"
_MAY_BREAK = re.compile(rf"[{_WIDE}]{_TAGS}[ \t]*\n[ \t]*{_TAGS}[{_WIDE}]")
_OPENS_NOTE = re.compile(
    r'(?P<before><(?P<element>div|details)\b[^>]*\sclass="(?P<classes>[^"]*)"[^>]*>\s*'
    r'<(?:p class="admonition-title"|summary)>)(?P<title>[^<]*)(?=</)'
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:.|\n)+?(?<!`)\1(?!`)")
_BACK = re.compile(r'title="Jump back to footnote (?P<number>\d+) in the text"')
_STARTS = re.compile(r"[ \t]*(?:#|\||!!!|\?\?\?|===|:|\[\^?[^\]]*\]:)")
"""How a line begins that the next one does not go on, or that means something by its end."""


def typeset(content: str, language: str) -> str:
    """The HTML of a page or deck for readers of a language."""
    return _with_titles(without_breaks(content), words_of(language))


def without_breaks(content: str) -> str:
    """HTML without line breaks between wide characters, also where a tag stands between them; code is left alone."""
    if not _MAY_BREAK.search(content):
        return content
    parts = list(_parts(content))
    for here, (kind, text) in enumerate(parts):
        if kind == "text" and "\n" in text:
            before, after = _neighbour(parts, here, -1), _neighbour(parts, here, 1)
            parts[here] = (kind, _BREAK.sub("", f"{before}{text}{after}")[len(before) :].removesuffix(after))
    return "".join(text for _, text in parts)


def _parts(content: str) -> Iterator[tuple[str, str]]:
    """HTML as texts, tags within a line (`inline`), and all else, which parts what stands before from what follows."""
    for found in _PART.finditer(content):
        inline = found["tag"] and re.fullmatch(_INLINE, found["element"].lower())
        yield ("text" if found["text"] else "inline" if inline else "other"), found[0]


def _neighbour(parts: Sequence[tuple[str, str]], here: int, step: int) -> str:
    """The character that readers see before a text, or after it, in the same paragraph; empty if there is none."""
    number = here + step
    while 0 <= number < len(parts) and parts[number][0] != "other":
        kind, text = parts[number]
        if kind == "text":
            return text[-1 if step < 0 else 0]
        number += step
    return ""


def _with_titles(content: str, words: Mapping[str, str]) -> str:
    """What a renderer says by itself in these words: titles of notes that only repeat their type, and the way back
    from a footnote."""

    def title(found: re.Match[str]) -> str:
        classes = [each for each in found["classes"].split() if each != "admonition"]
        said = words.get(f"note_{classes[0]}") if classes and found["title"] == classes[0].capitalize() else None
        return found["before"] + (said or found["title"])

    made = _OPENS_NOTE.sub(title, content)
    return _BACK.sub(lambda found: f'title="{words["footnote_back"].format(number=found["number"])}"', made)


def joined(texts: Sequence[str], dialect: Dialect) -> list[str]:
    """Lines of Markdown with those joined that only a line break between wide characters parts; code is left alone."""
    whole = "\n".join(texts)
    if not _BREAK.search(whole):
        return list(texts)
    prose, terms = blocks.find(list(texts), 0, dialect).prose, _terms(texts)
    made: list[str] = []
    paragraph = ""
    for number, text in enumerate(texts):
        paragraph = f"{paragraph}\n{texts[number - 1]}" if number and texts[number - 1].strip() else ""
        both = number and number not in terms and prose[number - 1].strip() and prose[number].strip()
        if both and _goes_on(texts[number - 1], text) and "`" not in _CODE_SPAN.sub("", paragraph):
            made[-1] += text.lstrip()
        else:
            made.append(text)
    return made


def _terms(texts: Sequence[str]) -> set[int]:
    """The lines that are words to be defined, each by itself: a line with a colon follows."""
    found = set[int]()
    for number in range(len(texts) - 2, -1, -1):
        below = texts[number + 1]
        if texts[number].strip() and (number + 1 in found or below.lstrip().startswith(":")):
            found.add(number)
    return found


def _goes_on(before: str, text: str) -> bool:
    """Whether a line goes on with the paragraph of the one before it, without a space."""
    plain = not (_STARTS.match(before) or "|" in before + text or before.startswith("    ") != text.startswith("    "))
    return plain and _BREAK.search(f"{before}\n{text}") is not None
