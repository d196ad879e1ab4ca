"""What steps do, by their type: each through this server's own operations, as a client would.

Jobs, models, model packages and endpoints are created and waited for; callbacks.py waits for somebody's word.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody

from ..cloud import Cloud
from . import conditions
from .definition import Step
from .execution import Execution, StepRun
from .references import text_of

ALPHABET = string.ascii_letters + string.digits
SUFFIX_LENGTH = 10
SHORT = 32
"""Characters of a name that has no room for a word in front."""

PASSING = frozenset({"InProgress", "Stopping", "Pending", "Creating", "Updating", "SystemUpdating", "RollingBack"})
GOOD = frozenset({"", "Completed", "InService"})
"""Statuses of what a step has made: of one that will change, and of one that is as it should be."""


class StepError(Exception):
    """A step fails for this reason. `code` is that of the AWS error behind it, if there is one."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class StepStoppedError(Exception):
    """What a step did was stopped."""


@dataclass(frozen=True)
class Doing:
    """A step that is done: whose it is, what it keeps, and its arguments with all references resolved.

    `job_name` is the name for what the step makes.
    """

    cloud: Cloud
    execution: Execution
    run: StepRun
    arguments: dict[str, Any]
    job_name: str

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Do an operation and return its answer as JSON has it. Raises StepError."""
        client = self.cloud.client(service, self.execution.caller)
        try:
            answer = getattr(client, xform_name(operation))(**request)
        except ClientError as error:
            told = error.response["Error"]
            raise _refused(service, operation, told["Message"], told["Code"]) from error
        except ParamValidationError as error:
            raise _refused(service, operation, str(error)) from error
        answer.pop("ResponseMetadata", None)
        return dict(json.loads(json.dumps(answer, default=_text)))


def _refused(service: str, operation: str, why: str, code: str = "") -> StepError:
    return StepError(f"ClientError: Failed to invoke {service}:{operation}. Error Details: {why}", code)


def _text(value: object) -> str:
    if isinstance(value, StreamingBody):
        return str(value.read().decode())
    return value.isoformat() if isinstance(value, datetime) else str(value)


Kind: TypeAlias = Callable[[Doing], None]
"""Does a step: fills its metadata and properties. Raises StepError or StepStoppedError."""


@dataclass(frozen=True)
class Made:
    """Something of SageMaker that a step makes and waits for.

    `noun` is its name in operations and `told_as` in a step's metadata. A name has at most `length` characters; it is
    given in the step's arguments if `named`, and there may be a prefix for it else. What is `tracked` is part of the
    execution's trial.
    """

    noun: str
    told_as: str
    length: int = 63
    stoppable: bool = False
    named: bool = False
    tracked: bool = False

    def name_for(self, execution: Execution, step: Step) -> str:
        """Return a name as AWS makes them: the execution's id, the step's name as far as it fits, and a suffix."""
        given = step.arguments.get(f"{self.noun}Name")
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
        if isinstance(given, str):
            return "-".join([given[: self.length - len(execution.name) - len(suffix) - 2], execution.name, suffix])
        start = f"pipelines-{execution.name}" if self.length > SHORT else execution.name
        # Names of jobs have no underscores.
        middle = step.name.replace("_", "-")[: self.length - len(start) - len(suffix) - 2]
        return "-".join([start, middle.strip("-"), suffix])

    def __call__(self, doing: Doing) -> None:
        """Do the step."""
        given = doing.arguments.get(f"{self.noun}Name") if self.named else None
        name = {f"{self.noun}Name": given or doing.job_name}
        answer = self.create(doing, {**doing.arguments, **name})
        doing.run.metadata = {self.told_as: {"Arn": answer[f"{self.noun}Arn"]}}
        if self.stoppable:
            doing.run.when_asked_to_stop(lambda: self._stop(doing, name))
        self.wait(doing, name)

    def create(self, doing: Doing, request: dict[str, Any]) -> dict[str, Any]:
        """Make the thing. Raises StepError."""
        if self.stoppable:
            request["Tags"] = [*request.get("Tags", []), *_tags(doing)]
        if self.tracked and doing.execution.experiment:
            request["ExperimentConfig"] = {**doing.execution.experiment, **request.get("ExperimentConfig", {})}
        return doing.call("sagemaker", f"Create{self.noun}", **request)

    def wait(self, doing: Doing, name: Mapping[str, str]) -> None:
        """Return when the thing is ready; what is told of it then are the step's properties."""
        while True:
            told = doing.call("sagemaker", f"Describe{self.noun}", **name)
            status = told.get(f"{self.noun}Status", "")
            if status not in PASSING:
                break
        doing.run.properties = told
        if status == "Stopped":
            raise StepStoppedError
        if status not in GOOD:
            raise StepError(told.get("FailureReason", f"The status is {status}"))

    def _stop(self, doing: Doing, name: Mapping[str, str]) -> None:
        try:
            doing.call("sagemaker", f"Stop{self.noun}", **name)
        except StepError:
            return  # It has ended meanwhile.


