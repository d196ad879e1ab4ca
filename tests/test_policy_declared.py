"""Permissions that an author declares beside the recorded calls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from case_project import Workshop
from labguide import recordings
from labguide.backends.aws import declared, policy
from labguide.model import RecordedCell, Recording
from labguide.problems import Problems

JOB = {"service": "sagemaker", "operation": "CreateTrainingJob", "on": {"TrainingJobName": "smlab-digits-*"}}
OTHER = {"service": "sagemaker", "operation": "CreateTrainingJob", "on": {"TrainingJobName": "smlab-flowers"}}
BUCKET = {"service": "s3", "operation": "PutObject", "on": {"Bucket": "smlab-111122223333"}}
FILE = """\
names: ["smlab*"]
also:
  - why: CloudShell
    actions: [cloudshell:CreateSession]
  - why: its logs
    actions: [logs:DeleteLogStream]
    resources: ["arn:aws:logs:*:*:log-group:/aws/sagemaker/*"]
"""


def read(text: str) -> tuple[declared.Declared, list[str]]:
    problems = Problems()
    found = declared.read("snippets/p.yml", text, problems)
    return found, [str(problem) for problem in problems]


def granted(document: dict[str, Any]) -> dict[str, list[str]]:
    return {action: each["Resource"] for each in document["Statement"] for action in each["Action"]}


def test_declared_actions_are_allowed_beside_the_recorded_ones() -> None:
    found, problems = read(FILE)
    assert problems == []
    assert granted(policy.of([JOB], found)) == {
        "cloudshell:CreateSession": ["*"],
        "logs:DeleteLogStream": ["arn:aws:logs:*:*:log-group:/aws/sagemaker/*"],
        "sagemaker:CreateTrainingJob": ["arn:aws:sagemaker:*:*:training-job/smlab*"],
    }


def test_pattern_stands_for_the_names_that_fit_but_for_no_variable() -> None:
    found, _ = read('names: ["smlab*"]')
    allowed = granted(policy.of([JOB, OTHER, BUCKET], found))
    assert allowed["sagemaker:CreateTrainingJob"] == ["arn:aws:sagemaker:*:*:training-job/smlab*"]
    assert allowed["s3:PutObject"] == ["arn:aws:s3:::smlab-${aws:PrincipalAccount}/*"]


def test_resource_that_another_one_stands_for_is_left_out() -> None:
    found, _ = read(
        "also:\n  - why: all\n    actions: [sagemaker:CreateTrainingJob]\n"
        '    resources: ["arn:aws:sagemaker:*:*:training-job/*"]'
    )
    allowed = granted(policy.of([JOB, OTHER], found))
    assert allowed["sagemaker:CreateTrainingJob"] == ["arn:aws:sagemaker:*:*:training-job/*"]


def test_action_that_a_pattern_allows_on_as_much_is_left_out() -> None:
    found, _ = read(
        "also:\n  - why: all\n    actions: ['sagemaker:Create*']\n"
        '    resources: ["arn:aws:sagemaker:*:*:*/smlab-digits-*"]'
    )
    assert granted(policy.of([JOB, OTHER], found)) == {
        "sagemaker:Create*": ["arn:aws:sagemaker:*:*:*/smlab-digits-*"],
        "sagemaker:CreateTrainingJob": ["arn:aws:sagemaker:*:*:training-job/smlab-flowers"],
    }


def test_metrics_have_the_prefix_that_iam_knows() -> None:
    call = {"service": "monitoring", "operation": "GetMetricStatistics"}
    assert granted(policy.of([call])) == {"cloudwatch:GetMetricStatistics": ["*"]}


def test_role_is_passed_to_the_declared_service_only() -> None:
    found, _ = read("also: [{why: a role, actions: [iam:PassRole], passed_to: sagemaker.amazonaws.com}]")
    (statement,) = policy.of([], found)["Statement"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.mark.parametrize(
    "action",
    [
        "sagemaker:InvokeEndpoint",
        "sagemaker:List*",
        "cloudshell:*",
        "s3:ListAllMyBuckets",
        "nobodys:Thing",
        "s3:HeadBucket",
    ],
)
def test_only_actions_that_a_public_model_does_not_have_are_wrong(action: str) -> None:
    _, problems = read(f"also: [{{why: x, actions: ['{action}']}}]")
    assert len(problems) == (action == "s3:HeadBucket")  # that operation needs s3:ListBucket


WRONG = {
    "also: [{why: x, actions: [sagemaker:OpenNotebook]}]": '1: "sagemaker" has no action "OpenNotebook"',
    "also:\n  - why: x\n    actions: [sagemaker:StartNotebookInstanc]": '3: "sagemaker" has no action',
    "also:\n  - why: x\n    actions: [cloudshell]": '3: "cloudshell" is no action',
    "also:\n  - actions: [s3:GetObject]": "2: these permissions have no reason",
    "also:\n  - why: x": "2: nothing is allowed here",
    "also:\n  - why: x\n    actions: s3:GetObject": "3: `actions` is no list of texts",
    "also:\n  - why: x\n    action: [s3:GetObject]": '3: no key "action"',
    "alse: []": '1: no key "alse"',
    "also: 3": "1: `also` is no list",
    "- 3": "1: this is no mapping",
    "also: [": "1: cannot be read",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_at_its_line(text: str) -> None:
    _, problems = read(text)
    assert any(problem.startswith(f"snippets/p.yml:{WRONG[text]}") for problem in problems), problems


# ---- The command ----


@pytest.fixture
def project(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.write("mkdocs.yml", "site_name: Small\nplugins: [labguide]\n")
    workshop.write("docs/index.md", "# Small\n")
    workshop.write("snippets/train.py", '# %% name="only"\npass\n')
    provenance = {"backend": "local", "calls": [JOB], "seconds": {"only": 1}}
    recordings.save(workshop.project, Recording("train", "local", (RecordedCell("only", "pass"),), {}, provenance))
    return workshop


def run(project: Workshop, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "labguide", "policy", *options]
    return subprocess.run(command, cwd=project.project.root, capture_output=True, text=True, check=False)


def test_file_beside_the_policy_is_part_of_what_is_written_and_checked(project: Workshop) -> None:
    project.write("snippets/p.yml", FILE)
    assert run(project, "--write", "snippets/p.json").returncode == 0
    assert run(project, "--check", "snippets/p.json").returncode == 0
    document = json.loads((project.project.root / "snippets/p.json").read_text("utf-8"))
    assert "cloudshell:CreateSession" in granted(document)
    project.edit("snippets/p.yml", "CreateSession", "StopEnvironment")
    assert run(project, "--check", "snippets/p.json").returncode == 1
    assert json.loads(run(project, "--declared", "snippets/p.yml").stdout) != document


def test_wrong_declaration_ends_the_command_with_its_line(project: Workshop) -> None:
    project.write("snippets/p.yml", FILE.replace("CreateSession", "CreateSesion"))
    done = run(project, "--write", "snippets/p.json")
    assert done.returncode == 1
    assert 'snippets/p.yml:4: "cloudshell" has no action "CreateSesion"; did you mean "CreateSession"?' in done.stderr
    assert not (project.project.root / "snippets/p.json").exists()


def test_policy_that_is_too_long_for_aws_is_refused(project: Workshop) -> None:
    long = ", ".join(f'"arn:aws:s3:::bucket-{number:04}"' for number in range(300))
    project.write("snippets/p.yml", f"also: [{{why: x, actions: [s3:ListBucket], resources: [{long}]}}]")
    done = run(project, "--write", "snippets/p.json")
    assert done.returncode == 1
    assert "AWS takes 6144 at most" in done.stderr
