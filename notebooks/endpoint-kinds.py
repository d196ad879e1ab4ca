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
#     minutes: 35
#     after: [create-bucket, notebook-instance]
#     timeout: 1800
# ---

# %% [markdown]
# # Four ways to ask a model
#
# One small model, served in four ways: by a real-time endpoint, a serverless one, an asynchronous one, and a
# batch transform job. All four get the same rows and give the same answers. What differs is the waiting, and
# the bill. Run the cells from top to bottom, each one once.

# %% [markdown]
# ## Set up
#
# The first cell says where the notebook runs, and installs what is missing.

# %% name="install"
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

wanted = {
    "sagemaker": "sagemaker>=3.2,<4",
    "pandas": "pandas",
    "scikit-learn": "scikit-learn",
}


def major(package):
    """The first number of an installed package's version; empty if it is not there."""
    try:
        return version(package).partition(".")[0]
    except PackageNotFoundError:
        return ""


def missing():
    """What is not there; of the SageMaker Python SDK, only version 3 will do."""
    return [
        name
        for name in wanted
        if not major(name) or (name == "sagemaker" and major(name) != "3")
    ]


if "AWS_ENDPOINT_URL" in os.environ:
    place = "your computer, against the local sandbox"
elif Path("/opt/ml/metadata/resource-metadata.json").exists():
    place = "SageMaker"
else:
    place = "your computer, against AWS"

print(f"This notebook runs on {place}.")
print("SageMaker Python SDK: needs version 3, has", major("sagemaker") or "none")

if missing():
    size = "about 1 GB, a few minutes" if "sagemaker" in missing() else "a minute"
    print(f"Installing {', '.join(missing())}: {size}, only this once ...")
    requirements = " ".join(f'"{wanted[name]}"' for name in missing())
    get_ipython().run_line_magic("pip", f"install --quiet {requirements}")
    assert not missing(), (
        f"pip could not install {', '.join(missing())}: read what it says above. "
        "It needs a network, and Python 3.10 or newer."
    )
    print("Installed. If a cell below cannot import something, choose")
    print("Kernel > Restart Kernel, and begin again at this cell.")
else:
    print("Everything is here; nothing to install.")

# %% [markdown]
# Where to work: your region, the workshop's bucket, and a name that everything here begins with.

# %% name="setup"
import json
import time
from datetime import datetime, timezone

import boto3
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-kinds"
started = datetime.now(timezone.utc)

client = boto3.client("sagemaker")
s3 = boto3.client("s3")
iam = boto3.client("iam")

print("Region:", region)

# %% [markdown]
# The bucket and the role of module 1. Whatever is missing, this cell makes.

# %% name="bucket-and-role"
try:
    s3.head_bucket(Bucket=bucket)
except ClientError:
    constraint = {"LocationConstraint": region}
    elsewhere = region != "us-east-1"
    place = {"CreateBucketConfiguration": constraint} if elsewhere else {}
    s3.create_bucket(Bucket=bucket, **place)


def make_role():
    """A role that SageMaker may take on, for SageMaker and the workshop's bucket."""
    name = "SageMakerWorkshopRole"
    full_access = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    service = {"Service": "sagemaker.amazonaws.com"}
    trusted = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": resources}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [each]})
        for each in (trusted, allowed)
    )
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName=name, PolicyArn=full_access)
    iam.put_role_policy(
        RoleName=name, PolicyName="WorkshopBucket", PolicyDocument=policy
    )
    time.sleep(10)  # a new role can be used after some seconds
    return made["Role"]["Arn"]


try:
    role = iam.get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
except ClientError:
    on_instance = Path("/opt/ml/metadata/resource-metadata.json").exists()
    role = get_execution_role() if on_instance else make_role()

print("Bucket and role are ready.")

# %% [markdown]
# ## One model
#
# Real measurements from 569 patients' samples, which scikit-learn ships. The label is 1 for a malignant
# tumour. Forty rows are kept apart: those are the questions.

# %% name="data"
from sklearn.datasets import load_breast_cancer

loaded = load_breast_cancer(as_frame=True)
table = loaded.data.copy()
table.insert(0, "malignant", 1 - loaded.target)
table = table.sample(frac=1, random_state=3)

train, test = table[:-40], table[-40:]
questions = test.drop(columns="malignant").to_csv(header=False, index=False)
actual = test["malignant"].to_numpy()

train_csv = train.to_csv(header=False, index=False)
s3.put_object(Bucket=bucket, Key=f"{prefix}/train/train.csv", Body=train_csv.encode())

