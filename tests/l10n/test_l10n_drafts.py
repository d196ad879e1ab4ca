"""A machine writes drafts: what it is sent, what it must not change, and what becomes of what it breaks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translate_service import Service, running
from translated import PAGE, TRANSLATION, Guide

from labguide import l10n, skimming
from labguide.hosts import mkdocs
from labguide.l10n import editing, glossary, hashing, parity
from labguide.l10n.drafting import PROVIDERS, Order, order, protecting, write
from labguide.l10n.quoted import Quoted
from labguide.problems import CannotBuildError, Problems

LABGUIDE = Path(sys.executable).parent / "labguide"

GLOSSARY = """\
terms:
- {en: bucket, zh: [儲存貯體], prefer: 儲存貯體}
- {en: image (picture), zh: [圖片], prefer: 圖片}
"""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with running() as found:
        for name, value in _environment(found).items():
            monkeypatch.setenv(name, value)
        yield found


def _environment(service: Service) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_TRANSLATE": service.url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
    }


def draft(guide: Guide, *keys: str, source: str = PAGE) -> list[str]:
    """Draft these sections of a page, all that are free if none is named; what is told."""
    page, problems = guide.page(source), Problems()
    wanted = order(page, [each for each in page.standings if not keys or each.key in keys], guide.project)
    words = glossary.read(guide.project, "zh-TW", problems)
    write(wanted, PROVIDERS["amazon"](), words, Quoted(guide.project), problems)
    return [str(problem) for problem in problems]


def drafts(guide: Guide, source: str = PAGE) -> list[str]:
    return [each.key for each in guide.page(source).standings if each.draft]


# ---- What is drafted ----


def test_a_page_that_nobody_translated_becomes_a_draft_made_from_todays_text(buckets: Guide, service: Service) -> None:
    (buckets.project.root / TRANSLATION).unlink()
    assert draft(buckets) == []
    assert drafts(buckets) == ["buckets", "create", "look", "delete"]
    assert buckets.not_ok() == {}
    assert "## 〈Create〉 〈a〉 〈bucket〉 {#create}\n<!-- en:" in buckets.read(TRANSLATION)
    assert 'description: "〈A〉 〈bucket〉 〈to〉 〈begin〉 〈with〉"' in buckets.read(TRANSLATION)


def test_a_paragraph_becomes_one_line(buckets: Guide, service: Service) -> None:
    (buckets.project.root / TRANSLATION).unlink()
    draft(buckets)
    assert "\n〈Choose〉 〈a〉 〈region〉 〈near〉 〈you〉.\n" in buckets.read(TRANSLATION)


def test_a_missing_section_is_drafted_at_its_place_and_nothing_else_changes(buckets: Guide, service: Service) -> None:
    before = buckets.read(TRANSLATION)
    buckets.edit(PAGE, "## Look at it {#look}", "## Fill it {#fill}\n\nPut in a file.\n\n## Look at it {#look}")
    draft(buckets)
    after = buckets.read(TRANSLATION)
    added = re.sub(
        r"## 〈Fill〉 〈it〉 \{#fill\}\n<!-- en:\w+ draft -->\n\n〈Put〉 〈in〉 〈a〉 〈file〉.\n\n", "", after
    )
    assert added == before
    assert list(buckets.states()) == ["buckets", "create", "fill", "look", "delete"]


def test_of_two_missing_sections_only_the_one_that_was_named_is_drafted(buckets: Guide, service: Service) -> None:
    buckets.edit(PAGE, "## Look at it {#look}", "## One {#one}\n\nA.\n\n## Two {#two}\n\nB.\n\n## Look at it {#look}")
    draft(buckets, "two")
    assert buckets.not_ok() == {"one": "MISSING"}
    assert drafts(buckets) == ["two"]


def test_what_a_person_translated_is_never_written_over(buckets: Guide, service: Service) -> None:
    buckets.edit(PAGE, "It is empty.", "It is empty, for now.")
    page = buckets.page()
    wanted = order(page, page.standings, buckets.project)
    assert [each.key for each in wanted.refused] == ["buckets", "create", "look", "delete"]
    assert wanted.texts == ()


def test_what_a_person_translated_while_the_machine_did_is_not_written_over(buckets: Guide, service: Service) -> None:
    buckets.edit(PAGE, "## Look at it", "## New {#new}\n\nIt is new.\n\n## Look at it")
    page = buckets.page()
    editing.scaffold(buckets.project.root, page, Quoted(buckets.project))
    page = buckets.page()
    wanted = order(page, [each for each in page.standings if each.key == "new"], buckets.project)
    buckets.edit(TRANSLATION, "It is new.", "它是新的。")
    with pytest.raises(CannotBuildError, match="was changed while it was worked on"):
        write(wanted, PROVIDERS["amazon"](), glossary.Glossary("zh-TW"), Quoted(buckets.project), Problems())
    assert "它是新的。" in buckets.read(TRANSLATION)


def test_a_draft_may_be_drafted_again(buckets: Guide, service: Service) -> None:
    (buckets.project.root / TRANSLATION).unlink()
    draft(buckets)
    before = buckets.read(TRANSLATION)
    buckets.edit(PAGE, "It is empty.", "Nothing yet.")
    draft(buckets, "look")
    assert (
        buckets.read(TRANSLATION).replace("〈Nothing〉 〈yet〉.", "〈It〉 〈is〉 〈empty〉.") != before
    )  # another hash
    assert "〈Nothing〉 〈yet〉." in buckets.read(TRANSLATION)
    assert buckets.not_ok() == {}


RICH = """\
# Train {#train}

