"""The command line: how it begins and ends. What it can do stands in `commands`.

Exit status: 0 clean, 1 something is wrong with the sources, 2 wrong use, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line; every expected fault ends in a sentence, never in a traceback."""
    try:
        _run()
    except KeyboardInterrupt:
        print("stopped; finished recordings are kept", file=sys.stderr)
        sys.exit(130)


def _run() -> None:
    gc.set_threshold(50_000, 20, 100)  # what a build makes stays until its end: to look for garbage is in vain

    # Imported here, for it takes a second or two, in which one may press Ctrl-C too.
    import click

    from labguide.cli.commands import cli
    from labguide.problems import CannotBuildError

    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        raise KeyboardInterrupt from None
    except CannotBuildError as error:
        from labguide import cleaning

        click.echo(cleaning.told(f"labguide: {error}"), err=True)
        sys.exit(1)
    except OSError as error:
        where = [error.filename2 or error.filename] if error.filename2 or error.filename else []
        click.echo(f"labguide: {', '.join([error.strerror or str(error), *where])}; nothing was published", err=True)
        sys.exit(1)
