"""What a framework image does with a user's inference script. Runs in a container, as a module.

The script is SAGEMAKER_PROGRAM, ``inference.py`` if that is not given, in SAGEMAKER_SUBMIT_DIRECTORY, else in
`/opt/ml/model/code`. It has ``model_fn(model_dir)`` and, if it likes, ``input_fn(data, content_type)``,
``predict_fn(data, model)`` and ``output_fn(prediction, accept)``, or instead of these three
``transform_fn(model, data, content_type, accept)``; each may take one more argument, the context (context.py).
CSV and JSON arrive as text, all else as bytes. An ``output_fn`` that returns an iterator answers piece by piece.
Source: the README of AWS's open-source SageMaker Inference Toolkit, and the SDK's guides to its framework containers.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..algorithms.media import CSV, JSON
from ..algorithms.serving import Answer, Request, serve_requests
from .context import Context
from .inference_defaults import Defaults

TEXT = frozenset({CSV, JSON})


def main(image: str) -> int:
    """Load the user's script and its model, and answer requests until the process is ended.

    `image` is the name of the image's repository, such as ``pytorch-inference``.
    """
    start_logging()
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    code = code_folder(base)
    install_requirements(code)
    model = ScriptModel.load(_script(code, image), base / "model", Defaults.of(image))
    return serve_requests(model, int(os.environ["SAGEMAKER_BIND_TO_PORT"]))


def start_logging() -> None:
    """Send what is logged to the container's output."""
    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stdout)


def code_folder(base: Path) -> Path:
    """Return where the user's script is, below the folder that stands for `/opt/ml`."""
    given = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "").removeprefix("file://")
    return Path(given) if given else base / "model" / "code"


def install_requirements(code: Path) -> None:
    """Install what the requirements.txt beside the script names, if there is one."""
    if (requirements := code / "requirements.txt").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "-r", str(requirements)], check=True)


def _script(code: Path, image: str) -> ModuleType:
    named = os.environ.get("SAGEMAKER_PROGRAM")  # version 2 of the SDK gives an empty one if there is none
    path = code / (named or "inference.py")
    if not path.exists() and Defaults.of(image).model_fn:
        logging.info("There is no inference script %s; the container's own functions stand for it", path)
        return ModuleType("inference")
    return load_script(path, code)


def load_script(path: Path, code: Path) -> ModuleType:
    """Run the script at `path` as a module and return it. Raises FileNotFoundError."""
    if not path.exists():
        raise FileNotFoundError(f"There is no inference script {path}; SAGEMAKER_PROGRAM names it")
    for folder in (path.parent, code):
        sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class ScriptModel:
    """A user's script and the model it loaded: it answers requests."""

    folder: Path
    loaded: Any
    transform: Callable[[Any, Any, str, str, Context], Any]

    @classmethod
    def load(cls, script: ModuleType, folder: Path, defaults: Defaults) -> ScriptModel:
        """Let the script load the model in `folder`. Raises NotImplementedError if nobody knows how to."""
        load = getattr(script, "model_fn", defaults.model_fn)
        if load is None:
            raise NotImplementedError("The inference script has no model_fn(model_dir); it has to load the model")
        loaded = _called(load, 1)(str(folder), Context.of(folder, {}))
        return cls(folder, loaded, _transform(script, defaults))

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        media, context = request.content_type.partition(";")[0].strip(), Context.of(self.folder, request.headers)
        body = request.body.decode() if media in TEXT else request.body
        accept = _wanted(request.accept)
        said = self.transform(self.loaded, body, media, accept, context)
        if isinstance(said, tuple):
            said, accept = said
        content_type = context.response_headers.pop("Content-Type", accept)
        return Answer(as_bytes(said), content_type, context.response_headers, context.status)


def _wanted(accept: str) -> str:
    """Return the first of the wanted types, or the container's default if any will do."""
    first = accept.partition(",")[0].strip()
    return os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON) if first == "*/*" else first


def _transform(script: ModuleType, defaults: Defaults) -> Callable[[Any, Any, str, str, Context], Any]:
    if hasattr(script, "transform_fn"):
        return _called(script.transform_fn, 4)
    read = _called(getattr(script, "input_fn", defaults.input_fn), 2)
    predict = _called(getattr(script, "predict_fn", defaults.predict_fn), 2)
    write = _called(getattr(script, "output_fn", defaults.output_fn), 2)

    def transform(model: Any, data: Any, content_type: str, accept: str, context: Context) -> Any:
        return write(predict(read(data, content_type, context), model, context), accept, context)

    return transform


def _called(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return `function` as one of `count` arguments and the context, which it need not want."""
    if len(inspect.signature(function).parameters) <= count:
        return lambda *given: function(*given[:count])
    return function


def as_bytes(said: Any) -> bytes | Iterator[bytes]:
    """Return what a script said as it goes over the wire. Raises TypeError.

    What is not text yet becomes JSON, as AWS's containers have it: Flask and TorchServe both do so.
    """
    if isinstance(said, str):
        return said.encode()
    if isinstance(said, bytes | bytearray):
        return bytes(said)
    if isinstance(said, dict | list):
        return json.dumps(said).encode()
    if isinstance(said, Iterator):
        return (piece.encode() if isinstance(piece, str) else bytes(piece) for piece in said)
    kinds = "str, bytes, a dict or list for JSON, or an iterator of str or bytes"
    raise TypeError(f"output_fn returned {type(said).__name__}; it must return {kinds}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
