"""What a framework image does with a user's training script. Runs in a container, as a module.

The contract is the one of AWS's open-source SageMaker Training Toolkit, which version 2 of the SDK relies on: the
hyperparameter ``sagemaker_program`` names the script, the others become its arguments, and variables whose names
begin with ``SM_`` tell it of its job. The platform has put the source folder at `/opt/ml/code`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from . import mpi

TORCHRUN_PORT = "7777"
TENSORFLOW_PORT = 8890
LAST_WORDS = 1.0
"""Seconds that a script's errors may take to arrive when it has ended."""


class UserScriptError(Exception):
    """The script, or the installation of what it needs, ended with a status other than 0."""

    def __init__(self, kind: str, status: int, said: str, command: list[str]) -> None:
        super().__init__(f'{kind}:\nExitCode {status}\nErrorMessage "{said}"\nCommand "{" ".join(command)}"')
        self.status = status


def main() -> int:
    """Run the user's script; return its exit status, and say why in the failure file if it is not 0."""
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    try:
        given = {name: _decoded(text) for name, text in _config(base, "hyperparameters").items()}
        os.environ.update(variables(base, given))
        os.chdir(os.environ["SM_MODULE_DIR"])
        _install_requirements()
        _run_script(given)
    except (UserScriptError, mpi.NoAnswerError) as error:
        print(error, flush=True)
        (base / "output" / "failure").write_text(str(error))
        return error.status if isinstance(error, UserScriptError) else 1
    return 0


def _run_script(given: Mapping[str, Any]) -> None:
    """Run the user's script; with MPI, only the first host does, for all. Raises UserScriptError or NoAnswerError."""
    hosts: list[str] = json.loads(os.environ["SM_HOSTS"])
    if not given.get(mpi.ENABLED):
        _run("ExecuteUserScriptError", _command(given))
    elif os.environ["SM_CURRENT_HOST"] == hosts[0]:
        with mpi.leading(hosts):
            program = [sys.executable, "-m", "mpi4py", *_command(given)[1:]]
            _run("ExecuteUserScriptError", mpi.command(hosts, given, program))
    else:
        mpi.wait_for_the_first()


