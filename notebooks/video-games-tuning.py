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
#     minutes: 22
#     after: [video-games]
#     timeout: 1800
# ---

# %% [markdown]
# # Automatic model tuning and batch transform
#
# SageMaker tries hyperparameters for you, keeps score and names the best. Its model then answers a whole file at
# once, without an endpoint. Run the cells from top to bottom, each one once.

# %% [markdown]
# ## Set up
#
# The same first cells as in the other notebooks: what is missing, and where to work.

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
# Where to work, on whose behalf, and what is needed for it.

# %% name="setup"
import time

import boto3
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role
from sagemaker.core.parameter import ContinuousParameter, IntegerParameter
from sagemaker.core.resources import Model, TransformJob
from sagemaker.core.shapes import (
    ContainerDefinition,
    DataProcessing,
    OutputDataConfig,
    TransformDataSource,
    TransformInput,
    TransformOutput,
    TransformResources,
    TransformS3DataSource,
)
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData
from sagemaker.train.tuner import HyperparameterTuner

region = boto3.Session().region_name
assert region, "No region is set: do what module 1 says about your region first."
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "video-games"

client = boto3.client("sagemaker")
s3 = boto3.client("s3")
try:
    found = boto3.client("iam").get_role(RoleName="SageMakerWorkshopRole")
    role = found["Role"]["Arn"]
except ClientError:
    role = get_execution_role()

print("Region:", region)

# %% [markdown]
# ## Is the data there?
#
# The notebook of module 2 put three files into your bucket. This one begins with them.

# %% name="data"
for name in ("train", "validation", "test"):
    key = f"{prefix}/{name}/{name}.csv"
    try:
        size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except ClientError:
        raise AssertionError(
            f"{key} is not in the bucket: run the notebook of module 2 to its end."
        ) from None
    print(f"{key}: {size:,} bytes")

# %% [markdown]
# ## Say what to try
#
# The trainer is that of module 2, without the settings that are to be tried. `early_stopping_rounds` ends a job
# that has not become better on the validation rows for 20 rounds, so `num_round` is only an upper limit.

# %% name="ranges"
trainer = ModelTrainer(
    base_job_name="smworkshop-tuning",
    training_image=image_uris.retrieve("xgboost", region, version="3.0-5"),
    role=role,
    compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5),
    hyperparameters={
        "objective": "binary:logistic",
        "eval_metric": "auc",
        "num_round": 300,
        "early_stopping_rounds": 20,
        "seed": 7,
    },
    output_data_config=OutputDataConfig(
        s3_output_path=f"s3://{bucket}/{prefix}/tuning"
    ),
)

ranges = {
    "max_depth": IntegerParameter(2, 8),
    "eta": ContinuousParameter(0.03, 0.5, scaling_type="Logarithmic"),
    "subsample": ContinuousParameter(0.5, 1.0),
}

# %% [markdown]
# ## Start the tuning job
#
# Six training jobs, two at a time. The job that reaches the highest `validation:auc` wins.

# %% name="tune"
tuner = HyperparameterTuner(
    model_trainer=trainer,
    objective_metric_name="validation:auc",
    objective_type="Maximize",
    hyperparameter_ranges=ranges,
    strategy="Random",
    random_seed=11,
    max_jobs=6,
    max_parallel_jobs=2,
)
tuning_name = "smworkshop-tuning-" + time.strftime("%Y%m%d%H%M%S")
tuner.tune(
    job_name=tuning_name,
    inputs=[
        InputData(
            channel_name=name,
            data_source=f"s3://{bucket}/{prefix}/{name}/",
            content_type="text/csv",
        )
        for name in ("train", "validation")
    ],
    wait=False,
)

print("The tuning job has been started.")

# %% [markdown]
# ## Watch it work
#
# Count the training jobs until all have ended.

