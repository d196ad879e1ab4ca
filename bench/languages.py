"""The fourth part of `make bench`: what a second language costs, in a build and in `labguide l10n status`.

The same tree is built twice: pages, a deck and scripts in English, and then with all of them in zh-TW too, in sync.
Nothing runs: the recordings were made by a build that is not measured. The two are built in turn, several times, and
the fastest counts, since other work on the machine only makes a build slower.

Goal: 1.6 times for a build, by the clock and with two processors free: the pages of the first language are written
while the second one is read. That moves work and does not spare it, so the ratio of CPU seconds is higher; with one
processor, or with a plugin that wants to see finished pages, it holds for the clock too. Goal for the status: 1 s.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from measure import Taken, print_table, taken

TOOLS = Path(sys.executable).parent
RUN = [str(TOOLS / "labguide"), "run"]
BUILD = [str(TOOLS / "labguide"), "build", "--frozen"]
SYNC = [str(TOOLS / "labguide"), "l10n", "sync", "--all"]
STATUS = [str(TOOLS / "labguide"), "l10n", "status"]
PAGES_OF_A_SECTION = 10
SCRIPTS = 20
MKDOCS = """\
site_name: Bench
theme:
  name: material
  font: false
  features: [navigation.sections, navigation.footer]
plugins: [search{i18n}, labguide: {{}}]
markdown_extensions:
  - admonition
  - attr_list
  - tables
  - toc: {{permalink: true}}
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: {{alternate_style: true}}
nav:
  - index.md
"""
I18N = """, i18n: {docs_structure: suffix, reconfigure_search: false, languages: [\
{locale: en, name: English, default: true, build: true}, {locale: zh-TW, name: 繁體中文, build: true}]}"""
ENGLISH = (
    "A training job reads its data from a bucket, and writes the model back to it when it has ended.",
    "Delete the endpoint when you are done, because it costs money for as long as it stands.",
    "The role says what the job may do, and nothing else that your account could do is allowed to it.",
)
CHINESE = (
    "訓練工作會從儲存貯體讀取資料，結束時再把模型寫回去。",
    "端點只要還在就會計費，所以用完後請記得刪除。",
    "角色決定這個工作可以做什麼，帳號裡的其他權限一概不給。",
)


@dataclass(frozen=True)
class Words:
    """What pages of one language say."""

    suffix: str
    title: str
    part: str
    sentences: tuple[str, ...]
    note: str


LANGUAGES = (
    Words("", "Lesson {}", "Step {} of lesson {}", ENGLISH, "Mind the price"),
    Words(".zh-TW", "第 {} 課", "第 {1} 課的步驟 {0}", CHINESE, "注意費用"),
)


def write(folder: Path, pages: int, languages: int) -> None:
    """A project of this many lessons, in the first one or two languages."""
    _write(folder / "mkdocs.yml", MKDOCS.format(i18n=I18N if languages > 1 else "") + "".join(_nav(pages)))
    for number in range(SCRIPTS):
        _write(folder / f"snippets/script-{number:02}.py", _script(number))
    for words in LANGUAGES[:languages]:
        _write(folder / f"docs/index{words.suffix}.md", f"# {words.title.format(0)} {{#start}}\n")
        _write(folder / f"slides/deck{words.suffix}.md", "\n---\n\n".join(_parts(words, 0)))
        for number in range(pages):
            title = f"# {words.title.format(number)} {{#lesson}}\n\n{words.sentences[0]}\n\n"
            _write(folder / _path(number, words.suffix), title + "".join(_parts(words, number)))


def _nav(pages: int) -> Iterator[str]:
    for number in range(pages):
        if number % PAGES_OF_A_SECTION == 0:
            yield f"  - Part {number // PAGES_OF_A_SECTION}:\n"
        yield f"      - {_path(number, '').removeprefix('docs/')}\n"


def _path(number: int, suffix: str) -> str:
    return f"docs/part-{number // PAGES_OF_A_SECTION:02}/lesson-{number:03}{suffix}.md"


def _script(number: int) -> str:
    cell = '# %% name="step-{0}"\nfor n in range({1}, {2}):\n    print(n, n * {0})\n'
    return "\n".join(cell.format(step, number, number + 3) for step in range(5))


def _parts(words: Words, number: int) -> Iterator[str]:
    """Five sections as lessons have them: sentences, a list, a quote, a note, a table."""
    for step in range(5):
        heading = f"## {words.part.format(step, number)} {{#step-{step}}}\n\n"
        sentences = " ".join(words.sentences[(step + each) % 3] for each in range(3))
        items = "".join(f"- {sentence}\n" for sentence in words.sentences)
        quote = f"```{{cell}} script-{number % SCRIPTS:02}#step-{step}\n```\n"
        note = f'!!! note "{words.note}"\n    {words.sentences[step % 3]}\n'
        table = f"| `{number}` | {words.note} |\n|---|---|\n| {step} | {words.sentences[1]} |\n"
        yield f"{heading}{sentences}\n\n{items}\n{quote}\n{note}\n{table}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@click.command()
@click.option("--pages", default=500, show_default=True, help="Lessons in each language.")
@click.option("--times", default=3, show_default=True, help="How often each is built.")
def main(pages: int, times: int) -> None:
    """Measure what a second language costs."""
    with TemporaryDirectory(prefix="bench-") as name:
        one, two = Path(name) / "one", Path(name) / "two"
        write(one, pages, 1)
        write(two, pages, 2)
        click.echo("The scripts run once ...", err=True)
        taken("labguide", RUN, one)
        shutil.copytree(one / "recordings", two / "recordings")
        taken("labguide", SYNC, two)
        built = [(_build(one), _build(two)) for _ in range(times)]
        in_one, in_two = (min(each, key=lambda each: each.wall) for each in zip(*built, strict=True))
        print_table(f"{pages} pages, nothing runs", [("one language", in_one), ("two languages", in_two)])
        status = [taken("status", STATUS, two) for _ in range(times)]
        rows = [("two languages", min(status, key=lambda each: each.wall))]
        print_table(f"labguide l10n status, {pages} pages", rows)


def _build(folder: Path) -> Taken:
    click.echo(f"{folder.name}: building ...", err=True)
    return taken("labguide", BUILD, folder)


if __name__ == "__main__":
    main()
