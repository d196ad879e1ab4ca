"""What a framework image does with a user's inference script. Runs in a container, as a module.

The script is SAGEMAKER_PROGRAM, ``inference.py`` if that is not given, in SAGEMAKER_SUBMIT_DIRECTORY, else in
`/opt/ml/model/code`. It has ``model_fn(model_dir)`` and, if it likes, ``input_fn(data, content_type)``,
``predict_fn(data, model)`` and ``output_fn(prediction, accept)``, or instead of these three
``transform_fn(model, data, content_type, accept)``; each may take one more argument, the context.
CSV and JSON arrive as text, all else as bytes. An ``output_fn`` that returns an iterator answers piece by piece.
Source: the README of AWS's open-source SageMaker Inference Toolkit, and the SDK's guides to its framework containers.
"""

from __future__ import annotations

import importlib.util
import inspect
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from ..algorithms.media import CSV, JSON
from ..algorithms.serving import serve
from . import inference_defaults as defaults

TEXT = frozenset({CSV, JSON})


def main() -> int:
    """Load the user's script and its model, and answer requests until the process is ended."""
    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stdout)
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    code = _code_folder(base)
    if (requirements := code / "requirements.txt").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "-r", str(requirements)], check=True)
    model = ScriptModel.load(_script(code), base / "model")
    return serve(model, int(os.environ["SAGEMAKER_BIND_TO_PORT"]))


def _code_folder(base: Path) -> Path:
    given = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "").removeprefix("file://")
    return Path(given) if given else base / "model" / "code"


def _script(code: Path) -> ModuleType:
    path = code / os.environ.get("SAGEMAKER_PROGRAM", "inference.py")
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
    """A user's script and the model it loaded, as `algorithms.shape.Model`."""

    loaded: Any
    transform: Callable[[Any, Any, str, str], Any]

    @classmethod
    def load(cls, script: ModuleType, folder: Path) -> ScriptModel:
        """Let the script load the model in `folder`."""
        context = SimpleNamespace(system_properties={"model_dir": str(folder), "gpu_id": None}, manifest={})
        loaded = _function(script, "model_fn", defaults.model_fn, 1, context)(str(folder))
        return cls(loaded, _transform(script, context))

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes | Iterator[bytes], str]:
        """Answer one request."""
        media = content_type.partition(";")[0].strip()
        wanted = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON) if accept == "*/*" else accept
        said = self.transform(self.loaded, body.decode() if media in TEXT else body, media, wanted)
        if isinstance(said, tuple):
            said, wanted = said
        return _as_bytes(said), wanted


def _transform(script: ModuleType, context: SimpleNamespace) -> Callable[[Any, Any, str, str], Any]:
    if hasattr(script, "transform_fn"):
        return _function(script, "transform_fn", None, 4, context)
    read = _function(script, "input_fn", defaults.input_fn, 2, context)
    predict = _function(script, "predict_fn", defaults.predict_fn, 2, context)
    write = _function(script, "output_fn", defaults.output_fn, 2, context)
    return lambda model, data, content_type, accept: write(predict(read(data, content_type), model), accept)


def _function(script: ModuleType, name: str, default: Any, count: int, context: SimpleNamespace) -> Callable[..., Any]:
    """Return the script's function, or the default; it is called with `count` arguments and, if it wants, context."""
    function: Callable[..., Any] = getattr(script, name, default)
    if len(inspect.signature(function).parameters) <= count:
        return function
    return lambda *given: function(*given, context)


def _as_bytes(said: Any) -> bytes | Iterator[bytes]:
    if isinstance(said, str):
        return said.encode()
    if isinstance(said, bytes | bytearray):
        return bytes(said)
    if isinstance(said, Iterator):
        return (piece.encode() if isinstance(piece, str) else bytes(piece) for piece in said)
    raise TypeError(f"output_fn returned {type(said).__name__}; it must return str, bytes, or an iterator of these")


if __name__ == "__main__":
    sys.exit(main())
