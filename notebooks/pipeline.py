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
#     minutes: 40
#     after: [create-bucket, notebook-instance]
#     timeout: 2400
# ---

# %% [markdown]
# # From notebook to pipeline
#
# You know the steps: prepare, train, evaluate. Here they become a *pipeline*: a description that SageMaker
# follows by itself, as often as you like, without your notebook. If the model is good enough, the pipeline
# registers it, and a person approves it. Run the cells from top to bottom, each one once.

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
# Where to work. A *pipeline session* is like a session, but it notes what you ask for and does not do it yet.

# %% name="setup"
import json
import logging
import time
import warnings

import boto3
from botocore.exceptions import ClientError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import get_execution_role
from sagemaker.core.workflow.pipeline_context import PipelineSession

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-pipeline"

# The SDK tells much that nobody needs here.
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore", message="Running within a PipelineSession")

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
# ## The raw data
#
# A pipeline begins with what lies in S3. This puts a table there: measurements of 569 tumours, which
# scikit-learn ships, with the diagnosis as a word.

# %% name="raw-data"
from sklearn.datasets import load_breast_cancer

loaded = load_breast_cancer(as_frame=True)
raw = loaded.data.copy()
raw["diagnosis"] = loaded.target.map({0: "malignant", 1: "benign"})

raw_key = f"{prefix}/raw/tumours.csv"
s3.put_object(Bucket=bucket, Key=raw_key, Body=raw.to_csv(index=False).encode())

print(raw.shape[0], "rows,", raw.shape[1], "columns")

# %% [markdown]
# ### Check your work

# %% name="check-raw-data" checks="raw-data"
listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/raw/")
assert listed["KeyCount"], (
    "The raw table is not in the bucket yet:"
    ' run the cell that says "load_breast_cancer".'
)
print("OK: the raw table is in S3.")

# %% [markdown]
# ## Two scripts
#
# What the notebook did in a cell becomes a script, because it will run on other machines. The first one
# prepares: the word becomes a number, the label goes first, and the rows are split. It finds its input in one
# folder and leaves its results in two others.

# %% name="prepare-script"
%%writefile prepare.py
import pandas as pd

base = "/opt/ml/processing"
raw = pd.read_csv(f"{base}/raw/tumours.csv")

label = (raw.pop("diagnosis") == "malignant").astype(int)
raw.insert(0, "malignant", label)
raw = raw.sample(frac=1, random_state=5)

train, test = raw[:-114], raw[-114:]
train.to_csv(f"{base}/train/train.csv", header=False, index=False)
test.to_csv(f"{base}/test/test.csv", header=False, index=False)
print(len(train), "rows to train,", len(test), "rows to test")

# %% [markdown]
# The second one evaluates: it opens the model, asks it about the test rows, and writes what it found into a
# file of JSON, the *report*.

# %% name="evaluate-script"
%%writefile evaluate.py
import json
import tarfile

import pandas as pd
import xgboost

base = "/opt/ml/processing"
with tarfile.open(f"{base}/model/model.tar.gz") as archive:
    archive.extractall(".", filter="data")
model = xgboost.Booster(model_file="xgboost-model")

test = pd.read_csv(f"{base}/test/test.csv", header=None)
probability = model.predict(xgboost.DMatrix(test.iloc[:, 1:].to_numpy()))
accuracy = float(((probability >= 0.5) == test[0]).mean())

with open(f"{base}/report/report.json", "w") as file:
    json.dump({"test": {"accuracy": accuracy, "rows": len(test)}}, file)
print("accuracy:", round(accuracy, 3))

# %% [markdown]
# ## Parameters
#
# What may differ from one run to the next gets a name and a default. The bar is the accuracy that a model
# must reach.

# %% name="parameters"
from sagemaker.core.workflow.parameters import (
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)

bar = ParameterFloat(name="Bar", default_value=0.9)
trees = ParameterInteger(name="Trees", default_value=30)
machine = ParameterString(name="Machine", default_value="ml.m5.large")

print("Three parameters.")

