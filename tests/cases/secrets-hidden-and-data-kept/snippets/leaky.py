# %% name="secrets"
key = "AKIA" + "QWERTY7AZ2B3C4D5"
print(f"金鑰{key}已建立", f"key_{key}")
print("aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzzzzzzzzzz")
print("wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzzzzzzzzzz alone")
print("https://b.s3.amazonaws.com/k?X-Amz-Credential=abcdefgh&X-Amz-Signature=0123abcd&versionId=1")
print("http://127.0.0.1:43111/lab?token=c8de56fac8de56fa")
print("ghp_" + "aB3d" * 9, "postgres://mei:pw@db:5432/shop", "密碼：" + "hunter2")

# %% name="data"
print("arn:aws:iam::123456789012:role/SageMakerWorkshopRole", 600851475143, hex(16777215))
print("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5")
print("/tmp/a.csv", "/tmp/b.csv", "react@18.2.0", "請寄信到help@shop.test")
print("xgb-2019-11-21-11-30-59-123", "2019-11-21T11:30:59.123Z", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")

# %% name="drawn-over"
print("10%\r55%\r100%")

# %% name="kept" tags=["verbatim"]
print("10%\r55%\r100%")

# %%
days = {"2024-01-01 00:00:00": 1, "2024-01-02 00:00:00": 2}
