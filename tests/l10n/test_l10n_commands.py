"""`labguide l10n` as a translator calls it, in a real project with real git, and what its marks leave on the site."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from translated import PAGE, TRANSLATION, Guide, guide

from labguide.cli.commands import cli

CONFIG = """\
site_name: A guide
use_directory_urls: false
theme: {name: material, font: false}
plugins:
  - search
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true, build: true}
        - {locale: zh-TW, name: 繁體中文, build: true}
  - labguide: {unrun_code: [{languages: [bash], show: true}]}
markdown_extensions: [attr_list, pymdownx.superfences, toc]
"""
LOOK = """\
docs/buckets.zh-TW.md:19: STALE #look: the source has changed since
--- en, what changed since {mark}
## Look at it {{#look}}

It is [-empty-]{{+full+}}.

--- zh-TW, today
## 看看它 {{#look}}

它是空的。

When the translation says the same, this is its mark: <!-- en:{now} -->

"""


@pytest.fixture
def project(tmp_path: Path) -> Guide:
    made = guide(tmp_path / "guide")
    made.write("mkdocs.yml", CONFIG)
    made.write("docs/index.md", "# Home {#home}\n\nWelcome.\n")
    made.write("docs/index.zh-TW.md", "# 首頁 {#home}\n\n歡迎。\n")
    made.write("slides/talk.md", "# Talk {#talk}\n\n---\n\n## End {#end}\n\nBye.\n\nNotes:\nWave.\n")
    made.write("slides/talk.zh-TW.md", "# 演講 {#talk}\n\n---\n\n## 結束 {#end}\n\n再見。\n\nNotes:\n揮手。\n")
    made.sync("docs/index.md")
    made.sync("slides/talk.md")
    made.commit("A project")
    return made


def said(project: Guide, *arguments: str, folder: str = ".") -> tuple[int, str, str]:
    with chdir(project.project.root / folder):
        done = CliRunner().invoke(cli, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_status_is_a_line_for_each_page_and_one_for_each_section_that_is_not_ok(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    project.write("docs/more.md", "# More {#more}\n")
    assert said(project, "l10n", "status") == (
        0,
        "language  sections  page\n"
        "zh-TW     1         docs/index.zh-TW.md    1 OK\n"
        "zh-TW     4         docs/buckets.zh-TW.md  3 OK, 1 STALE\n"
        "  docs/buckets.zh-TW.md:19: STALE #look: the source has changed since\n"
        "zh-TW     1         docs/more.zh-TW.md     1 UNTRANSLATED\n"
        "zh-TW     2         slides/talk.zh-TW.md   2 OK\n"
        "\n"
        "zh-TW: 8 sections: 6 OK, 1 STALE, 1 UNTRANSLATED\n",
        "",
    )


def test_strict_status_fails_unless_every_section_is_ok(project: Guide) -> None:
    assert said(project, "l10n", "status", "--strict")[0] == 0
    project.edit(PAGE, "It is empty.", "It is full.")
    assert said(project, "l10n", "status", "--strict")[0] == 1


def test_status_tells_bad_marks_at_their_lines(project: Guide) -> None:
    project.edit(TRANSLATION, "它是空的。", "<!-- en:0123 -->\n它是空的。")
    code, _, err = said(project, "l10n", "status", "--strict")
    assert code == 1
    assert err.startswith("docs/buckets.zh-TW.md:22: this looks like the mark of a translation and is none; ")


def test_status_as_json_has_every_section_with_both_its_lines(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    answer = json.loads(said(project, "l10n", "status", "--json", "--language", "zh-TW")[1])
    assert (answer["format"], answer["source"], answer["languages"]) == ("labguide-l10n-1", "en", ["zh-TW"])
    (page,) = (each for each in answer["pages"] if each["source"] == PAGE)
    look = page["sections"][2]
    assert (look["id"], look["state"], look["source"]["line"], look["translation"]["line"]) == ("look", "STALE", 18, 19)
    assert look["made_from"] != look["hash"]


def test_a_language_that_is_not_there_is_wrong_use(project: Guide) -> None:
    code, _, err = said(project, "l10n", "status", "--language", "zh-tw")
    assert (code, 'did you mean "zh-TW"?' in err) == (2, True)


def test_diff_shows_the_words_that_changed_and_the_mark_to_paste(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    standing = project.standing("look")
    expected = LOOK.format(mark=standing.translation.mark.hash, now=standing.source.hash)  # type: ignore[union-attr]
    assert said(project, "l10n", "diff", TRANSLATION) == (0, expected, "")


def test_diff_takes_either_path_and_the_page_s_name_from_any_folder(project: Guide) -> None:
    answers = {
        said(project, "l10n", "diff", name, "look", *project_option, folder=folder)[1]
        for name, folder, project_option in (
            (PAGE, ".", ()),
            ("buckets", ".", ()),
            ("buckets.md", "docs", ("--project", "..")),
            ("buckets.zh-TW.md", "docs", ("--project", "..")),
        )
    }
    assert len(answers) == 1
    assert "It is empty." in answers.pop()


def test_diff_without_a_history_shows_the_whole_text_and_says_why(project: Guide, tmp_path: Path) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    project.commit("Edit")
    project.git("clone", "-q", "--depth", "1", project.project.root.as_uri(), str(tmp_path / "shallow"))
    out = said(Guide(tmp_path / "shallow"), "l10n", "diff", PAGE)[1]
    assert "--- en, today; what it was is not known: this clone has only the last commits\n## Look at it" in out


def test_sync_refuses_what_was_not_revised_and_syncs_it_once_it_was(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    code, out, err = said(project, "l10n", "sync", PAGE, "look")
    assert (code, out) == (1, "")
    assert err == (
        "docs/buckets.zh-TW.md:19: #look is not synced: the source has changed, and the translation has not since; "
        "see `labguide l10n diff docs/buckets.md look`, then say --reviewed\n"
    )
    project.edit(TRANSLATION, "它是空的。", "它是滿的。")
    assert said(project, "l10n", "sync", PAGE, "#look") == (0, "docs/buckets.zh-TW.md: 1 section synced\n", "")
    assert project.not_ok() == {}


def test_a_reviewed_section_is_synced_though_nobody_changed_it(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It's empty.")
    assert said(project, "l10n", "sync", PAGE, "look", "--reviewed")[0] == 0
    assert project.not_ok() == {}


def test_sync_of_all_syncs_what_it_can_and_fails_for_the_rest(project: Guide) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    project.edit(PAGE, "It costs money.", "It costs a lot.")
    project.edit(TRANSLATION, "它要花錢。", "它很貴。")
    assert said(project, "l10n", "sync", "--all")[0] == 1
    assert project.not_ok() == {"look": "STALE"}


def test_sync_asks_which_sections_are_meant(project: Guide) -> None:
    assert said(project, "l10n", "sync", PAGE)[0] == 2
    code, _, err = said(project, "l10n", "sync", PAGE, "loko")
    assert (code, 'did you mean "look"?' in err) == (2, True)


def test_new_writes_a_page_that_sync_then_holds_to_be_translated(project: Guide) -> None:
    project.write("docs/more.md", "# More {#more}\n\nText.\n")
    code, out, _ = said(project, "l10n", "new", "docs/more.md", "zh-TW")
    assert (code, out.split("\n")[0]) == (0, "docs/more.zh-TW.md: 1 section to translate")
    assert "docs/more.zh-TW.md:1: UNSYNCED #more: not translated yet\n" in said(project, "l10n", "status")[1]
    assert said(project, "l10n", "sync", "docs/more.md", "more")[0] == 1
    project.write(
        "docs/more.zh-TW.md", project.read("docs/more.zh-TW.md").replace("# More", "# 更多").replace("Text.", "字")
    )
    assert said(project, "l10n", "sync", "docs/more.md", "more")[0] == 0
    assert project.not_ok("docs/more.md") == {}
    assert said(project, "l10n", "new", "docs/more.md", "zh-TW")[1] == "docs/more.zh-TW.md: nothing is missing\n"


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["student", "instructor"])
def test_no_mark_is_in_any_byte_of_the_site(project: Guide, edition: str) -> None:
    project.edit(PAGE, "It is empty.", "It is full.")
    assert project.read(TRANSLATION).count("<!-- en:") == 4
    assert said(project, "build", "--edition", edition)[0] == 0
    site = project.project.root / ("site" if edition == "student" else "site-instructor")
    for_translators = site / "translations.zh-TW.html"  # it shows marks to paste
    files = [path for path in site.rglob("*") if path.is_file() and path != for_translators]
    assert (site / "slides/talk.zh-TW.html") in files
    assert [path for path in files if re.search(rb"<!-- ?en:|en:[0-9a-f]{12}", path.read_bytes())] == []


# ---- Two at once ----


def test_translators_who_sync_at_once_lose_no_mark(project: Guide) -> None:
    keys = ("buckets", "create", "look", "delete")
    for key in keys:
        project.edit(PAGE, f"{{#{key}}}", f"again {{#{key}}}")
    labguide = Path(sys.executable).parent / "labguide"
    command = [labguide, "l10n", "sync", "--project", project.project.root, "--reviewed", PAGE]
    for begun in [subprocess.Popen([*command, key], stdout=subprocess.DEVNULL) for key in keys]:
        assert begun.wait() == 0
    assert project.not_ok() == {}


def test_section_that_a_merge_left_unfinished_is_not_synced_whoever_reviewed_it(project: Guide) -> None:
    for branch, words in (("one", "它是滿的。"), ("other", "它滿了。")):
        project.git("checkout", "-q", "-b", branch, "main")
        project.edit(TRANSLATION, "它是空的。", words)
        project.commit()
    project.git("merge", "one", fails=True)
    written = project.read(TRANSLATION)
    assert "<<<<<<< HEAD" in written
    told = CliRunner().invoke(cli, ["l10n", "sync", "--project", str(project.project.root), PAGE, "look", "--reviewed"])
    assert told.exit_code == 1
    assert "docs/buckets.zh-TW.md:19: #look is not synced: line 22 is from a merge that is not finished" in told.stderr
    assert project.read(TRANSLATION) == written


def test_section_is_told_by_the_id_that_sync_knows(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("mkdocs.yml", CONFIG)
    made.write("docs/index.md", "# Home\n\nWelcome.\n\n## More\n\nMore.\n")
    made.write("docs/index.zh-TW.md", "# 首頁\n\n歡迎。\n\n## 更多\n\n更多。\n")
    told = CliRunner().invoke(cli, ["l10n", "status", "--project", str(tmp_path)])
    assert "UNSYNCED #more:" in told.stdout
    done = CliRunner().invoke(cli, ["l10n", "sync", "--project", str(tmp_path), "docs/index.md", "more"])
    assert done.exit_code == 0, done.output
