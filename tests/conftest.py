"""What all tests share."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, however slow the machine is: a failure is the code's, never the day's.
settings.register_profile("labguide", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("labguide")

# A shell starts what runs in the background with these ignored, nohup too, and every child would inherit that:
# tests of what Ctrl-C does would wait for ever.
for ending in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(ending) is signal.SIG_IGN:
        signal.signal(ending, signal.default_int_handler if ending == signal.SIGINT else signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what was built as the cases' expected output")
