"""What readers are told of a section that its original does not have any more."""

from __future__ import annotations

from translated import PAGE, TRANSLATION, Guide

from labguide.translating.notices import notices as notices_of
from labguide.translating.status import status
from labguide.weaving.notices import Notice


def notices(guide: Guide) -> dict[int, Notice]:
    found = notices_of(status(guide.project))
    return {place.line: notice for place, notice in found.items()}


def test_readers_are_told_of_a_section_that_the_original_has_lost(buckets: Guide) -> None:
    assert notices(buckets) == {}
    buckets.edit(PAGE, "## Look at it {#look}\n\nIt is empty.\n\n", "")
    assert notices(buckets) == {19: Notice("", "en", ("stale",))}


def test_readers_are_told_of_a_section_with_a_mark_that_somebody_made_up(buckets: Guide) -> None:
    forged = "## 還有 {#more}\n<!-- en:123456789abc -->\n\n```bash\naws s3 rb s3://mine\n```\n"
    buckets.write(TRANSLATION, f"{buckets.read(TRANSLATION)}\n{forged}")
    assert list(notices(buckets).values()) == [Notice("", "en", ("stale",))]


def test_readers_of_a_page_that_has_no_original_are_told_nothing(buckets: Guide) -> None:
    (buckets.project.root / PAGE).unlink()
    assert notices(buckets) == {}
