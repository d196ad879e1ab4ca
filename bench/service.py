"""The second half of `make bench`: the local SageMaker beside what does the same work without it, in one run.

The limits it shall keep stand in each table. Seconds depend on the machine; read the ratios and the counts.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.config
import jupytext
import psutil
from rich.console import Console
from rich.table import Table

from local_sagemaker import containers, images

ROOT = Path(__file__).parent.parent
LESSON = ROOT / "notebooks" / "video-games.py"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
SERVER = [sys.executable, "-m", "local_sagemaker", "--port", "0", "--json", "--until-stdin-closes"]
ROLE = "arn:aws:iam::123456789012:role/bench"
INVOCATIONS, AT_ONCE, JOBS, DESCRIPTIONS, TIMES = 200, 50, 10, 1000, 3

LIST_TRAINING_JOBS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "SageMaker.ListTrainingJobs",
    "Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request, "
    "SignedHeaders=host, Signature=none",
}
PEER = """
import json, sys
import numpy as np, xgboost
train, validation, test, parameters = sys.argv[1:]
def rows(path):
    table = np.loadtxt(path, delimiter=",")
    return xgboost.DMatrix(table[:, 1:], label=table[:, 0])
parameters = json.loads(parameters)
rounds = int(parameters.pop("num_round"))
evals = [(rows(train), "train"), (rows(validation), "validation")]
booster = xgboost.train(parameters, evals[0][0], rounds, evals=evals, verbose_eval=False)
print(booster.predict(rows(test)).shape)
"""


@dataclass(frozen=True)
class Row:
    """One line of the report: what was measured, in which unit, and what it is held against."""

    what: str
    measured: str
    peer: str
    ratio: str
    limit: str


def main() -> None:
    """Measure and print a table."""
    python()  # building the environment is not measured
    table = Table(title="The local SageMaker", title_justify="left")
    for heading in ("", "measured", "beside", "ratio", "limit"):
        table.add_column(heading)
    for measure in (start, lesson, invocations, jobs, descriptions):
        print(f"{measure.__name__} ...", file=sys.stderr)
        row = measure()
        table.add_row(row.what, row.measured, row.peer, row.ratio, row.limit)
    Console().print(table)


def start() -> Row:
    """From the command to the first answer, beside moto's own server."""
    ours = statistics.median(until_first_answer(serving()) for _ in range(TIMES))
    motos = statistics.median(until_first_answer(moto_serving()) for _ in range(TIMES))
    return Row("start to first answer", seconds(ours), f"{seconds(motos)} moto_server", ratio(ours, motos), "1 s")


def lesson() -> Row:
    """The script of module 2, beside the sum of its imports, its training and its predictions."""
    with TemporaryDirectory(prefix="bench-") as name, serving() as server:
        folder, env = Path(name), server.env
        source = script_of_lesson(folder)
        (folder / "imports.py").write_text(imports_of(source), "utf-8")
        whole = median(lambda: run([sys.executable, "lesson.py"], folder, env))
        imports = median(lambda: run([sys.executable, "imports.py"], folder, env))
        peer = training_and_predictions(folder, env)
        work = median(lambda: run(peer, folder, {}))
    parts = f"{seconds(imports)} imports + {seconds(work)} training and predictions"
    return Row("script of module 2", seconds(whole), parts, ratio(whole, imports + work), "1.3")


def invocations() -> Row:
    """Requests to an endpoint, many at once, beside one after the other."""
    with serving() as server:
        upload(server.env)
        deploy(server.env)
        runtime = client(server.env, "sagemaker-runtime")

        def invoke(number: int) -> bool:
            row = f"{number % 7},{number % 5}"
            answer = runtime.invoke_endpoint(EndpointName="bench", ContentType="text/csv", Body=row)
            return 0 <= float(answer["Body"].read()) <= 1

        def parallel() -> None:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                answered.extend(pool.map(invoke, range(INVOCATIONS)))

        answered: list[bool] = []
        together = timed(parallel)
        alone = timed(lambda: [invoke(number) for number in range(INVOCATIONS)])
    what = f"{INVOCATIONS} InvokeEndpoint, {AT_ONCE} at once"
    good = f"{sum(answered)} answered in {seconds(together)}"
    return Row(what, good, f"{seconds(alone)} in turn", ratio(together, alone), f"{INVOCATIONS} answered")


def jobs() -> Row:
    """Training jobs at once, beside as many times one alone."""
    with serving() as server:
        upload(server.env)
        one = timed(lambda: train(server.env, ["alone"]))
        names = [f"job-{number}" for number in range(JOBS)]
        statuses: list[str] = []
        all_of_them = timed(lambda: statuses.extend(train(server.env, names)))
    measured = f"{statuses.count('Completed')} completed in {seconds(all_of_them)}"
    peer = f"{JOBS} × {seconds(one)}"
    return Row(f"{JOBS} training jobs at once", measured, peer, ratio(all_of_them, JOBS * one), f"{JOBS} completed")


def descriptions() -> Row:
    """What a thousand describe calls leave in the server's memory, beside what a first thousand did."""
    with serving() as server:
        upload(server.env)
        train(server.env, ["job"])
        sagemaker = client(server.env, "sagemaker")

        def describe() -> int:
            for _ in range(DESCRIPTIONS):
                sagemaker.describe_training_job(TrainingJobName="job")
            return int(psutil.Process(server.pid).memory_info().rss)

        first, second = describe(), describe()
    grown = f"{(second - first) / 2**20:+.1f} MiB"
    return Row(f"{DESCRIPTIONS} describe calls", grown, f"{first / 2**20:.0f} MiB", ratio(second, first), "1.0")


