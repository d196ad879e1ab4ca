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
# # Will this game be a hit?
#
# You train a model that says whether a video game will sell more than a million copies, put it behind an
# endpoint, and measure how often it is right. Run the cells from top to bottom, each one once.

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
# Where to work: your region, and the name of the workshop's bucket.

# %% name="setup"
import json
import re
import time
from datetime import timedelta

import boto3
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import (
    ContainerDefinition,
    OutputDataConfig,
    ProductionVariant,
)
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

region = boto3.Session().region_name
assert region, "No region is set: do what module 1 says about your region first."
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"

client = boto3.client("sagemaker")
s3 = boto3.client("s3")
iam = boto3.client("iam")
logs = boto3.client("logs")
cloudwatch = boto3.client("cloudwatch")

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
    name = "SageMakerWorkshopRole"
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [trusted]}
        ),
    )
    iam.attach_role_policy(
        RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    )
    iam.put_role_policy(
        RoleName=name,
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
# ## Make the data
#
# The table that this exercise became known for was collected from the web, and nobody can say what its
# licence is. So this cell makes one of the same shape: 16,719 games, the same columns, about as many gaps.
# The games are invented. The random numbers start from a fixed seed, so everybody gets the same table.

# %% name="make-data"
rng = np.random.default_rng(seed=2016)
rows = 16_719


def pick(weights):
    """One word for each row, drawn by weight."""
    share = np.array(list(weights.values()), dtype=float)
    return rng.choice(list(weights), size=rows, p=share / share.sum())


# Of each platform: how many games, and around which year.
platforms = {
    "PS2": (22, 2005), "DS": (22, 2008), "PS3": (13, 2011), "Wii": (13, 2009),
    "X360": (13, 2010), "PSP": (12, 2009), "PS": (12, 1998), "PC": (10, 2010),
    "XB": (8, 2004), "GBA": (8, 2003), "GC": (6, 2003), "3DS": (5, 2013),
    "PSV": (4, 2014), "PS4": (4, 2015), "N64": (3, 1999), "XOne": (2, 2015),
    "WiiU": (1, 2014),
}  # fmt: skip

# Of each genre: how many games, and how well they sell.
genres = {
    "Action": (20, 0.1), "Sports": (14, 0.2), "Misc": (11, 0.0),
    "Role-Playing": (9, 0.2), "Shooter": (8, 0.5), "Adventure": (8, -0.7),
    "Racing": (7, 0.2), "Platform": (5, 0.5), "Simulation": (5, 0.0),
    "Fighting": (5, 0.1), "Strategy": (4, -0.6), "Puzzle": (4, -0.5),
}  # fmt: skip
first = rng.choice(
    ["Star", "Iron", "Lost", "Final", "Silent", "Crystal", "Shadow", "Wild"], rows
)
second = rng.choice(
    ["Quest", "Racer", "Kingdom", "Legend", "Arena", "Heroes", "Saga"], rows
)
publisher = pick({number: 1 / number for number in range(1, 41)})
names = [f"{a} {b} {n}" for n, (a, b) in enumerate(zip(first, second), start=1)]

games = pd.DataFrame({"Name": names})
games["Platform"] = pick({name: weight for name, (weight, year) in platforms.items()})
games["Year_of_Release"] = games["Platform"].map(
    {name: year for name, (weight, year) in platforms.items()}
)
games["Year_of_Release"] += rng.integers(-2, 3, rows)
games["Genre"] = pick({name: weight for name, (weight, liking) in genres.items()})
games["Publisher"] = [f"Publisher {number:02}" for number in publisher]


def noise(scale=1.0):
    """Chance: one normally distributed number for each row."""
    return rng.normal(scale=scale, size=rows)


# A good game of a big publisher in a popular genre becomes famous; what is famous sells.
quality = noise()
liking = games["Genre"].map({name: liking for name, (weight, liking) in genres.items()})
fame = quality - 0.3 * np.log(publisher / 5) + liking + noise(0.6)
total = np.exp(-1.68 + 1.05 * fame + noise(0.5))
shares = rng.dirichlet((5.0, 2.8, 1.4, 0.9), size=rows)
for number, area in enumerate(["NA", "EU", "JP", "Other"]):
    games[f"{area}_Sales"] = (total * shares[:, number]).round(2)
games["Global_Sales"] = total.clip(0.01, 83).round(2)

games["Critic_Score"] = (69 + 12 * quality + noise(5)).round().clip(13, 98)
games["Critic_Count"] = np.exp(2.9 + 0.4 * fame + noise(0.4)).round().clip(3, 113)
scores = (7.1 + quality + noise(0.8)).round(1).clip(0.5, 9.7)
games["User_Score"] = scores.astype(str)
games["User_Count"] = np.exp(3.3 + 0.9 * fame + noise(0.7)).round().clip(4, 10_665)
games["Developer"] = [f"Studio {number}" for number in rng.integers(1, 400, rows)]
games["Rating"] = pick({"E": 40, "T": 30, "M": 16, "E10+": 14})

# Nobody scores what nobody knows: the less famous a game, the more gaps it has.
obscurity = pd.Series(noise() - 0.5 * fame).rank(pct=True)
games.loc[obscurity.between(0.41, 0.60), "User_Score"] = "tbd"
games.loc[obscurity > 0.41, "User_Count"] = np.nan
games.loc[obscurity > 0.49, ["Critic_Score", "Critic_Count"]] = np.nan
games.loc[obscurity > 0.60, ["User_Score", "Developer", "Rating"]] = np.nan
games.loc[rng.random(rows) < 0.016, "Year_of_Release"] = np.nan

# %% [markdown]
# ## Explore
#
# How large is the table, and what does a row look like? `NaN` is a gap.

# %% name="explore"
print(games.shape[0], "rows,", games.shape[1], "columns")
games.head()

# %% [markdown]
# How well do games sell? The scale counts in steps of ten, because very few games sell very much.

# %% name="sales-histogram"
figure, axes = plt.subplots(figsize=(7, 3.5))
axes.hist(games["Global_Sales"], bins=np.logspace(-2, 2, 21), color="#4c72b0")
axes.axvline(1, color="#c44e52", linestyle="--", label="one million copies")
axes.set_xscale("log")
axes.set_xlabel("copies sold worldwide, in millions")
axes.set_ylabel("games")
axes.legend()
plt.show()

# %% [markdown]
# ## Label
#
# The answer that the model shall predict: 1 for more than a million copies, 0 for anything else.

# %% name="label"
games["hit"] = (games["Global_Sales"] > 1).astype(int)
hits = int(games["hit"].sum())
hit_share = hits / rows

print(f"{hits} of {rows} games are hits: {hit_share:.1%}")

# %% [markdown]
# ## Prepare
#
# The sales columns are the answer itself, so they go. Names say nothing about a new game, so they go too.
# `tbd` means that players have not scored the game yet: a gap like any other. Rows with gaps are left out.
# Words become columns of 0 and 1, and the label moves to the front, where SageMaker's XGBoost looks for it.

# %% name="prepare"
chosen = ["Platform", "Genre", "Rating", "Critic_Score", "Critic_Count"]
chosen += ["User_Score", "User_Count"]
features = games[chosen].copy()
features["User_Score"] = pd.to_numeric(features["User_Score"], errors="coerce")

table = pd.concat([games["hit"], features], axis=1).dropna()
table = pd.get_dummies(table, columns=["Platform", "Genre", "Rating"], dtype=int)
complete_rows, columns = table.shape

print(complete_rows, "complete rows,", columns, "columns")

# %% [markdown]
# ## Split
#
# Shuffle the rows and deal them out: 70 % to train, 15 % to validate while training, 15 % for the exam at the
# end.

# %% name="split"
shuffled = table.sample(frac=1, random_state=7)
train_rows = int(0.70 * len(shuffled))
validation_rows = int(0.15 * len(shuffled))
test_rows = len(shuffled) - train_rows - validation_rows

train = shuffled[:train_rows]
validation = shuffled[train_rows : train_rows + validation_rows]
test = shuffled[train_rows + validation_rows :]

print("train:", train_rows, " validation:", validation_rows, " test:", test_rows)

# %% [markdown]
# ## Check your work
#
# The three piles together have all the rows, none has a gap, and the label is in front.

# %% name="check-split" checks="label, prepare, split"
piles = [globals().get(name) for name in ("train", "validation", "test")]
assert all(isinstance(pile, pd.DataFrame) for pile in piles), (
    'The three piles are not there yet: run the cells from "Label" to "Split".'
)
assert sum(map(len, piles)) == len(table), (
    'The piles and the table do not fit together: run the cells from "Label" again.'
)
for pile in piles:
    assert pile.columns[0] == "hit", 'The label is not in front: run "Prepare" again.'
    assert not pile.isna().any().any(), 'There are gaps: run "Prepare" again.'

print("OK:", " + ".join(str(len(pile)) for pile in piles), "rows, without gaps")

# %% [markdown]
# ## Upload
#
# CSV without a header, the label first. The training job will read it from the bucket.

# %% name="upload"
prefix = "video-games"

for name, part in {"train": train, "validation": validation}.items():
    csv = part.to_csv(header=False, index=False)
    s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}/{name}.csv", Body=csv.encode())
    print(f"{prefix}/{name}/{name}.csv: {len(csv):,} bytes")

