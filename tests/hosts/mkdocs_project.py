"""Small workshops that are built by real MkDocs, in this process and without any cloud."""

from __future__ import annotations

from pathlib import Path

from case_project import NoCloud, Seen
from labguide import running, site
from labguide.hosts import mkdocs
from labguide.model import Edition
from labguide.problems import CannotBuildError, Problems

CONFIG = """\
site_name: A workshop
theme: {{name: material, font: false}}
plugins:
  - search
{plugins}
  - labguide
markdown_extensions: [attr_list, admonition, footnotes, pymdownx.superfences, pymdownx.snippets]
"""

LANGUAGES = """\
  - i18n:
      docs_structure: {structure}
      languages:
        - {{locale: en, name: English, default: true}}
        - {{locale: zh-TW, name: 繁體中文}}
"""

SCRIPT = '# %% name="greet"\nword = "hello"\nprint("one", word)\n'
QUOTE = "```{cell} first#greet\n```\n"


class Built:
    """A workshop in a folder of its own: write files, `build`, then look at `found` and `page`."""

    def __init__(self, root: Path, *, structure: str = "", plugins: str = "", more: str = "") -> None:
        self.root, self.found = root, list[str]()
        self.edition: Edition = "student"
        languages = LANGUAGES.format(structure=structure) if structure else ""
        self.write("mkdocs.yml", CONFIG.format(plugins=languages + plugins) + more)
        self.write("docs/index.md", "# Home\n")
        self.write("snippets/first.py", SCRIPT)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def build(self) -> list[str]:
        """Build and publish; what is wrong, each as `path:line kind`."""
        problems = Problems()
        project = mkdocs.open_project(self.root, self.edition)
        try:
            with site.built(project, NoCloud(), running.Options(), Seen(), problems) as woven:
                site.publish(woven, lambda *given: mkdocs.render(project, *given), project.site, problems)
        except CannotBuildError:
            assert len(problems)
        return self._told(problems)

    def check(self) -> list[str]:
        """Render although something is wrong, as `labguide check` does, and publish nothing."""
        problems = Problems()
        project = mkdocs.open_project(self.root, self.edition)
        with site.built(project, NoCloud(), running.Options(), Seen(), problems) as woven:
            mkdocs.render(project, woven, self.root / "thrown-away", problems)
        return self._told(problems)

    def _told(self, problems: Problems) -> list[str]:
        self.found = [str(problem) for problem in problems]
        return [f"{problem.place} {problem.kind}" for problem in problems]

    def page(self, path: str) -> str:
        folder = "site" if self.edition == "student" else f"site-{self.edition}"
        return (self.root / folder / path).read_text("utf-8")
