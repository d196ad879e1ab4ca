"""HTML that a cell left, made fit to stand on a page among other things.

It is read tag by tag and written as it was recorded but for four things: every element that it opens it closes, and
none of the page's; its ids are its own, and so what refers to them; its style sheets reach no further than itself;
comments and what only a whole document has (`<html>`, `<meta>`) are left out.

What cannot stand there is told: scripts, addresses of other hosts that it would load, files that the site has not.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from html.parser import HTMLParser
from urllib.parse import unquote

import tinycss2

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
)
_DOCUMENT = frozenset(("html", "head", "body", "meta", "base", "link"))
_UNSHOWN = frozenset(("script", "style", "title", "noscript"))
_FOREIGN = frozenset(("svg", "math"))
_LOADED = frozenset(("src", "srcset", "poster", "data", "background"))
_SEEN = frozenset(
    ("img", "svg", "math", "canvas", "video", "audio", "iframe", "object", "embed", "input", "button", "select")
) | {"textarea", "progress", "meter", "hr"}
_FALLBACK = "sk-text-repr-fallback"
"""scikit-learn's "please rerun this cell": its own style sheet hides it, a search would find it."""

_ID_LISTS = frozenset(
    ("id", "for", "name", "headers", "list", "form", "aria-controls", "aria-describedby", "aria-labelledby")
)
_LOCAL_URL = re.compile(r"url\(\s*[\"']?#([^\"')]+)[\"']?\s*\)")
_FETCHED_URL = re.compile(r"url\(\s*[\"']?((?:https?:)?//[^\"')]+)[\"']?\s*\)", re.IGNORECASE)
_OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_IN_SCRIPT = re.compile(
    r"[\"'`]((?:https?:)?//(?:(?:cdn|unpkg|esm|ga)[.\w-]*/[^\s\"'`]*|[^\s\"'`]+?\.(?:m?js|css)(?:\?[^\s\"'`]*)?))[\"'`]"
)
_OWN_GROUND = re.compile(r"(?:^|[;\s])(?:background(?:-color)?|color|fill)\s*:", re.IGNORECASE)
_ROOT = re.compile(r"^(?::root|:host|html|body)\b")


@dataclass(frozen=True)
class Markup:
    """What was found in a piece of HTML."""

    html: str
    """The HTML to put on a page."""
    scripted: bool = False
    """It needs scripts, so it has to stand in a document of its own."""
    coloured: bool = False
    """It sets colours of its own, which were chosen for a light ground."""
    outside: tuple[str, ...] = ()
    """Addresses of other hosts that it loads."""
    missing: tuple[str, ...] = ()
    """Files that it refers to, and that no site has."""
    rows_left_out: int = 0
    empty: bool = False
    """There is nothing in it to see."""


def read(source: str, prefix: str, max_rows: int) -> Markup:
    """Read HTML. `prefix` makes its ids those of one place on one page; of its table rows `max_rows` are kept."""
    source = _without_open_tags(source)
    names = _Names(prefix)
    names.feed(source)
    names.close()
    writer = _Writer(frozenset(names.found), prefix, max_rows)
    writer.feed(source)
    writer.close()
    return writer.result()


def _without_open_tags(source: str) -> str:
    """The HTML with each `<` as text that no `>` follows: the parser would look for one again and again."""
    tags, end, text = source.rpartition(">")
    return tags + end + text.replace("<", "&lt;")