print(len(train), "rows to learn from,", len(test), "rows to ask about")

# %% [markdown]
# Train XGBoost, as in module 2.

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

image = image_uris.retrieve("xgboost", region, version="3.0-5")

trainer = ModelTrainer(
    base_job_name=prefix,
    training_image=image,
    role=role,
    compute=Compute(
        instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5
    ),
    hyperparameters={
        "objective": "binary:logistic",
        "num_round": 20,
        "max_depth": 3,
        "seed": 3,
    },
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}/model"),
)
where = f"s3://{bucket}/{prefix}/train/"
rows = InputData(channel_name="train", data_source=where, content_type="text/csv")
trainer.train(input_data_config=[rows], wait=False, logs=False)

job_name = trainer._latest_training_job.training_job_name
waiter = client.get_waiter("training_job_completed_or_stopped")
waiter.wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})
job = client.describe_training_job(TrainingJobName=job_name)

print("Training job:", job["TrainingJobStatus"])

# %% [markdown]
# ### Check your work
#
# Is there a completed training job, and a model file?

# %% name="check-train" checks="train"
jobs = client.list_training_jobs(
    NameContains=prefix, StatusEquals="Completed", CreationTimeAfter=started
)
assert jobs["TrainingJobSummaries"], (
    'There is no trained model yet: run the cell that says "trainer.train".'
)
print("OK: the model is trained.")

# %% [markdown]
# A *model* in SageMaker's sense: which file, which container. All four ways share this one.

# %% name="create-model"
client.create_model(
    ModelName=job_name,
    PrimaryContainer={
        "Image": image,
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
    },
    ExecutionRoleArn=role,
)

print("The model is created. It costs nothing.")

# %% name="check-model" checks="create-model"
models = client.list_models(NameContains=prefix)["Models"]
ours = [each for each in models if each["ModelName"].startswith(prefix)]
assert ours, 'There is no model yet: run the cell that says "create_model".'
print("OK: the model is there.")

# %% [markdown]
# ## Real time
#
# A machine that is always on. It answers at once, and costs the same whether anybody asks.

# %% name="real-time"
runtime = boto3.client("sagemaker-runtime")
in_service = client.get_waiter("endpoint_in_service")
real_time_name = f"{job_name}-real-time"

client.create_endpoint_config(
    EndpointConfigName=real_time_name,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": job_name,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
    ],
)
client.create_endpoint(
    EndpointName=real_time_name, EndpointConfigName=real_time_name
)
in_service.wait(EndpointName=real_time_name, WaiterConfig={"Delay": 10})

print("The real-time endpoint is in service.")

# %% [markdown]
# The question goes in the request, the answer comes in the reply.

# %% name="ask-real-time"
answers = {}
csv = {"ContentType": "text/csv", "Accept": "text/csv"}


def numbers(body):
    """The probabilities in an answer in CSV, whether by lines or by commas."""
    return np.array(body.decode().replace("\n", ",").strip(",").split(","), dtype=float)


reply = runtime.invoke_endpoint(EndpointName=real_time_name, Body=questions, **csv)
answers["real time"] = numbers(reply["Body"].read())

print("The first three:", answers["real time"][:3].round(2).tolist())

# %% name="check-real-time" checks="real-time"
found = client.list_endpoints(NameContains="-real-time", StatusEquals="InService")
ours = [each for each in found["Endpoints"] if each["EndpointName"].startswith(prefix)]
assert ours, (
    "There is no real-time endpoint in service yet:"
    ' run the cell that makes "real_time_name" and wait for it.'
)
print("OK: the real-time endpoint is in service.")

# %% [markdown]
# ## Serverless
#
# The same model and the same question, but no machine to choose: only how much memory, and how many requests
# at once. Nothing runs until somebody asks.

# %% name="serverless"
serverless_name = f"{job_name}-serverless"

client.create_endpoint_config(
    EndpointConfigName=serverless_name,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": job_name,
            "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
        }
    ],
)
client.create_endpoint(
    EndpointName=serverless_name, EndpointConfigName=serverless_name
)
in_service.wait(EndpointName=serverless_name, WaiterConfig={"Delay": 10})

print("The serverless endpoint is in service.")

# %% name="ask-serverless"
reply = runtime.invoke_endpoint(EndpointName=serverless_name, Body=questions, **csv)
answers["serverless"] = numbers(reply["Body"].read())

print("The first three:", answers["serverless"][:3].round(2).tolist())

