"""Two editions of one workshop: what is left for students when the instructor's part was taken away at the source.

    Sources ──cut──▶ what an edition weaves

The instructor's part is: pages whose front matter says `kind: plan` or `edition: instructor`, with the files in folders
that hold only such pages; blocks of the types `instructor`, `assistant` and `solution`; speaker notes, which the room
`decks` takes out; solutions and hidden tests in code; comments in Markdown. Lines keep their places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from labguide import exercises, includes, quotes, revealmd
from labguide.editions import admonitions, code, comments, pages
from labguide.editions.words import words_of
from labguide.model import Document, Edition, Line, Project, Recording, Script, Sources
from labguide.problems import Problems

TYPES = admonitions.TYPES
"""The blocks that only instructors see, by what stands behind `!!!`."""

__all__ = ["TYPES", "Cut", "cut", "exercises_of", "of_document", "words_of"]


@dataclass(frozen=True)
class Cut:
    """What an edition weaves."""

    edition: Edition
    scripts: Mapping[str, Script]
    """The scripts as they run; readers see those of `sources`."""
    documents: tuple[Document, ...]
    withheld: frozenset[str]
    """The pages and files that the edition does not publish, as paths in the project."""

    def sources(self, language: str) -> Sources:
        """The documents, and the scripts as readers of a language see them."""
        shown = {name: code.shown(script, self.edition, language) for name, script in self.scripts.items()}
        return Sources(shown, self.documents)

    def recordings(self, recorded: Mapping[str, Recording], language: str, problems: Problems) -> dict[str, Recording]:
        """The recordings as readers of a language see them. An output that would show a solution is a problem."""
        in_order = [name for name in self.scripts if name in recorded]  # not the order in which runs came to their end
        shown = {
            name: code.recorded(recorded[name], self.scripts[name], self.edition, language, problems)
            for name in in_order
        }
        return {**shown, **{name: each for name, each in recorded.items() if name not in shown}}


def cut(found: Sources, project: Project, problems: Problems) -> Cut:
    """What the project's edition is made of. What may be the instructor's and is not marked so becomes a problem."""
    hidden = pages.hidden(found.documents, problems)
    withheld = pages.withheld(project, found.documents, hidden) if project.edition == "student" else frozenset[str]()
    _check_appended(project, problems)
    kept = (document for document in found.documents if document.path not in withheld)
    documents = tuple(of_document(document, project, problems) for document in kept)
    return Cut(project.edition, found.scripts, documents, withheld)


def _check_appended(project: Project, problems: Problems) -> None:
    """Files that the host appends to every page by itself (`auto_append`) are not cut."""
    lines = tuple(includes.appended(project, Problems()))
    if project.edition == "student" and lines:
        written = Document(lines[0].place.path, "lesson", project.languages[0], lines, {}, 1, ())
        cut = of_document(written, project, problems).lines
        for before in (before for before, after in zip(lines, cut, strict=True) if before.text != after.text):
            message = "a file that is appended to every page has something for instructors, which students would get"
            problems.add(before.place, "unclear-block", message, "take it out, or include it where it is needed")


def exercises_of(scripts: Mapping[str, Script]) -> frozenset[tuple[str, str]]:
    """The cells with a solution, by the names of their scripts."""
    return frozenset(
        (script.name, cell.name) for script in scripts.values() for cell in script.cells if exercises.is_exercise(cell)
    )


def of_document(document: Document, project: Project, problems: Problems) -> Document:
    """A document as an edition has it; also one that was put together of others, such as a page with its notebook."""
    if document.kind == "deck":
        project = replace(project, dialect=revealmd.of_decks(project.dialect))
    made = code.in_document(document, project)
    made = (_cut_blocks if project.edition == "student" else _titled_blocks)(made, project, problems)
    if project.edition == "student":
        made = comments.without(made, project.dialect, problems)
    if made.lines == document.lines:
        return document
    # Whatever is wrong with the quotes was told when the document was read.
    return replace(made, quotes=quotes.find(made.lines, made.body_line - 1, project, Problems()))


def _cut_blocks(document: Document, project: Project, problems: Problems) -> Document:
    lines = list(document.lines)
    for block in admonitions.find(lines, document.body_line - 1, project.dialect, problems):
        for number in range(block.first, block.last + 1):
            lines[number] = _blank(lines[number])
    return replace(document, lines=tuple(lines))


def _titled_blocks(document: Document, project: Project, problems: Problems) -> Document:
    lines, words = list(document.lines), words_of(document.language)
    for block in admonitions.find(lines, document.body_line - 1, project.dialect, problems):
        for number in (block.first, *block.inner):
            text = admonitions.titled(lines[number].text, words)
            lines[number] = lines[number] if text == lines[number].text else replace(lines[number], text=text)
    return replace(document, lines=tuple(lines))


def _blank(line: Line) -> Line:
    return replace(line, text="")
