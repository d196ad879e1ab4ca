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
#     minutes: 18
#     after: [create-bucket, notebook-instance]
#     timeout: 1200
# ---

# %% [markdown]
# # Two machines learn to read digits
#
# You write a training script with TensorFlow, run it on two machines that work on one model, read in their logs
# what they did, and let the model read digits. Run the cells from top to bottom, each one once.

# %% [markdown]
# ## Set up
#
# The first cell finds out where it runs, and installs only what is missing.

# %% name="install"
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

wanted = {
    "sagemaker": "sagemaker>=3.2,<4",
    "scikit-learn": "scikit-learn",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
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
# Where to work: your region, the workshop's bucket, and a prefix for all that this lesson makes. The session
# tells the SDK to put your script into that bucket too; by default it would make one of its own.

# %% name="setup"
import json
import time

import boto3
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError, WaiterError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import Session, get_execution_role

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-digits"

client = boto3.client("sagemaker")
s3 = boto3.client("s3")
logs = boto3.client("logs")
iam = boto3.client("iam")
session = Session(default_bucket=bucket)

print("Region:", region)

# %% [markdown]
# The bucket and the role of module 1. Whatever is missing, because you skipped module 1, this cell makes.

# %% name="bucket-and-role"
try:
    s3.head_bucket(Bucket=bucket)
except ClientError:
    where = {"LocationConstraint": region}
    choice = {} if region == "us-east-1" else {"CreateBucketConfiguration": where}
    s3.create_bucket(Bucket=bucket, **choice)


def make_role():
    """A role that SageMaker may take on, for SageMaker and the workshop's bucket."""
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trusted["Principal"] = {"Service": "sagemaker.amazonaws.com"}
    allowed = {"Effect": "Allow", "Action": "s3:*"}
    allowed["Resource"] = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    name = "SageMakerWorkshopRole"
    full_access = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName=name, PolicyArn=full_access)
    iam.put_role_policy(
        RoleName=name, PolicyName="WorkshopBucket", PolicyDocument=policy
    )
    if "AWS_ENDPOINT_URL" not in os.environ:
        time.sleep(15)  # until all of AWS knows the new role
    return made["Role"]["Arn"]


try:
    role = iam.get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
except ClientError:
    role = get_execution_role() if place == "SageMaker" else make_role()

print("Bucket and role are ready.")

# %% [markdown]
# ## Meet the digits
#
# scikit-learn brings 1,797 real handwritten digits along, so nothing has to be downloaded. Each is a picture of
# 8 by 8 pixels; a pixel is a number from 0, nothing written, to 16, all ink.

# %% name="explore"
from sklearn.datasets import load_digits

digits = load_digits()
print(len(digits.target), "digits of", digits.images[0].shape, "pixels")

figure, places = plt.subplots(1, 10, figsize=(8, 1.2))
for axes, picture, label in zip(places, digits.images, digits.target):
    axes.imshow(picture, cmap="gray_r")
    axes.set_title(label)
    axes.axis("off")
plt.show()

# %% [markdown]
# ## Deal them out
#
# Shuffle them. The first 1,400 are to learn from, in four files; the others are the exam. A line of a file is
# a digit: its label, then its 64 pixels.

# %% name="split"
rows = np.column_stack([digits.target, digits.data]).astype(int)
rows = rows[np.random.default_rng(seed=7).permutation(len(rows))]

train_rows = 1400
files = 4
shards = np.split(rows[:train_rows], files)
test = rows[train_rows:]
test_rows = len(test)

print([len(shard) for shard in shards], "digits to learn from,", test_rows, "to test")

# %% [markdown]
# ## Upload

# %% name="upload"
parts = {f"train/part-{number}.csv": shard for number, shard in enumerate(shards)}
parts["test/test.csv"] = test

for name, part in parts.items():
    lines = [",".join(str(number) for number in row) for row in part]
    s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body="\n".join(lines))
    print(f"{prefix}/{name}: {len(lines)} digits")

# %% [markdown]
# Check your work: the five files are in the bucket.

