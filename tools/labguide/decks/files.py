"""Files of a project that a deck shows though the site has them nowhere: `../img/a.png` beside `slides/`, `/img/a.png`.

reveal-md serves a whole folder, so such paths work there. They are published with the decks, and the deck's addresses
lead to them. Only pictures, sounds, films and style sheets are: a link to another file is as it is in a page.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from labguide import revealmd
from labguide.model import Document, Project

_SHOWN = (
    re.compile(r"!\[[^\]]*\]\(\s*<?(?P<target>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"),
    re.compile(r"""\s(?:src|data-src|poster|srcset)\s*=\s*(["'])(?P<target>.*?)\1""", re.IGNORECASE),
    re.compile(r"""\sdata-background(?:-image|-video)?\s*=\s*(["'])(?P<target>.*?)\1""", re.IGNORECASE),
)
_MEDIA = frozenset(
    (
        *(".apng", ".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp"),
        *(".m4a", ".m4v", ".mov", ".mp3", ".mp4", ".oga", ".ogg", ".ogv", ".wav", ".webm"),
        ".css",
    )
)


def elsewhere(document: Document, project: Project) -> Mapping[str, Path]:
    """The files that a deck shows and the site does not have by itself, by what its author wrote."""
    written = dict.fromkeys((*_targets(document), *styles({**revealmd.shared(project), **document.meta})))
    found = ((target, _file(target, document, project)) for target in written)
    return {target: path for target, path in found if path is not None}


def styles(meta: Mapping[str, Any]) -> list[str]:
    """The style sheets that a deck asks for, by `css` and by a `theme` that is one."""
    said = meta.get("css") or []
    names: Sequence[Any] = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    own = [name.strip() for name in names if isinstance(name, str) and name.strip()]
    theme = meta.get("theme")
    return [theme, *own] if isinstance(theme, str) and theme.endswith(".css") and theme not in own else own


def _targets(document: Document) -> Iterator[str]:
    for line in document.lines[document.body_line - 1 :]:
        if line.written and any(mark in line.text for mark in ("](", "=")):
            for form in _SHOWN:
                yield from (html.unescape(found["target"]) for found in form.finditer(line.text))


def _file(target: str, document: Document, project: Project) -> Path | None:
    """The file that a target means, if the site has none in its place."""
    scheme, host, path, _, _ = urlsplit(target)
    path = unquote(path)
    if scheme or host or Path(path).suffix.lower() not in _MEDIA:
        return None
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(document.uri), path))
    if not path.startswith("/") and _is_in_site(beside, project):
        return None
    return next((each for each in _candidates(path, document, project) if _is_of_project(each, project)), None)


def _is_in_site(path: str, project: Project) -> bool:
    """Whether the site has a file at a path without more ado: of the guide's, or beside the decks."""
    in_guide = not path.startswith("../") and (project.docs / path).is_file()
    return in_guide or (path.startswith("slides/") and (project.root / path).is_file())


def _candidates(path: str, document: Document, project: Project) -> list[Path]:
    plain = path.lstrip("/")
    beside = (project.root / document.path).parent
    if path.startswith("/"):
        return [root / plain for root in (project.root, project.slides, project.docs)]
    return [beside / plain, project.root / plain]


def _is_of_project(path: Path, project: Project) -> bool:
    """Whether a file is one that a project would publish."""
    if not path.is_file() or not path.resolve().is_relative_to(project.root.resolve()):
        return False
    parts = path.resolve().relative_to(project.root.resolve()).parts
    return not any(part.startswith(".") for part in parts) and parts[0] != project.site_dir