# %% name="watch" tags=["varies"]
completed = -1
while True:
    tuning = client.describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=tuning_name
    )
    if tuning["TrainingJobStatusCounters"]["Completed"] > completed:
        completed = tuning["TrainingJobStatusCounters"]["Completed"]
        print("training jobs completed:", completed)
    if tuning["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
        break
    time.sleep(5)

print("The tuning job has ended:", tuning["HyperParameterTuningJobStatus"])

# %% [markdown]
# ## Check your work
#
# The newest tuning job of the workshop has completed, however you started it.

# %% name="check-tuning" checks="tune, watch"
listed = client.list_hyper_parameter_tuning_jobs(
    NameContains="smworkshop-tuning", SortBy="CreationTime", SortOrder="Descending"
)["HyperParameterTuningJobSummaries"]
assert listed, (
    'There is no tuning job yet: run the cell "Start the tuning job", '
    "or create one in the console."
)

tuning_name = listed[0]["HyperParameterTuningJobName"]
tuning = client.describe_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=tuning_name
)
status = tuning["HyperParameterTuningJobStatus"]
assert status != "InProgress", f"{tuning_name} still works: run this again in a minute."
assert status == "Completed", (
    f"{status}: {tuning.get('FailureReason', 'start it again')}"
)

print(
    "OK:", tuning["TrainingJobStatusCounters"]["Completed"], "training jobs completed."
)

# %% [markdown]
# ## All tries
#
# For each training job: what was tried, and how well it did on the rows it learned from and on the validation rows.

# %% name="tries" tags=["tolerance-1e-2"]
pages = client.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
tries = []
for page in pages.paginate(HyperParameterTuningJobName=tuning_name):
    for each in page["TrainingJobSummaries"]:
        job = client.describe_training_job(TrainingJobName=each["TrainingJobName"])
        metrics = {
            metric["MetricName"]: metric["Value"]
            for metric in job.get("FinalMetricDataList", [])
        }
        tried = each["TunedHyperParameters"]
        tries.append({name: float(value) for name, value in tried.items()} | metrics)

tries = pd.DataFrame(tries).astype({"max_depth": int})
tries = tries[[*ranges, "train:auc", "validation:auc"]]
tries = tries.sort_values("validation:auc", ascending=False, ignore_index=True)
tries.round(3)

# %% [markdown]
# ## What matters?
#
# The same numbers as pictures: one dot is one training job.

# %% name="what-matters" tags=["varies"]
figure, panels = plt.subplots(1, 3, figsize=(9, 3), sharey=True)
for axes, name in zip(panels, ranges):
    axes.scatter(tries[name].round(2), tries["validation:auc"].round(3))
    axes.set_xlabel(name)
panels[0].set_ylabel("AUC on the validation rows")
panels[1].set_xscale("log")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## Learned or memorised?
#
# Sort by depth, and hold the training rows against the validation rows.

# %% name="overfitting" tags=["varies"]
by_depth = tries.sort_values("max_depth")

figure, axes = plt.subplots(figsize=(7, 3.5))
for name, label, color in (
    ("train:auc", "training rows", "#4c72b0"),
    ("validation:auc", "validation rows", "#c44e52"),
):
    axes.scatter(
        by_depth["max_depth"], by_depth[name].round(3), label=label, color=color
    )
axes.set_xlabel("max_depth")
axes.set_ylabel("AUC")
axes.legend()
plt.show()

# %% [markdown]
# ## The best one
#
# The tuning job names it. What it made is an ordinary training job with an ordinary model.

# %% name="best" tags=["tolerance-1e-2"]
best = tuning["BestTrainingJob"]
best_auc = round(best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], 4)
best_depth = int(best["TunedHyperParameters"]["max_depth"])

for name, value in sorted(best["TunedHyperParameters"].items()):
    print(f"{name:10} {float(value):.3g}")
print(f"validation:auc {best_auc:.3f}")

# %% [markdown]
# ## Make a model of it
#
# A batch transform needs a *model*, like an endpoint: which file, which container. It costs nothing.

# %% name="model"
job = client.describe_training_job(TrainingJobName=best["TrainingJobName"])
model_name = f"{tuning_name}-best"

Model.create(
    model_name=model_name,
    primary_container=ContainerDefinition(
        image=job["AlgorithmSpecification"]["TrainingImage"],
        model_data_url=job["ModelArtifacts"]["S3ModelArtifacts"],
    ),
    execution_role_arn=role,
)

print("The model is there.")

