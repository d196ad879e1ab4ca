"""Reads mkdocs.yml, and all that follows from it: the project, its languages, and which files MkDocs renders."""

from __future__ import annotations

import html
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.structure.files import Files, InclusionLevel, get_files

from labguide.blocks import SNIPPETS
from labguide.hosts.mkdocs import messages, options
from labguide.model import DEFAULT_LANGUAGE, Dialect, Edition, PageFile, Place, Project
from labguide.problems import CannotBuildError
from labguide.quotes import DECK_FENCE, HTML_FENCE

SUPERFENCES = "pymdownx.superfences"
EDITION = "LABGUIDE_EDITION"
"""The variable that says which edition a preview shows. A build by MkDocs itself makes the student's in any case."""

_YAML_LINE = re.compile(r"line (?P<line>\d+)")


def open_project(root: Path, edition: Edition = "student") -> Project:
    """The project in a folder, of which an edition is to be made.

    Raises `CannotBuildError` if it has no usable mkdocs.yml.
    """
    with messages.gathered():  # who renders says it again
        return replace(project_of(load(root)), edition=edition)


def load(root: Path) -> MkDocsConfig:
    """A project's configuration. Raises `CannotBuildError`, with the line of each fault, if it is not usable."""
    path = root / "mkdocs.yml"
    if not path.is_file():
        raise CannotBuildError(f"no mkdocs.yml in {root}; go to the workshop's folder, or name it with --project")
    with messages.gathered() as faults:
        try:
            config = load_config(str(path), strict=False)
        except (ConfigurationError, Abort) as error:
            told = [_fault(path, text) for text in faults] or [_fault(path, str(error))]
            raise CannotBuildError("\n".join(map(str, told))) from None
        except Exception as error:  # a plugin or a hook raises whatever it does
            raise _fault(path, f"{type(error).__name__}: {error}") from None
    for warning in faults:
        logging.getLogger("mkdocs.config").warning(warning)
    if "labguide" not in config.plugins:
        place = Place(path.name, options.line_of(path, "plugins"))
        message = 'the plugin "labguide" is missing'
        raise CannotBuildError.at(place, "bad-config", message, "add it under `plugins:`")
    return config


def root_of(config: MkDocsConfig) -> Path:
    """The folder of mkdocs.yml."""
    return Path(config.config_file_path or "mkdocs.yml").absolute().parent.resolve()


def project_of(config: MkDocsConfig, *, preview: bool = False) -> Project:
    """The project that a configuration belongs to; a preview has its drafts too.

    Raises `CannotBuildError` if what mkdocs.yml says to labguide cannot be understood.
    """
    root, own = root_of(config), config.plugins["labguide"].config
    path = root / Path(config.config_file_path or "mkdocs.yml").name
    folder = Path(config.config_file_path or "mkdocs.yml").parent
    docs_dir = _relative(config.docs_dir, folder)
    options.progress(path, own.progress)
    return Project(
        root,
        _languages(config),
        docs_dir=docs_dir,
        environment=options.environment(path, own.environment or []),
        unrun=options.unrun(path, own.unrun_code or []),
        name=str(config.site_name or ""),
        site_dir=_relative(config.site_dir, folder),
        pages=tuple(PageFile(f"{docs_dir}/{uri}", uri, language) for uri, language in _pages(config, preview).items()),
        dialect=dialect(config),
        edition="instructor" if preview and os.environ.get(EDITION) == "instructor" else "student",
        edit_address=_edit_address(config, docs_dir),
    )


def course(config: MkDocsConfig) -> str | None:
    """The name under which readers' browsers keep their progress; None if they do not."""
    path = root_of(config) / Path(config.config_file_path or "mkdocs.yml").name
    said = options.progress(path, config.plugins["labguide"].config.progress)
    return config.site_name if said is True else said or None


def is_material(config: MkDocsConfig) -> bool:
    """Whether a theme has the blocks of Material's templates: Material itself, what is made of it, and its forks."""
    return any((Path(each) / "partials" / "language.html").is_file() for each in config.theme.dirs)


def _edit_address(config: MkDocsConfig, docs_dir: str) -> str:
    """Where any file of the project is edited, `{path}` in the place of its path from the project's root.

    Empty if mkdocs.yml does not say it, or only of the folder of lessons.
    """
    said = str(config.edit_uri_template or (f"{config.edit_uri}{{path}}" if config.edit_uri else ""))
    before, path, after = said.partition("{path}")
    folder = f"{docs_dir}/" if docs_dir != "." else ""
    if not path or not re.search(rf"(?:^|[/=]){re.escape(folder)}$", before):
        return ""
    repository = config.repo_url or ""
    if repository and not said.startswith(("?", "#")):
        repository = f"{repository.rstrip('/')}/"
    return urljoin(repository, f"{before.removesuffix(folder)}{path}{after}")


