"""Asynchronous, serverless and shadowed endpoints, data capture, and metrics."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from endpoints import container, create_endpoint, create_model, settled
from local_server import Aws, wait_until
from test_invocations import invoke, refusal

MODERATE = """
import time

def model_fn(model_dir):
    return None

def transform_fn(model, data, content_type, accept):
    if data == "refuse":
        raise ValueError("I refuse")
    time.sleep(float(data))
    return "slept " + data
"""


@pytest.fixture
def queue(aws: Aws) -> str:
    """Make the asynchronous endpoint ``e`` and topics; return the URL of a queue that gets what the topics get."""
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("SuccessTopic", "ErrorTopic")}
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for topic in topics.values():
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    output = {
        "S3OutputPath": f"s3://{aws.bucket}/answers",
        "S3FailurePath": f"s3://{aws.bucket}/failures",
        "NotificationConfig": topics,
    }
    model = create_model(aws, "m", container(aws, "m", MODERATE))
    told = create_endpoint(aws, model, AsyncInferenceConfig={"OutputConfig": output})
    assert told["AsyncInferenceConfig"]["OutputConfig"] == output
    return str(url)


def ask(aws: Aws, text: str, **more: Any) -> dict[str, Any]:
    aws.s3.put_object(Bucket=aws.bucket, Key=f"questions/{text}", Body=text.encode())
    where = f"s3://{aws.bucket}/questions/{text}"
    runtime = aws.client("sagemaker-runtime")
    return dict(runtime.invoke_endpoint_async(EndpointName="e", InputLocation=where, ContentType="text/csv", **more))


def content(aws: Aws, uri: str) -> str | None:
    """Return what is at an S3 address, or None."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        return str(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    except aws.s3.exceptions.NoSuchKey:
        return None


def test_an_asynchronous_answer_is_in_s3_and_told_to_the_topic(aws: Aws, queue: str) -> None:
    told = ask(aws, "0.1", InferenceId="my-id")
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert told["InferenceId"] == "my-id"
    assert told["OutputLocation"].startswith(f"s3://{aws.bucket}/answers/")
    assert wait_until(lambda: content(aws, told["OutputLocation"]) == "slept 0.1")
    (message,) = aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    news = json.loads(json.loads(message["Body"])["Message"])
    assert (news["invocationStatus"], news["inferenceId"]) == ("Completed", "my-id")
    assert news["responseParameters"]["outputLocation"] == told["OutputLocation"]


def test_an_asynchronous_failure_is_in_s3_and_told_to_the_topic(aws: Aws, queue: str) -> None:
    told = ask(aws, "refuse")
    assert wait_until(lambda: content(aws, told["FailureLocation"]) == "I refuse")
    (message,) = aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    news = json.loads(json.loads(message["Body"])["Message"])
    assert news["invocationStatus"] == "Failed"
    assert "I refuse" in news["failureReason"]
    assert content(aws, told["OutputLocation"]) is None


def test_an_asynchronous_request_may_take_only_so_long(aws: Aws, queue: str) -> None:
    told = ask(aws, "5", InvocationTimeoutSeconds=1)
    assert wait_until(lambda: "timed out" in (content(aws, told["FailureLocation"]) or ""))


def test_an_asynchronous_endpoint_answers_nothing_at_once_and_others_nothing_later(aws: Aws, queue: str) -> None:
    assert refusal(lambda: invoke(aws, "1"))["Error"]["Code"] == "ValidationError"
    create_endpoint(aws, "m", "other")
    runtime = aws.client("sagemaker-runtime")
    told = refusal(lambda: runtime.invoke_endpoint_async(EndpointName="other", InputLocation="s3://a/b"))
    assert told["Error"]["Code"] == "ValidationError"


def test_a_serverless_endpoint_answers_and_tells_its_configuration(aws: Aws) -> None:
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    told = create_endpoint(aws, create_model(aws, "m", container(aws, "m")), variant={"ServerlessConfig": config})
    (variant,) = told["ProductionVariants"]
    assert (variant["CurrentServerlessConfig"], variant["CurrentInstanceCount"]) == (config, 0)
    assert json.loads(invoke(aws, "1")["Body"].read())["said"] == "1"
    told = refusal(lambda: invoke(aws, b"x" * (4 * 1024**2 + 1)))
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 413


def captured(aws: Aws) -> list[dict[str, Any]]:
    listed = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="captured/").get("Contents", [])
    return [
        json.loads(line) for each in listed for line in content(aws, f"s3://{aws.bucket}/{each['Key']}").splitlines()
    ]


