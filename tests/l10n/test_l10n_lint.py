"""What is said of the words of translations: what is wrong for sure, what may be, and what is right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translated import PAGE, TRANSLATION, Guide

from labguide.hosts import mkdocs
from labguide.l10n import status
from labguide.l10n.lint import Findings, check, check_files
from labguide.l10n.lint.reading import masked
from labguide.model import Project
from labguide.problems import Problems

LABGUIDE = Path(sys.executable).parent / "labguide"
REPOSITORY = Path(__file__).parents[2]


def found(guide: Guide) -> Findings:
    return check(guide.project, guide.pages())


def errors(guide: Guide) -> list[str]:
    return [str(problem) for problem in found(guide).errors]


def hints(guide: Guide, kind: str = "") -> list[str]:
    return [str(problem) for problem in found(guide).hints if kind in problem.kind]


def of_text(tmp_path: Path, text: str) -> Findings:
    (tmp_path / "text.md").write_text(text, "utf-8")
    return check_files(Project(tmp_path, ("en", "zh-TW")), [tmp_path / "text.md"], "zh-TW")


# ---- What is wrong for sure ----


def test_a_good_translation_has_nothing_to_tell(buckets: Guide) -> None:
    assert errors(buckets) == []
    assert hints(buckets) == []


def test_a_simplified_word_is_an_error_with_its_place_and_a_better_one(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "它是空的，软件也是。")
    assert errors(buckets) == [
        'docs/buckets.zh-TW.md:22:6: "软件" is usage from elsewhere; '
        'write "軟體", or add "软件" to `allow:` in the glossary [not-taiwan]'
    ]


def test_a_word_that_the_glossary_forbids_is_an_error_with_the_word_to_write(buckets: Guide) -> None:
    buckets.write("glossary.zh-TW.yml", "terms:\n- {en: user, zh: [使用者], prefer: 使用者, forbid: [用戶]}\n")
    buckets.edit(TRANSLATION, "它是空的。", "用戶與租用戶的用戶端")
    assert errors(buckets) == [
        'docs/buckets.zh-TW.md:22:1: "用戶" is forbidden by the glossary, for "user"; write "使用者" [forbidden-term]'
    ]


@pytest.mark.parametrize(
    "word", ["軟件", "網絡", "服務器", "內存", "程序員", "數據庫", "鼠標", "文件夾", "信息", "適用于"]
)
def test_a_word_that_nobody_in_taiwan_writes_is_an_error(tmp_path: Path, word: str) -> None:
    assert [problem.kind for problem in of_text(tmp_path, f"這裡的{word}很好。\n").errors] == ["not-taiwan"]


@pytest.mark.parametrize(
    "text",
    [
        "在新的執行緒內存取檔案",
        "而非我們寫死進程式的話",
        "完整的團隊列表",
        "網域名稱與租用戶名稱，區域名稱",
        "Cargo 能處理很多任務",
        "起始位置即元素的個數組成",
        "微調優先順序",
        "架構建議與結構建立",
        "離線程式與管線程序",
        "大數據、數據機、用戶端",
        "台灣與臺灣，了解與瞭解，秘密與祕密",
        "Xuan Huang (黄玄)",
        "日本語では広告という",
        "[简体中文](../zh/index.md)",
        "國家代碼、列表、函數、導入、腳本、發送",
    ],
)
def test_right_text_has_no_error(tmp_path: Path, text: str) -> None:
    assert list(of_text(tmp_path, f"{text}\n").errors) == []


@pytest.mark.parametrize(
    "text",
    [
        "`软件`",
        "[文](软件.md)",
        "![圖](软件.png)",
        "<https://软件.example/>",
        '<a href="软件">文</a>',
        "<!-- 软件 -->",
        "標題 {#软件 .软件}",
        "{value}`games#软件`",
        "```text\n软件\n```",
        "```js run\n软件\n```",
        "\\(软件\\)",
        "[一]\n\n[一]: 软件.md",
    ],
)
def test_what_is_no_language_is_not_read(tmp_path: Path, text: str) -> None:
    assert list(of_text(tmp_path, f"{text}\n").errors) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\ntitle: 软件\n---\n\n# 好\n", "text.md:2:8"),
        ("---\nlabels:\n  games: 软件\n---\n\n# 好\n", "text.md:3:10"),
        ('!!! note "软件"\n\n    好\n', "text.md:1:11"),
        ("[软件](a.md)\n", "text.md:1:2"),
        ("![软件](a.png)\n", "text.md:1:3"),
        ('<img alt="软件" src="a.png">\n', "text.md:1:11"),
        ("```{cell} a#b\n:title: 软件\n```\n", "text.md:2:9"),
        ('```{.python title="软件"}\n1\n```\n', "text.md:1:20"),
        ("```{.text .illustration}\n软件\n```\n", "text.md:2:1"),
        ("| 一 | 软件 |\n|---|---|\n| 二 | 三 |\n", "text.md:1:7"),
        ("# 好\n\nNotes:\n软件\n", "text.md:4:1"),
    ],
)
def test_all_that_readers_see_is_read(tmp_path: Path, text: str, place: str) -> None:
    assert [str(problem.place) for problem in of_text(tmp_path, text).errors] == [place]


def test_what_stands_beside_pages_is_read_too(buckets: Guide) -> None:
    buckets.write("snippets/prices.zh-TW.yml", "labels:\n  months: 软件\n")
    buckets.write("docs/images/a.zh-TW.svg", '<svg class="软件"><text>软件</text></svg>')
    buckets.write("tools/room/locales/zh-TW.yml", "name: 软件\n")
    buckets.write("mkdocs.yml", "languages:\n- {locale: en, name: 软件}\n- {locale: zh-TW, site_name: 软件}\n")
    places = [str(problem.place) for problem in found(buckets).errors]
    assert places == [
        "docs/images/a.zh-TW.svg:1:23",
        "mkdocs.yml:3:30",
        "snippets/prices.zh-TW.yml:2:11",
        "tools/room/locales/zh-TW.yml:1:7",
    ]


def test_what_the_glossary_allows_is_never_told(buckets: Guide) -> None:
    buckets.write("glossary.zh-TW.yml", "allow: [软件, 數據結構]\nterms:\n- {en: data, zh: [資料], forbid: [數據]}\n")
    buckets.edit(TRANSLATION, "它是空的。", "软件的數據結構，列表")
    assert errors(buckets) == []
    assert len(hints(buckets)) == 1


@given(st.text(alphabet="a `*[](){}<>!#|\\:$軟\n件é.-_\"'", max_size=60))
def test_masking_keeps_every_column(text: str) -> None:
    assert len(masked(text)) == len(text)


# ---- What may be wrong ----


def test_a_word_that_taiwan_has_too_is_a_hint(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "它的列表是空的。")
    assert errors(buckets) == []
    assert hints(buckets, "other-usage")[0].startswith('docs/buckets.zh-TW.md:22:3: "列表" is usage from elsewhere')


@pytest.mark.parametrize("text", ["這是軟\n件的說明。", "> 這是軟\n> 件。", "- 這是軟\n  件。"])
def test_a_word_across_the_end_of_a_line_is_told_where_it_begins(tmp_path: Path, text: str) -> None:
    (problem,) = of_text(tmp_path, text).errors
    assert '"軟件" is usage from elsewhere' in problem.message
    assert (problem.place.line, problem.place.column) == (1, text.index("軟") + 1)


def test_two_lines_that_readers_see_apart_have_no_word_across(tmp_path: Path) -> None:
    assert not len(of_text(tmp_path, "這是軟\n\n件的說明。\n\n- 軟\n- 件").errors)


def test_a_word_that_the_glossary_avoids_is_a_hint(buckets: Guide) -> None:
    buckets.write("glossary.zh-TW.yml", "terms:\n- {en: script, zh: [指令碼], avoid: [腳本]}\n")
    buckets.edit(TRANSLATION, "它是空的。", "腳本是空的。")
    assert errors(buckets) == []
    assert hints(buckets) == [
        'docs/buckets.zh-TW.md:22:1: "腳本" is avoided by the glossary, for "script"; write "指令碼" [avoided-term]'
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("好,壞", [("，", 2)]),
        ("好: 壞", [("：", 2)]),
        ("好.", [("。", 2)]),
        ("好(layer)壞", [("（", 2), ("）", 8)]),
        ("**好**:", [("：", 6)]),
        ("版本 3.2 在 12:30，`a`: b", []),
        ("[好](a.md)（壞）", []),
    ],
)
def test_punctuation_beside_chinese_is_full_width(tmp_path: Path, text: str, told: list[tuple[str, int]]) -> None:
    problems = [each for each in of_text(tmp_path, f"{text}\n").hints if each.kind == "half-width"]
    assert [(each.remedy.split('"')[1], each.place.column) for each in problems] == told


def test_a_paragraph_that_was_left_in_english_is_a_hint(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "It is empty, nothing stands in it\nat all.")
    assert hints(buckets, "not-translated")[0].startswith("docs/buckets.zh-TW.md:22:1: this paragraph was left")


def test_a_page_that_was_left_in_english_is_one_hint(tmp_path: Path) -> None:
    text = "This is a paragraph that nobody has translated.\n\n" * 30
    assert [str(problem).partition(";")[0] for problem in of_text(tmp_path, text).hints] == [
        "text.md:1:1: this paragraph and 29 below it were left in their source language"
    ]


def test_names_and_programs_messages_may_stay_in_english(tmp_path: Path) -> None:
    text = 'Amazon SageMaker Studio Lab\n\n??? failure "could not convert string to float"\n\n    好\n'
    assert list(of_text(tmp_path, text).hints) == []


def test_in_a_language_with_latin_letters_only_what_the_source_says_was_left(tmp_path: Path) -> None:
    guide = Guide(tmp_path, ("en", "de"))
    guide.write(PAGE, "# One {#one}\n\nNothing stands in it at all.\n\nAnd now to something else.\n")
    guide.write("docs/buckets.de.md", "# Eins {#one}\n\nNothing stands in it at all.\n\nUnd nun zu etwas anderem.\n")
    assert [str(each.place) for each in found(guide).hints] == ["docs/buckets.de.md:3:1"]


TERMS = """\
terms:
- {en: job, zh: [任務]}
- {en: training job, zh: [訓練任務, 訓練工作]}
- {en: class (of a classifier), zh: [類別]}
"""


def hinted_terms(guide: Guide, english: str, chinese: str) -> list[str]:
    guide.write("glossary.zh-TW.yml", TERMS)
    guide.edit(PAGE, "It is empty.", english)
    guide.edit(TRANSLATION, "它是空的。", chinese)
    guide.sync(PAGE, "look")
    return [hint.split('"')[1] for hint in hints(guide, "term-missing")]


@pytest.mark.parametrize(
    ("english", "chinese", "missing"),
    [
        ("Two training jobs.", "兩個東西。", ["training job"]),
        ("Two training jobs.", "兩個訓練工作。", []),
        ("Two training jobs.", "兩個 training job。", []),
        ("A job and a training job.", "一個訓練任務。", []),
        ("In class, `job` and [x](job.md).", "上課時。", []),
    ],
    ids=["missing", "another word for it", "in English", "within a longer one", "sense, code and links"],
)
def test_a_term_that_the_source_has_and_the_translation_has_not_is_a_hint(
    buckets: Guide, english: str, chinese: str, missing: list[str]
) -> None:
    assert hinted_terms(buckets, english, chinese) == missing


def test_terms_are_not_missed_in_a_section_that_is_stale(buckets: Guide) -> None:
    buckets.write("glossary.zh-TW.yml", TERMS)
    buckets.edit(PAGE, "It is empty.", "A training job.")
    assert hints(buckets) == []


# ---- The glossary ----


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("terms:\n- {en: a, zh: [甲], perfer: 甲}\n", '2: no key "perfer"; did you mean "prefer"?'),
        ("term: []\n", '1: no part "term"; did you mean "terms"?'),
        ("terms:\n- {en: a, zh: [甲], prefer: 乙}\n", '2: "a" prefers what is not among `zh:`; add it there'),
        ("terms:\n- {zh: [甲]}\n", "2: this entry has no `en:` with a word; write `{en: word, zh: [its translation]}`"),
        ("terms:\n- {en: a, zh: 甲}\n", "2: `zh:` is no list of words; write `zh: [one, another]`"),
        (
            "terms:\n- {en: a, zh: [甲]}\n- {en: A, zh: [乙]}\n",
            '3: "A" stands here twice; add a sense in parentheses, or take one out',
        ),
        (
            "terms:\n- {en: a, zh: [甲]}\n- {en: b, zh: [乙], forbid: [甲]}\n",
            '3: "甲" is refused here, and right for "a"; take it out of one of them',
        ),
        ("- {en: a, zh: [甲]}\n", "1: this is no mapping; begin with `terms:`"),
        ("terms: {\n", "2: this cannot be read: expected the node content, but found '<stream end>'; mend the YAML"),
    ],
)
def test_what_a_glossary_says_wrong_is_told_at_its_line(buckets: Guide, text: str, told: str) -> None:
    buckets.write("glossary.zh-TW.yml", text)
    assert f"glossary.zh-TW.yml:{told} [bad-glossary]" in errors(buckets)


# ---- Commands ----


def test_the_workshop_itself_has_no_error() -> None:
    project = mkdocs.open_project(REPOSITORY)
    assert [str(problem) for problem in check(project, status(project, Problems())).errors] == []


def lint(guide: Guide, *arguments: str) -> subprocess.CompletedProcess[str]:
    guide.write("mkdocs.yml", f"site_name: T\nplugins: [{{i18n: {_LANGUAGES}}}, labguide]\n")
    told = [LABGUIDE, "l10n", "lint", "--project", str(guide.project.root), *arguments]
    return subprocess.run(told, capture_output=True, text=True, check=False)


_LANGUAGES = "{languages: [{locale: en, name: English, default: true}, {locale: zh-TW, name: 中文}]}"


def test_the_command_ends_with_1_for_an_error_and_with_0_for_a_hint(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "列表")
    done = lint(buckets)
    assert (done.returncode, done.stderr) == (0, "0 errors, 1 hint\n")
    assert done.stdout.startswith("docs/buckets.zh-TW.md:22:1: hint: ")
    buckets.edit(TRANSLATION, "列表", "軟件")
    done = lint(buckets)
    assert (done.returncode, done.stderr) == (1, "1 error, 0 hints\n")


def test_check_tells_errors_and_no_hint(buckets: Guide) -> None:
    buckets.write("docs/index.md", "# Home {#home}\n")
    buckets.edit(TRANSLATION, "它是空的。", "列表裡的软件")
    buckets.write("mkdocs.yml", f"site_name: T\ntheme: material\nplugins: [{{i18n: {_LANGUAGES}}}, labguide]\n")
    told = [LABGUIDE, "check", "--static", "--project", str(buckets.project.root)]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'docs/buckets.zh-TW.md:22:5: "软件" is usage from elsewhere' in done.stdout
    assert "列表" not in done.stdout


def test_files_that_are_named_may_stand_anywhere(buckets: Guide, tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("軟件\n", "utf-8")
    done = lint(buckets, "--json", str(tmp_path / "other.md"))
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["severity"], finding["kind"], finding["line"], finding["column"]) == ("error", "not-taiwan", 1, 1)
