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
# The bucket's name ends with your account number, so nobody else is likely to have it. The region is the one
# that your AWS configuration names.

# %% name="names"
import boto3

session = boto3.Session()
region = session.region_name
account = session.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
s3 = session.client("s3")

print("Region:", region)

# %% [markdown]
# ## Create the bucket
#
# Every region but `us-east-1` wants to be named in the request. If the bucket is there already and is yours,
# that is fine too.

# %% name="create"
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
# The bucket is among yours, and in the region that you meant.

# %% name="check-bucket" checks="create"
buckets = [each["Name"] for each in s3.list_buckets()["Buckets"]]
assert bucket in buckets, (
    f"There is no bucket {bucket} yet: "
    'run the cell "Create the bucket", or create it in the console.'
)

place = s3.get_bucket_location(Bucket=bucket)["LocationConstraint"]
found_in = place or "us-east-1"
assert found_in == region, (
    f"The bucket is in {found_in}, but you work in {region}: "
    "change the region, or delete the bucket and create it again."
)

print("OK: the bucket is there, in", found_in)

# %% [markdown]
# ## Exercise
#
# Put a small file into the bucket, read it back, and delete it.

# %% name="exercise"
s3.put_object(Bucket=bucket, Key="hello/hello.txt", Body=b"Hello, bucket!")

listed = s3.list_objects_v2(Bucket=bucket, Prefix="hello/")["Contents"]
print("In the bucket:", [each["Key"] for each in listed])

answer = s3.get_object(Bucket=bucket, Key="hello/hello.txt")
print("In the file:  ", answer["Body"].read().decode())

s3.delete_object(Bucket=bucket, Key="hello/hello.txt")
print("And deleted.")