Run `train.py` in {value}`games#count:.0f` rows, see [the *guide*](guide.md "title"){ .wide } or <https://a.example/b>.
A price of US$3 is < 4 &amp; \\(x^2\\); ![A picture](a.png)[^1]

!!! note "A `title`"

    - [ ] **Bold** words
        1. nested

```{cell} games#train
:title: What it prints
:lines: 1-3
```

| A head | `code \\| bar` |
|---|---|
| [One](one.md) | {value}`games#rows` |

=== "A tab"

    text

[^1]: A note.
*[ML]: machine learning
[ref]: https://ref.example "Ref"
"""

DRAFTED = """\
# 〈Train〉 {#train}
MARK

〈Run〉 `train.py` 〈in〉 {value}`games#count:.0f` 〈rows〉, 〈see〉 [〈the〉 *〈guide〉*](guide.md "title"){ .wide } \
〈or〉 <https://a.example/b>. 〈A〉 〈price〉 〈of〉 〈US〉$3 〈is〉 < 4 &amp; \\(x^2\\); \
![〈A〉 〈picture〉](a.png)[^1]

!!! note "〈A〉 `title`"

    - [ ] **〈Bold〉** 〈words〉
        1. 〈nested〉

```{cell} games#train
:title: 〈What〉 〈it〉 〈prints〉
:lines: 1-3
```

| 〈A〉 〈head〉 | `code \\| bar` |
|---|---|
| [〈One〉](one.md) | {value}`games#rows` |

=== "〈A〉 〈tab〉"

    〈text〉