def dialect(config: MkDocsConfig) -> Dialect:
    """The Markdown of the project with what woven text needs: outputs in a fence of their own, tabs that stay tabs."""
    configs = {name: dict(options or {}) for name, options in config.mdx_configs.items()}
    superfences = configs.setdefault(SUPERFENCES, {})
    own = [{"name": name, "class": name, "format": _html_as_it_is} for name in (HTML_FENCE, DECK_FENCE)]
    others = [fence for fence in superfences.get("custom_fences", ()) if fence["name"] not in (HTML_FENCE, DECK_FENCE)]
    configs[SUPERFENCES] = {"preserve_tabs": True, **superfences, "custom_fences": [*others, *own]}
    if SNIPPETS in config.markdown_extensions:
        configs[SNIPPETS] = _snippets_options(config)
    return Dialect(tuple(config.markdown_extensions), configs)


def _html_as_it_is(
    source: str, _language: str, css_class: str, *_: Any, classes: list[str] | None = None, **more: Any
) -> str:
    attributes: Mapping[str, str] = more.get("attrs") or {}
    marks = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    return f'<div class="{" ".join([css_class, *(classes or [])])}"{marks}>\n{source}\n</div>'


def _snippets_options(config: MkDocsConfig) -> dict[str, Any]:
    """The options of pymdownx.snippets, where paths begin at the project's root and not at the current folder.

    A file that is not there is an error, unless the author says otherwise: else the page would have a hole.
    """
    said: dict[str, Any] = dict(config.mdx_configs.get(SNIPPETS) or {})
    base = said.get("base_path", ["."])
    paths = [base] if isinstance(base, str | bytes | os.PathLike) else list(base)
    return {"check_paths": True, **said, "base_path": [_absolute(path, root_of(config)) for path in paths]}


def _absolute(path: Any, root: Path) -> Any:
    """MkDocs' own `!relative` paths are objects that know better; only texts are read here."""
    return str(root / path) if isinstance(path, str) else path


def _relative(path: str, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _languages(config: MkDocsConfig) -> tuple[str, ...]:
    """The languages that are built, the one of files without a language first."""
    i18n = config.plugins.get("i18n")
    if i18n is None:
        return (_of_theme(config),)
    languages = sorted(i18n.config.languages, key=lambda each: not each.default)
    return tuple(each.locale for each in languages if each.build)


def _of_theme(config: MkDocsConfig) -> str:
    """The language of a site in only one: that in which its theme speaks, which Material and MkDocs' own name apart."""
    locale = config.theme.get("locale")
    tag = "-".join(filter(None, (locale.language, locale.territory))) if locale else ""  # it adds a script by itself
    return str(config.theme.get("language") or tag or DEFAULT_LANGUAGE)


def _pages(config: MkDocsConfig, preview: bool) -> dict[str, str]:
    """The pages that MkDocs will render in any language, with the language that each is written in."""
    rendered = InclusionLevel.is_in_serve if preview else InclusionLevel.is_included
    with messages.gathered():  # the build itself will say it again
        files, i18n = get_files(config), config.plugins.get("i18n")
        if i18n is None:
            language = _of_theme(config)
            return {file.src_uri: language for file in files.documentation_pages(inclusion=rendered)}
        return {
            file.src_uri: str(vars(file)["locale"])
            for chosen in _each_language(i18n, files, config)
            for file in chosen.documentation_pages(inclusion=rendered)
        }


def _each_language(i18n: Any, files: Files, config: MkDocsConfig) -> Iterator[Files]:
    """The files of each language, chosen by the i18n plugin itself, which is left as it was."""
    with _language_kept(i18n):
        for language in i18n.build_languages:
            i18n.current_language = language
            try:
                yield i18n.reconfigure_files(files, config)
            except Exception as error:  # the plugin raises no other class when two files are one page
                place, message = Place("mkdocs.yml"), messages.told(error)
                raise CannotBuildError.at(place, "bad-config", message, "rename one of the files") from None


@contextmanager
def _language_kept(i18n: Any) -> Iterator[None]:
    before = i18n.current_language
    try:
        yield
    finally:
        i18n.current_language = before


def _fault(path: Path, text: str) -> CannotBuildError:
    """A fault of the configuration with the line of what it is about."""
    about, line = messages.CONFIG_FAULT.match(text), _YAML_LINE.search(text)
    number = options.line_of(path, *about["key"].split(".")) if about else int(line["line"]) if line else 1
    message = f"`{about['key']}`: {about['why']}" if about else text
    return CannotBuildError.at(Place(path.name, number), "bad-config", message, messages.MEND_CONFIGURATION)
