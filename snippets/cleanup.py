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
#     after: [notebook-instance, video-games, endpoint-kinds, pipeline, pipeline-errors, sdk-v3]
# ---

# %% [markdown]
# # Clean up
#
# Delete what the workshop made, and only that: everything it makes has a name that begins with `smworkshop`
# or `video-games`, and the role is called `SageMakerWorkshopRole`. Each cell may be run again.

# %% [markdown]
# ## See what is there
#
# One function gathers everything. The last cell asks it again.

# %% name="find"
import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
bucket_name = f"smworkshop-{account}"
role_name = "SageMakerWorkshopRole"
prefixes = ("smworkshop", "video-games")

sagemaker = boto3.client("sagemaker")
logs = boto3.client("logs")
s3 = boto3.resource("s3")
iam = boto3.client("iam")


def names(operation, member, name):
    """The names of all resources that an operation lists, if they are the workshop's."""
    pages = sagemaker.get_paginator(operation).paginate()
    return [item[name] for page in pages for item in page[member] if item[name].startswith(prefixes)]


def log_streams(group):
    """The streams of a log group that belong to the workshop."""
    try:
        pages = list(logs.get_paginator("describe_log_streams").paginate(logGroupName=group))
    except logs.exceptions.ResourceNotFoundException:
        return []
    streams = [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
    return [stream for stream in streams if stream.startswith(prefixes)]


def log_groups():
    """The log groups of the workshop's endpoints and notebook instances; each endpoint has one of its own."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/sagemaker/Endpoints/")
    groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    return [group for group in groups if group.rpartition("/")[2].startswith(prefixes)]


def find():
    """Everything the workshop made, by kind."""
    return {
        "endpoints": names("list_endpoints", "Endpoints", "EndpointName"),
        "endpoint configurations": names("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        "models": names("list_models", "Models", "ModelName"),
        "notebook instances": names("list_notebook_instances", "NotebookInstances", "NotebookInstanceName"),
        "training logs": log_streams("/aws/sagemaker/TrainingJobs"),
        "notebook logs": log_streams("/aws/sagemaker/NotebookInstances"),
        "endpoint logs": log_groups(),
        "buckets": [bucket.name for bucket in s3.buckets.all() if bucket.name == bucket_name],
        "roles": [
            role["RoleName"]
            for page in iam.get_paginator("list_roles").paginate()
            for role in page["Roles"]
            if role["RoleName"] == role_name
        ],
    }


found = find()
for kind, items in found.items():
    print(f"{kind:24} {len(items)}")

# %% [markdown]
# ## Endpoints
#
# They cost the most, so they go first; their configurations follow.

# %% name="endpoints"
for name in found["endpoints"]:
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name)
for name in found["endpoint configurations"]:
    sagemaker.delete_endpoint_config(EndpointConfigName=name)

print("Endpoints deleted:", len(found["endpoints"]))

# %% [markdown]
# ## Models
#
# This removes the entry in SageMaker. The file is in the bucket, and goes with it.

# %% name="models"
for name in found["models"]:
    sagemaker.delete_model(ModelName=name)

print("Models deleted:", len(found["models"]))

# %% [markdown]
# ## Notebook instances
#
# A running instance is stopped first. Do not run this on the very instance that it deletes.

# %% name="notebook-instances"
for name in found["notebook instances"]:
    status = sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
    if status == "InService":
        sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    if status in ("InService", "Stopping"):
        sagemaker.get_waiter("notebook_instance_stopped").wait(NotebookInstanceName=name)
    sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    sagemaker.get_waiter("notebook_instance_deleted").wait(NotebookInstanceName=name)

print("Notebook instances deleted:", len(found["notebook instances"]))

# %% [markdown]
# ## Logs
#
# Training jobs and notebook instances write into groups that all of the account shares, so only the
# workshop's streams go.

# %% name="logs"
for name in found["training logs"]:
    logs.delete_log_stream(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=name)
for name in found["notebook logs"]:
    logs.delete_log_stream(logGroupName="/aws/sagemaker/NotebookInstances", logStreamName=name)
for name in found["endpoint logs"]:
    logs.delete_log_group(logGroupName=name)

print("Logs deleted:", sum(len(found[kind]) for kind in found if kind.endswith("logs")))

# %% [markdown]
# ## Bucket
#
# A bucket must be empty before it can be deleted. There is no way back from here.

# %% name="bucket"
for name in found["buckets"]:
    bucket = s3.Bucket(name)
    bucket.object_versions.delete()
    bucket.delete()

print("Buckets deleted:", len(found["buckets"]))

# %% [markdown]
# ## Role
#
# Policies come off first, then the role goes.

# %% name="role"
for name in found["roles"]:
    role = boto3.resource("iam").Role(name)
    for policy in role.attached_policies.all():
        role.detach_policy(PolicyArn=policy.arn)
    for policy in role.policies.all():
        policy.delete()
    role.delete()

print("Roles deleted:", len(found["roles"]))

# %% [markdown]
# ## Check your work
#
# Ask again: is anything left? Training jobs stay in the list as a record of what ran. They cost nothing.

# %% name="check"
left = [name for items in find().values() for name in items]

print("Left over:", ", ".join(left) or "nothing")
