"""Renders a finished site with MkDocs into a folder, and previews a project."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.commands.serve import serve as mkdocs_serve
from mkdocs.config.defaults import MkDocsConfig

from labguide.assembly import Site
from labguide.hosts.mkdocs import messages
from labguide.hosts.mkdocs.configuration import EDITION, load
from labguide.hosts.mkdocs.handover import Handover
from labguide.hosts.mkdocs.printing import Printing
from labguide.model import Edition, Project
from labguide.problems import Problems, concerns_all


def render(project: Project, woven: Site, folder: Path, problems: Problems, printing: Printing | None = None) -> None:
    """Render a site into a folder; what MkDocs warns of, and whatever else is wrong, becomes a problem.

    For `printing`, all that a book needs to know of it is noted there, and pages say where their content is.
    """
    with messages.gathered() as told:
        config = load(project.root)
        config.site_dir = str(folder)
        _warn_of_links(config)
        _build(config, Handover(project, woven, problems, printing=printing), told)
    for message in told:
        messages.tell(project, {**woven.pages, **woven.decks}, message, problems)


def serve(root: Path, address: str, edition: Edition = "student") -> None:
    """Preview the project in `root` on an address such as `127.0.0.1:8000`, following edits until Ctrl-C."""
    load(root)
    os.environ[EDITION] = edition  # MkDocs makes a new plugin for each build, and asks for no option of ours
    mkdocs_serve(config_file=str(root / "mkdocs.yml"), dev_addr=address, livereload=True, strict=False)


def _build(config: MkDocsConfig, handover: Handover, told: list[str]) -> None:
    plugin: Any = config.plugins["labguide"]
    plugin.given = handover
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build(config)
    except (Exception, SystemExit) as error:  # an extension or another plugin raises whatever it does
        if concerns_all(error):
            raise
        messages.add_error(error, told)
    finally:
        config.plugins.on_shutdown()
        plugin.given = None
        handover.end()


def _warn_of_links(config: MkDocsConfig) -> None:
    """MkDocs only mentions some broken links unless it is told to warn; what a project ignores stays ignored."""
    links = config.validation.links
    for kind in ("anchors", "absolute_links", "unrecognized_links"):
        if links[kind] == logging.INFO:
            links[kind] = logging.WARNING