# %% name="check-serverless" checks="serverless"
found = client.list_endpoints(NameContains="-serverless", StatusEquals="InService")
ours = [each for each in found["Endpoints"] if each["EndpointName"].startswith(prefix)]
assert ours, (
    "There is no serverless endpoint in service yet:"
    ' run the cell that makes "serverless_name" and wait for it.'
)
print("OK: the serverless endpoint is in service.")

# %% [markdown]
# ## Asynchronous
#
# Questions are files in S3, and so are the answers: the request only says where. The endpoint has a queue
# before it, so it may be busy, or even have no machine at all for a while.

# %% name="asynchronous"
async_name = f"{job_name}-async"

client.create_endpoint_config(
    EndpointConfigName=async_name,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": job_name,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
    ],
    AsyncInferenceConfig={
        "OutputConfig": {
            "S3OutputPath": f"s3://{bucket}/{prefix}/answers",
            "S3FailurePath": f"s3://{bucket}/{prefix}/failures",
        }
    },
)
client.create_endpoint(EndpointName=async_name, EndpointConfigName=async_name)
in_service.wait(EndpointName=async_name, WaiterConfig={"Delay": 10})

print("The asynchronous endpoint is in service.")

# %% [markdown]
# The reply comes at once, and says where the answer will be. Then wait until that file is there.

# %% name="ask-asynchronous"
question_key = f"{prefix}/questions/rows.csv"
s3.put_object(Bucket=bucket, Key=question_key, Body=questions.encode())

reply = runtime.invoke_endpoint_async(
    EndpointName=async_name, InputLocation=f"s3://{bucket}/{question_key}", **csv
)
answer_key = reply["OutputLocation"].removeprefix(f"s3://{bucket}/")
s3.get_waiter("object_exists").wait(
    Bucket=bucket, Key=answer_key, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
answer = s3.get_object(Bucket=bucket, Key=answer_key)["Body"].read()
answers["asynchronous"] = numbers(answer)

print("The first three:", answers["asynchronous"][:3].round(2).tolist())

# %% name="check-asynchronous" checks="asynchronous"
found = client.list_endpoints(NameContains="-async", StatusEquals="InService")
ours = [each for each in found["Endpoints"] if each["EndpointName"].startswith(prefix)]
assert ours, (
    "There is no asynchronous endpoint in service yet:"
    ' run the cell that makes "async_name" and wait for it.'
)
print("OK: the asynchronous endpoint is in service.")

# %% [markdown]
# ### Down to zero machines
#
# Out of the box it keeps its one machine, and bills for it. Two things let it go down to zero: a *scalable
# target* that allows it, and a *policy* that says when. This one follows the number of questions that wait.

# %% name="scale-to-zero"
scaling = boto3.client("application-autoscaling")
target = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{async_name}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=1)
scaling.put_scaling_policy(
    **target,
    PolicyName="smworkshop-backlog",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 5.0,
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName", "Value": async_name}],
            "Statistic": "Average",
        },
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 60,
    },
)
registered = scaling.describe_scalable_targets(
    ServiceNamespace="sagemaker", ResourceIds=[target["ResourceId"]]
)["ScalableTargets"][0]

print("Machines at least:", registered["MinCapacity"])
print("Machines at most: ", registered["MaxCapacity"])

# %% [markdown]
# ## Batch transform
#
# No endpoint at all: a job that starts a machine, answers every row of a file, and shuts the machine down.

# %% name="batch"
client.create_transform_job(
    TransformJobName=job_name,
    ModelName=job_name,
    TransformInput={
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": f"s3://{bucket}/{question_key}",
            }
        },
        "ContentType": "text/csv",
        "SplitType": "Line",
    },
    TransformOutput={
        "S3OutputPath": f"s3://{bucket}/{prefix}/batch",
        "Accept": "text/csv",
        "AssembleWith": "Line",
    },
    TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
)
waiter = client.get_waiter("transform_job_completed_or_stopped")
waiter.wait(TransformJobName=job_name, WaiterConfig={"Delay": 10})

answer = s3.get_object(Bucket=bucket, Key=f"{prefix}/batch/rows.csv.out")["Body"].read()
answers["batch transform"] = numbers(answer)

print("The first three:", answers["batch transform"][:3].round(2).tolist())

# %% name="check-batch" checks="batch"
jobs = client.list_transform_jobs(
    NameContains=prefix, StatusEquals="Completed", CreationTimeAfter=started
)
assert jobs["TransformJobSummaries"], (
    "There is no completed transform job yet:"
    ' run the cell that says "create_transform_job".'
)
print("OK: the transform job has answered.")

