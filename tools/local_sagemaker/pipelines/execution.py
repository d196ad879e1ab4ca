"""One execution of a pipeline as it is kept and told, and each of its steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..status import Status
from ..wire import Caller
from .definition import Definition, Step

PASSING = frozenset({"Executing", "Stopping"})
AGAIN = frozenset({"Failed", "Stopped", "CompletedWithFailures"})
"""Statuses of an execution that will change, and of one that can be retried."""

REASON_LENGTH = 1024


@dataclass
class StepRun:
    """One step of an execution, from its start on. Times are seconds since 1970.

    `properties` is what references to the step find. `source` is the ARN of an execution whose results are used
    instead: by the cache, or because this execution leaves the step out (`left_out`).
    """

    step: Step
    status: str = "Starting"
    started: float = field(default_factory=time.time)
    ended: float | None = None
    attempts: int = 1
    reason: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    cache_key: str = ""
    source: str = ""
    left_out: bool = False
    asked_to_stop: threading.Event = field(default_factory=threading.Event)
    _stop: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def finish(self, status: str, reason: str = "") -> None:
        """End the step."""
        with self._lock:
            self.ended, self.reason, self._stop = time.time(), reason[:REASON_LENGTH], None
            self.status = status

    def when_asked_to_stop(self, stop: Callable[[], None]) -> None:
        """Have `stop` called when somebody asks; at once if somebody has."""
        with self._lock:
            self._stop = stop
        if self.asked_to_stop.is_set():
            stop()

    def ask_to_stop(self) -> None:
        """End what the step does, as soon as that can be ended."""
        with self._lock:
            if self.ended is not None:
                return
            self.status, stop = "Stopping", self._stop
        self.asked_to_stop.set()
        if stop:
            stop()

    def take_over(self, other: StepRun, source: str, *, left_out: bool = False) -> None:
        """Succeed with what `other`, of the execution whose ARN is `source`, has done."""
        self.metadata, self.properties = dict(other.metadata), dict(other.properties)
        self.source, self.left_out = source, left_out
        self.finish("Succeeded")

    def told(self) -> dict[str, Any]:
        """Return the step as ListPipelineExecutionSteps tells it."""
        members = {
            "StepDisplayName": self.step.given.get("DisplayName"),
            "StepDescription": self.step.given.get("Description"),
            "EndTime": self.ended,
            "FailureReason": self.reason,
            "SelectiveExecutionResult" if self.left_out else "CacheHitResult": self.source
            and {"SourcePipelineExecutionArn": self.source},
        }
        always = {
            "StepName": self.step.name,
            "StartTime": self.started,
            "StepStatus": self.status,
            "AttemptCount": self.attempts,
            "Metadata": self.metadata,
        }
        return {**always, **{name: value for name, value in members.items() if value}}


@dataclass
class Execution:
    """One execution. `request` is StartPipelineExecution's; `told` is whether anybody has asked how it is."""

    caller: Caller
    arn: str
    pipeline: str
    pipeline_arn: str
    role: str
    version: int
    definition: Definition
    parameters: Mapping[str, Any]
    request: dict[str, Any]
    at_once: int
    tags: list[dict[str, str]]
    status: Status = field(default_factory=lambda: Status("Executing", PASSING))
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)
    reason: str = ""
    runs: dict[str, StepRun] = field(default_factory=dict)
    experiment: dict[str, str] = field(default_factory=dict)
    told: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """The execution's id: twelve letters and digits."""
        return self.arn.rpartition("/")[2]

    @property
    def selected(self) -> set[str]:
        """The only steps to be done, if any are named."""
        return {each["StepName"] for each in self.request.get("SelectiveExecutionConfig", {}).get("SelectedSteps", [])}

    @property
    def source(self) -> str:
        """The ARN of the execution that steps which are left out take their results from."""
        return str(self.request.get("SelectiveExecutionConfig", {}).get("SourcePipelineExecutionArn", ""))

    @property
    def asked_to_stop(self) -> bool:
        """Whether no other step shall start."""
        return self.status.value == "Stopping"

    def begin(self, step: Step) -> StepRun | None:
        """Return the run of a step that starts now, or None if the execution is being stopped."""
        with self._lock:
            if self.asked_to_stop:
                return None
            before = self.runs.pop(step.name, None)
            self.runs[step.name] = StepRun(step, attempts=before.attempts + 1 if before else 1)
            self.modified = time.time()
            return self.runs[step.name]

    def begin_again(self) -> bool:
        """Go on after a failure or a stop; False if this is not one that has failed or was stopped."""
        with self._lock:
            if self.status.value not in AGAIN:
                return False
            self.reason, self.modified = "", time.time()
            self.status.become("Executing")
        return True

    def ask_to_stop(self) -> bool:
        """End the execution soon, and what its steps do; False if it has ended, or was asked already."""
        with self._lock:
            if self.status.value != "Executing":
                return False
            self.status.become("Stopping")
            running = [run for run in self.runs.values() if run.ended is None]
        for run in running:
            run.ask_to_stop()
        return True

    def finish(self, status: str, reason: str = "") -> None:
        """End the execution."""
        self.reason, self.modified = reason, time.time()
        self.status.become(status)

    def summary(self) -> dict[str, Any]:
        """Return the execution as ListPipelineExecutions tells it."""
        told = {
            "PipelineExecutionArn": self.arn,
            "StartTime": self.created,
            "PipelineExecutionStatus": self.status.value,
            **self._chosen(),
        }
        return {**told, "PipelineExecutionFailureReason": self.reason} if self.reason else told

    def description(self) -> dict[str, Any]:
        """Return the execution as DescribePipelineExecution tells it."""
        told = {
            "PipelineArn": self.pipeline_arn,
            "PipelineExecutionArn": self.arn,
            "PipelineExecutionStatus": self.status.value,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "CreatedBy": {},
            "LastModifiedBy": {},
            "PipelineVersionId": self.version,
            "RoleArn": self.role,
            **self._chosen(),
        }
        given = {"FailureReason": self.reason, "PipelineExperimentConfig": self.experiment}
        kept = {name: self.request.get(name) for name in ("SelectiveExecutionConfig", "ParallelismConfiguration")}
        return {**told, **{name: value for name, value in {**given, **kept}.items() if value}}

    def _chosen(self) -> dict[str, Any]:
        names = ("PipelineExecutionDisplayName", "PipelineExecutionDescription")
        shown = {"PipelineExecutionDisplayName": f"execution-{int(self.created * 1000)}"}
        return {**shown, **{name: self.request[name] for name in names if name in self.request}}
