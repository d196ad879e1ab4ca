"""An image is a virtual environment: the ECR repository and tag name a file of pinned requirements.

The environment is built when it is first wanted, in the user's cache folder or the one that LOCAL_SAGEMAKER_CACHE
names, and shared by all runs afterwards.
To register a framework's image: put its requirements beside this file and add a line to `FRAMEWORKS`. The images of a
built-in algorithm stand in its own file; what users' scripts import in them, for xgboost-1.7.txt, is in
xgboost-1.7-scripts.txt. What is to be installed without its own requirements, for tensorflow-2.txt, is in
tensorflow-2-alone.txt. That's it. Environments share the files of packages that they have in common (sharing.py).
To register one without touching this package: name a folder in LOCAL_SAGEMAKER_IMAGES. Its file my-image.txt has the
requirements of every image of the repository ``my-image``, my-image@1.0.txt those of its tag 1.0. Scripts run in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from .. import algorithms, cache
from .sharing import share

HERE = Path(__file__).parent
READY = "ready"
"""The file that is put into an environment when it is complete."""


@dataclass(frozen=True)
class Image:
    """What stands for a container image: pinned requirements, and the built-in algorithm that is its program.

    A framework's image has no algorithm: its program is the user's script, which `server` of toolkits/ serves.
    An algorithm needs few packages and is quick without the others that scripts in its container import: these have
    `script_requirements`, an environment of their own that is built when a script first wants it. If
    `only_these` are installed, the requirements name whatever they need themselves. `variables` are what the image
    sets, by name.
    """

    name: str
    requirements: str
    algorithm: str = ""
    server: str = "inference"
    script_requirements: str = ""
    only_these: bool = False
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def for_scripts(self) -> Image:
        """The image whose program is a user's script."""
        return replace(self, requirements=self.script_requirements or self.requirements)


def _if_there(requirements: str) -> str:
    return requirements if (HERE / requirements).exists() else ""


KERAS_2 = (("TF_USE_LEGACY_KERAS", "1"),)

FRAMEWORKS = (
    # A release that installs on the Python of today stands for those that do not.
    *(Image(f"sagemaker-scikit-learn:{tag}", "scikit-learn-1.2.txt") for tag in ("0.20", "0.23-1", "1.0-1", "1.2-1")),
    Image("sagemaker-scikit-learn:1.4-2", "scikit-learn-1.4.txt"),
    *(Image(f"sagemaker-pytorch:1.{minor}", "pytorch-2.txt") for minor in range(3)),
    *(
        Image(f"pytorch-{use}:{release}", "pytorch-2.txt")
        for use in ("training", "inference")
        for release in (*(f"1.{minor}" for minor in range(14)), *(f"2.{minor}" for minor in range(11)))
    ),
    # Up to 2.15 `tf.keras` is Keras 2.
    *(Image(f"tensorflow-training:2.{minor}", "tensorflow-2.txt", variables=KERAS_2) for minor in range(16)),
    *(Image(f"tensorflow-training:2.{minor}", "tensorflow-2.txt") for minor in range(16, 22)),
    *(Image(f"tensorflow-inference:2.{minor}", "tensorflow-2.txt", server="tensorflow_serving") for minor in range(22)),
)
BUILT_IN = tuple(
    Image(image, requirements, name, script_requirements=_if_there(requirements.replace(".txt", "-scripts.txt")))
    for name in algorithms.names()
    for image, requirements in algorithms.load(name).images.items()
)
IMAGES = {image.name: image for image in (*FRAMEWORKS, *BUILT_IN)}

SDK = Image("sagemaker-python-sdk:3", "sagemaker-sdk-3.txt", only_these=True)
"""No image, but packages that stand beside one's own where a program needs the SDK."""

_SUFFIX = re.compile(r"-[cg]pu(-py\d+)?(-cu\d+)?(-ubuntu[\d.]+)?(-sagemaker)?$")
"""What a tag says of the processor, Python, CUDA and the system."""


class UnknownImageError(Exception):
    """No environment is registered for an image."""


