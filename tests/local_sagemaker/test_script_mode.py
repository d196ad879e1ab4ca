"""Training jobs whose program is a user's script, on one host and on several."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import psutil
import pytest
from local_server import Aws, Server, channel, has_ended, wait_until
from scripts import SKLEARN, result_of, run_sdk, start_script, train_script

LOG_GROUP = "/aws/sagemaker/TrainingJobs"

SKLEARN_SCRIPT = """
import argparse, os
import joblib, pandas
from sklearn.linear_model import LogisticRegression

parser = argparse.ArgumentParser()
parser.add_argument("--strength", type=float)
parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
arguments = parser.parse_args()
rows = pandas.read_csv(os.path.join(arguments.train, "train.csv"), header=None)
model = LogisticRegression(C=arguments.strength).fit(rows[[1, 2]], rows[0])
print(f"accuracy={model.score(rows[[1, 2]], rows[0])};")
joblib.dump(model, os.path.join(arguments.model_dir, "model.joblib"))
"""

ACCURACY = [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+);"}]

TELL = """
import json, os, sys
told = {"argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}
for name in ("resourceconfig", "inputdataconfig", "hyperparameters"):
    told[name] = json.load(open(f"/opt/ml/input/config/{name}.json"))
json.dump(told, open("/opt/ml/model/" + os.environ["SM_CURRENT_HOST"] + ".json", "w"))
"""


def test_a_scikit_learn_script_trains_and_leaves_its_model(aws: Aws) -> None:
    rows = aws.put("rows/train.csv", "\n".join(f"{n % 2},{n % 2 + n / 100},{n / 50}" for n in range(50)))
    specification = {"TrainingImage": SKLEARN, "TrainingInputMode": "File", "MetricDefinitions": ACCURACY}
    job = train_script(
        aws,
        SKLEARN_SCRIPT,
        hyperparameters={"strength": 10.0},
        AlgorithmSpecification=specification,
        InputDataConfig=[channel("train", rows)],
    )
    assert job["TrainingJobStatus"] == "Completed"
    assert {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]} == {"accuracy": 1.0}
    assert list(result_of(aws)) == ["model.joblib"]


def told(aws: Aws, host: str = "algo-1", name: str = "job") -> dict[str, object]:
    return dict(json.loads(result_of(aws, name)[f"{host}.json"]))


def test_hyperparameters_become_the_scripts_arguments(aws: Aws) -> None:
    train_script(aws, TELL, hyperparameters={"epochs": 3, "name": "a b", "x": True, "z": {"b": 1, "a": 2}})
    assert told(aws)["argv"] == ["--epochs", "3", "--name", "a b", "-x", "True", "-z", "a=2,b=1"]


def test_a_script_is_told_of_its_job_as_documented(aws: Aws) -> None:
    train_script(aws, TELL, hyperparameters={"learning-rate": 0.5}, Environment={"COLOUR": "blue"})
    env = told(aws)["env"]
    wanted = {
        "COLOUR": "blue",
        "TRAINING_JOB_NAME": "job",
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_CHANNEL_TRAIN": "/opt/ml/input/data/train",
        "SM_CHANNELS": '["train"]',
        "SM_OUTPUT_DATA_DIR": "/opt/ml/output/data",
        "SM_HOSTS": '["algo-1"]',
        "SM_CURRENT_HOST": "algo-1",
        "SM_HP_LEARNING_RATE": "0.5",
        "SM_HPS": '{"learning-rate": 0.5}',
        "SM_USER_ARGS": '["--learning-rate", "0.5"]',
        "SM_USER_ENTRY_POINT": "train.py",
        "SM_NUM_GPUS": "0",
    }
    assert {name: env.get(name) for name in wanted} == wanted
    assert json.loads(env["SM_TRAINING_ENV"])["hosts"] == ["algo-1"]


def test_the_configuration_files_are_as_documented(aws: Aws) -> None:
    train_script(aws, TELL)
    files = told(aws)
    assert files["inputdataconfig"]["train"] == {
        "TrainingInputMode": "File",
        "S3DistributionType": "FullyReplicated",
        "RecordWrapperType": "None",
        "ContentType": "text/csv",
    }
    assert files["hyperparameters"]["sagemaker_program"] == '"train.py"'
    assert files["resourceconfig"]["current_instance_type"] == "ml.m5.large"


def test_a_script_sees_nothing_of_the_servers_environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    train_script(aws, TELL)
    env = told(aws)["env"]
    assert "PYTEST_CURRENT_TEST" not in env
    assert env["AWS_ACCESS_KEY_ID"] == aws.account
    assert env["HOME"] == "/opt/ml"


def test_a_script_reaches_s3_with_its_jobs_role(aws: Aws) -> None:
    script = f"import boto3; boto3.client('s3').put_object(Bucket='{aws.bucket}', Key='from-the-job', Body=b'x')"
    assert train_script(aws, script)["TrainingJobStatus"] == "Completed"
    assert aws.s3.get_object(Bucket=aws.bucket, Key="from-the-job")["Body"].read() == b"x"


def test_requirements_are_installed_for_this_job_only(aws: Aws) -> None:
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("tiny_thing.py", "ANSWER = 42\n")
        packed.writestr("tiny_thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        packed.writestr("tiny_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true")
        packed.writestr("tiny_thing-1.0.dist-info/RECORD", "")
    files = {
        "tiny_thing-1.0-py3-none-any.whl": wheel.getvalue(),
        "requirements.txt": b"./tiny_thing-1.0-py3-none-any.whl\nnumpy\n",
    }
    use = "import numpy, tiny_thing; assert tiny_thing.ANSWER == 42; print(numpy.__version__)"
    assert train_script(aws, use, files=files)["TrainingJobStatus"] == "Completed"
    assert any("Requirement already satisfied: numpy" in line for line in aws.log(LOG_GROUP, "job/algo-1-"))
    assert "ModuleNotFoundError" in train_script(aws, use, name="other")["FailureReason"]


def test_a_failing_script_fails_the_job_with_its_last_words(aws: Aws) -> None:
    job = train_script(aws, "raise ValueError('no such column')", hyperparameters={"a": 1})
    assert job["TrainingJobStatus"] == "Failed"
    first, code, message, command = job["FailureReason"].split("\n")
    assert first == "AlgorithmError: ExecuteUserScriptError:"
    assert code == "ExitCode 1"
    assert message == 'ErrorMessage "ValueError: no such column"'
    assert command.startswith('Command "')
    assert command.endswith('python3 train.py -a 1", exit code: 1')


def test_what_a_script_writes_to_the_failure_file_is_the_reason(aws: Aws) -> None:
    script = "open('/opt/ml/output/failure', 'w').write('out of luck'); raise SystemExit(7)"
    specification = {
        "TrainingImage": SKLEARN,
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "-c"],
        "ContainerArguments": [script],
    }
    job = train_script(aws, "", AlgorithmSpecification=specification)
    assert job["FailureReason"] == "AlgorithmError: out of luck, exit code: 7"


def test_a_framework_image_without_a_script_says_what_it_needs(aws: Aws) -> None:
    aws.train(image=SKLEARN, HyperParameters={})
    assert "needs a script" in aws.ended()["FailureReason"]


def test_the_output_folder_becomes_an_archive(aws: Aws) -> None:
    train_script(aws, "open('/opt/ml/output/data/plot.txt', 'w').write('a plot')")
    assert result_of(aws, archive="output") == {"plot.txt": b"a plot"}


def test_a_built_in_image_takes_a_script_too(aws: Aws) -> None:
    script = "import xgboost; open('/opt/ml/model/version', 'w').write(xgboost.__version__)"
    train_script(aws, script, image="sagemaker-xgboost:3.0-5")
    assert result_of(aws) == {"version": b"3.0.5"}


COUNT_ON = """
import pathlib, time
folder = pathlib.Path("/opt/ml/checkpoints")
done = max([int(each.name) for each in folder.iterdir()], default=0)
(folder / str(done + 1)).write_text("state")
print("epoch", done + 1, flush=True)
"""


def test_checkpoints_go_to_s3_and_come_back_to_the_next_job(aws: Aws) -> None:
    config = {"S3Uri": f"s3://{aws.bucket}/checkpoints"}
    train_script(aws, COUNT_ON, name="one", CheckpointConfig=config)
    train_script(aws, COUNT_ON, name="two", CheckpointConfig=config)
    listed = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="checkpoints/")["Contents"]
    assert [each["Key"] for each in listed] == ["checkpoints/1", "checkpoints/2"]


def test_a_job_ends_with_its_program_whatever_that_has_left_running(aws: Aws) -> None:
    script = "import subprocess; print('left', subprocess.Popen(['sleep', '600']).pid)"
    assert train_script(aws, script)["TrainingJobStatus"] == "Completed"


def test_every_host_has_its_checkpoints_kept_and_finds_those_of_all(aws: Aws) -> None:
    config = {"S3Uri": f"s3://{aws.bucket}/checkpoints", "LocalPath": "/opt/ml/mine"}
    script = """
import os, pathlib
host, mine = os.environ["SM_CURRENT_HOST"], pathlib.Path("/opt/ml/mine")
pathlib.Path("/opt/ml/model", host).write_text(" ".join(sorted(os.listdir(mine))))
(mine / f"{host}.pt").write_text(host)
"""
    train_script(aws, script, name="one", hosts=2, CheckpointConfig=config)
    train_script(aws, script, name="two", hosts=2, CheckpointConfig=config)
    assert result_of(aws, "one") == {"algo-1": b"", "algo-2": b""}
    assert result_of(aws, "two") == {"algo-1": b"algo-1.pt algo-2.pt", "algo-2": b"algo-1.pt algo-2.pt"}


def test_checkpoints_reach_s3_while_the_job_runs(aws: Aws) -> None:
    config = {"S3Uri": f"s3://{aws.bucket}/checkpoints"}
    start_script(aws, f"{COUNT_ON}\ntime.sleep(600)", CheckpointConfig=config)

    def arrived() -> bool:
        return aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="checkpoints/")["KeyCount"] == 1

    assert wait_until(arrived)
    assert aws.sagemaker.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "InProgress"
    aws.sagemaker.stop_training_job(TrainingJobName="job")
    assert aws.ended()["TrainingJobStatus"] == "Stopped"


def test_every_host_knows_the_others(aws: Aws) -> None:
    assert train_script(aws, TELL, hosts=2)["TrainingJobStatus"] == "Completed"
    first, second = told(aws, "algo-1")["resourceconfig"], told(aws, "algo-2")["resourceconfig"]
    assert (first["current_host"], second["current_host"]) == ("algo-1", "algo-2")
    assert first["hosts"] == second["hosts"] == ["algo-1", "algo-2"]


TALK = """
import os, socket, time
if os.environ["SM_CURRENT_HOST"] == "algo-2":
    with socket.create_server(("algo-2", 5555)) as server:
        connection, peer = server.accept()
        open("/opt/ml/model/heard", "wb").write(connection.recv(100))
else:
    for attempt in range(200):
        try:
            with socket.create_connection(("algo-2", 5555)) as connection:
                connection.sendall(b"hello")
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
"""


def test_hosts_reach_each_other_by_name(aws: Aws) -> None:
    train_script(aws, TALK, hosts=2)
    assert result_of(aws) == {"heard": b"hello"}


def test_every_host_has_a_log_stream(aws: Aws) -> None:
    train_script(aws, "import os; print('I am', os.environ['SM_CURRENT_HOST'])", hosts=2)
    for host in ("algo-1", "algo-2"):
        assert f"I am {host}" in aws.log(LOG_GROUP, f"job/{host}-")


def test_one_host_that_fails_stops_the_others(aws: Aws) -> None:
    script = """
import os, time
if os.environ["SM_CURRENT_HOST"] == "algo-2":
    raise ValueError("no luck")
time.sleep(600)
"""
    assert "no luck" in train_script(aws, script, hosts=2)["FailureReason"]


def test_a_channel_sharded_by_key_is_split_among_the_hosts(aws: Aws) -> None:
    for number in range(3):
        aws.put(f"parts/{number}.csv", "x")
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"s3://{aws.bucket}/parts/",
        "S3DataDistributionType": "ShardedByS3Key",
    }
    script = """
import os
here = os.listdir("/opt/ml/input/data/train")
open("/opt/ml/model/" + os.environ["SM_CURRENT_HOST"], "w").write(" ".join(sorted(here)))
"""
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": source}}
    train_script(aws, script, hosts=2, InputDataConfig=[channel])
    assert result_of(aws) == {"algo-1": b"0.csv 2.csv", "algo-2": b"1.csv"}


def processes_with(variable: str, value: str) -> list[psutil.Process]:
    """Return the living processes that have an environment variable."""
    found = []
    for process in psutil.process_iter():
        try:
            found += [process] if process.environ().get(variable) == value else []
        except psutil.Error:
            continue
    return [process for process in found if not has_ended(process)]


def test_a_stopped_job_leaves_no_process_of_its_script(aws: Aws) -> None:
    start_script(
        aws,
        """
import os, subprocess, sys
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
subprocess.run(sleep, env={**os.environ, "CHILD_OF": os.environ["MINE"]})
""",
        Environment={"MINE": aws.account},
    )
    assert wait_until(lambda: bool(processes_with("CHILD_OF", aws.account)))
    aws.sagemaker.stop_training_job(TrainingJobName="job")
    assert aws.ended()["TrainingJobStatus"] == "Stopped"
    assert processes_with("MINE", aws.account) == []


def test_scripts_end_with_the_server_that_is_killed(own_server: Server) -> None:
    aws = Aws(own_server.line["env"], "100000000000")
    start_script(aws, "import time; time.sleep(600)", Environment={"MINE": "killed"})
    assert wait_until(lambda: bool(processes_with("MINE", "killed")))
    scripts = processes_with("MINE", "killed")
    own_server.process.kill()
    assert wait_until(lambda: all(has_ended(process) for process in scripts))


SDK_SCRIPT = """
import json, pathlib
import boto3
from sagemaker.core import image_uris
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode

pathlib.Path("src").mkdir()
pathlib.Path("src/requirements.txt").write_text("numpy\\n")
pathlib.Path("src/train.py").write_text('''
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
epochs = parser.parse_args().epochs
lines = open("/opt/ml/input/data/train/train.csv").read().splitlines()
print(f"rows={len(lines) * epochs};")
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write(str(epochs))
''')
pathlib.Path("data").mkdir()
pathlib.Path("data/train.csv").write_text("1\\n2\\n3\\n")
trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "*"}]}
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
trainer = ModelTrainer(
    training_image=image_uris.retrieve("sklearn", "us-east-1", version="1.2-1"),
    role=role,
    base_job_name="script",
    source_code=SourceCode(source_dir="src", entry_script="train.py", requirements="requirements.txt"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"epochs": 2},
    environment={"COLOUR": "blue"},
)
trainer.train(input_data_config=[InputData(channel_name="train", data_source="data")])
job = trainer._latest_training_job
print(job.training_job_status, job.model_artifacts.s3_model_artifacts)
"""


def test_the_sdks_model_trainer_runs_a_source_folder(aws: Aws, tmp_path: Path) -> None:
    status, artifacts = run_sdk(aws, SDK_SCRIPT, tmp_path).split()[-2:]
    assert status == "Completed"
    key = artifacts.removeprefix("s3://").partition("/")[2]
    assert aws.s3.get_object(Bucket=f"sagemaker-us-east-1-{aws.account}", Key=key)["Body"].read()
