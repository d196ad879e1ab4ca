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
#     minutes: 14
#     after: [create-bucket, notebook-instance]
#     timeout: 900
# ---

# %% [markdown]
# # K-Means on digits, with the SDK
#
# Nobody tells the model what a 3 looks like. It gets pictures of handwritten digits without their labels, and
# sorts them into ten heaps of pictures that look alike. Then you find out what is in the heaps. This notebook
# uses the SageMaker Python SDK, version 3. Run the cells from top to bottom, each one once.

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
# Where to work: your region, the workshop's bucket, and a folder in it for this lesson. All that this notebook
# creates has a name that begins with `name`.

# %% name="setup"
import io
import json
import struct
import tarfile
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
prefix = "kmeans-sdk"
name = "smworkshop-kmeans-sdk"

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
# ## Meet the digits
#
# scikit-learn brings real handwritten digits: pictures of 8×8 points, each point a number from 0 (white) to 16
# (black). A row of the table `pictures` is one digit, its 64 points one after the other.

# %% name="digits"
digits = load_digits()
pictures = digits.data.astype("float32")
labels = digits.target
total_rows = len(pictures)

print(total_rows, "pictures of", pictures.shape[1], "points")
figure, axes = plt.subplots(2, 10, figsize=(7, 1.8))
for picture, label, ax in zip(pictures, labels, axes.flat):
    ax.imshow(picture.reshape(8, 8), cmap="gray_r")
    ax.set_title(label, fontsize=9)
    ax.axis("off")
plt.show()

# %% [markdown]
# Shuffle them and put every fifth aside as an exam. The labels are put aside altogether: the training job
# never sees them.

# %% name="split"
order = np.random.default_rng(seed=5).permutation(len(pictures))
test_rows = len(pictures) // 5
test, train = order[:test_rows], order[test_rows:]
train_rows = len(train)

print("to learn from:", train_rows, " for the exam:", test_rows)

# %% [markdown]
# ## Write them as RecordIO-protobuf
#
# The format that all of Amazon's older algorithms understand. RecordIO frames each record: a magic number, the
# record's length, the record, and zeros up to a multiple of four bytes. The record inside is a protobuf
# message: fields, each with a number, a length and its bytes, one in the other like boxes.

# %% name="recordio"
MAGIC = 0xCED7230A