class BuildError(Exception):
    """pip could not install an image's requirements."""


def find(uri: str) -> Image:
    """Return the image that `uri` names; registry, processor and patch level do not count.

    ``683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5-cpu-py3`` is
    ``sagemaker-xgboost:3.0-5``. The latest of an algorithm is its version 1, and what is built for a GPU computes
    without one. A digest tells no tag, so the last image of its repository stands for it. Raises UnknownImageError.
    """
    name = uri.rpartition("/")[2]
    if registered := _registered_by_user(name):
        return registered
    repository, digest, _ = name.partition("@sha256:")
    if digest:
        name = next((known for known in reversed(IMAGES) if known.startswith(f"{repository}:")), repository)
    name = _SUFFIX.sub("", name).replace(":latest", ":1")
    if name not in IMAGES:
        name = re.sub(r"(:\d+\.\d+)\.\d+$", r"\1", name)
    if name not in IMAGES:
        raise UnknownImageError(
            f'No environment is registered for the image "{name}". To register it, put its pinned requirements into '
            f"{name.replace(':', '@')}.txt in a folder, and start with LOCAL_SAGEMAKER_IMAGES naming that folder. "
            f"Known: {', '.join(_like(name))}."
        )
    return IMAGES[name]


def _registered_by_user(name: str) -> Image | None:
    folder = Path(os.environ.get("LOCAL_SAGEMAKER_IMAGES") or os.devnull)
    repository = re.split("[:@]", name)[0]
    files = (folder / f"{stem}.txt" for stem in (name.replace(":", "@"), repository))
    return next((Image(name, str(file.resolve())) for file in files if file.is_file()), None)


def _like(name: str) -> list[str]:
    """Return the images of the same repository, or all repositories if it is unknown."""
    repository = name.partition(":")[0]
    same = [known for known in IMAGES if known.startswith(f"{repository}:")]
    return same or sorted({known.partition(":")[0] for known in IMAGES})


def python_of(image: Image) -> Path:
    """Return the Python of the image's environment, and build the environment if it is not there yet.

    Images with the same requirements share one environment. Two builds that want the same one take turns. The
    environment is built where it will stay, because a virtual environment's programs name their own path; it counts
    only once its `READY` file is there. Raises BuildError.
    """
    target = cache.folder() / "images" / _folder_name(image)
    python = target / "bin" / "python"
    if (target / READY).exists():
        return python
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not (target / READY).exists():
            _build(image, target, python)
    return python


def _folder_name(image: Image) -> str:
    files = files_of(image)
    identity = b"".join(file.read_bytes() for file in files) + f"{sys.version_info[:2]} {sys.platform}".encode()
    return f"{files[0].stem}-{hashlib.sha256(identity).hexdigest()[:12]}"


def files_of(image: Image) -> list[Path]:
    """Return the file of an image's requirements, and that of those which are installed without their own, if any."""
    requirements = HERE / image.requirements
    alone = requirements.with_name(f"{requirements.stem}-alone.txt")
    return [requirements, *([alone] if alone.is_file() else [])]


def _build(image: Image, target: Path, python: Path) -> None:
    started = time.monotonic()
    print(f"local_sagemaker: building the environment of {image.name}, once ...", file=sys.stderr, flush=True)
    _run(image, [sys.executable, "-m", "venv", "--clear", str(target)])
    install = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--disable-pip-version-check"]
    only_these = ["--no-deps"] if image.only_these else []
    requirements, *alone = files_of(image)
    _run(image, [*install, *only_these, "-r", str(requirements)])
    for file in alone:
        _run(image, [*install, "--no-deps", "-r", str(file)])
    share(target, [ready.parent for ready in target.parent.glob(f"*/{READY}")])
    (target / READY).touch()
    seconds = time.monotonic() - started
    print(f"local_sagemaker: {image.name} is ready after {seconds:.0f} s", file=sys.stderr, flush=True)


def _run(image: Image, command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if result.returncode:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise BuildError(f'The environment of image "{image.name}" could not be built: {" ".join(last)}')
