"""What draws formulas and diagrams: published only where it is needed, and never asked of another host."""

from __future__ import annotations

import re

import pytest

from labguide import drawing


@pytest.mark.parametrize(
    ("html", "libraries"),
    [
        ('<p><span class="arithmatex">\\(x\\)</span></p>', {"katex"}),
        ('<pre class="mermaid"><code>flowchart</code></pre>', {"mermaid"}),
        ('<pre id="a" class="mermaid">flowchart</pre>', {"mermaid"}),
        ('<div class="labguide-diagram">flowchart</div>', {"mermaid"}),
        ("<p>arithmatex and mermaid</p>", set()),
        ("<pre><code>&lt;pre class=&quot;mermaid&quot;&gt;</code></pre>", set()),
    ],
)
def test_library_is_needed_where_it_draws_something(html: str, libraries: set[str]) -> None:
    assert drawing.needed(html) == libraries


@pytest.mark.parametrize("inner", ["<code>a --&gt; b\n</code>", "a --&gt; b\n"])
def test_theme_does_not_take_a_diagram_for_its_own(inner: str) -> None:
    html = drawing.neutral(f'<p>x</p>\n<pre class="mermaid">{inner}</pre>')
    assert html == '<p>x</p>\n<div class="labguide-diagram">a --&gt; b\n</div>'
    assert drawing.needed(html) == {"mermaid"}


def test_each_library_comes_with_its_licence() -> None:
    files = drawing.files(frozenset({"katex", "mermaid"}))
    assert b"MIT" in files["assets/drawing/katex/LICENSE"]
    assert b"MIT" in files["assets/drawing/mermaid/LICENSE"]


def test_style_of_formulas_names_only_fonts_that_are_published() -> None:
    files = drawing.files(frozenset({"katex"}))
    named = re.findall(r"url\(([^)]+)\)", files["assets/drawing/katex/katex.min.css"].decode())
    assert {f"assets/drawing/katex/{name}" for name in named} <= set(files)
    assert len(named) == 20


def test_nothing_is_published_for_a_site_that_draws_nothing() -> None:
    assert drawing.files(frozenset()) == {}
