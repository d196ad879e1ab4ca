"""Training jobs whose program is a script, and SDK scripts in a process of their own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from local_server import Aws

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def archive_of(files: dict[str, bytes]) -> bytes:
    """Return a tar.gz of files by path."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def train_script(aws: Aws, script: str, *, name: str = "job", **changes: Any) -> dict[str, Any]:
    """Train with a script as version 2 of the SDK does; return the description of the ended job.

    `changes` are CreateTrainingJob's, besides `hyperparameters`, `image`, `hosts`, and more `files` by path.
    """
    start_script(aws, script, name=name, **changes)
    return aws.ended(name)


def start_script(
    aws: Aws,
    script: str,
    *,
    name: str = "job",
    image: str = SKLEARN,
    hyperparameters: dict[str, Any] | None = None,
    files: dict[str, bytes] | None = None,
    hosts: int = 1,
    **changes: Any,
) -> None:
    aws.put("train/train.csv", "1,2\n3,4")
    source = archive_of({"train.py": script.encode(), **(files or {})})
    aws.s3.put_object(Bucket=aws.bucket, Key=f"{name}/sourcedir.tar.gz", Body=source)
    own = {
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": f"s3://{aws.bucket}/{name}/sourcedir.tar.gz",
        **(hyperparameters or {}),
    }
    aws.train(
        name,
        image,
        HyperParameters={key: json.dumps(value) for key, value in own.items()},
        ResourceConfig={"InstanceCount": hosts, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        **changes,
    )


def result_of(aws: Aws, name: str = "job", archive: str = "model") -> dict[str, bytes]:
    """Return the files of a job's archive, ``model`` or ``output``, by path."""
    key = f"out/{name}/output/{archive}.tar.gz"
    return unpacked(aws.s3.get_object(Bucket=aws.bucket, Key=key)["Body"].read())


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the files of a tar.gz by path."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar if each.isfile()}


def run_sdk(aws: Aws, script: str, folder: Path) -> str:
    """Run a Python script that uses the SDK, in `folder` and with no more than the server's variables.

    Return what it printed.
    """
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **aws.env}
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout
