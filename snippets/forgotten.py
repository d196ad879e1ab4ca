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
#     minutes: 12
#     after:
#       [set-up-errors, notebook-break, video-games, video-games-errors, video-games-tuning,
#        distributed-digits, distributed-digits-errors, image-classification,
#        image-classification-errors, kmeans-digits, kmeans-digits-boto3, kmeans-errors,
#        linear-learner-digits, linear-learner-errors, pipeline, pipeline-errors, endpoint-kinds,
#        sdk-v3]
# ---

# %% [markdown]
# # What people leave behind
#
# The clean-up is only worth something if there is something to clean up. So this script leaves on purpose
# what students forget: a job that runs, an endpoint, and the role that the console makes.

# %% name="names"
import json

import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
sagemaker = boto3.client("sagemaker")
iam = boto3.client("iam")
name = "smworkshop-forgotten"

# %% [markdown]
# ## A job that nobody waits for
#
# The training of module 2 once more, with far too many rounds.

# %% name="job"
done = sagemaker.list_training_jobs(
    NameContains="video-games", StatusEquals="Completed", SortBy="CreationTime"
)["TrainingJobSummaries"][0]
job = sagemaker.describe_training_job(TrainingJobName=done["TrainingJobName"])

sagemaker.create_training_job(
    TrainingJobName=name,
    AlgorithmSpecification={
        "TrainingImage": job["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "File",
    },
    RoleArn=job["RoleArn"],
    InputDataConfig=job["InputDataConfig"],
    OutputDataConfig=job["OutputDataConfig"],
    ResourceConfig=job["ResourceConfig"],
    StoppingCondition={"MaxRuntimeInSeconds": 1800},
    HyperParameters={**job["HyperParameters"], "num_round": "1000000"},
)

print("It trains.")

# %% [markdown]
# ## An endpoint that nobody asks
#
# It serves the model of module 2, and would take a second machine if there were many requests.

# %% name="endpoint"
sagemaker.create_model(
    ModelName=name,
    ExecutionRoleArn=job["RoleArn"],
    PrimaryContainer={
        "Image": job["AlgorithmSpecification"]["TrainingImage"],
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
    },
)
sagemaker.create_endpoint_config(
    EndpointConfigName=name,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
    ],
)
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name)

scaling = boto3.client("application-autoscaling")
scaling.register_scalable_target(
    ServiceNamespace="sagemaker",
    ResourceId=f"endpoint/{name}/variant/AllTraffic",
    ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    MinCapacity=1,
    MaxCapacity=2,
)

print("It waits for requests.")

# %% [markdown]
# ## An entry in the registry
#
# A group for model packages, with nothing in it.

# %% name="registry"
sagemaker.create_model_package_group(ModelPackageGroupName=name)

print("It is empty.")

# %% [markdown]
# ## The role that the console makes
#
# Choosing *Create a new role* in the console makes a role and a policy of its own, both with the time in
# their names.

# %% name="console-role"
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
bucket = f"arn:aws:s3:::smworkshop-{account}"
access = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": f"{bucket}/*",
        },
    ],
}
time = "20260901T093000"
role_name = f"AmazonSageMaker-ExecutionRole-{time}"

policy = iam.create_policy(
    Path="/service-role/",
    PolicyName=f"AmazonSageMaker-ExecutionPolicy-{time}",
    PolicyDocument=json.dumps(access),
)["Policy"]["Arn"]
iam.create_role(
    Path="/service-role/",
    RoleName=role_name,
    AssumeRolePolicyDocument=json.dumps(trust),
)
iam.attach_role_policy(
    RoleName=role_name,
    PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
)
iam.attach_role_policy(RoleName=role_name, PolicyArn=policy)

print("It is there.")
