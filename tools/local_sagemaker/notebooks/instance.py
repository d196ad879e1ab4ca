"""One notebook instance as it is kept: its status, what moto does not know of it, and its JupyterLab while it runs."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import jupyter
from ..cloud import Cloud
from .jupyter import Jupyter
from ..status import Status
from ..wire import Caller

SECONDS = {"Pending": 1.0, "Stopping": 0.6, "Deleting": 0.6, "Updating": 0.6}
"""How long each passing status lasts; on AWS it is minutes."""


@dataclass
class NotebookInstance:
    """A notebook instance. `settings` are members of its description that differ from what moto says."""

    caller: Caller
    name: str
    settings: dict[str, Any]
    status: Status = field(default_factory=lambda: Status("Pending", frozenset(SECONDS), shows_passing=True))
    _jupyter: Jupyter | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def folder(self, cloud: Cloud) -> Path:
        """Return the folder that JupyterLab shows; a new one has the workshop's notebooks."""
        place = cloud.kept / "notebook-instances" / self.caller.account / self.caller.region / self.name
        if not place.exists():
            shutil.copytree(cloud.notebooks, place) if cloud.notebooks else place.mkdir(parents=True)
        return place

    def open(self, cloud: Cloud) -> str:
        """Return the address of its JupyterLab, which starts when it is first asked for.

        Raises BuildError or NotStartedError.
        """
        with self._lock:
            if self._jupyter is None or not self._jupyter.alive:
                self._jupyter = jupyter.start(cloud, self.caller, self.name, self.folder(cloud))
            return self._jupyter.url

    def shut(self) -> None:
        """End its JupyterLab, if it runs."""
        with self._lock:
            if self._jupyter:
                jupyter.stop(self._jupyter)
            self._jupyter = None

    def description(self, told: dict[str, Any]) -> dict[str, Any]:
        """Return what moto told with what is true."""
        merged = {**told, **self.settings, "NotebookInstanceStatus": self.status.value}
        return {name: value for name, value in merged.items() if value is not None}
