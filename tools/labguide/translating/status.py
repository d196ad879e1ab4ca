"""How translations of a project stand, asked once in a build for all that is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from labguide import l10n
from labguide.l10n.quoted import Quoted
from labguide.model import Project
from labguide.problems import Problems


@dataclass(frozen=True)
class Status:
    """Every page in every target language; none of a project in one language."""

    pages: tuple[l10n.Page, ...]
    quoted: Quoted
    """What sections quote today."""


def status(project: Project) -> Status:
    """How translations stand now. What is wrong with a mark is told where translations are checked."""
    quoted = Quoted(project)
    pages = l10n.status(project, Problems(), quoted=quoted) if len(project.languages) > 1 else ()
    return Status(pages, quoted)
