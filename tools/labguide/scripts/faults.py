"""What is wrong with a script that cannot be read."""

from __future__ import annotations


class CannotReadError(Exception):
    """A script cannot be read: for each fault its line, what is wrong, and what to do."""

    def __init__(self, *faults: tuple[int, str, str]) -> None:
        super().__init__(*faults)
        self.faults = faults
