"""One training job as it is kept and told: what was asked for, how far it is, how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..containers.hosts import Cluster
from ..status import Status
from ..wire import Caller
from .metrics import with_metrics

PASSING = frozenset({"InProgress", "Stopping"})
MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading the training image and input data",
    "Training": "Training image download completed. Training in progress.",
    "Stopping": "Stopping the training job",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}
NOT_DESCRIBED = frozenset({"Tags", "TrainingJobName"})
FAILURE_REASON_LENGTH = 1024


Watch: TypeAlias = Callable[[str, float], bool]
"""Is told each value of each metric, by name, as the job tells it; says whether the job shall end now."""


def _never(metric: str, value: float) -> bool:
    return False


@dataclass
class TrainingJob:
    """A training job. `request` is CreateTrainingJob's; times are seconds since 1970."""

    caller: Caller
    arn: str
    request: dict[str, Any]
    tuning_job_arn: str = ""
    status: Status = field(default_factory=lambda: Status("InProgress", PASSING))
    created: float = field(default_factory=time.time)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    failure_reason: str = ""
    cluster: Cluster | None = None
    stop_reason: str = ""
    watch: Watch = _never

    def __post_init__(self) -> None:
        self.enter("Starting")

    @property
    def name(self) -> str:
        """The job's name, unique in its account and region."""
        return str(self.request["TrainingJobName"])

    @property
    def hyperparameters(self) -> dict[str, str]:
        """The job's hyperparameters, as strings."""
        return dict(self.request.get("HyperParameters", {}))

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the job's containers shall have."""
        return dict(self.request.get("Environment", {}))

    @property
    def modified(self) -> float:
        """When the job last changed."""
        return float(self.transitions[-1]["StartTime"])

    @property
    def artifacts(self) -> str:
        """Where the job's results are put: ``S3OutputPath/NAME/output``."""
        return f"{self.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{self.name}/output"

    def enter(self, secondary: str) -> None:
        """Begin a new secondary status."""
        now = time.time()
        if self.transitions:
            self.transitions[-1]["EndTime"] = now
        self.transitions.append({"Status": secondary, "StartTime": now, "StatusMessage": MESSAGES[secondary]})

    def finish(self, status: str, secondary: str = "", reason: str = "") -> None:
        """End the job with a last status."""
        self.failure_reason = reason[:FAILURE_REASON_LENGTH]
        self.enter(secondary or status)
        self.transitions[-1]["EndTime"] = self.transitions[-1]["StartTime"]
        self.status.become(status)

    def ask_to_stop(self, reason: str = "Stopped") -> None:
        """Make the job stop if it has not ended; `reason` is its last secondary status."""
        if not self.status.passing:
            return
        self.stop_reason = self.stop_reason or reason
        if reason == "Stopped":
            self.status.become("Stopping")
        if self.cluster:
            self.cluster.stop()

    def summary(self) -> dict[str, Any]:
        """Return the job as ListTrainingJobs tells it."""
        return {
            "TrainingJobName": self.name,
            "TrainingJobArn": self.arn,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "TrainingJobStatus": self.status.value,
            "SecondaryStatus": self.transitions[-1]["Status"],
            **self._end(),
        }

    def description(self) -> dict[str, Any]:
        """Return the job as DescribeTrainingJob tells it."""
        asked = {name: value for name, value in self.request.items() if name not in NOT_DESCRIBED}
        told = {
            **asked,
            "AlgorithmSpecification": with_metrics(asked["AlgorithmSpecification"]),
            "OutputDataConfig": {"KmsKeyId": "", **asked["OutputDataConfig"]},
            **self.summary(),
            "ModelArtifacts": {"S3ModelArtifacts": f"{self.artifacts}/model.tar.gz"},
            "SecondaryStatusTransitions": list(self.transitions),
            **self._times(),
        }
        if self.tuning_job_arn:
            told["TuningJobArn"] = self.tuning_job_arn
        if self.failure_reason:
            told["FailureReason"] = self.failure_reason
        if self.metrics:
            told["FinalMetricDataList"] = list(self.metrics.values())
        return told

    def _end(self) -> dict[str, Any]:
        return {} if self.status.passing else {"TrainingEndTime": self.transitions[-1]["StartTime"]}

    def _times(self) -> dict[str, Any]:
        started = next((each["StartTime"] for each in self.transitions if each["Status"] == "Downloading"), None)
        if started is None:
            return {}
        end = self._end()
        seconds = max(1, round(end["TrainingEndTime"] - started)) if end else 0
        spent = {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds} if end else {}
        return {"TrainingStartTime": started, **spent}
