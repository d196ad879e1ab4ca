"""Leaves out of MkDocs what an edition does not publish: files, navigation, and so search and sitemap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from pathspec.gitignore import GitIgnoreSpec
from pathspec.patterns.gitwildmatch import GitWildMatchPattern

from labguide.model import Project


def leave_out(config: MkDocsConfig, project: Project, withheld: Collection[str]) -> None:
    """Exclude these files, by their paths in the project, before MkDocs or a plugin sees the first one."""
    folder = f"{project.docs_dir}/"
    uris = sorted(path.removeprefix(folder) for path in withheld if path.startswith(folder))
    if uris:
        own = GitIgnoreSpec.from_lines(f"/{GitWildMatchPattern.escape(uri)}" for uri in uris)
        config.exclude_docs = config.exclude_docs + own if config.exclude_docs else own


def pruned(nav: Navigation, project: Project, withheld: Collection[str]) -> Navigation:
    """A navigation without these pages, and without sections that held nothing else."""
    if not withheld:
        return nav
    nav.items = _kept(nav.items, project, withheld)
    nav.pages = pages = [page for page in nav.pages if not _is_withheld(page, project, withheld)]
    for before, page, after in zip([None, *pages[:-1]], pages, [*pages[1:], None], strict=True):
        page.previous_page, page.next_page = before, after
    return nav


def _kept(items: Sequence[StructureItem], project: Project, withheld: Collection[str]) -> list[StructureItem]:
    kept: list[StructureItem] = []
    for item in items:
        section: Any = item
        if item.is_section:
            had = section.children
            section.children = _kept(had, project, withheld)
            if had and not section.children:
                continue
        if not _is_withheld(item, project, withheld):
            kept.append(item)
    return kept


def _is_withheld(item: StructureItem, project: Project, withheld: Collection[str]) -> bool:
    return isinstance(item, Page) and f"{project.docs_dir}/{item.file.src_uri}" in withheld
