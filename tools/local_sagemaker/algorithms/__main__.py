"""A built-in algorithm's container: ``python -m local_sagemaker.algorithms xgboost train`` or ``serve``, and the image.

Exit codes and the failure file are those of SageMaker's container contract: a job that was given something wrong
says ``ClientError: ...``.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from pathlib import Path

from . import load
from .hyperparameters import WrongHyperparameterError, validate
from .serving import serve
from .shape import IMAGE, Algorithm, TrainingInput, UserError, read_config


def main(name: str, program: str, image: str = "") -> int:
    """Do `program` of the algorithm called `name`; return the exit status."""
    algorithm = load(name)
    logging.basicConfig(level=logging.INFO, format=algorithm.log_line, datefmt=algorithm.log_time, stream=sys.stdout)
    _wait_quietly()
    os.environ[IMAGE] = image
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    if program == "serve":
        return serve(algorithm.load(base / "model"), int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    return _train(algorithm, base)


def _wait_quietly() -> None:
    """Keep a job's threads from spinning while they wait for each other.

    Where jobs share few cores, spinning made networks learn 30 times slower (OpenMP) and small products of matrices
    take 10 times longer (OpenBLAS, which cannot but spin). Called before any library is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _train(algorithm: Algorithm, base: Path) -> int:
    try:
        given = validate(algorithm.hyperparameters, read_config(base, "hyperparameters"), algorithm.wording)
        job = TrainingInput.read(base, given)
        _check_channels(algorithm, job)
        algorithm.train(job)
    except (WrongHyperparameterError, UserError) as error:
        return _fail(base, f"ClientError: {error}", 2)
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        return _fail(base, f"{type(error).__name__}: {error}", 1)
    return 0


def _check_channels(algorithm: Algorithm, job: TrainingInput) -> None:
    if missing := [name for name in algorithm.channels if not job.has(name)]:
        raise UserError(algorithm.wording.channel_missing(missing))
    if unknown := [name for name in job.channels if name not in (*algorithm.channels, *algorithm.more_channels)]:
        raise UserError(algorithm.wording.channel_unknown(unknown))


def _fail(base: Path, reason: str, status: int) -> int:
    logging.error(reason)
    (base / "output" / "failure").write_text(reason)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