# %% name="check-upload" checks="upload"
listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/")
found = [each["Key"] for each in listed.get("Contents", [])]
there = sum(key.endswith(".csv") for key in found)
assert there == 5, (
    f"{there} of 5 files are in the bucket: "
    'run the cell that uploads them, under "Upload".'
)
print("OK: all five files are in the bucket.")

# %% [markdown]
# ## Write the training script
#
# The next cell does not run its code here: `%%writefile` writes it into a file. The two machines will run it,
# both the same file. The script asks its surroundings which of them it is on.

# %% name="folder"
Path("digits-code").mkdir(exist_ok=True)

# %% name="script"
%%writefile digits-code/train.py
import argparse
import json
import os
import random
from pathlib import Path

# Who am I, and who else is there? SageMaker answers in two variables.
hosts = json.loads(os.environ["SM_HOSTS"])
me = os.environ["SM_CURRENT_HOST"]
rank = hosts.index(me)

# TensorFlow wants to know the same, in a variable of its own, before it starts. Any
# free port does; it is drawn by the job's name, so all hosts draw the same.
port = random.Random(os.environ["TRAINING_JOB_NAME"]).randrange(20_000, 30_000)
workers = [f"{host}:{port + number}" for number, host in enumerate(hosts)]
task = {"type": "worker", "index": rank}
os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": workers}, "task": task})

import numpy as np
import tensorflow as tf

# Hyperparameters arrive as arguments on the command line.
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--batch_size", type=int, default=50)
parser.add_argument("--learning_rate", type=float, default=0.005)
options, others = parser.parse_known_args()


def say(*words):
    """Print a line at once, with the name of this host before it."""
    print(f"[{me}]", *words, flush=True)


def read(channel):
    """The digits of a channel: pictures, with pixels from 0 to 1, and labels."""
    folder = Path(os.environ[f"SM_CHANNEL_{channel.upper()}"])
    files = sorted(folder.glob("*.csv"))
    rows = np.concatenate([np.loadtxt(file, delimiter=",") for file in files])
    say(channel, "files:", len(files), "digits:", len(rows))
    pictures = rows[:, 1:].reshape(-1, 8, 8, 1) / 16
    return pictures.astype("float32"), rows[:, 0].astype("int64")


def build():
    """A small convolutional network. It answers ten scores, one for each digit."""
    return tf.keras.Sequential(
        [
            tf.keras.Input((8, 8, 1)),
            tf.keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            tf.keras.layers.Conv2D(64, 3, activation="relu"),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(10),
        ]
    )


# Here the hosts find each other. What is made in the strategy's scope exists on every
# host, begins with the same numbers everywhere, and is kept the same.
strategy = tf.distribute.MultiWorkerMirroredStrategy()
say("rank:", rank, "hosts:", strategy.num_replicas_in_sync)
tf.keras.utils.set_random_seed(7)
with strategy.scope():
    model = build()
    optimizer = tf.keras.optimizers.Adam(options.learning_rate)
    optimizer.build(model.trainable_variables)

pictures, labels = read("train")
steps = len(labels) // options.batch_size
batch_of_all = options.batch_size * len(hosts)


def my_batches(context):
    """The digits of this host, shuffled in each epoch, in batches."""
    rows = tf.data.Dataset.from_tensor_slices((pictures, labels))
    return rows.shuffle(len(labels), seed=7).repeat().batch(options.batch_size)


batches = iter(strategy.distribute_datasets_from_function(my_batches))


def learn(pictures, labels):
    """One step on one host: guess, measure the mistake, correct the network."""
    with tf.GradientTape() as tape:
        scores = model(pictures, training=True)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
        loss = tf.reduce_sum(losses) / batch_of_all
    gradients = tape.gradient(loss, model.trainable_variables)
    # The optimizer adds up the gradients of all hosts before it uses them.
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


@tf.function
def step(batch):
    """One step on all hosts at once; the loss is the sum of their parts."""
    parts = strategy.run(learn, args=batch)
    return strategy.reduce(tf.distribute.ReduceOp.SUM, parts, axis=None)


