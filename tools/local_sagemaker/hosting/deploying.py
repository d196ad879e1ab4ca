"""From an endpoint configuration to variants that serve: at creation, at an update, and the end of both.

An update starts the new variants, hands all later requests to them, waits until the old ones have answered what they
were asked, and stops them. If a new one cannot start, the old ones go on: the endpoint is InService with its former
configuration and says why in FailureReason.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import Any

from .. import archives, images
from ..cloud import Cloud, storage
from ..wire import AwsError, validation_error
from .endpoint import Endpoint
from .variant import NotReadyError, Variant, Wanted, launch

REASONS = (
    NotReadyError,
    AwsError,
    images.UnknownImageError,
    images.BuildError,
    storage.NoSuchDataError,
    archives.BadArchiveError,
)
"""What keeps a variant from starting, told in its own words."""

Kept = Mapping[str, Mapping[str, Any]]
"""Changes to the configuration's variants, by name: an update may keep weights and counts of before."""


def deploy(cloud: Cloud, endpoint: Endpoint, config: str, kept: Kept) -> None:
    """Bring `endpoint` to `config` and into service, or say why not."""
    started: list[Variant] = []
    try:
        for wanted in _wanted(cloud, endpoint, config, kept):
            started.append(launch(cloud, wanted, lambda _: note_death(endpoint)))
    except Exception as error:
        _stop(started)
        _give_up(endpoint, error)
        return
    for unwanted in endpoint.switch(started, config):
        cloud.start(unwanted.retire)
    endpoint.become("InService")
    note_death(endpoint)


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
    endpoint.become("InService" if endpoint.variants else "Failed", reason)


def _stop(variants: list[Variant]) -> None:
    for variant in variants:
        variant.stop()


def _wanted(cloud: Cloud, endpoint: Endpoint, config: str, kept: Kept) -> list[Wanted]:
    ask, caller = cloud.floor.call, endpoint.caller
    described = ask(caller, "SageMaker.DescribeEndpointConfig", {"EndpointConfigName": config})
    wanted = []
    for variant in described["ProductionVariants"]:
        if "ModelName" not in variant:
            raise validation_error(f"Variant {variant['VariantName']} has no model; inference components are not there")
        model = ask(caller, "SageMaker.DescribeModel", {"ModelName": variant["ModelName"]})
        changed = {**variant, **kept.get(variant["VariantName"], {})}
        wanted.append(Wanted(caller, endpoint.name, changed, _container_of(model)))
    return wanted


def _container_of(model: Mapping[str, Any]) -> Mapping[str, Any]:
    chain = [model["PrimaryContainer"]] if model.get("PrimaryContainer") else model.get("Containers") or []
    if len(chain) != 1:
        raise validation_error(f"Model {model['ModelName']} has {len(chain)} containers; only one is served here")
    return dict(chain[0])
