"""Turns recorded outputs into Markdown: text as a fence, tables as HTML, pictures and figures as files of the site.

An output comes in several forms. The first that a page can show is taken, in the order of `_FORMS`; where there is
none, or a text has to stand for a figure, that is a problem at the quote. Nothing is left out silently, and nothing
makes a page heavy: what is over a size is cut, and the whole of it offered as a file.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labguide.model import Output
from labguide.quotes import HTML_FENCE, OUTPUT_CLASS
from labguide.weaving import coloured, formulas, frames, languages, markup, prose, shrinking
from labguide.weaving.forms import Asset, CannotShowError, Look, Shown

__all__ = ["Asset", "Look", "as_markdown", "fence_for"]

PICTURE_CLASS = "recorded-picture"
FRAME_CLASS = "recorded-frame"
FILE_CLASS = "recorded-file"

MAX_LINES = 400
MAX_CHARACTERS = 40_000
"""What a page shows of one text, or of the rows of one table."""
MAX_HTML = 100_000
"""Characters of HTML that a page holds itself; more stands in a frame."""
MAX_CELL = 400_000
"""Characters that all outputs of a cell may bring to a page."""
SEARCHED = 4_000
"""An output with more characters is not for the search: its index would be larger than the pages."""

_PICTURES = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/bmp": "bmp",
}
_WIDGET = "application/vnd.jupyter.widget-view+json"
_OBJECT = re.compile(r"<[^\n]+ (?:object|at 0x[0-9a-f]+|object at 0x[0-9a-f]+)>")
_PROGRESS = re.compile(r"\d+%\|")
_MISSING_GLYPH = re.compile(
    r"Glyph \d+ \((?P<glyph>[^)]*)\) missing from (?:current font|font\(s\) (?P<fonts>[^.\n]*))"
)
_FIGURE_TEXT = re.compile(r"<(?:Figure size|IPython\.|PIL\.)[^>]*>")


@dataclass(frozen=True)
class _Form:
    """One form of an output, and what showing it needs to know."""

    mime: str
    content: Any
    output: Output
    look: Look
    number: int
    """Which of the cell's files comes next, from 1."""
    own: bool = False
    """It is of the page's language alone."""

    @property
    def text(self) -> str:
        """The content as text; JSON may have come as a list or a mapping."""
        return self.content if isinstance(self.content, str) else json.dumps(self.content, ensure_ascii=False)

    @property
    def about(self) -> Mapping[str, Any]:
        """What the output says of this form: a picture's size, for one."""
        found = self.output.get("metadata", {}).get(self.mime, {})
        return found if isinstance(found, Mapping) else {}

    def path(self, ending: str) -> str:
        """Where a file of this output stands in the site."""
        return f"{self.look.stem}-{self.number}{f'-{self.look.language}' if self.own else ''}{ending}"


def as_markdown(outputs: Iterable[Output], look: Look) -> tuple[list[str], list[Asset]]:
    """The lines of Markdown that show these outputs, and the files they refer to."""
    lines: list[str] = []
    assets: list[Asset] = []
    left = MAX_CELL
    for output in _joined(outputs):
        if left < 0:
            message = f"this cell shows more than {MAX_CELL:,} characters in many outputs, too much for a page"
            look.problems.add(look.place, "too-much-output", message, "gather them in one text, table or picture")
            break
        own = sum(asset.path.startswith(f"{look.stem}-") for asset in assets)
        shown = _shown(output, look, own + 1)
        lines += ["", *shown.lines] if shown.lines else []
        left -= sum(map(len, shown.lines))
        assets += shown.assets
    return lines[1:], assets


