# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   labguide:
#     minutes: 50
#     after: [create-bucket, notebook-instance]
#     timeout: 2400
# ---

# %% [markdown]
# # The SDK's version 3, piece by piece
#
# Each cell is the answer to one thing that old tutorials write for version 2. They share one small table and
# one small model.

# %% name="session"
import logging
import time

import boto3
from sagemaker.core.helper.session_helper import Session, get_execution_role

account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-sdk"

logging.disable(logging.WARNING)  # the SDK tells much that nobody needs here
session = Session(default_bucket=bucket)
region = session.boto_region_name
client = boto3.client("sagemaker")

print("Region:", region)

# %% [markdown]
# On a notebook instance `get_execution_role()` finds the role. Elsewhere, name one: the role of module 1.

# %% name="role"
iam = boto3.client("iam")
try:
    role = iam.get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
except iam.exceptions.NoSuchEntityException:
    role = get_execution_role()

print(role.rpartition("/")[2])

# %% [markdown]
# A table to work with, as a file: the label first, no header.

# %% name="table"
from pathlib import Path

from sklearn.datasets import load_breast_cancer

loaded = load_breast_cancer(as_frame=True)
table = loaded.data.copy()
table.insert(0, "benign", loaded.target)
folder = Path("table")
folder.mkdir(exist_ok=True)
table.to_csv(folder / "train.csv", header=False, index=False)

print(table.shape[0], "rows")

# %% name="upload"
train_uri = session.upload_data("table", bucket=bucket, key_prefix=f"{prefix}/train")

print(train_uri.replace(account, "ACCOUNT"))

# %% name="image"
from sagemaker.core import image_uris

image = image_uris.retrieve("xgboost", region, version="3.0-5")

print(image.partition("/")[2])

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

machine = Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5)
output = OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}/output")
rows = InputData(channel_name="train", data_source=train_uri, content_type="text/csv")

trainer = ModelTrainer(
    training_image=image,
    role=role,
    compute=machine,
    hyperparameters={"objective": "binary:logistic", "num_round": 10},
    output_data_config=output,
    base_job_name=prefix,
)
trainer.train(input_data_config=[rows], wait=False, logs=False)
job = trainer._latest_training_job


def wait(name):
    """Wait for the end of a training job, and tell it."""
    waiter = client.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 10})
    return client.describe_training_job(TrainingJobName=name)


told = wait(job.training_job_name)
model_file = told["ModelArtifacts"]["S3ModelArtifacts"]

print(told["TrainingJobStatus"])

# %% name="deploy"
from sagemaker.serve import ModelBuilder

builder = ModelBuilder(
    image_uri=image,
    s3_model_data_url=model_file,
    role_arn=role,
    sagemaker_session=session,
    instance_type="ml.m5.large",
)
builder.build(model_name=job.training_job_name)
endpoint = builder.deploy(
    endpoint_name=job.training_job_name, initial_instance_count=1, wait=False
)
waiter = client.get_waiter("endpoint_in_service")
waiter.wait(EndpointName=endpoint.endpoint_name, WaiterConfig={"Delay": 10})

print(endpoint.refresh().endpoint_status)

# %% name="predict"
from sagemaker.core.deserializers import CSVDeserializer
from sagemaker.core.serializers import CSVSerializer

questions = table.drop(columns="benign")[:3].to_numpy()
reply = endpoint.invoke(
    body=CSVSerializer().serialize(questions),
    content_type="text/csv",
    accept="text/csv",
)
answers = CSVDeserializer().deserialize(reply.body, reply.content_type)

print(len(answers), "lines of answers; the first:", round(float(answers[0][0]), 2))

# %% name="transform"
from sagemaker.core.transformer import Transformer

question_file = folder / "questions.csv"
table.drop(columns="benign")[:3].to_csv(question_file, header=False, index=False)
questions_uri = session.upload_data(
    str(question_file), bucket=bucket, key_prefix=f"{prefix}/questions"
)
transformer = Transformer(
    model_name=job.training_job_name,
    instance_count=1,
    instance_type="ml.m5.large",
    accept="text/csv",
    assemble_with="Line",
    output_path=f"s3://{bucket}/{prefix}/transformed",
    base_transform_job_name=prefix,
    sagemaker_session=session,
)
transformer.transform(
    questions_uri, content_type="text/csv", split_type="Line", wait=False
)
name = transformer.latest_transform_job.get_name()
waiter = client.get_waiter("transform_job_completed_or_stopped")
waiter.wait(TransformJobName=name, WaiterConfig={"Delay": 10})
lines = session.read_s3_file(bucket, f"{prefix}/transformed/questions.csv.out")

print(len(lines.split()), "lines of answers")

# %% name="delete"
endpoint.delete()
client.delete_endpoint_config(EndpointConfigName=endpoint.endpoint_config_name)
client.delete_model(ModelName=job.training_job_name)

print("Deleted.")

