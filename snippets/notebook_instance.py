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
#     minutes: 5
#     after: [create-bucket]
# ---

# %% [markdown]
# # A notebook instance
#
# A notebook instance is a computer at AWS with Jupyter on it. It needs a role: the permissions that it, and
# the jobs you start from it, work with. Each cell may be run again.

# %% name="names"
import json
import time

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam")
sagemaker = boto3.client("sagemaker")
account = boto3.client("sts").get_caller_identity()["Account"]

bucket = f"smworkshop-{account}"
role_name = "SageMakerWorkshopRole"
notebook_name = "smworkshop-notebook"
instance_type = "ml.t3.medium"


def find_notebook():
    """What AWS lists of the notebook instance; nothing if it is not there."""
    answer = sagemaker.list_notebook_instances(NameContains=notebook_name)
    for each in answer["NotebookInstances"]:
        if each["NotebookInstanceName"] == notebook_name:
            return each


# %% [markdown]
# ## Create the role
#
# The first policy says who may take the role on: SageMaker. AWS's own policy `AmazonSageMakerFullAccess` lets
# it use SageMaker, and the last one lets it read and write the workshop's bucket.

# %% name="role"
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
use_the_bucket = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        }
    ],
}

try:
    iam.create_role(
        RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust)
    )
except iam.exceptions.EntityAlreadyExistsException:
    pass
iam.attach_role_policy(
    RoleName=role_name,
    PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
)
iam.put_role_policy(
    RoleName=role_name,
    PolicyName="WorkshopBucket",
    PolicyDocument=json.dumps(use_the_bucket),
)

print("The role is there.")

# %% [markdown]
# ## Check the role
#
# It is there, SageMaker may take it on, and it has both policies.

# %% name="check-role" checks="role"
try:
    role = iam.get_role(RoleName=role_name)["Role"]
except iam.exceptions.NoSuchEntityException:
    role = None
assert role, (
    f'There is no role {role_name} yet: run the cell "Create the role". '
    "If the console made your role, you need none."
)

attached = iam.list_attached_role_policies(RoleName=role_name)
written = iam.list_role_policies(RoleName=role_name)
policies = [each["PolicyName"] for each in attached["AttachedPolicies"]]
policies += written["PolicyNames"]
assert set(policies) >= {"AmazonSageMakerFullAccess", "WorkshopBucket"}, (
    'The role lacks a policy: run the cell "Create the role" again.'
)

print("OK: the role has the policies", " and ".join(sorted(policies)))

# %% [markdown]
# ## Create the notebook instance
#
# The request returns at once; the machine is still being made. A role that is seconds old is not known
# everywhere at AWS yet, and then SageMaker says that it cannot take it on: so try again for a minute.

# %% name="create"
request = {
    "NotebookInstanceName": notebook_name,
    "InstanceType": instance_type,
    "RoleArn": iam.get_role(RoleName=role_name)["Role"]["Arn"],
    "RootAccess": "Enabled",
    "Tags": [{"Key": "project", "Value": "smworkshop"}],
}

for attempt in range(12):
    if find_notebook():
        break
    try:
        sagemaker.create_notebook_instance(**request)
    except ClientError as error:
        if "assume role" not in str(error) or attempt == 11:
            raise
        print("The role is not known everywhere yet: trying again.")
        time.sleep(5)

print("It is being made, or was there already.")

# %% [markdown]
# ## Wait until it is in service
#
# A *waiter* asks again and again until the answer is the one you want. On AWS this takes some minutes.

# %% name="wait"
if find_notebook()["NotebookInstanceStatus"] == "Stopped":
    sagemaker.start_notebook_instance(NotebookInstanceName=notebook_name)

waiter = sagemaker.get_waiter("notebook_instance_in_service")
waiter.wait(NotebookInstanceName=notebook_name)

print("It is in service.")

# %% [markdown]
# ## Check your work
#
# The instance is there, it is in service, and it is of the size you chose.

# %% name="check-notebook" checks="create, wait"
notebook = find_notebook()
assert notebook, (
    f"There is no notebook instance {notebook_name} yet: run the cell "
    '"Create the notebook instance", or create it in the console.'
)

status = notebook["NotebookInstanceStatus"]
assert status == "InService", (
    f"It is {status}, not InService yet: run the cell "
    '"Wait until it is in service", or start it in the console.'
)

print("OK:", notebook["NotebookInstanceName"], "is", status)
print("Type:   ", notebook["InstanceType"])
print("Address:", notebook["Url"])

# %% [markdown]
# ## See the tags
#
# Tags are pairs of a key and a value. They belong to the instance, not to its name.

# %% name="tags"
tags = sagemaker.list_tags(ResourceArn=notebook["NotebookInstanceArn"])["Tags"]

for tag in tags:
    print(tag["Key"], "=", tag["Value"])

# %% [markdown]
# ## Exercise
#
# Give the instance a second tag that says whose it is, and look again.

# %% name="exercise"
sagemaker.add_tags(
    ResourceArn=notebook["NotebookInstanceArn"],
    Tags=[{"Key": "owner", "Value": "me"}],
)

tags = sagemaker.list_tags(ResourceArn=notebook["NotebookInstanceArn"])["Tags"]
print({tag["Key"]: tag["Value"] for tag in tags})

# %% [markdown]
# ## Open it
#
# The address that you get here opens Jupyter for whoever has it, without asking for a password.

# %% name="open" tags=["varies"]
answer = sagemaker.create_presigned_notebook_instance_url(
    NotebookInstanceName=notebook_name
)

print("Open this address within five minutes:")
print(answer["AuthorizedUrl"])
