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
#     minutes: 2
#     after: [create-bucket, notebook-instance]
# ---

# %% [markdown]
# # What can go wrong while you set up
#
# Each error here is made on purpose.

# %% name="names"
import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
iam = boto3.client("iam")
s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")

# %% [markdown]
# A bucket that belongs to somebody else: this name is one of AWS's own.

# %% name="name-taken" tags=["raises-exception"]
s3.create_bucket(Bucket="sagemaker-sample-files")

# %% [markdown]
# The same notebook instance once more.

# %% name="duplicate" tags=["raises-exception"]
sagemaker.create_notebook_instance(
    NotebookInstanceName="smworkshop-notebook",
    InstanceType="ml.t3.medium",
    RoleArn=f"arn:aws:iam::{account}:role/SageMakerWorkshopRole",
)

# %% [markdown]
# A role's name where its ARN is asked for.

# %% name="role-name" tags=["raises-exception"]
sagemaker.create_notebook_instance(
    NotebookInstanceName="smworkshop-second",
    InstanceType="ml.t3.medium",
    RoleArn="SageMakerWorkshopRole",
)

# %% [markdown]
# A notebook instance that is not there.

# %% name="not-there" tags=["raises-exception"]
sagemaker.create_presigned_notebook_instance_url(
    NotebookInstanceName="smworkshop-other"
)

# %% [markdown]
# A role that is not there.

# %% name="no-role" tags=["raises-exception"]
iam.get_role(RoleName="SagemakerWorkshopRole")