# %% [markdown]
# ## Step one: prepare
#
# A processing job: any script, any container. `run` starts nothing here, because the session is a pipeline
# session; it returns what the step shall do.

# %% name="prepare-step"
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep

session = PipelineSession(default_bucket=bucket, default_bucket_prefix=prefix)
image = image_uris.retrieve("xgboost", region, version="3.0-5")
cache = CacheConfig(enable_caching=True, expire_after="1d")


def processor(name):
    """What runs a script in the container of XGBoost."""
    return ScriptProcessor(
        image_uri=image,
        command=["python3"],
        role=role,
        instance_type=machine,
        instance_count=1,
        base_job_name=f"{prefix}-{name}",
        sagemaker_session=session,
    )


def from_s3(name, uri):
    """Files from S3, in a folder of the container."""
    source = ProcessingS3Input(
        s3_uri=uri,
        local_path=f"/opt/ml/processing/{name}",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    return ProcessingInput(input_name=name, s3_input=source)


def to_s3(name):
    """What the script leaves in a folder of the container goes to S3."""
    target = ProcessingS3Output(
        s3_uri=f"s3://{bucket}/{prefix}/{name}",
        local_path=f"/opt/ml/processing/{name}",
        s3_upload_mode="EndOfJob",
    )
    return ProcessingOutput(output_name=name, s3_output=target)


prepare = ProcessingStep(
    name="Prepare",
    step_args=processor("prepare").run(
        code="prepare.py",
        inputs=[from_s3("raw", f"s3://{bucket}/{raw_key}")],
        outputs=[to_s3("train"), to_s3("test")],
    ),
    cache_config=cache,
)
prepared = prepare.properties.ProcessingOutputConfig.Outputs

print("Step:", prepare.name)

# %% [markdown]
# ## Step two: train
#
# The same `ModelTrainer` as in module 2. Where its data is, nobody knows yet: `prepared` is a promise, which
# the pipeline keeps when step one has ended. That is also how it knows the order.

# %% name="train-step"
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.mlops.workflow.steps import TrainingStep
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

trainer = ModelTrainer(
    base_job_name=f"{prefix}-train",
    training_image=image,
    role=role,
    sagemaker_session=session,
    compute=Compute(instance_type=machine, instance_count=1, volume_size_in_gb=5),
    hyperparameters={
        "objective": "binary:logistic",
        "num_round": trees.to_string(),
        "max_depth": 3,
        "seed": 5,
    },
    input_data_config=[
        InputData(
            channel_name="train",
            data_source=prepared["train"].S3Output.S3Uri,
            content_type="text/csv",
        )
    ],
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}/model"),
)
train = TrainingStep(name="Train", step_args=trainer.train(), cache_config=cache)
model_file = train.properties.ModelArtifacts.S3ModelArtifacts

print("Step:", train.name)

# %% [markdown]
# ## Step three: evaluate
#
# A processing job again. A *property file* lets the pipeline look into the report.

# %% name="evaluate-step"
from sagemaker.core.workflow.properties import PropertyFile

report = PropertyFile(name="Report", output_name="report", path="report.json")

evaluate = ProcessingStep(
    name="Evaluate",
    step_args=processor("evaluate").run(
        code="evaluate.py",
        inputs=[
            from_s3("model", model_file),
            from_s3("test", prepared["test"].S3Output.S3Uri),
        ],
        outputs=[to_s3("report")],
    ),
    property_files=[report],
    cache_config=cache,
)

print("Step:", evaluate.name)

# %% [markdown]
# ## Step four: register
#
# The *model registry* keeps versions of a model, in a group. A new version waits for somebody's approval.

# %% name="register-step"
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.serve.model_builder import ModelBuilder

group = f"{prefix}-tumours"

builder = ModelBuilder(
    image_uri=image,
    s3_model_data_url=model_file,
    role_arn=role,
    sagemaker_session=session,
)
register = ModelStep(
    name="Register",
    step_args=builder.register(
        model_package_group_name=group,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        approval_status="PendingManualApproval",
    ),
)

