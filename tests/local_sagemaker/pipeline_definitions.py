"""Definitions of pipelines as clients write them, and executions of them through boto3."""

from __future__ import annotations

import json
from typing import Any

from local_server import XGBOOST, Aws, channel, rows_where_the_feature_decides
from scripts import SKLEARN

Given = dict[str, Any]
CODE = "/opt/ml/processing/input/code"
PASSING = ("Executing", "Stopping")


def get(path: str) -> Given:
    return {"Get": path}


def join(*values: Any, on: str = "/") -> Given:
    return {"Std:Join": {"On": on, "Values": list(values)}}


def step(name: str, kind: str, arguments: Any, **more: Any) -> Given:
    return {"Name": name, "Type": kind, "Arguments": arguments, **more}


def condition(name: str, *conditions: Given, yes: list[Given] | None = None, no: list[Given] | None = None) -> Given:
    return step(name, "Condition", {"Conditions": list(conditions), "IfSteps": yes or [], "ElseSteps": no or []})


def compare(kind: str, left: Any, right: Any) -> Given:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


ALWAYS = compare("Equals", 1, 1)


def model(name: str, environment: Given | None = None, **more: Any) -> Given:
    """A step that makes a model, which is quick; its environment may refer to things."""
    container = {"Image": XGBOOST, "Environment": environment or {}}
    return step(
        name, "Model", {"PrimaryContainer": container, "ExecutionRoleArn": "arn:aws:iam::111122223333:role/any"}, **more
    )


def processing(aws: Aws, name: str, script: str, *, inputs: list[Given] | None = None, **more: Any) -> Given:
    """A step that runs a script, whose results are below its output ``out``."""
    code = aws.put(f"code/{name}/script.py", script)
    target = join("s3:/", aws.bucket, get("Execution.PipelineExecutionId"), name)
    output = {"S3Uri": target, "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    arguments = {
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": ["python3", f"{CODE}/script.py"]},
        "RoleArn": "arn:aws:iam::111122223333:role/any",
        "ProcessingInputs": [*(inputs or []), s3_input("code", f"{code}/script.py", CODE)],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": output}]},
    }
    return step(name, "Processing", arguments, **more)


def s3_input(name: str, uri: Any, local: str) -> Given:
    source = {"S3Uri": uri, "LocalPath": local, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": source}


def training(aws: Aws, name: str, uri: Any, **more: Any) -> Given:
    """A step that trains XGBoost for three rounds on what is at `uri`."""
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::111122223333:role/any",
        "InputDataConfig": [channel("train", uri)],
        "OutputDataConfig": {"S3OutputPath": f"s3://{aws.bucket}/models"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "HyperParameters": {"num_round": "3", "objective": "binary:logistic", "eval_metric": "auc"},
    }
    return step(name, "Training", arguments, **more)


def callback(aws: Aws, name: str, arguments: Given | None = None, **outputs: str) -> Given:
    """A step that sends a message to the queue ``q`` and waits; `outputs` are names and types."""
    told = [{"OutputName": output, "OutputType": kind} for output, kind in outputs.items()]
    return step(name, "Callback", arguments or {}, SqsQueueUrl=queue(aws), OutputParameters=told)


def queue(aws: Aws) -> str:
    return str(aws.client("sqs").create_queue(QueueName="q")["QueueUrl"])


def message(aws: Aws) -> Given:
    """Return the next message of a callback step."""
    received = aws.client("sqs").receive_message(QueueUrl=queue(aws), WaitTimeSeconds=20)["Messages"][0]
    aws.client("sqs").delete_message(QueueUrl=queue(aws), ReceiptHandle=received["ReceiptHandle"])
    return dict(json.loads(received["Body"]))


def define(*steps: Given, parameters: list[Given] | None = None) -> str:
    return json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters or [], "Steps": list(steps)})


def create(aws: Aws, *steps: Given, parameters: list[Given] | None = None, name: str = "Flow", **more: Any) -> str:
    return str(
        aws.sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=define(*steps, parameters=parameters),
            RoleArn="arn:aws:iam::111122223333:role/any",
            **more,
        )["PipelineArn"]
    )


def start(aws: Aws, name: str = "Flow", values: dict[str, str] | None = None, **more: Any) -> str:
    given = [{"Name": each, "Value": value} for each, value in (values or {}).items()]
    started = aws.sagemaker.start_pipeline_execution(PipelineName=name, PipelineParameters=given, **more)
    return str(started["PipelineExecutionArn"])


def ended(aws: Aws, arn: str) -> Given:
    """Wait for the end of an execution; return its description."""
    while True:
        told = aws.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if told["PipelineExecutionStatus"] not in PASSING:
            return dict(told)


def execute(aws: Aws, *steps: Given, name: str = "Flow", **more: Any) -> Given:
    """Create a pipeline and execute it once; return the description of the ended execution."""
    create(aws, *steps, name=name, **more)
    return ended(aws, start(aws, name))


def steps_of(aws: Aws, arn: str) -> dict[str, Given]:
    """Return the steps of an execution that have started, by name."""
    told = aws.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    return {each["StepName"]: each for each in told["PipelineExecutionSteps"]}


def statuses(aws: Aws, arn: str) -> dict[str, str]:
    return {name: each["StepStatus"] for name, each in steps_of(aws, arn).items()}


def environment_of(aws: Aws, arn: str, name: str) -> dict[str, str]:
    """Return the environment of the model that a step has made."""
    made = steps_of(aws, arn)[name]["Metadata"]["Model"]["Arn"].rpartition("/")[2]
    return dict(aws.sagemaker.describe_model(ModelName=made)["PrimaryContainer"]["Environment"])


def training_rows(aws: Aws) -> str:
    return aws.put("train/train.csv", rows_where_the_feature_decides())
