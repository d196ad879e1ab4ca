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
#     minutes: 10
#     after: [create-bucket, notebook-instance]
#     timeout: 900
# ---

# %% [markdown]
# # The ten-minute model
#
# From pictures of handwritten digits to a model that answers over the network, with SageMaker's Linear Learner.
# No step too many. Run the cells from top to bottom, each one once.

# %% [markdown]
# ## Set up
#
# The notebook needs version 3 of the SageMaker Python SDK. This cell says where the notebook runs, and installs
# what is missing. If everything is there, it installs nothing.

# %% name="install"
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

wanted = {
    "sagemaker": "sagemaker>=3.2,<4",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
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
# Where to work: your region, and the workshop's bucket.

# %% name="setup"
import json
import time

import boto3
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role
from sklearn.datasets import load_digits

region = boto3.Session().region_name
assert region, "No region is set: do what module 1 says about your region first."
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "linear"
name = "smworkshop-linear"

client = boto3.client("sagemaker")
s3 = boto3.client("s3")
iam = boto3.client("iam")

print("Region:", region)

# %% [markdown]
# Module 1 made the bucket, and a role that lets SageMaker use it. A notebook instance has a role of its own,
# which does as well. Whatever is missing, because you skipped module 1, this cell makes.

# %% name="bucket-and-role"
try:
    s3.head_bucket(Bucket=bucket)
except ClientError:
    request = {"Bucket": bucket}
    if region != "us-east-1":
        request["CreateBucketConfiguration"] = {"LocationConstraint": region}
    s3.create_bucket(**request)


def make_role():
    """A role that SageMaker may take on, for its own work and the workshop's bucket."""
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    allowed = {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    role_name = "SageMakerWorkshopRole"
    made = iam.create_role(
        RoleName=role_name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [trusted]}
        ),
    )
    iam.attach_role_policy(
        RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    )
    iam.put_role_policy(
        RoleName=role_name,
        PolicyName="WorkshopBucket",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    if "AWS_ENDPOINT_URL" not in os.environ:
        time.sleep(15)  # until a new role is known everywhere at AWS
    return made["Role"]["Arn"]


try:
    role = iam.get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
except ClientError:
    on_sagemaker = Path("/opt/ml/metadata/resource-metadata.json").exists()
    role = get_execution_role() if on_sagemaker else make_role()

print("Bucket and role are ready.")

# %% [markdown]
# ## The data
#
# Handwritten digits, 8×8 points each, from 0 (white) to 16 (black). Shuffle them, and put every fifth aside for
# the exam.

# %% name="digits"
digits = load_digits()
pictures, labels = digits.data.astype(int), digits.target

order = np.random.default_rng(seed=5).permutation(len(pictures))
test_rows = len(pictures) // 5
test, train = order[:test_rows], order[test_rows:]
train_rows = len(train)

print("to learn from:", train_rows, " for the exam:", test_rows)

# %% [markdown]
# ## Upload the digits
#
# Linear Learner reads CSV: no header, the label in the first column.

# %% name="upload"
rows = pd.DataFrame(pictures[train])
rows.insert(0, "label", labels[train])
csv = rows.to_csv(header=False, index=False)
s3.put_object(Bucket=bucket, Key=f"{prefix}/train/digits.csv", Body=csv.encode())

print("One row:", csv.splitlines()[0][:40], "...")

# %% name="check-upload" checks="upload"
listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/train/")
assert listed["KeyCount"], (
    "The training data is not in the bucket yet: "
    'run the cell under "Upload the digits".'
)
print("OK: the training data is in the bucket.")

# %% [markdown]
# ## Train
#
# One answer of ten: that is a `multiclass_classifier`.

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

image = image_uris.retrieve("linear-learner", region)

trainer = ModelTrainer(
    base_job_name=name,
    training_image=image,
    role=role,
    compute=Compute(
        instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5
    ),
    hyperparameters={
        "predictor_type": "multiclass_classifier",
        "num_classes": 10,
        "mini_batch_size": 100,
    },
    output_data_config=OutputDataConfig(
        s3_output_path=f"s3://{bucket}/{prefix}/output"
    ),
)
channel = InputData(
    channel_name="train",
    data_source=f"s3://{bucket}/{prefix}/train/",
    content_type="text/csv",
)
trainer.train(input_data_config=[channel], wait=False, logs=False)
job_name = trainer._latest_training_job.training_job_name

# Ask every ten seconds whether the job has ended.
training_ended = client.get_waiter("training_job_completed_or_stopped")
training_ended.wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})

print("The training job has ended.")

# %% name="check-training" checks="train"
jobs = client.list_training_jobs(NameContains=name, StatusEquals="Completed")
assert jobs["TrainingJobSummaries"], (
    "No training job has completed yet: "
    'run the cell under "Train" and wait until it ends.'
)
print("OK: a training job has completed.")

# %% [markdown]
# ## Deploy
#
# A model, a configuration, an endpoint. From here on the meter runs.

# %% name="deploy"
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant

job = client.describe_training_job(TrainingJobName=job_name)
model_file = job["ModelArtifacts"]["S3ModelArtifacts"]

model = Model.create(
    model_name=job_name,
    primary_container=ContainerDefinition(image=image, model_data_url=model_file),
    execution_role_arn=role,
)
configuration = EndpointConfig.create(
    endpoint_config_name=job_name,
    production_variants=[
        ProductionVariant(
            variant_name="AllTraffic",
            model_name=job_name,
            initial_instance_count=1,
            instance_type="ml.m5.large",
        )
    ],
)
endpoint = Endpoint.create(endpoint_name=job_name, endpoint_config_name=job_name)
in_service = client.get_waiter("endpoint_in_service")
in_service.wait(EndpointName=job_name, WaiterConfig={"Delay": 10})

