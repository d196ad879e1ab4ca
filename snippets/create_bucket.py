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
#     minutes: 1
# ---

# %% [markdown]
# # Create a bucket
#
# SageMaker reads training data from Amazon S3 and writes its models there. This makes the one bucket that the
# whole workshop uses.

# %% [markdown]
# ## Choose the names
#
# Bucket names are shared by all AWS customers, so this one ends with your account number: nobody else has
# that. The region is the one your AWS configuration names.

# %% name="names"
import boto3

session = boto3.Session()
region = session.region_name
account = session.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"

print("Region:", region)

# %% [markdown]
# ## Create the bucket
#
# Every region but `us-east-1` wants to be named in the request. If the bucket is there already and is yours,
# that is fine too.

# %% name="create"
s3 = session.client("s3")

request = {"Bucket": bucket}
if region != "us-east-1":
    request["CreateBucketConfiguration"] = {"LocationConstraint": region}

try:
    s3.create_bucket(**request)
except s3.exceptions.BucketAlreadyOwnedByYou:
    pass

print("The bucket is yours.")

# %% [markdown]
# ## Check your work
#
# The bucket answers, it is in your region, and nothing in it is public.

# %% name="check"
s3.head_bucket(Bucket=bucket)
found_in = s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
number_of_objects = s3.list_objects_v2(Bucket=bucket)["KeyCount"]

print("In region:", found_in)
print("Objects in it:", number_of_objects)