print("Step:", register.name)

# %% [markdown]
# ## The condition
#
# Register if the accuracy reaches the bar. If not, fail, and say why.

# %% name="condition-step"
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep

accuracy = JsonGet(
    step_name=evaluate.name, property_file=report, json_path="test.accuracy"
)
not_good_enough = FailStep(
    name="NotGoodEnough",
    error_message=Join(on=" ", values=["The accuracy is below the bar of", bar]),
)
decide = ConditionStep(
    name="GoodEnough",
    conditions=[ConditionGreaterThanOrEqualTo(left=accuracy, right=bar)],
    if_steps=[register],
    else_steps=[not_good_enough],
)

print("Step:", decide.name)

# %% [markdown]
# ## Create the pipeline
#
# `upsert` sends the description: it creates the pipeline, or brings it up to date. Nothing runs yet, and it
# costs nothing.

# %% name="create"
from sagemaker.core.workflow.pipeline_definition_config import PipelineDefinitionConfig
from sagemaker.mlops.workflow.pipeline import Pipeline

pipeline = Pipeline(
    name=prefix,
    parameters=[bar, trees, machine],
    steps=[prepare, train, evaluate, decide],
    sagemaker_session=session,
    pipeline_definition_config=PipelineDefinitionConfig(use_custom_job_prefix=True),
)
pipeline.upsert(role_arn=role)

told = client.describe_pipeline(PipelineName=prefix)
for step in json.loads(told["PipelineDefinition"])["Steps"]:
    print(f"{step['Name']:12}", step["Type"])

# %% name="check-create" checks="create"
names = [
    each["PipelineName"]
    for each in client.list_pipelines(PipelineNamePrefix=prefix)["PipelineSummaries"]
]
assert prefix in names, (
    f'There is no pipeline {prefix} yet: run the cell that says "pipeline.upsert".'
)
print("OK: the pipeline is there.")

# %% [markdown]
# ## Run it with a bar too high
#
# First with a bar that no model reaches, to see it refuse. Three machines start one after the other: on AWS
# this takes about ten minutes.

# %% name="run-too-high"
def run(**parameters):
    """Start the pipeline, wait until it has ended, and show its steps."""
    execution = pipeline.start(parameters=parameters)
    arn = execution.arn
    while True:
        told = client.describe_pipeline_execution(PipelineExecutionArn=arn)
        if told["PipelineExecutionStatus"] not in ("Executing", "Stopping"):
            break
        time.sleep(5)
    print("The pipeline has", told["PipelineExecutionStatus"].lower() + ".")
    steps = client.list_pipeline_execution_steps(
        PipelineExecutionArn=arn, SortOrder="Ascending"
    )["PipelineExecutionSteps"]
    for step in steps:
        again = "from the cache" if "CacheHitResult" in step else ""
        more = step.get("FailureReason", again)
        print(f"  {step['StepName']:14} {step['StepStatus']:10} {more}")
    return {step["StepName"]: step for step in steps}


steps = run(Bar=0.999)

# %% [markdown]
# ## Run it with the bar of the pipeline
#
# The same again, with the default. What was computed before, from the same inputs, comes from the cache: no
# machine starts for it.

# %% name="run"
steps = run()

# %% [markdown]
# What the report says. It is a file in S3 like any other.

# %% name="report"
body = s3.get_object(Bucket=bucket, Key=f"{prefix}/report/report.json")["Body"].read()
tested = json.loads(body)["test"]
test_accuracy, test_rows = tested["accuracy"], tested["rows"]

print(f"accuracy: {test_accuracy:.1%} of {test_rows} rows")

# %% name="check-run" checks="run-too-high, run"
try:
    executions = client.list_pipeline_executions(PipelineName=prefix)
    ended = [
        each["PipelineExecutionStatus"]
        for each in executions["PipelineExecutionSummaries"]
    ]
except ClientError:
    ended = []
assert "Succeeded" in ended, (
    'The pipeline has not run to its end yet: run the cell that says "steps = run()".'
)
print("OK: the pipeline ran", len(ended), "times, and succeeded.")

