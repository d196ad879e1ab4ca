"""The pytest plugin: `pytest --labguide` takes each script as tests, a cell each.

Every pytest run on a machine with labguide imports this module, so it is small, and off unless it is asked for.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--labguide` and the setting `labguide = true`."""
    text = "run the scripts in notebooks/ and snippets/ and take each of their cells as a test"
    parser.getgroup("labguide").addoption("--labguide", action="store_true", help=text)
    parser.addini("labguide", text, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Take scripts as tests, if asked to."""
    if config.getoption("labguide") or config.getini("labguide"):
        from labguide.pytest_items import ScriptTests  # the generator is loaded for those who want it

        config.pluginmanager.register(ScriptTests(config), "labguide-scripts")
