"""The `aws` backend: nothing without consent, everything in the ledger, and nothing left behind."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labguide.backends import calls, hook
from labguide.backends.aws import kinds, ledger
from remote_account import SECRETS, AwsProject, Remote, remote_server, wait_until

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}'
BUCKET = """\
import boto3
account = boto3.client("sts").get_caller_identity()["Account"]
bucket = f"lab-{account}"
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(Bucket=bucket, Key="data/train.csv", Body=b"1,0\\n0,1\\n" * 500)
"""
ROLE = """\
import json
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam = boto3.client("iam")
try:
    iam.create_role(RoleName="LabRole", AssumeRolePolicyDocument="{}")
except iam.exceptions.EntityAlreadyExistsException:
    pass
iam.attach_role_policy(RoleName="LabRole", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
iam.put_role_policy(RoleName="LabRole", PolicyName="Lab", PolicyDocument=json.dumps(policy))
"""
TRAIN = """\
sagemaker = boto3.client("sagemaker")
sagemaker.create_training_job(
    TrainingJobName="lab-job",
    AlgorithmSpecification={
        "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
        "TrainingInputMode": "File",
    },
    RoleArn=f"arn:aws:iam::{account}:role/LabRole",
    InputDataConfig=[{
        "ChannelName": "train", "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/data/"}},
    }],
    OutputDataConfig={"S3OutputPath": f"s3://{bucket}/out"},
    ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5},
    StoppingCondition={"MaxRuntimeInSeconds": 3600},
    HyperParameters={"num_round": "ROUNDS", "objective": "binary:logistic"},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="lab-job")
