"""Formulas, diagrams and columns on pages, built by real MkDocs and looked at in a real browser, from the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs_project import Built
from playwright.sync_api import Browser, expect

from browser import browser, watch

__all__ = ["browser"]

MORE = """\
use_directory_urls: false
"""
EXTENSIONS = """\
markdown_extensions:
  - attr_list
  - md_in_html
  - pymdownx.arithmatex: {generic: true}
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid, format: !!python/name:pymdownx.superfences.fence_code_format }
"""
PAGE = """\
# Drawn

Loss: \\(L = -\\log p\\)

```mermaid
flowchart LR
    A[Data] --> B[Model]
```

<div class="columns" markdown>
<div markdown>One</div>
<div markdown>Two</div>
</div>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one page that shows a formula and a diagram, and one that shows none."""
    built = Built(tmp_path_factory.mktemp("drawn"), more=MORE)
    config = (built.root / "mkdocs.yml").read_text("utf-8")
    kept = [line for line in config.splitlines() if not line.startswith("markdown_extensions")]
    built.write("mkdocs.yml", "\n".join([*kept, EXTENSIONS]))
    built.write("docs/drawn.md", PAGE)
    assert built.build() == []
    return built.root / "site"


def test_page_draws_without_asking_another_host(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    complaints = watch(page)
    page.goto((site / "drawn.html").as_uri())
    expect(page.locator(".katex-html")).to_have_count(1)
    expect(page.get_by_role("img", name="Data, Model")).to_be_visible()
    assert complaints == []


def test_diagram_on_a_page_is_drawn_anew_in_the_dark(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "drawn.html").as_uri())
    expect(page.get_by_role("img", name="Data, Model")).to_be_visible()
    fill = "getComputedStyle(document.querySelector('.labguide-diagram .node rect')).fill"
    before = page.evaluate(fill)
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    page.wait_for_function(f"document.querySelector('.labguide-diagram .node rect') && {fill} !== '{before}'")


def test_columns_stand_beside_each_other(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "drawn.html").as_uri())
    tops = page.evaluate("[...document.querySelectorAll('.columns > div')].map((it) => it.getBoundingClientRect().top)")
    assert len(set(tops)) == 1


def test_libraries_are_published_once(site: Path) -> None:
    published = {path.relative_to(site).as_posix() for path in site.rglob("*.min.js") if "drawing" in path.parts}
    assert published == {"assets/drawing/katex/katex.min.js", "assets/drawing/mermaid/mermaid.min.js"}