def test_captured_data_is_in_s3_as_documented(aws: Aws) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{aws.bucket}/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
    told = create_endpoint(aws, create_model(aws, "m", container(aws, "m")), DataCaptureConfig=capture)
    assert told["DataCaptureConfig"]["CaptureStatus"] == "Started"
    for number in range(3):
        invoke(aws, f"{number},x", InferenceId=f"id-{number}", Accept="application/json")["Body"].read()
    assert wait_until(lambda: len(captured(aws)) == 3)
    event = next(each for each in captured(aws) if each["eventMetadata"]["inferenceId"] == "id-2")
    given = {"observedContentType": "text/csv", "mode": "INPUT", "data": "2,x", "encoding": "CSV"}
    assert event["captureData"]["endpointInput"] == given
    assert event["captureData"]["endpointOutput"]["encoding"] == "JSON"
    assert json.loads(event["captureData"]["endpointOutput"]["data"])["said"] == "2,x"
    key = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix="captured/")["Contents"][0]["Key"]
    assert key.startswith(f"captured/e/v/{datetime.now(UTC):%Y/%m/%d}/")
    assert key.endswith(".jsonl")


def test_invocations_are_metrics_in_cloudwatch(aws: Aws) -> None:
    create_endpoint(aws, create_model(aws, "m", container(aws, "m", MODERATE)))
    for _ in range(3):
        invoke(aws, "0.1")
    now = datetime.now(UTC)
    asked = {
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "v"}],
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now + timedelta(minutes=5),
        "Period": 600,
    }
    statistics = aws.client("cloudwatch").get_metric_statistics

    def invocations() -> float:
        points = statistics(MetricName="Invocations", Statistics=["Sum"], **asked)["Datapoints"]
        return sum(point["Sum"] for point in points)

    assert wait_until(lambda: invocations() == 3)
    (latency,) = statistics(MetricName="ModelLatency", Statistics=["Average"], **asked)["Datapoints"]
    assert latency["Average"] >= 100_000
    assert latency["Unit"] == "Microseconds"
    metric = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": asked["Dimensions"]}
    query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 600, "Stat": "Sum"}}
    times = {"StartTime": asked["StartTime"], "EndTime": asked["EndTime"]}
    (told,) = aws.client("cloudwatch").get_metric_data(MetricDataQueries=[query], **times)["MetricDataResults"]
    assert sum(told["Values"]) == 3


def test_a_shadow_variant_gets_the_requests_too(aws: Aws) -> None:
    model = create_model(aws, "m", container(aws, "m"))
    shadow = {"VariantName": "shadow", "ModelName": model, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    told = create_endpoint(aws, model, ShadowProductionVariants=[shadow])
    assert [each["VariantName"] for each in told["ShadowProductionVariants"]] == ["shadow"]
    assert invoke(aws, "1")["InvokedProductionVariant"] == "v"
    log = "/aws/sagemaker/Endpoints/e"
    assert wait_until(lambda: any("POST /invocations" in line for line in aws.log(log, "shadow/")))


def test_a_deployment_configuration_is_told_and_the_update_is_made(aws: Aws) -> None:
    model = create_model(aws, "m", container(aws, "m"))
    create_endpoint(aws, model)
    aws.sagemaker.create_endpoint_config(
        EndpointConfigName="new",
        ProductionVariants=[
            {"VariantName": "new", "ModelName": model, "InitialInstanceCount": 2, "InstanceType": "ml.m5.large"}
        ],
    )
    canary = {"Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 60}
    deployment = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": canary, "TerminationWaitInSeconds": 60},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    }
    aws.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="new", DeploymentConfig=deployment)
    told = settled(aws)
    assert told["LastDeploymentConfig"] == deployment
    assert invoke(aws, "1")["InvokedProductionVariant"] == "new"


def test_scaling_is_kept_as_state(aws: Aws) -> None:
    create_endpoint(aws, create_model(aws, "m", container(aws, "m")))
    scaling, target = (
        aws.client("application-autoscaling"),
        {
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/e/variant/v",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        },
    )
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4)
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    scaling.put_scaling_policy(
        **target,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 70.0, "PredefinedMetricSpecification": metric},
    )
    (told,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (told["MinCapacity"], told["MaxCapacity"]) == (1, 4)
    (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert policy["PolicyName"] == "p"


def test_online_explanations_are_refused_by_name(aws: Aws) -> None:
    model = create_model(aws, "m", container(aws, "m"))
    clarify = {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "0"}}}
    with pytest.raises(ClientError, match="no online explanations"):
        create_endpoint(aws, model, ExplainerConfig={"ClarifyExplainerConfig": clarify})


def test_instances_that_aws_has_are_taken_and_others_refused_in_its_words(aws: Aws) -> None:
    model = create_model(aws, "m", container(aws, "m"))
    create = aws.sagemaker.create_endpoint_config
    variant = {"VariantName": "v", "ModelName": model, "InitialInstanceCount": 1}
    for instance in ("ml.m7i.large", "ml.g5.2xlarge", "ml.c6i.xlarge"):
        name = instance.replace(".", "-")
        create(EndpointConfigName=name, ProductionVariants=[{**variant, "InstanceType": instance}])
        (told,) = aws.sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
        assert told["InstanceType"] == instance
    for wrong in ({"InstanceType": "ml.huge"}, {"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1}}):
        with pytest.raises(ClientError, match="Member must satisfy enum value set"):
            create(EndpointConfigName="wrong", ProductionVariants=[{**variant, **wrong}])