for epoch in range(1, options.epochs + 1):
    loss = np.mean([step(next(batches)).numpy() for number in range(steps)])
    say(f"epoch: {epoch} steps: {steps} loss: {loss:.4f}")

weights = model.get_weights()
count = sum(each.size for each in weights)
total = sum(each.sum() for each in weights)
say(f"parameters: {count} sum: {total:.4f}")

# All hosts have the same model now, so one of them, the chief, saves it.
if rank == 0:
    pictures, labels = read("test")
    alone = build()
    alone.set_weights(weights)
    right = alone(pictures).numpy().argmax(axis=1) == labels
    say(f"test accuracy: {right.mean():.4f}")
    alone.export(os.environ["SM_MODEL_DIR"] + "/1")
    say("model saved")


@tf.function
def meet():
    """Wait for all hosts; return how many came."""
    ones = strategy.run(lambda: tf.constant(1))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, ones, axis=None)


# If a host left while another still worked, that one would call it crashed.
say("done, like all hosts:", int(meet()))

# %% [markdown]
# Check your work: the file is there, and it is Python.

# %% name="check-script" checks="folder, script"
file = Path("digits-code/train.py")
assert file.exists(), (
    "There is no digits-code/train.py: "
    'run both cells under "Write the training script".'
)
compile(file.read_text(), file.name, "exec")
print("OK: the script is written.")

# %% [markdown]
# ## Train on two machines
#
# The training files are *sharded*: each machine gets its share of them. The test file is *replicated*: each
# machine gets it whole.

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig, S3DataSource
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode

machine = "ml.m5.large"
tensorflow = "2.19"
training_image = image_uris.retrieve(
    "tensorflow",
    region,
    version=tensorflow,
    image_scope="training",
    instance_type=machine,
)


def channel(name, distribution):
    """A folder of the bucket, and how it is dealt out to the machines."""
    source = S3DataSource(
        s3_data_type="S3Prefix",
        s3_uri=f"s3://{bucket}/{prefix}/{name}/",
        s3_data_distribution_type=distribution,
    )
    return InputData(channel_name=name, data_source=source)


def start_training(name, machines, batch_size):
    """Start the script on so many machines; return the job's name."""
    trainer = ModelTrainer(
        base_job_name=name,
        training_image=training_image,
        source_code=SourceCode(source_dir="digits-code", entry_script="train.py"),
        compute=Compute(
            instance_type=machine, instance_count=machines, volume_size_in_gb=10
        ),
        hyperparameters={"epochs": 10, "batch_size": batch_size},
        output_data_config=OutputDataConfig(
            s3_output_path=f"s3://{bucket}/{prefix}/output"
        ),
        role=role,
        sagemaker_session=session,
    )
    trainer.train(
        input_data_config=[
            channel("train", "ShardedByS3Key"),
            channel("test", "FullyReplicated"),
        ],
        wait=False,
        logs=False,
    )
    return trainer._latest_training_job.training_job_name


def messages_of(job_name):
    """What each host wrote into its log: a list of lines by the host's name."""
    streams = logs.describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{job_name}/"
    )["logStreams"]
    said = {}
    for stream in streams:
        name = stream["logStreamName"]
        host = name.partition("/")[2][: len("algo-1")]
        events = logs.get_log_events(
            logGroupName="/aws/sagemaker/TrainingJobs",
            logStreamName=name,
            startFromHead=True,
        )["events"]
        said[host] = [event["message"].strip() for event in events]
    return said


def wait_for(job_name):
    """Ask every ten seconds whether the job has ended; return what is known of it."""
    waiter = client.get_waiter("training_job_completed_or_stopped")
    try:
        waiter.wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})
    except WaiterError:
        for host, messages in messages_of(job_name).items():
            print("The last lines of", host, *messages[-20:], sep="\n")
        raise
    return client.describe_training_job(TrainingJobName=job_name)


job_name = start_training("smworkshop-digits", machines=2, batch_size=50)
job = wait_for(job_name)

