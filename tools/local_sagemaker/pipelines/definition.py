"""A pipeline's definition: the JSON that clients write, read into parameters and steps, and checked.

The schema is version 2020-12-01, documented in "Amazon SageMaker Pipelines definition JSON schema".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..wire import AwsError, validation_error
from . import checking, references

COMPLETED = "Completed"
CONDITION = "Condition"
BRANCHES = {"IfSteps": True, "ElseSteps": False}
"""Members of a condition step's arguments that hold steps, and the outcome with which they are done."""

CONVERSIONS = {"String": str, "Integer": int, "Float": float}
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a pipeline. `default` is None if an execution has to give a value."""

    name: str
    type: str
    default: Any
    choices: tuple[Any, ...]

    def read(self, text: str) -> Any:
        """Return the value that `text`, given to an execution, means. Raises AwsError."""
        value = self._convert(text)
        if self.choices and value not in self.choices:
            raise validation_error(f"Parameter [{self.name}] value [{text}] is not one of {list(self.choices)}")
        return value

    def _convert(self, text: str) -> Any:
        try:
            return BOOLEANS[text.lower()] if self.type == "Boolean" else CONVERSIONS[self.type](text)
        except (KeyError, ValueError) as error:
            raise validation_error(f"Parameter [{self.name}] value [{text}] is not of type {self.type}") from error


@dataclass(frozen=True)
class Dependency:
    """A step that has to have ended, and how: Completed, Failed, Stopped or Any."""

    step: str
    trigger: str = COMPLETED


@dataclass(frozen=True)
class Step:
    """One step. `given` is its JSON; steps inside a condition step are steps of their own.

    `within` names the condition step that decides on this one, which is done if the outcome is `outcome`.
    """

    name: str
    type: str
    given: Mapping[str, Any]
    within: str = ""
    outcome: bool = True

    @property
    def arguments(self) -> Any:
        """What the step's operation is called with; references are not resolved."""
        arguments = self.given.get("Arguments", {})
        if self.type != CONDITION:
            return arguments
        return {name: value for name, value in arguments.items() if name not in BRANCHES}

    @property
    def depends_on(self) -> list[Dependency]:
        """The steps that must have ended before: those named, those whose outputs are used, the condition."""
        named = [_dependency(each) for each in self.given.get("DependsOn") or []]
        known = {each.step for each in named}
        used = sorted(references.steps_in([self.arguments, self.given.get("FunctionArn")]) - known)
        around = [Dependency(self.within)] if self.within else []
        return [*named, *(Dependency(name) for name in used), *around]

    @property
    def property_files(self) -> dict[str, tuple[str, str]]:
        """The output and the path below it of each property file, by its name."""
        files = self.given.get("PropertyFiles") or []
        return {each["PropertyFileName"]: (each["OutputName"], each["FilePath"]) for each in files}


def _dependency(given: str | Mapping[str, str]) -> Dependency:
    if isinstance(given, str):
        return Dependency(given)
    return Dependency(given["Step"], given.get("Trigger", COMPLETED))


@dataclass(frozen=True)
class Definition:
    """What a pipeline does: `steps` by name, in an order in which they could be done one after the other."""

    text: str
    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    experiment: Mapping[str, Any]

    def values(self, given: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Return the value of every parameter for an execution that is given some. Raises AwsError."""
        told = {each["Name"]: each["Value"] for each in given}
        if unknown := sorted(told.keys() - self.parameters.keys()):
            raise validation_error(f"Parameters {unknown} are not defined in the pipeline")
        missing = [name for name, each in self.parameters.items() if each.default is None and name not in told]
        if missing:
            raise validation_error(f"Parameters {missing} do not have default values and are undefined")
        return {name: each.read(told[name]) if name in told else each.default for name, each in self.parameters.items()}


def parse(text: str) -> Definition:
    """Read a definition. Raises AwsError if it is not one."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"It is not JSON: {error}") from error
    try:
        return _read(text, given)
    except (checking.WrongDefinitionError, references.UnresolvedError) as error:
        raise _wrong(str(error)) from error


def _read(text: str, given: Any) -> Definition:
    """Return the definition that JSON makes. Raises WrongDefinitionError, UnresolvedError or AwsError."""
    if not isinstance(given, dict) or not isinstance(given.get("Steps"), list):
        raise checking.WrongDefinitionError("Expecting a Json Object with an Array 'Steps'.")
    checking.check_experiment(given.get("PipelineExperimentConfig") or {})
    checking.check_references(given)
    parameters = [_parameter(each) for each in given.get("Parameters") or []]
    definition = Definition(
        text,
        {each.name: each for each in parameters},
        _ordered(list(_steps(given["Steps"]))),
        given.get("PipelineExperimentConfig") or {},
    )
    _check_parameters(definition)
    return definition


def _wrong(why: str) -> AwsError:
    return validation_error(f"Unable to parse pipeline definition. {why}")


def _parameter(given: Any) -> Parameter:
    if not isinstance(given, dict) or not isinstance(given.get("Name"), str):
        raise checking.WrongDefinitionError("A parameter has no name.")
    kind, default = given.get("Type"), given.get("DefaultValue")
    if kind not in (*CONVERSIONS, "Boolean"):
        raise checking.WrongDefinitionError(f"Unknown parameter type '{kind}'.")
    parameter = Parameter(given["Name"], kind, default, tuple(given.get("EnumValues") or ()))
    if default is not None:
        parameter.read(references.text_of(default))
    return parameter


def _steps(given: Sequence[Mapping[str, Any]], within: str = "", outcome: bool = True) -> Iterator[Step]:
    for each in given:
        checking.check_step(each)
        step = Step(each["Name"], each["Type"], each, within, outcome)
        yield step
        if step.type == CONDITION:
            for branch, decided in BRANCHES.items():
                yield from _steps(each["Arguments"].get(branch) or [], step.name, decided)


def _ordered(steps: list[Step]) -> dict[str, Step]:
    """Return the steps by name in an order in which they can be done. Raises AwsError."""
    by_name = {step.name: step for step in steps}
    if len(by_name) < len(steps):
        raise _wrong("Step names must be unique.")
    for step in steps:
        for needed in step.depends_on:
            if needed.step not in by_name:
                raise _wrong(f"Step '{step.name}' depends on '{needed.step}', which is not a step.")
    edges = {step.name: [needed.step for needed in step.depends_on] for step in steps}
    try:
        order = list(TopologicalSorter(edges).static_order())
    except CycleError as error:
        raise _wrong(f"Steps depend on each other in a circle: {' -> '.join(error.args[1])}.") from error
    return {name: by_name[name] for name in order}


def _check_parameters(definition: Definition) -> None:
    used = references.parameters_in([[step.arguments for step in definition.steps.values()], definition.experiment])
    if unknown := sorted(used - definition.parameters.keys()):
        raise _wrong(f"Parameters {unknown} are used and not defined.")