# %% [markdown]
# ## Check your work
#
# Read the first line of each file in the bucket. A header would be words; data is numbers, and the first one is
# the label.

# %% name="check-upload" checks="upload"
for name, pile in {"train": train, "validation": validation}.items():
    key = f"video-games/{name}/{name}.csv"
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"]
    assert found, (
        f'{key} is not in the bucket yet: run the cell "Upload", '
        "or upload it in the console."
    )
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().splitlines()
    assert lines[0][:2] in ("0,", "1,"), (
        f"The first line of {key} begins with {lines[0][:12]!r}, not with a label: "
        "write it without a header, and with the label in the first column."
    )
    assert len(lines) == len(pile), f'{key} has {len(lines)} lines: run "Upload" again.'
    print(f"OK: {key} has {len(lines)} rows and begins with {lines[0][:8]}")

# %% [markdown]
# ## Train
#
# `image` is the container with SageMaker's own XGBoost. The job runs on a machine of its own, which SageMaker
# starts for it and shuts down after it. This cell only starts the job; the next ones look how it does.

# %% name="hyperparameters"
hyperparameters = {
    "objective": "binary:logistic",
    "eval_metric": "auc",
    "num_round": 60,
    "max_depth": 4,
    "eta": 0.15,
    "subsample": 0.8,
    "seed": 7,
}

