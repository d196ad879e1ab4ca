"""Models and endpoint configurations. moto keeps them; what it leaves out of their descriptions is kept here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from .. import listing
from ..cloud import Cloud, Key
from ..cloud.storage import NoSuchDataError, split
from ..handlers import Handlers
from ..status import Status
from ..wire import AwsError, Call, Caller, check_name, validation_error


@dataclass(frozen=True)
class Settings:
    """What one resource was created with. It is there as soon as it is made, and stays as it is."""

    given: Mapping[str, Any]
    status: Status = field(default_factory=lambda: Status("Created", frozenset()))


@dataclass(frozen=True)
class Resource:
    """A kind of resource: `noun` is its name in operations, `words` in AWS's messages, `kind` its shelf.

    `check` raises AwsError for a request that AWS would refuse. `for_moto` returns what moto is told of one.
    """

    kind: str
    noun: str
    words: str
    check: Callable[[Cloud, Call], None]
    for_moto: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    @property
    def member(self) -> str:
        """What requests call its name."""
        return f"{self.noun}Name"

    def create(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Create one; its name must be free."""
        key = Key.of(call.caller, check_name(self.member, call.parameters[self.member]))
        self.check(cloud, call)
        given = {name: value for name, value in call.parameters.items() if name != "Tags"}
        if not cloud.shelf(self.kind).add(key, Settings(given)):
            raise validation_error(f'Cannot create already existing {self.words} "{self._arn(call.caller, key.name)}".')
        try:
            return cloud.floor.call(call.caller, call.operation, self.for_moto(call.parameters))
        except AwsError:
            cloud.shelf(self.kind).remove(key)
            raise

    def describe(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Tell all about one."""
        return self.told(cloud, call.caller, call.parameters[self.member])

    def told(self, cloud: Cloud, caller: Caller, name: str) -> dict[str, Any]:
        """Return the description of the one called `name`. Raises AwsError."""
        if not (settings := cloud.shelf(self.kind).find(Key.of(caller, name))):
            raise validation_error(f'Could not find {self.words} "{self._arn(caller, name)}".')
        return {**cloud.floor.call(caller, f"SageMaker.Describe{self.noun}", {self.member: name}), **settings.given}

    def delete(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Forget one."""
        name = call.parameters[self.member]
        if not cloud.shelf(self.kind).find(Key.of(call.caller, name)):
            raise validation_error(f'Could not find {self.words} "{self._arn(call.caller, name)}".')
        cloud.floor.call(call.caller, call.operation, call.parameters)
        cloud.shelf(self.kind).remove(Key.of(call.caller, name))
        return {}

    def list_all(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Tell those that are wanted."""
        return listing.page_of(listing.all_of(cloud, call, self.noun), self.noun, call.parameters)

    def handlers(self) -> Handlers:
        """Return the operations of this kind."""
        return {
            f"SageMaker.List{self.noun}s": self.list_all,
            f"SageMaker.Create{self.noun}": self.create,
            f"SageMaker.Describe{self.noun}": self.describe,
            f"SageMaker.Delete{self.noun}": self.delete,
        }

    def _arn(self, caller: Caller, name: str) -> str:
        return f"arn:aws:sagemaker:{caller.region}:{caller.account}:{self.kind}/{name}"


def _check_model(cloud: Cloud, call: Call) -> None:
    containers = call.parameters.get("Containers", [])
    if primary := call.parameters.get("PrimaryContainer"):
        containers = [primary, *containers]
    if not containers:
        raise validation_error("Either PrimaryContainer or Containers must be given.")
    for container in containers:
        if not container.get("Image") and not container.get("ModelPackageName"):
            raise validation_error("A container needs an Image or a ModelPackageName.")
        if container.get("ModelDataUrl") and container.get("Mode") != "MultiModel":
            _check_model_data(cloud, call.caller, container["ModelDataUrl"])


def _check_model_data(cloud: Cloud, caller: Caller, uri: str) -> None:
    try:
        bucket, key = split(uri)
        cloud.client("s3", caller).head_object(Bucket=bucket, Key=key)
    except (ClientError, NoSuchDataError) as error:
        raise validation_error(f"Could not find model data at {uri}.") from error


def _check_config(cloud: Cloud, call: Call) -> None:
    """Raise AwsError for a variant that cannot be, or whose model is not there."""
    for variant in [*call.parameters["ProductionVariants"], *call.parameters.get("ShadowProductionVariants", [])]:
        memory = variant.get("ServerlessConfig", {}).get("MemorySizeInMB", MEMORY[0])
        if memory not in MEMORY:
            known = ", ".join(map(str, MEMORY))
            raise validation_error(
                f"1 validation error detected: Value '{memory}' at 'memorySizeInMB' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{known}]"
            )
        if "ModelName" in variant:
            MODELS.told(cloud, call.caller, variant["ModelName"])


MEMORY = range(1024, 6145, 1024)
"""Megabytes that a serverless endpoint may have."""


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration as moto can keep it: it does not know variants without a model, or newer instances."""
    named = [each for each in config["ProductionVariants"] if "ModelName" in each]
    plain = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    variants = [{"VariantName": each["VariantName"], "ModelName": each["ModelName"], **plain} for each in named]
    return {**config, "ProductionVariants": variants}


MODELS = Resource("model", "Model", "model", _check_model)
CONFIGS = Resource("endpoint-config", "EndpointConfig", "endpoint configuration", _check_config, _plain)

HANDLERS: Handlers = {**MODELS.handlers(), **CONFIGS.handlers()}
