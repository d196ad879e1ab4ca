"""What a plan says before a run on AWS, and the least policy that recorded calls need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from labguide import plan, recordings, running, sources, weaving
from labguide.backends.aws import AwsBackend, policy, prices
from labguide.model import Fact, Project, RecordedCell, Recording
from labguide.problems import Problems

TRAINING = {
    "service": "sagemaker",
    "operation": "CreateTrainingJob",
    "on": {"TrainingJobName": "games-*"},
    "orders": [{"type": "ml.m5.large", "count": 2, "gigabytes": 0}],
    "limits": {"MaxRuntimeInSeconds": 900},
    "passes": "LabRole",
}
CONFIGURATION = {
    "service": "sagemaker",
    "operation": "CreateEndpointConfig",
    "on": {"EndpointConfigName": "games"},
    "orders": [{"type": "ml.m5.large", "count": 1, "gigabytes": 0}],
}
ENDPOINT = {"service": "sagemaker", "operation": "CreateEndpoint", "on": {"EndpointName": "games"}}


class Planned:
    """A project with scripts of one cell, recordings of them, and the plan for running them on AWS."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.problems = Problems()

    def script(self, name: str, header: str = "") -> None:
        lines = "".join(f"#     {line}\n" for line in header.splitlines())
        head = f"# ---\n# jupyter:\n#   labguide:\n{lines}# ---\n\n" if header else ""
        path = self.project.snippets / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{head}# %% name="only"\npass\n', "utf-8")

    def recording(self, name: str, backend: str, *calls: Any, seconds: float = 1.0, source: str = "pass") -> None:
        provenance = {"backend": backend, "calls": list(calls), "seconds": {"only": seconds}}
        recording = Recording(name, backend, (RecordedCell("only", source),), {}, provenance)
        recordings.save(self.project, recording)

    def made(self, *only: str) -> plan.Plan:
        scripts = sources.read(self.project, self.problems).scripts
        backend = AwsBackend(self.project.workdir / "ledger")
        return plan.make(self.project, scripts, backend, running.Options(only=only), self.problems)


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    return Planned(tmp_path)


def _hour(machine: str) -> float:
    return prices().usd_an_hour[machine]


def test_plan_names_a_script_after_its_ancestors(planned: Planned) -> None:
    planned.script("bucket")
    planned.script("train", "after: [bucket]")
    planned.script("other")
    assert [step.script for step in planned.made("train").steps] == ["bucket", "train"]


def test_what_a_script_creates_is_read_from_the_local_recording(planned: Planned) -> None:
    planned.script("train")
    planned.recording("train", "local", TRAINING)
    (step,) = planned.made().steps
    (job,) = step.creates
    assert (job.kind, job.machine, job.count, step.creates_from) == ("training job", "ml.m5.large", 2, "local")


def test_time_is_not_read_from_the_local_recording(planned: Planned) -> None:
    planned.script("train")
    planned.recording("train", "local", TRAINING, seconds=3)
    assert planned.made().steps[0].seconds is None


def test_recording_from_aws_knows_better_than_the_local_one_and_the_header(planned: Planned) -> None:
    planned.script("train", "minutes: 5\ncreates: [training job ml.m5.xlarge]")
    planned.recording("train", "local", ENDPOINT, seconds=3)
    planned.recording("train", "aws", TRAINING, seconds=240)
    (step,) = planned.made().steps
    assert (step.creates_from, step.seconds, step.seconds_from) == ("aws", 240, "aws")


def test_recording_of_other_code_does_not_count(planned: Planned) -> None:
    planned.script("train")
    planned.recording("train", "local", TRAINING, source="other()")
    assert planned.made().steps[0].creates_from == "unknown"


def test_what_only_the_header_says_is_marked_as_declared(planned: Planned) -> None:
    planned.script("train", "minutes: 5\ncreates: [training job ml.m5.xlarge x 3, role]")
    (step,) = planned.made().steps
    assert (step.creates_from, step.seconds, step.seconds_from) == ("declared", 300, "declared")
    assert [(each.kind, each.machine, each.count) for each in step.creates] == [
        ("training job", "ml.m5.xlarge", 3),
        ("role", "", 1),
    ]


def test_declaration_that_cannot_be_read_is_a_problem(planned: Planned) -> None:
    planned.script("train", "creates: [rocket ml.m5.xlarge]")
    planned.made()
    assert [str(problem) for problem in planned.problems] == [
        'snippets/train.py:1: `creates:` says "rocket ml.m5.xlarge"; '
        "write a kind, a type and a count: `training job ml.m5.large x 2` [bad-header]"
    ]


def test_endpoint_counts_for_at_most_until_all_scripts_and_the_cleaning_have_ended(planned: Planned) -> None:
    planned.script("deploy", "limit: 3600")
    planned.script("later", "limit: 7200\nafter: [deploy]")
    planned.recording("deploy", "local", CONFIGURATION, ENDPOINT)
    planned.recording("later", "local")
    hours = (3600 + 7200 + plan.CLEANING_SECONDS) / 3600
    assert planned.made().usd_at_most == pytest.approx(hours * _hour("ml.m5.large"))


def test_job_counts_for_at_most_as_long_as_it_may_run(planned: Planned) -> None:
    planned.script("train", "limit: 7200")
    planned.recording("train", "local", TRAINING)
    assert planned.made().usd_at_most == pytest.approx(2 * _hour("ml.m5.large") * 900 / 3600)