# %% name="train"
image = image_uris.retrieve("xgboost", region, version="3.0-5")
output = OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}/output")
machine = Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5)

trainer = ModelTrainer(
    base_job_name="video-games",
    training_image=image,
    role=role,
    compute=machine,
    hyperparameters=hyperparameters,
    output_data_config=output,
)
trainer.train(
    input_data_config=[
        InputData(
            channel_name=name,
            data_source=f"s3://{bucket}/{prefix}/{name}/",
            content_type="text/csv",
        )
        for name in ("train", "validation")
    ],
    wait=False,
    logs=False,
)
job_name = trainer._latest_training_job.training_job_name

print("The training job has been started.")

# %% [markdown]
# ## Watch it work
#
# Ask every five seconds what the job is doing, and print each step as it begins, until the job has ended.

# %% name="watch"
seen = 0
while True:
    job = client.describe_training_job(TrainingJobName=job_name)
    steps = job["SecondaryStatusTransitions"]
    for step in steps[seen:]:
        print(f"{step['Status']:12} {step.get('StatusMessage', '')}")
    seen = len(steps)
    if job["TrainingJobStatus"] != "InProgress":
        break
    time.sleep(5)

print("\nThe training job has ended:", job["TrainingJobStatus"])

# %% [markdown]
# ## Check your work
#
# The newest training job of this name has completed. If you started it in the console, this cell finds it too.

# %% name="check-training" checks="train, watch"
jobs = client.list_training_jobs(
    NameContains="video-games", SortBy="CreationTime", SortOrder="Descending"
)
names = [each["TrainingJobName"] for each in jobs["TrainingJobSummaries"]]
assert names, (
    'There is no training job named video-games... yet: run the cell "Train", '
    "or create one in the console."
)

job_name = names[0]
job = client.describe_training_job(TrainingJobName=job_name)
status = job["TrainingJobStatus"]
assert status != "Failed", f"The job failed: {job['FailureReason']}"
assert status != "InProgress", f"{job_name} still works: run this again in a minute."
assert status == "Completed", f'{job_name} was stopped: run the cell "Train" again.'

