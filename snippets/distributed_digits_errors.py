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
#     minutes: 4
#     after: [create-bucket, notebook-instance]
# ---

# %% [markdown]
# # What goes wrong with a script of your own
#
# Mistakes made on purpose, so that their messages can be shown.

# %% name="set-up"
from pathlib import Path

import boto3
from botocore.exceptions import WaiterError
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.shapes import S3DataSource
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-mistakes"
client = boto3.client("sagemaker")
role = boto3.client("iam").get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]
image = image_uris.retrieve(
    "tensorflow",
    region,
    version="2.19",
    image_scope="training",
    instance_type="ml.m5.large",
)

Path("mistakes").mkdir(exist_ok=True)
script = (
    "import os\n"
    "from pathlib import Path\n"
    "files = list(Path(os.environ['SM_CHANNEL_TRAIN']).glob('*.csv'))\n"
    "if not files:\n"
    "    raise SystemExit('There is no file for ' + os.environ['SM_CURRENT_HOST'])\n"
)
with open("mistakes/count.py", "w") as file:
    file.write(script)

# %% [markdown]
# The script's name is misspelt: the SDK finds that before it starts anything.

# %% name="no-script"
try:
    ModelTrainer(
        training_image=image,
        source_code=SourceCode(source_dir="mistakes", entry_script="trian.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=2),
        role=role,
    )
except ValueError as error:
    print(str(error).partition("[")[0])

# %% [markdown]
# One file for two machines: sharded, one of them gets none.

# %% name="one-file"
s3 = boto3.client("s3")
s3.put_object(Bucket=bucket, Key=f"{prefix}/train/only.csv", Body="1,2,3")

trainer = ModelTrainer(
    base_job_name="smworkshop-mistakes-shards",
    training_image=image,
    source_code=SourceCode(source_dir="mistakes", entry_script="count.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=2),
    role=role,
    sagemaker_session=Session(default_bucket=bucket),
)
shards = S3DataSource(
    s3_data_type="S3Prefix",
    s3_uri=f"s3://{bucket}/{prefix}/train/",
    s3_data_distribution_type="ShardedByS3Key",
)
trainer.train(
    input_data_config=[InputData(channel_name="train", data_source=shards)],
    wait=False,
    logs=False,
)
job_name = trainer._latest_training_job.training_job_name
try:
    client.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName=job_name, WaiterConfig={"Delay": 10}
    )
except WaiterError:
    print(client.describe_training_job(TrainingJobName=job_name)["TrainingJobStatus"])

# %% [markdown]
# The failure reason only says that the script ended. Why, it said itself, in the log of the host.

# %% name="failure-reason"
logs = boto3.client("logs")
group = "/aws/sagemaker/TrainingJobs"
streams = logs.describe_log_streams(
    logGroupName=group, logStreamNamePrefix=f"{job_name}/"
)["logStreams"]
for stream in streams:
    events = logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
    )["events"]
    for event in events:
        if event["message"].startswith("There is no"):
            print(event["message"])
