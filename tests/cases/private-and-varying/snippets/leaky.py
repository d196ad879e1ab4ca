# %% name="prints"
print("arn:aws:iam::123456789012:role/SageMakerWorkshopRole")
print("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5 stays, it is public")
print("AKIAABCDEFGHIJKLMNOP", "aws_secret_access_key = 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")
print("https://b.s3.amazonaws.com/k?X-Amz-Credential=abc&X-Amz-Signature=0123abcd&versionId=1")
print("http://127.0.0.1:43111/lab?token=c8de56fac8de56fa", "ana.lopez@corp.example.org")
print("/home/ana/workshop/x.csv", "/root/workshop/x.csv", "/tmp/tmpab12cd/model")
print("video-games-20261121113059", "xgb-2026-11-21-11-30-59-123", "2026-11-21T11:30:59.123Z")
print("0x7f1234567890", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "0.123456789012", "1234567890123")
bucket = "smworkshop-123456789012"