print("OK: the training job has completed.")

# %% [markdown]
# ## How long did each step take?
#
# You pay from the moment that the machine has been started until the model is stored, not for the wait before.

# %% name="transitions" tags=["varies"]
transitions = pd.DataFrame(job["SecondaryStatusTransitions"])
length = transitions["EndTime"] - transitions["StartTime"]
transitions["Seconds"] = length.dt.total_seconds().round(1)

print("Seconds to pay:", job["BillableTimeInSeconds"])
transitions[["Status", "Seconds"]]

# %% [markdown]
# ## Read the log
#
# Whatever the job prints goes to CloudWatch Logs: one *log group* for all training jobs, and in it one *log
# stream* for each machine of each job.

# %% name="log"
group = "/aws/sagemaker/TrainingJobs"

streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job_name)
stream = streams["logStreams"][0]["logStreamName"]
events = logs.get_log_events(
    logGroupName=group, logStreamName=stream, startFromHead=True
)["events"]
lines = [event["message"].replace("#011", "  ") for event in events]

rounds = [line for line in lines if "validation-auc" in line]
print(len(rounds), "rounds; the first and the last three:")
print(*rounds[:3], "...", *rounds[-3:], sep="\n")

# %% [markdown]
# ## Draw the learning curve
#
# One line of the log is one round, so a picture of it shows how the model learned.

# %% name="learning-curve"
pattern = r"\[(\d+)\].*train-auc:([\d.]+).*validation-auc:([\d.]+)"
points = [re.search(pattern, line).groups() for line in rounds]
curve = pd.DataFrame(points, columns=["round", "train", "validation"]).astype(float)
best_round = int(curve["validation"].idxmax())

figure, axes = plt.subplots(figsize=(7, 3.5))
axes.plot(curve["round"], curve["train"], label="training rows", color="#4c72b0")
axes.plot(curve["round"], curve["validation"], label="validation rows", color="#c44e52")
axes.set_xlabel("round")
axes.set_ylabel("AUC")
axes.legend()
plt.show()

# %% [markdown]
# ## Ask CloudWatch for the metrics
#
# SageMaker finds the numbers in the log by a pattern and hands them on to CloudWatch. There they are kept by the
# minute, together with how busy the machine was, so that you can draw them or let an alarm watch them.

# %% name="cloudwatch"
statistics = cloudwatch.get_metric_statistics(
    Namespace=group,
    MetricName="validation:auc",
    Dimensions=[{"Name": "TrainingJobName", "Value": job_name}],
    StartTime=job["CreationTime"] - timedelta(minutes=5),
    EndTime=job["TrainingEndTime"] + timedelta(minutes=5),
    Period=60,
    Statistics=["Maximum"],
)
by_minute = [point["Maximum"] for point in statistics["Datapoints"]]

if by_minute:
    print(f"validation:auc in CloudWatch: at most {max(by_minute):.3f}")
else:
    print("CloudWatch has nothing yet; it may be two minutes late. Ask again.")

# %% [markdown]
# ## The result
#
# The job itself reports how well the model did on both parts after its last round.

# %% name="training-metrics"
job = client.describe_training_job(TrainingJobName=job_name)
metrics = {
    metric["MetricName"]: round(metric["Value"], 5)
    for metric in job["FinalMetricDataList"]
}
train_auc = metrics["train:auc"]
validation_auc = metrics["validation:auc"]

print("Status:", job["TrainingJobStatus"])
for name, value in metrics.items():
    print(f"{name}: {value:.3f}")

# %% [markdown]
# ## Deploy
#
# Three things make an endpoint. The *model* says which file and which container, the *endpoint configuration*
# says on how many machines of which size, and the *endpoint* is those machines, running.

# %% name="deploy"
endpoint_name = job_name

