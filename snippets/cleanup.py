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
#     minutes: 15
#     after: [forgotten, cleanup-errors]
# ---

# %% [markdown]
# # Clean up
#
# Delete what the workshop made, and only that: whatever it makes has a name that begins with `smworkshop` or
# `video-games`, and the role is called `SageMakerWorkshopRole`. Each cell may be run again.

# %% [markdown]
# ## Prepare
#
# AWS lists long answers in pages, and sometimes asks to be asked less often. So read all pages, and be
# patient.

# %% name="prepare"
import json
import re
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.Session()
account = session.client("sts").get_caller_identity()["Account"]
patient = Config(retries={"mode": "standard", "max_attempts": 10})
sagemaker = session.client("sagemaker", config=patient)
scaling = session.client("application-autoscaling", config=patient)
logs = session.client("logs", config=patient)
iam = session.client("iam", config=patient)
s3 = session.resource("s3", config=patient)

role_name = "SageMakerWorkshopRole"
prefixes = ["smworkshop", "video-games"]


def mine(name):
    """Whether something with this name is the workshop's."""
    return name.startswith(tuple(prefixes))


def every(client, operation, member, **request):
    """All that an operation lists, page after page."""
    for page in client.get_paginator(operation).paginate(**request):
        yield from page[member]


# %% [markdown]
# ## What SageMaker has
#
# Jobs that have ended stay listed as a record, and cost nothing. So only those that run are wanted.

# %% name="in-sagemaker"
things = {
    "endpoints": ("list_endpoints", "Endpoints", "EndpointName"),
    "endpoint configurations": (
        "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName",
    ),
    "models": ("list_models", "Models", "ModelName"),
    "pipelines": ("list_pipelines", "PipelineSummaries", "PipelineName"),
    "model package groups": (
        "list_model_package_groups",
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupName",
    ),
    "notebook instances": (
        "list_notebook_instances", "NotebookInstances", "NotebookInstanceName",
    ),
}  # fmt: skip
jobs = {
    "tuning jobs": (
        "list_hyper_parameter_tuning_jobs",
        "HyperParameterTuningJobSummaries",
        "HyperParameterTuningJobName",
    ),
    "training jobs": (
        "list_training_jobs", "TrainingJobSummaries", "TrainingJobName",
    ),
    "transform jobs": (
        "list_transform_jobs", "TransformJobSummaries", "TransformJobName",
    ),
    "processing jobs": (
        "list_processing_jobs", "ProcessingJobSummaries", "ProcessingJobName",
    ),
}  # fmt: skip


def find_thing(kind):
    """The workshop's things of one kind."""
    operation, member, key = things[kind]
    listed = every(sagemaker, operation, member)
    return [each[key] for each in listed if mine(each[key])]


def find_running(kind):
    """The workshop's jobs of one kind that have not ended."""
    operation, member, key = jobs[kind]
    return [
        each[key]
        for status in ("InProgress", "Stopping")
        for each in every(sagemaker, operation, member, StatusEquals=status)
        if mine(each[key])
    ]


def find_executions():
    """Runs of the workshop's pipelines that have not ended. Notes what all runs made."""
    running = []
    for pipeline in find_thing("pipelines"):
        for run in every(
            sagemaker,
            "list_pipeline_executions",
            "PipelineExecutionSummaries",
            PipelineName=pipeline,
        ):
            arn = run["PipelineExecutionArn"]
            if run["PipelineExecutionStatus"] in ("Executing", "Stopping"):
                running.append(arn)
            note_what_it_made(arn)
    return running


def note_what_it_made(execution):
    """Jobs and models of a pipeline have names that SageMaker made up."""
    for step in every(
        sagemaker,
        "list_pipeline_execution_steps",
        "PipelineExecutionSteps",
        PipelineExecutionArn=execution,
    ):
        for kind, made in step.get("Metadata", {}).items():
            if kind.endswith("Job") or kind == "Model":
                name = made.get("Arn", "").rpartition("/")[2]
                if name and name not in prefixes:
                    prefixes.append(name)


# %% [markdown]
# ## What is elsewhere
#
# Scaling has a service of its own, logs are in CloudWatch, files in S3, roles in IAM.

# %% name="elsewhere"
shared_groups = [
    f"/aws/sagemaker/{kind}"
    for kind in ("TrainingJobs", "ProcessingJobs", "TransformJobs", "NotebookInstances")
]
sdk_bucket = s3.Bucket(f"sagemaker-{session.region_name}-{account}")


def find_scaling():
    """What scales the workshop's endpoints: the endpoint's variant, and how."""
    return [
        (each["ResourceId"], each["ScalableDimension"])
        for each in every(
            scaling,
            "describe_scalable_targets",
            "ScalableTargets",
            ServiceNamespace="sagemaker",
        )
        if mine(each["ResourceId"].removeprefix("endpoint/"))
    ]


