"""The ledger: what a run may have created, written down before it was asked for.

One file a run, `.labguide/ledger/<run>.jsonl`, only ever appended to, each line on the disk before anything else
happens. The first line describes the run; then come the lines of the kernels (see `labguide.backends.hook`), and one
for everything that was deleted. It holds names only. The account stands in it as a slow hash: enough to see that
`labguide clean` looks at the same account, too little to learn its number.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PLACEHOLDER = "{account}"


@dataclass(frozen=True)
class Entry:
    """One call that would create something."""

    id: str
    kind: str
    identity: Mapping[str, str]
    region: str
    existed: bool
    """It was there before the call."""
    at: datetime
    said: str = ""
    """Its name for people, without the account's number: a terminal's output ends in logs."""
    output: str = ""
    """The S3 address below which a job writes, in a folder of its own name."""
    outcome: str = "unclear"
    """`confirmed`; `refused`; or `unclear`, as when the program was killed before the answer came."""

    def __str__(self) -> str:
        return f"{self.kind} {self.said}"


@dataclass(frozen=True)
class Ledger:
    """What a ledger's file says."""

    path: Path
    run: str
    account: str
    """The hash of its account, see `hashed`."""
    log_groups: tuple[str, ...]
    """SageMaker's log groups that were there before the run."""
    entries: tuple[Entry, ...]
    """All its calls, in their order."""
    open: tuple[Entry, ...]
    """Those of them that were not refused, and of which nothing is known to be deleted."""


def begin(folder: Path, account: str, log_groups: Iterable[str]) -> tuple[str, Path]:
    """Begin the ledger of a new run; returns the run's id and the file."""
    now = datetime.now(UTC)
    run = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run}.jsonl"
    groups = [name.replace(account, _PLACEHOLDER) for name in log_groups]
    append(path, {"run": run, "account": hashed(account, run), "log groups": groups})
    _sync(folder)
    return run, path


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Append a line and wait until the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(line, sort_keys=True) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def all_of(folder: Path) -> tuple[Path, ...]:
    """The files of all runs that are not known to be clean, oldest first."""
    return tuple(sorted(folder.glob("*.jsonl")))


def read(path: Path, account: str) -> Ledger:
    """Read a ledger; `account` is put back where its number stood in a name."""
    lines = [json.loads(line) for line in _whole_lines(path)]
    head: dict[str, Any] = lines[0] if lines else {"run": path.stem, "account": "", "log groups": []}
    outcomes = {line["id"]: line["outcome"] for line in lines if "outcome" in line}
    deleted = {line["deleted"] for line in lines if "deleted" in line}
    entries = tuple(_entry(line, outcomes, account) for line in lines if "creates" in line)
    return Ledger(
        path=path,
        run=head["run"],
        account=head["account"],
        log_groups=tuple(name.replace(_PLACEHOLDER, account) for name in head["log groups"]),
        entries=entries,
        open=tuple(entry for entry in entries if entry.outcome != "refused" and entry.id not in deleted),
    )


def hashed(account: str, run: str) -> str:
    """A hash of an account number that takes some 50 ms: to try all numbers would take a thousand years."""
    return hashlib.scrypt(account.encode(), salt=run.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def wait_for_writers(path: Path, seconds: float) -> bool:
    """Wait until no kernel holds the ledger open, so that nothing more can be created; whether that came about.

    After a `kill -9` of the program its kernels live on for a moment. The system frees the lock of a dead one.
    """
    deadline = time.monotonic() + seconds
    with path.open("rb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.1)


def close(ledger: Ledger) -> None:
    """Forget a run of which nothing is left."""
    ledger.path.unlink(missing_ok=True)


def _entry(line: Mapping[str, Any], outcomes: Mapping[str, str], account: str) -> Entry:
    return Entry(
        id=line["id"],
        kind=line["creates"],
        identity={name: value.replace(_PLACEHOLDER, account) for name, value in line["identity"].items()},
        region=line["region"],
        existed=line["existed"],
        at=datetime.fromisoformat(line["at"]),
        said="/".join(value.rpartition("policy/")[2] for value in line["identity"].values()),
        output=line.get("output", "").replace(_PLACEHOLDER, account),
        outcome=outcomes.get(line["id"], "unclear"),
    )


def _whole_lines(path: Path) -> list[str]:
    """All lines but a last one without its end: the system died while it was written, so its call was never sent."""
    return path.read_text("utf-8").split("\n")[:-1]


def _sync(folder: Path) -> None:
    """Put a new file's name on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
