"""A job may install what it likes: it gets a virtual environment of its own on top of the image's.

It is empty and made in milliseconds: the image's packages are on its path, so pip finds them installed, and what pip
adds or replaces goes into the job's own folder, which is deleted with the job.
"""

from __future__ import annotations

import os
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

PIP = """\
#!/bin/sh
exec "{python}" -m pip "$@"
"""


@dataclass(frozen=True)
class Overlay:
    """A job's environment at `folder` on top of the image's, whose Python is `image_python`.

    Packages of the environments whose Pythons are `others` come last.
    """

    folder: Path
    image_python: Path
    others: tuple[Path, ...] = ()

    @property
    def python(self) -> Path:
        """The Python that sees all of them."""
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Where pip puts what the job installs."""
        return _packages(self.folder)

    @property
    def path(self) -> str:
        """The PATH on which both environments' programs are, and the system's."""
        return os.pathsep.join([str(self.folder / "bin"), str(self.image_python.parent), os.defpath])

    def make(self) -> None:
        """Create the environment."""
        venv.EnvBuilder(symlinks=True).create(self.folder)
        below = [_packages(python.parent.parent) for python in (self.image_python, *self.others)]
        (self.packages / "image.pth").write_text("".join(f"{packages}\n" for packages in below))
        for name in ("pip", "pip3"):
            self.add_program(name, PIP.format(python=self.python))

    def add_program(self, name: str, script: str) -> None:
        """Put a script on the path."""
        program = self.folder / "bin" / name
        program.write_text(script)
        program.chmod(0o755)


def _packages(environment: Path) -> Path:
    return environment / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
