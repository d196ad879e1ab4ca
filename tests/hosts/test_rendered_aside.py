"""Pages of one language are rendered beside the next: seen from outside, in commands of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
site_name: A workshop
theme: {name: material, font: false, custom_dir: overrides}
hooks: [hook.py]
plugins:
  - search
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true}
        - {locale: zh-TW, name: 繁體中文}
        - {locale: ja, name: 日本語}
  - labguide
markdown_extensions: [attr_list, pymdownx.superfences]
"""
HOOK = "import os\n\ndef on_env(env, **_):\n    env.globals['process'] = os.getpid\n    return env\n"
SEES_PAGES = "\ndef on_post_page(output, **_):\n    return output.replace('</title>', ' seen</title>')\n"
MAIN = '{% extends "base.html" %}{% block htmltitle %}<title>process PROCESS</title>{% endblock %}'


class Workshop:
    """Three pages in three languages, one of them not translated."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("mkdocs.yml", CONFIG)
        self.write("hook.py", HOOK)
        self.write("overrides/main.html", MAIN.replace("PROCESS", "{{ process() }}"))
        for suffix in ("", ".zh-TW", ".ja"):
            self.write(f"docs/index{suffix}.md", "# Home {#home}\n\n[one](one.md)\n")
            self.write(f"docs/one{suffix}.md", "# One {#one}\n\n``` {.python .illustration}\nx = 1\n```\n")
        self.write("docs/two.md", "# Two {#two}\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def build(self, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run `labguide build --frozen` in a process that has done `before`."""
        program = (
            f"import sys\n{before}\nfrom labguide.cli import main\nsys.argv = ['labguide', 'build', '--frozen']\nmain()"
        )
        command = [sys.executable, "-c", program]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def processes(self) -> list[str]:
        """Which process rendered the first page of each language."""
        pages = [self.root / "site" / folder / "one" / "index.html" for folder in ("", "zh-TW", "ja")]
        return [re.findall(r"<title>process (\d+)", page.read_text("utf-8"))[0] for page in pages]

    def site(self) -> dict[str, bytes]:
        """All that was published."""
        return {str(path.relative_to(self.root)): path.read_bytes() for path in self._files()}

    def _files(self) -> list[Path]:
        return sorted(path for path in (self.root / "site").rglob("*") if path.is_file())


ALONE = "from labguide.hosts.mkdocs import aside; aside.is_possible = lambda config: False"
IN_THREADS = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all pages are rendered by one process")


@linux
def test_each_language_but_the_last_is_rendered_in_a_process_of_its_own(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = workshop.build("import os; os.sched_getaffinity = lambda _: {0, 1, 2}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(set(workshop.processes())) == 3


@linux
def test_the_site_is_the_same_byte_for_byte(workshop: Workshop) -> None:
    workshop.write("overrides/main.html", MAIN.replace("PROCESS", "{{ page.url }}"))
    assert workshop.build().returncode == 0
    beside = workshop.site()
    assert workshop.build(ALONE).returncode == 0
    assert beside == workshop.site()


@linux
def test_beside_another_thread_all_pages_are_rendered_in_one_process(workshop: Workshop) -> None:
    assert workshop.build(IN_THREADS).returncode == 0
    assert len(set(workshop.processes())) == 1


@linux
def test_a_plugin_that_wants_to_see_finished_pages_sees_them(workshop: Workshop) -> None:
    workshop.write("hook.py", HOOK + SEES_PAGES)
    assert workshop.build().returncode == 0
    assert len(set(workshop.processes())) == 1
    titles = [b"seen</title>" in content for path, content in workshop.site().items() if path.endswith("index.html")]
    assert titles
    assert all(titles)


@linux
def test_a_template_that_fails_beside_is_told_as_one_that_fails_in_turn(workshop: Workshop) -> None:
    workshop.write("overrides/main.html", MAIN.replace("PROCESS", "{% if page.url == 'one/' %}{{ 1 / 0 }}{% endif %}"))
    beside, alone = workshop.build(), workshop.build(ALONE)
    assert "docs/one.md" in beside.stdout + beside.stderr
    assert "ZeroDivisionError" in beside.stdout + beside.stderr
    assert (beside.returncode, beside.stdout, beside.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert not (workshop.root / "site").exists()


@linux
def test_no_process_is_left_when_a_later_language_cannot_be_built(workshop: Workshop) -> None:
    slow = "{% for a in range(3000) %}{% for b in range(3000) %}{% endfor %}{% endfor %}"
    workshop.write("overrides/main.html", MAIN.replace("PROCESS", slow))
    broken = "\ndef on_page_markdown(markdown, page, **_):\n    assert not page.file.src_uri.endswith('.ja.md')\n"
    workshop.write("hook.py", HOOK + broken)
    done = workshop.build("import atexit, psutil; atexit.register(lambda: print(psutil.Process().children()))")
    assert done.returncode == 1
    assert done.stdout.strip().endswith("[]")
