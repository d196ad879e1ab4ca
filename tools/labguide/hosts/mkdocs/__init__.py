"""The host that builds sites: MkDocs with its themes. No other room but the plugin itself knows MkDocs.

mkdocs.yml ──open_project──▶ Project          what it says, and which files it renders
Site ──render──▶ folder                       pages through MkDocs, what it complains of as problems
mkdocs.yml ──serve──▶ preview                 MkDocs follows edits, and the plugin builds each time
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from labguide.hosts.mkdocs.configuration import open_project, project_of

if TYPE_CHECKING:
    from labguide.hosts.mkdocs.handover import Handover
    from labguide.hosts.mkdocs.printing import Printing
    from labguide.hosts.mkdocs.rendering import render, serve

__all__ = ["Handover", "Printing", "open_project", "project_of", "render", "serve"]

_MODULES = {"Handover": "handover", "Printing": "printing", "render": "rendering", "serve": "rendering"}
"""What renders a site is read when it is asked for: it needs nearly all rooms, and opening a project does not."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