def find_log_streams():
    """The workshop's streams in the groups that all jobs and notebooks share."""
    found = []
    for group in shared_groups:
        try:
            for stream in every(
                logs, "describe_log_streams", "logStreams", logGroupName=group
            ):
                if mine(stream["logStreamName"]):
                    found.append((group, stream["logStreamName"]))
        except logs.exceptions.ResourceNotFoundException:
            pass
    return found


def find_log_groups():
    """The log groups of the workshop's endpoints: each has one of its own."""
    start = "/aws/sagemaker/Endpoints/"
    found = every(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=start)
    names = [each["logGroupName"] for each in found]
    return [name for name in names if mine(name.removeprefix(start))]


def find_buckets():
    """The workshop's buckets."""
    return [bucket.name for bucket in s3.buckets.all() if mine(bucket.name)]


def find_files():
    """The workshop's files in the bucket that the SageMaker SDK makes for itself."""
    if sdk_bucket.name not in [bucket.name for bucket in s3.buckets.all()]:
        return []
    return [file.key for file in sdk_bucket.objects.all() if mine(file.key)]


def policies_of_console(role):
    """Policies that the console wrote for the workshop's buckets and no others."""
    found = []
    for policy in every(
        iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role
    ):
        arn = policy["PolicyArn"]
        if policy["PolicyName"].startswith("AmazonSageMaker-ExecutionPolicy-"):
            newest = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            version = iam.get_policy_version(PolicyArn=arn, VersionId=newest)
            text = json.dumps(version["PolicyVersion"]["Document"])
            named = re.findall(r"arn:aws[a-z-]*:s3:::([^/\"]+)", text)
            if named and all(mine(bucket) for bucket in named):
                found.append(arn)
    return found


def find_roles():
    """The workshop's role, and roles that the console made for its bucket alone."""
    found = []
    for role in every(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        by_console = name.startswith("AmazonSageMaker-ExecutionRole-")
        if name == role_name or (by_console and policies_of_console(name)):
            found.append(name)
    return sorted(found)


# %% [markdown]
# ## See what is there
#
# One function gathers everything. The last cell asks it again.

# %% name="find"
def find():
    """Everything that the workshop made, by kind."""
    return {
        "pipeline runs": find_executions(),
        **{kind: find_running(kind) for kind in jobs},
        **{kind: find_thing(kind) for kind in things},
        "scaling of endpoints": find_scaling(),
        "log streams": find_log_streams(),
        "log groups": find_log_groups(),
        "buckets": find_buckets(),
        "files in the SDK's bucket": find_files(),
        "roles": find_roles(),
    }


found = find()
for kind, items in found.items():
    print(f"{kind:26} {'yes' if items else '-'}")

# %% [markdown]
# ## Jobs
#
# Runs of pipelines first: they would start the next job.

# %% name="jobs"
for arn in find_executions():
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)

stop = {
    "tuning jobs": sagemaker.stop_hyper_parameter_tuning_job,
    "training jobs": sagemaker.stop_training_job,
    "transform jobs": sagemaker.stop_transform_job,
    "processing jobs": sagemaker.stop_processing_job,
}
for kind in jobs:
    for name in find_running(kind):
        try:
            stop[kind](**{jobs[kind][2]: name})
        except ClientError:
            print(name, "has ended, or is about to.")

while find_executions() or any(find_running(kind) for kind in jobs):
    time.sleep(1)

print("Nothing runs any more.")

# %% [markdown]
# ## Endpoints
#
# They cost the most. One that is just being made or changed cannot be deleted before it is ready, and what
# scales it goes first.

# %% name="endpoints"
passing = ("Creating", "Updating", "SystemUpdating", "RollingBack")


def endpoint_status(name):
    """An endpoint's status, such as InService."""
    return sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"]


for resource, dimension in find_scaling():
    scaling.deregister_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=resource,
        ScalableDimension=dimension,
    )

for name in find_thing("endpoints"):
    while endpoint_status(name) in passing:
        time.sleep(10)
    if endpoint_status(name) != "Deleting":
        sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name)

for name in find_thing("endpoint configurations"):
    sagemaker.delete_endpoint_config(EndpointConfigName=name)

print("No endpoint is left.")

# %% [markdown]
# ## Models, pipelines and the registry
#
# This removes entries in SageMaker. The files are in the bucket, and go with it.

# %% name="entries"
for name in find_thing("models"):
    sagemaker.delete_model(ModelName=name)

for name in find_thing("pipelines"):
    sagemaker.delete_pipeline(PipelineName=name)

for name in find_thing("model package groups"):
    packages = every(
        sagemaker,
        "list_model_packages",
        "ModelPackageSummaryList",
        ModelPackageGroupName=name,
    )
    for package in list(packages):
        sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)

print("No model, pipeline or package is left.")