def fence_for(lines: Iterable[str]) -> str:
    """A fence of backticks longer than any in `lines`."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _joined(outputs: Iterable[Output]) -> Iterator[Output]:
    """The outputs, with the two parts in which Bokeh shows a figure as one, and without its message of loading."""
    waiting: Output | None = None
    for output in outputs:
        data = output.get("data", {})
        if frames.BOKEH in data and waiting:
            output = {**output, "data": {**waiting["data"], **data}}
            waiting = None
        if waiting:
            yield waiting
        waiting = output if frames.is_bokeh_part(data) else None
        if not waiting and not frames.only_loads(data):
            yield output
    if waiting:
        yield waiting


def _shown(output: Output, look: Look, number: int) -> Shown:
    match output["output_type"]:
        case "stream":
            _check_glyphs(output["text"], look)
            classes = " .recorded-stderr" if output.get("name") == "stderr" else ""
            return _text(_Form("text/plain", output["text"], output, look, number), classes)
        case "error":
            text = f"{output['ename']}: {output['evalue']}"
            return _text(_Form("text/plain", text, output, look, number), " .recorded-error")
        case _:
            return _rich(output, look, number)


def _rich(output: Output, look: Look, number: int) -> Shown:
    """The first of an output's forms that can be shown; a problem if there is none, or only text instead of it."""
    (here,) = languages.chosen([output], look.language)
    data = here.get("data", {})
    failed: list[CannotShowError] = []
    for mime, show in _forms(data):
        own = languages.is_own(mime, output, look.language)
        try:
            shown = show(_Form(mime, data[mime], here, look, number, own))
        except CannotShowError as error:
            failed.append(error)
            continue
        if failed and mime == "text/plain":
            _note(look, failed[0])
        return shown
    if data:
        _note(look, failed[0] if failed else _unknown(data))
    return Shown([])


def _check_glyphs(text: str, look: Look) -> None:
    """Matplotlib draws a box for a character that its fonts have not, and says so in a warning."""
    missing = _MISSING_GLYPH.search(text)
    if missing:
        message = f"Matplotlib found no {missing['glyph'].strip()} in {missing['fonts'] or 'its font'}, and drew a box"
        remedy = "install a font with Chinese (Debian: fonts-noto-cjk), let the script keep `font.family`, run it again"
        look.problems.add(look.place, "missing-glyph", message, remedy)


def _note(look: Look, error: CannotShowError) -> None:
    look.problems.add(look.place, error.kind, error.message, error.remedy)


def _unknown(data: Mapping[str, Any]) -> CannotShowError:
    message = f"no page can show this output; it has only the form {', '.join(sorted(data))}"
    return CannotShowError(message, "let the cell show a text, a picture or HTML")


def _text(form: _Form, classes: str = "", language: str = "text") -> Shown:
    """Text as a fence of Markdown or, if a terminal would do more with it than print it, as HTML."""
    text = form.text.rstrip()
    kept, left_out, unit = _cut(text)
    if not kept:
        return Shown([])
    marks = f"{classes}{form.look.marks}{_unsearched(text)}"
    if coloured.is_plain(kept):
        lines = kept.split("\n")
        fence = fence_for(lines)
        block = [f"{fence} {{.{language} .{OUTPUT_CLASS}{marks}}}", *lines, fence]
    else:
        block = _html_fence(f"<pre><code>{coloured.as_html(kept)}\n</code></pre>", f" .recorded-terminal{marks}")
    ending = ".txt" if language == "text" else f".{language}"
    return _with_rest(block, form, text, left_out, f"more_{unit}", ending)


def _cut(text: str) -> tuple[str, int, str]:
    """As much of a text as a page shows, and how many lines, or characters of one line, that leaves out."""
    lines = text.split("\n", MAX_LINES)
    kept = "\n".join(lines[:MAX_LINES])
    if len(kept) > MAX_CHARACTERS:
        at_line = kept.rfind("\n", 0, MAX_CHARACTERS)
        if at_line < 0:
            return kept[:MAX_CHARACTERS], len(text) - MAX_CHARACTERS, "characters"
        kept = kept[:at_line]
    return kept, text.count("\n") - kept.count("\n"), "lines"


def _with_rest(block: list[str], form: _Form, whole: str, left_out: int, word: str, ending: str) -> Shown:
    """A block that was cut, with a link to the whole; or as it is, if nothing was left out."""
    if not left_out:
        return Shown(block)
    asset = Asset(form.path(ending), f"{whole}\n".encode("utf-8", "replace"))
    said = form.look.words[word].format(count=f"{left_out:,}")
    return Shown([*block, "", _link(said, asset.path, form.look, f".{FILE_CLASS}")], (asset,))


