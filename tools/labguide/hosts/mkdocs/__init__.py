"""The host that builds sites: MkDocs with its themes. No other room but the plugin itself knows MkDocs.

mkdocs.yml ──open_project──▶ Project          what it says, and which files it renders
Site ──render──▶ folder                       pages through MkDocs, what it complains of as problems
mkdocs.yml ──serve──▶ preview                 MkDocs follows edits, and the plugin builds each time
"""

from __future__ import annotations

from labguide.hosts.mkdocs.configuration import open_project, project_of
from labguide.hosts.mkdocs.handover import Handover
from labguide.hosts.mkdocs.printing import Printing
from labguide.hosts.mkdocs.rendering import render, serve

__all__ = ["Handover", "Printing", "open_project", "project_of", "render", "serve"]