[^1]: 〈A〉 〈note〉.
*[ML]: 〈machine〉 〈learning〉
[ref]: https://ref.example "Ref"
"""


def test_code_links_quotes_and_the_signs_of_lines_come_back_as_they_were(buckets: Guide, service: Service) -> None:
    buckets.write("docs/rich.md", RICH)
    assert draft(buckets, source="docs/rich.md") == []
    assert re.sub(r"<!-- en:.* -->", "MARK", buckets.read("docs/rich.zh-TW.md")) == DRAFTED


def test_a_draft_has_all_the_parts_of_its_source(buckets: Guide, service: Service) -> None:
    buckets.write("docs/rich.md", RICH)
    draft(buckets, source="docs/rich.md")
    problems = Problems()
    parity.check(buckets.project, buckets.pages(), problems)
    assert list(problems) == []


def test_nothing_of_code_or_addresses_is_sent(buckets: Guide, service: Service) -> None:
    buckets.write("docs/rich.md", RICH)
    draft(buckets, source="docs/rich.md")
    for secret in ("train.py", "games#", "guide.md", "example", "&amp;", "x^2", "code"):
        assert not any(secret in text for text in service.sent), secret


def test_a_deck_keeps_its_slides_comments_and_notes(buckets: Guide, service: Service) -> None:
    deck = (
        "---\ntitle: A deck\nminutes: 5\n---\n\n# One {#one}\n\nNotes:\nSay it.\n\n---\n\n"
        '<!-- .slide: class="wide" -->\n\n## Two {#two}\n\n- a <!-- .element: class="fragment" -->\n'
    )
    buckets.write("slides/deck.md", deck)
    assert draft(buckets, source="slides/deck.md") == []
    said = re.sub(r"\n<!-- en:.* -->", "", buckets.read("slides/deck.zh-TW.md"))
    assert said.replace("〈", "").replace("〉", "").replace('"A deck"', "A deck") == deck
    assert "〈Say〉 〈it〉." in said


def test_the_prose_of_a_script_is_drafted_with_its_cells_quoted_in_order(buckets: Guide, service: Service) -> None:
    script = (
        '# %% [markdown]\n# # Games {#games}\n#\n# Look.\n\n# %% name="a"\n1\n\n'
        '# %% [markdown]\n# Then.\n\n# %% name="b"\n2\n'
    )
    buckets.write("notebooks/games.py", script)
    assert draft(buckets, source="notebooks/games.py") == []
    said = buckets.read("notebooks/games.zh-TW.md")
    assert re.findall(r"\{cell\} \S+|〈.*", said) == [
        "〈Games〉 {#games}",
        "〈Look〉.",
        "{cell} games#a",
        "〈Then〉.",
        "{cell} games#b",
    ]


def test_indented_code_is_not_translated(buckets: Guide, service: Service) -> None:
    buckets.write("docs/indented.md", "# Code {#code}\n\nLook:\n\n    rm -rf data\n\nDone.\n")
    draft(buckets, source="docs/indented.md")
    assert "\n    rm -rf data\n" in buckets.read("docs/indented.zh-TW.md")


@given(st.text(alphabet="a b`*_[](){}<>!#|\\:$.-&;/1\"'", max_size=80))
def test_a_machine_that_changes_nothing_gets_every_text_back_as_it_was(text: str) -> None:
    sent = protecting.protected(text)
    assert protecting.restored(sent.text, sent) == text


def test_cutting_every_page_of_the_workshop_into_pieces_changes_nothing_in_it() -> None:
    project = mkdocs.open_project(Path(__file__).parents[2])
    for page in l10n.status(project, Problems()):
        wanted = Order(page, page.standings, project)
        for section in page.source.sections:
            lines = ["".join(f"{each.before}{each.words}{each.after}" for each in line) for line in wanted.cut(section)]
            now = hashing.normalised(lines, skimming.kinds(lines, page.source.kind))
            assert now == hashing.normalised(section.texts, section.kinds), section.place


# ---- What a machine breaks ----


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: re.sub(r'<span translate="no">\d+</span>', "", text),
        lambda text: re.sub(r'(<span translate="no">\d+</span>)', r"\1\1", text),
        lambda text: text.replace('translate="no">1<', 'translate="no">2<'),
        lambda text: text.replace("〈it〉", "`rm`"),
        lambda text: text.replace("〈it〉", "{value}"),
        lambda text: text.replace("〈Run〉", "- 〈Run〉"),
        lambda text: text.replace("〈it〉", "<b>〈it〉</b>"),
        lambda text: text.replace("</span>", ""),
    ],
    ids=["lost", "doubled", "another", "code added", "quote added", "list added", "HTML added", "not closed"],
)
def test_a_sentence_that_comes_back_with_other_code_stays_as_it_was_and_is_told(
    buckets: Guide, service: Service, spoil: object
) -> None:
    service.spoil = spoil  # type: ignore[assignment]
    buckets.write("docs/run.md", "# Title {#title}\n\nRun `it` with it.\n\nWell.\n")
    (told,) = draft(buckets, source="docs/run.md")
    assert "\nRun `it` with it.\n" in buckets.read("docs/run.zh-TW.md")
    assert "〈Well〉." in buckets.read("docs/run.zh-TW.md")
    assert told.startswith('docs/run.zh-TW.md:1: a machine lost or added markup in "Run `it` with it."')


def test_words_that_a_machine_moves_keep_their_links(buckets: Guide, service: Service) -> None:
    service.spoil = lambda text: re.sub(r"(〈See〉) (<span.*</span>)", r"\2 \1", text)
    buckets.write("docs/see.md", "# Title {#title}\n\nSee [it](it.md).\n")
    assert draft(buckets, source="docs/see.md") == []
    assert "\n[〈it〉](it.md) 〈See〉.\n" in buckets.read("docs/see.zh-TW.md")


# ---- The service ----


def test_the_glossarys_words_are_said_and_nothing_is_left_in_the_account(buckets: Guide, service: Service) -> None:
    buckets.write("glossary.zh-TW.yml", GLOSSARY)
    (buckets.project.root / TRANSLATION).unlink()
    draft(buckets)
    assert "## 〈Create〉 〈a〉 儲存貯體 {#create}" in buckets.read(TRANSLATION)
    assert service.terminologies == {}
    assert [name for name, _ in service.requests if name != "TranslateText"] == [
        "ImportTerminology",
        "DeleteTerminology",
    ]


def test_a_service_that_refuses_is_explained_and_nothing_is_written_or_left(buckets: Guide, service: Service) -> None:
    buckets.write("glossary.zh-TW.yml", GLOSSARY)
    (buckets.project.root / TRANSLATION).unlink()
    service.refuses = "UnsupportedLanguagePairException"
    with pytest.raises(CannotBuildError, match="Amazon Translate refused: the pair is not supported"):
        draft(buckets)
    assert not (buckets.project.root / TRANSLATION).exists()
    assert service.terminologies == {}


def test_what_could_not_be_deleted_in_the_account_is_named(buckets: Guide, service: Service) -> None:
    buckets.write("glossary.zh-TW.yml", GLOSSARY)
    (buckets.project.root / TRANSLATION).unlink()
    service.keeps = True
    with pytest.raises(CannotBuildError) as error:
        draft(buckets)
    (left,) = service.terminologies
    assert f"aws translate delete-terminology --name {left}" in str(error.value)


def test_a_paragraph_longer_than_a_request_is_sent_in_parts(buckets: Guide, service: Service) -> None:
    sentences = [f"Sentence number {number} has `code {number}` in it. " for number in range(400)]
    buckets.write("docs/long.md", f"# Long {{#long}}\n\n{''.join(sentences).strip()}\n")
    assert draft(buckets, source="docs/long.md") == []
    assert len(service.sent) > 3
    assert all(len(text.encode()) <= 10_000 for text in service.sent)
    said = buckets.read("docs/long.zh-TW.md")
    assert re.findall(r"`code \d+`", said) == [f"`code {number}`" for number in range(400)]


# ---- The command ----

MKDOCS = """\
site_name: Test
theme: {name: material, font: false}
plugins:
  - i18n: {docs_structure: suffix, reconfigure_search: false, languages: [{locale: en, name: English, default: true}, \
{locale: zh-TW, name: 中文}]}
  - labguide