def _unsearched(text: str) -> str:
    return ' data-search-exclude="true"' if len(text) > SEARCHED else ""


def _html(form: _Form) -> Shown:
    """HTML as it was recorded: in the page or, if it has scripts or is large, in a frame."""
    figure = frames.vega_within(form.text)
    if figure:
        return _framed(form, *frames.vega(*figure))
    found = markup.read(form.text, _prefix(form), MAX_LINES)
    _check(found)
    if found.empty:
        return Shown([])
    if found.scripted or len(found.html) > MAX_HTML:
        return _framed(form, form.text, frames.libraries_of(form.text) if found.scripted else [])
    marks = f"{' .recorded-own-colours' if found.coloured else ''}{form.look.marks}{_unsearched(form.text)}"
    block = _html_fence(found.html, marks)
    return _with_rest(block, form, form.text, found.rows_left_out, "more_rows", ".html")


def _check(found: markup.Markup) -> None:
    if found.outside:
        message = f"this output would load {found.outside[0]} from another host"
        remedy = "let it hold what it shows, such as a picture or a video; or link the address in the text"
        raise CannotShowError(message, remedy, "outside-request")
    if found.missing:
        message = f'this output refers to a file "{found.missing[0]}", which only the run had'
        raise CannotShowError(message, "show the file's content, or put the file beside the page and link it there")


def _prefix(form: _Form) -> str:
    """What makes the ids of this output those of one place on one page."""
    place = f"{form.look.place} {form.look.stem}"
    return f"o{hashlib.sha256(place.encode()).hexdigest()[:6]}-{form.number}"


def _html_fence(content: str, marks: str) -> list[str]:
    lines = content.strip("\n").split("\n")
    fence = fence_for(lines)
    return [f"{fence} {{.{HTML_FENCE}{marks}}}", *lines, fence]


def _framed(form: _Form, body: str, libraries: list[Asset]) -> Shown:
    """A link to a document of its own, which the page's script opens in a frame."""
    path, title = form.path(".html"), form.look.alt or form.look.words["figure"]
    page = frames.document(body, title, form.look.language, libraries, depth=path.count("/"))
    link = _link(title, path, form.look, f".{FRAME_CLASS}{form.look.marks}")
    return Shown([link], (Asset(path, page), *libraries))


def _plotly(form: _Form) -> Shown:
    return _framed(form, *frames.plotly(_json(form)))


def _vega(form: _Form) -> Shown:
    return _framed(form, *frames.vega(form.mime, _json(form)))


def _bokeh(form: _Form) -> Shown:
    data = form.output["data"]
    return _framed(form, *frames.bokeh(data.get("text/html", ""), data.get("application/javascript", "")))


def _json(form: _Form) -> Any:
    return json.loads(form.content) if isinstance(form.content, str) else form.content


def _picture(form: _Form) -> Shown:
    content, ending = _bytes(form), _PICTURES[form.mime]
    picture = shrinking.Picture(content) if ending == "svg" else shrinking.shown(content)
    if picture.content is None:
        return _file(form, content, ending)
    shown = Asset(form.path(f".{ending}"), picture.content)
    link = _picture_link(shown.path, form, reduced=picture.size is not None)
    if picture.size is None:
        return Shown([link], (shown,))
    whole = Asset(form.path(f"-full.{ending}"), content)
    said = form.look.words["full_size"].format(width=picture.size[0], height=picture.size[1])
    return Shown([link, "", _link(said, whole.path, form.look, f".{FILE_CLASS}")], (shown, whole))


def _bytes(form: _Form) -> bytes:
    try:
        return form.text.encode() if form.mime == "image/svg+xml" else base64.b64decode(form.text)
    except ValueError:
        raise CannotShowError(f"the {form.mime} of this output cannot be read", "run the script again") from None


