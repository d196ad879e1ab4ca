"""What `sync` and `new` write, what they refuse, and the bytes that they leave alone."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translated import CHINESE, ENGLISH, PAGE, TRANSLATION, Guide

from labguide.l10n import editing
from labguide.l10n.quoted import Quoted
from labguide.problems import CannotBuildError

MARK = re.compile(rb"^<!-- en:[0-9a-f]{12}( quotes:[0-9a-f]{12})?( todo| draft)? -->(\r\n|\r|\n|$)", re.MULTILINE)


# ---- Sync: bytes ----


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", ["", "\n"])
def test_sync_adds_marks_and_leaves_every_other_byte(tmp_path: Path, ending: str, bom: bytes, end: str) -> None:
    made = Guide(tmp_path)
    before = bom + (CHINESE.rstrip("\n") + end).replace("\n", ending).encode()
    made.write(PAGE, ENGLISH)
    made.write(TRANSLATION, before)
    made.sync()
    after = (tmp_path / TRANSLATION).read_bytes()
    assert len(MARK.findall(after.replace(b"\r", b"\n").replace(b"\n\n", b"\n"))) == 4
    assert re.sub(rb"<!-- en:[0-9a-f]{12} -->" + ending.encode(), b"", after) == before
    assert made.not_ok() == {}


LINES = st.sampled_from(
    [
        "",
        "text",
        "## {} {{#{}}}",
        "## {}",
        "```",
        "# no",
        "<div>",
        "</div>",
        "- a",
        "---",
        "<!--\n\n# no\n-->",
        "Word\n===",
    ]
)


@given(st.lists(LINES, max_size=10), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_sync_twice_is_sync_once_whatever_the_file_is(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], ending: str, closed: bool
) -> None:
    made = Guide(tmp_path_factory.mktemp("guide"))
    text = "\n".join(line.format(f"T{number}", f"k{number}") for number, line in enumerate(lines))
    made.write("docs/a.md", f"x\n{text}")
    made.write("docs/a.zh-TW.md", (f"x\n{text}" + "\n" * closed).replace("\n", ending))
    made.sync("docs/a.md")
    once = made.read("docs/a.zh-TW.md")
    assert made.not_ok("docs/a.md") == {}
    made.sync("docs/a.md")
    assert made.read("docs/a.zh-TW.md") == once
    assert made.not_ok("docs/a.md") == {}


# ---- What somebody else writes meanwhile ----


def test_sync_writes_nothing_into_a_file_that_somebody_changed_meanwhile(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    page = buckets.page()
    buckets.edit(TRANSLATION, "沒有人知道為什麼。", "沒有人\n\n知道為什麼。")
    written = buckets.read(TRANSLATION)
    with pytest.raises(CannotBuildError, match="was changed while it was worked on, and nothing was written"):
        editing.sync(buckets.project.root, page, page.standings, Quoted(buckets.project))
    assert buckets.read(TRANSLATION) == written


def test_scaffold_goes_into_no_file_that_somebody_changed_meanwhile(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Look at it", "## New {#new}\n\nIt is new.\n\n## Look at it")
    page = buckets.page()
    buckets.edit(TRANSLATION, "沒有人知道為什麼。", "沒有人\n\n知道為什麼。")
    written = buckets.read(TRANSLATION)
    with pytest.raises(CannotBuildError, match="nothing was written"):
        editing.scaffold(buckets.project.root, page, Quoted(buckets.project))
    assert buckets.read(TRANSLATION) == written


def test_scaffold_replaces_no_file_that_cannot_be_read(buckets: Guide) -> None:
    written = CHINESE.encode("big5", "replace")
    buckets.write(TRANSLATION, written)
    page = buckets.page()
    assert page.translation is None
    with pytest.raises(CannotBuildError, match="is there already, and could not be read as a translation"):
        editing.scaffold(buckets.project.root, page, Quoted(buckets.project))
    assert (buckets.project.root / TRANSLATION).read_bytes() == written


def test_sync_leaves_one_mark_where_there_were_two(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "<!-- en:000000000000 -->\n它是空的。")
    buckets.sync(PAGE, "look")
    assert buckets.not_ok() == {}
    assert buckets.read(TRANSLATION).count("<!-- en:") == 4


def test_sync_writes_into_the_file_that_a_link_names(buckets: Guide) -> None:
    file = buckets.project.root / TRANSLATION
    file.rename(buckets.project.root / "elsewhere.md")
    file.symlink_to(buckets.project.root / "elsewhere.md")
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.sync()
    assert file.is_symlink()
    assert buckets.not_ok() == {}


def test_sync_gives_a_renamed_section_its_id(buckets: Guide) -> None:
    buckets.edit(PAGE, "{#look}", "{#see}")
    buckets.edit(TRANSLATION, "{#look}", "{ .wide #look }")
    buckets.sync(PAGE)
    assert "## 看看它 { .wide #see }" in buckets.read(TRANSLATION)
    assert buckets.not_ok() == {}


def test_sync_takes_off_draft_and_todo(buckets: Guide) -> None:
    text = buckets.read(TRANSLATION)
    buckets.write(TRANSLATION, text.replace(" -->", " draft -->", 2).replace(" -->", " todo -->"))
    buckets.sync()
    assert buckets.read(TRANSLATION) == text


@pytest.mark.parametrize(
    ("heading", "pinned"),
    [
        ("## T", "## T {#k}"),
        ("## T ##", "## T {#k}"),
        ("## T {#a}", "## T {#k}"),
        ("## T { .b #a }", "## T { .b #k }"),
        ("## T {.b}", "## T {#k .b}"),
        ('## T {id="a"}', "## T {#k}"),
        ("## T {x}", "## T {x} {#k}"),
        ("## #a {#a}", "## #a {#k}"),
        ("T", "T {#k}"),
    ],
)
def test_a_heading_gets_an_id_in_the_place_of_its_own(heading: str, pinned: str) -> None:
    assert editing.pinned(heading, "k") == pinned


def test_the_mark_of_a_page_that_is_all_front_matter_stands_below_it(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "---\ntitle: A\n---\n")
    made.write("docs/a.zh-TW.md", "---\ntitle: 甲\n---\n")
    made.sync("docs/a.md")
    assert made.read("docs/a.zh-TW.md").startswith("---\ntitle: 甲\n---\n<!-- en:")
    assert made.not_ok("docs/a.md") == {}


# ---- Sync: what it refuses ----


def test_a_section_whose_source_changed_and_whose_translation_did_not_is_refused(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    assert buckets.refusal("look") == "the source has changed, and the translation has not since"
    buckets.commit("Edit")
    assert buckets.refusal("look") == "the source has changed, and the translation has not since"


def test_a_section_whose_translation_followed_is_not_refused(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.commit("Edit")
    buckets.edit(TRANSLATION, "它是空的。", "它是滿的。")
    assert buckets.refusal("look") == ""
    buckets.commit("Follow")
    assert buckets.refusal("look") == ""


def test_both_edited_at_once_are_not_refused(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.edit(TRANSLATION, "它是空的。", "它是滿的。")
    assert buckets.refusal("look") == ""
    buckets.commit("Edit both")
    assert buckets.refusal("look") == ""


def test_a_correction_before_the_source_changed_does_not_count_as_following(buckets: Guide) -> None:
    buckets.edit(TRANSLATION, "它是空的。", "裡面是空的。")
    buckets.commit("Correct")
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.commit("Edit")
    assert buckets.refusal("look") != ""


def test_a_translation_of_an_earlier_edit_does_not_count_as_following_the_last_one(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.commit("Edit")
    buckets.edit(TRANSLATION, "它是空的。", "它是滿的。")
    buckets.commit("Follow, and forget to sync")
    buckets.edit(PAGE, "It is full.", "It is full of files.")
    buckets.commit("Edit again")
    assert buckets.refusal("look") != ""


def test_another_section_s_translation_does_not_count_as_following(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    buckets.commit("Edit")
    buckets.edit(TRANSLATION, "它要花錢。", "它很貴。")
    assert buckets.refusal("look") != ""


def test_without_a_history_nobody_knows_whether_it_followed_so_it_is_refused(buckets: Guide, tmp_path: Path) -> None:
    bare = Guide(tmp_path / "bare")
    bare.write(PAGE, buckets.read(PAGE).replace("It is empty.", "It is full."))
    bare.write(TRANSLATION, buckets.read(TRANSLATION).replace("它是空的。", "它是滿的。"))
    assert bare.refusal("look") != ""


def test_a_draft_is_synced_only_by_name(buckets: Guide) -> None:
    mark = str(buckets.standing("look").translation.mark)  # type: ignore[union-attr]
    buckets.edit(TRANSLATION, mark, mark.replace(" -->", " draft -->"))
    assert (buckets.refusal("look"), buckets.refusal("look", named=False)) == ("", "it is a draft by a machine")


def test_what_is_not_there_is_refused(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Delete it {#delete}", "## Name it {#name}")
    assert buckets.refusal("name") == "it is not translated"
    assert buckets.refusal("delete") == "the source has no such section"


# ---- New ----


def scaffold(made: Guide, source: str = PAGE) -> list[str]:
    written = editing.scaffold(made.project.root, made.page(source), Quoted(made.project))
    return [section.key for section in written]


def test_a_new_translation_is_the_source_with_its_ids_and_marks(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write(PAGE, ENGLISH.replace(" {#look}", ""))
    assert scaffold(made) == ["buckets", "create", "look-at-it", "delete"]
    text = made.read(TRANSLATION)
    assert MARK.sub(b"", text.encode()).decode() == ENGLISH.replace("{#look}", "{#look-at-it}")
    assert set(made.states().values()) == {"UNSYNCED"}


def test_a_scaffold_that_is_still_english_is_refused_and_a_translated_one_is_not(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write(PAGE, ENGLISH)
    scaffold(made)
    made.edit(TRANSLATION, "It is empty.", "它是空的。")
    assert made.refusal("create") == "it is still the source's text"
    assert made.refusal("look") == ""
    made.edit(PAGE, "It is empty.", "It is full.")
    assert made.refusal("look") == "the source has changed since it was written down"


def test_what_is_missing_is_written_where_it_stands_in_the_source(buckets: Guide) -> None:
    buckets.edit(PAGE, "## Look at it", "## Name it {#name}\n\nAny name.\n\n## Look at it")
    buckets.write(PAGE, buckets.read(PAGE) + "\n## End {#end}\n\nThe end.\n")
    before = buckets.read(TRANSLATION)
    assert scaffold(buckets) == ["name", "end"]
    assert [key for key, state in buckets.not_ok().items() if state == "UNSYNCED"] == ["name", "end"]
    after = buckets.read(TRANSLATION)
    assert list(buckets.states()) == ["buckets", "create", "name", "look", "delete", "end"]
    for line in before.split("\n"):
        assert line in after.split("\n")
    assert "\n\n\n" not in after


def test_a_new_translation_of_a_script_has_its_prose_and_quotes_its_cells(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("notebooks/tour.py", '# %% [markdown]\n# # Tour\n#\n# Look.\n\n# %% name="a"\nprint(1)\n')
    scaffold(made, "notebooks/tour.py")
    text = MARK.sub(b"", (tmp_path / "notebooks/tour.zh-TW.md").read_bytes()).decode()
    assert text == "# Tour {#tour}\n\nLook.\n\n```{cell} tour#a\n```\n"


def test_a_new_translation_ends_its_lines_as_the_source_does(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write(PAGE, ENGLISH.replace("\n", "\r\n"))
    scaffold(made)
    text = made.read(TRANSLATION)
    assert text.count("\n") == text.count("\r\n")
    assert MARK.sub(b"", text.encode()).decode() == ENGLISH.replace("\n", "\r\n")


def test_a_page_without_a_heading_is_written_with_its_mark_above(tmp_path: Path) -> None:
    made = Guide(tmp_path)
    made.write("docs/a.md", "---\ntitle: A\n---\nOnly text.\n")
    scaffold(made, "docs/a.md")
    assert re.fullmatch(
        r"---\ntitle: A\n---\n<!-- en:[0-9a-f]{12} todo -->\n\nOnly text\.\n", made.read("docs/a.zh-TW.md")
    )


def test_languages_in_folders_have_their_files_there(tmp_path: Path) -> None:
    from dataclasses import replace

    from labguide.model import PageFile

    made = Guide(tmp_path)
    pages = (PageFile("docs/en/sub/a.md", "en/sub/a.md", "en"), PageFile("docs/en/b.md", "en/b.md", "en"))
    made.project = replace(made.project, pages=(*pages, PageFile("docs/zh-TW/b.md", "zh-TW/b.md", "zh-TW")))
    made.write("docs/en/sub/a.md", ENGLISH)
    made.write("docs/en/b.md", ENGLISH)
    made.write("docs/zh-TW/b.md", CHINESE)
    assert set(made.states("docs/en/b.md").values()) == {"UNSYNCED"}
    assert scaffold(made, "docs/en/sub/a.md")
    assert (tmp_path / "docs/zh-TW/sub/a.md").is_file()