"""


def command(guide: Guide, service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **_environment(service)}
    told = [LABGUIDE, "l10n", "draft", "--project", str(guide.project.root), *arguments]
    return subprocess.run(told, capture_output=True, text=True, env=environment, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture
def untranslated(buckets: Guide) -> Guide:
    buckets.write("mkdocs.yml", MKDOCS)
    buckets.write("docs/index.md", "# Home {#home}\n")
    (buckets.project.root / TRANSLATION).unlink()
    return buckets


def test_nothing_is_sent_without_consent_and_the_price_is_shown(untranslated: Guide, service: Service) -> None:
    done = command(untranslated, service, PAGE, "zh-TW")
    assert done.returncode == 2
    assert (
        "Amazon Translate will be sent 4 sections of docs/buckets.md, 132 characters, for less than $0.01."
        in done.stderr
    )
    assert "nothing is sent without consent; look at the price, then say --yes" in done.stderr
    assert service.requests == []
    assert not (untranslated.project.root / TRANSLATION).exists()


def test_a_draft_that_costs_more_than_its_limit_is_not_sent(untranslated: Guide, service: Service) -> None:
    done = command(untranslated, service, "--yes", "--max-usd", "0.0001", PAGE, "zh-TW")
    assert done.returncode == 2
    assert "more than --max-usd 0.0001; nothing was sent" in done.stderr
    assert service.requests == []


def test_with_consent_the_page_is_drafted(untranslated: Guide, service: Service) -> None:
    done = command(untranslated, service, "--yes", PAGE, "zh-TW")
    assert done.returncode == 0, done.stderr
    assert "docs/buckets.zh-TW.md: 4 sections drafted" in done.stdout
    assert drafts(untranslated) == ["buckets", "create", "look", "delete"]
    assert untranslated.not_ok() == {}


def test_a_section_that_a_person_translated_is_refused_by_name(buckets: Guide, service: Service) -> None:
    buckets.write("mkdocs.yml", MKDOCS)
    done = command(buckets, service, "--yes", PAGE, "zh-TW", "look")
    assert done.returncode == 2
    assert "a person translated #look, and a machine never writes over that" in done.stderr
