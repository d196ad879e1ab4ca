"""`labguide l10n draft`: a machine writes what is not translated yet, and a person mends it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from labguide.cli.l10n import asked
from labguide.l10n import glossary as glossaries
from labguide.l10n.drafting import PROVIDERS, Order, Provider, order, terms, write
from labguide.l10n.glossary import Glossary
from labguide.l10n.model import Page
from labguide.problems import Problems


@click.command()
@asked.project
@click.option(
    "--provider", type=click.Choice(sorted(PROVIDERS)), default="amazon", show_default=True, help="Who writes."
)
@click.option("--yes", is_flag=True, help="Agree to what will be sent and what it costs.")
@click.option("--max-usd", type=float, help="Refuse a draft that costs more US dollars than this.")
@click.argument("page")
@click.argument("language")
@click.argument("ids", nargs=-1, metavar="[ID]...")
def draft(
    root: Path, provider: str, yes: bool, max_usd: float | None, page: str, language: str, ids: tuple[str, ...]
) -> None:
    """Let a machine translate the sections ID of PAGE into LANGUAGE; all that nobody has translated if none is named.

    What would be sent and what it costs is shown before. Code, links and quotes come back as they were, or the
    sentence stays as it is. The sections are marked as drafts until somebody syncs them; what a person wrote is never
    written over. Exit status 1 if a sentence could not be used.
    """
    problems = Problems()
    project = asked.opened(root, (language,))
    (found,) = asked.named(asked.pages(project, problems, (language,)), page, project.root)
    wanted = order(found, asked.sections(found, ids), project)
    _check(found, wanted, named=bool(ids))
    chosen, glossary = PROVIDERS[provider](), glossaries.read(project, language, problems)
    _agree(wanted, chosen, glossary, yes, max_usd)
    told = Problems()
    write(wanted, chosen, glossary, asked.quoted(project), told)
    asked.told(problems)
    asked.told(told)
    click.echo(f"{found.expected}: {_counted(len(wanted.standings), 'section')} drafted")
    click.echo(f"Read and mend them, then run: labguide l10n sync {found.expected} ID…")
    sys.exit(1 if len(told) else 0)


def _check(page: Page, wanted: Order, *, named: bool) -> None:
    """Raises `click.UsageError` if there is nothing to draft, or a person wrote what somebody named."""
    if page.orphan:
        raise click.UsageError(f"{page.expected} has no source")
    if named and wanted.refused:
        keys = ", ".join(f"#{each.key}" for each in wanted.refused)
        remedy = "see what has changed with `labguide l10n diff`"
        raise click.UsageError(f"a person translated {keys}, and a machine never writes over that; {remedy}")
    if not wanted.texts:
        raise click.UsageError(f"{page.expected}: nothing is missing; nothing was sent")


def _agree(wanted: Order, provider: Provider, glossary: Glossary, yes: bool, max_usd: float | None) -> None:
    """Show what will be sent and what it costs, and wait for a yes. Raises `click.UsageError` without one."""
    characters = wanted.characters(provider)
    usd = provider.usd(characters)
    where = f"{_counted(len(wanted.standings), 'section')} of {wanted.page.source.path}"
    price = f"${usd:.2f}" if usd >= 0.01 else "less than $0.01"
    click.echo(f"{provider.name} will be sent {where}, {characters:,} characters, for {price}.", err=True)
    makes = provider.begins(terms(glossary), wanted.page.source.language, wanted.page.language)
    if makes:
        click.echo(f"It makes {makes}.", err=True)
    if max_usd is not None and usd > max_usd:
        raise click.UsageError(f"this costs ${usd:.2f}, more than --max-usd {max_usd:g}; nothing was sent")
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nothing is sent without consent; look at the price, then say --yes")
    if not click.confirm("Send it?", default=False, err=True):
        raise click.UsageError("nothing was sent")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
