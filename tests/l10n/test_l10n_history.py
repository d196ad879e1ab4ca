"""The source's old text, found in real git by the hash that a mark has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from translated import PAGE, TRANSLATION, Guide

from labguide.l10n import worddiff


def old(buckets: Guide, key: str, source: str = PAGE) -> str | None:
    mark = buckets.standing(key, source).translation.mark  # type: ignore[union-attr]
    assert mark
    return buckets.past.section(source, mark.hash)


LOOK = "## Look at it {#look}\n\nIt is empty.\n"


def test_the_text_that_a_translation_was_made_from_is_found_after_several_edits(buckets: Guide) -> None:
    for number in range(3):
        buckets.edit(PAGE, "It is empty.", f"{number}: It is empty.")
        buckets.commit()
    assert old(buckets, "look") == LOOK


def test_the_text_of_the_last_commit_is_found_under_an_edit_that_is_not_committed(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is full.")
    assert old(buckets, "look") == LOOK


def test_it_is_found_after_the_file_was_edited_and_then_renamed(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is bare.")
    buckets.commit("Edit")
    buckets.git("mv", PAGE, "docs/first.md")
    buckets.git("mv", TRANSLATION, "docs/first.zh-TW.md")
    buckets.commit("Rename")
    buckets.edit("docs/first.md", "It is bare.", "It is full.")
    buckets.commit("Edit again")
    assert old(buckets, "look", "docs/first.md") == LOOK


def test_it_is_found_on_a_branch_that_was_merged(buckets: Guide) -> None:
    buckets.git("checkout", "-q", "-b", "ann")
    buckets.edit(PAGE, "It is empty.", "It is bare.")
    buckets.sync(PAGE, "look")
    buckets.commit("Edit and translate")
    buckets.edit(PAGE, "It is bare.", "It is void.")
    buckets.commit("Edit")
    buckets.git("checkout", "-q", "main")
    buckets.edit(PAGE, "It costs money.", "It costs a lot.")
    buckets.commit("Edit elsewhere")
    buckets.git("merge", "-q", "ann")
    assert old(buckets, "look") == LOOK.replace("empty", "bare")


def test_a_text_that_only_a_merge_made_is_found(buckets: Guide) -> None:
    buckets.edit(PAGE, "It is empty.", "It is empty.\n\nx\n\nx\n\nx\n\nIt is small.")
    buckets.commit("Say more")
    buckets.git("checkout", "-q", "-b", "ann")
    buckets.edit(PAGE, "It is empty.", "It is bare.")
    buckets.commit("Edit the first line")
    buckets.git("checkout", "-q", "main")
    buckets.edit(PAGE, "It is small.", "It is tiny.")
    buckets.commit("Edit the last line")
    buckets.git("merge", "-q", "ann")
    buckets.sync(PAGE, "look")
    buckets.commit("Sync")
    buckets.edit(PAGE, "It is tiny.", "It is minute.")
    assert "bare" in (old(buckets, "look") or "")
    assert "tiny" in (old(buckets, "look") or "")


def test_a_file_that_git_does_not_know_has_no_past(buckets: Guide) -> None:
    buckets.write("docs/more.md", "# More {#more}\n")
    assert buckets.past.section("docs/more.md", "0" * 12) is None
    assert buckets.past.section("docs/nowhere/more.md", "0" * 12) is None


def test_a_project_below_the_repository_s_folder_has_its_past(buckets: Guide) -> None:
    course = Guide(buckets.project.root / "course")
    course.write(PAGE, buckets.read(PAGE))
    course.write(TRANSLATION, buckets.read(TRANSLATION))
    buckets.commit("A second course")
    course.edit(PAGE, "It is empty.", "It is full.")
    assert old(course, "look") == LOOK


def test_lessons_in_a_linked_folder_have_their_past(buckets: Guide, tmp_path: Path) -> None:
    linked = Guide(tmp_path / "linked")
    linked.project.root.mkdir()
    (linked.project.root / "docs").symlink_to(buckets.project.root / "docs", target_is_directory=True)
    linked.edit(PAGE, "It is empty.", "It is full.")
    assert old(linked, "look") == LOOK


def test_a_hook_of_another_repository_does_not_mislead_it(buckets: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    buckets.edit(PAGE, "It is empty.", "It is full.")
    assert old(buckets, "look") == LOOK


def test_a_script_s_old_prose_is_found(buckets: Guide) -> None:
    buckets.write("notebooks/tour.py", '# %% [markdown]\n# # Tour\n#\n# Look.\n\n# %% name="a"\n1\n')
    buckets.write("notebooks/tour.zh-TW.md", "# 導覽 {#tour}\n\n看。\n\n```{cell} tour#a\n```\n")
    buckets.sync("notebooks/tour.py")
    buckets.commit("A notebook")
    buckets.edit("notebooks/tour.py", "# Look.", "# Listen.")
    assert old(buckets, "tour", "notebooks/tour.py") == "# Tour\n\nLook.\n\n```{cell} tour#a\n```\n"


# ---- Words ----

TEXTS = st.text(st.sampled_from("ab 字典\n.,-[]{}+"), max_size=30)


@given(TEXTS, TEXTS)
@example("a b c", "a x c")
@example("a b c d", "x b y d")
def test_the_pieces_are_the_two_texts(old: str, new: str) -> None:
    found = worddiff.pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "old") == new
    before = "".join(piece.text for piece in found if piece.kind != "new")
    assert before.split() == old.split()
    assert all(piece.text for piece in found)


@given(TEXTS)
def test_a_text_and_itself_are_one_piece(text: str) -> None:
    assert [piece.kind for piece in worddiff.pieces(text, text)] == (["same"] if text else [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Choose a region.", "Choose your region.", "Choose [-a-]{+your+} region."),
        ("a b c d", "a x y d", "a [-b c-]{+x y+} d"),
        ("One\ntwo three", "One two\nthree", "One two\nthree"),
        ("選擇區域", "選擇你的區域", "選擇{+你的+}區域"),
        ("a", "a\n\nb", "a{+\n\nb+}"),
        ("s3://mine", "s3://ours", "s3://[-mine-]{+ours+}"),
    ],
)
def test_words_that_changed_are_marked(old: str, new: str, said: str) -> None:
    assert worddiff.marked(old, new) == said
