"""What stands behind a variant: one container, a pipeline of several, several to choose from, or many models.

Each takes a request and answers it; they differ in which of their containers they ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..wire import AwsError
from .serving import Serving
from .talking import Request, Stream


@dataclass(frozen=True)
class Death:
    """A container that has ended by itself, and how."""

    container: str
    status: int


class Backend(Protocol):
    """What answers a variant's requests."""

    def ask(self, request: Request) -> Stream:
        """Answer a request piece by piece. Raises NoAnswerError, or AwsError for one that is not for this backend."""

    def death(self) -> Death | None:
        """Return which container has ended by itself, or None."""

    def stop(self) -> None:
        """End every process and delete its files."""


@dataclass(frozen=True)
class Pipeline:
    """Containers that a request passes one after the other: each is given what the one before it said.

    The answer is that of the last, or of the first that refuses. One container alone is a pipeline too.
    """

    endpoint: str
    servings: Sequence[Serving]

    def ask(self, request: Request) -> Stream:
        """Hand the request through. Raises NoAnswerError or AwsError."""
        check_no_model(self.endpoint, request)
        check_no_host(self.endpoint, request)
        *before, last = self.servings
        for serving in before:
            stream = serving.ask(request)
            if stream.status >= 400:
                return stream
            request = stream.whole(request).as_request(request)
        return last.ask(request)

    def death(self) -> Death | None:
        """Return which container has ended by itself, or None."""
        return first_death(self.servings)

    def stop(self) -> None:
        """End all containers."""
        for serving in self.servings:
            serving.stop()


@dataclass(frozen=True)
class Choice:
    """Containers of which a request names one."""

    endpoint: str
    servings: Sequence[Serving]

    def ask(self, request: Request) -> Stream:
        """Hand the request to the container it names. Raises NoAnswerError or AwsError."""
        check_no_model(self.endpoint, request)
        if not request.host:
            raise AwsError(
                "ValidationError",
                f"Endpoint {self.endpoint} is a multi-container endpoint with direct invocation and requires a target "
                "container hostname header.",
            )
        for serving in self.servings:
            if serving.name == request.host:
                return serving.ask(request)
        raise AwsError("ValidationError", f"Container {request.host} not found for Endpoint {self.endpoint}.")

    def death(self) -> Death | None:
        """Return which container has ended by itself, or None."""
        return first_death(self.servings)

    def stop(self) -> None:
        """End all containers."""
        for serving in self.servings:
            serving.stop()


def start_all(starts: Sequence[Callable[[], Serving]]) -> list[Serving]:
    """Return what all of `starts` start; if one fails, what has been started is stopped."""
    started: list[Serving] = []
    try:
        for start in starts:
            started.append(start())
    except BaseException:
        for serving in started:
            serving.stop()
        raise
    return started


def first_death(servings: Sequence[Serving]) -> Death | None:
    """Return the first of `servings` that has ended by itself, or None."""
    ended = ((serving.name, serving.ended) for serving in servings)
    return next((Death(name, status) for name, status in ended if status is not None), None)


def check_no_model(endpoint: str, request: Request) -> None:
    """Raise AwsError if the request names a model: only of a multi-model endpoint it may."""
    if request.model:
        raise AwsError(
            "ValidationError",
            f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model header.",
        )


def check_no_host(endpoint: str, request: Request) -> None:
    """Raise AwsError if the request names a container: only where they are invoked directly it may."""
    if request.host:
        raise AwsError(
            "ValidationError",
            f"Endpoint {endpoint} is not a multi-container endpoint with direct invocation and does not support "
            "target container hostname header.",
        )
