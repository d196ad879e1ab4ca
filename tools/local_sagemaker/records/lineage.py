"""Lineage: actions, artifacts and contexts, what is associated with what, and walks along the associations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..paging import page
from ..wire import AwsError, Call, Caller, validation_error
from . import Kind, Record
from .experiments import COMPONENTS

SOURCE, DESTINATION = "SourceArn", "DestinationArn"
MAX_DEPTH = 10
BY_SOURCE = {"SourceUri": "Source.SourceUri"}

ACTIONS = Kind("Action", "action", filters={**BY_SOURCE, "ActionType": "ActionType"})
CONTEXTS = Kind("Context", "context", filters={**BY_SOURCE, "ContextType": "ContextType"})
ARTIFACTS = Kind("Artifact", "artifact", filters={**BY_SOURCE, "ArtifactType": "ArtifactType"})
ASSOCIATIONS = Kind(
    "Association",
    "association",
    filters={name: name for name in (SOURCE, DESTINATION, "SourceType", "DestinationType", "AssociationType")},
)
KINDS = (ACTIONS, CONTEXTS, ARTIFACTS, ASSOCIATIONS)
ENTITIES = {kind.words: kind for kind in (ACTIONS, CONTEXTS, ARTIFACTS, COMPONENTS)}


def create_artifact(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Make an artifact. There is one only for each source."""
    return {"ArtifactArn": _make_artifact(cloud, call.caller, call.parameters).arn}


def _make_artifact(cloud: Cloud, caller: Caller, given: Mapping[str, Any]) -> Record:
    record = ARTIFACTS.make(cloud, caller, {**given, "ArtifactName": _identity(given["Source"])})
    record.members["ArtifactName"] = given.get("ArtifactName")
    return record


