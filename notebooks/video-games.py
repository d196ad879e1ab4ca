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
# # Will this game be a hit?
#
# You train a model that says whether a video game will sell more than a million copies, put it behind an
# endpoint, and measure how often it is right. Run the cells from top to bottom, each one once.

# %% [markdown]
# ## Set up
#
# The notebook needs version 3 of the SageMaker Python SDK. This installs it where it is missing or older.

# %% name="install"
from importlib.metadata import PackageNotFoundError, version

try:
    installed = version("sagemaker")
except PackageNotFoundError:
    installed = "none"

if not installed.startswith("3."):
    get_ipython().run_line_magic("pip", 'install --quiet "sagemaker>=3.2,<4" pandas matplotlib')

print("SageMaker Python SDK, version", version("sagemaker").partition(".")[0])

# %% [markdown]
# Where to work: your region, and the name of the workshop's bucket.

# %% name="setup"
import json
from pathlib import Path

import boto3
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"

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
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)


def make_role():
    """A role that SageMaker may take on, and that may use SageMaker and the workshop's bucket."""
    trusted = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": "s3:*"}
    allowed["Resource"] = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    trust, policy = ({"Version": "2012-10-17", "Statement": [each]} for each in (trusted, allowed))
    name = "SageMakerWorkshopRole"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    iam.put_role_policy(RoleName=name, PolicyName="WorkshopBucket", PolicyDocument=json.dumps(policy))
    return made["Role"]["Arn"]


try:
    role = iam.get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
except ClientError:
    on_instance = Path("/opt/ml/metadata/resource-metadata.json").exists()
    role = get_execution_role() if on_instance else make_role()

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


# Of each platform: how many games, and around which year. Of each genre: how many, and how well they sell.
platforms = {
    "PS2": (22, 2005), "DS": (22, 2008), "PS3": (13, 2011), "Wii": (13, 2009), "X360": (13, 2010),
    "PSP": (12, 2009), "PS": (12, 1998), "PC": (10, 2010), "XB": (8, 2004), "GBA": (8, 2003), "GC": (6, 2003),
    "3DS": (5, 2013), "PSV": (4, 2014), "PS4": (4, 2015), "N64": (3, 1999), "XOne": (2, 2015), "WiiU": (1, 2014),
}  # fmt: skip
genres = {
    "Action": (20, 0.1), "Sports": (14, 0.2), "Misc": (11, 0.0), "Role-Playing": (9, 0.2),
    "Shooter": (8, 0.5), "Adventure": (8, -0.7), "Racing": (7, 0.2), "Platform": (5, 0.5),
    "Simulation": (5, 0.0), "Fighting": (5, 0.1), "Strategy": (4, -0.6), "Puzzle": (4, -0.5),
}  # fmt: skip
first = rng.choice(["Star", "Iron", "Lost", "Final", "Silent", "Crystal", "Shadow", "Wild"], rows)
second = rng.choice(["Quest", "Racer", "Kingdom", "Legend", "Arena", "Heroes", "Saga"], rows)
publisher = pick({number: 1 / number for number in range(1, 41)})

games = pd.DataFrame({"Name": [f"{a} {b} {number}" for number, (a, b) in enumerate(zip(first, second), start=1)]})
games["Platform"] = pick({name: weight for name, (weight, year) in platforms.items()})
games["Year_of_Release"] = games["Platform"].map({name: year for name, (weight, year) in platforms.items()})
games["Year_of_Release"] += rng.integers(-2, 3, rows)
games["Genre"] = pick({name: weight for name, (weight, liking) in genres.items()})
games["Publisher"] = [f"Publisher {number:02}" for number in publisher]

# A good game of a big publisher in a popular genre becomes famous; what is famous sells.
quality = rng.normal(size=rows)
liking = games["Genre"].map({name: liking for name, (weight, liking) in genres.items()})
fame = quality - 0.3 * np.log(publisher / 5) + liking + rng.normal(scale=0.6, size=rows)
total = np.exp(-1.68 + 1.05 * fame + rng.normal(scale=0.5, size=rows))
shares = rng.dirichlet((5.0, 2.8, 1.4, 0.9), size=rows)
for number, place in enumerate(["NA", "EU", "JP", "Other"]):
    games[f"{place}_Sales"] = (total * shares[:, number]).round(2)
games["Global_Sales"] = total.clip(0.01, 83).round(2)

