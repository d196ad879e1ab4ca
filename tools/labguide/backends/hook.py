"""Notes the AWS calls that a script makes, and what their answers drew by lot or hold in confidence.

Its text is run inside the kernel, before the script's first cell.

It listens to botocore's own events, in every session that the script or an SDK makes: nothing is patched. Each
distinct call is noted once, however often it is repeated. If there is a ledger, every call that creates something is
written to it, and to the disk, *before* it is sent; a call whose note cannot be written is never sent.

See https://docs.aws.amazon.com/botocore/latest/topics/events.html for the events.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_CREATING = re.compile(r"(Create|Run|Allocate|Register|Import|Request)(?!.*Presigned)[A-Z]")
"""Operations that may create something, for those that the table does not know."""

_LIMITS = ("MaxRuntimeInSeconds", "MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs")

_NAMING = re.compile(r"(Id|Ids|Arn|Arns|Name|Names|Uri|Url|Key|Token|Location|Path|Bucket|Prefix|Group|Stream)$", re.I)
"""Members of requests and answers that name something, rather than say what it is."""

_NUMBERED = re.compile(r"(RequestId|HostId|UploadId|VersionId|x-amz-id-2|x-amz[a-z-]*-(request|version)-?id)$", re.I)
"""Members that hold nothing but an id that AWS drew by lot."""

_SECRET = re.compile(
    r"(Secret(Access)?Key|(Session|Security|Authorization|Access|Refresh|Id)Token|SecretString|Password|ClientSecret"
    r"|PrivateKey)$",
    re.I,
)
_MAYBE_SECRET = re.compile(r"pass|secret|token|key|credential|auth", re.I)
"""Members that hold a secret, and those that do if the service's own model calls them sensitive."""

_LONGEST = 2048
_MOST = 20_000
"""Characters of a name, and names of a run, that are noted."""

_ABSENT = ("404", "NoSuchEntity", "NoSuchBucket", "NoSuchKey", "NotFound")


def install(orders: dict[str, Any]) -> None:
    """Listen to every botocore session that is made from now on.

    `orders["calls"]` is the file for the distinct calls and what else is noted of them. With a ledger there are also
    `"ledger"` (its file), `"run"`, `"script"`, `"account"` (a number that no file may hold) and `"creates"`, the table
    in `aws.kinds.for_hook`.
    """
    try:
        from botocore import register_initializer
    except ImportError:
        return
    notes = Notes(orders)
    register_initializer(lambda session: Watch(session, notes).listen())


class Notes:
    """The files that are written to: the calls, and the ledger if there is one."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.creates: dict[str, Any] = orders.get("creates", {})
        self._seen: set[str] = set()
        self._heard: set[tuple[str, Any]] = set()
        self._lock = threading.Lock()
        self._ledger = os.open(orders["ledger"], os.O_WRONLY | os.O_APPEND) if orders.get("ledger") else None
        if self._ledger is not None:
            # Held as long as this process lives: `labguide clean` waits until nobody can create any more.
            fcntl.flock(self._ledger, fcntl.LOCK_SH)

    @property
    def keeps_ledger(self) -> bool:
        """Whether creations are noted."""
        return self._ledger is not None

    def call(self, call: dict[str, Any]) -> None:
        """Note a call, if it is the first of its like."""
        line = json.dumps(call, sort_keys=True)
        with self._lock:
            if line not in self._seen:
                self._seen.add(line)
                self._write(line)

    def heard(self, heard: Heard) -> None:
        """Note what a request or an answer held, each name, moment and secret once."""
        with self._lock:
            fresh = {kind: [each for each in found if (kind, each) not in self._heard] for kind, found in heard.items()}
            if len(self._heard) < _MOST and any(fresh.values()):
                self._heard.update((kind, each) for kind, found in fresh.items() for each in found)
                self._write(json.dumps({"heard": fresh}))

    def _write(self, line: str) -> None:
        with Path(self.orders["calls"]).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def ledger(self, entry: dict[str, Any]) -> None:
        """Append one line to the ledger and wait until the disk has it; many processes may do so at once."""
        assert self._ledger is not None
        text = json.dumps({**entry, "at": datetime.now(UTC).isoformat(timespec="seconds")}, sort_keys=True)
        os.write(self._ledger, (text.replace(self.orders["account"], "{account}") + "\n").encode())
        os.fsync(self._ledger)


class Watch:
    """Listens to one botocore session."""

    def __init__(self, session: Any, notes: Notes) -> None:
        self.session, self.notes = session, notes

    def listen(self) -> None:
        """Register for the events of all services."""
        for event, handler in self._handlers():
            self.session.register(event, handler)

    def asked(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        """Before a request is built: add the run's tag where the operation takes tags, and look at the parameters."""
        if not isinstance(params, dict):
            return
        key = f"{model.service_model.signing_name}.{model.name}"
        plan = self.notes.creates.get(key)
        if plan is None and self.notes.keeps_ledger and _CREATING.match(model.name):
            plan = {"kind": f"unknown: {key}", "identity": model.input_shape.required_members}
        context["labguide"] = {"call": _described(model, params), "plan": plan, "params": dict(params)}
        context["labguide"]["shape"] = model.input_shape
        if plan and plan.get("tags"):
            _tag(params, plan["tags"], self.notes.orders["run"])

    def sent(self, context: Any, **_: Any) -> None:
        """Before a request is sent: note it, and what it would create."""
        noted = context.get("labguide")
        if noted is None:
            return
        self.notes.call(noted["call"])
        self.notes.heard(_heard(noted["params"], noted["shape"]))
        if self.notes.keeps_ledger and noted["plan"]:
            noted["id"] = uuid.uuid4().hex
            self.notes.ledger(self._intent(noted, context.get("client_region")))

    def answered(self, http_response: Any, parsed: Any, model: Any, context: Any, **_: Any) -> None:
        """After an answer: it was created, or refused. A refusal after a retry is unclear: the first try may count."""
        self.notes.heard(_heard(parsed, model.output_shape))
        retried = parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0) if isinstance(parsed, dict) else 0
        status = http_response.status_code
        refused = "unclear" if retried or status >= 500 else "refused"
        self._outcome(context, "confirmed" if status < 300 else refused)

    def unanswered(self, context: Any, **_: Any) -> None:
        """After a request that got no answer: it may have been done all the same."""
        self._outcome(context, "unclear")

    def _outcome(self, context: Any, outcome: str) -> None:
        noted = (context or {}).get("labguide", {})
        if "id" in noted:
            self.notes.ledger({"id": noted["id"], "outcome": outcome})

    def _intent(self, noted: dict[str, Any], region: str | None) -> dict[str, Any]:
        plan, params = noted["plan"], noted["params"]
        identity = {name: params[name] for name in plan["identity"] if isinstance(params.get(name), str)}
        return {
            "id": noted["id"],
            "creates": plan["kind"],
            "identity": identity,
            "script": self.notes.orders["script"],
            "region": region,
            "existed": self._existed(plan["probe"], params, region) if plan.get("probe") else False,
            **({"output": _find(params, plan["output"])} if "output" in plan else {}),
        }

    def _existed(self, probe: dict[str, Any], params: dict[str, Any], region: str | None) -> bool:
        """Whether it is there already, for operations that succeed all the same. In doubt yes: then it is kept."""
        client = self.session.create_client(probe["service"], region_name=region)
        for event, handler in self._handlers():
            client.meta.events.unregister(event, handler)
        arguments = {name: params[name] for name in probe["arguments"]}
        try:
            answer = getattr(client, probe["operation"])(**arguments)
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Code"] not in _ABSENT
        if "member" not in probe:
            return True
        return any(item[probe["key"]] == params[probe["key"]] for item in answer[probe["member"]])

    def _handlers(self) -> list[tuple[str, Any]]:
        return [
            ("before-parameter-build", self.asked),
            ("before-call", self.sent),
            ("after-call", self.answered),
            ("after-call-error", self.unanswered),
        ]