print("Status:", job["TrainingJobStatus"])

# %% [markdown]
# Check your work: the newest job of this lesson is complete.

# %% name="check-training" checks="train"
jobs = client.list_training_jobs(
    NameContains="smworkshop-digits", SortBy="CreationTime", SortOrder="Descending"
)["TrainingJobSummaries"]
assert jobs, "There is no training job yet: run the cell that trains on two machines."
status = jobs[0]["TrainingJobStatus"]
assert status == "Completed", (
    f"The training job is {status}: wait, or read its failure reason and train again."
)
print("OK: the training job is complete.")

# %% [markdown]
# ## What the cluster did
#
# Each machine writes a log stream of its own. From both, the lines that the script wrote with `say`:

# %% name="logs" tags=["varies"]
def lines_of(job_name):
    """The lines that the script said, without those of TensorFlow and SageMaker."""
    return {
        host: [line for line in messages if line.startswith(f"[{host}]")]
        for host, messages in messages_of(job_name).items()
    }


def all_lines_of(job_name, hosts):
    """The same, when the last line of all hosts has come: logs may be late."""
    for attempt in range(30):
        said = lines_of(job_name)
        if sum("done" in lines[-1] for lines in said.values() if lines) == hosts:
            return said
        time.sleep(2)
    raise TimeoutError("The logs are not complete: run this cell again.")


said = all_lines_of(job_name, hosts=2)
for host in sorted(said):
    print("Log stream of", host)
    for line in said[host][:3] + ["..."] + said[host][-2:]:
        print("   ", line)

# %% [markdown]
# The loss after each epoch, as each host told it:

# %% name="losses" tags=["tolerance-2e-1"]
import re


def losses_of(lines):
    """The loss after each epoch."""
    found = [re.search(r"epoch: (\d+) .* loss: (\S+)", line) for line in lines]
    return {int(each[1]): round(float(each[2]), 2) for each in found if each}


losses = pd.DataFrame({host: losses_of(said[host]) for host in sorted(said)})
losses.index.name = "epoch"
losses

# %% [markdown]
# Two hosts learned from different digits. Is it still one model?

# %% name="same-model"
def number_after(word, lines):
    """The last number that stands behind this word."""
    found = [re.search(rf"{word}: (\S+)", line) for line in lines]
    return [each[1] for each in found if each][-1]


sums = {host: number_after("sum", lines) for host, lines in said.items()}
parameters = int(number_after("parameters", said["algo-1"]))
same_losses = bool((losses["algo-1"] == losses["algo-2"]).all())
same_parameters = sums["algo-1"] == sums["algo-2"]

print("Same loss on both hosts in each epoch:", same_losses)
print(f"Same sum of all {parameters:,} parameters:", same_parameters)

# %% [markdown]
# ## Deploy
#
# Another image serves what TensorFlow saved: TensorFlow Serving, of the same version.

# %% name="deploy"
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant

serving_image = image_uris.retrieve(
    "tensorflow",
    region,
    version=tensorflow,
    image_scope="inference",
    instance_type=machine,
)
model = Model.create(
    model_name=job_name,
    primary_container=ContainerDefinition(
        image=serving_image,
        model_data_url=job["ModelArtifacts"]["S3ModelArtifacts"],
    ),
    execution_role_arn=role,
)
configuration = EndpointConfig.create(
    endpoint_config_name=job_name,
    production_variants=[
        ProductionVariant(
            variant_name="AllTraffic",
            model_name=job_name,
            initial_instance_count=1,
            instance_type=machine,
        )
    ],
)
endpoint = Endpoint.create(endpoint_name=job_name, endpoint_config_name=job_name)
client.get_waiter("endpoint_in_service").wait(
    EndpointName=job_name, WaiterConfig={"Delay": 10}
)

print("The endpoint is in service.")

# %% [markdown]
# Check your work: an endpoint of this lesson is in service.

