"""The formats that Amazon's own algorithms share: RecordIO, RecordIO-protobuf, requests and answers."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy
import pytest

from local_sagemaker import algorithms, images
from local_sagemaker.algorithms import artifacts, exchange, record_protobuf, recordio
from local_sagemaker.algorithms.exchange import Exchange
from local_sagemaker.algorithms.hyperparameters import WrongHyperparameterError, boolean, integer, validate
from local_sagemaker.algorithms.media import MediaType
from local_sagemaker.algorithms.shape import BadRequestError, UnsupportedMediaTypeError
from local_sagemaker.algorithms.vectors import dense_table

# What sagemaker 2.257 writes of [1.5, 2] with label 1, by write_numpy_to_dense_tensor.
DENSE = bytes.fromhex(
    "0a23d7ce2c0000000a160a0676616c756573120c120a0a080000c03f0000004012120a0676616c756573120812060a040000803f"
)
# ... of [0, 7, 0, 5] with label 1, by write_spmatrix_to_sparse_tensor.
SPARSE = bytes.fromhex(
    "0a23d7ce330000000a1d0a0676616c756573121312110a080000e0400000a040120201031a01"
    "0412120a0676616c756573120812060a040000803f00"
)
# ... of [1.5, 2] in float64 without a label.
DOUBLE = bytes.fromhex("0a23d7ce200000000a1e0a0676616c75657312141a120a10000000000000f83f0000000000000040")


@pytest.mark.parametrize("name", algorithms.names())
def test_the_sdks_image_addresses_name_an_image(name: str) -> None:
    from sagemaker.core import image_uris

    for region in ("us-east-1", "ap-northeast-1"):
        versions = ("1.7-1", "3.0-5", "3.2-0") if name == "xgboost" else (None,)
        for version in versions:
            assert images.find(image_uris.retrieve(name, region, version=version)).algorithm == name


@pytest.mark.parametrize("size", range(9))
def test_a_framed_record_is_read_again(size: int) -> None:
    one, other = bytes(range(size)), b"other"
    assert list(recordio.records(recordio.frame(one) + recordio.frame(other))) == [one, other]


def test_a_record_that_was_cut_at_a_magic_number_is_whole_again() -> None:
    magic = struct.pack("<I", recordio.MAGIC)
    parts = [(recordio.FIRST, b"abcd"), (recordio.MIDDLE, b"efgh"), (recordio.LAST, b"ijkl")]
    data = b"".join(magic + struct.pack("<I", part << 29 | len(chunk)) + chunk for part, chunk in parts)
    assert list(recordio.records(data)) == [b"abcd" + magic + b"efgh" + magic + b"ijkl"]


@pytest.mark.parametrize("left", [1, 6, 12, len(DENSE) - 1])
def test_truncated_recordio_is_an_error(left: int) -> None:
    with pytest.raises(recordio.RecordIOError, match="byte 0"):
        list(recordio.records(DENSE[:left]))


# What mxnet 1.9.1 writes: nd.save({"a": nd.array([[1, 2], [3, 4]]), "b": nd.array([1.5])}).
MXNET = bytes.fromhex(
    "120100000000000000000000000000000200000000000000c9fa93f900000000020000000200000000000000020000000000000001000000"
    "00000000000000000000803f000000400000404000008040c9fa93f90000000001000000010000000000000001000000000000000000"
    "00000000c03f0200000000000000010000000000000061010000000000000062"
)


def test_a_model_file_is_what_mxnet_writes(tmp_path: Path) -> None:
    artifacts.save(tmp_path, a=numpy.array([[1, 2], [3, 4]], "f4"), b=numpy.array([1.5], "f4"), k=3, kind="regressor")
    assert (tmp_path / artifacts.MODEL_FILE).read_bytes() == MXNET
    loaded = artifacts.load(tmp_path)
    assert {name: numpy.asarray(value).tolist() for name, value in loaded.items()} == {
        **{"a": [[1, 2], [3, 4]], "b": [1.5]},
        **{"k": 3, "kind": "regressor"},
    }


@pytest.mark.parametrize("data", [b"", b"PK" + bytes(40), MXNET[:-1], MXNET[:40], MXNET[:24] + bytes(40)])
def test_a_broken_model_file_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / artifacts.MODEL_FILE).write_bytes(data)
    with pytest.raises(artifacts.WrongModelFileError):
        artifacts.load_list(tmp_path)


def test_the_sdks_dense_record_is_read() -> None:
    [(features, label)] = record_protobuf.decode(DENSE)
    assert features.values.tolist() == [1.5, 2.0]
    assert label is not None
    assert label.tolist() == [1.0]


def test_the_sdks_sparse_record_is_made_dense() -> None:
    [(features, _)] = record_protobuf.decode(SPARSE)
    assert dense_table([features]).tolist() == [[0, 7, 0, 5]]


def test_the_sdks_record_of_doubles_is_read_and_may_lack_a_label() -> None:
    [(features, label)] = record_protobuf.decode(DOUBLE)
    assert features.values.tolist() == [1.5, 2.0]
    assert label is None


def test_a_frame_around_something_else_is_an_error() -> None:
    with pytest.raises(recordio.RecordIOError, match="Record"):
        list(record_protobuf.decode(recordio.frame(b"\xff\xff\xff")))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"0,7,0,5\n", "text/csv"),
        (b"9,0,7,0,5", "text/csv; label_size=1"),
        (b'{"instances": [{"features": [0, 7, 0, 5]}]}', "application/json"),
        (b'{"instances": [{"data": {"features": {"values": [0, 7, 0, 5]}}}]}', "application/json"),
        (
            b'{"instances": [{"data": {"features": {"keys": [1, 3], "shape": [4], "values": [7, 5]}}}]}',
            "application/json",
        ),
        (b'{"features": [0, 7, 0, 5]}\n', "application/jsonlines"),
        (b'{"data": {"features": {"keys": [1, 3], "shape": [4], "values": [7, 5]}}}', "application/jsonlines"),
        (SPARSE, "application/x-recordio-protobuf"),
    ],
)
def test_a_documented_request_is_decoded(body: bytes, content_type: str) -> None:
    assert dense_table(exchange.decode(body, MediaType.parse(content_type))).tolist() == [[0, 7, 0, 5]]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a,b", "text/csv"),
        (b"", "text/csv"),
        (b"1,2\n1", "text/csv"),
        (b"{", "application/json"),
        (b'{"instances": [[1, 2]]}', "application/json"),
        (b'{"instances": 3}', "application/json"),
        (b'{"data": {"features": {"keys": [9], "shape": [4], "values": [7]}}}', "application/jsonlines"),
        (b'{"data": {"features": {"keys": [-1], "shape": [4], "values": [7]}}}', "application/jsonlines"),
        (b'{"data": {"features": {"keys": [1e30], "shape": [4], "values": [7]}}}', "application/jsonlines"),
        (b'{"data": {"features": {"keys": [1], "shape": 4, "values": [7]}}}', "application/jsonlines"),
        (b'{"features": [[1, 2]]}', "application/jsonlines"),
        (b'{"features": [1]}\n{"features": [1, 2]}', "application/jsonlines"),
        (b"[" * 100_000, "application/json"),
        (b"1,2", "text/csv; encoding=nonsense"),
        (b"\xff", "text/csv"),
        (SPARSE[:-4], "application/x-recordio-protobuf"),
    ],
)
def test_a_request_that_is_not_in_its_format_is_a_bad_request(body: bytes, content_type: str) -> None:
    with pytest.raises(BadRequestError, match="Unable to evaluate payload provided"):
        exchange.decode(body, MediaType.parse(content_type))


def sums(accept: str) -> tuple[bytes, str]:
    """The answer of a model that adds up two numbers."""
    model = Exchange(2, lambda rows, _: [{"sum": float(row.sum()), "of": row.tolist()} for row in rows])
    return model(b"1,2\n3,4", "text/csv", accept)


def test_an_answer_comes_in_each_format() -> None:
    rows = [{"sum": 3.0, "of": [1.0, 2.0]}, {"sum": 7.0, "of": [3.0, 4.0]}]
    assert json.loads(sums("application/json")[0]) == {"predictions": rows}
    assert [json.loads(line) for line in sums("application/jsonlines")[0].splitlines()] == rows
    assert sums("text/csv")[0] == b"3.0,1.0,2.0\n7.0,3.0,4.0"
    first = record_protobuf.message_class().FromString(
        next(recordio.records(sums("application/x-recordio-protobuf")[0]))
    )
    assert numpy.array(first.label["of"].float32_tensor.values).tolist() == [1.0, 2.0]


def test_without_an_accept_header_the_answer_is_json() -> None:
    assert sums("*/*") == sums("application/json")


def test_an_unknown_accept_type_is_refused() -> None:
    with pytest.raises(UnsupportedMediaTypeError, match="image/png"):
        sums("image/png")


def test_a_request_of_another_width_is_a_bad_request() -> None:
    with pytest.raises(BadRequestError, match="3 features, but the model has 2"):
        Exchange(2, lambda rows, _: [])(b"1,2,3", "text/csv", "application/json")


def test_a_few_bytes_cannot_ask_for_all_memory() -> None:
    body = b'{"data": {"features": {"keys": [1], "shape": [1000000000000], "values": [7]}}}'
    with pytest.raises(BadRequestError, match="1000000000000 features, but the model has 2"):
        Exchange(2, lambda rows, _: [])(body, "application/jsonlines", "application/json")


def test_a_word_may_stand_for_a_number() -> None:
    known = (integer("trials", 1, None, "auto"),)
    assert validate(known, {"trials": "auto"}) == {"trials": "auto"}
    with pytest.raises(WrongHyperparameterError, match="trials"):
        validate(known, {"trials": "many"})


@pytest.mark.parametrize("text", ["True", "true"])
def test_both_sdks_truths_are_read(text: str) -> None:
    assert validate((boolean("use_bias"),), {"use_bias": text}) == {"use_bias": True}


def test_the_platforms_own_hyperparameters_are_not_the_algorithms() -> None:
    assert validate((), {"_tuning_objective_metric": "test:msd"}) == {}
