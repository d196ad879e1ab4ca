"""Pages of one language are rendered beside the next: seen from outside, in commands of their own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
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


ALONE = "from labguide.hosts.mkdocs import background; background.is_possible = lambda config: False"
WITHOUT_ROOM = "import os\ndef fork(): raise BlockingIOError\nos.fork = fork"
TELLS_CHILDREN = "import atexit, psutil; atexit.register(lambda: print(psutil.Process().children()))"
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
def test_the_site_is_the_same_byte_for_byte_also_without_room_for_another_process(workshop: Workshop) -> None:
    workshop.write("overrides/main.html", MAIN.replace("PROCESS", "{{ page.url }}"))
    sites = []
    for before in (ALONE, "", WITHOUT_ROOM):
        assert workshop.build(before).returncode == 0
        sites.append(workshop.site())
    assert sites[1] == sites[0]
    assert sites[2] == sites[0]


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
    done = workshop.build(TELLS_CHILDREN)
    assert done.returncode == 1
    assert done.stdout.strip().endswith("[]")


@linux
def test_a_thread_that_begins_in_the_middle_of_a_language_ends_the_rendering_in_other_processes(
    workshop: Workshop,
) -> None:
    begins = f"import os\n\ndef begin():\n    {IN_THREADS}\n    return os.getpid()\n\n"  # at the first page
    workshop.write("hook.py", begins + HOOK.replace("os.getpid", "begin"))
    assert workshop.build().returncode == 0
    assert len(set(workshop.processes())) == 1


@linux
def test_a_plugin_that_reads_the_files_of_a_language_reads_pages(workshop: Workshop) -> None:
    reads = (
        "\nfrom pathlib import Path\n\ndef on_post_build(config, **_):\n"
        "    for path in Path(config.site_dir).rglob('index.html'):\n"
        "        assert '<!doctype html>' in path.read_text('utf-8'), path\n"
    )
    workshop.write("hook.py", HOOK + reads)
    done = workshop.build()
    assert done.returncode == 0, done.stdout + done.stderr


@linux
def test_a_page_that_finds_no_room_on_the_disk_is_told_and_nothing_is_published(workshop: Workshop) -> None:
    full = (
        "import resource\n\ndef fill():\n    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n    return ''\n"
    )
    workshop.write("hook.py", full + HOOK.replace("os.getpid", "fill"))
    fills = MAIN.replace("PROCESS", "{% if page.url == 'one/' %}{{ process() }}{% endif %}")
    workshop.write("overrides/main.html", fills)
    done = workshop.build()
    assert done.returncode == 1
    assert "docs/one.md" in done.stdout + done.stderr
    assert "File too large" in done.stdout + done.stderr
    assert not (workshop.root / "site").exists()


def rendering(workshop: Workshop, *statements: str) -> None:
    """Have a process that renders in the background do something at the page `one`."""
    body = "".join(f"        {each}\n" for each in statements)
    hook = "import os, signal, time\nfrom pathlib import Path\n\nBUILDS = os.getpid()\n\ndef meet():\n"
    workshop.write("hook.py", f"{hook}    if os.getpid() != BUILDS:\n{body}    return ''\n\n" + HOOK[11:])
    workshop.write("hook.py", (workshop.root / "hook.py").read_text("utf-8").replace("= os.getpid\n", "= meet\n"))
    workshop.write(
        "overrides/main.html", MAIN.replace("PROCESS", "{% if 'one/' in page.url %}{{ process() }}{% endif %}")
    )


@linux
def test_when_a_process_that_renders_is_killed_nothing_is_published(workshop: Workshop) -> None:
    rendering(workshop, "os.kill(os.getpid(), signal.SIGKILL)")
    done = workshop.build()
    assert done.returncode == 1
    assert "ended by somebody else" in done.stdout + done.stderr
    assert not (workshop.root / "site").exists()


@linux
def test_who_interrupts_a_build_that_waits_for_a_process_leaves_none(workshop: Workshop) -> None:
    rendering(
        workshop,
        "while not Path('waits').exists(): time.sleep(0.01)",
        "os.kill(BUILDS, signal.SIGINT)",
        "while True: signal.pause()",
    )
    says_when = (
        "from pathlib import Path\nfrom labguide.hosts.mkdocs.background import BackgroundRendering as B\n"
        "wait = B._wait_for_first\nB._wait_for_first = lambda self: (Path('waits').touch(), wait(self))\n"
    )
    done = workshop.build(f"{TELLS_CHILDREN}\n{says_when}")
    assert done.returncode != 0
    assert done.stdout.strip().endswith("[]")
    assert not (workshop.root / "site").exists()


@linux
def test_a_process_that_renders_ends_with_the_one_that_builds_however_that_ends(workshop: Workshop) -> None:
    rendering(
        workshop,
        "Path('process').write_text(str(os.getpid()))",
        "os.kill(BUILDS, signal.SIGKILL)",
        "while True: signal.pause()",
    )
    assert workshop.build().returncode == -signal.SIGKILL
    left = int((workshop.root / "process").read_text("utf-8"))
    while psutil.pid_exists(left):
        if psutil.Process(left).status() == psutil.STATUS_ZOMBIE:  # nobody is here who takes note of its end
            break
