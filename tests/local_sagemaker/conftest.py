"""A real local SageMaker over HTTP, one for all tests of this folder; each test has an account of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import conformity
import pytest
from local_server import Aws, Server, started_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with started_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _answers_conform_to_the_service_model() -> Iterator[None]:
    """In every test, no answer has members that AWS does not know, wrong types, or less than AWS promises."""
    conformity.violations.clear()
    yield
    assert conformity.violations == []


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that a test may kill."""
    with started_server() as server:
        yield server


_ACCOUNTS = itertools.count(100000000001)


@pytest.fixture
def new_account(server: Server) -> Callable[[], Aws]:
    return lambda: Aws(server.line["env"], str(next(_ACCOUNTS)))


_trained: list[bytes] = []


@pytest.fixture
def trained(new_account: Callable[[], Aws]) -> bytes:
    """The model.tar.gz of a job, trained once for all tests."""
    if not _trained:
        aws = new_account()
        aws.train()
        aws.ended()
        _trained.append(aws.s3.get_object(Bucket=aws.bucket, Key="out/job/output/model.tar.gz")["Body"].read())
    return _trained[0]


@pytest.fixture
def aws(new_account: Callable[[], Aws]) -> Aws:
    return new_account()
