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
#     minutes: 24
#     after: [create-bucket, notebook-instance]
#     timeout: 900
# ---

# %% [markdown]
# # What goes wrong with K-Means
#
# The errors that module 5 explains, each made on purpose.

# %% name="setup"
from datetime import datetime
from textwrap import fill

import boto3
import numpy as np
from sagemaker.core import image_uris

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "kmeans-errors"
name = f"smworkshop-kmeans-errors-{datetime.now():%Y%m%d%H%M%S}"

client = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")
role = boto3.client("iam").get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
image = image_uris.retrieve("kmeans", region)

# A hundred rows of 64 numbers, as CSV.
numbers = np.random.default_rng(seed=5).integers(0, 17, size=(100, 64))
csv = "\n".join(",".join(map(str, row)) for row in numbers)
s3.put_object(Bucket=bucket, Key=f"{prefix}/train/rows.csv", Body=csv.encode())
started = []


def train(content_type="text/csv;label_size=0", **changed):
    """Train with good hyperparameters but for what is changed; the job's name."""
    job_name = f"{name}-{len(started)}"
    good = {"k": "10", "feature_dim": "64", "mini_batch_size": "50"}
    client.create_training_job(
        TrainingJobName=job_name,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters=good | changed,
        InputDataConfig=[
            {
                "ChannelName": "train",
                "ContentType": content_type,
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{bucket}/{prefix}/train/",
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


training_ended = client.get_waiter("training_job_completed_or_stopped")

# %% name="waiter" tags=["raises-exception"]
job_name = train(feature_dim="63")
training_ended.wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})

# %% name="reason"
job = client.describe_training_job(TrainingJobName=job_name)
print(job["FailureReason"])


# %% name="failure"
def failure(job_name):
    """Why a job failed."""
    while True:
        job = client.describe_training_job(TrainingJobName=job_name)
        if job["TrainingJobStatus"] != "InProgress":
            return fill(job.get("FailureReason", "It did not fail."), 80)


# %% name="too-many-clusters"
print(failure(train(k="200")))

# %% name="wrong-content-type"
print(failure(train(content_type="application/x-recordio-protobuf")))

# %% name="label-size"
print(failure(train(content_type="text/csv")))

# %% name="wrong-word"
print(failure(train(init_method="k-means++")))

# %% name="v2-writer" tags=["raises-exception"]
from sagemaker.core.serializers import RecordSerializer

RecordSerializer().serialize(numbers)

# %% name="v2-class"
try:
    from sagemaker import KMeans
except ImportError as error:
    print("ImportError:", str(error).partition(" (")[0])

# %% name="endpoint"
job_name = train()
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

# %% name="question-content-type" tags=["raises-exception"]
runtime.invoke_endpoint(
    EndpointName=name, ContentType="application/x-recordio-protobuf", Body=csv
)

# %% name="question-too-short" tags=["raises-exception"]
runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body="0,5,13,9,1,0")

# %% name="delete"
client.delete_endpoint(EndpointName=name)
deleted = client.get_waiter("endpoint_deleted")
deleted.wait(EndpointName=name, WaiterConfig={"Delay": 10})
client.delete_endpoint_config(EndpointConfigName=name)
client.delete_model(ModelName=name)

print("Deleted.")

# %% name="question-after-delete" tags=["raises-exception"]
runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=csv)
