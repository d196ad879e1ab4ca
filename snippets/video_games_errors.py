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
#     after: [create-bucket, notebook-instance]
# ---

# %% [markdown]
# # Mistakes, made on purpose
#
# In every workshop somebody makes one of these. Here they are made with a table of a few hundred rows, so that you
# can read what SageMaker says to them.

# %% name="setup"
import boto3
import numpy as np
import pandas as pd
from sagemaker.core import image_uris

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
role = f"arn:aws:iam::{account}:role/SageMakerWorkshopRole"
image = image_uris.retrieve("xgboost", region, version="3.0-5")

client = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
logs = boto3.client("logs")
s3 = boto3.client("s3")

# %% [markdown]
# A small table: 600 games, three columns of numbers, and the label in front.

# %% name="small-table"
rng = np.random.default_rng(seed=3)
critics = rng.integers(30, 99, 600)
users = rng.integers(4, 500, 600)

games = pd.DataFrame({"hit": (critics + users / 10 > 90).astype(int)})
games["Critic_Score"] = critics
games["User_Score"] = (critics / 10 + rng.normal(size=600)).round(1)
games["User_Count"] = users

print(len(games), "rows")
games.head(3)


# %% name="start"
def start(name, folder):
    """Start a small training job on the CSV files in this folder of the bucket."""
    place = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/errors/{folder}/"}
    client.create_training_job(
        TrainingJobName=name,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters={"objective": "binary:logistic", "num_round": "10"},
        InputDataConfig=[
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": place},
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/errors/output"},
        ResourceConfig={
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 5,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )


# %% [markdown]
# ## The CSV has a header
#
# `to_csv` writes one unless it is told not to.

# %% name="header"
name = "smworkshop-errors-" + pd.Timestamp.now().strftime("%Y%m%d%H%M%S")
key = "errors/with-header/train.csv"
s3.put_object(Bucket=bucket, Key=key, Body=games.to_csv(index=False).encode())

start(name, "with-header")
ended = client.get_waiter("training_job_completed_or_stopped")
ended.wait(TrainingJobName=name, WaiterConfig={"Delay": 10})
job = client.describe_training_job(TrainingJobName=name)

print(job["TrainingJobStatus"])

# %% name="header-noticed"
group = "/aws/sagemaker/TrainingJobs"
streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name)
stream = streams["logStreams"][0]["logStreamName"]
events = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
told = [event["message"] for event in events if "matrix has" in event["message"]]

print("The table:  ", len(games), "rows")
print("The job saw:", told[0].partition("matrix has ")[2])

# %% [markdown]
# ## The folder is empty
#
# The data was uploaded somewhere else, or not at all.

# %% name="no-data" tags=["raises-exception"]
start("smworkshop-errors-no-data", folder="nothing-here")

# %% [markdown]
# ## The role is not there
#
# One letter is wrong, or module 1 has been skipped.

# %% name="no-role" tags=["raises-exception"]
iam = boto3.client("iam")
iam.get_role(RoleName="SageMakerWorkshopRoles")

# %% [markdown]
# ## An endpoint, to ask it wrongly
#
# The model of the first job will do.

# %% name="endpoint"
client.create_model(
    ModelName=name,
    ExecutionRoleArn=role,
    PrimaryContainer={
        "Image": image,
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
    },
)
client.create_endpoint_config(
    EndpointConfigName=name,
    ProductionVariants=[
        {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
    ],
)
client.create_endpoint(EndpointName=name, EndpointConfigName=name)
in_service = client.get_waiter("endpoint_in_service")
in_service.wait(EndpointName=name, WaiterConfig={"Delay": 10})

print("In service.")

# %% [markdown]
# ## The name is taken

# %% name="name-taken" tags=["raises-exception"]
client.create_endpoint(EndpointName=name, EndpointConfigName=name)

# %% [markdown]
# ## The content type is wrong
#
# The body is CSV, but the request says that it is JSON.

# %% name="content-type" tags=["raises-exception"]
runtime.invoke_endpoint(
    EndpointName=name, ContentType="application/json", Body="88,8.5,300"
)

# %% [markdown]
# ## The label is still in front
#
# The model learned from three columns. Here it gets four.

# %% name="columns" tags=["raises-exception"]
runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body="1,88,8.5,300")

# %% [markdown]
# ## Right at last

# %% name="right"
reply = runtime.invoke_endpoint(
    EndpointName=name, ContentType="text/csv", Body="88,8.5,300"
)

print(round(float(reply["Body"].read()), 2))

# %% [markdown]
# ## Delete what was made

# %% name="delete"
client.delete_endpoint(EndpointName=name)
client.delete_endpoint_config(EndpointConfigName=name)
client.delete_model(ModelName=name)
s3.delete_object(Bucket=bucket, Key=key)

gone = client.get_waiter("endpoint_deleted")
gone.wait(EndpointName=name, WaiterConfig={"Delay": 10})

print("Deleted.")
