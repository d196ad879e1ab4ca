"""From an endpoint configuration to variants that serve: at creation, at an update, and the end of both.

An update starts the new variants, hands all later requests to them, waits until the old ones have answered what they
were asked, and stops them. If a new one cannot start, the old ones go on: the endpoint is InService with its former
configuration and says why in FailureReason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import archives, images
from ..cloud import Cloud, storage
from ..wire import AwsError
from .component_backend import Components
from .endpoint import Endpoint, Fleet
from .plans import Plan
from .serving import NotReadyError
from .variant import Variant, Wanted, backend_of

REASONS = (
    NotReadyError,
    AwsError,
    images.UnknownImageError,
    images.BuildError,
    storage.NoSuchDataError,
    archives.BadArchiveError,
)
"""What keeps a variant from starting, told in its own words."""


def deploy(cloud: Cloud, endpoint: Endpoint, plan: Plan) -> None:
    """Bring `endpoint` to `plan` and into service, or say why not."""
    started: list[Variant] = []
    try:
        variants = _start(cloud, endpoint, plan, plan.variants, started)
        shadows = _start(cloud, endpoint, plan, plan.shadows, started)
    except Exception as error:
        for variant in _only_in(started, endpoint.fleet.variants):
            variant.stop()
        endpoint.become("InService" if endpoint.fleet.variants else "Failed", reason_of(cloud, error))
        return
    former = endpoint.switch(Fleet(variants, shadows), plan)
    for unwanted in _only_in(former.everything, endpoint.fleet.variants):
        cloud.start(unwanted.retire)
    endpoint.become("InService")
    note_death(endpoint)


def _start(
    cloud: Cloud, endpoint: Endpoint, plan: Plan, told: Sequence[Mapping[str, Any]], started: list[Variant]
) -> tuple[Variant, ...]:
    """Start the variants that `told` describes, and note in `started` each that is."""
    for each in told:
        model = plan.model_of(each)
        wanted = Wanted(endpoint.caller, endpoint.name, each, model, plan.capture, given_up=endpoint.is_deleted)
        backend = _components(endpoint, each) or backend_of(cloud, wanted, lambda: note_death(endpoint))
        started.append(Variant.of(cloud, wanted, backend))
    return tuple(started[len(started) - len(told) :])


def _components(endpoint: Endpoint, told: Mapping[str, Any]) -> Components | None:
    """Return the components that a variant of this name has already: they outlive an update."""
    if "ModelName" in told:
        return None
    backends = (each.backend for each in endpoint.fleet.variants if each.name == told["VariantName"])
    return next((backend for backend in backends if isinstance(backend, Components)), None)


def _only_in(variants: Iterable[Variant], others: Iterable[Variant]) -> list[Variant]:
    """Return the variants behind which nothing stands that stands behind `others` too."""
    kept = [each.backend for each in others]
    return [each for each in variants if all(each.backend is not backend for backend in kept)]


def note_death(endpoint: Endpoint) -> None:
    """Fail the endpoint if a container that should serve has ended.

    There is no second start: whoever wrote the container shall see that it died. AWS would start another one.
    """
    if endpoint.status.value == "InService" and (reason := endpoint.death()):
        endpoint.become("Failed", reason)


def reason_of(cloud: Cloud, error: Exception) -> str:
    """Return the FailureReason of what could not be started."""
    if isinstance(error, REASONS):
        return str(error)
    cloud.tell_bug()
    return f"InternalFailure: {error!r}"
