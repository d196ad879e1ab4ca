"""What CreateTrainingJob refuses at once, in AWS's words where they are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..cloud import Cloud, sources
from ..cloud.sources import AUGMENTED
from ..wire import AwsError, Caller, check_name, validation_error
from . import channels
from .channels import FAST_FILE, PIPE, Channel


def check(cloud: Cloud, caller: Caller, request: Mapping[str, Any]) -> None:
    """Raise AwsError if the request's inputs make no sense, are not there, or are of a kind that is not here."""
    given = channels.of(request)
    _check_names(given)
    for channel in given:
        _check_place(channel)
        _check_form(channel)
        sources.check(cloud, caller, channel.source(), str(request.get("RoleArn", "")))
    _check_registry(request)


def _check_names(given: Sequence[Channel]) -> None:
    for name, count in Counter(check_name("channelName", channel.name) for channel in given).items():
        if count > 1:
            raise validation_error(f"Channel names must be unique: '{name}' is used {count} times in InputDataConfig.")


def _check_place(channel: Channel) -> None:
    if channel.s3:
        return
    kinds = ", ".join(channel.given["DataSource"])
    raise validation_error(
        f"Channel '{channel.name}' has no S3DataSource; local_sagemaker has no other"
        + (f", and so no {kinds}." if kinds else ".")
    )


def _check_form(channel: Channel) -> None:
    """Raise AwsError if the channel's members do not go together: the API reference says which do."""
    kind = channel.s3["S3DataType"]
    if channel.gzipped and channel.mode != PIPE:
        raise _refusal(channel, "CompressionType Gzip is used only in Pipe input mode.")
    if kind == AUGMENTED and channel.mode != PIPE:
        raise _refusal(channel, "AugmentedManifestFile is supported only in Pipe input mode.")
    if kind == AUGMENTED and not channel.s3.get("AttributeNames"):
        raise _refusal(channel, "AugmentedManifestFile needs AttributeNames.")
    if kind != "S3Prefix" and channel.mode == FAST_FILE:
        raise _refusal(channel, "FastFile input mode supports S3 prefixes only.")


def _check_registry(request: Mapping[str, Any]) -> None:
    wanted = request["AlgorithmSpecification"].get("TrainingImageConfig") or {}
    if wanted.get("TrainingRepositoryAccessMode") == "Vpc":
        raise validation_error("local_sagemaker has no TrainingRepositoryAccessMode Vpc: there is no VPC.")


def _refusal(channel: Channel, why: str) -> AwsError:
    return validation_error(f"Channel '{channel.name}' is invalid: {why}")
