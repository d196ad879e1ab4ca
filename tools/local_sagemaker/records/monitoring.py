"""Monitoring schedules and the definitions of their jobs. They are kept; nothing here runs by the clock.

So a schedule has no executions, and tells none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..cloud import Cloud
from ..handlers import Handlers
from ..paging import page
from ..wire import Call, validation_error
from . import Kind, Record

STATUS, CONFIG = "MonitoringScheduleStatus", "MonitoringScheduleConfig"
SCHEDULED, STOPPED = "Scheduled", "Stopped"
DEFINITION = "MonitoringJobDefinitionName"


def _listed_as(record: Record) -> dict[str, Any]:
    """Return what lists call a job definition, and the endpoint that it looks at."""
    inputs = [value for name, value in record.members.items() if name.endswith("JobInput")]
    told = {DEFINITION: record.name, "MonitoringJobDefinitionArn": record.arn}
    return {**told, "EndpointName": _endpoint(inputs)}


def _endpoint(inputs: Iterable[Mapping[str, Any]]) -> str:
    return next((each["EndpointInput"]["EndpointName"] for each in inputs if "EndpointInput" in each), "")


SCHEDULES = Kind(
    "MonitoringSchedule",
    "monitoring-schedule",
    filters={
        "StatusEquals": STATUS,
        "MonitoringTypeEquals": "MonitoringType",
        "EndpointName": "EndpointName",
        DEFINITION: DEFINITION,
    },
)
TYPES = {
    "DataQuality": "data-quality",
    "ModelQuality": "model-quality",
    "ModelBias": "model-bias",
    "ModelExplainability": "model-explainability",
}
DEFINITIONS = {
    name: Kind(
        f"{name}JobDefinition",
        f"{words}-job-definition",
        prefix="JobDefinition",
        filters={"EndpointName": "EndpointName"},
        also=_listed_as,
    )
    for name, words in TYPES.items()
}
KINDS = (SCHEDULES, *DEFINITIONS.values())


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a schedule. Its job definition must be there."""
    answer = SCHEDULES.create(cloud, call)
    record = SCHEDULES.find(cloud, call)
    try:
        _note(cloud, call, record)
    except Exception:
        SCHEDULES.delete(cloud, call)
        raise
    return answer


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Give a schedule another configuration."""
    record = SCHEDULES.find(cloud, call)
    _note(cloud, call, record)
    return {SCHEDULES.arn_member: record.arn}


def _note(cloud: Cloud, call: Call, record: Record) -> None:
    """Note what a schedule's configuration says. Raises AwsError if there is no such job definition."""
    config = call.parameters[CONFIG]
    kind, name = config.get("MonitoringType", "DataQuality"), config.get(DEFINITION)
    if ("MonitoringJobDefinition" in config) == (name is not None):
        raise validation_error("Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName must be given.")
    if name is None:
        told = {"EndpointName": _endpoint(config["MonitoringJobDefinition"]["MonitoringInputs"])}
    else:
        definition = DEFINITIONS[kind].look_up(cloud, call.caller, name)
        told = {DEFINITION: name, "EndpointName": definition.members["EndpointName"]}
    record.members[CONFIG] = config
    record.change({"MonitoringType": kind, STATUS: record.members.get(STATUS, SCHEDULED), **told})


def start(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Have a schedule told as scheduled."""
    SCHEDULES.find(cloud, call).change({STATUS: SCHEDULED})
    return {}


def stop(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Have a schedule told as stopped."""
    SCHEDULES.find(cloud, call).change({STATUS: STOPPED})
    return {}


def list_executions(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List no executions: none has taken place."""
    if SCHEDULES.name_member in call.parameters:
        SCHEDULES.find(cloud, call)
    return page("MonitoringExecutionSummaries", [], call.parameters)


HANDLERS: Handlers = {
    **SCHEDULES.handlers(),
    "SageMaker.CreateMonitoringSchedule": create,
    "SageMaker.UpdateMonitoringSchedule": update,
    "SageMaker.StartMonitoringSchedule": start,
    "SageMaker.StopMonitoringSchedule": stop,
    "SageMaker.ListMonitoringExecutions": list_executions,
    **{name: handler for kind in DEFINITIONS.values() for name, handler in kind.handlers().items()},
}
