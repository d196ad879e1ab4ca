"""Selective execution: only some steps are done, and those before them are taken over from another execution.

See "Selective execution of pipeline steps" of the Developer Guide.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..wire import validation_error
from . import references
from .definition import Definition
from .execution import Execution, StepRun


def check(definition: Definition, selected: set[str]) -> None:
    """Raise AwsError if there are no such steps, or if two are selected and not what lies between them."""
    if unknown := sorted(selected - definition.steps.keys()):
        raise validation_error(f"The selected steps {unknown} are not in the pipeline")
    for name in selected:
        between = _before(definition, name) - selected
        for other in between:
            if _before(definition, other) & selected:
                raise validation_error(f"All steps between two selected steps must be selected; {other} is not")


def take_over(execution: Execution, source: Execution | None) -> None:
    """Give an execution the results of the steps that it leaves out and needs. Raises AwsError if there are none."""
    definition, selected = execution.definition, execution.selected
    needed = {name for each in selected for name in references.steps_in([definition.steps[each].arguments])}
    before = {name for each in selected for name in _before(definition, each)}
    done = source.runs if source else {}
    for name in [each for each in definition.steps if each in before - selected]:
        if name in done and done[name].status == "Succeeded":
            run = execution.runs[name] = StepRun(definition.steps[name])
            run.take_over(done[name], source.arn if source else "", left_out=True)
        elif name in needed:
            raise validation_error(
                f"The step {name} is needed and not selected, and no source execution has succeeded with it"
            )


def _before(definition: Definition, name: str) -> set[str]:
    """Return the steps that must be done before one, and those before them."""
    return set(_walk_back(definition, name))


def _walk_back(definition: Definition, name: str) -> Iterator[str]:
    for needed in definition.steps[name].depends_on:
        yield needed.step
        yield from _walk_back(definition, needed.step)