# %% [markdown]
# ## The registry
#
# The group now has one version. It waits for approval.

# %% name="registry"
versions = client.list_model_packages(ModelPackageGroupName=group)
package = versions["ModelPackageSummaryList"][0]

print("Version: ", package["ModelPackageVersion"])
print("Approval:", package["ModelApprovalStatus"])

# %% [markdown]
# Somebody looks at it and says yes. What deploys models in a company can wait for just this.

# %% name="approve"
client.update_model_package(
    ModelPackageArn=package["ModelPackageArn"],
    ModelApprovalStatus="Approved",
    ApprovalDescription="Accuracy is above the bar.",
)

print("Approved.")

# %% name="check-approve" checks="approve"
approved = client.list_model_packages(
    ModelPackageGroupName=group, ModelApprovalStatus="Approved"
)["ModelPackageSummaryList"]
assert approved, (
    'No version is approved yet: run the cell that says "update_model_package".'
)
print("OK: version", approved[0]["ModelPackageVersion"], "is approved.")

# %% [markdown]
# ## Exercise
#
# Deploy the approved version to a serverless endpoint and ask it about the first row of the table. A model
# can name a package in the place of an image and a file.

# %% name="solution"
newest = approved[0]["ModelPackageArn"]
client.create_model(
    ModelName=prefix,
    Containers=[{"ModelPackageName": newest}],
    ExecutionRoleArn=role,
)
client.create_endpoint_config(
    EndpointConfigName=prefix,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": prefix,
            "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1},
        }
    ],
)
client.create_endpoint(EndpointName=prefix, EndpointConfigName=prefix)
waiter = client.get_waiter("endpoint_in_service")
waiter.wait(EndpointName=prefix, WaiterConfig={"Delay": 10})

first_row = raw.drop(columns="diagnosis")[:1].to_csv(header=False, index=False)
reply = boto3.client("sagemaker-runtime").invoke_endpoint(
    EndpointName=prefix, Body=first_row, ContentType="text/csv"
)
probability = float(reply["Body"].read())

print("Diagnosis:     ", raw["diagnosis"][0])
print(f"The model says: malignant, with a probability of {probability:.2f}")

# %% [markdown]
# ## Delete everything
#
# The endpoint of the exercise first, then the pipeline, the versions, and the group, which must be empty.

# %% name="delete"
def gone(delete, **name):
    """Delete something; if it is not there, that is fine too."""
    try:
        delete(**name)
    except ClientError:
        print("Was not there:", *name.values())


gone(client.delete_endpoint, EndpointName=prefix)
gone(client.delete_endpoint_config, EndpointConfigName=prefix)
gone(client.delete_model, ModelName=prefix)
gone(client.delete_pipeline, PipelineName=prefix)
listed = client.list_model_packages(ModelPackageGroupName=group)
for each in listed["ModelPackageSummaryList"]:
    client.delete_model_package(ModelPackageName=each["ModelPackageArn"])
client.delete_model_package_group(ModelPackageGroupName=group)
waiter = client.get_waiter("endpoint_deleted")
waiter.wait(EndpointName=prefix, WaiterConfig={"Delay": 10})

print("Deleted.")

# %% [markdown]
# ### Check your work
#
# Ask SageMaker for whatever bears this lesson's name.

# %% name="check-deleted" checks="delete"
groups = client.list_model_package_groups(NameContains=prefix)
lists = {
    "endpoint": client.list_endpoints(NameContains=prefix)["Endpoints"],
    "model": [
        each
        for each in client.list_models(NameContains=prefix)["Models"]
        if each["ModelName"].startswith(prefix)
    ],
    "pipeline": client.list_pipelines(PipelineNamePrefix=prefix)["PipelineSummaries"],
    "model group": groups["ModelPackageGroupSummaryList"],
}
left = [kind for kind, found in lists.items() if found]
assert not left, (
    f'Still there: {", ".join(left)}. Run the cell below "Delete everything".'
)
print("OK: nothing of this lesson is left but files in S3.")