Heard = dict[str, list[Any]]
"""What a request or an answer holds of the run: `names`, of which parts may be drawn by lot, `ids`, which are
wholly, `moments` in epoch seconds, and `secrets`."""


def _heard(value: Any, shape: Any) -> Heard:
    heard: Heard = {"names": [], "ids": [], "moments": [], "secrets": []}
    _listen(value, "", shape, heard)
    return heard


def _listen(value: Any, name: str, shape: Any, heard: Heard) -> None:
    """Sort what a value holds by the member that holds it; botocore's shapes say what is sensitive."""
    if isinstance(value, str):
        kind = _kind(name, shape)
        if kind and value and (kind == "secrets" or len(value) <= _LONGEST):
            heard[kind].append(value)
    elif isinstance(value, datetime):
        heard["moments"].append(int(value.timestamp()))
    elif isinstance(value, dict):
        members = getattr(shape, "members", {})
        for key, inner in value.items():
            _listen(inner, str(key), members.get(key), heard)
    elif isinstance(value, list | tuple):
        for inner in value:
            _listen(inner, name, getattr(shape, "member", None), heard)


def _kind(name: str, shape: Any) -> str:
    sensitive = shape is not None and shape.metadata.get("sensitive")
    if _SECRET.search(name) or (sensitive and _MAYBE_SECRET.search(name)):
        return "secrets"
    return "ids" if _NUMBERED.search(name) else "names" if _NAMING.search(name) else ""


def _tag(params: dict[str, Any], path: list[str], run: str) -> None:
    """Add the run's tag to the list at `path`; what the caller passed in is copied, never changed."""
    *outer, last = path
    for name in outer:
        params[name] = params = dict(params.get(name) or {})
    params[last] = [*(params.get(last) or ()), {"Key": "labguide:run", "Value": run}]


def _described(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    """A call without what differs from run to run: whom it asks, on what, and the size of what it orders."""
    required = model.input_shape.required_members if model.input_shape else ()
    on = {name: params[name] for name in required if name.endswith(("Name", "Bucket")) and name in params}
    call: dict[str, Any] = {"service": model.service_model.signing_name, "operation": model.name}
    call["on"] = {name: value for name, value in on.items() if isinstance(value, str)}
    call["orders"] = list(_orders(params))
    limits = {name: _find(params, name) for name in _LIMITS}
    call["limits"] = {name: value for name, value in limits.items() if value is not None}
    call["tags"] = bool(params.get("Tags"))
    passes = _find(params, "RoleArn") or _find(params, "ExecutionRoleArn")
    if isinstance(passes, str) and model.service_model.signing_name != "sts":
        call["passes"] = passes.rpartition("/")[2]
    return {name: value for name, value in call.items() if value}


def _orders(value: Any) -> Any:
    """Every group of machines in a request: type, count, and gigabytes of disk."""
    if isinstance(value, dict):
        if isinstance(value.get("InstanceType"), str):
            count = value.get("InstanceCount", value.get("InitialInstanceCount", 1))
            yield {"type": value["InstanceType"], "count": count, "gigabytes": value.get("VolumeSizeInGB", 0)}
        for inner in value.values():
            yield from _orders(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _orders(inner)


def _find(value: Any, name: str) -> Any:
    """The first value of that name, at any depth."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        value = list(value.values())
    if isinstance(value, list | tuple):
        return next((found for inner in value if (found := _find(inner, name)) is not None), None)
    return None