# %% name="check-endpoint" checks="deploy"
running = client.list_endpoints(NameContains="smworkshop-digits")["Endpoints"]
states = [each["EndpointStatus"] for each in running]
assert "InService" in states, (
    "No endpoint of this lesson is in service: "
    'run the cell under "Deploy", and wait until it ends.'
)
print("OK: the endpoint is in service.")

# %% [markdown]
# ## Predict
#
# The exam: the test digits, without their labels, pixels from 0 to 1 as in training. For each digit the
# endpoint answers ten scores, and the highest one is its guess.

# %% name="predict"
actual = test[:, 0]
pictures = (test[:, 1:] / 16).reshape(-1, 8, 8, 1)


def ask(pictures):
    """The digits that the endpoint reads in some pictures."""
    reply = endpoint.invoke(
        body=json.dumps({"instances": pictures.tolist()}),
        content_type="application/json",
    )
    scores = json.loads(reply.body.read())["predictions"]
    return np.argmax(scores, axis=1)


predicted = ask(pictures)

print("The first ten digits:", actual[:10].tolist())
print("What it reads:       ", predicted[:10].tolist())

# %% name="accuracy" tags=["tolerance-2e-2"]
accuracy = float(np.mean(predicted == actual))

print(f"Right: {accuracy:.1%} of {test_rows} test digits")

# %% [markdown]
# What does it get wrong? Above, digits that it read rightly; below, the first ones that it did not.

# %% name="picture" tags=["varies"]
right = np.flatnonzero(predicted == actual)[:16]
wrong = np.flatnonzero(predicted != actual)[:8]

figure, places = plt.subplots(3, 8, figsize=(8, 4))
for axes in places.flat:
    axes.axis("off")
for axes, number in zip(places.flat, [*right, *wrong]):
    read, true = predicted[number], actual[number]
    good = read == true
    axes.imshow(pictures[number, :, :, 0], cmap="gray_r")
    axes.set_title(
        f"{read} ✓" if good else f"{read} ✗ ({true})",
        color="#3a7d44" if good else "#c44e52",
    )
figure.tight_layout()
plt.show()

# %% [markdown]
# ## Ask it wrongly
#
# The model takes pictures of 8 by 8 pixels. This sends plain rows of 64 numbers, and the endpoint says what it
# does not like.

# %% name="wrong-shape" tags=["varies"]
try:
    ask(pictures[:2].reshape(2, 64))
except ClientError as error:
    print(error.response["Error"]["Code"])
    print(error.response.get("OriginalMessage", str(error))[:200])

# %% [markdown]
# ## Delete the endpoint
#
# It costs money for as long as it exists.

# %% name="delete-endpoint"
endpoint.delete()
configuration.delete()
model.delete()
client.get_waiter("endpoint_deleted").wait(
    EndpointName=job_name, WaiterConfig={"Delay": 10}
)

print("Deleted.")

# %% [markdown]
# Check your work: nothing that begins with this lesson's name is left to pay for.

# %% name="check-deleted" checks="delete-endpoint"
left = client.list_endpoints(NameContains="smworkshop-digits")["Endpoints"]
assert not left, (
    f"{len(left)} endpoint of this lesson still costs money: "
    'run the cell under "Delete the endpoint". If an earlier attempt left it, '
    'use the page "Clean up".'
)
print("OK: no endpoint of this lesson is left.")

# %% [markdown]
# ## Exercise
#
# Train the same model on one machine, with batches of 100 digits instead of two times 50. How many steps does
# an epoch have now, and does it learn better or worse? One solution:

# %% name="one-machine" tags=["tolerance-2e-1"]
alone_name = start_training("smworkshop-digits-one", machines=1, batch_size=100)
wait_for(alone_name)

alone = all_lines_of(alone_name, hosts=1)["algo-1"]
one_and_two = pd.DataFrame({"one machine": losses_of(alone), "two": losses["algo-1"]})
one_and_two.index.name = "epoch"

print("Steps in an epoch:", number_after("steps", said["algo-1"]), "on two machines,")
print("                  ", number_after("steps", alone), "on one")
one_and_two.loc[[1, 2, 5, 10]]
