"""What cells print and draw arrives on pages as it was, whatever it is and wherever its quote stands."""

from __future__ import annotations

import base64
import html
import io
import re
import string
from collections.abc import Mapping
from typing import Any

import markdown
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from labguide.model import Place
from labguide.problems import Problems
from labguide.quotes import HTML_FENCE
from labguide.weaving import coloured, frames, markup, outputs
from labguide.weaving.forms import Asset, CannotShowError

TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)
PLACES = ("", "    ")
"""At the margin, and in what a list, a tab or a box indents."""


def look(problems: Problems | None = None) -> outputs.Look:
    return outputs.Look("recorded/lamp/cell", "", "page.md", "", "en", Place("docs/page.md", 3), problems or Problems())


def shown(*found: Mapping[str, Any]) -> tuple[str, list[Asset], list[str]]:
    """The woven lines of these outputs, their files and the kinds of problems."""
    problems = Problems()
    look = outputs.Look("recorded/lamp/cell", "", "page.md", "", "en", Place("docs/page.md", 3), problems)
    lines, assets = outputs.as_markdown(found, look)
    return "\n".join(lines), assets, [problem.kind for problem in problems]


def display(data: Mapping[str, Any], **metadata: Any) -> Mapping[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def printed(text: str) -> Mapping[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def rendered(woven: str, indent: str = "") -> BeautifulSoup:
    """A page that holds these lines between two paragraphs, in a box if they are indented."""
    fence = {"name": HTML_FENCE, "class": HTML_FENCE, "format": lambda source, *_, **__: source}
    configs = {"pymdownx.superfences": {"custom_fences": [fence]}}
    lines = (f"{indent}{line}" if line else "" for line in woven.split("\n"))
    page = ["before", "", *(['!!! note ""', ""] if indent else []), *lines, "", "after", ""]
    extensions = ["admonition", "attr_list", "pymdownx.superfences"]
    made = markdown.markdown("\n".join(page), extensions=extensions, extension_configs=configs)
    return BeautifulSoup(made, "html.parser")


def stands_alone(page: BeautifulSoup) -> bool:
    """Whether what follows the output is still a paragraph of the page."""
    last = [each for each in page.children if str(each).strip()][-1]
    return last.name == "p" and last.get_text() == "after"


@pytest.mark.parametrize("indent", PLACES)
@given(text=TEXTS)
def test_printed_text_arrives_and_its_page_stands(indent: str, text: str) -> None:
    woven, _, problems = shown(printed(text))
    page = rendered(woven, indent)
    assert problems == []
    assert stands_alone(page)
    expected = html.unescape(coloured.as_html(text.rstrip())).split("\n")
    if woven and not re.search("<[a-z]", coloured.as_html(text)):
        got = page.find("code").get_text().rstrip("\n").split("\n")  # type: ignore[union-attr]
        assert [line.rstrip() for line in got] == [line.rstrip() for line in expected]


@given(text=st.text(string.printable.replace("\x0b", "").replace("\x0c", "").replace("\r", ""), max_size=100))
def test_terminal_shows_plain_text_as_it_is(text: str) -> None:
    assert html.unescape(coloured.as_html(text)).rstrip() == text.rstrip()


@given(text=st.text("ab\n\r\b\t\x1b[]();0138mKJHABCD\\", max_size=80))
def test_any_sequence_of_escapes_leaves_none(text: str) -> None:
    made = re.sub("<[^>]*>", "", coloured.as_html(text))
    assert "\x1b" not in made
    assert stands_alone(rendered(shown(printed(text))[0]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", '<span class="ansi-fg-1">red</span>'),
        ("\x1b[1;92mbright\x1b[22;39m x", '<span class="ansi-bold ansi-fg-10">bright</span> x'),
        ("\x1b[48;5;16mcube", '<span style="background-color: #000000">cube</span>'),
        ("\x1b[38;2;1;2;3mtrue", '<span style="color: #010203">true</span>'),
        ("\x1b]8;;https://shop.test\x1b\\shop\x1b]8;;\x07", '<a href="https://shop.test">shop</a>'),
        ("\x1b]8;;javascript:x\x1b\\shop\x1b]8;;\x07", "shop"),
        ("\x1b]0;title\x07text\x1b(B\x1b[?25l", "text"),
        ("0%\r50%\r\x1b[Kdone", "done"),
        ("first\nsecond\x1b[1A\r\x1b[2Kagain", "again\nsecond"),
        ("ab\b\bc", "cb"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("a\u2028b\ud800", "a&#x2028;b\ufffd"),
    ],
)
def test_terminal_shows(text: str, expected: str) -> None:
    assert coloured.as_html(text) == expected


@pytest.mark.parametrize("indent", PLACES)
@given(source=st.text("<>/=\"' \n\t`#divpreablstyscriptidhref!-&;x", max_size=120))
def test_html_of_any_kind_leaves_its_page_alone(indent: str, source: str) -> None:
    woven, _, _ = shown(display({"text/html": f"<div>{source}"}))
    assert stands_alone(rendered(woven, indent))


@given(source=TEXTS)
def test_markdown_of_any_kind_leaves_its_page_alone(source: str) -> None:
    woven, _, _ = shown(display({"text/markdown": source}))
    assert stands_alone(rendered(woven))


@given(source=st.text("\\{}$ ab^_&frac\nlet<", max_size=60))
def test_formula_is_shown_or_told(source: str) -> None:
    woven, _, problems = shown(display({"text/latex": source, "text/plain": "<IPython.core.display.Latex object>"}))
    assert bool(woven) != (problems == ["unshown-output"])
    assert stands_alone(rendered(woven))


def test_ids_of_two_outputs_never_meet() -> None:
    source = (
        '<style>#a:hover > i, .x { fill: url(#a) }</style><i id="a"></i><label for="a"></label><a href="#a #b">x</a>'
    )
    one, other = (markup.read(source, prefix, 9).html for prefix in ("p", "q"))
    assert 'id="p-a"' in one
    assert 'for="p-a"' in one
    assert ".p #p-a:hover > i, .p .x { fill: url(#p-a) }" in one
    assert one.replace("p-a", "q-a").replace(".p ", ".q ").replace('"p"', '"q"') == other


@pytest.mark.parametrize(
    "source",
    [
        '<script src="https://shop.test/a.js"></script>',
        '<script>load("https://cdn.shop.test/lamp@6")</script>',
        '<link rel="stylesheet" href="//shop.test/a.css">',
        '<img srcset="https://shop.test/a.png 2x">',
        '<p style="background: url(https://shop.test/a.png)">x</p>',
        "<style>@font-face { src: url('https://shop.test/a.woff') }</style><p>x</p>",
        '<iframe srcdoc="&lt;img src=&quot;https://shop.test/a.png&quot;&gt;"></iframe>',
        '<iframe src="data:text/html;base64,PGltZyBzcmM9Imh0dHBzOi8vc2hvcC50ZXN0L2EiPg=="></iframe>',
    ],
)
def test_output_that_asks_another_host_is_a_problem(source: str) -> None:
    woven, assets, problems = shown(display({"text/html": source, "text/plain": "<IPython.core.display.HTML object>"}))
    assert (woven, assets, problems) == ("", [], ["outside-request"])


def test_link_to_another_host_is_none() -> None:
    assert shown(display({"text/html": '<a href="https://shop.test">shop</a>'}))[2] == []


def test_object_that_has_no_other_form_is_shown_as_python_prints_it() -> None:
    woven, _, problems = shown(display({"text/plain": "<__main__.Lamp object at 0x7f0000000000>"}))
    assert "Lamp object" in woven
    assert problems == []


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Asset:
    """Stands for the script of a Python package."""
    script = Asset("assets/labguide/lamp-1.min.js", b"lamp()")
    monkeypatch.setattr(frames, "packaged", lambda *_: script)
    monkeypatch.setattr(frames, "_vega_bundle", lambda: script)
    monkeypatch.setattr(frames.importlib.metadata, "version", lambda _: "3.9.2")
    return script


VEGA = {"mark": "bar", "data": {"values": [{"a": 1}]}, "title": "</script><!--"}
ALTAIR = 'x<div id="v"></div><script>(function(spec){ vegaEmbed("#v", spec) })({"mark": "bar"}, {"mode": "vega-lite"});'
BOKEH = (
    display({"text/html": '<div id="b" data-root-id="p1"></div>'}),
    display({"application/javascript": 'x={"d":{"version":"3.9.2"}}', "application/vnd.bokehjs_exec.v0+json": ""}),
)


@pytest.mark.parametrize(
    ("found", "within"),
    [
        ([display({"application/vnd.plotly.v1+json": {"data": [{"type": "bar"}], "layout": {}}})], "Plotly.newPlot("),
        ([display({"application/vnd.vegalite.v5+json": VEGA, "text/plain": "alt.Chart(...)"})], '"mode": "vega-lite"'),
        ([display({"text/html": ALTAIR, "text/plain": "alt.Chart(...)"})], '{"mark": "bar"}'),
        (BOKEH, 'data-root-id="p1"'),
    ],
)
def test_figure_is_drawn_in_a_frame_by_a_script_of_the_site(library: Asset, found: Any, within: str) -> None:
    woven, assets, problems = shown(*found)
    assert problems == []
    assert woven == "[Interactive figure](recorded/lamp/cell-1.html){.recorded-frame}"
    page = next(asset for asset in assets if asset.path == "recorded/lamp/cell-1.html").content.decode()
    assert library in assets
    assert '<script src="../../assets/labguide/lamp-1.min.js"></script>' in page
    assert within in page
    assert page.count("</script>") == page.count("<script")


def test_html_gets_the_library_that_an_earlier_output_loaded(library: Asset) -> None:
    source = '<div class="plotly-graph-div" id="g"></div><script>Plotly.newPlot("g", [])</script>'
    _, assets, problems = shown(display({"text/html": source}))
    assert library in assets
    assert problems == []


def test_script_that_needs_jupyter_is_a_problem() -> None:
    source = '<div id="g"></div><script>require(["plotly"], (plotly) => plotly.newPlot("g"))</script>'
    assert shown(display({"text/html": source}))[2] == ["unshown-output"]


def test_figure_whose_package_is_not_here_is_a_problem() -> None:
    with pytest.raises(CannotShowError, match="comes with nopackage"):
        frames.packaged("nopackage", "nopackage.js")


def test_message_that_bokeh_loads_is_not_shown() -> None:
    logo = display({"text/html": '<a class="bk-notebook-logo"></a><span>Loading BokehJS ...</span>'})
    loads = display({"application/javascript": "x", "application/vnd.bokehjs_load.v0+json": "x"})
    assert shown(logo, loads) == ("", [], [])


def test_large_picture_is_shown_smaller_and_offered_whole() -> None:
    written = io.BytesIO()
    Image.new("RGB", (4000, 2000)).save(written, "png")
    content = base64.b64encode(written.getvalue()).decode()
    woven, (small, whole), _ = shown(display({"image/png": content}))
    assert Image.open(io.BytesIO(small.content)).size == (1600, 800)
    assert whole == Asset("recorded/lamp/cell-1-full.png", written.getvalue())
    assert "4000 × 2000](recorded/lamp/cell-1-full.png)" in woven


@pytest.mark.parametrize("content", ["", "no base64 at all", base64.b64encode(b"no picture").decode()])
def test_broken_picture_never_ends_the_build(content: str) -> None:
    shown(display({"image/png": content}))


def test_long_line_is_cut() -> None:
    woven, (rest,), _ = shown(printed("x" * 100_000))
    assert len(woven) < 41_000
    assert "60,000 more characters" in woven
    assert rest.content == b"x" * 100_000 + b"\n"


def test_more_outputs_than_a_page_can_hold_are_a_problem() -> None:
    woven, _, problems = shown(*(display({"text/plain": "lamp" * 5000}) for _ in range(100)))
    assert problems == ["too-much-output"]
    assert len(woven) < 500_000
