"""Real AWS as a backend. It does nothing without consent, and leaves nothing behind if it can help it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from labguide.backends import calls
from labguide.backends.aws import costs, deletion, endings, kinds, ledger, sweep
from labguide.backends.aws.account import Account
from labguide.backends.aws.answers import Left
from labguide.backends.calls import Call
from labguide.backends.creation import Creation
from labguide.problems import CannotBuildError

CONSENT = "LABGUIDE_AWS_CONSENT"
"""The environment variable with which `mkdocs build` may use AWS: it must say `yes`."""

_PACKAGES = ("boto3", "sagemaker")
_LOG_GROUPS = "/aws/sagemaker/"


class AwsBackend:
    """Runs scripts in the caller's AWS account; `folder` is for the ledgers of all runs."""

    name = "aws"
    real = True

    def __init__(self, folder: Path) -> None:
        self.consent = os.environ.get(CONSENT) == "yes"
        self._folder = folder
        self._account = Account()
        self._run = ""
        self._ledger: Path | None = None
        self._endings = endings.Endings(self._left)

    def start(self) -> None:
        """See that there is consent and access, and begin the ledger. Raises `CannotBuildError` otherwise."""
        if not self.consent:
            raise CannotBuildError(
                f"nothing runs on AWS without your consent; say --yes, or set {CONSENT}=yes where there is no option"
            )
        if self._ledger:
            return
        number, groups = self._account.number, _log_groups(self._account)
        self._run, self._ledger = ledger.begin(self._folder, number, groups)
        self._endings.listen()  # so that whatever ends a run ends with `stop`

    def stop(self) -> None:
        """Delete what the run created. Raises `CannotBuildError` if something is left, and names it.

        Signals that come meanwhile are held, see `endings`; if the user insists, KeyboardInterrupt.
        """
        if self._ledger is None:
            return
        self._endings.hold()
        try:
            left = self._delete(self._ledger)
        finally:
            self._endings.restore()
            self._ledger, self._endings = None, endings.Endings(self._left)
        if left:
            raise CannotBuildError(told(left))

    def _delete(self, path: Path) -> tuple[Left, ...]:
        try:
            if self._endings.forced:  # while the run was still ending
                raise KeyboardInterrupt
            return deletion.clean(self._account, path, endings.say)
        except KeyboardInterrupt:
            endings.say(f"ended before all was deleted; {told_by_name(self._left())}")
            raise

    def _left(self) -> list[str]:
        """What the run made, in words, and of which nothing is known to be deleted."""
        if self._ledger is None or not self._ledger.exists():
            return []
        return [str(entry) for entry in deletion.mine(ledger.read(self._ledger, self._account.number))]

    def environment(self, account: str) -> Mapping[str, str]:
        """The caller's own AWS variables: the only place where they reach a kernel."""
        return self._account.environment()

    def secrets(self, account: str) -> tuple[str, ...]:
        """The real account number, keys and token."""
        return self._account.secrets()

    def prelude(self, script: str, notes: Path) -> str:
        """Have the kernel note its calls, and write what it creates to the ledger."""
        return calls.prelude(
            {
                "calls": str(notes),
                "ledger": str(self._ledger),
                "run": self._run,
                "script": script,
                "account": self._account.number,
                "creates": kinds.for_hook(),
            }
        )

    def creations(self, calls: Sequence[Call]) -> tuple[Creation, ...]:
        """From the shapes of the creating calls and the price table."""
        return costs.creations(calls)

    def declared(self, text: str) -> Creation | None:
        """A kind, and where it is a machine its type and count: `training job ml.m5.large x 2`."""
        return costs.declared(text)

    def versions(self) -> Mapping[str, str]:
        """The client's packages; what AWS runs has no version."""
        return {package: metadata.version(package) for package in _PACKAGES}

    def digest(self) -> str:
        """Nothing else is known of AWS."""
        return ""


def clean(folder: Path, tell: Callable[[str], None]) -> tuple[Left, ...]:
    """Delete what the runs of all ledgers in `folder` left behind; returns what could not be deleted."""
    account, paths = Account(), ledger.all_of(folder)

    def names() -> list[str]:
        ledgers = (ledger.read(path, account.number) for path in paths if path.exists())
        return [str(entry) for of in ledgers for entry in deletion.mine(of)]

    with _held(names):
        return tuple(left for path in paths for left in deletion.clean(account, path, tell))


def swept(agree: Callable[[list[str]], bool], tell: Callable[[str], None]) -> tuple[Left, ...]:
    """Delete everything that carries labguide's tag, if `agree`, who is shown the list, says so."""
    account = Account()
    found, left = sweep.find(account)
    if found and agree([str(each) for each in found]):
        with _held(lambda: [str(each) for each in found]):
            left += sweep.delete(account, found, tell)
    return tuple(left)


@contextmanager
def _held(names: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Delete in this block, whatever signals come; who insists is told what is left."""
    with endings.held(names):
        try:
            yield
        except KeyboardInterrupt:
            endings.say(f"ended before all was deleted; {told_by_name(names())}")
            raise


def told(left: tuple[Left, ...]) -> str:
    """What a person has to know about what is left."""
    return told_by_name([str(each) for each in left])


def told_by_name(items: Sequence[str]) -> str:
    """The same, of things in words."""
    lines = "\n".join(f"  {each}" for each in items)
    return f"{len(items)} may be left and cost money:\n{lines}\n`labguide clean` tries again"


def _log_groups(account: Account) -> list[str]:
    """SageMaker's log groups that are there already; without the permission to look, none will be deleted."""
    client = account.client("logs")
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=_LOG_GROUPS)
    try:
        return [group["logGroupName"] for page in pages for group in page["logGroups"]]
    except client.exceptions.ClientError:
        return [kind.log_group for kind in kinds.KINDS if kind.log_group]
