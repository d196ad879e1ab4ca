"""Batch transform: start the model's container, send it every object below a prefix, put its answers into S3."""

from __future__ import annotations

import http.client
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..cloud import Cloud, sources, storage
from ..cloud.logs import LogStream
from ..cloud.sources import AUGMENTED, Source
from ..containers.failures import JobError
from ..handlers import Handlers
from ..hosting import models, variant
from ..hosting.models import Model
from ..hosting.serving import NotReadyError
from ..hosting.talking import MEGABYTE, Answer, NoAnswerError, Request
from ..hosting.variant import Variant, Wanted
from ..wire import validation_error
from . import Job, Kind, capture
from .records import Batching, Filters

GROUP = "/aws/sagemaker/TransformJobs"
SEE_LOGS = "See job logs for more information"
ANSWER_SECONDS = 600
"""How long a container may take to answer, unless the job's ModelClientConfig says otherwise."""

MAX_ANSWER = 1024 * MEGABYTE
IN_BATCH = {"SAGEMAKER_BATCH": "true"}
"""By this a container knows that it answers many records, which it tells line by line."""


@dataclass(frozen=True)
class Transformer:
    """A running container, and how a job talks to it."""

    job: Job
    variant: Variant
    log: LogStream
    batching: Batching
    filters: Filters

    def transform(self, file: Path, name: str) -> bytes:
        """Return what becomes of a file. Raises JobError."""
        told: list[bytes] = []
        for records in self.batching.batches(file):
            if self.job.asked_to_stop:
                break
            body = self.batching.between.join(map(self.filters.ask, records))
            told.append(self.filters.tell(records, self._ask(body, name)))
        return self._assembled(told)

    def _ask(self, body: bytes, name: str) -> bytes:
        given, wanted = self.job.request["TransformInput"], self.job.request["TransformOutput"]
        headers = {"Content-Type": given.get("ContentType"), "Accept": wanted.get("Accept")}
        seconds = self.job.request.get("ModelClientConfig", {}).get("InvocationsTimeoutInSeconds", ANSWER_SECONDS)
        told = {header: value for header, value in headers.items() if value}
        request = Request(body, told, seconds=seconds, most=MAX_ANSWER)
        try:
            answer = self.variant.ask(request).whole(request)
        except NoAnswerError as error:
            raise self._refused(name, str(error), "AlgorithmError") from error
        if answer.status != http.client.OK:
            raise self._bad_status(name, answer)
        return answer.body

    def _bad_status(self, name: str, answer: Answer) -> JobError:
        self.log.write(f"[sagemaker logs]: {name}: Bad HTTP status received from algorithm: {answer.status}")
        side = "ClientError" if answer.status < http.client.INTERNAL_SERVER_ERROR else "AlgorithmError"
        return self._refused(name, answer.body.decode(errors="replace"), side)

    def _refused(self, name: str, said: str, side: str) -> JobError:
        for line in said.splitlines():
            self.log.write(f"[sagemaker logs]: {name}: {line}")
        return JobError(f"{side}: {SEE_LOGS}")

    def _assembled(self, told: list[bytes]) -> bytes:
        if self.job.request["TransformOutput"].get("AssembleWith", "None") == "None":
            return b"".join(told)
        return b"".join(each.rstrip(b"\n") + b"\n" for each in told)


def run(cloud: Cloud, job: Job, base: Path) -> None:
    """Do a transform job. Raises JobError and what failures.GIVEN_WRONG names."""
    files, results = base / "input", base / "output"
    batching, filters = Batching.of(job.request), Filters.of(job.request)
    sources.fetch(cloud, job.caller, _source(job), files)
    running = _launch(cloud, job)
    job.when_asked_to_stop(running.stop)
    try:
        with closing(LogStream(cloud, job.caller, GROUP, f"{job.name}/{running.wanted.instance}/data-log")) as log:
            _transform_all(cloud, Transformer(job, running, log, batching, filters), files, results)
    finally:
        running.stop()


def _transform_all(cloud: Cloud, transformer: Transformer, files: Path, results: Path) -> None:
    job = transformer.job
    target = job.request["TransformOutput"]["S3OutputPath"].rstrip("/")
    names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
    for name in names:
        result = results / f"{name}.out"
        result.parent.mkdir(parents=True, exist_ok=True)
        result.write_bytes(transformer.transform(files / name, name))
        if job.asked_to_stop:
            return
        storage.upload(cloud, job.caller, result, f"{target}/{name}.out")
    capture.write(cloud, job.caller, job.request, names)


def _launch(cloud: Cloud, job: Job) -> Variant:
    """Start the model's containers. Raises JobError if they do not come up."""
    told = {"VariantName": "transform", "InstanceType": job.request["TransformResources"]["InstanceType"]}
    model: Model = job.state
    model = model.with_environment({**job.request.get("Environment", {}), **IN_BATCH})
    wanted = Wanted(job.caller, job.name, told, model, group=GROUP, stream=job.name, given_up=lambda: job.asked_to_stop)
    try:
        return Variant.of(cloud, wanted, variant.backend_of(cloud, wanted, lambda: None))
    except NotReadyError as error:
        raise JobError(f"AlgorithmError: {SEE_LOGS}") from error


def _source(job: Job) -> Source:
    return Source.of(job.request["TransformInput"]["DataSource"]["S3DataSource"])


def _prepare(cloud: Cloud, job: Job) -> None:
    """Keep the model as it is now. Raises AwsError if there is none, or no data."""
    capture.check(job.request)
    job.state = models.find(cloud, job.caller, job.request["ModelName"])
    if job.state.has_many_models:
        raise validation_error("Batch transform does not support multi-model mode.")
    if _source(job).data_type == AUGMENTED:
        raise validation_error("AugmentedManifestFile is not supported for batch transform jobs.")
    model = cloud.floor.call(job.caller, "SageMaker.DescribeModel", {"ModelName": job.request["ModelName"]})
    sources.check(cloud, job.caller, _source(job), model.get("ExecutionRoleArn", ""))


KIND = Kind(
    prefix="TransformJob",
    noun="transform-job",
    run=run,
    prepare=_prepare,
    started_as="TransformStartTime",
    ended_as="TransformEndTime",
    only_listed="LastModifiedTime",
    deletable=False,
)

HANDLERS: Handlers = KIND.handlers()