# %% name="tune"
from sagemaker.core.parameter import IntegerParameter
from sagemaker.train.tuner import HyperparameterTuner

tuner = HyperparameterTuner(
    model_trainer=ModelTrainer(
        training_image=image,
        role=role,
        compute=machine,
        hyperparameters={
            "objective": "binary:logistic",
            "num_round": 5,
            "eval_metric": "auc",
        },
        output_data_config=output,
    ),
    objective_metric_name="validation:auc",
    hyperparameter_ranges={"max_depth": IntegerParameter(1, 4)},
    max_jobs=2,
    max_parallel_jobs=2,
    base_tuning_job_name="smworkshop",
)
check = InputData(
    channel_name="validation", data_source=train_uri, content_type="text/csv"
)
tuner.tune(inputs=[rows, check], wait=False)
tuning = tuner.latest_tuning_job
while tuning.refresh().hyper_parameter_tuning_job_status == "InProgress":
    time.sleep(5)

print("Tried:", tuning.training_job_status_counters.completed)

# %% [markdown]
# A script of your own, for a framework: the script goes into a folder that `SourceCode` names, the framework
# is its image.

# %% name="script-folder"
Path("scripts").mkdir(exist_ok=True)

# %% name="script"
%%writefile scripts/train_tree.py
import argparse
import os

import joblib
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=2)
depth = parser.parse_args().depth

rows = pd.read_csv(os.environ["SM_CHANNEL_TRAIN"] + "/train.csv", header=None)
tree = DecisionTreeClassifier(max_depth=depth, random_state=0)
tree.fit(rows.iloc[:, 1:], rows[0])
joblib.dump(tree, os.environ["SM_MODEL_DIR"] + "/model.joblib")
print("depth:", tree.get_depth())

# %% name="framework"
from sagemaker.train.configs import SourceCode

framework = image_uris.retrieve(
    "sklearn", region, version="1.2-1", image_scope="training"
)
script_trainer = ModelTrainer(
    training_image=framework,
    source_code=SourceCode(source_dir="scripts", entry_script="train_tree.py"),
    role=role,
    compute=machine,
    hyperparameters={"depth": 3},
    output_data_config=output,
    base_job_name=f"{prefix}-script",
    sagemaker_session=session,
)
script_trainer.train(input_data_config=[rows], wait=False, logs=False)
told = wait(script_trainer._latest_training_job.training_job_name)

print(told["TrainingJobStatus"])

# %% [markdown]
# What wrote arrays as RecordIO-protobuf in version 2 is still there by name, and does nothing but refuse.

# %% name="records" tags=["raises-exception"]
from sagemaker.core.serializers import RecordSerializer

RecordSerializer().serialize(questions)

# %% [markdown]
# K-means takes CSV as well: without a label, which its content type says.

# %% name="kmeans"
session.upload_data(
    str(question_file), bucket=bucket, key_prefix=f"{prefix}/unlabelled"
)
unlabelled = InputData(
    channel_name="train",
    data_source=f"s3://{bucket}/{prefix}/unlabelled/",
    content_type="text/csv;label_size=0",
)
kmeans = ModelTrainer(
    training_image=image_uris.retrieve("kmeans", region, version="1"),
    role=role,
    compute=machine,
    hyperparameters={"k": 2, "feature_dim": 30},
    output_data_config=output,
    base_job_name=f"{prefix}-kmeans",
)
kmeans.train(input_data_config=[unlabelled], wait=False, logs=False)
told = wait(kmeans._latest_training_job.training_job_name)

print(told["TrainingJobStatus"])

# %% name="process-script"
%%writefile count_rows.py
from pathlib import Path

rows = Path("/opt/ml/processing/train/train.csv").read_text().splitlines()
Path("/opt/ml/processing/result/count.txt").write_text(str(len(rows)))

# %% name="process"
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)

processor = ScriptProcessor(
    image_uri=framework,
    command=["python3"],
    role=role,
    instance_type="ml.m5.large",
    instance_count=1,
    base_job_name=f"{prefix}-process",
    sagemaker_session=session,
)
source = ProcessingS3Input(
    s3_uri=train_uri,
    local_path="/opt/ml/processing/train",
    s3_data_type="S3Prefix",
    s3_input_mode="File",
)
target = ProcessingS3Output(
    s3_uri=f"s3://{bucket}/{prefix}/result",
    local_path="/opt/ml/processing/result",
    s3_upload_mode="EndOfJob",
)
processor.run(
    code="count_rows.py",
    inputs=[ProcessingInput(input_name="train", s3_input=source)],
    outputs=[ProcessingOutput(output_name="result", s3_output=target)],
    wait=False,
    logs=False,
)
name = processor.latest_job.processing_job_name
waiter = client.get_waiter("processing_job_completed_or_stopped")
waiter.wait(ProcessingJobName=name, WaiterConfig={"Delay": 10})

print("Rows:", session.read_s3_file(bucket, f"{prefix}/result/count.txt"))
