"""Every operation that is answered here, by name. All others are moto's, or not there.

A module that answers operations exports `HANDLERS`; it is added to this table. That's it.
"""

from __future__ import annotations

from . import functions, hosting, identity, notebooks, pipelines, provenance, searching, training
from .functions import invoking as function_calls
from .handlers import Handlers
from .hosting import asynchronous, components, invoking
from .jobs import processing, transform, tuning
from .pipelines import callbacks, executions
from .records import experiments, feature_store, lineage, model_packages, monitoring, resources, tags

WORKING: Handlers = {
    **training.HANDLERS,
    **processing.HANDLERS,
    **transform.HANDLERS,
    **tuning.HANDLERS,
    **searching.HANDLERS,
    **hosting.HANDLERS,
    **invoking.HANDLERS,
    **asynchronous.HANDLERS,
    **components.HANDLERS,
    **pipelines.HANDLERS,
    **executions.HANDLERS,
    **callbacks.HANDLERS,
    **functions.HANDLERS,
    **function_calls.HANDLERS,
    **notebooks.HANDLERS,
    **identity.HANDLERS,
}

KEEPING: Handlers = {
    **model_packages.HANDLERS,
    **monitoring.HANDLERS,
    **experiments.HANDLERS,
    **lineage.HANDLERS,
    **resources.HANDLERS,
    **feature_store.HANDLERS,
    **tags.HANDLERS,
}
"""Operations that do the work, and those that keep state only."""

OPERATIONS: Handlers = {**WORKING, **KEEPING, **provenance.HANDLERS}