print("The endpoint is in service.")

# %% name="check-endpoint" checks="deploy"
running = client.list_endpoints(NameContains=name, StatusEquals="InService")
assert running["Endpoints"], (
    "No endpoint is in service yet: "
    'run the cell under "Deploy" and wait about five minutes.'
)
print("OK: the endpoint is in service.")

# %% [markdown]
# ## Predict
#
# All pictures of the exam in one question, and the answer as JSON: of each one the digit, and how sure the model
# is of each of the ten.

# %% name="predict" tags=["tolerance-1e-2"]
question = pd.DataFrame(pictures[test]).to_csv(header=False, index=False)
reply = endpoint.invoke(
    body=question, content_type="text/csv", accept="application/json"
)
answers = json.loads(reply.body.read())["predictions"]
predicted = np.array([int(answer["predicted_label"]) for answer in answers])
scores = np.array([answer["score"] for answer in answers])

print(len(answers), "answers; the first one:")
print("predicted_label:", predicted[0])
print("score:", scores[0].round(2).tolist())

# %% [markdown]
# ## How good is it?
#
# Beside the accuracy stands that of a model that has learned nothing: it always says the digit that was the most
# common in training.

# %% name="accuracy"
accuracy = (predicted == labels[test]).mean()
commonest = int(np.bincount(labels[train]).argmax())
baseline = (labels[test] == commonest).mean()
mistakes = int((predicted != labels[test]).sum())

print(f"accuracy:      {accuracy:.1%}, {mistakes} mistakes")
print(f'always "{commonest}":    {baseline:.1%}')

# %% name="confusion-matrix"
matrix = pd.crosstab(labels[test], predicted).reindex(
    index=range(10), columns=range(10), fill_value=0
)

figure, axes = plt.subplots(figsize=(5, 4.6))
axes.imshow(np.log1p(matrix), cmap="Blues")
for row in range(10):
    for column in range(10):
        count = matrix.loc[row, column]
        if count:
            color = "white" if count > 5 else "black"
            axes.text(column, row, count, ha="center", va="center", color=color)
axes.set_xticks(range(10))
axes.set_yticks(range(10))
axes.set_xlabel("what the model said")
axes.set_ylabel("what was written")
plt.show()

# %% [markdown]
# ## Delete
#
# The endpoint costs money for as long as it exists, so it goes, and the other two with it.

# %% name="delete"
endpoint.delete()
deleted = client.get_waiter("endpoint_deleted")
deleted.wait(EndpointName=job_name, WaiterConfig={"Delay": 10})
configuration.delete()
model.delete()

print("Deleted.")

# %% name="check-deleted" checks="delete"
endpoints = client.list_endpoints(NameContains=name)["Endpoints"]
configurations = client.list_endpoint_configs(NameContains=name)
models = client.list_models(NameContains=name)["Models"]
left = [each["EndpointName"] for each in endpoints]
left += [each["EndpointConfigName"] for each in configurations["EndpointConfigs"]]
left += [each["ModelName"] for each in models if name in each["ModelName"]]
assert not left, (
    f"{len(left)} things are not deleted yet, one is {left[0]}: "
    'run the cell under "Delete". If an earlier attempt left it, '
    'use the page "Clean up".'
)
print("OK: endpoint, configuration and model are gone.")

# %% [markdown]
# ## Exercise: let it say "I don't know"
#
# A model that sorts letters may hand over to a person what it is not sure of. Take only the answers whose highest
# score is at least 0.99. How many are left, and how often are they right?

# %% name="exercise"
def sure_of(scores, least):
    """For each row of scores: True if the highest one is at least `least`."""
    ### BEGIN SOLUTION
    return scores.max(axis=1) >= least
    ### END SOLUTION


sure = sure_of(scores, 0.99)

# How many are left, and how often are they right?
### BEGIN SOLUTION
sure_share = sure.mean()
sure_accuracy = (predicted[sure] == labels[test][sure]).mean()

print(f"sure of {sure_share:.0%} of the pictures; of these, {sure_accuracy:.1%} right")
### END SOLUTION

# %% name="check-exercise" checks="exercise"
three = np.array([[0.5, 0.5], [0.003, 0.997], [0.99, 0.01]])
answer = sure_of(three, 0.99) if "sure_of" in globals() else None
assert answer is not None, (
    "`sure_of` returns nothing yet: take the highest score of each row, "
    "and return whether it is at least `least`."
)
assert np.shape(answer) == (3,), (
    f"For three rows, `sure_of` returns the shape {np.shape(answer)}, not (3,): "
    "take the highest score of each row, `scores.max(axis=1)`."
)
assert not answer[0], "A row of 0.5 and 0.5 is not sure: compare with `least`."
assert answer[1], "A row with 0.997 is sure: look at all its scores, not at the first."
assert answer[2], "A row with exactly 0.99 is sure: *at least* is `>=`, not `>`."
### BEGIN HIDDEN TESTS
assert list(sure_of(three, 0.4)) == [True, True, True], (
    "With 0.4 all three rows are sure: use `least`, not 0.99, in the function."
)
### END HIDDEN TESTS
print("OK: the function finds the answers that the model is sure of.")
