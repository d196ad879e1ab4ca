"""What scripts in XGBoost's image import of AWS's own package for it."""

from __future__ import annotations

from local_server import Aws, channel
from scripts import result_of, train_script

IMAGE = "sagemaker-xgboost:3.0-5"

GO_ON = """
import os
from sagemaker_xgboost_container import checkpointing
from sagemaker_xgboost_container.data_utils import get_dmatrix

rows = get_dmatrix(os.environ["SM_CHANNEL_TRAIN"], "text/csv")
arguments = {"params": {"max_depth": 2}, "dtrain": rows, "num_boost_round": 4, "evals": [(rows, "train")]}
booster = checkpointing.train(arguments, checkpoint_dir="/opt/ml/checkpoints")
open("/opt/ml/model/rounds", "w").write(str(booster.num_boosted_rounds()))
"""

READ = """
from sagemaker_xgboost_container import encoder

read = {
    "csv": encoder.csv_to_dmatrix("1,2\\n3,4"),
    "libsvm": encoder.libsvm_to_dmatrix(b"0 0:1 2:5\\n1 1:2"),
    "decoded": encoder.decode("1,2,3", "text/csv; charset=utf-8"),
}
for name, matrix in read.items():
    open(f"/opt/ml/model/{name}", "w").write(f"{matrix.num_row()} x {matrix.num_col()}")
"""


def test_a_script_trains_with_checkpoints_and_goes_on_from_them(aws: Aws) -> None:
    data = channel("train", aws.put("data/train.csv", "0,1,2\n1,2,1\n0,1,1\n1,2,2\n"))
    kept = {"S3Uri": f"s3://{aws.bucket}/kept"}
    for name in ("first", "second"):
        train_script(aws, GO_ON, name=name, image=IMAGE, InputDataConfig=[data], CheckpointConfig=kept)
    assert result_of(aws, "first") == result_of(aws, "second") == {"rounds": b"4"}
    told = {name: aws.log("/aws/sagemaker/TrainingJobs", name) for name in ("first", "second")}
    assert any(line.startswith("[3]") for line in told["first"])
    assert not any("train-rmse" in line for line in told["second"])


def test_a_script_reads_requests_as_the_algorithm_does(aws: Aws) -> None:
    train_script(aws, READ, image=IMAGE)
    assert result_of(aws) == {"csv": b"2 x 2", "libsvm": b"2 x 3", "decoded": b"1 x 3"}
