"""Pipelines, over HTTP through boto3: definitions, references, order, failures, stops, retries, callbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_server import XGBOOST, Aws, wait_until
from pipeline_definitions import (
    ALWAYS,
    Given,
    callback,
    compare,
    condition,
    create,
    define,
    ended,
    environment_of,
    execute,
    get,
    join,
    message,
    model,
    processing,
    s3_input,
    start,
    statuses,
    step,
    steps_of,
    training,
    training_rows,
)

from local_sagemaker.pipelines import durations
from local_sagemaker.pipelines.retrying import Retries

WRITE_SCORE = "open('/opt/ml/processing/out/score.json', 'w').write('{\"metrics\": {\"auc\": {\"value\": 0.9}}}')"
SCORE = {"PropertyFileName": "Score", "OutputName": "out", "FilePath": "score.json"}
COPY = """
import pathlib, shutil
shutil.copy("/opt/ml/processing/input/data/train.csv", "/opt/ml/processing/out/train.csv")
"""
FAIL = step("Fail", "Fail", {"ErrorMessage": "It was to be"})


def score_of(step_name: str, path: str = "metrics.auc.value") -> Given:
    return {"Std:JsonGet": {"PropertyFile": get(f"Steps.{step_name}.PropertyFiles.Score"), "Path": path}}


def test_data_is_prepared_trained_on_judged_registered_and_predicted(aws: Aws) -> None:
    rows = s3_input("data", get("Parameters.Rows"), "/opt/ml/processing/input/data")
    prepare = processing(aws, "Prepare", COPY, inputs=[rows])
    train = training(aws, "Train", get("Steps.Prepare.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"))
    judge = processing(aws, "Judge", WRITE_SCORE, PropertyFiles=[SCORE], DependsOn=["Train"])
    container = {"Image": XGBOOST, "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")}
    made = step(
        "Make", "Model", {"PrimaryContainer": container, "ExecutionRoleArn": "arn:aws:iam::111122223333:role/any"}
    )
    package = {
        "ModelPackageGroupName": "packages",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{aws.bucket}/features/"}}
    predict = {
        "ModelName": get("Steps.Make.ModelName"),
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        "TransformOutput": {"S3OutputPath": f"s3://{aws.bucket}/predictions"},
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    }
    then = [made, step("Register", "RegisterModel", package), step("Predict", "Transform", predict)]
    good = condition("IsGood", compare("GreaterThan", score_of("Judge"), get("Parameters.Enough")), yes=then)
    parameters = [
        {"Name": "Rows", "Type": "String", "DefaultValue": training_rows(aws)},
        {"Name": "Enough", "Type": "Float", "DefaultValue": 0.5},
    ]
    aws.put("features/rows.csv", "0.9,0.1\n0.1,0.1")
    execution = execute(aws, good, judge, train, prepare, parameters=parameters)

    arn = execution["PipelineExecutionArn"]
    assert set(statuses(aws, arn).values()) == {"Succeeded"}
    assert execution["PipelineExecutionStatus"] == "Succeeded"
    predicted = aws.s3.get_object(Bucket=aws.bucket, Key="predictions/rows.csv.out")["Body"].read().split()
    assert float(predicted[0]) > 0.5 > float(predicted[1])
    packages = aws.sagemaker.list_model_packages(ModelPackageGroupName="packages")["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in packages] == [
        steps_of(aws, arn)["Register"]["Metadata"]["RegisterModel"]["Arn"]
    ]


def test_a_jobs_name_and_tags_tell_whose_it_is(aws: Aws) -> None:
    arn = execute(aws, processing(aws, "Prepare", ""), Tags=[{"Key": "team", "Value": "a"}])["PipelineExecutionArn"]
    job = steps_of(aws, arn)["Prepare"]["Metadata"]["ProcessingJob"]["Arn"]
    assert job.rpartition("/")[2].startswith(f"pipelines-{arn.rpartition('/')[2]}-Prepare-")
    tags = {each["Key"]: each["Value"] for each in aws.sagemaker.list_tags(ResourceArn=job)["Tags"]}
    assert tags == {
        "team": "a",
        "sagemaker:pipeline-execution-arn": arn,
        "sagemaker:pipeline-step-name": "Prepare",
    }


PARAMETERS = [
    {"Name": "Colour", "Type": "String", "DefaultValue": "red", "EnumValues": ["red", "blue"]},
    {"Name": "Count", "Type": "Integer"},
    {"Name": "Share", "Type": "Float", "DefaultValue": 0.5},
    {"Name": "Fast", "Type": "Boolean", "DefaultValue": False},
]


def test_parameters_are_those_given_or_their_defaults(aws: Aws) -> None:
    text = join(*(get(f"Parameters.{each['Name']}") for each in PARAMETERS), on=" ")
    create(aws, model("Make", {"TOLD": text}), parameters=PARAMETERS)
    arn = start(aws, values={"Count": "3", "Fast": "true"})
    ended(aws, arn)
    assert environment_of(aws, arn, "Make") == {"TOLD": "red 3 0.5 true"}
    told = aws.sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    assert {each["Name"]: each["Value"] for each in told} == {
        "Colour": "red",
        "Count": "3",
        "Share": "0.5",
        "Fast": "true",
    }


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "'Count'.* do not have default values"),
        ({"Count": "three"}, r"Parameter \[Count\] value \[three\] is not of type Integer"),
        ({"Count": "3", "Colour": "green"}, r"Parameter \[Colour\] value \[green\] is not one of"),
        ({"Count": "3", "Size": "1"}, "'Size'.* are not defined"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(aws: Aws, values: dict[str, str], why: str) -> None:
    create(aws, model("Make"), parameters=PARAMETERS)
    with pytest.raises(ClientError, match=why):
        start(aws, values=values)


def test_variables_of_the_execution_are_known(aws: Aws) -> None:
    names = ("PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn")
    arn = execute(aws, model("Make", {name: get(f"Execution.{name}") for name in names}))["PipelineExecutionArn"]
    pipeline_arn, _, id_ = arn.partition("/execution/")
    assert environment_of(aws, arn, "Make") == {
        "PipelineName": "Flow",
        "PipelineArn": pipeline_arn,
        "PipelineExecutionId": id_,
        "PipelineExecutionArn": arn,
    }


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        ("{", "It is not JSON"),
        ("[" * 100_000, "It is not JSON"),
        ("[]", "Expecting a Json Object with an Array 'Steps'"),
        ("[" * 5000 + "]" * 5000, "It is not JSON"),
        (define(step("A", "Condition", {})), "Missing member 'Conditions'"),
        (define(step("A", "Lambda", {})), "Missing member 'FunctionArn'"),
        (define(step("A", "Fail", [])), "Expecting start of Json Object"),
        (define(model("a b")), "The step name 'a b' does not match"),
        (define(model("A", DependsOn=[{"Trigger": "Failed"}])), "Missing member 'Step'"),
        (define(model("A", RetryPolicies=[{"MaxAttempts": 1}])), "Missing member 'ExceptionType'"),
        (define(model("A", CacheConfig={"Enabled": True, "ExpireAfter": "soon"})), "soon is not an ISO 8601 duration"),
        (define(model("A", {"X": {"Std:Join": 5}})), "Expecting start of Json Object"),
        (define(model("A", {"X": {"Std:JsonGet": {"Path": "x"}}})), "Missing member 'S3Uri'"),
        (define(parameters=[{"Name": "P", "Type": "Integer", "DefaultValue": "x"}]), "is not of type Integer"),
        (define(model("A"), model("A")), "Step names must be unique"),
        (define(model("A", DependsOn=["B"])), "'A' depends on 'B', which is not a step"),
        (define(model("A", {"X": get("Steps.B.ModelName")})), "'A' depends on 'B', which is not a step"),
        (define(model("A", {"X": get("Parameters.P")})), r"Parameters \['P'\] are used and not defined"),
        (define(model("A", {"X": get("Steps.A[")})), "cannot be read"),
        (define(model("A", DependsOn=["B"]), model("B", DependsOn=["A"])), "in a circle: "),
        (define(parameters=[{"Name": "P", "Type": "List"}]), "Unknown parameter type 'List'"),
    ],
)
def test_definitions_that_cannot_be_are_refused(aws: Aws, definition: str, why: str) -> None:
    with pytest.raises(ClientError, match=why):
        aws.sagemaker.create_pipeline(
            PipelineName="p", PipelineDefinition=definition, RoleArn="arn:aws:iam::111122223333:role/any"
        )


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (compare("Equals", "a", "a"), "True"),
        (compare("Equals", 1, 1.5), "False"),
        (compare("GreaterThan", 2, 1.5), "True"),
        (compare("GreaterThanOrEqualTo", 2, 2), "True"),
        (compare("LessThan", 2, 2), "False"),
        (compare("LessThanOrEqualTo", 2, 2), "True"),
        ({"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}, "True"),
        ({"Type": "Not", "Condition": ALWAYS}, "False"),
        ({"Type": "Or", "Conditions": [compare("Equals", 1, 2), ALWAYS]}, "True"),
    ],
)
def test_conditions_decide(aws: Aws, given: Given, outcome: str) -> None:
    arn = execute(aws, condition("Decide", given))["PipelineExecutionArn"]
    assert steps_of(aws, arn)["Decide"]["Metadata"]["Condition"]["Outcome"] == outcome


def test_a_condition_step_wants_all_of_its_conditions(aws: Aws) -> None:
    arn = execute(aws, condition("Decide", ALWAYS, compare("Equals", 1, 2)))["PipelineExecutionArn"]
    assert steps_of(aws, arn)["Decide"]["Metadata"]["Condition"]["Outcome"] == "False"


def test_what_cannot_be_compared_fails_the_step(aws: Aws) -> None:
    arn = execute(aws, condition("Decide", compare("LessThan", "1", 2)))["PipelineExecutionArn"]
    assert "'1' and 2 are not of the same type" in steps_of(aws, arn)["Decide"]["FailureReason"]


def test_a_branch_that_is_not_taken_is_not_done_nor_what_depends_on_it(aws: Aws) -> None:
    decide = condition("Decide", ALWAYS, yes=[model("Yes")], no=[model("No")])
    after = model("After", DependsOn=["No"])
    execution = execute(aws, decide, after)
    assert execution["PipelineExecutionStatus"] == "Succeeded"
    assert list(statuses(aws, execution["PipelineExecutionArn"])) == ["Decide", "Yes"]


def test_a_failed_step_fails_the_execution_and_stops_only_what_depends_on_it(aws: Aws) -> None:
    execution = execute(aws, FAIL, model("After", DependsOn=["Fail"]), model("Beside"))
    assert execution["PipelineExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Step failure: One or multiple steps failed."
    arn = execution["PipelineExecutionArn"]
    assert statuses(aws, arn) == {"Fail": "Failed", "Beside": "Succeeded"}
    assert steps_of(aws, arn)["Fail"]["FailureReason"] == "It was to be"
    assert steps_of(aws, arn)["Fail"]["Metadata"] == {"Fail": {"ErrorMessage": "It was to be"}}


def test_a_step_may_wait_for_another_one_to_fail(aws: Aws) -> None:
    tidy = model("Tidy", DependsOn=[{"Step": "Fail", "Trigger": "Failed"}])
    execution = execute(aws, FAIL, tidy, model("After", DependsOn=["Fail"]))
    assert execution["PipelineExecutionStatus"] == "CompletedWithFailures"
    assert statuses(aws, execution["PipelineExecutionArn"]) == {"Fail": "Failed", "Tidy": "Succeeded"}


def test_a_failed_job_fails_its_step_for_the_same_reason(aws: Aws) -> None:
    arn = execute(aws, processing(aws, "Prepare", "raise SystemExit(3)"))["PipelineExecutionArn"]
    assert steps_of(aws, arn)["Prepare"]["FailureReason"].endswith("exit code: 3")


def test_what_a_step_is_refused_is_its_failure_reason(aws: Aws) -> None:
    execution = execute(aws, step("Make", "Model", {"PrimaryContainer": {"Picture": "none"}}))
    reason = steps_of(aws, execution["PipelineExecutionArn"])["Make"]["FailureReason"]
    assert reason.startswith("ClientError: Failed to invoke sagemaker:CreateModel. Error Details: ")
    assert "Picture" in reason


@pytest.mark.parametrize("kind", ["QualityCheck", "ClarifyCheck", "EMR", "AutoML", "Nonsense"])
def test_types_of_steps_that_are_not_here_fail_by_name(aws: Aws, kind: str) -> None:
    arn = execute(aws, step("It", kind, {}))["PipelineExecutionArn"]
    assert steps_of(aws, arn)["It"]["FailureReason"] == f"ClientError: local_sagemaker has no steps of type {kind}"


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (score_of("Judge", "metrics.nothing"), "The path $.metrics.nothing finds nothing"),
        ({"Std:JsonGet": {"S3Uri": "s3://nowhere/x.json", "Path": "a"}}, "Could not read s3://nowhere/x.json"),
        (get("Steps.Judge.Nothing"), "Steps.Judge.Nothing is undefined"),
    ],
)
def test_a_reference_to_nothing_fails_the_step(aws: Aws, reference: Given, why: str) -> None:
    judge = processing(aws, "Judge", WRITE_SCORE, PropertyFiles=[SCORE])
    arn = execute(aws, judge, condition("Decide", compare("Equals", reference, 1)))["PipelineExecutionArn"]
    assert statuses(aws, arn) == {"Judge": "Succeeded", "Decide": "Failed"}
    assert why in steps_of(aws, arn)["Decide"]["FailureReason"]


def test_steps_that_do_not_need_each_other_run_side_by_side(aws: Aws) -> None:
    create(aws, callback(aws, "One"), callback(aws, "Two"))
    arn = start(aws)
    for told in (message(aws), message(aws)):  # both wait now
        aws.sagemaker.send_pipeline_execution_step_success(CallbackToken=told["token"])
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Succeeded"


def test_no_more_steps_run_at_once_than_allowed(aws: Aws) -> None:
    create(aws, callback(aws, "One"), callback(aws, "Two"), ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    arn = start(aws)
    first = message(aws)
    assert len(steps_of(aws, arn)) == 1
    aws.sagemaker.send_pipeline_execution_step_success(CallbackToken=first["token"])
    assert len(steps_of(aws, arn)) <= 2
    aws.sagemaker.send_pipeline_execution_step_success(CallbackToken=message(aws)["token"])
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Succeeded"


def test_a_callback_step_tells_its_arguments_and_hands_on_its_outputs(aws: Aws) -> None:
    ask = callback(aws, "Ask", {"what": get("Parameters.What")}, Count="Integer", Name="String")
    use = model("Use", {"COUNT": join(get("Steps.Ask.OutputParameters['Count']"))})
    decide = condition("Decide", compare("GreaterThan", get("Steps.Ask.OutputParameters['Count']"), 6))
    create(aws, ask, use, decide, parameters=[{"Name": "What", "Type": "String", "DefaultValue": "eggs"}])
    arn = start(aws)
    told = message(aws)
    assert told["arguments"] == {"what": "eggs"}
    assert told["pipelineExecutionArn"] == arn
    outputs = [{"Name": "Count", "Value": "7"}, {"Name": "Name", "Value": "x"}]
    aws.sagemaker.send_pipeline_execution_step_success(CallbackToken=told["token"], OutputParameters=outputs)
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Succeeded"
    assert environment_of(aws, arn, "Use") == {"COUNT": "7"}
    assert steps_of(aws, arn)["Ask"]["Metadata"]["Callback"]["OutputParameters"] == outputs


def test_a_callback_step_fails_when_told_so_and_a_token_counts_once(aws: Aws) -> None:
    create(aws, callback(aws, "Ask"))
    arn = start(aws)
    token = message(aws)["token"]
    aws.sagemaker.send_pipeline_execution_step_failure(CallbackToken=token, FailureReason="nobody there")
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Failed"
    assert steps_of(aws, arn)["Ask"]["FailureReason"] == "nobody there"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.sagemaker.send_pipeline_execution_step_success(CallbackToken=token)


def test_a_stopped_execution_stops_its_jobs_and_starts_no_more(aws: Aws) -> None:
    wait = processing(aws, "Wait", "import time; time.sleep(600)")
    create(aws, wait, callback(aws, "Ask"), model("After", DependsOn=["Wait"]))
    arn = start(aws)
    message(aws)

    def runs() -> bool:
        return bool(steps_of(aws, arn).get("Wait", {}).get("Metadata"))

    assert wait_until(runs)
    aws.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Stopped"
    assert statuses(aws, arn) == {"Wait": "Stopped", "Ask": "Stopped"}
    job = steps_of(aws, arn)["Wait"]["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    assert aws.sagemaker.describe_processing_job(ProcessingJobName=job)["ProcessingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="cannot be stopped"):
        aws.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)


def test_a_retried_execution_does_only_what_had_failed(aws: Aws) -> None:
    uri = f"s3://{aws.bucket}/later/score.json"
    reads = {"SCORE": join({"Std:JsonGet": {"S3Uri": join("s3:/", aws.bucket, "later/score.json"), "Path": "auc"}})}
    aws.s3.create_bucket(Bucket=aws.bucket)
    arn = execute(aws, model("First"), model("Second", reads, DependsOn=["First"]))["PipelineExecutionArn"]
    before = steps_of(aws, arn)
    assert before["Second"]["StepStatus"] == "Failed"
    aws.put(uri.partition(aws.bucket)[2].lstrip("/"), '{"auc": 0.75}')
    aws.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn)
    assert ended(aws, arn)["PipelineExecutionStatus"] == "Succeeded"
    assert environment_of(aws, arn, "Second") == {"SCORE": "0.75"}
    after = steps_of(aws, arn)
    assert after["First"] == before["First"]
    assert after["Second"]["AttemptCount"] == 2
    with pytest.raises(ClientError, match="only one that has failed or was stopped can be retried"):
        aws.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn)


CACHED = {"CacheConfig": {"Enabled": True, "ExpireAfter": "T1h"}}


def test_a_cached_step_is_done_again_only_if_its_request_changed(aws: Aws) -> None:
    prepare = processing(aws, "Prepare", "print('done')", **CACHED)
    prepare["Arguments"]["Environment"] = {"COLOUR": get("Parameters.Colour")}
    colour = {"Name": "Colour", "Type": "String", "DefaultValue": "red"}
    create(aws, prepare, model("Make", {"JOB": get("Steps.Prepare.ProcessingJobName")}), parameters=[colour])

    def prepared(**values: str) -> Given:
        arn = start(aws, values=values)
        ended(aws, arn)
        return {"arn": arn, **steps_of(aws, arn)["Prepare"]}

    first, again, other = prepared(), prepared(), prepared(Colour="blue")
    assert again["Metadata"] == first["Metadata"]
    assert again["CacheHitResult"] == {"SourcePipelineExecutionArn": first["arn"]}
    assert environment_of(aws, again["arn"], "Make") == environment_of(aws, first["arn"], "Make")
    assert "CacheHitResult" not in other
    assert other["Metadata"] != first["Metadata"]


def test_a_pipeline_that_is_made_again_takes_over_nothing_of_the_deleted_one(aws: Aws) -> None:
    for _ in range(2):
        create(aws, processing(aws, "Prepare", "print('done')", **CACHED))
        arn = start(aws)
        ended(aws, arn)
        assert "CacheHitResult" not in steps_of(aws, arn)["Prepare"]
        aws.sagemaker.delete_pipeline(PipelineName="Flow")


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("30d", 30 * 86_400), ("p30D", 30 * 86_400), ("T16m", 960), ("30dT5h", 30 * 86_400 + 18_000), ("P1M", 2_592_000)],
)
def test_durations_of_the_cache_are_read(duration: str, seconds: float) -> None:
    assert durations.seconds_of(duration) == seconds


def test_selected_steps_are_done_with_the_results_of_another_execution(aws: Aws) -> None:
    name = get("Steps.First.ModelName")
    create(aws, model("First"), model("Second", {"IT": name}), model("Third", {"IT": get("Steps.Second.ModelName")}))
    source = start(aws)
    ended(aws, source)
    selection = {"SourcePipelineExecutionArn": source, "SelectedSteps": [{"StepName": "Second"}]}
    arn = start(aws, SelectiveExecutionConfig=selection)
    assert ended(aws, arn)["SelectiveExecutionConfig"] == selection
    told = steps_of(aws, arn)
    assert list(told) == ["First", "Second"]
    assert told["First"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source}
    assert environment_of(aws, arn, "Second") == environment_of(aws, source, "Second")


@pytest.mark.parametrize(
    ("selected", "why"),
    [
        (["Second"], "The step First is needed and not selected"),
        (["First", "Third"], "All steps between two selected steps must be selected; Second is not"),
        (["Fourth"], r"The selected steps \['Fourth'\] are not in the pipeline"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(aws: Aws, selected: list[str], why: str) -> None:
    second = model("Second", {"IT": get("Steps.First.ModelName")})
    create(aws, model("First"), second, model("Third", DependsOn=["Second"]))
    with pytest.raises(ClientError, match=why):
        start(aws, SelectiveExecutionConfig={"SelectedSteps": [{"StepName": name} for name in selected]})


def test_a_retry_policy_waits_longer_each_time_and_ends() -> None:
    policy = {"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 2, "BackoffRate": 3.0}
    retries = Retries([{**policy, "MaxAttempts": 2}])
    waits = [retries.wait_before_next("InternalServerError: broken", 0) for _ in range(3)]
    assert waits == [2.0, 6.0, None]


def test_a_retry_policy_is_for_its_own_failures_and_for_its_time() -> None:
    policy = {"ExceptionType": ["SageMaker.CAPACITY_ERROR"], "ExpireAfterMin": 5}
    assert Retries([policy]).wait_before_next("AlgorithmError: wrong", 0) is None
    assert Retries([policy]).wait_before_next("CapacityError: none left", 4) == 1.0
    assert Retries([policy]).wait_before_next("CapacityError: none left", 5) is None


def test_a_tuning_step_hands_on_its_best_training_job(aws: Aws) -> None:
    job = training(aws, "Any", training_rows(aws))["Arguments"]
    definition = {name: value for name, value in job.items() if name != "HyperParameters"}
    fixed = {**job["HyperParameters"], "eval_metric": "logloss"}
    objective = {"Type": "Minimize", "MetricName": "train:logloss"}
    arguments = {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": objective,
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.9"}]},
        },
        "TrainingJobDefinition": {**definition, "StaticHyperParameters": fixed},
    }
    best = {"BEST": get("Steps.Tune.TrainingJobSummaries[0].TrainingJobName")}
    arn = execute(aws, step("Tune", "Tuning", arguments), model("Make", best))["PipelineExecutionArn"]
    tuning_arn = steps_of(aws, arn)["Tune"]["Metadata"]["TuningJob"]["Arn"]
    name = tuning_arn.rpartition("/")[2]
    told = aws.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    assert environment_of(aws, arn, "Make") == {"BEST": told["BestTrainingJob"]["TrainingJobName"]}
    assert len(name) <= 32


def test_an_endpoint_is_made_by_one_execution_and_updated_by_the_next(aws: Aws, trained: bytes) -> None:
    aws.s3.create_bucket(Bucket=aws.bucket)
    aws.s3.put_object(Bucket=aws.bucket, Key="model.tar.gz", Body=trained)
    container = {"Image": XGBOOST, "ModelDataUrl": f"s3://{aws.bucket}/model.tar.gz"}
    made = step(
        "Make", "Model", {"PrimaryContainer": container, "ExecutionRoleArn": "arn:aws:iam::111122223333:role/any"}
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": get("Steps.Make.ModelName"),
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    name = join("config", get("Execution.PipelineExecutionId"), on="-")
    config = step("Config", "EndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]})
    deploy = {"EndpointName": "e", "EndpointConfigName": get("Steps.Config.EndpointConfigName")}
    create(aws, made, config, step("Deploy", "Endpoint", deploy))
    for _ in range(2):
        arn = start(aws)
        assert ended(aws, arn)["PipelineExecutionStatus"] == "Succeeded"
        told = aws.sagemaker.describe_endpoint(EndpointName="e")
        assert (told["EndpointStatus"], told["EndpointConfigName"]) == (
            "InService",
            f"config-{arn.rpartition('/')[2]}",
        )
    assert steps_of(aws, arn)["Deploy"]["Metadata"] == {"Endpoint": {"Arn": told["EndpointArn"]}}
    assert float(aws.invoke("e", "0.9,0.5")) > 0.5


def test_an_updated_pipeline_has_another_version_and_old_executions_keep_theirs(aws: Aws) -> None:
    create(aws, model("Old"))
    arn = start(aws)
    ended(aws, arn)
    new = aws.sagemaker.update_pipeline(PipelineName="Flow", PipelineDefinition=define(model("New")))
    assert new["PipelineVersionId"] == 2
    told = aws.sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert told["PipelineDefinition"] == define(model("Old"))
    assert aws.sagemaker.describe_pipeline(PipelineName="Flow")["PipelineDefinition"] == define(model("New"))
    first = aws.sagemaker.describe_pipeline(PipelineName="Flow", PipelineVersionId=1)
    assert first["PipelineDefinition"] == define(model("Old"))
    again = start(aws, PipelineVersionId=1)
    ended(aws, again)
    assert list(statuses(aws, again)) == ["Old"]
    versions = aws.sagemaker.list_pipeline_versions(PipelineName="Flow")["PipelineVersionSummaries"]
    assert [each["PipelineVersionId"] for each in versions] == [2, 1]


def test_a_definition_may_stand_in_s3(aws: Aws) -> None:
    aws.put("flow/definition.json", define(model("Make")))
    place = {"Bucket": aws.bucket, "ObjectKey": "flow/definition.json"}
    role = "arn:aws:iam::111122223333:role/any"
    aws.sagemaker.create_pipeline(PipelineName="Flow", PipelineDefinitionS3Location=place, RoleArn=role)
    assert ended(aws, start(aws))["PipelineExecutionStatus"] == "Succeeded"


def test_pipelines_and_executions_are_listed_newest_first_and_found_by_arn(aws: Aws) -> None:
    arn = create(aws, model("Make"), name="First")
    create(aws, model("Make"), name="Second")
    assert [each["PipelineName"] for each in aws.sagemaker.list_pipelines()["PipelineSummaries"]] == [
        "Second",
        "First",
    ]
    executions = [start(aws, name=arn), start(aws, name="First")]
    listed = aws.sagemaker.list_pipeline_executions(PipelineName="First")["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == executions[::-1]
    page = aws.sagemaker.list_pipeline_executions(PipelineName="First", MaxResults=1)
    assert [each["PipelineExecutionArn"] for each in page["PipelineExecutionSummaries"]] == executions[1:]


def test_a_pipelines_name_is_taken_until_it_is_deleted(aws: Aws) -> None:
    create(aws, model("Make"))
    with pytest.raises(ClientError, match=r"Pipeline with name \(Flow\) already exists"):
        create(aws, model("Make"))
    aws.sagemaker.delete_pipeline(PipelineName="Flow")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.sagemaker.describe_pipeline(PipelineName="Flow")
    create(aws, model("Make"))


def test_the_same_token_starts_one_execution(aws: Aws) -> None:
    create(aws, model("Make"))
    token = "t" * 32
    assert start(aws, ClientRequestToken=token) == start(aws, ClientRequestToken=token)


def test_an_execution_tells_what_it_is_called(aws: Aws) -> None:
    create(aws, model("Make"))
    arn = start(aws, PipelineExecutionDisplayName="mine", PipelineExecutionDescription="first try")
    aws.sagemaker.update_pipeline_execution(PipelineExecutionArn=arn, PipelineExecutionDescription="second thought")
    told = ended(aws, arn)
    assert told["PipelineExecutionDisplayName"] == "mine"
    assert told["PipelineExecutionDescription"] == "second thought"


def test_other_accounts_see_no_pipelines(aws: Aws, new_account: Any) -> None:
    create(aws, model("Make"))
    arn = start(aws)
    other = new_account()
    assert other.sagemaker.list_pipelines()["PipelineSummaries"] == []
    with pytest.raises(ClientError, match="ResourceNotFound"):
        other.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert json.loads(aws.sagemaker.describe_pipeline(PipelineName="Flow")["PipelineDefinition"])["Version"]
