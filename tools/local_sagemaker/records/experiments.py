"""Experiments, their trials, and trial components, which may be part of several trials and have metrics."""

from __future__ import annotations

import statistics
from typing import Any

from ..cloud import Cloud
from ..handlers import Handlers
from ..wire import AwsError, Call, validation_error
from . import Kind, Record

TRIALS_OF, VALUES = "Trials", "MetricValues"
"""Members of a component that no answer tells: the names of its trials, and all values of its metrics."""


def _displayed(record: Record) -> dict[str, Any]:
    return {"DisplayName": record.members.get("DisplayName") or record.name}


def _listed(record: Record) -> dict[str, Any]:
    """Return how lists call what a component comes from, too."""
    return {**_displayed(record), "TrialComponentSource": record.members.get("Source")}


EXPERIMENTS = Kind("Experiment", "experiment", also=_displayed)
TRIALS = Kind("Trial", "experiment-trial", filters={"ExperimentName": "ExperimentName"}, also=_displayed)
COMPONENTS = Kind("TrialComponent", "experiment-trial-component", also=_listed)
KINDS = (EXPERIMENTS, TRIALS, COMPONENTS)


def create_trial(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a trial of an experiment that is there."""
    EXPERIMENTS.look_up(cloud, call.caller, call.parameters["ExperimentName"])
    return TRIALS.create(cloud, call)


def delete_experiment(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget an experiment that has no trials."""
    experiment = EXPERIMENTS.find(cloud, call)
    for trial in cloud.shelf(TRIALS.words).of(call.caller):
        if trial.members["ExperimentName"] == experiment.name:
            raise validation_error(f"The experiment {experiment.name} has trials; delete them first.")
    return EXPERIMENTS.delete(cloud, call)


def associate(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a component part of a trial."""
    component, trial = COMPONENTS.find(cloud, call), TRIALS.find(cloud, call)
    trials = component.members.setdefault(TRIALS_OF, [])
    if trial.name not in trials:
        trials.append(trial.name)
    return {COMPONENTS.arn_member: component.arn, TRIALS.arn_member: trial.arn}


def disassociate(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make a component no part of a trial any more."""
    component, trial = COMPONENTS.find(cloud, call), TRIALS.find(cloud, call)
    if trial.name not in component.members.get(TRIALS_OF, []):
        raise AwsError("ResourceNotFound", f"{component.arn} is not part of {trial.arn}.")
    component.members[TRIALS_OF].remove(trial.name)
    return {COMPONENTS.arn_member: component.arn, TRIALS.arn_member: trial.arn}


def delete_component(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a component that is part of no trial."""
    component = COMPONENTS.find(cloud, call)
    if component.members.get(TRIALS_OF):
        raise validation_error(f"The trial component {component.name} is part of trials; disassociate it first.")
    return COMPONENTS.delete(cloud, call)


def list_trials(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List trials: all, those of an experiment, or those that a component is part of."""
    trials: list[Record] = cloud.shelf(TRIALS.words).of(call.caller)
    if name := call.parameters.get(COMPONENTS.name_member):
        kept = COMPONENTS.look_up(cloud, call.caller, name).members.get(TRIALS_OF, [])
        trials = [each for each in trials if each.name in kept]
    return TRIALS.page(trials, call)


def list_components(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List components: all, those of a trial or of an experiment, or those of one source."""
    wanted = call.parameters
    components: list[Record] = cloud.shelf(COMPONENTS.words).of(call.caller)
    if TRIALS.name_member in wanted or EXPERIMENTS.name_member in wanted:
        trials = {
            each.name
            for each in cloud.shelf(TRIALS.words).of(call.caller)
            if wanted.get(TRIALS.name_member, each.name) == each.name
            and wanted.get(EXPERIMENTS.name_member, each.members["ExperimentName"]) == each.members["ExperimentName"]
        }
        components = [each for each in components if trials & set(each.members.get(TRIALS_OF, []))]
    if "SourceArn" in wanted:
        components = [each for each in components if _source_of(each) == wanted["SourceArn"]]
    return COMPONENTS.page(components, call)


def _source_of(component: Record) -> str:
    return str(component.members.get("Source", {}).get("SourceArn", ""))


def put_metrics(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Keep values of metrics that a component was told of; Describe tells what they come to."""
    component = COMPONENTS.look_up(cloud, call.caller, call.parameters[COMPONENTS.name_member])
    values = component.members.setdefault(VALUES, {})
    for each in call.parameters["MetricData"]:
        values.setdefault(each["MetricName"], []).append([float(each["Timestamp"]), float(each["Value"])])
    component.change({"Metrics": [_summary(component, name, points) for name, points in values.items()]})
    return {}


def _summary(component: Record, name: str, points: list[list[float]]) -> dict[str, Any]:
    values = [value for _, value in points]
    return {
        "MetricName": name,
        "SourceArn": component.arn,
        "TimeStamp": points[-1][0],
        "Max": max(values),
        "Min": min(values),
        "Last": values[-1],
        "Count": len(values),
        "Avg": statistics.fmean(values),
        "StdDev": statistics.pstdev(values),
    }


HANDLERS: Handlers = {
    **EXPERIMENTS.handlers("Update"),
    **TRIALS.handlers("Update"),
    **COMPONENTS.handlers("Update"),
    "SageMaker.CreateTrial": create_trial,
    "SageMaker.DeleteExperiment": delete_experiment,
    "SageMaker.DeleteTrialComponent": delete_component,
    "SageMaker.AssociateTrialComponent": associate,
    "SageMaker.DisassociateTrialComponent": disassociate,
    "SageMaker.ListTrials": list_trials,
    "SageMaker.ListTrialComponents": list_components,
    "SageMakerMetrics.BatchPutMetrics": put_metrics,
}
