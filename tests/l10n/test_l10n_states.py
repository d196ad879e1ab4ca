"""What authors and translators do to a guide, in real git, and how its sections stand afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from translated import CHINESE, ENGLISH, PAGE, TRANSLATION, Guide

from labguide.l10n.history import Past
from labguide.l10n.model import State


def test_a_translation_that_was_synced_is_ok(buckets: Guide) -> None:
    assert buckets.states() == dict.fromkeys(["buckets", "create", "look", "delete"], "OK")
    assert buckets.told == []


# ---- What authors do ----


def test_an_edited_sentence_makes_its_section_stale_and_no_other(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is empty, for now.")
    assert buckets.not_ok() == {"look": "STALE"}


def test_a_reflowed_paragraph_changes_nothing(buckets: Guide) -> None:
    buckets.edit(PAGE, "Choose a region\nnear you.", "Choose a\nregion near you.   ")
    assert buckets.not_ok() == {}


def test_a_comment_to_other_authors_changes_nothing(buckets: Guide) -> None:
    buckets.edit(PAGE, "near you.", "near you. <!-- which? -->\n<!-- or\n\nrather -->")
    assert buckets.not_ok() == {}


def test_an_edited_command_makes_its_section_stale(buckets: Guide) -> None:
    buckets.edit(PAGE, "s3://mine", "s3://ours")
    assert buckets.not_ok() == {"create": "STALE"}


def test_a_blank_in_code_counts(buckets: Guide) -> None:
    buckets.edit(PAGE, "aws s3 mb", "aws  s3 mb")
    assert buckets.not_ok() == {"create": "STALE"}


def test_an_edited_description_makes_the_first_section_stale(buckets: Guide) -> None:
    buckets.edit(PAGE, "A bucket to begin with", "A bucket and its end")
    assert buckets.not_ok() == {"buckets": "STALE"}


def test_other_front_matter_changes_nothing(buckets: Guide) -> None:
    buckets.edit(PAGE, "---\ndescription", "---\nminutes: 60\ndescription")
    assert buckets.not_ok() == {}


def test_a_moved_section_is_told_once_however_many_it_passed(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Create a bucket {#create}\n\nChoose a region\nnear you.\n\n", "")
    buckets.edit(PAGE, "```bash\naws s3 mb s3://mine\n```\n\n", "")
    create = "## Create a bucket {#create}\n\nChoose a region\nnear you.\n\n```bash\naws s3 mb s3://mine\n```\n"
    buckets.write(PAGE, buckets.read(PAGE) + "\n" + create)
    assert buckets.not_ok() == {"create": "ORDER"}


def test_a_new_section_is_missing(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Delete it", "## Name it {#name}\n\nAny name.\n\n## Delete it")
    assert buckets.not_ok() == {"name": "MISSING"}


def test_a_deleted_section_leaves_an_orphan_behind_the_one_before_it(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Look at it {#look}\n\nIt is empty.\n\n", "")
    assert list(buckets.states().items())[2:] == [("look", "ORPHAN"), ("delete", "OK")]


def test_a_renamed_id_is_told_as_that(buckets: Guide) -> None:
    buckets.edit(PAGE, "{#look}", "{#see}")
    assert buckets.not_ok() == {"see": "RENAMED"}
    standing = buckets.standing("see")
    assert (standing.source.key, standing.translation.key) == ("see", "look")  # type: ignore[union-attr]


def test_an_id_that_is_renamed_with_its_text_is_missing_and_an_orphan(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Look at it {#look}\n\nIt is empty.", "## See it {#see}\n\nIt is bare.")
    assert buckets.not_ok() == {"see": "MISSING", "look": "ORPHAN"}


def test_a_page_renamed_in_both_languages_keeps_its_states(buckets: Guide) -> None:
    buckets.git("mv", PAGE, "docs/first.md")
    buckets.git("mv", TRANSLATION, "docs/first.zh-TW.md")
    assert buckets.not_ok("docs/first.md") == {}


def test_a_page_renamed_in_one_language_is_untranslated_and_its_translation_an_orphan(buckets: Guide) -> None:
    buckets.git("mv", PAGE, "docs/first.md")
    assert set(buckets.states("docs/first.md").values()) == {"UNTRANSLATED"}
    assert buckets.page("docs/first.md").made_earlier == TRANSLATION
    orphan = next(page for page in buckets.pages() if page.orphan)
    assert (orphan.expected, orphan.source.path) == (TRANSLATION, PAGE)
    assert {each.state for each in orphan.standings} == {State.ORPHAN}


def test_a_new_page_is_untranslated(buckets: Guide) -> None:
    buckets.write("docs/more.md", "# More {#more}\n")
    assert buckets.states("docs/more.md") == {"more": "UNTRANSLATED"}
    assert buckets.page("docs/more.md").expected == "docs/more.zh-TW.md"


# ---- What translators do ----


def test_an_edited_translation_stays_ok(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "裡面是空的。")
    assert buckets.not_ok() == {}


def test_a_correction_of_the_translation_alone_does_not_clear_stale(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is empty, for now.")
    buckets.edit(TRANSLATION, "它是空的。", "裡面是空的。")
    assert buckets.not_ok() == {"look": "STALE"}


def test_a_translation_without_a_mark_is_unsynced(buckets: Guide) -> None:
    buckets.write(TRANSLATION, CHINESE)
    assert set(buckets.states().values()) == {"UNSYNCED"}


def test_a_mark_pasted_from_the_report_makes_a_section_ok(buckets: Guide) -> None:
    buckets.write(TRANSLATION, CHINESE)
    mark = f"<!-- en:{buckets.standing('look').source.hash} -->"  # type: ignore[union-attr]
    buckets.edit(TRANSLATION, "看看它 {#look}", f"看看它 {{#look}}\r\n\n  {mark}  ")
    assert buckets.states()["look"] == "OK"


def test_a_wrong_mark_is_stale(buckets: Guide) -> None:
    mark = buckets.standing("look").translation.mark  # type: ignore[union-attr]
    buckets.edit(TRANSLATION, str(mark), "<!-- en:000000000000 -->")
    assert buckets.not_ok() == {"look": "STALE"}


def test_a_translation_moved_with_its_mark_is_out_of_order(buckets: Guide) -> None:
    text = buckets.read(TRANSLATION)
    start, end = text.index("## 看看它"), text.index("## 刪除它")
    buckets.write(TRANSLATION, text[:start] + text[end:] + "\n" + text[start:end])
    assert list(buckets.not_ok().values()) == ["ORDER"]


def test_two_marks_that_differ_are_told_and_count_as_none(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "<!-- en:000000000000 -->\n它是空的。")
    assert buckets.not_ok() == {"look": "UNSYNCED"}
    (told,) = buckets.told
    assert "two marks that say different things" in told


def test_a_draft_is_ok_and_says_that_it_is_one(buckets: Guide) -> None:
    mark = str(buckets.standing("look").translation.mark)  # type: ignore[union-attr]
    buckets.edit(TRANSLATION, mark, mark.replace(" -->", " draft -->"))
    assert (buckets.standing("look").state, buckets.standing("look").draft) == (State.OK, True)
    assert not buckets.standing("create").draft


def test_a_scaffold_is_unsynced_though_its_hash_is_right(buckets: Guide) -> None:
    mark = str(buckets.standing("look").translation.mark)  # type: ignore[union-attr]
    buckets.edit(TRANSLATION, mark, mark.replace(" -->", " todo -->"))
    assert buckets.not_ok() == {"look": "UNSYNCED"}


# ---- Merges ----


def _stale_twice(buckets: Guide) -> None:
    buckets.edit(PAGE, "Choose a region", "Choose your region")
    buckets.edit(PAGE, "It costs money.", "It costs a lot of money.")
    buckets.commit("Say it better")


def test_two_translators_of_one_page_merge_without_a_conflict(buckets: Guide) -> None:
    _stale_twice(buckets)
    buckets.git("checkout", "-q", "-b", "ann")
    buckets.edit(TRANSLATION, "選擇離你近的區域。", "選擇你的區域，要離你近。")
    buckets.sync(PAGE, "create")
    buckets.commit("Follow one")
    buckets.git("checkout", "-q", "-b", "ben", "main")
    buckets.edit(TRANSLATION, "它要花錢。", "它要花很多錢。")
    buckets.sync(PAGE, "delete")
    buckets.commit("Follow the other")
    buckets.git("merge", "-q", "ann")
    assert buckets.not_ok() == {}


def test_a_translator_and_an_author_who_merge_leave_the_section_stale(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is empty, for now.")
    buckets.commit("Edit")
    buckets.git("checkout", "-q", "-b", "ann")
    buckets.edit(TRANSLATION, "它是空的。", "目前是空的。")
    buckets.sync(PAGE, "look")
    buckets.commit("Follow")
    buckets.git("checkout", "-q", "main")
    buckets.edit(PAGE, "It is empty, for now.", "Nothing is in it.")
    buckets.commit("Edit again")
    buckets.git("merge", "-q", "ann")
    assert buckets.not_ok() == {"look": "STALE"}
    old = buckets.past.section(PAGE, buckets.standing("look").translation.mark.hash)  # type: ignore[union-attr]
    assert old == "## Look at it {#look}\n\nIt is empty, for now.\n"


def test_two_translators_who_sync_one_section_alike_merge_without_a_conflict(buckets: Guide) -> None:
    _stale_twice(buckets)
    for name in ("ann", "ben"):
        buckets.git("checkout", "-q", "-b", name, "main")
        buckets.edit(TRANSLATION, "它要花錢。", "它要花很多錢。")
        buckets.sync(PAGE, "delete")
        buckets.commit("Follow")
    buckets.git("merge", "-q", "ann")
    assert buckets.not_ok() == {"create": "STALE"}


# ---- Clones ----


def test_a_clone_of_the_last_commit_says_the_same_and_has_no_old_text(buckets: Guide, tmp_path: Path) -> None:
    _stale_twice(buckets)
    buckets.git("clone", "-q", "--depth", "1", buckets.project.root.as_uri(), str(tmp_path / "shallow"))
    clone = Guide(tmp_path / "shallow")
    assert clone.not_ok() == buckets.not_ok() == {"create": "STALE", "delete": "STALE"}
    mark = clone.standing("create").translation.mark  # type: ignore[union-attr]
    assert mark
    assert clone.past.section(PAGE, mark.hash) is None
    assert clone.past.missing == "this clone has only the last commits"
    assert buckets.past.section(PAGE, mark.hash) is not None


def test_files_without_git_say_the_same_and_have_no_old_text(buckets: Guide, tmp_path: Path) -> None:
    _stale_twice(buckets)
    bare = Guide(tmp_path / "bare")
    for path in (PAGE, TRANSLATION):
        bare.write(path, buckets.read(path))
    assert bare.not_ok() == buckets.not_ok()
    assert bare.past.section(PAGE, "0" * 12) is None
    assert bare.past.missing == "there is no git history here"


def test_a_computer_without_git_has_no_old_text(buckets: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    past = Past(buckets.project.root)
    assert (past.section(PAGE, "0" * 12), past.missing) == (None, "there is no git history here")


# ---- Languages and kinds ----


def test_each_language_stands_for_itself(buckets: Guide) -> None:
    three = Guide(buckets.project.root, ("en", "zh-TW", "ja"))
    three.write("docs/buckets.ja.md", "# バケット {#buckets}\n")
    assert three.not_ok() == {}
    assert three.states(language="ja") == {
        "buckets": "UNSYNCED",
        "create": "MISSING",
        "look": "MISSING",
        "delete": "MISSING",
    }


def test_a_source_in_another_language_has_marks_of_its_own(tmp_path: Path) -> None:
    made = Guide(tmp_path, ("zh-TW", "en"))
    made.write("docs/a.md", CHINESE)
    made.write("docs/a.en.md", ENGLISH)
    made.sync("docs/a.md", language="en")
    assert "<!-- zh-TW:" in made.read("docs/a.en.md")
    assert made.not_ok("docs/a.md", "en") == {}
    made.edit("docs/a.md", "它是空的。", "目前是空的。")
    assert made.not_ok("docs/a.md", "en") == {"look": "STALE"}


def test_a_source_whose_headings_have_no_ids_pairs_by_their_slugs(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "# One\n\na\n\n## `Two`, **really**\n\nb\n\n## One\n\nc\n")
    made.write("docs/a.zh-TW.md", "# 一 {#one}\n\n甲\n\n## 二 {#two-really}\n\n乙\n\n## 又一 {#one_1}\n\n丙\n")
    made.sync("docs/a.md")
    assert made.states("docs/a.md") == {"one": "OK", "two-really": "OK", "one_1": "OK"}


def test_a_source_without_ids_and_a_translation_without_ids_pair_in_order_and_sync_pins_them(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "# One\n\na\n\n## Two\n\nb\n")
    made.write("docs/a.zh-TW.md", "# 一\n\n甲\n\n## 二 ##\n\n乙\n")
    assert made.states("docs/a.md") == {"one": "UNSYNCED", "two": "UNSYNCED"}
    made.sync("docs/a.md")
    assert made.states("docs/a.md") == {"one": "OK", "two": "OK"}
    assert "# 一 {#one}\n<!-- en:" in made.read("docs/a.zh-TW.md")
    assert "## 二 {#two}\n<!-- en:" in made.read("docs/a.zh-TW.md")


def test_a_heading_without_an_id_that_is_reworded_makes_its_section_stale(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "# One\n\na\n\n## Two\n\nb\n\n## Three\n\nc\n")
    made.write("docs/a.zh-TW.md", "# 一\n\n甲\n\n## 二\n\n乙\n\n## 三\n\n丙\n")
    made.sync("docs/a.md")
    made.edit("docs/a.md", "## Two", "## Two or more")
    assert made.not_ok("docs/a.md") == {"two-or-more": "STALE"}


def test_counted_slugs_that_shift_are_renamed_and_not_stale(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "# One\n\n## Check\n\na\n\n## Check\n\nb\n")
    made.write("docs/a.zh-TW.md", "# 一\n\n## 檢查\n\n甲\n\n## 檢查\n\n乙\n")
    made.sync("docs/a.md")
    made.edit("docs/a.md", "# One\n\n", "# One\n\n## Check\n\nnew\n\n")
    assert made.states("docs/a.md") == {"one": "OK", "check": "MISSING", "check_1": "RENAMED", "check_2": "RENAMED"}


def test_a_page_without_a_heading_is_one_section(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "---\ntitle: A\n---\nOnly text.\n")
    made.write("docs/a.zh-TW.md", "---\ntitle: 甲\n---\n只有文字。\n")
    made.sync("docs/a.md")
    assert made.states("docs/a.md") == {"": "OK"}
    made.edit("docs/a.md", "title: A", "title: B")
    assert made.states("docs/a.md") == {"": "STALE"}


def test_a_slide_owns_what_parts_it_from_the_one_before(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    slides = '# {one} {{#one}}\n\n---\n\n<!-- .slide: data-timing="60" -->\n\n## {two} {{#two}}\n\nNotes:\n{notes}\n'
    made.write("slides/a.md", slides.format(one="One", two="Two", notes="Say it."))
    made.write("slides/a.zh-TW.md", slides.format(one="一", two="二", notes="說出來。"))
    made.sync("slides/a.md")
    assert made.not_ok("slides/a.md") == {}
    made.edit("slides/a.md", 'data-timing="60"', 'data-timing="90"')
    assert made.not_ok("slides/a.md") == {"two": "STALE"}
    made.edit("slides/a.md", 'data-timing="90"', 'data-timing="60"')
    made.edit("slides/a.md", "---", "----")
    assert made.not_ok("slides/a.md") == {"two": "STALE"}


SCRIPT = """\
# ---
# jupyter: {}
# ---