def _picture_link(path: str, form: _Form, *, reduced: bool) -> str:
    size = "".join(
        f' {side}="{form.about[side]}"'
        for side in ("width", "height")
        if not reduced and re.fullmatch(r"\d{1,5}", str(form.about.get(side, "")))
    )
    described = form.look.alt or str(form.about.get("alt", "")) or _said_by(form)
    return f"!{_link(described, path, form.look, f'.{PICTURE_CLASS}{size}{form.look.marks}')}"


def _said_by(form: _Form) -> str:
    """What an output's own text says of its picture; `<Figure size 640x480>` says nothing to who cannot see it."""
    text = str(form.output["data"].get("text/plain", "")).strip()
    if not text or "\n" in text or _OBJECT.fullmatch(text) or _FIGURE_TEXT.match(text):
        return form.look.words["picture"]
    return text


def _link(text: str, path: str, look: Look, attributes: str) -> str:
    link = posixpath.relpath(path, posixpath.dirname(look.page) or ".")
    text = " ".join(text.split()).replace("]", ")").replace("[", "(")
    return f"[{html.escape(text, quote=False)}]({link}){{{attributes}}}"


def _pdf(form: _Form) -> Shown:
    return _file(form, _bytes(form), "pdf")


def _file(form: _Form, content: bytes, ending: str) -> Shown:
    """An output that no page can hold, as a file to open."""
    asset = Asset(form.path(f".{ending}"), content)
    said = form.look.words["file"].format(kind=ending.upper(), size=f"{-(-len(content) // 1000):,}")
    return Shown([_link(said, asset.path, form.look, f".{FILE_CLASS}")], (asset,))


def _latex(form: _Form) -> Shown:
    content = f'<p class="recorded-formula">{formulas.as_html(form.text)}</p>'
    return Shown(_html_fence(content, form.look.marks))


def _markdown(form: _Form) -> Shown:
    rendered = markup.read(prose.as_html(form.text), _prefix(form), MAX_LINES)
    _check(rendered)
    if rendered.scripted:
        return _framed(form, prose.as_html(form.text), [])
    content = f'<div class="recorded-prose">\n{rendered.html}</div>'
    block = _html_fence(content, f"{form.look.marks}{_unsearched(form.text)}")
    return _with_rest(block, form, form.text, rendered.rows_left_out, "more_rows", ".md")


def _data(form: _Form) -> Shown:
    pretty = json.dumps(_json(form), indent=2, ensure_ascii=False)
    return _text(_Form(form.mime, pretty, form.output, form.look, form.number), language="json")


def _javascript(form: _Form) -> Shown:
    message = "a page does not run JavaScript that a cell shows"
    raise CannotShowError(message, "show HTML that has the script in it: HTML('<script>…</script>')")


def _plain(form: _Form) -> Shown:
    text, data = form.text.strip(), form.output.get("data", {})
    if _OBJECT.fullmatch(text) and (len(data) > 1 or text.startswith("<IPython.")):
        raise _unknown({mime: None for mime in data if mime != "text/plain"} or data)
    if _WIDGET in data and _PROGRESS.search(text):
        message = f'of this progress bar only its start, "{text}", can be shown'
        raise CannotShowError(message, "import tqdm from `tqdm`: a bar of text is shown as it ended")
    return _text(form)


_FORMS: tuple[tuple[Callable[[str], bool], Callable[[_Form], Shown]], ...] = (
    (frames.PLOTLY.__eq__, _plotly),
    (frames.is_vega, _vega),
    (frames.BOKEH.__eq__, _bokeh),
    *((mime.__eq__, _picture) for mime in _PICTURES),
    ("text/html".__eq__, _html),
    ("text/latex".__eq__, _latex),
    ("text/markdown".__eq__, _markdown),
    ("application/pdf".__eq__, _pdf),
    ("application/json".__eq__, _data),
    ("application/geo+json".__eq__, _data),
    ("application/javascript".__eq__, _javascript),
    ("text/plain".__eq__, _plain),
)
"""What a reader can use best comes first; the rest of a cell's forms of the same output is left out."""


def _forms(data: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[_Form], Shown]]]:
    for fits, show in _FORMS:
        yield from ((mime, show) for mime in data if fits(mime))