# %% name="check-entries" checks="jobs, endpoints, entries"
left = [name for kind in jobs for name in find_running(kind)]
left += [resource for resource, dimension in find_scaling()]
left += [
    name
    for kind in things
    if kind != "notebook instances"
    for name in find_thing(kind)
]
assert not left, (
    f"Still there: {', '.join(left)}. Run the cells for jobs, for endpoints and "
    "for models again, or delete them in the console."
)

print("OK: no job runs, and no endpoint, model or pipeline is left.")

# %% [markdown]
# ## Notebook instances
#
# A running instance is stopped first. Do not run this on the very instance that it deletes.

# %% name="notebook-instances"
in_service = sagemaker.get_waiter("notebook_instance_in_service")
stopped = sagemaker.get_waiter("notebook_instance_stopped")
deleted = sagemaker.get_waiter("notebook_instance_deleted")


def notebook_status(name):
    """A notebook instance's status, such as InService."""
    answer = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
    return answer["NotebookInstanceStatus"]


for name in find_thing("notebook instances"):
    if notebook_status(name) == "Pending":
        in_service.wait(NotebookInstanceName=name)
    if notebook_status(name) == "InService":
        sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    if notebook_status(name) in ("Stopping", "Updating"):
        stopped.wait(NotebookInstanceName=name)
    if notebook_status(name) != "Deleting":
        sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    deleted.wait(NotebookInstanceName=name)

print("No notebook instance is left.")

# %% name="check-notebook-instances" checks="notebook-instances"
left = find_thing("notebook instances")
assert not left, (
    f"Still there: {', '.join(left)}. Stop it and delete it: run the cell "
    "for notebook instances again, or use the console."
)

print("OK: no notebook instance is left.")

# %% [markdown]
# ## Logs
#
# Jobs and notebook instances write into groups that all of the account shares, so only the workshop's
# streams go.

# %% name="logs"
for group, stream in find_log_streams():
    logs.delete_log_stream(logGroupName=group, logStreamName=stream)

for group in find_log_groups():
    logs.delete_log_group(logGroupName=group)

print("No logs are left.")

# %% name="check-logs" checks="logs"
left = len(find_log_streams()) + len(find_log_groups())
assert not left, (
    f"{left} logs are still there, or came late: "
    "run the cell for logs again, or delete them in the console."
)

print("OK: no logs are left.")

# %% [markdown]
# ## Buckets
#
# A bucket must be empty before it can be deleted, of older versions of its objects too. There is no way back
# from here.

# %% name="buckets"
for name in find_buckets():
    bucket = s3.Bucket(name)
    bucket.object_versions.delete()
    bucket.delete()

for key in find_files():
    sdk_bucket.object_versions.filter(Prefix=key).delete()

print("No bucket is left.")

# %% name="check-buckets" checks="buckets"
left = find_buckets() + find_files()
assert not left, (
    f"Still there: {', '.join(left[:5])}. Run the cell for buckets again, "
    "or empty and delete them in the console."
)

print("OK: no bucket and no file is left.")

# %% [markdown]
# ## Roles
#
# Policies come off first, then the role goes. A policy that the console wrote for it is deleted as well.

# %% name="roles"
for name in find_roles():
    of_console = policies_of_console(name)
    role = session.resource("iam").Role(name)
    for policy in list(role.attached_policies.all()):
        role.detach_policy(PolicyArn=policy.arn)
        if policy.arn in of_console:
            for version in list(policy.versions.all()):
                if not version.is_default_version:
                    version.delete()
            policy.delete()
    for policy in list(role.policies.all()):
        policy.delete()
    role.delete()

print("No role is left.")

# %% name="check-roles" checks="roles"
left = find_roles()
assert not left, (
    f"Still there: {', '.join(left)}. Run the cell for roles again, "
    "or delete them in the console."
)

print("OK: no role is left.")

# %% [markdown]
# ## Is anything left?
#
# Ask everything again. If something is there, this cell fails and says what it is.

# %% name="check" checks="jobs, endpoints, entries, notebook-instances, logs, buckets, roles"
left = [kind for kind, items in find().items() if items]
assert not left, (
    f"Left over: {', '.join(left)}. Run the cells for these again; find() tells "
    "their names."
)

print("OK: nothing is left.")

# %% [markdown]
# ## Exercise
#
# Each region keeps its own lists. Look for endpoints and notebook instances in the regions that this guide
# names.

# %% name="exercise"
for region in ("us-east-1", "us-east-2", "us-west-2", "eu-west-1"):
    there = session.client("sagemaker", region_name=region, config=patient)
    names = [
        each["EndpointName"] for each in every(there, "list_endpoints", "Endpoints")
    ]
    names += [
        each["NotebookInstanceName"]
        for each in every(there, "list_notebook_instances", "NotebookInstances")
    ]
    print(f"{region:10}", ", ".join(name for name in names if mine(name)) or "-")