Model.create(
    model_name=job_name,
    primary_container=ContainerDefinition(
        image=job["AlgorithmSpecification"]["TrainingImage"],
        model_data_url=job["ModelArtifacts"]["S3ModelArtifacts"],
    ),
    execution_role_arn=role,
)
EndpointConfig.create(
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
Endpoint.create(endpoint_name=endpoint_name, endpoint_config_name=job_name)

# Ask every ten seconds whether it is there.
in_service = client.get_waiter("endpoint_in_service")
in_service.wait(EndpointName=endpoint_name, WaiterConfig={"Delay": 10})

print("The endpoint is in service.")

# %% [markdown]
# ## Check your work
#
# An endpoint of this name is in service. If you made it in the console, this cell finds it too.

# %% name="check-endpoint" checks="deploy"
listed = client.list_endpoints(
    NameContains="video-games", SortBy="CreationTime", SortOrder="Descending"
)
status = {each["EndpointName"]: each["EndpointStatus"] for each in listed["Endpoints"]}
assert status, (
    'There is no endpoint named video-games... yet: run the cell "Deploy", '
    "or create one in the console."
)

endpoint_name = next(iter(status))
assert status[endpoint_name] != "Failed", (
    f"The endpoint {endpoint_name} could not be made: its page in the console says why."
)
assert status[endpoint_name] == "InService", (
    f"The endpoint is {status[endpoint_name]}: run this again in a minute."
)
print("OK: the endpoint is in service.")

# %% [markdown]
# ## Predict
#
# Send the test rows, without their labels, two hundred at a time. For each row the endpoint answers the
# probability of a hit.

# %% name="predict"
endpoint = Endpoint.get(endpoint_name=endpoint_name)


def ask(questions):
    """What the endpoint says to each row: the probability of a hit."""
    answers = []
    for start in range(0, len(questions), 200):
        body = questions[start : start + 200].to_csv(header=False, index=False)
        reply = endpoint.invoke(body=body, content_type="text/csv", accept="text/csv")
        text = reply.body.read().decode()
        answers += text.strip().replace("\n", ",").split(",")
    return np.array(answers, dtype=float)


probability = ask(test.drop(columns="hit"))
predicted = (probability >= 0.5).astype(int)

print(len(predicted), "answers; the first five:", probability[:5].round(2).tolist())

# %% [markdown]
# ## Check your work
#
# Each test row has an answer, and each answer is a probability.

# %% name="check-predict" checks="predict"
answers = globals().get("probability")
assert answers is not None, 'Nobody has asked the endpoint yet: run "Predict".'
assert len(answers) == test_rows, 'Some rows have no answer: run "Predict" again.'
assert answers.min() >= 0 and answers.max() <= 1, "These are no probabilities."

print("OK:", len(answers), "probabilities for", test_rows, "rows")

# %% [markdown]
# ## How good is it?
#
# A *confusion matrix* counts the two ways of being right and the two ways of being wrong.

# %% name="confusion-matrix"
actual = test["hit"].to_numpy()
matrix = np.zeros((2, 2), dtype=int)
np.add.at(matrix, (actual, predicted), 1)

figure, axes = plt.subplots(figsize=(4.5, 4))
axes.imshow(np.log1p(matrix), cmap="Blues", vmin=2)
for row in range(2):
    for column in range(2):
        count = matrix[row, column]
        color = "white" if count > matrix.max() / 3 else "black"
        axes.text(
            column, row, count, ha="center", va="center", fontsize=16, color=color
        )
axes.set_xticks([0, 1], ["no hit", "hit"])
axes.set_yticks([0, 1], ["no hit", "hit"], rotation=90, va="center")
axes.set_xlabel("what the model said")
axes.set_ylabel("what happened")
plt.show()

# %% [markdown]
# *Accuracy*: how many answers were right. *Precision*: of the games that it called hits, how many were.
# *Recall*: of the hits, how many it found.

# %% name="accuracy"
(true_negatives, false_positives), (false_negatives, true_positives) = matrix.tolist()
accuracy = (true_positives + true_negatives) / test_rows
precision = true_positives / (true_positives + false_positives)
recall = true_positives / (true_positives + false_negatives)

print(f"accuracy:  {accuracy:.1%}")
print(f"precision: {precision:.1%}")
print(f"recall:    {recall:.1%}")

# %% [markdown]
# ## Compare with saying nothing
#
# A model that always says "no hit" is right for every row that is none. Any accuracy has to be held against
# that, and on the same rows. *AUC* does not care how many hits there are: it compares each hit with each other
# game.

# %% name="baseline"
test_hits = int(actual.sum())
test_hit_share = test_hits / test_rows
baseline_accuracy = 1 - test_hit_share

hit_is_higher = probability[actual == 1][:, None] > probability[actual == 0]
test_auc = float(hit_is_higher.mean())

print(f"hits among the test rows: {test_hits} of {test_rows}, {test_hit_share:.1%}")
print(f"accuracy of always 'no':  {baseline_accuracy:.1%}")
print(f"accuracy of the model:    {accuracy:.1%}")
print(f"AUC of the model:         {test_auc:.3f}")

# %% [markdown]
# ## Which threshold?
#
# The endpoint answers with a probability; where "hit" begins is your decision. Decisions are made on the
# *validation* rows: who tunes on the test rows has no exam left.


# %% name="thresholds"
def judge(actual, probability, threshold):
    """What follows if everything from this threshold upwards is called a hit."""
    called = probability >= threshold
    found = int((called & (actual == 1)).sum())
    false_alarms = int((called & (actual == 0)).sum())
    missed_hits = int((~called & (actual == 1)).sum())
    return {
        "threshold": threshold,
        "accuracy": 1 - (false_alarms + missed_hits) / len(actual),
        "precision": found / (found + false_alarms) if found else 0.0,
        "recall": found / (found + missed_hits),
        "false alarms": false_alarms,
        "missed hits": missed_hits,
    }


validation_actual = validation["hit"].to_numpy()
validation_probability = ask(validation.drop(columns="hit"))

steps = [number / 20 for number in range(1, 20)]
judged = pd.DataFrame(
    [judge(validation_actual, validation_probability, step) for step in steps]
).set_index("threshold")

judged[1::2].round(3)

# %% name="threshold-curves"
figure, axes = plt.subplots(figsize=(7, 3.5))
for name, color in {
    "accuracy": "#55a868",
    "precision": "#4c72b0",
    "recall": "#c44e52",
}.items():
    axes.plot(judged.index, judged[name].round(3), label=name, color=color)
axes.axvline(0.5, color="gray", linestyle="--", linewidth=1)
axes.set_xlabel("threshold")
axes.set_ylim(0, 1)
axes.legend()
plt.show()

# %% [markdown]
# ## Put a price on mistakes
#
# A shop loses five times as much by a hit that it has not in stock as by a box that nobody buys. Add up what the
# mistakes cost at each threshold, and take the cheapest.

# %% name="best-threshold"
cost_of_missed_hit = 5
cost_of_false_alarm = 1

judged["cost"] = (
    cost_of_missed_hit * judged["missed hits"]
    + cost_of_false_alarm * judged["false alarms"]
)
best_threshold = float(judged["cost"].idxmin())

figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(judged.index, judged["cost"], color="#4c72b0", marker="o", markersize=4)
axes.plot(best_threshold, judged["cost"].min(), "o", color="#c44e52", markersize=9)
axes.set_xlabel("threshold")
axes.set_ylabel("cost of all mistakes")
axes.set_ylim(0)
plt.show()

print("The cheapest threshold:", best_threshold)

# %% [markdown]
# Now the exam: does the threshold that was chosen on the validation rows save anything on the test rows?


# %% name="threshold-exam"
def cost(threshold):
    """What the mistakes among the test rows cost at this threshold."""
    result = judge(actual, probability, threshold)
    return (
        cost_of_missed_hit * result["missed hits"]
        + cost_of_false_alarm * result["false alarms"]
    )


cost_at_half = cost(0.5)
cost_at_best = cost(best_threshold)
cost_of_no = cost_of_missed_hit * test_hits
exam = judge(actual, probability, best_threshold)
recall_at_best = exam["recall"]
accuracy_at_best = exam["accuracy"]

print("Cost of the mistakes among the test rows")
print(f"  always 'no':    {cost_of_no}")
print(f"  threshold 0.5:  {cost_at_half}")
print(f"  threshold {best_threshold}:  {cost_at_best}")
print(
    f"At {best_threshold}: recall {recall_at_best:.1%}, accuracy {accuracy_at_best:.1%}"
)

# %% [markdown]
# ## Keep the test rows
#
# The exam is over. The next notebook wants to ask another model the same questions, so the test rows go to the
# bucket too, with the label in front.

# %% name="keep-test"
csv = test.to_csv(header=False, index=False)
s3.put_object(Bucket=bucket, Key=f"{prefix}/test/test.csv", Body=csv.encode())

print(f"{prefix}/test/test.csv: {len(csv):,} bytes")

# %% [markdown]
# ## Delete the endpoint
#
# An endpoint costs money for as long as it exists. You have your numbers, so it goes, and the other two with
# it. Deleting takes a moment; this waits for it.

# %% name="delete-endpoint"
configuration = client.describe_endpoint(EndpointName=endpoint_name)
config_name = configuration["EndpointConfigName"]
variants = client.describe_endpoint_config(EndpointConfigName=config_name)

client.delete_endpoint(EndpointName=endpoint_name)
client.delete_endpoint_config(EndpointConfigName=config_name)
for variant in variants["ProductionVariants"]:
    client.delete_model(ModelName=variant["ModelName"])

gone = client.get_waiter("endpoint_deleted")
gone.wait(EndpointName=endpoint_name, WaiterConfig={"Delay": 10})

print("Deleted.")

# %% [markdown]
# ## Check your work
#
# Do not trust your memory, trust the list.

# %% name="check-deleted" checks="delete-endpoint"
endpoints = client.list_endpoints(NameContains="video-games")["Endpoints"]
configs = client.list_endpoint_configs(NameContains="video-games")["EndpointConfigs"]
models = client.list_models(NameContains="video-games")["Models"]

left = [each["EndpointName"] for each in endpoints]
assert not left, (
    f"The endpoint {', '.join(left)} still costs money: "
    'run the cell "Delete the endpoint". If an earlier attempt left it, '
    'use the page "Clean up".'
)
left = [each["EndpointConfigName"] for each in configs]
left += [each["ModelName"] for each in models]
assert not left, f'Still there: {", ".join(left)}. Use the page "Clean up".'

endpoints_left = len(endpoints)
print("OK. Endpoints left:", endpoints_left)

# %% [markdown]
# ## Exercise
#
# For a publisher it is the other way round: a campaign for a game that flops costs three times as much as a hit
# without a campaign. Which threshold would you choose? Guess first; then write the function that finds it for any
# two costs. The table `judged` has a row for each threshold; the endpoint is not needed any more.

# %% name="exercise"
def cheapest(missed_hit, false_alarm):
    """The threshold at which all mistakes together cost the least."""
    ### BEGIN SOLUTION
    cost = missed_hit * judged["missed hits"] + false_alarm * judged["false alarms"]
    return float(cost.idxmin())
    ### END SOLUTION


publishers_threshold = cheapest(missed_hit=1, false_alarm=3)
print("The publisher's threshold:", publishers_threshold)

# What does it do to precision and recall? Look at this row of `judged`, and at 0.5.
### BEGIN SOLUTION
judged.loc[[0.5, publishers_threshold], ["precision", "recall"]].round(3)
### END SOLUTION

# %% [markdown]
# ## Check your work
#
# Your function is asked about the shop first, whose threshold you know, and then about other costs.

# %% name="check-exercise" checks="exercise"
written = "cheapest" in globals()
answer = cheapest(missed_hit=5, false_alarm=1) if written else None
assert answer is not None, (
    "`cheapest` returns nothing yet: multiply each kind of mistake by its cost, "
    "add up, and return the threshold at which the sum is smallest."
)
assert answer in judged.index, (
    f"`cheapest` returns {answer}, which is not one of the thresholds: "
    "return where the cost is smallest (`idxmin`), not how small it is (`min`)."
)
assert answer == best_threshold, (
    f"For the shop, `cheapest` finds {answer}, and the cheapest is {best_threshold}: "
    "use both arguments, each with its own kind of mistake."
)
assert cheapest(missed_hit=1, false_alarm=3) > 0.5, (
    "False alarms are dear for the publisher, so the threshold has to be above 0.5: "
    "have you taken one cost for the other?"
)
### BEGIN HIDDEN TESTS
for missed_hit, false_alarm in [(1, 1), (2, 1), (1, 9)]:
    by_hand = missed_hit * judged["missed hits"] + false_alarm * judged["false alarms"]
    assert cheapest(missed_hit, false_alarm) == by_hand.idxmin(), (
        f"For the costs {missed_hit} and {false_alarm} the threshold is another one: "
        "do not write numbers into the function, use its arguments."
    )
### END HIDDEN TESTS
print("OK: the function finds the cheapest threshold, for the shop and for others.")
