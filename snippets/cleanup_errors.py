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
#     after: [forgotten]
# ---

# %% [markdown]
# # What can go wrong while you clean up
#
# Each error here is made on purpose: each time something is deleted before what still needs it, or holds it.

# %% name="names"
import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
iam = boto3.client("iam")
s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")

# %% [markdown]
# A notebook instance that still runs.

# %% name="still-running" tags=["raises-exception"]
sagemaker.delete_notebook_instance(NotebookInstanceName="smworkshop-notebook")

# %% [markdown]
# A bucket with something in it.

# %% name="not-empty" tags=["raises-exception"]
s3.put_object(Bucket=bucket, Key="hello/forgotten.txt", Body=b"I am still here.")
s3.delete_bucket(Bucket=bucket)

# %% [markdown]
# A role with policies.

# %% name="still-attached" tags=["raises-exception"]
iam.delete_role(RoleName="SageMakerWorkshopRole")

# %% [markdown]
# Something that is gone already.

# %% name="gone" tags=["raises-exception"]
sagemaker.delete_endpoint(EndpointName="smworkshop-gone")
