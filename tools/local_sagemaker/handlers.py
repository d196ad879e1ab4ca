"""The shape of a handler: it takes the server and a call, and returns a JSON result or a whole response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from werkzeug.wrappers import Response

from .cloud import Cloud
from .wire import Call

Handler: TypeAlias = Callable[[Cloud, Call], dict[str, Any] | Response]
Handlers: TypeAlias = dict[str, Handler]
