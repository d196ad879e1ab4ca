"""The caller's AWS account: who it is, and clients for its services."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from labguide.problems import CannotBuildError


class Account:
    """The account and region that the caller's own environment, profile or role names."""

    @cached_property
    def _session(self) -> Any:
        import boto3  # takes a quarter of a second, which only those who want AWS should wait for

        return boto3.session.Session()

    @cached_property
    def number(self) -> str:
        """Its twelve digits, as AWS says them. Raises `CannotBuildError` without usable credentials."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return str(self.client("sts").get_caller_identity()["Account"])
        except (BotoCoreError, ClientError) as error:
            message = (
                f"no access to AWS: {type(error).__name__}; check your credentials with `aws sts get-caller-identity`"
            )
            raise CannotBuildError(message) from None

    @property
    def region(self) -> str:
        """The region. Raises `CannotBuildError` if none is chosen."""
        region = os.environ.get("AWS_REGION") or self._session.region_name
        if not region:
            raise CannotBuildError("no AWS region is chosen; set AWS_REGION, us-east-1 for example")
        return str(region)

    def client(self, service: str, region: str = "") -> Any:
        """A client of a service, in the account's own region if none is given."""
        return self._session.client(service, region_name=region or self.region)

    def environment(self) -> Mapping[str, str]:
        """What a kernel needs to be the same caller: the caller's own variables, and the region in both spellings.

        A profile stays a profile: the kernel reads it itself, and renews what expires.
        """
        own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        return {**own, "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}

    def secrets(self) -> tuple[str, ...]:
        """What no file may hold: the number, the keys and the token, also those that a profile names."""
        found = self._session.get_credentials()
        keys = found.get_frozen_credentials() if found else ()
        return self.number, *(
            str(key) for key in keys if key and len(str(key)) >= 12
        )  # shorter ones are words, not secrets
