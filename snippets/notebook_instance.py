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
#     minutes: 8
#     after: [create-bucket]
# ---

# %% [markdown]
# # A notebook instance
#
# A notebook instance is a computer at AWS with Jupyter on it. It needs a role: the permissions that it, and
# the jobs you start from it, work with.

# %% [markdown]
# ## Create the role
#
# The first policy says who may take the role on: SageMaker. Two more say what it may do: use SageMaker, and
# read and write the workshop's bucket, no other.

# %% name="role"
import json

import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
role_name = "SageMakerWorkshopRole"

trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
bucket_only = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
    ],
}

iam = boto3.client("iam")
try:
    iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust))
except iam.exceptions.EntityAlreadyExistsException:
    pass
iam.attach_role_policy(RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
iam.put_role_policy(RoleName=role_name, PolicyName="WorkshopBucket", PolicyDocument=json.dumps(bucket_only))
role = iam.get_role(RoleName=role_name)["Role"]["Arn"]

print("Role:", role_name)

# %% [markdown]
# ## Create the notebook instance
#
# The request returns at once. The machine is still being made: its status is `Pending`.

# %% name="create"
sagemaker = boto3.client("sagemaker")
notebook_name = "smworkshop-notebook"
instance_type = "ml.t3.medium"

sagemaker.create_notebook_instance(
    NotebookInstanceName=notebook_name,
    InstanceType=instance_type,
    RoleArn=role,
)
status = sagemaker.describe_notebook_instance(NotebookInstanceName=notebook_name)["NotebookInstanceStatus"]

print("Status:", status)

# %% [markdown]
# ## Wait until it is in service
#
# A *waiter* asks again and again until the answer is the one you want. On AWS this takes some minutes.

# %% name="wait"
sagemaker.get_waiter("notebook_instance_in_service").wait(NotebookInstanceName=notebook_name)

print("It is in service.")

# %% [markdown]
# ## Check your work
#
# The instance is in service, it is of the size you chose, and it has an address for your browser.

# %% name="check"
notebook = sagemaker.describe_notebook_instance(NotebookInstanceName=notebook_name)
status = notebook["NotebookInstanceStatus"]

print("Name:   ", notebook["NotebookInstanceName"])
print("Type:   ", notebook["InstanceType"])
print("Status: ", status)
print("Address:", notebook["Url"])

# %% [markdown]
# ## Stop it
#
# A stopped instance keeps its disk and costs only that. Stopping takes a moment, so wait for this too.

# %% name="stop"
sagemaker.stop_notebook_instance(NotebookInstanceName=notebook_name)
sagemaker.get_waiter("notebook_instance_stopped").wait(NotebookInstanceName=notebook_name)

print("It is stopped.")

# %% [markdown]
# ## Delete it
#
# Only a stopped instance can be deleted. Its disk goes with it. The role stays: the next module uses it.

# %% name="delete"
sagemaker.delete_notebook_instance(NotebookInstanceName=notebook_name)
sagemaker.get_waiter("notebook_instance_deleted").wait(NotebookInstanceName=notebook_name)

print("It is gone.")
