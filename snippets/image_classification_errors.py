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
#     after: [create-bucket, notebook-instance]
# ---

# %% [markdown]
# # What goes wrong with image classification
#
# Mistakes made on purpose, so that their messages can be shown.

# %% name="set-up"
import io

import boto3
from botocore.exceptions import WaiterError
from PIL import Image
from sagemaker.core import image_uris
from sagemaker.core.shapes import OutputDataConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

region = boto3.Session().region_name
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
prefix = "smworkshop-mistakes/pictures"
client = boto3.client("sagemaker")
role = boto3.client("iam").get_role(RoleName="SageMakerWorkshopRole")["Role"]["Arn"]

file = io.BytesIO()
Image.new("RGB", (224, 224), "gold").save(file, "JPEG")
s3 = boto3.client("s3")
for part in ("train", "validation"):
    s3.put_object(Bucket=bucket, Key=f"{prefix}/{part}/0.jpg", Body=file.getvalue())
    lst = f"{prefix}/{part}_lst/{part}.lst"
    s3.put_object(Bucket=bucket, Key=lst, Body="0\t3\t0.jpg\n")


def failure(channels, classes):
    """Train on one picture whose class is 3; return why that failed."""
    trainer = ModelTrainer(
        base_job_name="smworkshop-mistakes",
        training_image=image_uris.retrieve("image-classification", region),
        role=role,
        compute=Compute(instance_type="ml.g4dn.xlarge", instance_count=1),
        hyperparameters={
            "num_classes": classes,
            "num_training_samples": 1,
            "mini_batch_size": 1,
            "epochs": 1,
        },
        output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/{prefix}"),
    )
    trainer.train(
        input_data_config=[
            InputData(
                channel_name=channel,
                data_source=f"s3://{bucket}/{prefix}/{channel}/",
                content_type="application/x-image",
            )
            for channel in channels
        ],
        wait=False,
        logs=False,
    )
    job_name = trainer._latest_training_job.training_job_name
    try:
        client.get_waiter("training_job_completed_or_stopped").wait(
            TrainingJobName=job_name, WaiterConfig={"Delay": 10}
        )
    except WaiterError:
        pass  # it failed, as it should
    job = client.describe_training_job(TrainingJobName=job_name)
    return f"{job['TrainingJobStatus']}: {job.get('FailureReason')}"


# %% [markdown]
# Classes are counted from 0, so the class 3 needs `num_classes` 4.

# %% name="too-few-classes"
pictures_and_lists = ["train", "train_lst", "validation", "validation_lst"]
print(failure(pictures_and_lists, classes=3))

# %% [markdown]
# Pictures without their lists.

# %% name="no-list"
print(failure(["train", "validation"], classes=4))
