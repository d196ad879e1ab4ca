"""A guide in two languages in a real git repository, edited by its authors and translators."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from labguide import l10n
from labguide.l10n import editing
from labguide.l10n.history import Past
from labguide.l10n.model import Page, Standing
from labguide.l10n.quoted import Quoted
from labguide.model import Project
from labguide.problems import Problems

ENGLISH = """\
---
description: A bucket to begin with
---

# Buckets {#buckets}

Nobody knows why.

## Create a bucket {#create}

Choose a region
near you.

```bash
aws s3 mb s3://mine
```

## Look at it {#look}

It is empty.

## Delete it {#delete}

It costs money.
"""

CHINESE = """\
---
description: 從儲存貯體開始
---

# 儲存貯體 {#buckets}

沒有人知道為什麼。

## 建立儲存貯體 {#create}

選擇離你近的區域。

```bash
aws s3 mb s3://mine
```

## 看看它 {#look}

它是空的。

## 刪除它 {#delete}

它要花錢。
"""

PAGE, TRANSLATION = "docs/buckets.md", "docs/buckets.zh-TW.md"

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "Author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Guide:
    """A project in a folder."""

    def __init__(self, root: Path, languages: Sequence[str] = ("en", "zh-TW")) -> None:
        self.project = Project(root, tuple(languages))
        self.problems = Problems()

    def write(self, path: str, text: str | bytes) -> None:
        file = self.project.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> str:
        return (self.project.root / path).read_bytes().decode()

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) == 1, (old, text)
        self.write(path, text.replace(old, new))

    def git(self, *arguments: str, fails: bool = False) -> str:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **_IDENTITY,
        }
        done = subprocess.run(
            ["git", "-C", str(self.project.root), *arguments],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert fails or not done.returncode, done.stdout + done.stderr
        return done.stdout

    def commit(self, message: str = "Edit") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    # ---- What labguide says ----

    def pages(self) -> tuple[Page, ...]:
        self.problems = Problems()
        return l10n.status(self.project, self.problems)

    def page(self, source: str = PAGE, language: str = "zh-TW") -> Page:
        (found,) = (page for page in self.pages() if page.source.path == source and page.language == language)
        return found

    def states(self, source: str = PAGE, language: str = "zh-TW") -> dict[str, str]:
        return {each.key: str(each.state) for each in self.page(source, language).standings}

    def not_ok(self, source: str = PAGE, language: str = "zh-TW") -> dict[str, str]:
        return {key: state for key, state in self.states(source, language).items() if state != "OK"}

    def standing(self, key: str, source: str = PAGE) -> Standing:
        (found,) = (each for each in self.page(source).standings if each.key == key)
        return found

    @property
    def past(self) -> Past:
        return Past(self.project.root)

    @property
    def told(self) -> list[str]:
        return [str(problem) for problem in self.problems]

    # ---- What a translator says ----

    def sync(self, source: str = PAGE, *keys: str, language: str = "zh-TW") -> None:
        """Say that sections are in sync, all if none is named, whatever anybody thinks of it."""
        page = self.page(source, language)
        wanted = [each for each in page.standings if not keys or each.key in keys]
        editing.sync(self.project.root, page, wanted, Quoted(self.project))

    def refusal(self, key: str, source: str = PAGE, *, named: bool = True) -> str:
        """Why a section would not be synced; empty if it would."""
        page = self.page(source)
        (standing,) = (each for each in page.standings if each.key == key)
        found = editing.refusal(standing, page, self.past, named=named)
        return found.why if found else ""


def guide(root: Path) -> Guide:
    """A guide of one page, translated and in sync, committed."""
    made = Guide(root)
    root.mkdir(parents=True, exist_ok=True)
    made.git("init", "-q", "-b", "main")
    made.write(PAGE, ENGLISH)
    made.write(TRANSLATION, CHINESE)
    made.sync()
    made.commit("Begin")
    return made
