"""The journal by itself: what has no effect any more leaves it, and what is damaged is told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local_sagemaker.cloud.effects import lasting
from local_sagemaker.cloud.entries import Entry
from local_sagemaker.cloud.journal import Journal
from local_sagemaker.cloud.moment import Moment
from local_sagemaker.cloud.moto_floor import MotoFloor
from local_sagemaker.wire import AwsError, Caller, authorization

ACCOUNT = "100000000000"


def caller(service: str) -> Caller:
    return Caller(ACCOUNT, "us-east-1", service)


def s3(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Entry:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Entry(Moment(1e9, 1), caller("s3"), method, path, query, named, body)


def call(operation: str, service: str = "sagemaker", **parameters: Any) -> Entry:
    body, headers = json.dumps(parameters).encode(), {"X-Amz-Target": f"SageMaker.{operation}"}
    return Entry(Moment(1e9, 1), caller(service), "POST", "/", "", headers, body)


def lasts(*entries: Entry) -> list[int]:
    """Return the numbers, from 0, of the entries that still have an effect."""
    return [number for number, stays in enumerate(lasting(entries)) if stays]


def test_an_object_that_was_written_anew_is_needed_once() -> None:
    assert lasts(s3("PUT", "/b"), s3("PUT", "/b/k"), s3("PUT", "/b/k", "tagging"), s3("PUT", "/b/k")) == [0, 3]


def test_what_was_deleted_leaves_no_trace() -> None:
    assert lasts(s3("PUT", "/b"), s3("PUT", "/b/k"), s3("DELETE", "/b/k"), s3("DELETE", "/b")) == []


def test_objects_that_were_deleted_together_leave_no_trace() -> None:
    keys = b"<Delete><Object><Key>a</Key></Object><Object><Key>b &amp; c</Key></Object></Delete>"
    entries = [s3("PUT", "/b/a"), s3("PUT", "/b/b & c"), s3("PUT", "/b/d"), s3("POST", "/b", "delete", keys)]
    assert lasts(*entries) == [2]


def test_former_versions_are_needed() -> None:
    entries = [s3("PUT", "/b", "versioning"), s3("PUT", "/b/k"), s3("PUT", "/b/k"), s3("DELETE", "/b/k")]
    assert lasts(*entries) == [0, 1, 2, 3]


def test_what_was_copied_is_needed() -> None:
    entries = [s3("PUT", "/b/k"), s3("PUT", "/b/copy", x_amz_copy_source="b/k"), s3("DELETE", "/b/k")]
    assert lasts(*entries) == [0, 1, 2]


def test_an_upload_in_parts_is_needed_as_a_whole() -> None:
    upload = [s3("POST", "/b/k", "uploads"), s3("PUT", "/b/k", "partNumber=1&uploadId=u"), s3("PUT", "/b/k")]
    assert lasts(s3("PUT", "/b/k"), *upload) == [0, 1, 2, 3]
    assert lasts(s3("PUT", "/b/k"), *upload[:2], s3("POST", "/b/k", "uploadId=u")) == [1, 2, 3]
    assert lasts(*upload[:2], s3("POST", "/b/k", "uploadId=u"), s3("DELETE", "/b/k")) == []


def test_a_resource_that_was_deleted_is_needed_only_if_something_mentions_it() -> None:
    model, gone = call("CreateModel", ModelName="m"), call("DeleteModel", ModelName="m")
    config = call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[{"ModelName": "m"}])
    assert lasts(model, gone) == []
    assert lasts(model, call("UpdateModel", ModelName="m"), gone) == []
    assert lasts(model, gone, model) == [2]
    assert lasts(model, config, gone) == [0, 1, 2]
    assert lasts(model, config, gone, call("DeleteEndpointConfig", EndpointConfigName="c")) == []


def test_lines_of_a_deleted_log_group_are_not_needed() -> None:
    group = {"service": "logs", "logGroupName": "g"}
    lines = [call("CreateLogGroup", **group), call("PutLogEvents", **group, logStreamName="s")]
    assert lasts(*lines) == [0, 1]
    assert lasts(*lines, call("DeleteLogGroup", **group)) == []


def test_accounts_and_regions_do_not_end_each_others_things() -> None:
    other = Entry(Moment(1e9, 1), Caller("100000000001", "us-east-1", "s3"), "PUT", "/b/k", "", {})
    assert lasts(s3("PUT", "/b/k"), other) == [0, 1]


def request(bucket: str, key: str = "", body: bytes = b"") -> Request:
    headers = {"Authorization": authorization(caller("s3"), "s3"), "Host": "127.0.0.1"}
    return Request(
        EnvironBuilder(f"/{bucket}/{key}".rstrip("/"), method="PUT", headers=headers, data=body).get_environ()
    )


def put(floor: MotoFloor, bucket: str, key: str = "", body: bytes = b"") -> int:
    return floor.forward(request(bucket, key, body), caller("s3"), "s3 PUT /").status_code


def restored(folder: Path) -> list[str]:
    """Return the paths of what a new server does again."""
    done: list[str] = []
    MotoFloor(Journal(folder)).restore(lambda request, caller, response: done.append(request.path))
    return done


def test_a_refused_request_leaves_no_trace(tmp_path: Path) -> None:
    floor = MotoFloor(Journal(tmp_path))
    assert put(floor, "no-such-bucket", "k") == 404
    assert (tmp_path / "requests.jsonl").read_text() == ""


def test_a_line_that_was_written_in_part_is_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(MotoFloor(Journal(tmp_path)), "bucket-one")
    with (tmp_path / "requests.jsonl").open("a") as file:
        file.write('{"time": 1')
    floor = MotoFloor(Journal(tmp_path))
    floor.restore(lambda *_: None)
    assert f"{tmp_path / 'requests.jsonl'}:2: the last request was written in part" in capsys.readouterr().err
    put(floor, "bucket-two")
    assert restored(tmp_path) == ["/bucket-one", "/bucket-two"]


def test_a_damaged_line_is_told_and_the_others_are_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floor = MotoFloor(Journal(tmp_path))
    for bucket in ("bucket-one", "bucket-two"):
        put(floor, bucket)
    lines = (tmp_path / "requests.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "requests.jsonl").write_text(lines[0] + lines[1][:50] + "\n" + lines[1])
    assert restored(tmp_path) == ["/bucket-one", "/bucket-two"]
    assert f"{tmp_path / 'requests.jsonl'}:2: the line is damaged" in capsys.readouterr().err


def test_an_entry_that_cannot_be_done_again_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requests.jsonl").write_text(s3("PUT", "/no-such-bucket/k").line())
    restored(tmp_path)
    assert "requests.jsonl:1: /no-such-bucket/k cannot be done again" in capsys.readouterr().err


def test_a_long_body_is_in_a_file_that_goes_with_its_entry(tmp_path: Path) -> None:
    floor = MotoFloor(Journal(tmp_path))
    put(floor, "bucket")
    put(floor, "bucket", "k", b"x" * 100_000)
    (first,) = (tmp_path / "bodies").iterdir()
    put(floor, "bucket", "k", b"y" * 100_000)
    assert restored(tmp_path) == ["/bucket", "/bucket/k"]
    (second,) = (tmp_path / "bodies").iterdir()
    assert first != second


def test_a_journal_that_grows_is_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_sagemaker.cloud.journal.ROOM", 10_000)
    floor = MotoFloor(Journal(tmp_path))
    put(floor, "bucket")
    for _ in range(100):
        put(floor, "bucket", "k", b"x" * 1000)
    assert (tmp_path / "requests.jsonl").stat().st_size < 30_000
    assert restored(tmp_path) == ["/bucket", "/bucket/k"]


def test_a_full_disk_refuses_the_request_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = MotoFloor(Journal(tmp_path))
    put(floor, "bucket-one")
    before = (tmp_path / "requests.jsonl").read_bytes()
    write = os.write

    def half(file: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", full)
        return write(file, data[:20])

    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(AwsError, match=r"ServiceUnavailable: .* cannot be written: No space left on device"):
        put(floor, "bucket-two")
    assert (tmp_path / "requests.jsonl").read_bytes() == before
    monkeypatch.undo()
    assert put(floor, "bucket-three") == 200
    assert restored(tmp_path) == ["/bucket-one", "/bucket-three"]
