"""From an endpoint configuration to variants that serve: at creation, at an update, and the end of both.

An update starts the new variants, hands all later requests to them, waits until the old ones have answered what they
were asked, and stops them. If a new one cannot start, the old ones go on: the endpoint is InService with its former
configuration and says why in FailureReason.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from .. import archives, images
from ..cloud import Cloud, storage
from ..wire import AwsError
from .endpoint import Endpoint, Fleet
from .plans import Plan
from .serving import NotReadyError
from .variant import Variant, Wanted, start

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
        for variant in started:
            variant.stop()
        _give_up(endpoint, error)
        return
    for unwanted in endpoint.switch(Fleet(variants, shadows), plan).everything:
        cloud.start(unwanted.retire)
    endpoint.become("InService")
    note_death(endpoint)


def _start(
    cloud: Cloud, endpoint: Endpoint, plan: Plan, told: Sequence[Mapping[str, Any]], started: list[Variant]
) -> tuple[Variant, ...]:
    """Start the variants that `told` describes, and note in `started` each that is."""
    for each in told:
        model = plan.models[each["ModelName"]]
        wanted = Wanted(endpoint.caller, endpoint.name, each, model, plan.capture, given_up=endpoint.is_deleted)
        started.append(start(cloud, wanted, lambda: note_death(endpoint)))
    return tuple(started[len(started) - len(told) :])


def note_death(endpoint: Endpoint) -> None:
    """Fail the endpoint if a container that should serve has ended.

    There is no second start: whoever wrote the container shall see that it died. AWS would start another one.
    """
    if endpoint.status.value == "InService" and (reason := endpoint.death()):
        endpoint.become("Failed", reason)


def _give_up(endpoint: Endpoint, error: Exception) -> None:
    if not isinstance(error, REASONS):
        traceback.print_exc(file=sys.stderr)
    reason = str(error) if isinstance(error, REASONS) else f"InternalFailure: {error!r}"
    endpoint.become("InService" if endpoint.fleet.variants else "Failed", reason)
