"""A small course with an instructor's part of every form, built by real MkDocs without any cloud."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from case_project import NoCloud, Seen
from labguide import l10n, running, site
from labguide.hosts import mkdocs
from labguide.l10n import editing
from labguide.l10n.quoted import Quoted
from labguide.model import Edition
from labguide.problems import CannotBuildError, Problems

CONFIG = """\
site_name: A course
theme: {{name: material, font: false}}
use_directory_urls: false
{nav}plugins:
  - search
{languages}{plugins}  - labguide
markdown_extensions:
  - attr_list
  - admonition
  - def_list
  - footnotes
  - md_in_html
  - toc
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.snippets
  - pymdownx.tabbed: {{alternate_style: true}}
"""

LANGUAGES = """\
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true}
        - {locale: zh-TW, name: 繁體中文}
"""


class Course:
    """A course in a folder of its own: write files, `build` an edition, then look at what it published."""

    def __init__(self, root: Path, *, languages: bool = False, nav: str = "", plugins: str = "") -> None:
        self.root, self.found = root, list[str]()
        config = CONFIG.format(nav=nav, languages=LANGUAGES if languages else "", plugins=plugins)
        self.write("mkdocs.yml", config)
        self.write("docs/index.md", "# Home\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def build(self, edition: Edition = "student", *, frozen: bool = False) -> list[str]:
        """Build and publish; what is wrong, each as `path:line kind`."""
        problems = Problems()
        project = mkdocs.open_project(self.root, edition)
        options = running.Options(frozen=frozen)
        try:
            with site.built(project, NoCloud(), options, Seen(), problems) as woven:
                site.publish(woven, lambda *given: mkdocs.render(project, *given), project.site, problems)
        except CannotBuildError:
            assert len(problems)
        self.found = [str(problem) for problem in problems]
        return [f"{problem.place} {problem.kind}" for problem in problems]

    def commit(self) -> None:
        """Keep what is there in a git repository."""
        if not (self.root / ".git").exists():
            self._git("init", "-q")
            self.write(".gitignore", "site*/\n.labguide/\n")
        self._git("add", "-A")
        self._git("-c", "user.name=Author", "-c", "user.email=author@example.com", "commit", "-q", "-m", "Edit")

    def _git(self, *arguments: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True, env=own)

    def sync(self) -> None:
        """Say that all translations say what the English says today."""
        project = mkdocs.open_project(self.root)
        quoted = Quoted(project)
        for page in l10n.status(project, Problems()):
            if page.translation:
                editing.sync(project.root, page, page.standings, quoted)

    def both(self) -> None:
        """Build both editions, which must be without fault."""
        assert self.build() == [], self.found
        assert self.build("instructor", frozen=True) == [], self.found

    def text(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def student(self, path: str) -> str:
        return (self.root / "site" / path).read_text("utf-8")

    def instructor(self, path: str) -> str:
        return (self.root / "site-instructor" / path).read_text("utf-8")

    def notebook(self, path: str, edition: Edition = "student") -> list[str]:
        """The sources of a published notebook's cells."""
        text = self.student(path) if edition == "student" else self.instructor(path)
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