games["Critic_Score"] = (69 + 12 * quality + rng.normal(scale=5, size=rows)).round().clip(13, 98)
games["Critic_Count"] = np.exp(2.9 + 0.4 * fame + rng.normal(scale=0.4, size=rows)).round().clip(3, 113)
games["User_Score"] = (7.1 + quality + rng.normal(scale=0.8, size=rows)).round(1).clip(0.5, 9.7).astype(str)
games["User_Count"] = np.exp(3.3 + 0.9 * fame + rng.normal(scale=0.7, size=rows)).round().clip(4, 10_665)
games["Developer"] = [f"Studio {number}" for number in rng.integers(1, 400, rows)]
games["Rating"] = pick({"E": 40, "T": 30, "M": 16, "E10+": 14})

# Nobody scores what nobody knows: the less famous a game, the more gaps it has.
obscurity = pd.Series(rng.normal(size=rows) - 0.5 * fame).rank(pct=True)
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
chosen = ["Platform", "Genre", "Rating", "Critic_Score", "Critic_Count", "User_Score", "User_Count"]
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
# ## Train
#
# `image` is the container with SageMaker's own XGBoost. The job runs on a machine of its own, which SageMaker
# starts for it and shuts down after it.

# %% name="train"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

image = image_uris.retrieve("xgboost", region, version="3.0-5")

trainer = ModelTrainer(
    base_job_name="video-games",
    training_image=image,
    role=role,
    compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5),
    hyperparameters={
        "objective": "binary:logistic",
        "eval_metric": "auc",
        "num_round": 60,
        "max_depth": 4,
        "eta": 0.15,
        "subsample": 0.8,
        "seed": 7,
    },
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}/output"),
)
trainer.train(
    input_data_config=[
        InputData(channel_name=name, data_source=f"s3://{bucket}/{prefix}/{name}/", content_type="text/csv")
        for name in ("train", "validation")
    ],
    wait=False,
    logs=False,
)
job_name = trainer._latest_training_job.training_job_name

# Ask every ten seconds whether the job has ended.
client.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=job_name, WaiterConfig={"Delay": 10})

print("The training job has ended.")

# %% [markdown]
# The job reports how well the model did on both parts after its last round.

# %% name="training-metrics"
job = client.describe_training_job(TrainingJobName=job_name)
metrics = {metric["MetricName"]: round(metric["Value"], 5) for metric in job["FinalMetricDataList"]}
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
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant

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
            variant_name="AllTraffic", model_name=job_name, initial_instance_count=1, instance_type="ml.m5.large"
        )
    ],
)
endpoint = Endpoint.create(endpoint_name=job_name, endpoint_config_name=job_name)
client.get_waiter("endpoint_in_service").wait(EndpointName=job_name, WaiterConfig={"Delay": 10})

print("The endpoint is in service.")

# %% [markdown]
# ## Predict
#
# Send the test rows, without their labels, two hundred at a time. For each row the endpoint answers the
# probability of a hit.

# %% name="predict"
questions = test.drop(columns="hit")

answers = []
for start in range(0, len(questions), 200):
    body = questions[start : start + 200].to_csv(header=False, index=False)
    reply = endpoint.invoke(body=body, content_type="text/csv", accept="text/csv")
    answers += reply.body.read().decode().strip().replace("\n", ",").split(",")

probability = np.array(answers, dtype=float)
predicted = (probability >= 0.5).astype(int)

print(len(predicted), "answers; the first five:", probability[:5].round(2).tolist())

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
        color = "white" if matrix[row, column] > matrix.max() / 3 else "black"
        axes.text(column, row, matrix[row, column], ha="center", va="center", fontsize=16, color=color)
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
# ## Delete the endpoint
#
# An endpoint costs money for as long as it exists. You have your numbers, so it goes, and the other two with
# it.

# %% name="delete-endpoint"
endpoint.delete()
configuration.delete()
model.delete()

print("Deleted.")

# %% [markdown]
# ## Check your work
#
# Ask SageMaker for endpoints of this name until there are none left.

# %% name="check-deleted"
client.get_waiter("endpoint_deleted").wait(EndpointName=job_name, WaiterConfig={"Delay": 10})
endpoints_left = len(client.list_endpoints(NameContains="video-games")["Endpoints"])

print("Endpoints left:", endpoints_left)