def _tags(doing: Doing) -> list[dict[str, str]]:
    """Return what AWS tags the jobs of an execution with, and the pipeline's own tags."""
    told = {
        "sagemaker:pipeline-execution-arn": doing.execution.arn,
        "sagemaker:pipeline-step-name": doing.run.step.name,
    }
    return [*doing.execution.tags, *({"Key": key, "Value": value} for key, value in told.items())]


@dataclass(frozen=True)
class MadeByTuning(Made):
    """A tuning job; its properties have its training jobs too, the best one first."""

    def wait(self, doing: Doing, name: Mapping[str, str]) -> None:
        """Return when the tuning job has ended."""
        super().wait(doing, name)
        config = doing.run.properties["HyperParameterTuningJobConfig"]
        highest = (config.get("HyperParameterTuningJobObjective") or {}).get("Type") != "Minimize"
        order = {"SortBy": "FinalObjectiveMetricValue", "SortOrder": "Descending" if highest else "Ascending"}
        doing.run.properties |= doing.call("sagemaker", "ListTrainingJobsForHyperParameterTuningJob", **name, **order)


@dataclass(frozen=True)
class MadePackage(Made):
    """A model package; as on AWS its group is made if there is none."""

    def __call__(self, doing: Doing) -> None:
        """Do the step."""
        if group := doing.arguments.get("ModelPackageGroupName"):
            self._ensure(doing, group)
        arn = doing.call("sagemaker", "CreateModelPackage", **doing.arguments)["ModelPackageArn"]
        doing.run.metadata = {self.told_as: {"Arn": arn}}
        self.wait(doing, {"ModelPackageName": arn})

    def _ensure(self, doing: Doing, group: str) -> None:
        try:
            doing.call("sagemaker", "DescribeModelPackageGroup", ModelPackageGroupName=group)
        except StepError:
            doing.call("sagemaker", "CreateModelPackageGroup", ModelPackageGroupName=group)


@dataclass(frozen=True)
class MadeEndpoint(Made):
    """An endpoint, created or, if it is there, updated. Its arguments name it."""

    def create(self, doing: Doing, request: dict[str, Any]) -> dict[str, Any]:
        """Create or update the endpoint."""
        try:
            doing.call("sagemaker", "DescribeEndpoint", EndpointName=request["EndpointName"])
        except StepError:
            return super().create(doing, request)
        request.pop("Tags", None)
        return doing.call("sagemaker", "UpdateEndpoint", **request)


def decide(doing: Doing) -> None:
    """Decide a condition step."""
    try:
        outcome = all(conditions.holds(each) for each in doing.arguments["Conditions"])
    except conditions.ConditionError as error:
        raise StepError(f"ClientError: {error}") from error
    doing.run.metadata = {"Condition": {"Outcome": str(outcome)}}
    doing.run.properties = {"Outcome": outcome}


def fail(doing: Doing) -> None:
    """Fail, as the pipeline's author wants it."""
    message = str(doing.arguments.get("ErrorMessage") or "")
    doing.run.metadata = {"Fail": {"ErrorMessage": message}}
    raise StepError(message)


def call_function(doing: Doing) -> None:
    """Call a Lambda function; its answer has the step's output parameters by name."""
    arn = doing.run.step.given["FunctionArn"]
    told: dict[str, Any] = {"Arn": arn}
    doing.run.metadata = {"Lambda": told}
    answer = doing.call("lambda", "Invoke", FunctionName=arn, Payload=json.dumps(doing.arguments))
    payload = json.loads(answer["Payload"])
    if "FunctionError" in answer:
        raise StepError(f"ClientError: The function {arn} failed: {payload.get('errorMessage', payload)}")
    wanted = [each["OutputName"] for each in doing.run.step.given.get("OutputParameters") or []]
    if missing := [name for name in wanted if not isinstance(payload, dict) or name not in payload]:
        raise StepError(f"ClientError: The function {arn} did not return the output parameters {missing}")
    told["OutputParameters"] = [{"Name": name, "Value": text_of(payload[name])} for name in wanted]
    doing.run.properties = {"OutputParameters": {name: payload[name] for name in wanted}}


def not_here(doing: Doing) -> None:
    """Fail a step of a type that nobody here does."""
    raise StepError(f"ClientError: local_sagemaker has no steps of type {doing.run.step.type}")