def test_machine_without_a_known_price_leaves_the_cost_open(planned: Planned) -> None:
    planned.script("train")
    huge = {**TRAINING, "orders": [{"type": "ml.p99.huge", "count": 1, "gigabytes": 0}]}
    planned.recording("train", "local", huge)
    assert (planned.made().usd_at_most, planned.made().unpriced) == (None, ("ml.p99.huge",))


def test_script_of_which_nothing_is_known_leaves_the_cost_open(planned: Planned) -> None:
    planned.script("mystery")
    assert (planned.made().usd_at_most, planned.made().unpriced) == (None, ("mystery",))


def test_quotas_have_the_names_of_service_quotas(planned: Planned) -> None:
    planned.script("train")
    planned.recording("train", "local", TRAINING, CONFIGURATION, ENDPOINT)
    assert planned.made().quotas == {
        "ml.m5.large for endpoint usage": 1,
        "ml.m5.large for training job usage": 2,
    }


def _statement(document: dict[str, Any], action: str) -> dict[str, Any]:
    (found,) = [each for each in document["Statement"] if action in each["Action"]]
    return found


def test_policy_names_actions_that_are_called_otherwise_than_their_operations() -> None:
    calls = [{"service": "s3", "operation": name, "on": {"Bucket": "b"}} for name in ("HeadBucket", "HeadObject")]
    actions = [action for each in policy.of(calls)["Statement"] for action in each["Action"]]
    assert sorted(actions) == ["s3:GetObject", "s3:ListBucket"]


def test_policy_lets_a_role_be_passed_to_the_service_that_got_it_only() -> None:
    passing = _statement(policy.of([TRAINING]), "iam:PassRole")
    assert passing["Resource"] == ["arn:aws:iam::*:role/LabRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_policy_allows_any_name_where_a_recorded_one_was_generated() -> None:
    creating = _statement(policy.of([TRAINING]), "sagemaker:CreateTrainingJob")
    assert creating["Resource"] == ["arn:aws:sagemaker:*:*:training-job/games-*"]


def test_policy_puts_the_callers_own_account_where_a_bucket_has_its_number() -> None:
    call = {"service": "s3", "operation": "PutObject", "on": {"Bucket": "lab-111122223333"}}
    assert _statement(policy.of([call]), "s3:PutObject")["Resource"] == ["arn:aws:s3:::lab-${aws:PrincipalAccount}/*"]


def test_policy_is_the_same_in_whatever_order_the_calls_came() -> None:
    calls = [TRAINING, CONFIGURATION, ENDPOINT]
    assert json.dumps(policy.of(calls)) == json.dumps(policy.of(reversed(calls)))


# ---- Facts: what documents quote though no run leaves it ----


def _facts(planned: Planned, *quotes: str) -> Mapping[str, Mapping[str, Fact]]:
    page = planned.project.docs / "page.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text("".join(f"{{value}}`{quote}`\n" for quote in quotes), "utf-8")
    found = sources.read(planned.project, planned.problems)
    return plan.facts(planned.project, found.scripts, weaving.quoted_values(found), planned.problems)


def test_price_of_a_machine_is_known_by_hour_day_and_month(planned: Planned) -> None:
    price = _facts(planned)["price"]
    hour = _hour("ml.m5.large")
    names = ("ml.m5.large", "ml.m5.large.day", "ml.m5.large.month")
    assert [price[name].value for name in names] == [hour, hour * 24, hour * 730]


def test_prices_say_of_when_and_where_they_are(planned: Planned) -> None:
    price = _facts(planned)["price"]
    assert (price["date"].value, price["region"].value) == (prices().date, prices().region)


def test_every_other_price_has_a_source_and_a_date() -> None:
    table = yaml.safe_load(files("labguide.backends.aws").joinpath("prices.yml").read_text("utf-8"))
    assert all(entry["source"].startswith("https://aws.amazon.com/") for entry in table["usd"].values())
    assert all(isinstance(entry["date"], date) for entry in table["usd"].values())


def test_script_cannot_have_the_name_of_a_table(planned: Planned) -> None:
    planned.script("price")
    _facts(planned)
    assert [problem.kind for problem in planned.problems] == ["reserved-name"]


def test_cost_of_a_script_counts_jobs_endpoints_and_notebooks_for_as_long_as_it_takes(planned: Planned) -> None:
    planned.script("train", "minutes: 30")
    notebook = {
        "service": "sagemaker",
        "operation": "CreateNotebookInstance",
        "orders": [{"type": "ml.t3.medium", "count": 1, "gigabytes": 5}],
    }
    planned.recording("train", "local", TRAINING, CONFIGURATION, ENDPOINT, notebook)
    usd = _facts(planned, "train#on_aws.usd")["train"]["on_aws.usd"]
    machines = 3 * _hour("ml.m5.large") + _hour("ml.t3.medium") + 5 * prices().disk / 730
    assert usd.value == pytest.approx(machines / 2)
    assert usd.declared


def test_cost_is_not_known_where_a_price_is_not(planned: Planned) -> None:
    planned.script("train", "minutes: 30")
    machine = {**TRAINING, "orders": [{"type": "ml.unheard.large", "count": 1, "gigabytes": 0}]}
    planned.recording("train", "local", machine)
    facts = _facts(planned, "train#on_aws.usd")["train"]
    assert facts["on_aws.minutes"].value == 30
    assert "ml.unheard.large" in facts["on_aws.usd"].unknown[0]
