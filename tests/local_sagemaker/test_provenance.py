"""What jobs leave in experiments and lineage, and a pipeline's experiment."""

from __future__ import annotations

import json

from local_server import Aws
from pipeline_definitions import define, ended, get, processing, start, steps_of, training, training_rows

COMPONENT = "job-aws-training-job"


def test_a_training_job_leaves_a_trial_component(aws: Aws) -> None:
    aws.sagemaker.create_experiment(ExperimentName="E")
    aws.sagemaker.create_trial(TrialName="t", ExperimentName="E")
    aws.train(ExperimentConfig={"ExperimentName": "E", "TrialName": "t", "TrialComponentDisplayName": "Training"})
    job = aws.ended()
    (found,) = aws.sagemaker.list_trial_components(SourceArn=job["TrainingJobArn"])["TrialComponentSummaries"]
    assert (found["TrialComponentName"], found["DisplayName"]) == (COMPONENT, "Training")
    (part,) = aws.sagemaker.list_trial_components(TrialName="t")["TrialComponentSummaries"]
    assert part["TrialComponentName"] == COMPONENT
    told = aws.sagemaker.describe_trial_component(TrialComponentName=COMPONENT)
    assert told["Parameters"]["num_round"] == {"NumberValue": 3.0}
    assert told["Parameters"]["objective"] == {"StringValue": "binary:logistic"}
    assert told["OutputArtifacts"]["SageMaker.ModelArtifact"]["Value"] == job["ModelArtifacts"]["S3ModelArtifacts"]
    assert {each["MetricName"]: each["Last"] for each in told["Metrics"]} == {
        each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]
    }


def test_a_models_data_is_found_in_its_lineage(aws: Aws) -> None:
    aws.train()
    uri = aws.ended()["ModelArtifacts"]["S3ModelArtifacts"]
    (model,) = aws.sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
    told = aws.sagemaker.query_lineage(
        StartArns=[model["ArtifactArn"]], Direction="Ascendants", Filters={"Types": ["DataSet"]}
    )
    (data,) = told["Vertices"]
    found = aws.sagemaker.describe_artifact(ArtifactArn=data["Arn"])["Source"]["SourceUri"]
    assert found == f"s3://{aws.bucket}/train"


def test_a_failed_job_leaves_no_model(aws: Aws) -> None:
    aws.train(HyperParameters={"num_round": "none"})
    aws.ended()
    told = aws.sagemaker.describe_trial_component(TrialComponentName=COMPONENT)
    assert told["Status"]["PrimaryStatus"] == "Failed"
    assert "OutputArtifacts" not in told or told["OutputArtifacts"] == {}


def test_the_jobs_of_a_pipeline_are_parts_of_its_trial(aws: Aws) -> None:
    train = training(aws, "Train", training_rows(aws))
    definition = json.loads(define(processing(aws, "Prepare", ""), train))
    definition["PipelineExperimentConfig"] = {
        "ExperimentName": get("Execution.PipelineName"),
        "TrialName": get("Execution.PipelineExecutionId"),
    }
    aws.sagemaker.create_pipeline(
        PipelineName="Flow", PipelineDefinition=json.dumps(definition), RoleArn="arn:aws:iam::111122223333:role/any"
    )
    arn = start(aws)
    told = ended(aws, arn)["PipelineExperimentConfig"]
    assert told == {"ExperimentName": "Flow", "TrialName": arn.rpartition("/")[2]}
    listed = aws.sagemaker.list_trial_components(TrialName=told["TrialName"])["TrialComponentSummaries"]
    jobs = {next(iter(each["Metadata"].values()))["Arn"] for each in steps_of(aws, arn).values()}
    assert {each["TrialComponentSource"]["SourceArn"] for each in listed} == jobs