class _Names(HTMLParser):
    """Finds the ids and names that a piece of HTML defines."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = ("id", "name") if tag == "input" else ("id",)
        self.found.update(value for name, value in attrs if value and name in named)


@dataclass
class _Found:
    scripted: bool = False
    coloured: bool = False
    visible: bool = False
    styles: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class _Writer(HTMLParser):
    """Writes what it reads, changed as this module says."""

    def __init__(self, ids: frozenset[str], prefix: str, max_rows: int) -> None:
        super().__init__(convert_charrefs=False)
        self.ids, self.prefix, self.max_rows = ids, prefix, max_rows
        self.written: list[str] = []
        self.open: list[str] = []
        self.rows = 0
        self.skipped_from: int | None = None
        self.unshown: list[str] = []
        self.after_unshown = False
        self.attributes: dict[str, str | None] = {}
        self.found = _Found()

    def result(self) -> Markup:
        """What was read up to now."""
        body = "".join(self.written) + "".join(f"</{tag}>" for tag in reversed(self.open))
        found = self.found
        if found.styles:
            body = f'<div class="{self.prefix}"><style>{"".join(found.styles)}</style>{body}</div>'
        left_out = max(0, self.rows - self.max_rows)
        outside = tuple(dict.fromkeys(found.outside))
        missing = tuple(dict.fromkeys(found.missing))
        empty = not (found.visible or found.scripted or found.coloured)
        return Markup(body, found.scripted, found.coloured, outside, missing, left_out, empty)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=bool(_FOREIGN.intersection(self.open)) or tag in _FOREIGN)

    def handle_endtag(self, tag: str) -> None:
        if self.unshown and self.unshown[-1] == tag:
            self.unshown.pop()
            self.after_unshown = True
        elif tag in self.open:
            while self.open:
                last = self.open.pop()
                self._write(f"</{last}>")
                if self.skipped_from is not None and len(self.open) <= self.skipped_from:
                    self.skipped_from = None
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self.unshown:
            self._hidden(self.unshown[-1], data)
        else:
            data = data.lstrip() if self.after_unshown else data
            self.after_unshown = False
            self.found.visible |= bool(data.strip())
            if self.rows > self.max_rows and not data.strip():
                return
            self._write(_safe(html.escape(data, quote=False)))

    def handle_entityref(self, name: str) -> None:
        self.found.visible = True
        self._write(f"&{name};" if f"{name};" in html5 else f"&amp;{name}")

    def handle_charref(self, name: str) -> None:
        self.found.visible = True
        self._write(f"&#{name};")

    def _write(self, text: str) -> None:
        if self.skipped_from is None and not self.unshown:
            self.written.append(text)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, closed: bool) -> None:
        self._look_at(tag, attrs)
        if tag in _UNSHOWN and not _FOREIGN.intersection(self.open):
            self.attributes = dict(attrs)
            self.unshown.append(tag)
        elif tag not in _DOCUMENT:
            self._element(tag, attrs, closed=closed or tag in _VOID)

    def _element(self, tag: str, attrs: list[tuple[str, str | None]], *, closed: bool) -> None:
        self.rows += tag == "tr"
        too_many = tag == "tr" and self.rows > self.max_rows
        if self.skipped_from is None and (too_many or _FALLBACK in (dict(attrs).get("class") or "").split()):
            self.skipped_from = len(self.open)
        self._write(self._tag(tag, attrs))
        if not closed:
            self.open.append(tag)

    def _tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        """The tag as it was recorded, unless ids or handlers in it make it another."""
        changed = [(name, self._value(tag, name, value)) for name, value in attrs if not name.startswith("on")]
        if changed == attrs:
            return _safe(self.get_starttag_text() or "")
        written = (name if value is None else f'{name}="{_safe(html.escape(value))}"' for name, value in changed)
        slash = "/" if (self.get_starttag_text() or "").endswith("/>") else ""
        return f"<{' '.join([tag, *written])}{slash}>"

    def _value(self, tag: str, name: str, value: str | None) -> str | None:
        if not value:
            return value
        if name in _ID_LISTS:
            return " ".join(self._renamed(part) for part in value.split(" "))
        if name.endswith("href") and value.startswith("#"):
            return f"#{self._renamed(value[1:])}"
        return _LOCAL_URL.sub(lambda found: f"url(#{self._renamed(found[1])})", value)

    def _renamed(self, name: str) -> str:
        return f"{self.prefix}-{name}" if name in self.ids else name

    def _look_at(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.visible |= tag in _SEEN
        for name, value in attrs:
            self.found.scripted |= name.startswith("on") or (value or "").lstrip().lower().startswith("javascript:")
            self.found.coloured |= name == "bgcolor" or (name == "style" and bool(_OWN_GROUND.search(value or "")))
            self._look_at_address(tag, name, value or "")

    def _look_at_address(self, tag: str, name: str, value: str) -> None:
        loaded = name in _LOADED or (name.endswith("href") and tag in ("link", "image", "use", "feimage"))
        self.found.outside += _FETCHED_URL.findall(value) if name == "style" else []
        if name == "srcdoc" or (tag == "iframe" and value.startswith("data:text/html")):
            self.found.outside += _outside_within(value)
        elif loaded and _OUTSIDE.match(value):
            self.found.outside.append(value)
        elif (loaded or (tag, name) == ("a", "href")) and _is_file(value):
            self.found.missing.append(value)

    def _hidden(self, tag: str, data: str) -> None:
        if tag == "script" and _runs(self.attributes.get("type")):
            self.found.scripted = True
            self.found.outside += _IN_SCRIPT.findall(data)
        elif tag == "style" and "scoped" not in self.attributes:  # pandas' own: pages have a style for all tables
            self.found.coloured = True
            self.found.outside += _FETCHED_URL.findall(data)
            self.found.styles.append(scoped(data, f".{self.prefix}", self.ids))


def _safe(text: str) -> str:
    """HTML whose tabs, line separators and controls come through Markdown as they are, or not at all."""
    text = re.sub("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", text)
    for character in "\t\v\f\r\x85\u2028\u2029":
        text = text.replace(character, f"&#{ord(character)};" if character in "\t\u2028\u2029" else "\n")
    return text


def _runs(kind: str | None) -> bool:
    """Whether a script of this type is run, and not kept as data."""
    return not kind or "javascript" in kind or kind == "module"


def _is_file(address: str) -> bool:
    """Whether an address is that of a file beside the page."""
    return bool(address) and not re.match(r"\s*(?:#|//|[a-z][a-z0-9+.-]*:)", address, re.IGNORECASE)


def _outside_within(value: str) -> list[str]:
    """What the document in an `<iframe>` would load from elsewhere."""
    if value.startswith("data:"):
        head, _, body = value.partition(",")
        value = base64.b64decode(body).decode("utf-8", "replace") if head.endswith("base64") else unquote(body)
    return list(read(value, "x", 0).outside)


def scoped(css: str, scope: str, ids: frozenset[str]) -> str:
    """A style sheet in which every rule holds below `scope` only; `ids` get the scope's name before their own."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_scoped_rules(rules, scope, ids))


