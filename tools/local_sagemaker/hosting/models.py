"""What a model is made of, as far as serving it goes: its containers, and how requests pass through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud
from ..wire import AwsError, Caller, validation_error
from .serving import Definition
from .settings import MODELS

PRIMARY = "primary"
DIRECT = "Direct"


@dataclass(frozen=True)
class Model:
    """A model's container definitions as DescribeModel tells them, in the order in which a request passes them.

    Model packages are replaced by what they stand for. In mode ``Direct`` a request names its container instead.
    """

    definitions: tuple[Mapping[str, Any], ...]
    mode: str = "Serial"

    @classmethod
    def load(cls, told: Mapping[str, Any]) -> Model:
        """Return the model of which ``dataclasses.asdict`` has told, also by way of JSON."""
        return cls(tuple(told["definitions"]), told["mode"])

    @property
    def containers(self) -> tuple[Definition, ...]:
        """Its containers by name; one that is alone is called ``primary``."""
        if len(self.definitions) == 1:
            return (Definition(PRIMARY, self.definitions[0]),)
        return tuple(
            Definition(each.get("ContainerHostname") or f"container-{number}", each)
            for number, each in enumerate(self.definitions, 1)
        )

    @property
    def has_many_models(self) -> bool:
        """Whether a request says which one of many models it is for."""
        return len(self.definitions) == 1 and self.definitions[0].get("Mode") == "MultiModel"

    def with_environment(self, added: Mapping[str, str]) -> Model:
        """Return the same model, all of whose containers are given more variables."""
        return replace(self, definitions=tuple(_with_environment(each, added) for each in self.definitions))


def find(cloud: Cloud, caller: Caller, name: str) -> Model:
    """Return the model called `name` as it is now. Raises AwsError."""
    told = MODELS.told(cloud, caller, name)
    given = [told["PrimaryContainer"]] if told.get("PrimaryContainer") else told["Containers"]
    definitions = tuple(each for container in given for each in _unpacked(cloud, caller, container))
    return Model(definitions, told.get("InferenceExecutionConfig", {}).get("Mode", "Serial"))


def _unpacked(cloud: Cloud, caller: Caller, container: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the containers that `container` stands for: several if it names a model package that has several."""
    if not (package := container.get("ModelPackageName")):
        return [dict(container)]
    try:
        told = cloud.client("sagemaker", caller).describe_model_package(ModelPackageName=package)
    except ClientError as error:
        raise AwsError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
    if not (specification := told.get("InferenceSpecification")):
        raise validation_error(f"Model package {package} has no inference specification.")
    return [_with_environment(each, container.get("Environment", {})) for each in specification["Containers"]]


def _with_environment(definition: Mapping[str, Any], added: Mapping[str, str]) -> dict[str, Any]:
    return {**definition, "Environment": {**definition.get("Environment", {}), **added}}
