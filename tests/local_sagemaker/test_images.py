"""Images: an ECR address names an environment, built once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from local_server import Aws, started_server
from scripts import result_of, train_script

from local_sagemaker import images

BUILD = "from local_sagemaker import images; images.python_of(images.Image('tiny:1', sys.argv[1], 'xgboost'))"


@pytest.mark.parametrize(
    "uri",
    [
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
        "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.0-5-cpu-py3",
        "sagemaker-xgboost:3.0-5",
    ],
)
def test_registry_and_processor_do_not_count(uri: str) -> None:
    assert images.find(uri).name == "sagemaker-xgboost:3.0-5"


def test_a_patch_level_and_a_system_do_not_count() -> None:
    assert images.find("pytorch-training:2.6.0-cpu-py312-ubuntu22.04-sagemaker").name == "pytorch-training:2.6"


@pytest.mark.parametrize(
    ("uri", "requirements"),
    [
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:0.20.0-cpu-py3", "scikit-learn-1.2.txt"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.5.0-cpu-py3", "pytorch-2.txt"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.3.1-cpu-py37", "tensorflow-2.txt"),
    ],
)
def test_a_newer_release_stands_for_one_that_installs_no_more(uri: str, requirements: str) -> None:
    assert images.find(uri).requirements == requirements


def test_what_is_built_for_a_gpu_computes_without_one() -> None:
    uri = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-gpu-py312-cu126-ubuntu22.04-sagemaker"
    assert images.find(uri).name == "pytorch-training:2.6"


def test_the_latest_of_an_algorithm_is_its_version_1() -> None:
    assert images.find("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest").name == "linear-learner:1"


def test_every_image_has_pinned_requirements() -> None:
    for image in {each for known in images.IMAGES.values() for each in (known, known.for_scripts)}:
        lines = [line for file in images.files_of(image) for line in file.read_text().splitlines()]
        wanted = [line for line in lines if line and not line.startswith("#")]
        assert wanted
        assert all("==" in line for line in wanted), image.name


def test_two_builds_of_one_image_at_once_make_one_environment(tmp_path: Path) -> None:
    requirements = tmp_path / "tiny.txt"
    requirements.write_text("# nothing to install\n")
    command = [sys.executable, "-c", f"import sys; {BUILD}", str(requirements)]
    environment = {**os.environ, "LOCAL_SAGEMAKER_CACHE": str(tmp_path)}
    builds = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], told
    assert "".join(told).count("is ready after") == 1


def test_a_build_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_SAGEMAKER_CACHE", str(tmp_path))
    requirements = tmp_path / "wrong.txt"
    requirements.write_text("this is no requirement\n")
    with pytest.raises(images.BuildError, match='image "wrong:1" could not be built'):
        images.python_of(images.Image("wrong:1", str(requirements), "xgboost"))


@pytest.mark.parametrize(
    ("uri", "known", "not_told"),
    [("mine:1", "kmeans, ", "kmeans:1"), ("pytorch-training:0.4", "pytorch-training:2.6, ", "kmeans")],
)
def test_an_unknown_image_is_told_what_is_known(uri: str, known: str, not_told: str) -> None:
    with pytest.raises(images.UnknownImageError) as caught:
        images.find(uri)
    assert known in str(caught.value)
    assert not_told not in str(caught.value)


def test_a_script_trains_in_an_image_the_user_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my-image@1.0.txt").write_text("wheel==0.45.1\n")
    monkeypatch.setenv("LOCAL_SAGEMAKER_IMAGES", str(tmp_path))
    monkeypatch.setenv("LOCAL_SAGEMAKER_CACHE", str(tmp_path / "cache"))
    with started_server() as server:
        aws = Aws(server.line["env"], "100000000001")
        script = "import os, wheel; open(os.environ['SM_MODEL_DIR'] + '/version.txt', 'w').write(wheel.__version__)"
        job = train_script(aws, script, image="100000000001.dkr.ecr.us-east-1.amazonaws.com/my-image:1.0")
        assert job["TrainingJobStatus"] == "Completed"
        assert result_of(aws)["version.txt"] == b"0.45.1"


@pytest.mark.parametrize("uri", ["registry/my-image:1.0", "my-image:2", "my-image:latest", "my-image@sha256:00"])
def test_a_file_without_a_tag_is_for_every_tag(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my-image.txt").write_text("wheel==0.45.1\n")
    monkeypatch.setenv("LOCAL_SAGEMAKER_IMAGES", str(tmp_path))
    assert images.find(uri).requirements == str(tmp_path / "my-image.txt")


def test_an_unknown_image_is_told_how_to_register_it() -> None:
    with pytest.raises(images.UnknownImageError, match=r"into mine@1\.txt in a folder, .* LOCAL_SAGEMAKER_IMAGES"):
        images.find("100000000001.dkr.ecr.us-east-1.amazonaws.com/mine:1")


def test_the_last_image_of_a_repository_stands_for_a_digest() -> None:
    registry, digest = "683313688378.dkr.ecr.us-east-1.amazonaws.com", f"sha256:{'0' * 64}"
    found = images.find(f"{registry}/sagemaker-scikit-learn@{digest}").name
    assert found == [name for name in images.IMAGES if name.startswith("sagemaker-scikit-learn:")][-1]
    with pytest.raises(images.UnknownImageError, match='"my-own"'):
        images.find(f"{registry}/my-own@{digest}")
