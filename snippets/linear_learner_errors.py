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
#     minutes: 15
#     after: [create-bucket, notebook-instance]
#     timeout: 900
# ---

# %% [markdown]
# # What goes wrong with Linear Learner
#
# The errors that module 6 explains, each made on purpose.

# %% name="setup"
from datetime import datetime
from textwrap import fill

import boto3
import numpy as np
from sagemaker.core import image_uris

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "linear-errors"
name = f"smworkshop-errors-linear-{datetime.now():%Y%m%d%H%M%S}"

client = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")
role = boto3.client("iam").get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
image = image_uris.retrieve("linear-learner", region)

good = {"predictor_type": "multiclass_classifier", "num_classes": "10"}
started = []


def train(csv, **changed):
    """Train on this CSV, with some hyperparameters changed; the job's name."""
    job_name = f"{name}-{len(started)}"
    key = f"{prefix}/{job_name}/rows.csv"
    s3.put_object(Bucket=bucket, Key=key, Body=csv.encode())
    client.create_training_job(
        TrainingJobName=job_name,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters=good | changed,
        InputDataConfig=[
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{bucket}/{key}",
                    }
                },
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/{prefix}/output"},
        ResourceConfig={
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 5,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    started.append(job_name)
    return job_name


def failure(job_name):
    """Why a job failed."""
    while True:
        job = client.describe_training_job(TrainingJobName=job_name)
        if job["TrainingJobStatus"] != "InProgress":
            return fill(job.get("FailureReason", "It did not fail."), 80)


# A thousand rows of a label and 64 numbers.
random = np.random.default_rng(seed=5)
rows = random.integers(0, 10, size=(1000, 65))
csv = "\n".join(",".join(map(str, row)) for row in rows)
header = ",".join(["label", *map(str, range(64))])
training_ended = client.get_waiter("training_job_completed_or_stopped")


# %% name="header"
print(failure(train(header + "\n" + csv)))

# %% name="classes"
print(failure(train(csv, num_classes="9")))

# %% name="no-classes"
del good["num_classes"]
print(failure(train(csv)))

# %% name="endpoint"
job_name = train(csv, num_classes="10")
training_ended.wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})
job = client.describe_training_job(TrainingJobName=job_name)
model_file = job["ModelArtifacts"]["S3ModelArtifacts"]

client.create_model(
    ModelName=name,
    PrimaryContainer={"Image": image, "ModelDataUrl": model_file},
    ExecutionRoleArn=role,
)
variant = {
    "VariantName": "AllTraffic",
    "ModelName": name,
    "InitialInstanceCount": 1,
    "InstanceType": "ml.m5.large",
}
client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
client.create_endpoint(EndpointName=name, EndpointConfigName=name)
in_service = client.get_waiter("endpoint_in_service")
in_service.wait(EndpointName=name, WaiterConfig={"Delay": 10})

# %% name="question-with-label" tags=["raises-exception"]
runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=csv)

# %% name="question-as-json" tags=["raises-exception"]
runtime.invoke_endpoint(
    EndpointName=name, ContentType="application/json", Body=csv.splitlines()[0]
)

# %% name="delete"
client.delete_endpoint(EndpointName=name)
deleted = client.get_waiter("endpoint_deleted")
deleted.wait(EndpointName=name, WaiterConfig={"Delay": 10})
client.delete_endpoint_config(EndpointConfigName=name)
client.delete_model(ModelName=name)

print("Deleted.")