# %% [markdown]
# ## Side by side
#
# Four ways, one model: how far apart are the answers, and how many are right?

# %% name="compare"
first = answers["real time"]
comparison = pd.DataFrame(
    {
        name: {
            "rows": len(given),
            "furthest from real time": f"{np.abs(given - first).max():.4f}",
            "right": f"{((given >= 0.5) == actual).mean():.1%}",
        }
        for name, given in answers.items()
    }
).T

comparison

# %% [markdown]
# ## Limits
#
# How large may a question be, and how long may the answer take? boto3 knows much of it: it checks requests
# against a description of the service, and that can be read.

# %% name="limits"
service = runtime.meta.service_model
ask = service.operation_model("InvokeEndpoint").input_shape.members
ask_later = service.operation_model("InvokeEndpointAsync").input_shape.members
shape_for = client.meta.service_model.shape_for

real_time_mb = ask["Body"].metadata["max"] // 2**20
memory = shape_for("ServerlessMemorySizeInMB").metadata
smallest_memory, largest_memory = memory["min"], memory["max"]
async_minutes = ask_later["InvocationTimeoutSeconds"].metadata["max"] // 60
batch_minutes = shape_for("InvocationsTimeoutInSeconds").metadata["max"] // 60

print(f"real time:       {real_time_mb} MB in one request")
print(f"serverless:      {smallest_memory} to {largest_memory} MB of memory")
print(f"asynchronous:    {async_minutes} minutes for one answer")
print(f"batch transform: {batch_minutes} minutes for one answer")

# %% [markdown]
# ## Exercise
#
# Ask the asynchronous endpoint about the first five rows only, and read the answer from S3.

# %% name="solution"
five_key = f"{prefix}/questions/five.csv"
five_rows = "\n".join(questions.splitlines()[:5])
s3.put_object(Bucket=bucket, Key=five_key, Body=five_rows.encode())

reply = runtime.invoke_endpoint_async(
    EndpointName=async_name, InputLocation=f"s3://{bucket}/{five_key}", **csv
)
five_answer_key = reply["OutputLocation"].removeprefix(f"s3://{bucket}/")
s3.get_waiter("object_exists").wait(
    Bucket=bucket, Key=five_answer_key, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
answer = s3.get_object(Bucket=bucket, Key=five_answer_key)["Body"].read()

print("Five answers:", numbers(answer).round(2).tolist())

# %% [markdown]
# ## Two errors, on purpose
#
# An asynchronous endpoint does not answer a question that wants its answer at once.

# %% name="wrong-kind" tags=["raises-exception"]
runtime.invoke_endpoint(EndpointName=async_name, Body=questions, **csv)

# %% [markdown]
# And this model takes CSV, not plain text.

# %% name="wrong-format" tags=["raises-exception"]
runtime.invoke_endpoint(
    EndpointName=real_time_name, Body=questions, ContentType="text/plain"
)

# %% [markdown]
# ## Delete everything
#
# Two of the endpoints bill until they are gone. The scalable target goes with its endpoint's name.

# %% name="delete"
scaling.deregister_scalable_target(**target)
for name in (real_time_name, serverless_name, async_name):
    if client.list_endpoints(NameContains=name)["Endpoints"]:
        client.delete_endpoint(EndpointName=name)
    client.delete_endpoint_config(EndpointConfigName=name)
client.delete_model(ModelName=job_name)
for name in (real_time_name, serverless_name, async_name):
    waiter = client.get_waiter("endpoint_deleted")
    waiter.wait(EndpointName=name, WaiterConfig={"Delay": 10})

print("Deleted.")

# %% [markdown]
# ### Check your work
#
# Ask SageMaker for whatever bears this lesson's name.

# %% name="check-deleted" checks="delete"
left = [
    each["EndpointName"]
    for each in client.list_endpoints(NameContains=prefix)["Endpoints"]
]
left += [
    each["EndpointConfigName"]
    for each in client.list_endpoint_configs(NameContains=prefix)["EndpointConfigs"]
]
models = client.list_models(NameContains=prefix)["Models"]
left += [each["ModelName"] for each in models]
left = [name for name in left if name.startswith(prefix)]
assert not left, (
    f'There is still {", ".join(left)}: run the cell below "Delete everything". '
    'If an earlier attempt left it, use the page "Clean up".'
)
print("OK: no endpoint, no configuration and no model is left.")
