"""A resource's status, which takes time to change, and the patience that keeps clients from polling in vain."""

from __future__ import annotations

import threading

PATIENCE = 10.0
"""Seconds a Describe is held while it would only repeat what was said before; clients read for 60."""


class Status:
    """The status of one resource, such as ``Creating``, seen by many threads.

    Clients sleep between two looks: the SDK 5 to 30 seconds, many a notebook a minute. So that these sleeps do not
    dominate, `tell` answers at once when there is news, and otherwise waits a little for the status to change. That
    something is on its way is no news, for somebody has just asked for it; unless `shows_passing`, where people want
    to see that it is.
    """

    def __init__(self, value: str, passing: frozenset[str], *, shows_passing: bool = False) -> None:
        self._value = value
        self._passing = passing
        self._shows_passing = shows_passing
        self._told = "" if shows_passing else value
        self._changed = threading.Condition()

    @property
    def value(self) -> str:
        """The status now, without waiting."""
        return self._value

    @property
    def passing(self) -> bool:
        """Whether this status will change by itself."""
        return self._value in self._passing

    def become(self, value: str) -> None:
        """Change the status and wake everybody who waits for news."""
        with self._changed:
            self._value = value
            if self.passing and not self._shows_passing:
                self._told = value
            self._changed.notify_all()

    def tell_again(self) -> None:
        """Wake everybody who waits for news: there is some, though the status is as it was."""
        with self._changed:
            self._told = ""
            self._changed.notify_all()

    def tell(self, patience: float = PATIENCE) -> str:
        """Return the status; hold the answer up to `patience` seconds if it was told before and will change."""
        with self._changed:
            known = self._value
            if self.passing and known == self._told:
                self._changed.wait_for(lambda: self._value != known or self._told != known, timeout=patience)
            self._told = self._value
            return self._value

    def wait_for_end(self) -> None:
        """Return when this status will not change by itself any more."""
        with self._changed:
            self._changed.wait_for(lambda: not self.passing)
