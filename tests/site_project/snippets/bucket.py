# %% name="make"
import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"smworkshop-{account}"
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
print("The bucket", bucket, "is in", s3.head_bucket(Bucket=bucket)["BucketRegion"])