def variables(base: Path, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the documented ``SM_`` variables of a job below `base` with the hyperparameters `given`."""
    resources, inputs = _config(base, "resourceconfig"), _config(base, "inputdataconfig")
    own = arguments_of(given)
    channels = {f"SM_CHANNEL_{name.upper()}": str(base / "input" / "data" / name) for name in inputs}
    values = {
        **_folders(base, given),
        **channels,
        **{f"SM_HP_{name.upper().replace('-', '_')}": value for name, value in own.items()},
        "SM_HPS": own,
        "SM_HOSTS": resources["hosts"],
        "SM_CURRENT_HOST": resources["current_host"],
        "SM_CURRENT_INSTANCE_TYPE": resources["current_instance_type"],
        "SM_CURRENT_INSTANCE_GROUP": resources["current_group_name"],
        "SM_NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "SM_CHANNELS": sorted(inputs),
        "SM_INPUT_DATA_CONFIG": inputs,
        "SM_RESOURCE_CONFIG": resources,
        "SM_NUM_CPUS": os.cpu_count(),
        "SM_NUM_GPUS": 0,
        "SM_NUM_NEURONS": 0,
        "SM_LOG_LEVEL": given.get("sagemaker_container_log_level", 20),
        **_tensorflow(resources, given),
        "SM_USER_ENTRY_POINT": given["sagemaker_program"],
        "SM_USER_ARGS": command_line(own),
    }
    values["SM_TRAINING_ENV"] = {name.removeprefix("SM_").lower(): value for name, value in values.items()}
    return {name: _encoded(value) for name, value in values.items()}


def _tensorflow(resources: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return TensorFlow's own variable for training on several hosts, if the job asks for it.

    On AWS all hosts have the same port; here they share a machine, and TensorFlow listens on all its addresses.
    """
    if not given.get("sagemaker_multi_worker_mirrored_strategy_enabled"):
        return {}
    hosts = resources["hosts"]
    workers = [f"{host}:{TENSORFLOW_PORT + number}" for number, host in enumerate(hosts)]
    task = {"type": "worker", "index": hosts.index(resources["current_host"])}
    return {"TF_CONFIG": {"cluster": {"worker": workers}, "task": task, "environment": "cloud"}}


def _folders(base: Path, given: Mapping[str, Any]) -> dict[str, str]:
    submitted = str(given.get("sagemaker_submit_directory", ""))
    remote = not submitted or submitted.startswith("s3://")
    return {
        "SM_MODULE_DIR": str(base / "code") if remote else submitted.removeprefix("file://"),
        "SM_MODULE_NAME": str(given["sagemaker_program"]).removesuffix(".py"),
        "SM_MODEL_DIR": str(base / "model"),
        "SM_INPUT_DIR": str(base / "input"),
        "SM_INPUT_CONFIG_DIR": str(base / "input" / "config"),
        "SM_OUTPUT_DIR": str(base / "output"),
        "SM_OUTPUT_DATA_DIR": str(base / "output" / "data"),
        "SM_OUTPUT_INTERMEDIATE_DIR": str(base / "output" / "intermediate"),
    }


def arguments_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hyperparameters that are the script's own, by name in alphabetical order."""
    return {name: given[name] for name in sorted(given) if not name.startswith(("sagemaker_", "_tuning_"))}


def command_line(own: Mapping[str, Any]) -> list[str]:
    """Return hyperparameters as arguments: ``--name value``, ``-n value`` for a name of one letter."""
    return [
        word for name, value in own.items() for word in (f"--{name}" if len(name) > 1 else f"-{name}", _argument(value))
    ]


def _argument(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={each}" for name, each in sorted(value.items()))
    return str(value)


def _command(given: Mapping[str, Any]) -> list[str]:
    program = str(given["sagemaker_program"])
    words = command_line(arguments_of(given))
    if given.get("sagemaker_torch_distributed_enabled"):
        return [*_torchrun(), program, *words]
    if program.endswith(".py"):
        return [sys.executable, program, *words]
    return ["/bin/sh", "-c", f'chmod +x "{program}" && exec "./{program}" "$@"', program, *words]


def _torchrun() -> list[str]:
    hosts: list[str] = json.loads(os.environ["SM_HOSTS"])
    rank = hosts.index(os.environ["SM_CURRENT_HOST"])
    where = [f"--master_addr={hosts[0]}", f"--master_port={TORCHRUN_PORT}", f"--node_rank={rank}"]
    return ["torchrun", f"--nnodes={len(hosts)}", "--nproc_per_node=1", *where]


def _install_requirements() -> None:
    if Path("requirements.txt").exists():
        _run("InstallRequirementsError", [sys.executable, "-m", "pip", "install", "-r", "requirements.txt"])


def _run(kind: str, command: list[str]) -> None:
    print(f"Invoking script with the following command:\n\n{' '.join(command)}\n", flush=True)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace")
    assert process.stderr is not None
    last = [""]
    reader = threading.Thread(target=_pass_on, args=[process.stderr, last], daemon=True)
    reader.start()
    status = process.wait()
    # What the script has left running may hold the stream open for ever.
    reader.join(LAST_WORDS)
    if status:
        raise UserScriptError(kind, status, last[0], command)


def _pass_on(errors: TextIO, last: list[str]) -> None:
    """Print the script's errors as they come, and keep the last line that says something."""
    for line in errors:
        print(line, end="", flush=True)
        last[0] = line.strip() or last[0]


def _config(base: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((base / "input" / "config" / f"{name}.json").read_text()))


def _decoded(text: str) -> Any:
    """Return a hyperparameter's value. Version 2 of the SDK sends each as JSON, boto3's users often as it is."""
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


def _encoded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