def length(number):
    """A length as protobuf writes it: seven bits a byte, the lowest first."""
    if number < 128:
        return bytes([number])
    return bytes([number % 128 + 128]) + length(number // 128)


def field(number, content):
    """A protobuf field that holds bytes: its number, its length, the bytes."""
    return bytes([number * 8 + 2]) + length(len(content)) + content


def record(values):
    """One row as a protobuf message of the kind Record."""
    numbers = field(1, np.asarray(values, "<f4").tobytes())  # the values
    tensor = field(2, numbers)  # that they are float32
    feature = field(1, b"values") + field(2, tensor)  # a name, and what has it
    return field(1, feature)  # one of the features


def recordio(rows):
    """Rows as a file in the format RecordIO-protobuf."""
    file = b""
    for row in rows:
        content = record(row)
        padding = bytes(-len(content) % 4)
        file += struct.pack("<II", MAGIC, len(content)) + content + padding
    return file


first = recordio(pictures[:1])
print("One picture takes", len(first), "bytes, of which 256 are its 64 points.")
print("magic number:", first[:4].hex(" "))
print("length:      ", first[4:8].hex(" "), "=", len(first) - 8)
print("record:      ", first[8:28].hex(" "), "...")

# %% [markdown]
# ## Upload the digits
#
# The training job reads the file from the bucket.

# %% name="upload"
data = recordio(pictures[train])
s3.put_object(Bucket=bucket, Key=f"{prefix}/train/digits.pbr", Body=data)

print(f"{prefix}/train/digits.pbr: {len(data):,} bytes")

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
# Ten clusters, `k`, because we know that there are ten digits. A row has 64 numbers, `feature_dim`. The job
# runs on a machine of its own, which SageMaker starts for it and shuts down after it.

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

image = image_uris.retrieve("kmeans", region)
protobuf = "application/x-recordio-protobuf"

trainer = ModelTrainer(
    base_job_name=name,
    training_image=image,
    role=role,
    compute=Compute(
        instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5
    ),
    hyperparameters={
        "k": 10,
        "feature_dim": 64,
        "mini_batch_size": 500,
        "epochs": 10,
        "init_method": "kmeans++",
        "extra_center_factor": 10,
    },
    output_data_config=OutputDataConfig(
        s3_output_path=f"s3://{bucket}/{prefix}/output"
    ),
)
channel = InputData(
    channel_name="train",
    data_source=f"s3://{bucket}/{prefix}/train/",
    content_type=protobuf,
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
# The job reports how far the pictures are from the centre of their cluster: the mean of the squared distances,
# `msd`. Smaller is tighter. There is no accuracy, because the job knows no labels.

# %% name="training-metrics" tags=["tolerance-1e-2"]
job = client.describe_training_job(TrainingJobName=job_name)
print("Status:", job["TrainingJobStatus"])
for metric in job["FinalMetricDataList"]:
    if metric["MetricName"] == "train:msd":
        msd = metric["Value"]
        print(f"train:msd: {msd:.0f}")

# %% [markdown]
# ## What did it learn?
#
# The model file is an archive with one file in it, `model_algo-1`: an array of ten rows and 64 columns. A row is
# the *centroid* of a cluster, the picture in the middle of its pictures. The file begins with 64 bytes that tell
# the array's shape.

# %% name="centroids"
def read_centroids(address):
    """The centroids in a model file of K-Means, one a row."""
    key = address.removeprefix(f"s3://{bucket}/")
    archive = io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    with tarfile.open(fileobj=archive) as files:
        content = files.extractfile("model_algo-1").read()
    # MXNet's form: three long numbers, three short ones, then rows and
    # columns, then three short ones about the type.
    rows, columns = struct.unpack_from("<QQQ IiI qq iii", content)[6:8]
    numbers = np.frombuffer(content, "<f4", count=rows * columns, offset=64)
    return numbers.reshape(rows, columns)


model_file = job["ModelArtifacts"]["S3ModelArtifacts"]
centroids = read_centroids(model_file)

print(len(centroids), "centroids of", centroids.shape[1], "points")

# %% [markdown]
# A centroid has 64 points, so it can be looked at.

# %% name="centroid-pictures"
figure, axes = plt.subplots(2, 5, figsize=(7, 3.2))
for number, ax in enumerate(axes.flat):
    ax.imshow(centroids[number].round(1).reshape(8, 8), cmap="gray_r")
    ax.set_title(number, fontsize=11)
    ax.axis("off")
plt.show()

# %% [markdown]
# ## Deploy
#
# Three things make an endpoint: the *model* says which file and which container, the *endpoint configuration*
# says on how many machines of which size, and the *endpoint* is those machines, running. From here on the meter
# runs.

# %% name="deploy"
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant

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
# The exam: the pictures that the job has not seen, in the same format. For each one the endpoint answers which
# centroid is the closest, and how far away it is.

# %% name="predict" tags=["tolerance-1e-2"]
reply = endpoint.invoke(
    body=recordio(pictures[test]), content_type=protobuf, accept="application/json"
)
answers = json.loads(reply.body.read())["predictions"]
clusters = np.array([int(answer["closest_cluster"]) for answer in answers])

print(len(answers), "answers; the first one:")
print("closest cluster:", clusters[0])
print(f"distance: {answers[0]['distance_to_cluster']:.1f}")

# %% [markdown]
# The endpoint keeps no secret: the closest centroid can be found here as well.

# %% name="nearest"
def nearest(centroids, rows):
    """The number of the centroid that is closest to each row."""
    return np.array([((centroids - row) ** 2).sum(axis=1).argmin() for row in rows])


same = (nearest(centroids, pictures[test]) == clusters).mean()

print(f"Found here as the endpoint answered: {same:.0%}")

# %% [markdown]
# ## What is in the clusters?
#
# Now take out the labels. A row is a cluster, a column is a digit: how many of this digit are in this cluster?

# %% name="table"
table = pd.crosstab(clusters, labels[test], rownames=["cluster"], colnames=["digit"])
table

# %% [markdown]
# Name each cluster after the digit that is most common in it.

# %% name="commonest"
summary = pd.DataFrame(
    {
        "commonest digit": table.idxmax(axis=1),
        "pictures": table.sum(axis=1),
        "share": (table.max(axis=1) / table.sum(axis=1)).map("{:.0%}".format),
    }
)
without = sorted(set(range(10)) - set(summary["commonest digit"]))
without_cluster = ", ".join(map(str, without)) or "none"

print("Digits without a cluster of their own:", without_cluster)
summary

# %% [markdown]
# Purity: if every picture is called by the name of its cluster, how many names are right? For comparison, deal
# the same pictures out at random, to heaps of the same sizes.

# %% name="purity"
def purity_of(clusters, labels):
    """The share of rows that carry the commonest label of their cluster."""
    return pd.crosstab(clusters, labels).max(axis=1).sum() / len(labels)


purity = purity_of(clusters, labels[test])
shuffled = np.random.default_rng(seed=5).permutation(clusters)
chance = purity_of(shuffled, labels[test])

print(f"purity:          {purity:.1%}")
print(f"random clusters: {chance:.1%}")

# %% [markdown]
# Which digits are taken for each other? Here is every other digit that is in a cluster at least five times.

# %% name="confused"
mixed = []
for cluster, counts in table.iterrows():
    commonest = counts.idxmax()
    for digit, count in counts.drop(commonest).items():
        if count >= 5:
            mixed.append((count, digit, commonest))
            print(f"cluster {cluster}, of {commonest}s: {count} times a {digit}")
most, most_digit, most_taken_for = max(mixed)

# %% [markdown]
# Some of them: which could you name yourself? Above each picture, its label and the name of its cluster.

# %% name="mistakes"
named = table.idxmax(axis=1)[clusters].to_numpy()
wrong = np.flatnonzero(named != labels[test])[:10]

figure, axes = plt.subplots(2, 5, figsize=(7, 3.2))
for place, ax in zip(wrong, axes.flat):
    ax.imshow(pictures[test][place].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{labels[test][place]} → {named[place]}", fontsize=11)
    ax.axis("off")
plt.show()

# %% [markdown]
# ## Delete
#
# The endpoint costs money for as long as it exists. You have its answers, so it goes, and the other two with it.

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
# ## Exercise: twenty clusters
#
# People write some digits in two ways. Train again with `k` = 20. Does the purity rise? Is the model better? You
# need no endpoint: `read_centroids` and `nearest` do. On AWS the job takes some minutes and costs a cent.

# %% name="exercise"
def train_again(k):
    """Train with `k` clusters, wait for the job to end, and return its centroids."""
    ### BEGIN SOLUTION
    trainer.base_job_name = "smworkshop-kmeans-again"
    trainer.hyperparameters["k"] = k
    trainer.train(input_data_config=[channel], wait=False, logs=False)
    again = trainer._latest_training_job.training_job_name
    training_ended.wait(TrainingJobName=again, WaiterConfig={"Delay": 10})
    artifacts = client.describe_training_job(TrainingJobName=again)["ModelArtifacts"]
    return read_centroids(artifacts["S3ModelArtifacts"])
    ### END SOLUTION


twenty = train_again(20)

# How pure are these clusters? Compare it with `purity`.
### BEGIN SOLUTION
twenty_purity = purity_of(nearest(twenty, pictures[test]), labels[test])

print(f"10 clusters: {purity:.1%}")
print(f"20 clusters: {twenty_purity:.1%}")
### END SOLUTION

# %% name="check-exercise" checks="exercise"
twenty = globals().get("twenty")
assert twenty is not None, (
    "`train_again` returns nothing yet: set the hyperparameter, train, wait for the "
    "job, and return what `read_centroids` reads from its model file."
)
assert np.shape(twenty) == (20, 64), (
    f"These centroids have the shape {np.shape(twenty)}, not (20, 64): "
    'set `trainer.hyperparameters["k"]` before you train, and read the new job\'s file.'
)
print("OK: twenty centroids. Now compare the purity, and say whether they are better.")
