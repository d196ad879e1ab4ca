"""The list of built-in algorithms, which pages are made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import local_sagemaker

LIST = Path(local_sagemaker.__file__).parent / "ALGORITHMS.txt"


def test_the_published_list_is_what_the_program_says() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "local_sagemaker", "--algorithms"], capture_output=True, text=True, check=True
    )
    renewal = "renew it: python -m local_sagemaker --algorithms > tools/local_sagemaker/ALGORITHMS.txt"
    assert LIST.read_text("utf-8") == said.stdout, renewal