@dataclass(frozen=True)
class Server:
    """A running server: the environment of its clients, and its process id."""

    env: dict[str, str]
    pid: int


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A local SageMaker of its own."""
    with subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        yield Server(line["env"], line["pid"])
        process.stdin.close()
        process.wait(30)


@contextlib.contextmanager
def moto_serving() -> Iterator[Server]:
    """moto's own server."""
    port = containers.free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Server({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def until_first_answer(server: contextlib.AbstractContextManager[Server]) -> float:
    """Return the seconds from the command to the answer of one ListTrainingJobs."""
    started = time.perf_counter()
    with server as running:
        address = urlsplit(running.env["AWS_ENDPOINT_URL"]).netloc
        while True:
            with contextlib.suppress(ConnectionError), contextlib.closing(HTTPConnection(address)) as connection:
                connection.request("POST", "/", b"{}", LIST_TRAINING_JOBS)
                answer = connection.getresponse()
                break
            time.sleep(0.01)
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"the first answer is {answer.status}")
        return time.perf_counter() - started


def script_of_lesson(folder: Path) -> str:
    """Write the notebook's code cells as one script into `folder`; return its source."""
    cells = [cell.source for cell in jupytext.read(LESSON).cells if cell.cell_type == "code"]
    source = "\n\n".join(cells)
    (folder / "lesson.py").write_text(source, "utf-8")
    return source


def imports_of(source: str) -> str:
    """Return a script that imports what `source` does, and nothing else."""
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(ast.unparse(node) for node in statements)


def training_and_predictions(folder: Path, env: Mapping[str, str]) -> list[str]:
    """Return a command by which XGBoost alone trains on what the lesson uploaded, with its parameters, and predicts."""
    s3, sagemaker = client(env, "s3"), client(env, "sagemaker")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    for name in ("train", "validation"):
        s3.download_file(bucket, f"video-games/{name}/{name}.csv", str(folder / f"{name}.csv"))
    job = sagemaker.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    parameters = sagemaker.describe_training_job(TrainingJobName=job)["HyperParameters"]
    files = [str(folder / f"{name}.csv") for name in ("train", "validation", "validation")]
    return [str(python()), "-c", PEER, *files, json.dumps(parameters)]


def python() -> Path:
    """Return the Python of the XGBoost image."""
    return images.python_of(images.find(XGBOOST))


def client(env: Mapping[str, str], service: str) -> Any:
    """A boto3 client of a server, ready for many requests at once."""
    config = botocore.config.Config(max_pool_connections=AT_ONCE, retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "local"}
    return boto3.client(service, "us-east-1", endpoint_url=env["AWS_ENDPOINT_URL"], config=config, **keys)


def upload(env: Mapping[str, str]) -> None:
    """Put rows whose first feature decides the label into a bucket."""
    s3 = client(env, "s3")
    s3.create_bucket(Bucket="bench")
    rows = "\n".join(f"{number % 7 // 4},{number % 7},{number % 5}" for number in range(2_000))
    s3.put_object(Bucket="bench", Key="train/rows.csv", Body=rows.encode())


def train(env: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """Start jobs, all at once; return the status each ended with."""
    sagemaker = client(env, "sagemaker")
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench/train/"}}
    for name in names:
        sagemaker.create_training_job(
            TrainingJobName=name,
            AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
            HyperParameters={"num_round": "10", "objective": "binary:logistic"},
            RoleArn=ROLE,
            InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": source}],
            OutputDataConfig={"S3OutputPath": "s3://bench/output"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 600},
        )

    def status(name: str) -> str:
        return str(sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"])

    return [ended(partial(status, name)) for name in names]


def deploy(env: Mapping[str, str]) -> None:
    """Train a model, and deploy it on the endpoint ``bench``."""
    train(env, ["model"])
    sagemaker = client(env, "sagemaker")
    container = {"Image": XGBOOST, "ModelDataUrl": "s3://bench/output/model/output/model.tar.gz"}
    variant = {"VariantName": "all", "ModelName": "bench", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sagemaker.create_model(ModelName="bench", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    sagemaker.create_endpoint_config(EndpointConfigName="bench", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="bench", EndpointConfigName="bench")
    status = ended(lambda: sagemaker.describe_endpoint(EndpointName="bench")["EndpointStatus"])
    if status != "InService":
        raise SystemExit(f"the endpoint is {status}")


def ended(status: Callable[[], str]) -> str:
    """Ask for a status until it is a last one. The server holds its answer back until there is news."""
    while (current := status()) in ("InProgress", "Creating"):
        pass
    return current


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
    """Run a command that must succeed."""
    environment = {**os.environ, **env, "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[:2]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes, of a few times the middle one."""
    return statistics.median(timed(work) for _ in range(TIMES))


def seconds(value: float) -> str:
    """Two digits are enough."""
    return f"{value:.2f} s"


def ratio(measured: float, peer: float) -> str:
    """How many times as long."""
    return f"{measured / peer:.2f}"


if __name__ == "__main__":
    main()
