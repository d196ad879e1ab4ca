"""Who may come in: the server is open to this computer only, unless it is told to listen elsewhere.

Every web page that is open in the same browser can send requests to loopback. So a request has to name this server as
its host, which a page whose name was pointed at loopback does not (DNS rebinding), and one that changes something has
to come from a page of this server. On a network, it also has to know a token, which stands in the address once and
then in a cookie.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from dataclasses import dataclass

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this computer can come to a host's address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def new_token() -> str:
    """128 bits drawn by lot, as text for an address."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Door:
    """The rules of one server; without a `token`, whoever can reach it may come in."""

    host: str
    port: int
    token: str = ""

    @property
    def cookie(self) -> str:
        """The name of the cookie. A computer's cookies are the same on all its ports, so the port is in it."""
        return f"labguide-present-{self.port}"

    def knows_host(self, header: str) -> bool:
        """Whether a request was meant for this server."""
        name, colon, port = header.rpartition(":")
        if not colon or not port.isdecimal():
            name, port = header, "80"
        return port == str(self.port) and (name.lower() in self._names() or (self._is_any() and _is_address(name)))

    def is_own_page(self, origin: str, host: str) -> bool:
        """Whether a request comes from a page of this server, by its headers; browsers send both with each POST."""
        return origin == f"http://{host}"

    def has_token(self, given: str | None) -> bool:
        """Whether a text is the token; takes as long for a wrong one that begins well."""
        return not self.token or hmac.compare_digest((given or "").encode(), self.token.encode())

    def _names(self) -> set[str]:
        here = {socket.gethostname().lower()} if self._is_any() else set()
        written = f"[{self.host}]" if ":" in self.host else self.host
        return {*_LOOPBACK, written.lower(), *here}

    def _is_any(self) -> bool:
        """Whether the server listens at all addresses of this computer."""
        return self.host in ("0.0.0.0", "::")  # noqa: S104


def _is_address(name: str) -> bool:
    """Whether a host is named by its number, which nobody can point elsewhere."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
