"""The translators' page: whoever does what it says has nothing left to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from translated import CHINESE, ENGLISH, PAGE, TRANSLATION, Guide
from translator import Sheet

from labguide.l10n.report import edit_links

GITHUB = "https://github.com/you/course/edit/main/{path}"


def test_a_guide_in_sync_has_nothing_to_do(buckets: Guide) -> None:
    sheet = Sheet(buckets)
    assert sheet.items == {}
    assert "沒有要做的事" in sheet.html


# ---- State by state ----


def test_what_changed_stands_word_by_word_beside_todays_translation(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    assert Sheet(buckets).rows("STALE #delete") == [
        ("## Delete it {#delete}", "24 ## 刪除它 {#delete}"),
        ("It costs [-money-]{+much+}.", "27 它要花錢。"),
    ]


def test_the_page_names_the_line_whose_english_changed(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    assert "第 27 行" in Sheet(buckets).said("STALE #delete")[0]


def test_where_lines_are_broken_is_no_change_beside_one_that_is(buckets: Guide) -> None:
    buckets.edit(PAGE, "Choose a region\nnear you.", "Choose\nthe region near you.")
    english = [row[0] for row in Sheet(buckets).rows("STALE #create")]
    assert english[1] == "Choose [-a-]{+the+} region near you."


def test_a_pasted_mark_ends_staleness(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    Sheet(buckets).paste_mark("STALE #delete", TRANSLATION)
    assert buckets.not_ok() == {}


def test_a_pasted_mark_ends_being_without_one(buckets: Guide) -> None:
    buckets.write(TRANSLATION, CHINESE)
    for key in ("buckets", "create", "look", "delete"):
        Sheet(buckets).paste_mark(f"UNSYNCED #{key}", TRANSLATION)
    assert buckets.not_ok() == {}


def test_a_page_without_headings_gets_its_mark_at_the_top(buckets: Guide) -> None:
    buckets.write("docs/note.md", "---\ntitle: Note\n---\n\nOnly this.\n")
    buckets.write("docs/note.zh-TW.md", "---\ntitle: 備註\n---\n\n只有這個。\n")
    Sheet(buckets).paste_mark("UNSYNCED", "docs/note.zh-TW.md")
    assert buckets.not_ok("docs/note.md") == {}


@pytest.mark.parametrize("after", ["# Buckets {#buckets}\n\nNobody knows why.\n", "It costs money.\n"])
def test_a_pasted_section_is_no_longer_missing(buckets: Guide, after: str) -> None:
    buckets.edit(PAGE, after, f"{after}\n## Name it\n\nIt needs `a name`.\n")
    sheet = Sheet(buckets)
    assert sheet.boxes("MISSING #name-it")[0][1].startswith("## Name it {#name-it}\n<!-- en:")
    sheet.paste_section("MISSING #name-it", TRANSLATION)
    assert buckets.not_ok() == {}


def test_a_section_that_english_lost_goes_with_the_lines_that_are_named(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Look at it {#look}\n\nIt is empty.\n\n", "")
    sheet = Sheet(buckets)
    gone = sheet.take_out("ORPHAN #look", TRANSLATION)
    assert gone[0] == "## 看看它 {#look}"
    assert gone[-1] == "它是空的。"
    assert buckets.not_ok() == {}


def test_the_heading_that_is_shown_has_the_new_id(buckets: Guide) -> None:
    buckets.edit(PAGE, "{#look}", "{#look-inside}")
    Sheet(buckets).replace_line("RENAMED #look-inside", TRANSLATION)
    assert buckets.not_ok() == {}
    assert "## 看看它 {#look-inside}" in buckets.read(TRANSLATION)


def test_a_section_that_moved_says_where_it_goes(buckets: Guide) -> None:
    look = "## Look at it {#look}\n\nIt is empty.\n\n"
    buckets.edit(PAGE, look, "")
    buckets.edit(PAGE, "## Create", f"{look}## Create")
    ((name, _),) = Sheet(buckets).items.items()
    assert name in ("ORDER #look", "ORDER #create")
    assert "「" in Sheet(buckets).said(name)[0]


def test_a_draft_gets_the_same_mark_without_that_word(buckets: Guide) -> None:
    text = buckets.read(TRANSLATION)
    buckets.write(TRANSLATION, text.replace(" -->", " draft -->"))
    Sheet(buckets).paste_mark("DRAFT #look", TRANSLATION)
    assert buckets.standing("look").draft is False
    assert buckets.standing("create").draft is True


def test_a_draft_whose_english_changed_is_shown_as_both(buckets: Guide) -> None:
    buckets.write(TRANSLATION, buckets.read(TRANSLATION).replace(" -->", " draft -->"))
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    flags = [each["data-kind"] for each in Sheet(buckets).items["STALE #delete"].select("summary .badge")]
    assert flags == ["STALE", "DRAFT"]


def test_a_change_of_what_is_quoted_is_told_softly_and_ends_with_the_mark(buckets: Guide) -> None:
    buckets.write("snippets/first.py", '# %% name="greet"\nprint("one")\n')
    buckets.edit(PAGE, "It is empty.", "It is empty.\n\n```{cell} first#greet\n```")
    buckets.edit(TRANSLATION, "它是空的。", "它是空的。\n\n```{cell} first#greet\n```")
    buckets.sync()
    buckets.write("snippets/first.py", '# %% name="greet"\nprint("two")\n')
    sheet = Sheet(buckets)
    assert list(sheet.items) == ["QUOTES #look"]
    sheet.paste_mark("QUOTES #look", TRANSLATION)
    assert Sheet(buckets).items == {}


def test_the_whole_page_to_paste_is_a_translation_with_all_to_do(buckets: Guide) -> None:
    (buckets.project.root / TRANSLATION).unlink()
    ((_, text),) = Sheet(buckets).boxes("UNTRANSLATED")
    assert text.startswith("---\ndescription: A bucket to begin with\n---\n\n# Buckets {#buckets}\n<!-- en:")
    buckets.write(TRANSLATION, text)
    assert set(buckets.not_ok().values()) == {"UNSYNCED"}
    buckets.write(TRANSLATION, text.replace(" todo -->", " -->"))
    assert buckets.not_ok() == {}


def test_a_translation_without_an_english_page_is_told_as_a_whole(buckets: Guide) -> None:
    (buckets.project.root / PAGE).unlink()
    sheet = Sheet(buckets)
    assert list(sheet.items) == ["ORPHAN"]
    assert TRANSLATION in sheet.said("ORPHAN")[0]


def test_a_notebook_is_translated_as_a_page_is(buckets: Guide) -> None:
    buckets.write("notebooks/sums.py", '# %% [markdown]\n# # Sums {#sums}\n#\n# Add.\n\n# %% name="add"\n1 + 1\n')
    ((_, text),) = Sheet(buckets).boxes("UNTRANSLATED")
    buckets.write("notebooks/sums.zh-TW.md", text.replace(" todo -->", " -->"))
    assert "```{cell} sums#add" in text
    assert buckets.not_ok("notebooks/sums.py") == {}


# ---- What is there to work with ----


def test_without_git_all_of_the_english_is_shown_and_that_is_told(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    shutil.rmtree(buckets.project.root / ".git")
    sheet = Sheet(buckets)
    assert sheet.rows("STALE #delete")[1] == ("It costs much.", "27 它要花錢。")
    assert any("找不到" in said for said in sheet.said("STALE #delete"))
    assert any("歷史紀錄" in notice.get_text() for notice in sheet.soup.select(".notice"))
    sheet.paste_mark("STALE #delete", TRANSLATION)
    assert buckets.not_ok() == {}


def test_a_clone_of_the_last_commit_only_says_the_same_without_what_changed(buckets: Guide, tmp_path: Path) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    buckets.commit()
    buckets.git("clone", "-q", "--depth", "1", f"file://{buckets.project.root}", str(tmp_path / "clone"))
    there, here = Sheet(Guide(tmp_path / "clone")), Sheet(buckets)
    assert list(there.items) == list(here.items) == ["STALE #delete"]
    assert there.boxes("STALE #delete") == here.boxes("STALE #delete")
    assert there.rows("STALE #delete")[1][0] == "It costs much."


def test_paragraphs_stand_side_by_side_only_where_there_are_as_many(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它要花錢。", "它要花錢。\n\n真的。\n\n很多。")
    buckets.sync()
    buckets.commit()
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    (row,) = Sheet(buckets).rows("STALE #delete")
    assert row == (
        "## Delete it {#delete} It costs [-money-]{+much+}.",
        "24 ## 刪除它 {#delete} 27 它要花錢。 29 真的。 31 很多。",
    )


def test_a_new_paragraph_stands_where_the_translation_lacks_one(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It can come back.\n\nIt costs money.")
    assert Sheet(buckets).rows("STALE #delete")[1:] == [
        ("{+It can come back.+}", ""),
        ("It costs money.", "27 它要花錢。"),
    ]


def test_what_stands_in_a_source_is_text_on_the_page(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs <script>alert(1)</script> & </pre> \u2028 money.")
    sheet = Sheet(buckets)
    assert len(sheet.soup.select("script")) == 2
    assert "<script>alert(1)</script>" in sheet.rows("STALE #delete")[1][0]


def test_two_pages_made_of_the_same_sources_are_the_same_bytes(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    assert Sheet(buckets).html == Sheet(buckets).html


def test_a_guide_in_one_language_has_no_such_page(tmp_path: Path) -> None:
    from labguide import sources, translating
    from labguide.problems import Problems

    guide = Guide(tmp_path, ("en",))
    guide.write(PAGE, ENGLISH)
    assert (
        translating.files(
            guide.project, sources.read(guide.project, Problems()), translating.status(guide.project), frozenset()
        )
        == {}
    )


def test_each_language_has_a_page_and_finds_the_others(tmp_path: Path) -> None:
    guide = Guide(tmp_path, ("en", "zh-TW", "fi"))
    guide.write(PAGE, ENGLISH)
    sheet = Sheet(guide, language="fi")
    assert '<html lang="en"' in sheet.html  # there are no words in Finnish
    assert [each["href"] for each in sheet.soup.select("nav [hreflang]")] == ["translations.zh-TW.html"]


# ---- Editions ----

SECRET = "!!! instructor\n    Only for {}.\n\n"


def test_a_section_with_a_part_for_instructors_keeps_its_mark_if_only_the_rest_changed(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", SECRET.format("me") + "It costs money.")
    buckets.sync()
    buckets.commit()
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    sheet = Sheet(buckets)
    assert "Only for" not in sheet.html
    sheet.paste_mark("STALE #delete", TRANSLATION)
    assert buckets.not_ok() == {}


def test_no_mark_is_offered_to_those_who_do_not_see_all_that_changed(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", SECRET.format("me") + "It costs money.")
    buckets.sync()
    buckets.commit()
    buckets.edit(PAGE, "Only for me", "Only for you")
    student, instructor = Sheet(buckets), Sheet(buckets, "instructor")
    assert student.boxes("STALE #delete") == []
    assert "講師版" in student.said("STALE #delete")[0]
    assert len(instructor.boxes("STALE #delete")) == 1
    assert "Only for [-me-]{+you+}." in instructor.rows("STALE #delete")[0][0]


def test_notes_of_a_deck_are_on_the_instructors_page_only(buckets: Guide) -> None:
    deck = "# One {#one}\n\nSeen.\n\nNotes:\nSaid.\n"
    buckets.write("slides/deck.md", deck)
    buckets.write("slides/deck.zh-TW.md", deck)
    assert "Said." not in Sheet(buckets).html
    assert "Said." in Sheet(buckets, "instructor").html


# ---- Links ----


def test_the_translation_is_edited_where_the_project_says(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    (link,) = Sheet(buckets, edit_address=GITHUB).items["STALE #delete"].select("a.button")
    assert link["href"] == "https://github.com/you/course/edit/main/docs/buckets.zh-TW.md"


def test_a_section_is_linked_where_readers_find_it(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    links = Sheet(buckets).items["STALE #delete"].select("a")
    uris = ("labguide:buckets.zh-TW.md#delete", "labguide:buckets.md#delete")
    assert tuple(link["href"] for link in links) == uris


def test_a_page_that_is_not_there_is_made_where_the_project_says(buckets: Guide) -> None:
    (buckets.project.root / TRANSLATION).unlink()
    (link,) = Sheet(buckets, edit_address=GITHUB).items["UNTRANSLATED"].select("a.button")
    assert link["href"] == "https://github.com/you/course/new/main/docs?filename=buckets.zh-TW.md"


def test_a_project_that_does_not_say_where_its_sources_are_is_told(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    (notice,) = Sheet(buckets).soup.select(".notice")
    assert "repo_url" in notice.get_text()


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (GITHUB, "https://github.com/you/course/new/main/docs/%E8%A9%B1?filename=a%20b.md"),
        (
            "https://gitlab.com/a/b/-/edit/main/{path}",
            "https://gitlab.com/a/b/-/new/main/docs/%E8%A9%B1?file_name=a%20b.md",
        ),
        (
            "https://gitlab.com/a/b/edit/master/{path}",
            "https://gitlab.com/a/b/-/new/master/docs/%E8%A9%B1?file_name=a%20b.md",
        ),
        (
            "https://git.example.org/a/-/edit/x/{path}",
            "https://git.example.org/a/-/new/x/docs/%E8%A9%B1?file_name=a%20b.md",
        ),
        ("https://git.example.org/a/edit/x/{path}", None),
        ("", None),
    ],
)
def test_hosts_that_make_files_by_a_link(template: str, address: str | None) -> None:
    assert edit_links.of_new(template, "docs/話/a b.md") == address


# ---- Where the old English comes from ----


def test_the_english_of_a_page_that_was_renamed_is_found(buckets: Guide) -> None:
    buckets.git("mv", PAGE, "docs/pails.md")
    buckets.git("mv", TRANSLATION, "docs/pails.zh-TW.md")
    buckets.commit()
    buckets.edit("docs/pails.md", "It costs money.", "It costs much.")
    buckets.commit()
    assert Sheet(buckets).rows("STALE #delete")[1][0] == "It costs [-money-]{+much+}."


def test_the_english_of_a_page_with_any_name_is_found(buckets: Guide) -> None:
    name = 'docs/a "b" 桶'
    for path, suffix in ((PAGE, ".md"), (TRANSLATION, ".zh-TW.md")):
        buckets.git("mv", path, f"{name}{suffix}")
    buckets.edit(f"{name}.md", "It is empty.", "It is full.")
    buckets.sync(f"{name}.md")
    buckets.commit()
    buckets.edit(f"{name}.md", "It is full.", "It is fuller.")
    assert Sheet(buckets).rows("STALE #look")[1][0] == "It is [-full-]{+fuller+}."


def test_english_that_only_a_merge_made_is_found(buckets: Guide) -> None:
    buckets.git("checkout", "-q", "-b", "other")
    buckets.edit(PAGE, "Nobody knows why.", "Nobody knows why or when.")
    buckets.commit()
    buckets.git("checkout", "-q", "main")
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    buckets.commit()
    buckets.git("merge", "-q", "--no-commit", "other")
    buckets.edit(PAGE, "It is empty.", "It is merged.")
    buckets.sync()
    buckets.commit()
    buckets.edit(PAGE, "It is merged.", "It is mended.")
    assert Sheet(buckets).rows("STALE #look")[1][0] == "It is [-merged-]{+mended+}."


def test_a_guide_in_a_folder_of_a_repository_finds_its_english(tmp_path: Path) -> None:
    outer = Guide(tmp_path)
    outer.git("init", "-q", "-b", "main")
    inner = Guide(tmp_path / "courses" / "one")
    inner.write(PAGE, ENGLISH)
    inner.write(TRANSLATION, CHINESE)
    inner.sync()
    outer.commit()
    inner.edit(PAGE, "It costs money.", "It costs much.")
    assert Sheet(inner).rows("STALE #delete")[1][0] == "It costs [-money-]{+much+}."


def test_another_commit_is_seen_by_the_same_process(buckets: Guide) -> None:
    buckets.edit(PAGE, "It costs money.", "It costs much.")
    assert "[-money-]" in Sheet(buckets).rows("STALE #delete")[1][0]
    buckets.sync()
    buckets.commit()
    buckets.edit(PAGE, "It costs much.", "It costs little.")
    assert "[-much-]{+little+}" in Sheet(buckets).rows("STALE #delete")[1][0]
