"""What stands behind a variant without a model: inference components, each of which a request calls by its name."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from ..wire import AwsError
from .backends import Backend, Death
from .talking import Request, Stream


@dataclass
class Components:
    """The inference components of one variant, by name."""

    endpoint: str
    _backends: dict[str, Backend] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def put(self, name: str, backend: Backend | None) -> None:
        """Hand later requests for `name` to `backend`, or to nothing; what served them before is stopped."""
        with self._lock:
            unwanted = backend if self._stopped else self._backends.pop(name, None)
            if backend and not self._stopped:
                self._backends[name] = backend
        if unwanted:
            unwanted.stop()

    def ask(self, request: Request) -> Stream:
        """Hand the request to the component it names. Raises NoAnswerError or AwsError."""
        if not request.component:
            raise AwsError(
                "ValidationError",
                "Inference Component Name header is required for endpoints to which you plan to deploy inference "
                "components. Please include Inference Component Name header or consider using SageMaker models.",
            )
        if not (backend := self._backends.get(request.component)):
            raise AwsError("ValidationError", f"Inference Component {request.component} not found.")
        return backend.ask(request)

    def death_of(self, name: str) -> Death | None:
        """Return which container of a component has ended by itself, or None."""
        backend = self._backends.get(name)
        return backend.death() if backend else None

    def death(self) -> None:
        """Return None: a component that has ended fails by itself, and its endpoint goes on."""

    def stop(self) -> None:
        """End all components."""
        with self._lock:
            self._stopped, backends, self._backends = True, list(self._backends.values()), {}
        for backend in backends:
            backend.stop()