"""
DEPLOY = """\
job = sagemaker.describe_training_job(TrainingJobName="lab-job")
sagemaker.create_model(
    ModelName="lab", ExecutionRoleArn=f"arn:aws:iam::{account}:role/LabRole",
    PrimaryContainer={
        "Image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
    },
)
variant = {"VariantName": "all", "ModelName": "lab", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
sagemaker.create_endpoint_config(EndpointConfigName="lab", ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName="lab", EndpointConfigName="lab")
sagemaker.create_notebook_instance(
    NotebookInstanceName="lab", InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{account}:role/LabRole"
)
"""


LONG = "\nimport time\ntime.sleep(100)\n"


@pytest.fixture(scope="module")
def new_account() -> Iterator[Callable[[], Remote]]:
    with remote_server() as make:
        yield make


@pytest.fixture
def remote(new_account: Callable[[], Remote]) -> Remote:
    return new_account()


@pytest.fixture
def project(tmp_path: Path, remote: Remote) -> AwsProject:
    return AwsProject(tmp_path, remote)


def _train(rounds: int) -> str:
    return TRAIN.replace("ROUNDS", str(rounds))


def _trains(remote: Remote) -> bool:
    jobs = remote.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
    return any(job["TrainingJobStatus"] == "InProgress" for job in jobs)


def _killed(project: AwsProject, *cells: str, when: Callable[[], object]) -> None:
    """Run a script of these cells and kill the program as soon as something holds."""
    project.script("lab", *cells)
    run = project.start("run", "--backend", "aws", "--yes")
    wait_until(when)
    run.kill()
    run.wait()


def _killed_after_role(project: AwsProject) -> None:
    iam = project.remote.client("iam")
    listed = "role LabRole"
    _killed(
        project,
        BUCKET,
        ROLE,
        LONG,
        when=lambda: listed in project.remote.inventory() and iam.list_role_policies(RoleName="LabRole")["PolicyNames"],
    )


def test_nothing_runs_without_consent_and_without_a_terminal(project: AwsProject) -> None:
    project.script("lab", BUCKET)
    done = project.labguide("run", "--backend", "aws")
    assert (done.returncode, project.remote.inventory()) == (2, [])
    assert "--yes" in done.stderr


def test_mkdocs_build_runs_nothing_without_the_consent_variable(project: AwsProject) -> None:
    project.script("lab", BUCKET)
    mkdocs = [sys.executable, "-m", "mkdocs", "build"]
    done = subprocess.run(
        mkdocs, cwd=project.root, env=project.remote.caller, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "LABGUIDE_AWS_CONSENT" in done.stderr
    assert project.remote.inventory() == []
    assert not (project.root / "recordings").exists()


def test_run_leaves_a_recording_that_says_aws_and_nothing_in_the_account(project: AwsProject) -> None:
    project.script("lab", BUCKET, ROLE, _train(3), DEPLOY)
    done = project.labguide("run", "--backend", "aws", "--yes")
    assert done.returncode == 0, done.stderr
    recording = json.loads((project.root / "recordings" / "aws" / "lab.ipynb").read_text("utf-8"))
    assert recording["metadata"]["labguide"]["provenance"]["backend"] == "aws"
    assert project.remote.inventory() == []


def test_run_that_fails_leaves_nothing_either(project: AwsProject) -> None:
    project.script("lab", BUCKET, ROLE, "raise RuntimeError('no')")
    done = project.labguide("run", "--backend", "aws", "--yes")
    assert done.returncode == 1
    assert "RuntimeError: no" in done.stderr
    assert project.remote.inventory() == []


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_run_that_is_stopped_leaves_nothing_either(project: AwsProject, blow: signal.Signals) -> None:
    project.script("lab", BUCKET, ROLE, LONG)
    run = project.start("run", "--backend", "aws", "--yes")
    wait_until(lambda: "role LabRole" in project.remote.inventory())
    run.send_signal(blow)
    assert run.wait(120) == 130
    assert project.remote.inventory() == []


ROLES = """\
import boto3
iam = boto3.client("iam")
for number in range(25):
    iam.create_role(RoleName=f"Lab{number:02}", AssumeRolePolicyDocument="{}")
"""


def _read_until(run: subprocess.Popen[bytes], word: str) -> str:
    """What a program says from here to the end of the line with a word in it."""
    said = ""
    while word not in said:
        line = run.stderr.readline().decode()
        assert line, said
        said += line
    return said


@contextmanager
def _deleting(project: AwsProject) -> Iterator[subprocess.Popen[bytes]]:
    """A run that was stopped, has begun to delete 25 roles, and said so of the first."""
    with project.start("run", "--backend", "aws", "--yes", stderr=subprocess.PIPE) as run:
        wait_until(lambda: "role Lab24" in project.remote.inventory())
        run.send_signal(signal.SIGINT)
        _read_until(run, "deleted role")
        yield run
        assert run.wait(120) == 130


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_deletion_goes_on_through_a_second_signal_and_says_so(project: AwsProject, blow: signal.Signals) -> None:
    project.script("lab", ROLES, LONG)
    with _deleting(project) as run:
        run.send_signal(blow)
        assert "still deleting role Lab" in _read_until(run, "another Ctrl-C")
        assert b"stopped" in run.stderr.read()
    assert project.remote.inventory() == []


def test_user_who_insists_ends_deletion_and_is_told_what_is_left(project: AwsProject) -> None:
    project.script("lab", ROLES, LONG)
    with _deleting(project) as run:
        run.send_signal(signal.SIGINT)
        _read_until(run, "another Ctrl-C")
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()
    left = project.remote.inventory()
    assert "role Lab24" in left
    assert [name for name in left if name not in said] == []
    assert "may be left and cost money" in said
    assert "`labguide clean` tries again" in said
    assert project.labguide("clean").returncode == 0
    assert project.remote.inventory() == []


def test_clean_too_goes_on_through_ctrl_c(project: AwsProject) -> None:
    _killed(project, ROLES, LONG, when=lambda: "role Lab24" in project.remote.inventory())
    with project.start("clean", stderr=subprocess.PIPE) as run:
        _read_until(run, "deleted role")
        run.send_signal(signal.SIGINT)
        _read_until(run, "another Ctrl-C")
        run.stderr.read()
        assert run.wait(120) == 0
    assert project.remote.inventory() == []


def test_deletion_goes_on_though_nobody_reads_what_it_says(project: AwsProject) -> None:
    project.script("lab", ROLES, LONG)
    run = project.start("run", "--backend", "aws", "--yes", stderr=subprocess.PIPE)
    wait_until(lambda: "role Lab24" in project.remote.inventory())
    run.stderr.close()
    run.send_signal(signal.SIGTERM)
    run.wait(120)
    assert project.remote.inventory() == []


def test_clean_after_kill_9_leaves_nothing_and_does_no_harm_twice(project: AwsProject) -> None:
    s3 = project.remote.client("s3")
    s3.create_bucket(Bucket="somebody-elses")
    _killed(project, BUCKET, ROLE, _train(10_000_000), when=lambda: _trains(project.remote))
    assert len(project.remote.inventory()) > 3
    for _ in range(2):
        done = project.labguide("clean")
        assert done.returncode == 0, done.stderr
        assert project.remote.inventory() == ["bucket somebody-elses"]
    assert list((project.root / ".labguide" / "ledger").iterdir()) == []


def test_what_was_there_before_stays_and_what_the_run_added_to_it_goes(project: AwsProject) -> None:
    remote = project.remote
    s3, iam = remote.client("s3"), remote.client("iam")
    s3.create_bucket(Bucket=f"lab-{remote.account}")
    s3.put_object(Bucket=f"lab-{remote.account}", Key="thesis.txt", Body=b"years of work")
    iam.create_role(RoleName="LabRole", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="LabRole", PolicyName="Old", PolicyDocument=POLICY)
    project.script("lab", BUCKET, ROLE, _train(3))
    done = project.labguide("run", "--backend", "aws", "--yes")
    assert done.returncode == 0, done.stderr
    assert remote.inventory() == [f"bucket lab-{remote.account}", "role LabRole"]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=f"lab-{remote.account}")["Contents"]] == ["thesis.txt"]
    assert iam.list_role_policies(RoleName="LabRole")["PolicyNames"] == ["Old"]
    assert iam.list_attached_role_policies(RoleName="LabRole")["AttachedPolicies"] == []


def test_role_of_the_same_name_that_somebody_made_since_stays(project: AwsProject) -> None:
    _killed_after_role(project)
    iam = project.remote.client("iam")
    iam.delete_role_policy(RoleName="LabRole", PolicyName="Lab")
    iam.detach_role_policy(RoleName="LabRole", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    iam.delete_role(RoleName="LabRole")
    iam.create_role(RoleName="LabRole", AssumeRolePolicyDocument="{}")
    done = project.labguide("clean")
    assert done.returncode == 1
    assert "role LabRole: it does not carry this run's tag" in done.stderr
    assert project.remote.inventory() == ["role LabRole"]


def test_clean_refuses_with_the_credentials_of_another_account(
    project: AwsProject, new_account: Callable[[], Remote]
) -> None:
    _killed_after_role(project)
    done = project.labguide("clean", AWS_ACCESS_KEY_ID=new_account().account)
    assert done.returncode == 1
    assert "another AWS account" in done.stderr
    assert project.labguide("clean").returncode == 0
    assert project.remote.inventory() == []


def test_what_labguide_cannot_delete_is_told(project: AwsProject) -> None:
    project.script("lab", 'import boto3\nboto3.client("iam").create_user(UserName="lab-user")')
    done = project.labguide("run", "--backend", "aws", "--yes")
    assert done.returncode == 1
    assert "lab-user" in done.stderr
    assert project.remote.inventory() == ["user lab-user"]


def test_account_keys_and_token_are_in_no_file(project: AwsProject) -> None:
    show = "import os\nprint(os.environ['AWS_SESSION_TOKEN'], os.environ['AWS_SECRET_ACCESS_KEY'], account)\n"
    project.script("before", BUCKET, show)
    assert project.labguide("run", "--backend", "aws", "--yes", "before").returncode == 0
    _killed_after_role(project)
    files = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    assert any(path.suffix == ".jsonl" for path in files)
    assert any(path.name == "before.ipynb" for path in files)
    for secret in (project.remote.account, *SECRETS.values()):
        assert [path for path, content in files.items() if secret.encode() in content] == []
    assert project.labguide("clean").returncode == 0


def test_call_that_cannot_be_written_to_the_ledger_is_not_sent(remote: Remote, tmp_path: Path) -> None:
    orders = {
        "calls": str(tmp_path / "calls"),
        "ledger": "/dev/full",  # every write to it fails as on a full disk
        "run": "a-run",
        "script": "lab",
        "account": remote.account,
        "creates": kinds.for_hook(),
    }
    create = "boto3.client('iam').create_role(RoleName='r', AssumeRolePolicyDocument='{}')"
    code = f"{calls.prelude(orders)}\nimport boto3\n{create}"
    done = subprocess.run([sys.executable, "-c", code], env=remote.caller, capture_output=True, text=True, check=False)
    assert "No space left on device" in done.stderr
    assert remote.inventory() == []


def test_hook_needs_nothing_of_labguide() -> None:
    assert "labguide." not in "".join(
        line for line in Path(hook.__file__).read_text("utf-8").splitlines() if "import" in line
    )


def test_yes_at_the_prompt_runs_and_no_does_not(project: AwsProject) -> None:
    project.script("lab", BUCKET)
    for answer, code in (("n\n", 2), ("y\n", 0)):
        asked, status = project.labguide_at_a_terminal("run", "--backend", "aws", answer=answer)
        assert "would run" in asked
        assert status == code
        assert (project.root / "recordings" / "aws" / "lab.ipynb").exists() == (code == 0)


def test_limit_in_dollars_refuses_a_dearer_run(project: AwsProject) -> None:
    project.script("lab", BUCKET, header="creates: [notebook instance ml.t3.medium, bucket]")
    done = project.labguide("run", "--backend", "aws", "--yes", "--max-usd", "0.01")
    assert (done.returncode, project.remote.inventory()) == (2, [])
    assert "more than --max-usd 0.01" in done.stderr


def test_limit_in_dollars_refuses_a_run_of_unknown_cost(project: AwsProject) -> None:
    project.script("lab", BUCKET)
    done = project.labguide("run", "--backend", "aws", "--yes", "--max-usd", "1000")
    assert (done.returncode, project.remote.inventory()) == (2, [])
    assert "what lab costs is not known" in done.stderr


def test_limit_in_dollars_lets_a_cheaper_run_pass(project: AwsProject) -> None:
    project.script("lab", BUCKET, header="creates: [bucket]")
    assert project.labguide("run", "--backend", "aws", "--yes", "--max-usd", "0.01").returncode == 0


def test_sweep_finds_tagged_leftovers_when_the_ledger_is_lost(project: AwsProject) -> None:
    project.remote.client("iam").create_role(RoleName="SomebodyElses", AssumeRolePolicyDocument="{}")
    made = "role LabRole"
    _killed(project, "import boto3\n" + ROLE, LONG, when=lambda: made in project.remote.inventory())
    shutil.rmtree(project.root / ".labguide")
    asked = project.labguide("clean", "--sweep")
    assert (asked.returncode, project.remote.inventory()) == (2, ["role LabRole", "role SomebodyElses"])
    done = project.labguide("clean", "--sweep", "--yes")
    assert (done.returncode, project.remote.inventory()) == (0, ["role SomebodyElses"]), done.stderr


def test_calls_are_recorded_once_each_however_often_they_were_made(project: AwsProject) -> None:
    project.script("lab", "import boto3\nfor _ in range(5):\n    boto3.client('s3').list_buckets()")
    assert project.labguide("run", "--backend", "aws", "--yes").returncode == 0
    recording = json.loads((project.root / "recordings" / "aws" / "lab.ipynb").read_text("utf-8"))
    calls_made = recording["metadata"]["labguide"]["provenance"]["calls"]
    assert calls_made == [{"operation": "ListBuckets", "service": "s3"}]


def _ledger_of_unanswered(project: AwsProject, kind: str, identity: dict[str, str]) -> str:
    """A ledger whose program was killed after it sent a creating call and before the answer came; returns the run."""
    run, path = ledger.begin(project.root / ".labguide" / "ledger", project.remote.account, [])
    _note_unanswered(path, "1", kind, identity)
    return run


def _note_unanswered(path: Path, number: str, kind: str, identity: dict[str, str]) -> None:
    asked = {"id": number, "creates": kind, "identity": identity, "region": "us-east-1", "existed": False}
    ledger.append(path, {**asked, "script": "lab", "at": "2026-01-01T00:00:00+00:00"})


def test_creation_that_was_never_answered_is_deleted_if_it_carries_the_tag(project: AwsProject) -> None:
    run = _ledger_of_unanswered(project, "role", {"RoleName": "LabRole"})
    tags = [{"Key": "labguide:run", "Value": run}]
    project.remote.client("iam").create_role(RoleName="LabRole", AssumeRolePolicyDocument="{}", Tags=tags)
    assert project.labguide("clean").returncode == 0
    assert project.remote.inventory() == []


@pytest.mark.parametrize(
    ("kind", "identity"),
    [
        ("role policy", {"RoleName": "LabRole", "PolicyName": "Lab"}),
        ("attached role policy", {"RoleName": "LabRole", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ],
)
def test_policy_that_was_never_answered_goes_with_the_role_that_the_run_made(
    project: AwsProject, kind: str, identity: dict[str, str]
) -> None:
    run = _ledger_of_unanswered(project, "role", {"RoleName": "LabRole"})
    _note_unanswered(project.root / ".labguide" / "ledger" / f"{run}.jsonl", "2", kind, identity)
    iam = project.remote.client("iam")
    tags = [{"Key": "labguide:run", "Value": run}]
    iam.create_role(RoleName="LabRole", AssumeRolePolicyDocument="{}", Tags=tags)
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="LabRole", PolicyName="Lab", PolicyDocument=policy)
    iam.attach_role_policy(RoleName="LabRole", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    done = project.labguide("clean")
    assert (done.returncode, project.remote.inventory()) == (0, [])


def test_policy_that_was_never_answered_stays_with_a_role_of_somebody_else(project: AwsProject) -> None:
    _ledger_of_unanswered(project, "role policy", {"RoleName": "Theirs", "PolicyName": "Lab"})
    iam = project.remote.client("iam")
    iam.create_role(RoleName="Theirs", AssumeRolePolicyDocument="{}")
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="Theirs", PolicyName="Lab", PolicyDocument=policy)
    done = project.labguide("clean")
    assert done.returncode == 1
    assert "role policy Lab/Theirs: AWS never answered" in done.stderr
    assert iam.list_role_policies(RoleName="Theirs")["PolicyNames"] == ["Lab"]


def test_creation_that_was_never_answered_and_carries_no_tag_is_told_and_kept(project: AwsProject) -> None:
    _ledger_of_unanswered(project, "bucket", {"Bucket": "lab-unanswered"})
    project.remote.client("s3").create_bucket(Bucket="lab-unanswered")
    done = project.labguide("clean")
    assert done.returncode == 1
    assert "bucket lab-unanswered: AWS never answered whether this run made it" in done.stderr
    assert project.remote.inventory() == ["bucket lab-unanswered"]


def test_creation_that_was_never_answered_and_never_came_about_is_forgotten(project: AwsProject) -> None:
    _ledger_of_unanswered(project, "endpoint", {"EndpointName": "lab"})
    assert project.labguide("clean").returncode == 0
    assert list((project.root / ".labguide" / "ledger").iterdir()) == []


def test_tag_is_added_to_the_callers_own(project: AwsProject) -> None:
    tagged = (
        "import boto3\niam = boto3.client('iam')\nown = [{'Key': 'team', 'Value': 'a'}]\n"
        "iam.create_role(RoleName='LabRole', AssumeRolePolicyDocument='{}', Tags=own)\n"
        "keys = sorted(tag['Key'] for tag in iam.list_role_tags(RoleName='LabRole')['Tags'])\nprint(keys, len(own))\n"
    )
    project.script("lab", tagged)
    assert project.labguide("run", "--backend", "aws", "--yes").returncode == 0
    recording = (project.root / "recordings" / "aws" / "lab.ipynb").read_text("utf-8")
    assert "['labguide:run', 'team'] 1" in recording
