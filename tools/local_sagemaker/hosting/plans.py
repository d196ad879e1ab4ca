"""What an endpoint is made from: an endpoint configuration and its models, read once.

Whoever deletes a configuration or a model afterwards, or makes another one of its name, changes nothing of the
endpoints that were made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..cloud import Cloud
from ..wire import Caller, validation_error
from . import models
from .models import Model
from .settings import CONFIGS

NO_MODEL = Model(())


@dataclass(frozen=True)
class Changes:
    """What is not as a configuration says: an update may keep weights and counts, and members, of before."""

    variants: Mapping[str, Mapping[str, Any]]
    members: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """An endpoint configuration as DescribeEndpointConfig tells it, and its models by name."""

    config: Mapping[str, Any]
    models: Mapping[str, Model]

    @property
    def name(self) -> str:
        """The configuration's name."""
        return str(self.config["EndpointConfigName"])

    @property
    def variants(self) -> list[Mapping[str, Any]]:
        """The variants that answer."""
        return list(self.config["ProductionVariants"])

    @property
    def shadows(self) -> list[Mapping[str, Any]]:
        """The variants that are asked too, and whose answers nobody gets."""
        return list(self.config.get("ShadowProductionVariants", []))

    def model_of(self, variant: Mapping[str, Any]) -> Model:
        """Return the model of a variant; one without any is for inference components."""
        return self.models[variant["ModelName"]] if "ModelName" in variant else NO_MODEL

    @property
    def capture(self) -> Mapping[str, Any] | None:
        """The DataCaptureConfig, if there is one."""
        return self.config.get("DataCaptureConfig")

    def keeping(self, kept: Changes) -> Plan:
        """Return the plan with some properties of its variants as `kept` says."""
        variants = [{**each, **kept.variants.get(each["VariantName"], {})} for each in self.variants]
        return replace(self, config={**self.config, **kept.members, "ProductionVariants": variants})

    def dump(self) -> dict[str, Any]:
        """Return what JSON can hold of it."""
        return {"config": self.config, "models": {name: asdict(model) for name, model in self.models.items()}}

    @classmethod
    def load(cls, told: Mapping[str, Any]) -> Plan:
        """Return what `dump` has told."""
        return cls(told["config"], {name: Model.load(each) for name, each in told["models"].items()})


def read(cloud: Cloud, caller: Caller, config: str) -> Plan:
    """Return the configuration called `config` and its models as they are now. Raises AwsError."""
    told = CONFIGS.told(cloud, caller, config)
    if "ExplainerConfig" in told:
        raise validation_error("local_sagemaker has no online explanations (ExplainerConfig)")
    variants = [*told["ProductionVariants"], *told.get("ShadowProductionVariants", [])]
    names = {variant["ModelName"] for variant in variants if "ModelName" in variant}
    return Plan(told, {name: models.find(cloud, caller, name) for name in names})
