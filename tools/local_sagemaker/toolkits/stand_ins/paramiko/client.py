"""The class that policies for unknown host keys derive from."""

from __future__ import annotations


class MissingHostKeyPolicy:
    """What to do about a host whose key is not known; hosts have no keys here, so nobody asks."""