# %% [markdown]
# ## Answer a whole file
#
# The test rows lie in the bucket with their labels in front. `input_filter` keeps the label from the model,
# `join_source` puts the answer behind the row that it answers, and `output_filter` keeps of that the first and the
# last column: the label and the probability.

# %% name="transform"
test_rows = TransformInput(
    data_source=TransformDataSource(
        s3_data_source=TransformS3DataSource(
            s3_data_type="S3Prefix", s3_uri=f"s3://{bucket}/{prefix}/test/"
        )
    ),
    content_type="text/csv",
    split_type="Line",
)
answers = TransformOutput(
    s3_output_path=f"s3://{bucket}/{prefix}/predictions",
    accept="text/csv",
    assemble_with="Line",
)

TransformJob.create(
    transform_job_name=model_name,
    model_name=model_name,
    transform_input=test_rows,
    transform_output=answers,
    transform_resources=TransformResources(
        instance_type="ml.m5.large", instance_count=1
    ),
    batch_strategy="MultiRecord",
    data_processing=DataProcessing(
        input_filter="$[1:]", join_source="Input", output_filter="$[0,-1]"
    ),
)

ended = client.get_waiter("transform_job_completed_or_stopped")
ended.wait(TransformJobName=model_name, WaiterConfig={"Delay": 10})

print("The transform job has ended.")

# %% [markdown]
# ## Check your work
#
# The answers are a file beside nothing else: the name of the input, with `.out` behind it.

# %% name="check-transform" checks="model, transform"
key = f"{prefix}/predictions/test.csv.out"
found = s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"]
assert found, f'{key} is not in the bucket yet: run the cell "Answer a whole file".'

print("OK:", key, "is in the bucket.")

# %% [markdown]
# ## Look at the answers
#
# One line for each row of the input, with its label and its answer.

# %% name="answers" tags=["tolerance-2e-1"]
body = s3.get_object(Bucket=bucket, Key=f"{prefix}/predictions/test.csv.out")["Body"]
results = pd.read_csv(body, header=None, names=["hit", "probability"])

print(len(results), "answers")
results.head().round(2)

# %% [markdown]
# ## The exam
#
# Take each pair of a hit and another game: how often has the hit the higher probability? That is the AUC, now on
# rows that no job has seen.

# %% name="exam" tags=["tolerance-1e-2"]
hits = results.loc[results["hit"] == 1, "probability"].to_numpy()
others = results.loc[results["hit"] == 0, "probability"].to_numpy()
test_auc = round(float((hits[:, None] > others).mean()), 4)

print(f"best of the tries, validation rows: {best_auc:.3f}")
print(f"the same model, test rows:          {test_auc:.3f}")

# %% [markdown]
# ## Exercise
#
# Marketing has money for one hundred games. Which would you give them, and how many of these were hits? Try it
# with `results` before you run the solution.

# %% name="solution" tags=["tolerance-3e-2"]
top = results.nlargest(100, "probability")
hits_in_top = int(top["hit"].sum())
share_in_all = results["hit"].mean()

print(f"{hits_in_top} of the 100 games with the highest probability were hits.")
print(f"Of 100 games drawn by lot, about {100 * share_in_all:.0f} would be.")

# %% [markdown]
# ## Clean up
#
# The machines are gone already: tuning and transform jobs end by themselves. Left are the model, which costs
# nothing, and files in the bucket.

# %% name="delete"
client.delete_model(ModelName=model_name)
s3.delete_object(Bucket=bucket, Key=f"{prefix}/predictions/test.csv.out")

print("Deleted.")

# %% [markdown]
# ## Check your work
#
# No model of this lesson is left, and no job is still at work.

# %% name="check-deleted" checks="delete"
models = client.list_models(NameContains="smworkshop-tuning")["Models"]
left = [each["ModelName"] for each in models]
assert not left, f'Still there: {", ".join(left)}. Run the cell "Clean up".'

jobs = client.list_transform_jobs(
    NameContains="smworkshop-tuning", StatusEquals="InProgress"
)["TransformJobSummaries"]
assert not jobs, "A transform job is still at work: run this again in some minutes."

print("OK: no model is left, and no machine works.")
