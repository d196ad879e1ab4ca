"""What is sent with bad intent, or by accident, stays without effect outside its place."""

from __future__ import annotations

import http.client
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from local_server import Aws, Server, channel

from local_sagemaker import archives
from local_sagemaker.archives import BadArchiveError, pack, unpack


def failure(aws: Aws, prefix: str = "t/") -> str:
    """Return why a training job fails whose channel is `prefix`."""
    aws.train(InputDataConfig=[channel("train", f"s3://{aws.bucket}/{prefix}")])
    told = aws.ended()
    assert told["TrainingJobStatus"] == "Failed"
    return str(told["FailureReason"])


@pytest.mark.parametrize("key", ["t/../../../../escaped", "t/a/../../escaped"])
def test_a_key_cannot_leave_its_channel(aws: Aws, key: str) -> None:
    aws.put("t/fine.csv", "1,2")
    aws.s3.put_object(Bucket=aws.bucket, Key=key, Body=b"x")
    assert "would leave the channel's folder" in failure(aws)


def test_a_key_that_is_absolute_goes_below_its_channel(aws: Aws, tmp_path: Path) -> None:
    target = tmp_path / "escaped"
    aws.put("t/fine.csv", "not a number")
    aws.s3.put_object(Bucket=aws.bucket, Key=f"t/{target}", Body=b"x")
    failure(aws)
    assert not target.exists()


def test_a_key_that_is_a_file_and_a_folder_fails_the_job_with_a_reason(aws: Aws) -> None:
    aws.put("t/a", "1,2")
    aws.put("t/a/b", "1,2")
    assert failure(aws).startswith("ClientError:")


@pytest.mark.parametrize("name", ["../escaped", "a/b", ".", "", "a" * 300])
def test_a_name_that_is_a_path_is_refused(server: Server, name: str) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/sagemaker/aws4_request"
    headers = {"Authorization": scope, "X-Amz-Target": "SageMaker.CreateTrainingJob"}
    body = f'{{"TrainingJobName": "{name}"}}'.encode()
    status, answer = post(server, headers, [body])
    assert status == 400
    assert b"failed to satisfy constraint" in answer


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b'{"a":' * 100_000], ids=["open", "list", "text", "deep"])
def test_a_body_that_is_no_json_object_is_refused(server: Server, body: bytes) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/sagemaker/aws4_request"
    status, answer = post(server, {"Authorization": scope, "X-Amz-Target": "SageMaker.CreateTrainingJob"}, [body])
    assert status == 400
    assert b"SerializationException" in answer


def test_the_reason_of_a_refused_upload_names_no_path_of_the_server(aws: Aws, new_account: Callable[[], Aws]) -> None:
    other = new_account()
    other.put("mine", "1")
    aws.train(OutputDataConfig={"S3OutputPath": f"s3://{other.bucket}/out"})
    reason = aws.ended()["FailureReason"]
    assert reason.startswith(f"ClientError: Could not write to s3://{other.bucket}/out/job/output/model.tar.gz: ")
    assert reason.endswith("Access Denied")


def test_a_body_without_a_length_is_cut_off(server: Server) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/iam/aws4_request"
    headers = {"Authorization": scope, "Content-Type": "application/x-www-form-urlencoded"}
    megabyte = b"a" * 1024**2
    try:
        status, answer = post(server, headers, (megabyte for _ in range(80)))
    except (BrokenPipeError, ConnectionResetError):
        return
    assert status == 413, answer


def test_a_body_that_says_it_is_too_long_is_not_read(server: Server) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=100000000000/20260101/us-east-1/sagemaker/aws4_request"
    with closing(http.client.HTTPConnection(server.line["endpoint"].removeprefix("http://"))) as connection:
        connection.putrequest("POST", "/endpoints/e/invocations")
        connection.putheader("Authorization", scope)
        connection.putheader("Content-Length", str(10**12))
        connection.endheaders()
        assert connection.getresponse().status == 413


def post(server: Server, headers: dict[str, str], body: list[bytes] | Iterator[bytes]) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(server.line["endpoint"].removeprefix("http://"))) as connection:
        connection.request("POST", "/", body, headers, encode_chunked=True)
        response = connection.getresponse()
        return response.status, response.read()


def tar(*members: tarfile.TarInfo) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return packed


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, size
    return info


@pytest.mark.parametrize(
    "members",
    [
        pytest.param([member("../escaped")], id="parent"),
        pytest.param([member("link", tarfile.SYMTYPE, "/"), member("link/tmp/escaped")], id="through-a-link"),
        pytest.param([member("link", tarfile.SYMTYPE, "../..")], id="link-to-the-parent"),
        pytest.param([member("hard", tarfile.LNKTYPE, "/etc/passwd")], id="hard-link"),
        pytest.param([member("device", tarfile.CHRTYPE)], id="device"),
        pytest.param([member("pipe", tarfile.FIFOTYPE)], id="pipe"),
    ],
)
def test_an_archive_with_a_member_that_leaves_its_folder_is_refused(
    tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    (tmp_path / "a.tar.gz").write_bytes(tar(*members).getvalue())
    folder = tmp_path / "deep" / "inside"
    folder.mkdir(parents=True)
    with pytest.raises(BadArchiveError):
        unpack(tmp_path / "a.tar.gz", folder)
    assert not list(tmp_path.rglob("escaped"))


def test_an_archive_that_is_small_only_while_packed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1_000_000)
    (tmp_path / "bomb.tar.gz").write_bytes(tar(member("zeros", size=2_000_000)).getvalue())
    with pytest.raises(BadArchiveError, match="more than"):
        unpack(tmp_path / "bomb.tar.gz", tmp_path / "inside")
    assert not (tmp_path / "inside" / "zeros").exists()


def test_a_link_in_a_model_is_packed_as_a_link_and_not_as_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "link").symlink_to(tmp_path / "secret")
    pack(tmp_path / "model", tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as packed:
        assert packed.getmember("link").issym()
