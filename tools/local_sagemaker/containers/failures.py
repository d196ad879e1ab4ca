"""Why a job failed, in words that go into its FailureReason."""

from __future__ import annotations

from .. import archives, images
from ..cloud import storage
from ..wire import AwsError
from . import BadPathError


class JobError(Exception):
    """The job fails for this reason, which begins with ``ClientError:`` or ``AlgorithmError:``."""


GIVEN_WRONG = (
    JobError,
    AwsError,
    BadPathError,
    archives.BadArchiveError,
    images.BuildError,
    images.UnknownImageError,
    storage.NoSuchDataError,
)
"""What goes wrong because of what a job was given."""


def failure_reason(error: Exception) -> str:
    """Return the FailureReason of a job that was given something wrong."""
    return str(error) if isinstance(error, JobError) else f"ClientError: {error}"
