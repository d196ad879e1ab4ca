"""PyTorch on two hosts, through the launcher of the SDK and the one of its version 2. Slow: the image is large."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from local_server import Aws
from scripts import result_of, run_sdk, train_script, unpacked

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6-cpu-py312"

SCRIPT = """
import argparse, json, os
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int)
steps = parser.parse_args().steps
dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(rank)  # ranks begin apart; DDP makes them equal
model = DistributedDataParallel(torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(steps):
    features = torch.randn(8, 3)  # every rank has rows of its own
    loss = ((model(features) - features.sum(dim=1, keepdim=True)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss={loss.item()};")
told = {"world": dist.get_world_size(), "weights": [value.tolist() for value in model.state_dict().values()]}
json.dump(told, open(os.path.join(os.environ["SM_MODEL_DIR"], f"rank-{rank}.json"), "w"))
dist.destroy_process_group()
"""


def one_model(files: dict[str, bytes]) -> bool:
    """Return whether two ranks have left the same weights, close to the ones of the data."""
    first, second = (json.loads(files[f"rank-{rank}.json"]) for rank in (0, 1))
    near = all(abs(weight - 1) < 0.1 for weight in first["weights"][0][0])
    return first["world"] == 2 and first["weights"] == second["weights"] and near


SDK_SCRIPT = """
import json, pathlib
import boto3
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, SourceCode
from sagemaker.train.distributed import Torchrun

pathlib.Path("src").mkdir()
pathlib.Path("src/train.py").write_text({script!r})
trust = {{"Statement": [{{"Effect": "Allow", "Principal": {{"Service": "sagemaker.amazonaws.com"}}, "Action": "*"}}]}}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
trainer = ModelTrainer(
    training_image={image!r},
    role=role,
    base_job_name="torch",
    source_code=SourceCode(source_dir="src", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=2),
    distributed=Torchrun(),
    hyperparameters={{"steps": 60}},
)
trainer.train()
print(trainer._latest_training_job.model_artifacts.s3_model_artifacts)
"""


def test_the_sdks_torchrun_trains_one_model_on_two_hosts(aws: Aws, tmp_path: Path) -> None:
    artifacts = run_sdk(aws, SDK_SCRIPT.format(script=SCRIPT, image=TORCH), tmp_path).split()[-1]
    archive = aws.s3.get_object(Bucket=f"sagemaker-us-east-1-{aws.account}", Key=artifacts.split("/", 3)[3])
    assert one_model(unpacked(archive["Body"].read()))


def test_version_2s_torch_distributed_trains_one_model_on_two_hosts(aws: Aws) -> None:
    given = {"steps": 60, "sagemaker_torch_distributed_enabled": True}
    job = train_script(aws, SCRIPT, image=TORCH, hosts=2, hyperparameters=given)
    assert job["TrainingJobStatus"] == "Completed", job
    assert one_model(result_of(aws))
