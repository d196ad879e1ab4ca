"""The page of each target language for its translators; `l10n.report` makes it, `visible.py` says what it may show."""

from __future__ import annotations

from labguide.l10n import Page, State, Text, old_files, report
from labguide.l10n.old_files import OldFiles
from labguide.lines import read, split
from labguide.model import Project, Sources
from labguide.translating.status import Status
from labguide.translating.visible import ProjectView


def files(project: Project, found: Sources, status: Status, withheld: frozenset[str]) -> dict[str, bytes]:
    """The pages by their path in the site, `translations.zh-TW.html`; none of a project in one language.

    `found` is all that authors wrote, `withheld` are the paths of what the edition does not publish.
    """
    if len(project.languages) == 1:
        return {}
    view, past = ProjectView(project, found), old_files.of(project.root)
    published = [page for page in status.pages if not _paths(page) & withheld]
    past.read_ahead(page.source.path for page in published if page.count(State.STALE))
    return {
        path_of(language): report.page(
            [page for page in published if page.language == language],
            _report_context(project, language, view, past, status),
            _site_context(project, language, view),
        ).encode()
        for language in project.languages[1:]
    }


def path_of(language: str) -> str:
    """Where in the site the page of a language is."""
    return f"translations.{language}.html"


def _paths(page: Page) -> set[str]:
    return {page.source.path, page.expected, *((page.translation.path,) if page.translation else ())}


def _site_context(project: Project, language: str, view: ProjectView) -> report.SiteContext:
    others = {other: (report.name_of(other), path_of(other)) for other in project.languages[1:] if other != language}
    first, *_ = project.languages
    return report.SiteContext(project.name, first, language, report.name_of(language), view.home(language), others)


def _report_context(
    project: Project, language: str, view: ProjectView, past: OldFiles, status: Status
) -> report.ReportContext:
    return report.ReportContext(
        edition=view,
        words=report.words_of(language, project.languages[0]),
        edit_address=project.edit_address,
        old_source=lambda text, made_from: past.find(text.path, made_from),
        quoted=status.quoted,
        front_matter=lambda text: _front_matter(text, project),
    )


def _front_matter(text: Text, project: Project) -> str:
    """A source's front matter; what its author says there to other authors is left out."""
    if text.path.endswith(".py"):
        return ""
    written = split(read(project.root / text.path))
    head = written[: text.sections[0].first - 1]
    return "\n".join(line for line in head if not line.lstrip().startswith("#")).strip("\n")