def _identity(source: Mapping[str, Any]) -> str:
    return hashlib.md5(json.dumps(source, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def artifact_of(cloud: Cloud, caller: Caller, uri: str, kind: str) -> str:
    """Return the ARN of the artifact at an address; it is made if there is none."""
    source = {"SourceUri": uri}
    found = cloud.shelf(ARTIFACTS.words).find(Key.of(caller, _identity(source)))
    record = found or _make_artifact(cloud, caller, {"Source": source, "ArtifactType": kind})
    return str(record.arn)


def describe_artifact(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about the artifact of an ARN."""
    return ARTIFACTS.describe(cloud, _by_arn(call))


def update_artifact(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change the artifact of an ARN."""
    record = ARTIFACTS.find(cloud, _by_arn(call))
    record.change({name: value for name, value in call.parameters.items() if name != "ArtifactArn"})
    return {"ArtifactArn": record.arn}


def delete_artifact(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget the artifact of an ARN or of a source."""
    if "ArtifactArn" in call.parameters:
        return ARTIFACTS.delete(cloud, _by_arn(call))
    for record in cloud.shelf(ARTIFACTS.words).of(call.caller):
        if record.members["Source"] == call.parameters["Source"]:
            cloud.shelf(ARTIFACTS.words).remove(Key.of(call.caller, record.name))
            return {"ArtifactArn": record.arn}
    raise AwsError("ResourceNotFound", "There is no artifact of this source.")


def _by_arn(call: Call) -> Call:
    """Return the same call with the artifact named as others are."""
    return Call(call.caller, call.operation, {"ArtifactName": call.parameters["ArtifactArn"]}, call.request)


def associate(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Associate two entities, which are there."""
    source, destination = call.parameters[SOURCE], call.parameters[DESTINATION]
    connect(cloud, call.caller, source, destination, call.parameters.get("AssociationType", "AssociatedWith"))
    return {SOURCE: source, DESTINATION: destination}


def connect(cloud: Cloud, caller: Caller, source: str, destination: str, how: str) -> None:
    """Associate the entities of two ARNs. Raises AwsError if one is not there, or they are associated already."""
    members = {"AssociationType": how}
    for end, arn in (("Source", source), ("Destination", destination)):
        kind, record = _entity(cloud, caller, arn)
        # An artifact of a job has no name; clients ask for its address then.
        named = record.members.get(kind.name_member, record.name)
        members |= {f"{end}Arn": arn, f"{end}Name": named, f"{end}Type": _type_of(kind, record)}
    record = Record("", f"{source} {destination}", members)
    if not cloud.shelf(ASSOCIATIONS.words).add(Key.of(caller, record.name), record):
        raise validation_error(f"An association of {source} with {destination} already exists.")


def dissociate(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget an association."""
    source, destination = call.parameters[SOURCE], call.parameters[DESTINATION]
    record = ASSOCIATIONS.look_up(cloud, call.caller, f"{source} {destination}")
    cloud.shelf(ASSOCIATIONS.words).remove(Key.of(call.caller, record.name))
    return {SOURCE: source, DESTINATION: destination}


def _entity(cloud: Cloud, caller: Caller, arn: str) -> tuple[Kind, Record]:
    """Return the entity of an ARN, and its kind. Raises AwsError."""
    words = arn.rpartition(":")[2].partition("/")[0]
    for record in cloud.shelf(words).of(caller) if words in ENTITIES else []:
        if record.arn == arn:
            return ENTITIES[words], record
    raise AwsError("ResourceNotFound", f"{arn} does not exist.")


def _type_of(kind: Kind, record: Record) -> str:
    return str(record.members.get(f"{kind.noun}Type", kind.noun))


def query(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell what can be reached from some entities, and the associations on the way."""
    wanted = call.parameters
    edges = _reached(cloud, call.caller, wanted)
    arns = dict.fromkeys(
        [*wanted.get("StartArns", []), *(edge[end] for edge in edges for end in (SOURCE, DESTINATION))]
    )
    vertices = [_vertex(cloud, call.caller, arn) for arn in arns]
    answer = page("Vertices", [each for each in vertices if _is_wanted(each, wanted.get("Filters") or {})], wanted)
    told = [{name: edge[name] for name in (SOURCE, DESTINATION, "AssociationType")} for edge in edges]
    return {**answer, "Edges": told if wanted.get("IncludeEdges", True) else []}


def _reached(cloud: Cloud, caller: Caller, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the associations on all ways from the start, as far as they may go."""
    directions = {"Ascendants": [(DESTINATION, SOURCE)], "Descendants": [(SOURCE, DESTINATION)]}
    both = [way for ways in directions.values() for way in ways]
    associations = [each.members for each in cloud.shelf(ASSOCIATIONS.words).of(caller)]
    found: dict[int, dict[str, Any]] = {}
    for start, end in directions.get(wanted.get("Direction", "Both"), both):
        for edge in _walk(associations, wanted.get("StartArns", []), start, end, wanted.get("MaxDepth", MAX_DEPTH)):
            found[id(edge)] = edge
    return list(found.values())


def _walk(
    associations: list[dict[str, Any]], arns: list[str], start: str, end: str, depth: int
) -> Iterator[dict[str, Any]]:
    seen, here = set(arns), set(arns)
    for _ in range(depth):
        edges = [each for each in associations if each[start] in here]
        yield from edges
        here = {each[end] for each in edges} - seen
        seen |= here


def _vertex(cloud: Cloud, caller: Caller, arn: str) -> dict[str, Any]:
    kind, record = _entity(cloud, caller, arn)
    return {"Arn": arn, "Type": _type_of(kind, record), "LineageType": kind.noun}


def _is_wanted(vertex: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    pairs = (("Types", "Type"), ("LineageTypes", "LineageType"))
    return all(vertex[member] in filters[name] for name, member in pairs if filters.get(name))


HANDLERS: Handlers = {
    **ACTIONS.handlers("Update"),
    **CONTEXTS.handlers("Update"),
    **ARTIFACTS.handlers(),
    "SageMaker.CreateArtifact": create_artifact,
    "SageMaker.DescribeArtifact": describe_artifact,
    "SageMaker.UpdateArtifact": update_artifact,
    "SageMaker.DeleteArtifact": delete_artifact,
    "SageMaker.AddAssociation": associate,
    "SageMaker.DeleteAssociation": dissociate,
    "SageMaker.ListAssociations": ASSOCIATIONS.list_all,
    "SageMaker.QueryLineage": query,
}