def _scoped_rules(rules: list[tinycss2.ast.Node], scope: str, ids: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = ", ".join(_scoped_selectors(rule.prelude, scope, ids))
            yield f"{selectors} {{{_content(rule.content, scope, ids)}}}\n"
        elif rule.type == "at-rule" and rule.content is not None:
            inside = _content(rule.content, scope, ids)
            if rule.lower_at_keyword in ("media", "supports", "container", "layer"):
                nested = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                inside = "".join(_scoped_rules(nested, scope, ids))
            yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}\n"


def _scoped_selectors(prelude: list[tinycss2.ast.Node], scope: str, ids: frozenset[str]) -> Iterator[str]:
    _rename(prelude, scope.removeprefix("."), ids)
    selector: list[tinycss2.ast.Node] = []
    for part in [*prelude, None]:
        if part is None or part == ",":
            written = tinycss2.serialize(selector).strip()
            yield _ROOT.sub(scope, written) if _ROOT.match(written) else f"{scope} {written}"
            selector = []
        else:
            selector.append(part)


def _rename(tokens: list[tinycss2.ast.Node], prefix: str, ids: frozenset[str]) -> None:
    for token in tokens:
        if token.type == "hash" and token.value in ids:
            token.value = f"{prefix}-{token.value}"
        _rename(getattr(token, "arguments", None) or getattr(token, "content", None) or [], prefix, ids)


def _content(tokens: list[tinycss2.ast.Node], scope: str, ids: frozenset[str]) -> str:
    prefix = scope.removeprefix(".")
    return _LOCAL_URL.sub(
        lambda found: f"url(#{prefix}-{found[1]})" if found[1] in ids else found[0],
        _safe(tinycss2.serialize(tokens)).replace("</", "<\\/"),
    )
