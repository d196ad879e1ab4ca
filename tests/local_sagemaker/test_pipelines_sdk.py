"""A pipeline as the SDK's version 3 writes it, unmodified: prepare, train, judge, create and register a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_server import Aws
from scripts import run_sdk

PIPELINE = """
import pathlib
import boto3
from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import Session, get_execution_role
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.resources import ModelPackage
from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output
from sagemaker.core.workflow.conditions import ConditionGreaterThan
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

pathlib.Path("prepare.py").write_text('''
import pathlib
rows = [f"{int(number > 5)},{number}" for number in range(11)] * 10
pathlib.Path("/opt/ml/processing/train/train.csv").write_text("\\\\n".join(rows))
''')
pathlib.Path("judge.py").write_text('''
import json, pathlib, tarfile
import xgboost
tarfile.open("/opt/ml/processing/model/model.tar.gz").extractall(".", filter="data")
model = xgboost.Booster(model_file="xgboost-model")
rounds = model.num_boosted_rounds()
pathlib.Path("/opt/ml/processing/judgement/judgement.json").write_text(json.dumps({"model": {"rounds": rounds}}))
''')
session, pipeline_session, role = Session(), PipelineSession(), get_execution_role()
bucket, region = session.default_bucket(), session.boto_region_name
count = ParameterInteger(name="InstanceCount", default_value=1)
approval = ParameterString(name="Approval", default_value="Approved")
enough = ParameterFloat(name="Enough", default_value=3.0)
cache = CacheConfig(enable_caching=True, expire_after="30d")


def processor(image, name):
    return ScriptProcessor(
        image_uri=image, command=["python3"], instance_type="ml.m5.xlarge", instance_count=count,
        base_job_name=name, sagemaker_session=pipeline_session, role=role,
    )


def output(name):
    target = ProcessingS3Output(
        s3_uri=f"s3://{bucket}/flow/{name}", local_path=f"/opt/ml/processing/{name}", s3_upload_mode="EndOfJob"
    )
    return ProcessingOutput(output_name=name, s3_output=target)


sklearn = image_uris.retrieve("sklearn", region, version="1.2-1")
prepare = ProcessingStep(
    name="Prepare",
    step_args=processor(sklearn, "prepare").run(outputs=[output("train")], code="prepare.py"),
    cache_config=cache,
)
xgboost = image_uris.retrieve("xgboost", region, version="3.0-5")
trainer = ModelTrainer(
    training_image=xgboost,
    compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
    sagemaker_session=pipeline_session,
    role=role,
    hyperparameters={"objective": "binary:logistic", "num_round": 5},
    input_data_config=[
        InputData(
            channel_name="train",
            data_source=prepare.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri,
            content_type="text/csv",
        )
    ],
)
train = TrainingStep(name="Train", step_args=trainer.train(), cache_config=cache)
artifacts = train.properties.ModelArtifacts.S3ModelArtifacts
model_input = ProcessingS3Input(
    s3_uri=artifacts, local_path="/opt/ml/processing/model", s3_data_type="S3Prefix", s3_input_mode="File"
)
report = PropertyFile(name="Report", output_name="judgement", path="judgement.json")
judge = ProcessingStep(
    name="Judge",
    step_args=processor(xgboost, "judge").run(
        inputs=[ProcessingInput(input_name="model", s3_input=model_input)],
        outputs=[output("judgement")],
        code="judge.py",
    ),
    property_files=[report],
)
builder = ModelBuilder(
    s3_model_data_url=artifacts, image_uri=xgboost, sagemaker_session=pipeline_session, role_arn=role
)
create = ModelStep(name="Create", step_args=builder.build())
register = ModelStep(
    name="Register",
    step_args=builder.register(
        model_package_group_name="flow", content_types=["text/csv"], response_types=["text/csv"],
        inference_instances=["ml.m5.xlarge"], approval_status=approval,
    ),
)
rounds = JsonGet(step_name=judge.name, property_file=report, json_path="model.rounds")
decide = ConditionStep(
    name="Decide",
    conditions=[ConditionGreaterThan(left=rounds, right=enough)],
    if_steps=[create, register],
    else_steps=[FailStep(name="Fail", error_message=Join(on=" ", values=["Not more rounds than", enough]))],
)
pipeline = Pipeline(
    name="flow", parameters=[count, approval, enough], steps=[prepare, train, judge, decide],
    sagemaker_session=pipeline_session,
)
pipeline.upsert(role_arn=role)
pipeline.upsert(role_arn=role)
for values in ({}, {"Enough": 7.0}):
    execution = pipeline.start(parameters=values)
    try:
        execution.wait(delay=1)
    except Exception as error:
        print(type(error).__name__)
    for step in reversed(execution.list_steps()):
        more = "cached" if "CacheHitResult" in step else step.get("FailureReason", "")
        print(step["StepName"], step["StepStatus"], more)
(package,) = ModelPackage.get_all(model_package_group_name="flow")
print(package.get_name(), ModelPackage.get(model_package_name=package.model_package_arn).model_approval_status)
"""


@pytest.mark.slow
def test_the_sdks_pipeline_runs_unmodified_and_again_from_its_cache(aws: Aws, tmp_path: Path) -> None:
    printed = run_sdk(aws, PIPELINE, tmp_path).splitlines()
    assert [line.strip() for line in printed][-13:-1] == [
        "Prepare Succeeded",
        "Train Succeeded",
        "Judge Succeeded",
        "Decide Succeeded",
        "Create Succeeded",
        "Register Succeeded",
        "WaiterError",
        "Prepare Succeeded cached",
        "Train Succeeded cached",
        "Judge Succeeded",
        "Decide Succeeded",
        "Fail Failed Not more rounds than 7.0",
    ]
    assert printed[-1].endswith(" Approved")
