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
#     minutes: 3
#     after: [create-bucket, notebook-instance]
# ---

# %% [markdown]
# # Errors of pipelines, provoked
#
# Three mistakes that the lesson on pipelines explains.

# %% name="setup"
import json
import time

import boto3

client = boto3.client("sagemaker")
account = boto3.client("sts").get_caller_identity()["Account"]
name = "smworkshop-pipeline-errors"
role = f"arn:aws:iam::{account}:role/SageMakerWorkshopRole"
image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"

# %% [markdown]
# A parameter that is a whole number, where a hyperparameter wants a string.

# %% name="number"
trees = {"Name": "Trees", "Type": "Integer", "DefaultValue": 30}
training = {
    "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
    "HyperParameters": {"num_round": {"Get": "Parameters.Trees"}},
    "OutputDataConfig": {"S3OutputPath": f"s3://smworkshop-{account}/{name}"},
    "ResourceConfig": {
        "InstanceCount": 1,
        "InstanceType": "ml.m5.large",
        "VolumeSizeInGB": 5,
    },
    "RoleArn": role,
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}
train = {"Name": "Train", "Type": "Training", "Arguments": training}
definition = {"Version": "2020-12-01", "Parameters": [trees], "Steps": [train]}

client.create_pipeline(
    PipelineName=name, PipelineDefinition=json.dumps(definition), RoleArn=role
)
arn = client.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
status = "Executing"
while status == "Executing":
    time.sleep(1)
    execution = client.describe_pipeline_execution(PipelineExecutionArn=arn)
    status = execution["PipelineExecutionStatus"]
steps = client.list_pipeline_execution_steps(PipelineExecutionArn=arn)
reason = steps["PipelineExecutionSteps"][0]["FailureReason"]
client.delete_pipeline(PipelineName=name)

print(reason)

# %% [markdown]
# A pipeline that is not there.

# %% name="not-there" tags=["raises-exception"]
client.start_pipeline_execution(PipelineName=name)

# %% [markdown]
# A group that still has a version.

# %% name="a-version"
client.create_model_package_group(ModelPackageGroupName=name)
container = {"Image": image, "ModelDataUrl": f"s3://smworkshop-{account}/model.tar.gz"}
package = client.create_model_package(
    ModelPackageGroupName=name,
    InferenceSpecification={
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    },
)["ModelPackageArn"]

# %% name="not-empty" tags=["raises-exception"]
client.delete_model_package_group(ModelPackageGroupName=name)

# %% name="delete"
client.delete_model_package(ModelPackageName=package)
client.delete_model_package_group(ModelPackageGroupName=name)

print("Deleted.")
