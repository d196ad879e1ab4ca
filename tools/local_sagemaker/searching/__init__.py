"""Search: what is described here, found by its members. What else can be searched for is moto's.

things.py says what can be searched for, expressions.py what holds of a thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import service_models
from ..cloud import Cloud
from ..handlers import Handlers
from ..paging import page
from ..wire import Call
from .expressions import check, holds, member, order
from .things import SEARCHABLE, Searchable

NEWEST_FIRST = "LastModifiedTime"
DERIVED = ("Metrics", "Tags")
"""Properties whose second names are free: those of a training job's metrics, and keys of tags."""


def search(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Find things of one kind by their members. Raises AwsError for a filter that cannot be one."""
    wanted = call.parameters
    searchable = SEARCHABLE.get(wanted["Resource"])
    if searchable is None:
        return cloud.floor.call(call.caller, call.operation, wanted)
    expression = wanted.get("SearchExpression", {})
    check(expression, {*service_models.members(searchable.shape), *DERIVED})
    found = [each for each in _described(cloud, call, searchable) if holds(expression, each)]
    found.sort(
        key=lambda each: order(member(each, wanted.get("SortBy", NEWEST_FIRST))),
        reverse=wanted.get("SortOrder", "Descending") == "Descending",
    )
    answer = page("Results", [{searchable.member: each} for each in found], wanted)
    return {**answer, "TotalHits": {"Value": len(found), "Relation": "EqualTo"}}


def _described(cloud: Cloud, call: Call, searchable: Searchable) -> Iterator[Mapping[str, Any]]:
    known = service_models.members(searchable.shape)
    for told in searchable.described(cloud, call.caller):
        yield {name: told[name] for name in known if name in told}


def suggest(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell which properties can be searched for that begin as the hint does: the shape's, and what things have."""
    searchable = SEARCHABLE.get(call.parameters["Resource"])
    if searchable is None:
        return {"PropertyNameSuggestions": []}
    query = call.parameters.get("SuggestionQuery", {}).get("PropertyNameQuery", {})
    hint = query.get("PropertyNameHint", "").lower()
    found = {*service_models.members(searchable.shape)}
    for thing in _described(cloud, call, searchable):
        found.update(_properties(thing))
    names = sorted(name for name in found if name.lower().startswith(hint))
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in names]}


def _properties(thing: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of what a thing has that its shape does not name: keys of tags, names of metrics and the like."""
    yield from (f"Tags.{each['Key']}" for each in thing.get("Tags", []))
    yield from (f"Metrics.{each['MetricName']}" for each in thing.get("FinalMetricDataList", []))
    for name, value in thing.items():
        yield from (f"{name}.{key}" for key in (value if isinstance(value, Mapping) else ()))


HANDLERS: Handlers = {"SageMaker.Search": search, "SageMaker.GetSearchSuggestions": suggest}
