"""A lesson plan, read into a schedule: who does what, when, for how long.

Document ──read──▶ Plan          steps in headings and tables, what they show; what cannot be read is a problem
Plan ──check──▶ problems         its sums, numbers, breaks, tables; `fitting` holds it against what it shows
Schedule ──page, tracker, workbook──▶ files
"""

from __future__ import annotations

import dataclasses

from labguide.model import Document, Project, Sources
from labguide.problems import Problems
from labguide.schedule import reading, showing
from labguide.schedule.checking import check
from labguide.schedule.model import Activity, Schedule, Shown
from labguide.schedule.reading import Plan, is_plan

__all__ = ["Activity", "Plan", "Schedule", "Shown", "check", "is_plan", "read"]

_NOTHING = Sources({}, ())


def read(document: Document, project: Project, problems: Problems, found: Sources = _NOTHING) -> Plan:
    """A lesson plan, with what its activities show of all that was `found`.

    What looks like a step and cannot be read becomes a problem; `check` tells what is wrong with the plan.
    """
    plan = reading.read(document, project, problems)
    prose = reading.prose_of(document, project)
    shows = showing.by_activity(document, prose, plan.lines, showing.Targets(found), problems)
    activities = (dataclasses.replace(each, shows=shows.get(each.identity, ())) for each in plan.schedule.activities)
    return dataclasses.replace(plan, schedule=dataclasses.replace(plan.schedule, activities=tuple(activities)))
