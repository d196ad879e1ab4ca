"""Where a file can be edited, or a new one made, with a browser: in the repository that the sources are in."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, urlsplit


def of(template: str, path: str) -> str | None:
    """The address at which a file of the project is edited; None if the project does not say where its sources are.

    `template` is an address that has `{path}` in the place of the file's path, relative to the project's root.
    """
    return template.replace("{path}", quote(path)) if template else None


def of_new(template: str, path: str) -> str | None:
    """The address at which a file can be made, its name filled in; None where no such address is known.

    GitHub and GitLab have one, as do the servers that people run of GitLab, which are known by the `/-/`.
    """
    host = urlsplit(template).hostname
    for known, edit, new, parameter in _HOSTS:
        if known in (host, "") and edit in template and template.endswith("/{path}"):
            folder, name = posixpath.split(path)
            begin = template.replace(edit, new, 1).removesuffix("{path}")
            return f"{begin}{quote(folder)}?{parameter}={quote(name, safe='')}"
    return None


_HOSTS = (
    ("", "/-/edit/", "/-/new/", "file_name"),
    ("gitlab.com", "/edit/", "/-/new/", "file_name"),
    ("github.com", "/edit/", "/new/", "filename"),
)
"""A host, any if empty, and what its addresses have for editing, for a new file, and for its name."""