# %% [markdown]
# # Tour
#
# Look
# around.

# %% name="load"
print(1)

# %% [markdown]
# ## End
#
# Bye.
"""

PROSE = """\
---
notebook: tour
---

# 導覽 {#tour}

四處看看。

```{cell} tour#load
```

## 結束 {#end}

再見。
"""


def test_a_script_is_a_source_by_its_prose_and_the_names_of_its_cells(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("notebooks/tour.py", SCRIPT)
    made.write("notebooks/tour.zh-TW.md", PROSE)
    made.sync("notebooks/tour.py")
    assert made.states("notebooks/tour.py") == {"tour": "OK", "end": "OK"}
    made.edit("notebooks/tour.py", "# Look\n# around.", "# Look around.")
    assert made.not_ok("notebooks/tour.py") == {}
    made.edit("notebooks/tour.py", 'name="load"', 'name="read"')
    assert made.not_ok("notebooks/tour.py") == {"tour": "STALE"}
    made.edit("notebooks/tour.py", "# Bye.", "# Good bye.")
    assert made.not_ok("notebooks/tour.py") == {"tour": "STALE", "end": "STALE"}


def test_a_script_without_prose_needs_no_translation(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("notebooks/tour.py", '# %% name="load"\nprint(1)\n')
    made.write("notebooks/helper.py", "VALUE = 1\n")
    assert made.pages() == ()


def test_a_quote_of_a_module_that_is_no_script_counts_by_its_name(buckets: Guide) -> None:
    buckets.write("snippets/helper.py", "VALUE = 1\n")
    buckets.edit(PAGE, "It is empty.", "```{cell} helper#value\n```")
    assert buckets.not_ok() == {"look": "STALE"}


def test_an_included_file_counts_by_its_name(buckets: Guide) -> None:
    buckets.write("snippets/part.md", "Some text.\n")
    buckets.edit(PAGE, "It is empty.", '--8<-- "snippets/part.md"')
    buckets.sync()
    buckets.edit(PAGE, "snippets/part.md", "snippets/other.md")
    assert buckets.not_ok() == {"look": "STALE"}


def test_a_file_that_is_not_utf_8_is_told(buckets: Guide) -> None:
    buckets.write(TRANSLATION, "# 標題".encode("big5"))
    buckets.pages()
    assert [told for told in buckets.told if "unreadable" in told] == [
        f"{TRANSLATION}:1: this file cannot be read; save it as UTF-8 [unreadable]"
    ]
